/* error.h: causes in words, and errors. */
#ifndef TLSDIAL_BASE_ERROR_H
#define TLSDIAL_BASE_ERROR_H

#include "tlsdial.h"

/** tlsdial_error_set() with a sentence that is escaped already. error: may be NULL. */
void error_set_escaped(struct tlsdial_error *error, enum tlsdial_cause cause,
                       unsigned long native, const char *sentence);
enum tlsdial_cause error_out_of_memory(struct tlsdial_error *error);
/** Replaces the hint that the cause brought; escaped there. */
void error_hint(struct tlsdial_error *error, const char *hint);
/** Adds text to the end of the message, escaped there. */
void error_append(struct tlsdial_error *error, const char *text);
/** The reason of OpenSSL's first queued error, or the given text where it has none. */
const char *error_openssl_reason(const char *otherwise);
/** The system's reason for a failure, where OpenSSL queued one; it may be the first error or the
 * last. ERR_reason_error_string(3) knows none for these. */
const char *error_system_reason(char *text, size_t size, const char *otherwise);

#endif
