/* conn.c: one connection: dial, read, write, close. */
#include <config.h>

#include "tls/conn.h"

#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "net/route.h"
#include "net/sock.h"
#include "tls/diagnose.h"
#include "tls/verify_callback.h"
#include "x509/ocsp.h"
#include "x509/verify.h"

/* The only reading of SSL_get_error(3). A retry is asked for only by our BIO, as it was told to;
 * which failure it was is in struct io and in the error queue. */
static enum conn_outcome outcome_of(tlsdial_conn *conn, int result)
{
    if (result > 0)
        return CONN_DONE;
    switch (SSL_get_error(conn->ssl, result)) {
    case SSL_ERROR_ZERO_RETURN:
        return CONN_PEER_CLOSED;
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        return CONN_AGAIN;
    default:
        return CONN_FAILED;
    }
}

/* Before a call to OpenSSL: the deadline of what follows, and no error of what was before. */
static void begin_operation(tlsdial_conn *conn, struct deadline deadline,
                            bool wait_to_read)
{
    ERR_clear_error();
    conn->io->deadline = deadline_earlier(deadline, conn->total);
    conn->io->wait_to_read = wait_to_read;
    conn->io->yield_to_read = false;
    conn->io->end = IO_OPEN;
}

static struct deadline idle_deadline(const tlsdial_conn *conn)
{
    return deadline_after(clock_now_us(), conn->idle_timeout);
}

/* ---- dialling ---- */

/* The names that SNI and the certificate check use. SNI is for DNS names (RFC 6066, 3). */
static bool set_names(tlsdial_conn *conn, const tlsdial_client *client,
                      const struct host *host)
{
    const struct host *servername =
        client->servername != NULL ? client->servername : host;
    conn->reference = client->verify_hostname != NULL ? *client->verify_hostname : *host;
    return verify_expect(conn->ssl, client, &conn->reference) &&
           (servername->is_ip ||
            SSL_set_tlsext_host_name(conn->ssl, servername->name) == 1);
}

/* Takes the socket, also when it fails. */
static enum tlsdial_cause set_up_tls(tlsdial_conn *conn, const tlsdial_client *client,
                                     const struct host *host, int fd,
                                     struct tlsdial_error *error)
{
    BIO *bio = io_bio_new(fd, &conn->evidence->traffic, &conn->io);
    if (bio == NULL) {
        sock_close(fd);
        return error_out_of_memory(error);
    }
    conn->ssl = SSL_new(client->ctx);
    if (conn->ssl == NULL) {
        BIO_free(bio);
        return error_out_of_memory(error);
    }
    SSL_set_bio(conn->ssl, bio, bio);
    conn->evidence->has_traffic = true;
    messages_watch(conn->ssl, &conn->messages);
    return SSL_set_app_data(conn->ssl, conn) == 1 && set_names(conn, client, host)
               ? TLSDIAL_OK
               : error_out_of_memory(error);
}

/* What the verification came to that did not end the handshake. */
static void note_verification(tlsdial_conn *conn)
{
    struct verification *verification = &conn->evidence->verification;
    const unsigned char *der = NULL;
    long length = SSL_get_tlsext_status_ocsp_resp(conn->ssl, &der);
    if (verification->staple == NULL) /* the staple was not come to */
        staple_note(verification, der, length);
    if (!insecure_excuses(verification))
        return;
    verification_error(verification, &conn->evidence->ignored);
    tlsdial_error_prefix(&conn->evidence->ignored, "%s", conn->subject);
}

/* What is to be known of a handshake, however it ended. */
static bool note_handshake(tlsdial_conn *conn, bool done)
{
    tlsdial_evidence *evidence = conn->evidence;
    ERR_set_mark();
    evidence->certificate_requested = conn->messages.certificate_requested;
    evidence->signature = signature_scheme_name(conn->messages.signature);
    note_verification(conn);
    ERR_pop_to_mark();
    return !done || evidence_negotiated(evidence, conn->ssl);
}

/* Whether a protocol is in a list such as "h2,http/1.1". */
static bool is_offered(const char *list, const unsigned char *protocol, size_t length)
{
    while (*list != '\0') {
        size_t item = strcspn(list, ",");
        if (item == length && memcmp(list, protocol, length) == 0)
            return true;
        list += item + (list[item] == ',');
    }
    return false;
}

