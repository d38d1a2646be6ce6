/* pin.h: keys and certificates that the user has named. */
#ifndef TLSDIAL_X509_PIN_H
#define TLSDIAL_X509_PIN_H

#include <openssl/ssl.h>

#include "tlsdial.h"

/** A hash of a SubjectPublicKeyInfo. */
struct pin {
    unsigned char sha256[32];
};

struct tlsa {
    uint8_t usage, selector, matching;
    unsigned char *data;
    size_t length;
};

struct path;

void pins_clear(tlsdial_client *client);
/** Adds a problem where keys are pinned and none of the path's is one of them. */
void pin_check(const tlsdial_conn *conn, struct path *path);
/** What is wrong with a certificate that no TLSA record is of, and the record that would be. */
void pin_describe_tlsa(char *to, size_t size, X509 *leaf);
/** Before the names are set: it sets them too. */
bool pin_set_up_tlsa(SSL *ssl, const tlsdial_client *client, const char *name);

#endif
