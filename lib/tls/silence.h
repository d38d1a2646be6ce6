/* silence.h: what to say of a peer that does not answer, or not to the end. */
#ifndef TLSDIAL_TLS_SILENCE_H
#define TLSDIAL_TLS_SILENCE_H

#include "tls/conn.h"
#include "tlsdial.h"

/** The error of a handshake that did not end in time. */
enum tlsdial_cause silence_late(const tlsdial_conn *conn, struct tlsdial_error *error);
/** Adds to the error of a handshake that the peer or the network ended how far it had come, and
 * what may be done about it. */
void silence_add(const tlsdial_conn *conn, struct tlsdial_error *error);

#endif
