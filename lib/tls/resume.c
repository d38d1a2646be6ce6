/*
 * resume.c: a dial that offers a session of an earlier one.
 *
 * A server that resumes a session shows no certificate, so the chain that was verified when it was
 * made is verified again, for today's names, pins, trust and time, before it is offered. What only
 * the server could show today, such as a staple, rules a session out.
 */
#include <config.h>

#include "tls/resume.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "tls/verify_callback.h"
#include "x509/verify.h"

void resume_set_place(tlsdial_conn *conn, const struct host *host, const char *port)
{
    struct session_place *place = &conn->place;
    const char *servername = SSL_get_servername(conn->ssl, TLSEXT_NAMETYPE_host_name);
    X509 *own = SSL_get_certificate(conn->ssl);
    *place = (struct session_place){0};
    snprintf(place->host, sizeof place->host, "%s", host->lookup);
    snprintf(place->port, sizeof place->port, "%s", port);
    snprintf(place->servername, sizeof place->servername, "%s",
             servername != NULL ? servername : "");
    if (own != NULL)
        X509_digest(own, EVP_sha256(), place->identity, NULL);
}

/* Whether what is demanded can be had in a full handshake only. A certificate may itself demand a
 * staple (RFC 7633). */
static bool is_ruled_out(const tlsdial_conn *conn, X509 *leaf)
{
    unsigned long flags = X509_VERIFY_PARAM_get_flags(SSL_get0_param(conn->ssl));
    return conn->client->insecure || conn->client->require_staple ||
           (flags & X509_V_FLAG_CRL_CHECK) != 0 ||
           X509_get_ext_by_NID(leaf, NID_tlsfeature, -1) >= 0;
}

/* The context in which OpenSSL has a chain verified in the handshake: see SSL_CTX_set_cert_verify_
 * callback(3). What was above the certificate may be needed, and is trusted for nothing. */
static X509_STORE_CTX *context_new(SSL *ssl, STACK_OF(X509) * chain)
{
    X509_STORE *store = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl));
    X509_STORE_CTX *store_ctx = X509_STORE_CTX_new();
    if (store_ctx == NULL)
        return NULL;
    if (X509_STORE_CTX_init(store_ctx, store, sk_X509_value(chain, 0), chain) != 1 ||
        !X509_STORE_CTX_set_ex_data(store_ctx, SSL_get_ex_data_X509_STORE_CTX_idx(),
                                    ssl) ||
        X509_STORE_CTX_set_default(store_ctx, "ssl_server") != 1) {
        X509_STORE_CTX_free(store_ctx);
        return NULL;
    }
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(store_ctx);
    X509_VERIFY_PARAM_set_auth_level(param, SSL_get_security_level(ssl));
    X509_VERIFY_PARAM_set1(param, SSL_get0_param(ssl));
    X509_STORE_CTX_set0_dane(store_ctx, SSL_get0_dane(ssl));
    return store_ctx;
}

/* Whether the chain verifies today; the result is kept beside the evidence, which a full handshake
 * fills. */
static bool verifies_today(tlsdial_conn *conn, STACK_OF(X509) * chain)
{
    struct verification *verification = &conn->resumed;
    X509_STORE_CTX *store_ctx = context_new(conn->ssl, chain);
    verification->request = verify_request_of(conn);
    bool verified = store_ctx != NULL && verify_chain(verification, store_ctx);
    X509_STORE_CTX_free(store_ctx);
    sk_X509_pop_free(verification->sent, X509_free); /* nothing was */
    verification->sent = NULL;
    return verified;
}

void resume_offer(tlsdial_conn *conn, tlsdial_session *session)
{
    SSL_SESSION *offered = NULL;
    if (session == NULL || !session_is_for(session, &conn->place))
        return;
    STACK_OF(X509) *chain = session_chain(session);
    if (is_ruled_out(conn, sk_X509_value(chain, 0)))
        return;
    ERR_set_mark();
    if (verifies_today(conn, chain))
        offered = session_take(session);
    if (offered != NULL)
        SSL_set_session(conn->ssl, offered);
    SSL_SESSION_free(offered);
    ERR_pop_to_mark();
}

void resume_note(tlsdial_conn *conn)
{
    struct verification *of_evidence = &conn->evidence->verification;
    if (SSL_session_reused(conn->ssl) == 0)
        return;
    verification_clear(of_evidence);
    *of_evidence = conn->resumed;
    conn->resumed = (struct verification){0};
}

tlsdial_session *tlsdial_conn_session(tlsdial_conn *conn)
{
    const struct verification *verification =
        conn != NULL ? &conn->evidence->verification : NULL;
    if (verification == NULL || !verification->verified ||
        verification_failure(verification) != NULL ||
        sk_X509_num(verification->built) <= 0)
        return NULL;
    return session_new(&conn->place, verification->built, &conn->sessions);
}
