/*
 * session.h: TLS sessions (RFC 8446, 2.2; RFC 5077) outside of connections.
 *
 * A session is kept with the chain that was verified when it was made, since a server that resumes it
 * shows no certificate.
 */
#ifndef TLSDIAL_TLS_SESSION_H
#define TLSDIAL_TLS_SESSION_H

#include <openssl/ssl.h>

#include "base/target.h"
#include "tlsdial.h"

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

/** Copies of what the list has and is of that certificate, emptying it of what can be used once
 * only. NULL when there is none, and when out of memory. */
tlsdial_session *session_new(const struct session_place *place, STACK_OF(X509) * chain,
                             struct session_list *list);
/** The same object for another user. NULL gives NULL. */
tlsdial_session *session_up_ref(tlsdial_session *session);
bool session_is_for(const tlsdial_session *session, const struct session_place *place);
/** The chain that was verified; borrowed, never changed. */
STACK_OF(X509) * session_chain(const tlsdial_session *session);
/** Takes one for use, the newest that has not expired, to be freed; NULL: none is left. One of TLS
 * 1.3 is taken once (RFC 8446, C.4), one of TLS 1.2 stays. Thread-safe. */
SSL_SESSION *session_take(tlsdial_session *session);

#endif
