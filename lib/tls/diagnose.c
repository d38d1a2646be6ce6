/* diagnose.c: from what OpenSSL, the handshake and the socket say of a failure to its cause. */
#include <config.h>

#include "tls/diagnose.h"

#include <openssl/err.h>
#include <openssl/sslerr.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "net/hop.h"
#include "net/sock.h"
#include "tls/alert.h"
#include "tls/silence.h"
#include "x509/verify.h"

#define OLD_SERVER                                                                       \
    "the server needs software or settings for TLS 1.2 or later; older versions are "    \
    "not offered"
#define BYTES_SHOWN 8 /* of an answer that is no text */

/* ---- alerts ---- */

/* Whether the alert is the server's word on our certificate; TLS 1.3 gives it at the first read. */
static enum tlsdial_cause client_certificate_cause(const struct messages *messages)
{
    bool asked =
        messages->certificate_requested || messages->alert == SSL_AD_CERTIFICATE_REQUIRED;
    if (!messages->alerted || !asked || !alert_is_about_certificate(messages->alert))
        return TLSDIAL_OK;
    return messages->certificate_sent ? TLSDIAL_CLIENT_CERTIFICATE_REJECTED
                                      : TLSDIAL_CLIENT_CERTIFICATE_REQUIRED;
}

static enum tlsdial_cause alert_cause(const struct messages *messages)
{
    enum tlsdial_cause cause = client_certificate_cause(messages);
    if (cause != TLSDIAL_OK)
        return cause;
    switch (messages->alert) {
    case SSL_AD_PROTOCOL_VERSION:
        return TLSDIAL_TLS_VERSION;
    case SSL_AD_HANDSHAKE_FAILURE:
    case SSL_AD_INSUFFICIENT_SECURITY: /* before a ServerHello: nothing suits */
        return messages->server_hello ? TLSDIAL_HANDSHAKE : TLSDIAL_NO_SHARED_PARAMETERS;
    case SSL_AD_UNRECOGNIZED_NAME:
        return TLSDIAL_UNRECOGNIZED_NAME;
    case SSL_AD_NO_APPLICATION_PROTOCOL:
        return TLSDIAL_ALPN;
    default:
        return TLSDIAL_HANDSHAKE;
    }
}

static void print_unserved(char *to, size_t size, const char *name)
{
    if (name != NULL)
        snprintf(to, size, ": it does not serve \"%.253s\"", name);
    else
        snprintf(to, size, "; no SNI was sent, the target is an address");
}

/* What the cause leaves open, after the name of the alert. */
static void print_circumstance(char *to, size_t size, const tlsdial_conn *conn,
                               enum tlsdial_cause cause)
{
    char offer[900];
    messages_describe_offer(&conn->messages, conn->ssl, offer, sizeof offer);
    const char *versions_end = strchr(offer, ';');
    int versions =
        versions_end != NULL ? (int)(versions_end - offer) : (int)strlen(offer);
    to[0] = '\0';
    if (cause == TLSDIAL_NO_SHARED_PARAMETERS)
        snprintf(to, size, "; offered were %s", offer);
    else if (cause == TLSDIAL_TLS_VERSION)
        snprintf(to, size, "; offered were %.*s%s", versions, offer,
                 messages_offer_tls_1_2(&conn->messages)
                     ? ": the server is older than TLS 1.2"
                     : "");
    else if (cause == TLSDIAL_CLIENT_CERTIFICATE_REQUIRED)
        snprintf(to, size, ": it asked for a client certificate, and got none");
    else if (cause == TLSDIAL_CLIENT_CERTIFICATE_REJECTED)
        snprintf(to, size, " after it got the client certificate");
    else if (cause == TLSDIAL_UNRECOGNIZED_NAME)
        print_unserved(to, size,
                       SSL_get_servername(conn->ssl, TLSEXT_NAMETYPE_host_name));
    else if (cause == TLSDIAL_TLS_ERROR && conn->messages.renegotiation_refused)
        snprintf(to, size, ": it wanted to renegotiate, which is refused here");
    else if (cause == TLSDIAL_ALPN && conn->alpn != NULL)
        snprintf(to, size, "; offered were %.200s", conn->alpn);
}

