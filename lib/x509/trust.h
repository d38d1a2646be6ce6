/* trust.h: where trusted certificates come from. */
#ifndef TLSDIAL_X509_TRUST_H
#define TLSDIAL_X509_TRUST_H

#include <openssl/x509.h>
#include <stdbool.h>

#include "tlsdial.h"

/** Where trusted certificates come from. A plain value. */
struct trust {
    char *words; /**< "FILE or DIRECTORY", for messages; "": nowhere yet */
    struct tlsdial_trust *places;
    size_t count;
    bool absence_is_usual; /**< the first place does not exist, and nobody has named it */
    bool directory_named;  /**< the default directory: it should exist */
};

void trust_clear(struct trust *trust);
/** Copies the places alone. False when out of memory; *to is to be cleared in any case. */
bool trust_copy_places(struct trust *to, const struct trust *from);
/** Has a directory counted, by its names, and notes what of it cannot be read, unless that is known.
 * False when out of memory. */
bool trust_look(struct tlsdial_trust *place);
/** What could not be read of the places that may have a certificate of the name, and why; NULL: of any
 * name. "": nothing. OPENSSL_free() frees it; NULL when out of memory. It reads directories and files:
 * for a chain that has failed. */
char *trust_unread(const struct trust *trust, const X509_NAME *name);
/** Adds what the environment, this build, or OpenSSL's own says. */
enum tlsdial_cause trust_use_defaults(struct trust *trust, X509_STORE *store,
                                      struct tlsdial_error *error);
enum tlsdial_cause trust_add_file(struct trust *trust, X509_STORE *store,
                                  const char *file, struct tlsdial_error *error);
enum tlsdial_cause trust_add_path(struct trust *trust, X509_STORE *store,
                                  const char *directory, struct tlsdial_error *error);
/** Notes certificates that the application gave to the store itself. False when out of memory. */
bool trust_add_memory(struct trust *trust, size_t certificates);
/** Adds the certificates of a PEM file to a list. */
enum tlsdial_cause trust_add_untrusted(STACK_OF(X509) * list, const char *file,
                                       struct tlsdial_error *error);
/** Whether there is nothing to trust. It reads a directory: not for the way of every dial. */
bool trust_is_empty(const struct trust *trust);

#endif
