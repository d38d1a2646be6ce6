/*
 * session_format.h: sessions as octets.
 *
 * "tlsdial session" and a version, then fields, each after its length of four octets: host, port,
 * servername, identity, the certificates, an empty one, the sessions, an empty one. SHA-256 of all
 * that is last: a file that was damaged is found out, one that was forged is not.
 */
#ifndef TLSDIAL_TLS_SESSION_FORMAT_H
#define TLSDIAL_TLS_SESSION_FORMAT_H

#include "tls/session.h"

#define SESSION_LARGEST (1024 * 1024) /**< octets, of all */
#define SESSION_MOST_CERTIFICATES 32  /**< in its chain */

/** What is in the octets. A plain value. */
struct session_content {
    struct session_place place;
    STACK_OF(X509) * chain;
    struct session_list sessions;
};

void session_content_clear(struct session_content *content);
/** To be freed with OPENSSL_free(); NULL when out of memory. */
unsigned char *session_encode(const struct session_content *content, size_t *length);
/** NULL, or what is wrong with the octets; *content is to be cleared in any case. */
const char *session_decode(struct session_content *content, const unsigned char *data,
                           size_t length);

#endif
