/*
 * path_search.c: the path that a server's chain is judged by.
 *
 * OpenSSL stops at the first problem; here all are collected and the one that explains most is
 * given to the handshake, which then fails with the alert for it before any data is sent.
 *
 * OpenSSL also stops at the first path that it finds.  Where that one has a fault that another
 * might not have (an expired intermediate with a renewed twin, an anchor of the same name with
 * another key), the chain is built again without one of its certificates, and so on: breadth
 * first, until a path is good or the bound is reached.
 */
#include <config.h>

#include "x509/path_search.h"

#include <openssl/err.h>

#include "base/error.h"
#include "tls/conn.h"
#include "x509/certificate.h"
#include "x509/verify.h"
#include "x509/words.h"

tlsdial_conn *verify_conn(X509_STORE_CTX *store_ctx)
{
    SSL *ssl =
        X509_STORE_CTX_get_ex_data(store_ctx, SSL_get_ex_data_X509_STORE_CTX_idx());
    return ssl != NULL ? SSL_get_app_data(ssl) : NULL;
}

void path_clear(struct path *path)
{
    problem_list_clear(&path->problems);
    sk_X509_pop_free(path->chain, X509_free);
    *path = (struct path){0};
}

/* ---- collecting the problems of one path ---- */

bool path_is_worse(const struct path *path, enum tlsdial_cause cause)
{
    return path->problems.count == 0 ||
           problem_precedence(cause) < problem_precedence(path->error.cause);
}

bool path_add(struct path *path, enum tlsdial_cause cause, int depth,
              const X509 *certificate, const char *reason)
{
    if (problem_add(&path->problems, cause, depth, certificate, reason))
        return true;
    error_out_of_memory(&path->error);
    path->error.native = X509_V_ERR_OUT_OF_MEM;
    return false;
}

bool path_add_own(struct path *path, enum tlsdial_cause cause, X509 *leaf,
                  const char *reason, int code)
{
    char *subject = name_text(X509_get_subject_name(leaf));
    if (path_is_worse(path, cause)) {
        tlsdial_error_set(&path->error, cause, (unsigned long)code,
                          "the certificate \"%.200s\" %s", subject != NULL ? subject : "",
                          reason);
        path->worst = path->problems.count;
    }
    OPENSSL_free(subject);
    return path_add(path, cause, 0, leaf, reason);
}

/* With TLSA records nothing else makes a chain trusted: that its end is not in the trust store
 * says nothing. */
static bool is_without_tlsa(const tlsdial_conn *conn, enum tlsdial_cause cause)
{
    return conn->client->tlsa_count > 0 &&
           (cause == TLSDIAL_PIN_MISMATCH || cause == TLSDIAL_UNKNOWN_CA ||
            cause == TLSDIAL_INCOMPLETE_CHAIN || cause == TLSDIAL_SELF_SIGNED);
}

/* Once, however often OpenSSL says it. */
static bool path_add_tlsa_mismatch(struct path *path, X509_STORE_CTX *store_ctx, int code)
{
    char reason[256];
    X509 *leaf = X509_STORE_CTX_get0_cert(store_ctx);
    path->barred = true;
    for (size_t i = 0; i < path->problems.count; i++)
        if (path->problems.items[i].cause == TLSDIAL_PIN_MISMATCH)
            return true;
    pin_describe_tlsa(reason, sizeof reason, leaf);
    return path_add_own(path, TLSDIAL_PIN_MISMATCH, leaf, reason, code);
}

/* What follows another problem of the same certificate and says less: "unable to verify the first
 * certificate" after "unable to get local issuer certificate", and "unsuitable certificate purpose"
 * after "invalid CA certificate" or "certificate rejected". */
static bool is_told_already(const struct path *path, int code, int depth)
{
    bool any = code == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE;
    if (!any && code != X509_V_ERR_INVALID_PURPOSE)
        return false;
    for (size_t i = 0; i < path->problems.count; i++)
        if (path->problems.items[i].depth == depth &&
            (any || path->barred || path->problems.items[i].cause == TLSDIAL_CONSTRAINT))
            return true;
    return false;
}

