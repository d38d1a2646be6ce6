/* idn.h: internationalised host names. */
#ifndef TLSDIAL_IDN_H
#define TLSDIAL_IDN_H

#include <stdbool.h>
#include <stddef.h>

#define IDN_TOO_LONG "it is longer than 253 characters"

/** Writes the A-labels of a name in UTF-8; where that cannot be done, returns false and writes
 * the reason. Thread-safe. */
bool idn_to_ascii(char *to, size_t size, const char *text, char *why, size_t why_size);

#endif