/* A server may ignore what it was asked for by ALPN (RFC 7301, 3.2); who asks wants an answer. It
 * may choose nothing else (3.1), which OpenSSL leaves to its caller. */
static enum tlsdial_cause check_alpn(const tlsdial_conn *conn,
                                     struct tlsdial_error *error)
{
    const char *offered = conn->client->alpn;
    const unsigned char *chosen;
    unsigned length;
    SSL_get0_alpn_selected(conn->ssl, &chosen, &length);
    if (offered == NULL || (length > 0 && is_offered(offered, chosen, length)))
        return TLSDIAL_OK;
    if (length == 0)
        return tlsdial_error_set(error, TLSDIAL_ALPN, 0,
                                 "the server chose none of the protocols offered (%s)",
                                 offered);
    return tlsdial_error_set(error, TLSDIAL_ALPN, 0,
                             "the server chose '%.*s', which was not offered (%s)",
                             (int)length, (const char *)chosen, offered);
}

static enum tlsdial_cause handshake(tlsdial_conn *conn, struct deadline deadline,
                                    struct tlsdial_error *error)
{
    begin_operation(conn, deadline, true);
    enum conn_outcome outcome = outcome_of(conn, SSL_connect(conn->ssl));
    /* SSL_connect() calls a close_notify before its end a mere "0"; it is no handshake. */
    bool done = outcome == CONN_DONE && SSL_is_init_finished(conn->ssl);
    enum tlsdial_cause cause = TLSDIAL_OK;
    if (!done)
        cause = diagnose_handshake(conn, outcome, error);
    else if (SSL_get_verify_result(conn->ssl) != X509_V_OK &&
             !insecure_excuses(&conn->evidence->verification))
        cause = tlsdial_error_set(error, TLSDIAL_CERTIFICATE, 0,
                                  "the certificate was not verified");
    if (!note_handshake(conn, done))
        cause = error_out_of_memory(error);
    if (cause == TLSDIAL_OK)
        cause = check_alpn(conn, error);
    evidence_step(conn->evidence, TLSDIAL_STEP_HANDSHAKE);
    return cause;
}

static void set_subject(tlsdial_conn *conn, const char *host, const char *port)
{
    host_port_format(conn->subject, sizeof conn->subject, host, port);
}

/* Adds the address that is used, once it is known. */
static void add_address_to_subject(tlsdial_conn *conn, const struct host *host)
{
    const struct tlsdial_attempt *attempt;
    size_t used = strlen(conn->subject);
    for (size_t i = 0; (attempt = tlsdial_evidence_attempt(conn->evidence, i)) != NULL;
         i++)
        if (attempt->cause == TLSDIAL_OK && strcmp(attempt->address, host->lookup) != 0)
            snprintf(conn->subject + used, sizeof conn->subject - used, " [%s]",
                     attempt->address);
}

static void note_addresses(void *argument, size_t addresses)
{
    tlsdial_evidence *evidence = argument;
    evidence_addresses(evidence, addresses);
    if (evidence->times[TLSDIAL_STEP_RESOLVE] < 0)
        evidence_step(evidence, TLSDIAL_STEP_RESOLVE);
}

static bool note_attempt(void *argument, const struct tlsdial_attempt *attempt)
{
    return evidence_attempt(argument, attempt);
}

static enum tlsdial_cause run_route(struct route *route, int *fd,
                                    struct tlsdial_error *error)
{
    struct wait_set set = {0};
    enum step result;
    int code = 0;
    bool waited = true;
    while ((result = route_step(route, error)) == STEP_AGAIN && waited) {
        wait_set_begin(&set);
        route_wants(route, &set);
        waited = wait_for(&set, &code) != SOCK_FAILED;
    }
    wait_set_clear(&set);
    if (result == STEP_DONE)
        *fd = stream_release(route_take(route));
    else if (!waited)
        return tlsdial_error_set(error, TLSDIAL_CONNECT_FAILED, (unsigned long)code,
                                 "waiting for the connection failed");
    return result == STEP_DONE ? TLSDIAL_OK : error->cause;
}