/* Whether another path might be without this problem. */
static bool is_fault_of_path(int code, int depth)
{
    switch (code) {
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_PERMITTED_VIOLATION:
    case X509_V_ERR_EXCLUDED_VIOLATION:
    case X509_V_ERR_SUBTREE_MINMAX:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX:
    case X509_V_ERR_UNSUPPORTED_NAME_SYNTAX:
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
        return true;
    default:
        return depth > 0;
    }
}

/* For X509_STORE_CTX_set_verify_cb(): notes the problem and has OpenSSL go on. */
static int collect(int ok, X509_STORE_CTX *store_ctx)
{
    if (ok)
        return 1;
    tlsdial_conn *conn = verify_conn(store_ctx);
    struct path *path = &conn->verification->path;
    int code = X509_STORE_CTX_get_error(store_ctx);
    int depth = X509_STORE_CTX_get_error_depth(store_ctx);
    X509 *certificate = X509_STORE_CTX_get_current_cert(store_ctx);
    if (is_told_already(path, code, depth))
        return 1;
    enum tlsdial_cause cause = problem_cause(code, certificate);
    if (is_without_tlsa(conn, cause))
        return path_add_tlsa_mismatch(path, store_ctx, code);
    char reason[1024];
    problem_reason(reason, sizeof reason, conn, store_ctx, code);
    if (path_is_worse(path, cause)) {
        problem_describe(&path->error, conn, store_ctx, code, reason);
        path->worst = path->problems.count;
    }
    path->faulty = path->faulty || is_fault_of_path(code, depth);
    path->barred = path->barred || code == X509_V_ERR_CERT_REJECTED ||
                   code == X509_V_ERR_CERT_UNTRUSTED;
    return path_add(path, cause, depth, certificate, reason) && cause != TLSDIAL_INTERNAL;
}

/* Builds and checks one path with the given context. True when all is well with it. */
static bool try_path(struct path *path, X509_STORE_CTX *store_ctx)
{
    X509_STORE_CTX_set_verify_cb(store_ctx, collect);
    bool verified = X509_verify_cert(store_ctx) == 1 && path->error.cause == TLSDIAL_OK;
    path->chain = X509_STORE_CTX_get1_chain(store_ctx);
    if (!verified && ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE)
        error_out_of_memory(&path->error); /* in a lookup, which can only find nothing */
    if (verified || path->error.cause != TLSDIAL_OK)
        return verified;
    int code = X509_STORE_CTX_get_error(store_ctx); /* without a call of collect() */
    code = code != X509_V_OK ? code : X509_V_ERR_UNSPECIFIED;
    tlsdial_error_set(&path->error,
                      problem_cause(code, X509_STORE_CTX_get0_cert(store_ctx)),
                      (unsigned long)code, "%s", X509_verify_cert_error_string(code));
    return false;
}

/* ---- other paths ---- */

static bool excludes(const struct exclusion *exclusion, const X509 *certificate)
{
    for (size_t i = 0; i < exclusion->count; i++)
        if (X509_cmp(exclusion->certificates[i], certificate) == 0)
            return true;
    return false;
}

/* OpenSSL's own test, which a path then passes that has what the verification goes without. */
static int check_issued(X509_STORE_CTX *store_ctx,
                        TLSDIAL_CALLBACK_CONST X509 *certificate,
                        TLSDIAL_CALLBACK_CONST X509 *issuer)
{
    const tlsdial_conn *conn = verify_conn(store_ctx);
    const struct verification *verification = conn != NULL ? conn->verification : NULL;
    if (verification != NULL && verification->next > 0 &&
        excludes(&verification->queue[verification->next - 1], issuer))
        return 0;
    int code = X509_check_issued(issuer, certificate);
    /* Whether the issuer may sign is judged afterwards, and then told as what it is. */
    return code == X509_V_OK || code == X509_V_ERR_KEYUSAGE_NO_CERTSIGN;
}

void verify_prepare_store(X509_STORE *store)
{
    X509_STORE_set_check_issued(store, check_issued);
}

static bool same_exclusion(const struct exclusion *a, const struct exclusion *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!excludes(b, a->certificates[i]))
            return false;
    return true;
}

