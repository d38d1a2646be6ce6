/* passphrase.h: where a pass phrase comes from: never the command line itself. */
#ifndef TLSDIAL_PASSPHRASE_H
#define TLSDIAL_PASSPHRASE_H

#include "tlsdial.h"

struct passphrase_source {
    const char *from; /**< "env:VAR", "file:PATH" or "fd:N"; NULL: the terminal */
};

/** Whether the text has one of the three forms. The error does not repeat it: it may be the
 * secret itself. */
enum tlsdial_cause passphrase_check(const char *from, struct tlsdial_error *error);

/** A tlsdial_passphrase; its argument is the source. The first line, without its end. */
enum tlsdial_cause passphrase_get(void *source, char *buffer, size_t size,
                                  struct tlsdial_error *error);

#endif
