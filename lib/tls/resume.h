/* resume.h: a dial that offers a session of an earlier one. */
#ifndef TLSDIAL_TLS_RESUME_H
#define TLSDIAL_TLS_RESUME_H

#include "tls/conn.h"

/** Has the handshake offer a session, where today's policy allows the chain that it was made with;
 * else nothing is offered, and the dial takes its usual way. NULL is allowed. After the names are
 * set. */
void resume_offer(tlsdial_conn *conn, tlsdial_session *session);
/** After a handshake: where the session was resumed, its verification is the evidence's. */
void resume_note(tlsdial_conn *conn);
/** Fills the place of the connection from what is dialled, once the SSL is set up. */
void resume_set_place(tlsdial_conn *conn, const struct host *host, const char *port);

#endif
