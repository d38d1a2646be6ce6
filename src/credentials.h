/* credentials.h: the options of the client's own certificate; its pass phrase comes from anywhere
 * but the command line. */
#ifndef TLSDIAL_CREDENTIALS_H
#define TLSDIAL_CREDENTIALS_H

#include "base/deadline.h"
#include "tlsdial.h"

/** What the command line says; strings are argv's, NULL: nothing. */
struct passphrase_options {
    const char *certificate, *key; /**< files */
    const char *passphrase;   /**< where it comes from: "env:VAR", "file:PATH", "fd:N" */
    bool ask;                 /**< for it, on the terminal */
    struct deadline deadline; /**< for the pass phrase */
};

/** Whether the text has one of the three forms. The error does not repeat it: it may be the
 * secret itself. */
enum tlsdial_cause credentials_check_source(const char *option, const char *from,
                                            struct tlsdial_error *error);

/** Whether a file of --cert or --key may be named so: a URI that has the secret in it may not
 * (RFC 7512, 2.4: pin-value), for everybody on the system can read it. */
enum tlsdial_cause credentials_check_name(const char *option, const char *name,
                                          struct tlsdial_error *error);

#define CREDENTIALS_SIZE 1024 /**< of a secret, with its NUL */

/** Reads the first line of a source; cleansed after a failure. TLSDIAL_PASSPHRASE when it cannot be
 * read or is too long, TLSDIAL_DEADLINE_TRANSFER. */
enum tlsdial_cause credentials_read_source(const char *from, struct deadline deadline,
                                           char *buffer, size_t size,
                                           struct tlsdial_error *error);

/** Gives the certificate to the client, if there is one. TLSDIAL_USAGE where options do not go
 * together, the causes of tlsdial_client_set_certificate() otherwise. */
enum tlsdial_cause credentials_apply(const struct passphrase_options *credentials,
                                     tlsdial_client *client, struct tlsdial_error *error);

#endif
