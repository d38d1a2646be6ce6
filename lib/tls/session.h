/*
 * session.h: TLS sessions (RFC 8446, 2.2; RFC 5077) outside of connections.
 *
 * A session is kept with the chain that was verified when it was made, since a server that resumes it
 * shows no certificate.
 */
#ifndef TLSDIAL_TLS_SESSION_H
#define TLSDIAL_TLS_SESSION_H

#include "tls/session_format.h"

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