static enum tlsdial_cause alerted(const tlsdial_conn *conn, enum tlsdial_cause cause,
                                  struct tlsdial_error *error)
{
    char circumstance[1000];
    unsigned char alert = conn->messages.alert;
    print_circumstance(circumstance, sizeof circumstance, conn, cause);
    tlsdial_error_set(error, cause, ERR_peek_error(),
                      "the server sent the alert \"%s\" (%d)%s", alert_name(alert), alert,
                      circumstance);
    if (cause == TLSDIAL_CLIENT_CERTIFICATE_REQUIRED ||
        cause == TLSDIAL_CLIENT_CERTIFICATE_REJECTED)
        client_ca_append(&conn->evidence->client_cas, error);
    if (cause == TLSDIAL_TLS_VERSION && messages_offer_tls_1_2(&conn->messages))
        error_hint(error, OLD_SERVER);
    else if (cause == TLSDIAL_UNRECOGNIZED_NAME && conn->place.servername[0] == '\0')
        error_hint(error, "--servername NAME asks for the server of that name");
    return cause;
}

/* ---- what is no TLS ---- */

/* The first bytes of an answer. */
struct beginning {
    const unsigned char *bytes;
    size_t length;
};

static struct beginning beginning_of(const struct stream *stream)
{
    struct beginning beginning;
    beginning.bytes = stream_first(stream, &beginning.length);
    return beginning;
}

/* The first bytes as text, up to the line's end. */
static void first_line(struct beginning first, char to[STREAM_FIRST_BYTES + 1])
{
    memcpy(to, first.bytes, first.length);
    to[first.length] = '\0';
    to[strcspn(to, "\r\n")] = '\0';
}

/* What the answer begins with: a line in quotes or, where that would show nothing, bytes. */
static void print_beginning(char *to, size_t size, struct beginning first,
                            const char *line)
{
    if (*line != '\0')
        snprintf(to, size, "\"%s\"", line);
    else
        snprintf(to, size, "the byte%s", first.length == 1 ? "" : "s");
    for (size_t i = 0; *line == '\0' && i < first.length && i < BYTES_SHOWN; i++) {
        size_t used = strlen(to);
        snprintf(to + used, size - used, " %02X", first.bytes[i]);
    }
}

/* Whether the peer's first bytes can begin a TLS record: type 20 to 23 (RFC 8446, 5.1), major
 * version 3. Some answer in plain text and close, which OpenSSL takes for a mere end. */
static bool began_with_tls(struct beginning first)
{
    return first.length == 0 || (first.bytes[0] >= 20 && first.bytes[0] <= 23 &&
                                 (first.length == 1 || first.bytes[1] == 3));
}

static enum tlsdial_cause not_tls(struct stream *stream, struct tlsdial_error *error)
{
    char line[STREAM_FIRST_BYTES + 1], beginning[STREAM_FIRST_BYTES + 32];
    struct beginning first = beginning_of(stream);
    first_line(first, line);
    print_beginning(beginning, sizeof beginning, first, line);
    const char *protocol = hop_protocol_of(first.bytes, first.length);
    const char *hint = hop_protocol_hint(protocol);
    tlsdial_error_set(error, TLSDIAL_NOT_TLS, ERR_peek_error(),
                      "the peer does not speak TLS%s%s: its answer begins with %s",
                      protocol != NULL ? " but " : "", protocol != NULL ? protocol : "",
                      beginning);
    if (hint != NULL)
        error_hint(error, hint);
    return TLSDIAL_NOT_TLS;
}