/* Lookup and connection. */
static enum tlsdial_cause take_route(tlsdial_conn *conn,
                                     const struct route_request *request, int *fd,
                                     struct tlsdial_error *error)
{
    tlsdial_evidence *evidence = conn->evidence;
    const struct route_observer observer = {
        .argument = evidence, .resolved = note_addresses, .attempted = note_attempt};
    struct tlsdial_error failure = {0}; /* the caller may want none */
    struct route *route = route_begin(request, &observer, &failure);
    enum tlsdial_cause cause =
        route != NULL ? run_route(route, fd, &failure) : failure.cause;
    route_free(route);
    if (evidence->times[TLSDIAL_STEP_RESOLVE] < 0)
        evidence_step(evidence, TLSDIAL_STEP_RESOLVE);
    if (evidence->has_addresses)
        evidence_step(evidence, TLSDIAL_STEP_CONNECT);
    if (cause != TLSDIAL_OK && error != NULL)
        *error = failure;
    return cause;
}

/* The steps of a dial, in their order. */
static enum tlsdial_cause dial(tlsdial_conn *conn, tlsdial_client *client,
                               const char *host_text, const char *port_text,
                               struct tlsdial_error *error)
{
    struct host host;
    char port[TLSDIAL_PORT_SIZE];
    int fd = -1;
    struct deadline deadline = deadline_earlier(
        conn->total, deadline_after(conn->evidence->start_us, client->connect_timeout));
    const struct route_request request = {.host = &host,
                                          .port = port,
                                          .family = client->family,
                                          .overrides = client->overrides,
                                          .deadline = deadline};
    enum tlsdial_cause cause = host_parse(&host, host_text, error);
    if (cause == TLSDIAL_OK)
        cause = port_parse(port, port_text, error);
    if (cause == TLSDIAL_OK)
        cause = client_load_trust(client, error);
    if (cause == TLSDIAL_OK && !evidence_trust(conn->evidence, &client->trust))
        cause = error_out_of_memory(error);
    if (cause == TLSDIAL_OK)
        cause = take_route(conn, &request, &fd, error);
    if (cause != TLSDIAL_OK)
        return cause;
    add_address_to_subject(conn, &host);
    cause = set_up_tls(conn, client, &host, fd, error);
    if (cause == TLSDIAL_OK)
        cause = handshake(conn, deadline, error);
    return cause;
}

static tlsdial_conn *conn_new(const tlsdial_client *client, tlsdial_evidence *evidence)
{
    tlsdial_conn *conn = OPENSSL_zalloc(sizeof *conn);
    if (conn == NULL)
        return NULL;
    conn->owns_evidence = evidence == NULL;
    conn->evidence = evidence != NULL ? evidence : tlsdial_evidence_new();
    if (conn->evidence == NULL) {
        OPENSSL_free(conn);
        return NULL;
    }
    evidence_begin(conn->evidence);
    conn->client = client;
    conn->idle_timeout = client->idle_timeout;
    conn->total = deadline_after(conn->evidence->start_us, client->max_time);
    return conn;
}

tlsdial_conn *tlsdial_dial(tlsdial_client *client, const char *host, const char *port,
                           tlsdial_evidence *evidence, struct tlsdial_error *error)
{
    ERR_clear_error();
    tlsdial_conn *conn = conn_new(client, evidence);
    if (conn == NULL) {
        error_out_of_memory(error);
        return NULL;
    }
    set_subject(conn, host, port);
    if (dial(conn, client, host, port, error) == TLSDIAL_OK) {
        conn->client = NULL; /* it may go before the connection */
        return conn;
    }
    tlsdial_error_prefix(error, "%s", conn->subject);
    tlsdial_conn_free(conn);
    return NULL;
}

/* ---- reading and writing ---- */

/* A failure that ends the connection: told once here, with its subject. */
static enum tlsdial_cause transfer_failed(tlsdial_conn *conn, struct tlsdial_error *error)
{
    enum tlsdial_cause cause = diagnose_transfer(conn, error);
    conn->broken = true;
    if (cause != TLSDIAL_DEADLINE_TRANSFER)
        evidence_end(conn->evidence, cause);
    tlsdial_error_prefix(error, "%s", conn->subject);
    return cause;
}

