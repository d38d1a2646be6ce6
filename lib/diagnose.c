/* diagnose.c: from what OpenSSL and the socket say of a failure to its cause. */
#include "internal.h"

#include <openssl/err.h>
#include <openssl/sslerr.h>
#include <stdio.h>
#include <string.h>

#include "sock.h"

/* OpenSSL queues an alert that it received as this plus the alert's number. */
#define REASON_OF_ALERT 1000

/* The first error that libssl itself queued, or 0. */
static int ssl_reason(void)
{
    unsigned long code = ERR_peek_error();
    return ERR_GET_LIB(code) == ERR_LIB_SSL ? ERR_GET_REASON(code) : 0;
}

static enum tlsdial_cause reason_cause(int reason)
{
    switch (reason) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
        return TLSDIAL_NOT_TLS;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
    case SSL_R_VERSION_TOO_LOW:
    case REASON_OF_ALERT + SSL_AD_PROTOCOL_VERSION:
        return TLSDIAL_TLS_VERSION;
    case SSL_R_NO_CIPHERS_AVAILABLE:
    case REASON_OF_ALERT + SSL_AD_HANDSHAKE_FAILURE:
    case REASON_OF_ALERT + SSL_AD_INSUFFICIENT_SECURITY:
        return TLSDIAL_NO_SHARED_PARAMETERS;
    case REASON_OF_ALERT + SSL_AD_UNRECOGNIZED_NAME:
        return TLSDIAL_UNRECOGNIZED_NAME;
    default:
        return TLSDIAL_HANDSHAKE;
    }
}

/* Whether the peer's first bytes can begin a TLS record: type 20 to 23 (RFC 8446, 5.1), major
 * version 3. Some answer in plain text and close, which OpenSSL takes for a mere end. */
static bool began_with_tls(const struct io *io)
{
    return io->first_length == 0 || (io->first[0] >= 20 && io->first[0] <= 23 &&
                                     (io->first_length == 1 || io->first[1] == 3));
}

static enum tlsdial_cause not_tls(const struct io *io, struct tlsdial_error *error)
{
    char shown[IO_FIRST_BYTES + 1];
    memcpy(shown, io->first, io->first_length);
    shown[io->first_length] = '\0';
    shown[strcspn(shown, "\r\n")] = '\0';
    return tlsdial_error_set(error, TLSDIAL_NOT_TLS, ERR_peek_error(),
                             "the peer does not speak TLS: its answer begins with \"%s\"",
                             shown);
}

static enum tlsdial_cause socket_failed(const struct io *io, enum tlsdial_cause cause,
                                        const char *during, struct tlsdial_error *error)
{
    char reason[128];
    sock_describe(io->code, reason, sizeof reason);
    return tlsdial_error_set(error, cause, (unsigned long)io->code, "%s: %s", during,
                             reason);
}

enum tlsdial_cause diagnose_handshake(const tlsdial_conn *conn, enum conn_outcome outcome,
                                      struct tlsdial_error *error)
{
    const struct io *io = conn->io;
    if (conn->verify_error.cause != TLSDIAL_OK) {
        if (error != NULL)
            *error = conn->verify_error;
        return conn->verify_error.cause;
    }
    if (io->end == IO_TIMEOUT)
        return tlsdial_error_set(error, TLSDIAL_DEADLINE_HANDSHAKE, 0,
                                 "the handshake did not end in time: the peer sent %s",
                                 io->first_length == 0 ? "nothing" : "too little");
    if (!began_with_tls(io))
        return not_tls(io, error);
    if (outcome == CONN_PEER_CLOSED)
        return tlsdial_error_set(
            error, TLSDIAL_CLOSED_IN_HANDSHAKE, 0,
            "the peer sent close_notify before the handshake was done");
    if (io->end == IO_FIN)
        return tlsdial_error_set(error, TLSDIAL_CLOSED_IN_HANDSHAKE, 0,
                                 "the peer closed the connection during the handshake");
    if (io->end == IO_FAILED && sock_fault(io->code) == SOCK_RESET)
        return socket_failed(io, TLSDIAL_CLOSED_IN_HANDSHAKE,
                             "the connection broke during the handshake", error);
    if (io->end == IO_FAILED)
        return socket_failed(io, TLSDIAL_HANDSHAKE, "the connection failed", error);
    return tlsdial_error_set(error, reason_cause(ssl_reason()), ERR_peek_error(), "%s",
                             error_openssl_reason("no reason given"));
}

enum tlsdial_cause diagnose_transfer(const tlsdial_conn *conn,
                                     struct tlsdial_error *error)
{
    const struct io *io = conn->io;
    bool total = conn->total.at <= io->deadline.at;
    switch (io->end) {
    case IO_TIMEOUT:
        return tlsdial_error_set(error, TLSDIAL_DEADLINE_TRANSFER, 0,
                                 total ? "the transfer did not end in time"
                                       : "the peer was silent for too long");
    case IO_FIN:
        return tlsdial_error_set(error, TLSDIAL_TRUNCATED, ERR_peek_error(),
                                 "the peer ended the connection without close_notify");
    case IO_FAILED:
        if (sock_fault(io->code) == SOCK_RESET)
            return socket_failed(io, TLSDIAL_RESET, "the connection was reset", error);
        return socket_failed(io, TLSDIAL_RESET, "the connection failed", error);
    default:
        return tlsdial_error_set(error, TLSDIAL_TLS_ERROR, ERR_peek_error(), "%s",
                                 error_openssl_reason("no reason given"));
    }
}