/* Plain text after the go-ahead which the hop did not see: it came after our ClientHello had gone. */
static enum tlsdial_cause injected(const tlsdial_conn *conn, struct tlsdial_error *error)
{
    char line[STREAM_FIRST_BYTES + 1], beginning[STREAM_FIRST_BYTES + 32];
    struct beginning first = beginning_of(conn->stream);
    first_line(first, line);
    print_beginning(beginning, sizeof beginning, first, line);
    return tlsdial_error_set(
        error, TLSDIAL_STARTTLS_INJECTION, 0,
        "%s: %s sent more after its go-ahead, before TLS: %s", conn->last_hop->protocol,
        conn->last_hop->type == HOP_PROXY ? "the proxy" : "the server", beginning);
}

/* Behind a proxy it may be the target that speaks another protocol; behind STARTTLS nothing but TLS
 * has a place. */
static enum tlsdial_cause plain_text(const tlsdial_conn *conn,
                                     struct tlsdial_error *error)
{
    stream_read_first(conn->stream);
    struct beginning first = beginning_of(conn->stream);
    const struct hop_kind *hop = conn->last_hop;
    bool of_hop = hop != NULL && (hop->type == HOP_STARTTLS ||
                                  hop_protocol_of(first.bytes, first.length) == NULL);
    return of_hop ? injected(conn, error) : not_tls(conn->stream, error);
}

/* ---- the socket ---- */

static enum tlsdial_cause socket_failed(struct ending ending, enum tlsdial_cause cause,
                                        const char *during, struct tlsdial_error *error)
{
    char reason[128];
    sock_describe(ending.code, reason, sizeof reason);
    return tlsdial_error_set(error, cause, (unsigned long)ending.code, "%s: %s", during,
                             reason);
}

/* Not every server says why it ends; that it asked for a certificate may be the reason. */
static void suspect_client_certificate(const tlsdial_conn *conn,
                                       struct tlsdial_error *error)
{
    if (conn->messages.certificate_requested && !conn->messages.certificate_sent)
        error_hint(error, "the server asked for a client certificate, and got none; "
                          "--cert FILE gives one");
}

static enum tlsdial_cause ended(const tlsdial_conn *conn, struct ending ending,
                                struct tlsdial_error *error)
{
    enum tlsdial_cause cause = TLSDIAL_CLOSED_IN_HANDSHAKE;
    if (ending.end == STREAM_FIN)
        tlsdial_error_set(error, cause, 0,
                          "the peer closed the connection during the handshake");
    else if (sock_fault(ending.code) == SOCK_RESET)
        socket_failed(ending, cause, "the connection broke during the handshake", error);
    else
        cause = socket_failed(ending, TLSDIAL_HANDSHAKE, "the connection failed", error);
    silence_add(conn, error);
    suspect_client_certificate(conn, error);
    return cause;
}

/* ---- the occasions ---- */

/* OpenSSL's own lack of memory is no fault of the peer's. It is queued first or, where a caller went
 * on, last. */
static bool is_out_of_memory(void)
{
    return ERR_GET_REASON(ERR_peek_error()) == ERR_R_MALLOC_FAILURE ||
           ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE;
}

/* What libssl found itself. A server that has said ServerHello speaks TLS, however it goes on. */
static enum tlsdial_cause reason_cause(const struct messages *messages)
{
    unsigned long code = ERR_peek_error();
    switch (ERR_GET_LIB(code) == ERR_LIB_SSL ? ERR_GET_REASON(code) : 0) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
        return messages->server_hello ? TLSDIAL_HANDSHAKE : TLSDIAL_NOT_TLS;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
    case SSL_R_VERSION_TOO_LOW:
        return TLSDIAL_TLS_VERSION;
    case SSL_R_NO_CIPHERS_AVAILABLE:
        return TLSDIAL_NO_SHARED_PARAMETERS;
    default:
        return TLSDIAL_HANDSHAKE;
    }
}

/* Of what comes in a handshake, OpenSSL's ASN.1 parser is given certificates alone. */
static bool is_unparsed_certificate(void)
{
    unsigned long last = ERR_peek_last_error();
    return ERR_GET_LIB(ERR_peek_error()) == ERR_LIB_ASN1 &&
           ERR_GET_LIB(last) == ERR_LIB_SSL && ERR_GET_REASON(last) == ERR_R_ASN1_LIB;
}

