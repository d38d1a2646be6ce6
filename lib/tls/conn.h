/* conn.h: a connection, being made or made. */
#ifndef TLSDIAL_TLS_CONN_H
#define TLSDIAL_TLS_CONN_H

#include <openssl/ssl.h>

#include "base/deadline.h"
#include "base/target.h"
#include "tls/bio.h"
#include "tls/client.h"
#include "tls/evidence.h"
#include "tls/trace.h"

struct tlsdial_conn {
    SSL *ssl;
    struct io *io; /**< belongs to the SSL's BIO */
    tlsdial_evidence *evidence;
    bool owns_evidence;
    const tlsdial_client *client; /**< while dialling: it may go before the connection */
    int64_t idle_timeout;
    struct deadline total;
    struct host reference; /**< that the certificate must be for */
    struct messages messages;
    char subject[2 * TLSDIAL_HOST_SIZE + 64]; /**< of messages: "host:port [address]" */
    bool peer_closed;                         /**< close_notify came */
    bool broken; /**< a fatal failure: no close_notify can be sent any more */
    bool close_sent;
};

#endif
