/* handshake.c: the handshake of a dial, in steps, in which the chain is verified. */
#include <config.h>

#include "tls/handshake.h"

#include <openssl/err.h>
#include <string.h>

#include "base/error.h"
#include "tls/bio.h"
#include "tls/client_ca.h"
#include "tls/diagnose.h"
#include "tls/resume.h"
#include "tls/verify_callback.h"
#include "x509/ocsp.h"
#include "x509/verify.h"

/* The names that SNI and the certificate check use. SNI is for DNS names (RFC 6066, 3). */
static bool set_names(tlsdial_conn *conn, const struct dial_options *options,
                      const struct host *host)
{
    const struct host *servername = options->has_servername ? &options->servername : host;
    conn->reference = options->has_verify_hostname ? options->verify_hostname : *host;
    return verify_expect(conn->ssl, conn->client, &conn->reference) &&
           (servername->is_ip ||
            SSL_set_tlsext_host_name(conn->ssl, servername->name) == 1);
}

static bool set_alpn(tlsdial_conn *conn, const struct dial_options *options)
{
    if (options->alpn == NULL)
        return true;
    conn->alpn = OPENSSL_strdup(options->alpn);
    return conn->alpn != NULL && SSL_set_alpn_protos(conn->ssl, options->alpn_wire,
                                                     (unsigned)options->alpn_length) == 0;
}

enum tlsdial_cause handshake_begin(tlsdial_conn *conn, const struct dial_options *options,
                                   const struct host *host, const char *port,
                                   struct tlsdial_error *error)
{
    BIO *bio = stream_bio_new(conn->stream, &conn->bio_method);
    stream_begin_tls(conn->stream);
    conn->ssl = bio != NULL ? SSL_new(conn->client->ctx) : NULL;
    if (conn->ssl == NULL) {
        BIO_free(bio);
        return error_out_of_memory(error);
    }
    SSL_set_bio(conn->ssl, bio, bio);
    messages_watch(conn->ssl, &conn->messages);
    if (SSL_set_app_data(conn->ssl, conn) != 1 || !set_alpn(conn, options) ||
        !set_names(conn, options, host))
        return error_out_of_memory(error);
    resume_set_place(conn, host, port);
    resume_offer(conn, options->session);
    return TLSDIAL_OK;
}

/* What the verification came to that did not end the handshake. */
static void note_verification(tlsdial_conn *conn)
{
    struct verification *verification = &conn->evidence->verification;
    const unsigned char *der = NULL;
    long length = SSL_get_tlsext_status_ocsp_resp(conn->ssl, &der);
    if (verification->staple == NULL) /* the handshake did not come to it */
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
    if (done)
        resume_note(conn);
    ERR_set_mark();
    evidence->certificate_requested = conn->messages.certificate_requested;
    evidence->certificate_sent = conn->messages.certificate_sent;
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
    const unsigned char *chosen;
    unsigned length;
    SSL_get0_alpn_selected(conn->ssl, &chosen, &length);
    if (conn->alpn == NULL || (length > 0 && is_offered(conn->alpn, chosen, length)))
        return TLSDIAL_OK;
    if (length == 0)
        return tlsdial_error_set(error, TLSDIAL_ALPN, 0,
                                 "the server chose none of the protocols offered (%s)",
                                 conn->alpn);
    return tlsdial_error_set(error, TLSDIAL_ALPN, 0,
                             "the server chose '%.*s', which was not offered (%s)",
                             (int)length, (const char *)chosen, conn->alpn);
}

static enum tlsdial_cause end_handshake(tlsdial_conn *conn, enum conn_outcome outcome,
                                        struct tlsdial_error *error)
{
    /* SSL_connect() calls a close_notify before its end a mere "0"; it is no handshake. */
    bool done = outcome == CONN_DONE && SSL_is_init_finished(conn->ssl);
    enum tlsdial_cause cause = TLSDIAL_OK;
    if (!client_ca_read(&conn->evidence->client_cas, conn->ssl))
        cause = error_out_of_memory(error);
    else if (!done)
        cause = diagnose_handshake(conn, outcome, error);
    else if (SSL_get_verify_result(conn->ssl) != X509_V_OK &&
             !insecure_excuses(&conn->evidence->verification))
        cause = tlsdial_error_set(error, TLSDIAL_CERTIFICATE, 0,
                                  "the certificate was not verified");
    if (!note_handshake(conn, done))
        cause = error_out_of_memory(error);
    if (cause == TLSDIAL_OK)
        cause = check_alpn(conn, error);
    conn_note_traffic(conn);
    evidence_step(conn->evidence, TLSDIAL_STEP_HANDSHAKE);
    return cause;
}

enum tlsdial_cause handshake_step(tlsdial_conn *conn, struct tlsdial_error *error)
{
    enum conn_outcome outcome = CONN_LATE;
    if (!deadline_passed(conn->deadline)) {
        ERR_clear_error();
        stream_reopen(conn->stream);
        outcome = conn_outcome(conn, SSL_connect(conn->ssl));
    }
    return outcome == CONN_AGAIN ? TLSDIAL_AGAIN : end_handshake(conn, outcome, error);
}