static bool is_old(uint16_t version)
{
    return version != 0 && version < TLS1_2_VERSION;
}

/* The server chose a version by a ServerHello that was never offered. */
static enum tlsdial_cause old_version(uint16_t version, struct tlsdial_error *error)
{
    const char *name = version == TLS1_1_VERSION ? "TLS 1.1"
                       : version == TLS1_VERSION ? "TLS 1.0"
                                                 : "SSL 3.0 or older";
    tlsdial_error_set(error, TLSDIAL_TLS_VERSION, ERR_peek_error(),
                      "the server answered with %s: it is older than TLS 1.2", name);
    error_hint(error, OLD_SERVER);
    return TLSDIAL_TLS_VERSION;
}

enum tlsdial_cause diagnose_handshake(const tlsdial_conn *conn, enum conn_outcome outcome,
                                      struct tlsdial_error *error)
{
    struct beginning first = beginning_of(conn->stream);
    struct ending ending = conn_ending(conn);
    const struct verification *verification = &conn->evidence->verification;
    enum tlsdial_cause cause = insecure_excuses(verification)
                                   ? TLSDIAL_OK
                                   : verification_error(verification, error);
    if (cause != TLSDIAL_OK)
        return cause;
    if (outcome == CONN_LATE)
        return silence_late(conn, error);
    if (!began_with_tls(first))
        return plain_text(conn, error);
    if (outcome == CONN_PEER_CLOSED)
        return tlsdial_error_set(
            error, TLSDIAL_CLOSED_IN_HANDSHAKE, 0,
            "the peer sent close_notify before the handshake was done");
    if (conn->messages.alerted)
        return alerted(conn, alert_cause(&conn->messages), error);
    if (ending.end != STREAM_OPEN)
        return ended(conn, ending, error);
    if (is_out_of_memory())
        return error_out_of_memory(error);
    if (is_unparsed_certificate()) {
        verification_note_unparsed(&conn->evidence->verification,
                                   error_openssl_reason("no reason given"));
        return verification_error(&conn->evidence->verification, error);
    }
    if (is_old(conn->messages.server_version))
        return old_version(conn->messages.server_version, error);
    return tlsdial_error_set(error, reason_cause(&conn->messages), ERR_peek_error(), "%s",
                             error_openssl_reason("no reason given"));
}

enum tlsdial_cause diagnose_transfer(const tlsdial_conn *conn, enum conn_outcome outcome,
                                     struct ending ending, struct tlsdial_error *error)
{
    enum tlsdial_cause cause = client_certificate_cause(&conn->messages);
    if (outcome == CONN_LATE)
        return tlsdial_error_set(error, TLSDIAL_DEADLINE_TRANSFER, 0,
                                 deadline_passed(conn->total)
                                     ? "the transfer did not end in time"
                                     : "the peer was silent for too long");
    if (conn->messages.alerted)
        return alerted(conn, cause != TLSDIAL_OK ? cause : TLSDIAL_TLS_ERROR, error);
    if (ending.end == STREAM_OPEN && is_out_of_memory())
        return error_out_of_memory(error);
    if (ending.end == STREAM_OPEN)
        return tlsdial_error_set(error, TLSDIAL_TLS_ERROR, ERR_peek_error(), "%s",
                                 error_openssl_reason("no reason given"));
    if (ending.end == STREAM_FIN)
        cause = tlsdial_error_set(error, TLSDIAL_TRUNCATED, ERR_peek_error(),
                                  "the peer ended the connection without close_notify");
    else
        cause = socket_failed(ending, TLSDIAL_RESET,
                              sock_fault(ending.code) == SOCK_RESET
                                  ? "the connection was reset"
                                  : "the connection failed",
                              error);
    suspect_client_certificate(conn, error);
    return cause;
}
