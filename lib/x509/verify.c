/* verify.c: what comes of a verification: for the handshake, for the evidence, in words. */
#include <config.h>

#include "x509/verify.h"

#include <openssl/err.h>
#include <stdio.h>

#include "base/error.h"
#include "tls/diagnose.h"
#include "x509/certificate.h"
#include "x509/path_search.h"
#include "x509/words.h"

/* OpenSSL 4.0 has a function of its own for either; what came before takes the same names there. */
bool verify_expect(SSL *ssl, const struct host *peer)
{
#ifdef HAVE_SSL_SET1_DNSNAME
    return (peer->is_ip ? SSL_set1_ipaddr(ssl, peer->name)
                        : SSL_set1_dnsname(ssl, peer->name)) == 1;
#else
    X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
    return (peer->is_ip ? X509_VERIFY_PARAM_set1_ip_asc(param, peer->name)
                        : X509_VERIFY_PARAM_set1_host(param, peer->name, 0)) == 1;
#endif
}

static void tell_others(struct path *path)
{
    for (size_t i = 0; i < path->problems.count; i++) {
        const struct tlsdial_problem *problem = &path->problems.items[i];
        char text[640];
        if (i == path->worst)
            continue;
        snprintf(text, sizeof text, "; also %s: \"%.200s\" %.400s",
                 tlsdial_cause_token(problem->cause), problem->subject, problem->reason);
        error_append(&path->error, text);
    }
}

static void note_missing_issuer(tlsdial_evidence *evidence, const struct path *path)
{
    unsigned long code = path->error.native;
    int last = sk_X509_num(path->chain) - 1;
    if (last >= 0 && (code == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
                      code == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT))
        evidence->missing_issuer = issuer_url(sk_X509_value(path->chain, last));
}

/* Gives the result to OpenSSL and to the evidence. */
static bool conclude(tlsdial_conn *conn, struct verification *verification)
{
    struct path *path = &verification->path;
    X509_STORE_CTX *given = verification->given;
    bool verified = path->error.cause == TLSDIAL_OK;
    bool noted = path->chain != NULL &&
                 evidence_chain(conn->evidence, TLSDIAL_CHAIN_BUILT, path->chain);
    if (!noted && verified)
        error_out_of_memory(&path->error);
    tell_others(path);
    problem_suspect_clock(conn, &path->error);
    note_missing_issuer(conn->evidence, path);
    problem_list_clear(&conn->evidence->problems);
    conn->evidence->problems = path->problems;
    path->problems = (struct problem_list){0};
    conn->verify_error = path->error;
    if (verified && noted && verification->next > 0) {
        X509_STORE_CTX_set0_verified_chain(given, path->chain);
        path->chain = NULL;
    }
    X509_STORE_CTX_set_error(given, verified && noted         ? X509_V_OK
                                    : path->error.native != 0 ? (int)path->error.native
                                                              : X509_V_ERR_OUT_OF_MEM);
    return verified && noted;
}

/* What the server sent is OpenSSL's; the user's own is added for the time of the verification. */
static STACK_OF(X509) * untrusted_of(const tlsdial_conn *conn, X509_STORE_CTX *given)
{
    STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(given);
    STACK_OF(X509) *own = conn->untrusted;
    STACK_OF(X509) *all = sent != NULL ? sk_X509_dup(sent) : sk_X509_new_null();
    for (int i = 0; all != NULL && i < sk_X509_num(own); i++)
        if (sk_X509_push(all, sk_X509_value(own, i)) == 0) {
            sk_X509_free(all);
            return NULL;
        }
    return all;
}

int verify_chain(X509_STORE_CTX *store_ctx, void *unused)
{
    tlsdial_conn *conn = verify_conn(store_ctx);
    STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(store_ctx);
    struct verification *verification = OPENSSL_zalloc(sizeof *verification);
    bool verified = false;
    (void)unused;
    if (verification == NULL || !evidence_chain(conn->evidence, TLSDIAL_CHAIN_SENT, sent))
        goto out_of_memory;
    verification->given = store_ctx;
    verification->untrusted = untrusted_of(conn, store_ctx);
    verification->held = sk_X509_new_null();
    if (verification->untrusted == NULL || verification->held == NULL)
        goto out_of_memory;
    X509_STORE_CTX_set0_untrusted(store_ctx, verification->untrusted);
    X509_STORE_CTX_set0_crls(store_ctx, conn->client->crls);
    conn->verification = verification;
    ERR_set_mark();
    verify_search(conn, verification);
    pin_check(conn, &verification->path);
    verified = conclude(conn, verification);
    if (verified)
        ERR_pop_to_mark(); /* what other paths came to */
    else
        ERR_clear_last_mark();
    conn->verification = NULL;
    X509_STORE_CTX_set0_untrusted(store_ctx, sent);
    path_clear(&verification->path);
    goto end;
out_of_memory:
    X509_STORE_CTX_set_error(store_ctx, X509_V_ERR_OUT_OF_MEM);
    error_out_of_memory(&conn->verify_error);
end:
    if (verification != NULL) {
        sk_X509_free(verification->untrusted);
        sk_X509_pop_free(verification->held, X509_free);
    }
    OPENSSL_free(verification);
    return verified || !verdict_is_fatal(conn);
}

/* ---- insecure ---- */

/* Pins say which key it must be, whoever vouches for it: they hold in any case. Gives the problem
 * that says they do not, or NULL. */
static const struct tlsdial_problem *pin_problem(const tlsdial_conn *conn)
{
    const struct problem_list *problems = &conn->evidence->problems;
    for (size_t i = 0; i < problems->count; i++)
        if (problems->items[i].cause == TLSDIAL_PIN_MISMATCH)
            return &problems->items[i];
    return NULL;
}

bool verdict_is_fatal(tlsdial_conn *conn)
{
    struct tlsdial_error *error = &conn->verify_error;
    struct tlsdial_error *ignored = &conn->evidence->ignored;
    const struct tlsdial_problem *pin = pin_problem(conn);
    if (error->cause == TLSDIAL_OK)
        return false;
    if (!conn->client->insecure || error->cause == TLSDIAL_INTERNAL)
        return true;
    if (pin != NULL) {
        tlsdial_error_set(error, TLSDIAL_PIN_MISMATCH, error->native,
                          "the certificate \"%.200s\" %s", pin->subject, pin->reason);
        return true;
    }
    if (ignored->cause == TLSDIAL_OK ||
        problem_precedence(error->cause) < problem_precedence(ignored->cause)) {
        diagnose_trust(conn->client, error->cause, error);
        *ignored = *error;
        tlsdial_error_prefix(ignored, "%s", conn->subject);
    }
    *error = (struct tlsdial_error){0};
    return false;
}