static enum tlsdial_cause not_usable(const tlsdial_conn *conn,
                                     struct tlsdial_error *error)
{
    tlsdial_error_set(error, TLSDIAL_INTERNAL, 0,
                      "the connection failed before or was closed");
    tlsdial_error_prefix(error, "%s", conn->subject);
    return TLSDIAL_INTERNAL;
}

/* One SSL_read_ex(). *received is 0 after close_notify, or on CONN_AGAIN. */
static enum conn_outcome read_some(tlsdial_conn *conn, void *buffer, size_t length,
                                   size_t *received)
{
    *received = 0;
    enum conn_outcome outcome =
        outcome_of(conn, SSL_read_ex(conn->ssl, buffer, length, received));
    if (outcome == CONN_DONE && conn->evidence->times[TLSDIAL_STEP_FIRST_BYTE] < 0)
        evidence_step(conn->evidence, TLSDIAL_STEP_FIRST_BYTE);
    if (outcome == CONN_PEER_CLOSED) {
        conn->peer_closed = true;
        evidence_end(conn->evidence, TLSDIAL_OK);
    }
    return outcome;
}

enum tlsdial_cause tlsdial_read(tlsdial_conn *conn, void *buffer, size_t length,
                                size_t *received, struct tlsdial_error *error)
{
    *received = 0;
    if (conn->peer_closed)
        return TLSDIAL_OK;
    if (conn->broken || length == 0)
        return length > 0
                   ? not_usable(conn, error)
                   : tlsdial_error_set(error, TLSDIAL_USAGE, 0, "a read of no bytes");
    begin_operation(conn, idle_deadline(conn), true);
    enum conn_outcome outcome = read_some(conn, buffer, length, received);
    if (outcome == CONN_DONE || outcome == CONN_PEER_CLOSED)
        return TLSDIAL_OK;
    return transfer_failed(conn, error);
}

#define DRAIN_READS 16 /* then writing gets its turn, however fast the peer sends */

/* Hands what has arrived to the sink, without waiting for more; *outcome is CONN_DONE where there
 * may be more. A failure of the connection that shows itself here goes to *outcome too, one of
 * the sink is returned. */
static enum tlsdial_cause drain(tlsdial_conn *conn, tlsdial_sink *sink, void *argument,
                                enum conn_outcome *outcome, struct tlsdial_error *error)
{
    char buffer[16384];
    size_t n;
    for (int i = 0; i < DRAIN_READS; i++) {
        begin_operation(conn, idle_deadline(conn), false);
        *outcome = read_some(conn, buffer, sizeof buffer, &n);
        if (*outcome != CONN_DONE)
            return TLSDIAL_OK;
        enum tlsdial_cause cause = sink(argument, buffer, n, error);
        if (cause != TLSDIAL_OK)
            return cause;
    }
    return TLSDIAL_OK;
}

/* A read that finds nothing costs more: OpenSSL gets a buffer for it. */
static bool has_arrived(const tlsdial_conn *conn)
{
    const struct deadline at_once = {.at = 0};
    struct sock_wait wait = {.fd = conn->io->fd, .want_read = true};
    int code;
    return SSL_has_pending(conn->ssl) == 1 ||
           sock_wait(&wait, 1, at_once, &code) == SOCK_DONE;
}

static enum tlsdial_cause take_arrived(tlsdial_conn *conn, tlsdial_sink *sink,
                                       void *argument, struct tlsdial_error *error)
{
    enum conn_outcome outcome;
    enum tlsdial_cause cause = drain(conn, sink, argument, &outcome, error);
    return cause == TLSDIAL_OK && outcome == CONN_FAILED ? transfer_failed(conn, error)
                                                         : cause;
}

/* A write that fails because the peer has gone leaves the peer's last words unread: a response,
 * or the alert that says why. They tell more than the reset does; the end of the stream, which
 * recv() tells once it has told the reset, does not, nor does an OpenSSL (4.0) that reads no more
 * after such a write. */
