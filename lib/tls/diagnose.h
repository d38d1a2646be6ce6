/* diagnose.h: why a dial or a transfer failed. */
#ifndef TLSDIAL_TLS_DIAGNOSE_H
#define TLSDIAL_TLS_DIAGNOSE_H

#include "tls/conn.h"
#include "tlsdial.h"

/** The cause of a handshake that did not end well. So for the rest; each is called right after
 * the failure, while OpenSSL's error queue tells of it. */
enum tlsdial_cause diagnose_handshake(const tlsdial_conn *conn, enum conn_outcome outcome,
                                      struct tlsdial_error *error);
/** The cause of a read or write that failed after the handshake. */
enum tlsdial_cause diagnose_transfer(const tlsdial_conn *conn, enum conn_outcome outcome,
                                     struct ending ending, struct tlsdial_error *error);

#endif
