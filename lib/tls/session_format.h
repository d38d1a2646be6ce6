/*
 * session_format.h: sessions as octets.
 *
 * "tlsdial session" and a version, then fields, each after its length of four octets: host, port,
 * servername, identity, the certificates, an empty one, the sessions, an empty one. SHA-256 of all
 * that is last: a file that was damaged is found out, one that was forged is not.
 */
#ifndef TLSDIAL_TLS_SESSION_FORMAT_H
#define TLSDIAL_TLS_SESSION_FORMAT_H

#include <openssl/ssl.h>

#include "base/target.h"

#define SESSIONS_KEPT 4 /**< of one connection, the newest */

/** Whom a session was made with, and as whom; zeroed first. A plain value. */
struct session_place {
    char host[TLSDIAL_HOST_SIZE], port[TLSDIAL_PORT_SIZE]; /**< as dialled */
    char servername[TLSDIAL_HOST_SIZE];                    /**< SNI; "": none */
    unsigned char identity[32]; /**< SHA-256 of the client's certificate; 0: none */
};

/** The newest sessions, the oldest first. A plain value; zeroed it is empty. */
struct session_list {
    SSL_SESSION *items[SESSIONS_KEPT];
    size_t count;
};

/** Takes over the reference; the oldest goes when there are too many. */
void session_list_add(struct session_list *list, SSL_SESSION *session);
void session_list_clear(struct session_list *list);

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