static enum tlsdial_cause last_words(tlsdial_conn *conn, tlsdial_sink *sink,
                                     void *argument, struct tlsdial_error *error)
{
    struct io before = *conn->io;
    enum conn_outcome outcome = before.end == IO_FAILED ? CONN_DONE : CONN_AGAIN;
    while (outcome == CONN_DONE && sink != NULL) {
        enum tlsdial_cause cause = drain(conn, sink, argument, &outcome, error);
        if (cause != TLSDIAL_OK)
            return cause;
    }
    if (outcome == CONN_DONE) {
        char byte;
        size_t n;
        begin_operation(conn, idle_deadline(conn), false);
        outcome = outcome_of(conn, SSL_peek_ex(conn->ssl, &byte, 1, &n));
    }
    if (outcome == CONN_PEER_CLOSED && sink != NULL)
        return TLSDIAL_OK;
    if (outcome != CONN_FAILED || conn->io->end != IO_OPEN || ERR_peek_error() == 0) {
        conn->io->end = before.end;
        conn->io->code = before.code;
    }
    return transfer_failed(conn, error);
}

static enum tlsdial_cause write_all(tlsdial_conn *conn, const char *data, size_t length,
                                    size_t *sent, tlsdial_sink *sink, void *argument,
                                    struct tlsdial_error *error)
{
    *sent = 0;
    if (conn->broken || conn->close_sent)
        return not_usable(conn, error);
    if (sink != NULL &&
        has_arrived(conn)) { /* first: where a write fails it may be lost */
        enum tlsdial_cause cause = take_arrived(conn, sink, argument, error);
        if (cause != TLSDIAL_OK)
            return cause;
    }
    while (*sent < length && !(sink != NULL && conn->peer_closed)) {
        size_t n = 0;
        begin_operation(conn, idle_deadline(conn), true);
        conn->io->yield_to_read = sink != NULL;
        enum conn_outcome outcome =
            outcome_of(conn, SSL_write_ex(conn->ssl, data + *sent, length - *sent, &n));
        *sent += n;
        if (outcome == CONN_AGAIN && sink != NULL) {
            enum tlsdial_cause cause = take_arrived(conn, sink, argument, error);
            if (cause != TLSDIAL_OK)
                return cause;
        } else if (outcome != CONN_DONE) {
            return last_words(conn, sink, argument, error);
        }
    }
    return TLSDIAL_OK;
}

enum tlsdial_cause tlsdial_write(tlsdial_conn *conn, const void *data, size_t length,
                                 size_t *sent, struct tlsdial_error *error)
{
    size_t ignored;
    return write_all(conn, data, length, sent != NULL ? sent : &ignored, NULL, NULL,
                     error);
}

enum tlsdial_cause tlsdial_exchange(tlsdial_conn *conn, const void *data, size_t length,
                                    size_t *sent, tlsdial_sink *sink, void *argument,
                                    struct tlsdial_error *error)
{
    size_t ignored;
    return write_all(conn, data, length, sent != NULL ? sent : &ignored, sink, argument,
                     error);
}

/* ---- the end ---- */

enum tlsdial_cause tlsdial_close(tlsdial_conn *conn, struct tlsdial_error *error)
{
    enum tlsdial_cause cause = TLSDIAL_OK;
    if (conn->broken || conn->close_sent)
        return conn->broken ? not_usable(conn, error) : TLSDIAL_OK;
    begin_operation(conn, idle_deadline(conn), true);
    /* 0: ours is sent and the peer's has not come, which is not waited for. */
    if (SSL_shutdown(conn->ssl) < 0 && !conn->peer_closed)
        cause = transfer_failed(conn, error);
    conn->close_sent = true;
    evidence_step(conn->evidence, TLSDIAL_STEP_CLOSED);
    return cause;
}

const char *tlsdial_conn_subject(const tlsdial_conn *conn)
{
    return conn->subject;
}

void tlsdial_conn_free(tlsdial_conn *conn)
{
    if (conn == NULL)
        return;
    SSL_free(conn->ssl); /* and the BIO, and the socket */
    messages_clear(&conn->messages);
    if (conn->owns_evidence)
        tlsdial_evidence_free(conn->evidence);
    OPENSSL_free(conn);
}
