/* options_values.h: the arguments of options, from text, without the locale's ideas. Pure. */
#ifndef TLSDIAL_OPTIONS_VALUES_H
#define TLSDIAL_OPTIONS_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "tlsdial.h"

/** A number of digits and nothing else, from 0 to maximum. */
bool options_parse_number(int64_t *number, const char *text, int64_t maximum);

/** "12", "0.5" or "1.25" seconds to milliseconds, rounded up, so that a limit stays one. name: of the
 * option, for the message. */
enum tlsdial_cause options_parse_seconds(int64_t *milliseconds, const char *name,
                                         const char *text, struct tlsdial_error *error);

/** "TLSv1.2" or "TLSv1.3". */
enum tlsdial_cause options_parse_protocol(enum tlsdial_protocol *protocol,
                                          const char *name, const char *text,
                                          struct tlsdial_error *error);

#endif