static bool is_queued(const struct verification *verification,
                      const struct exclusion *exclusion)
{
    for (size_t i = 0; i < verification->queued; i++)
        if (same_exclusion(&verification->queue[i], exclusion))
            return true;
    return false;
}

/* Puts "what this path did without, and this one too" at the end of the queue. */
static bool enqueue(struct verification *verification, X509 *certificate)
{
    struct exclusion next = {0};
    if (verification->next > 0)
        next = verification->queue[verification->next - 1];
    if (verification->queued == MOST_PATHS || next.count == MOST_EXCLUDED)
        return true;
    next.certificates[next.count++] = certificate;
    if (is_queued(verification, &next))
        return true;
    if (X509_up_ref(certificate) != 1)
        return false;
    if (sk_X509_push(verification->held, certificate) == 0) {
        X509_free(certificate);
        return false;
    }
    verification->queue[verification->queued++] = next;
    return true;
}

static bool has_problem_at(const struct path *path, int depth)
{
    for (size_t i = 0; i < path->problems.count; i++)
        if (path->problems.items[i].depth == depth)
            return true;
    return false;
}

/* Every issuer of a path may be the one that leads astray; those with a problem come first. */
static bool enqueue_issuers(struct verification *verification, const struct path *path)
{
    for (int blamed = 1; blamed >= 0; blamed--)
        for (int depth = 1; depth < sk_X509_num(path->chain); depth++)
            if (has_problem_at(path, depth) == (blamed == 1) &&
                !enqueue(verification, sk_X509_value(path->chain, depth)))
                return false;
    return true;
}

/* A context like the one that OpenSSL gave, for one more path. */
static X509_STORE_CTX *new_context(const tlsdial_conn *conn,
                                   const struct verification *verification)
{
    X509_STORE_CTX *given = verification->given;
    int index = SSL_get_ex_data_X509_STORE_CTX_idx();
    X509_STORE_CTX *store_ctx = X509_STORE_CTX_new();
    if (store_ctx != NULL &&
        X509_STORE_CTX_init(store_ctx, X509_STORE_CTX_get0_store(given),
                            X509_STORE_CTX_get0_cert(given),
                            verification->untrusted) == 1 &&
        X509_STORE_CTX_set_ex_data(store_ctx, index,
                                   X509_STORE_CTX_get_ex_data(given, index)) == 1 &&
        X509_VERIFY_PARAM_set1(X509_STORE_CTX_get0_param(store_ctx),
                               X509_STORE_CTX_get0_param(given)) == 1) {
        X509_STORE_CTX_set0_crls(store_ctx, conn->client->crls);
        return store_ctx;
    }
    X509_STORE_CTX_free(store_ctx);
    return NULL;
}

/* Tries what is in the queue. True when a path is good, or has no fault but the server's own
 * certificate's; it is then in verification->path, which is empty otherwise. */
static bool find_other_path(tlsdial_conn *conn, struct verification *verification)
{
    while (verification->next < verification->queued &&
           !deadline_passed(conn->deadline)) {
        verification->next++;
        X509_STORE_CTX *store_ctx = new_context(conn, verification);
        if (store_ctx == NULL)
            return false;
        bool verified = try_path(&verification->path, store_ctx);
        X509_STORE_CTX_free(store_ctx);
        if (verified ||
            (!verification->path.faulty && verification->path.problems.count > 0))
            return true;
        bool go_on = !verification->path.barred &&
                     enqueue_issuers(verification, &verification->path);
        path_clear(&verification->path);
        if (!go_on)
            return false;
    }
    return false;
}

/* The path that is told: the first that is good but for the server's own certificate, else the
 * one that OpenSSL found first. It is left in verification->path. */
void verify_search(tlsdial_conn *conn, struct verification *verification)
{
    /* Another path would be asked for no TLSA record: only the given context has those. */
    if (try_path(&verification->path, verification->given) ||
        !verification->path.faulty || verification->path.barred ||
        conn->client->tlsa_count > 0)
        return;
    struct path first = verification->path;
    verification->path = (struct path){0};
    if (enqueue_issuers(verification, &first) && find_other_path(conn, verification)) {
        path_clear(&first);
        return;
    }
    path_clear(&verification->path);
    verification->path = first;
}
