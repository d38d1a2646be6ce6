/* conn.c: what dialling and transfer have in common, and the small questions to a connection. */
#include <config.h>

#include "tls/conn.h"

#include <openssl/err.h>
#include <string.h>

#include "base/error.h"

enum conn_outcome conn_outcome(tlsdial_conn *conn, int result)
{
    conn->wants_read = conn->wants_write = false;
    if (result > 0)
        return CONN_DONE;
    switch (SSL_get_error(conn->ssl, result)) {
    case SSL_ERROR_ZERO_RETURN:
        return CONN_PEER_CLOSED;
    case SSL_ERROR_WANT_READ:
        conn->wants_read = conn->starved = true;
        return CONN_AGAIN;
    case SSL_ERROR_WANT_WRITE:
        conn->wants_write = true;
        return CONN_AGAIN;
    default:
        return CONN_FAILED;
    }
}

struct ending conn_ending(const tlsdial_conn *conn)
{
    return (struct ending){.end = stream_end(conn->stream),
                           .code = stream_code(conn->stream)};
}

enum tlsdial_cause conn_misuse(const tlsdial_conn *conn, const char *what,
                               struct tlsdial_error *error)
{
    tlsdial_error_set(error, TLSDIAL_MISUSE, 0, "%s", what);
    if (conn != NULL)
        tlsdial_error_prefix(error, "%s", conn->subject);
    return TLSDIAL_MISUSE;
}

int conn_keep_session(SSL *ssl, SSL_SESSION *session)
{
    tlsdial_conn *conn = SSL_get_app_data(ssl);
    if (conn == NULL)
        return 0;
    session_list_add(&conn->sessions, session);
    return 1; /* the reference is ours */
}

void conn_note_traffic(tlsdial_conn *conn)
{
    evidence_traffic(conn->evidence, stream_received(conn->stream),
                     stream_sent(conn->stream));
}

enum tlsdial_cause tlsdial_conn_export(tlsdial_conn *conn, void *secret, size_t length,
                                       const char *label, const void *context,
                                       size_t context_length, struct tlsdial_error *error)
{
    if (conn == NULL || label == NULL || secret == NULL ||
        (context == NULL && context_length > 0))
        return conn_misuse(conn, "something that is needed is NULL", error);
    ERR_clear_error();
    if (SSL_export_keying_material(conn->ssl, secret, length, label, strlen(label),
                                   context, context_length, context != NULL) == 1)
        return TLSDIAL_OK;
    enum tlsdial_cause cause = tlsdial_error_set(
        error, TLSDIAL_TLS_ERROR, ERR_peek_error(), "no keying material: %s",
        error_openssl_reason("no reason given"));
    tlsdial_error_prefix(error, "%s", conn->subject);
    return cause;
}

const char *tlsdial_conn_subject(const tlsdial_conn *conn)
{
    return conn != NULL ? conn->subject : "";
}

void tlsdial_conn_free(tlsdial_conn *conn)
{
    if (conn == NULL)
        return;
    if (conn->end_sent) /* session tickets have come, as a rule, and nobody may have read them */
        stream_discard(conn->stream);
    SSL_free(conn->ssl); /* and the BIO */
    BIO_meth_free(conn->bio_method);
    stream_free(conn->stream);
    messages_clear(&conn->messages);
    if (conn->record != NULL)
        OPENSSL_clear_free(conn->record, TLS_RECORD_SIZE);
    wait_set_clear(&conn->waits);
    OPENSSL_free(conn->alpn);
    sk_X509_pop_free(conn->untrusted, X509_free);
    verification_clear(&conn->resumed);
    session_list_clear(&conn->sessions);
    if (conn->owns_evidence)
        tlsdial_evidence_free(conn->evidence);
    OPENSSL_free(conn);
}
