/* handshake.h: the handshake of a dial, in steps. */
#ifndef TLSDIAL_TLS_HANDSHAKE_H
#define TLSDIAL_TLS_HANDSHAKE_H

#include "base/target.h"
#include "tls/conn.h"
#include "tls/options.h"

/** Begins TLS over the stream of the connection. host and port: the target, which SNI, certificate
 * check and sessions are for unless the options say otherwise. Sends nothing. */
enum tlsdial_cause handshake_begin(tlsdial_conn *conn, const struct dial_options *options,
                                   const struct host *host, const char *port,
                                   struct tlsdial_error *error);
/** Goes on as far as possible without waiting. TLSDIAL_AGAIN: the connection's wants say for what to
 * wait. Any end is noted in the evidence; TLSDIAL_OK: the connection is verified. */
enum tlsdial_cause handshake_step(tlsdial_conn *conn, struct tlsdial_error *error);

#endif
