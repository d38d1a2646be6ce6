/* client_ca.h: the CAs whose client certificates a server accepts. */
#ifndef TLSDIAL_TLS_CLIENT_CA_H
#define TLSDIAL_TLS_CLIENT_CA_H

#include <openssl/ssl.h>

#include "tlsdial.h"

/** The distinguished names of a CertificateRequest (RFC 5246, 7.4.4; RFC 8446, 4.2.4), escaped. A plain
 * value; zeroed it is empty, as it is of a server that names none. */
struct client_ca_list {
    char **names;
    size_t count;
};

/** Reads those that the server has sent, into an empty list. False when out of memory. */
bool client_ca_read(struct client_ca_list *list, SSL *ssl);
void client_ca_clear(struct client_ca_list *list);
/** Adds to the end of an error's message which they are, at most a few. error: may be NULL. */
void client_ca_append(const struct client_ca_list *list, struct tlsdial_error *error);

#endif
