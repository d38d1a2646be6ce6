/*
 * path_search.c: the path that a server's chain is judged by.
 *
 * OpenSSL stops at the first problem; here all are collected.
 *
 * OpenSSL also stops at the first path that it finds.  Where that one has a fault that another
 * might not have (an expired intermediate with a renewed twin, an anchor of the same name with
 * another key), the chain is built again without one of its certificates, and so on: breadth
 * first, until a path is good or the bound is reached.
 */
#include <config.h>

#include "x509/path_search.h"

#include <openssl/err.h>

#include "x509/certificate.h"
#include "x509/crl.h"
#include "x509/facts.h"
#include "x509/lookup.h"
#include "x509/path_budget.h"
#include "x509/path_queue.h"
#include "x509/pin.h"

struct search {
    const struct verify_request *request;
    X509_STORE_CTX *openssl_ctx; /* its result is OpenSSL's */
    STACK_OF(X509) * untrusted;
    struct path_queue *queue;   /* what other paths are to go without */
    int64_t budget;             /* left for other paths: see path_budget.h */
    struct candidate candidate; /* under way */
};

/* The search whose path the context builds; NULL where it builds something else, the path of a
 * CRL's issuer for instance. */
static struct search *search_of(X509_STORE_CTX *store_ctx)
{
    return X509_STORE_CTX_get_app_data(store_ctx);
}

/* ---- collecting the findings of one path ---- */

void candidate_clear(struct candidate *candidate)
{
    finding_list_clear(&candidate->findings);
    sk_X509_pop_free(candidate->chain, X509_free);
    *candidate = (struct candidate){0};
}

bool candidate_add(struct candidate *candidate, struct finding *finding)
{
    bool added = finding_list_add(&candidate->findings, finding);
    candidate->out_of_memory = candidate->out_of_memory || !added;
    return added;
}

static bool has_finding_at(const struct candidate *candidate, int depth)
{
    for (size_t i = 0; i < candidate->findings.count; i++)
        if (candidate->findings.items[i].depth == depth)
            return true;
    return false;
}

/* With TLSA records nothing else makes a chain trusted: that its end is not in the trust store
 * says nothing. */
static bool is_without_tlsa(const struct verify_request *request,
                            enum tlsdial_cause cause)
{
    return request->tlsa->count > 0 &&
           (cause == TLSDIAL_PIN_MISMATCH || cause_is_of_trust(cause));
}

/* Once, however often OpenSSL says it. */
static bool add_tlsa_mismatch(struct candidate *candidate, X509_STORE_CTX *store_ctx,
                              int code)
{
    candidate->final = true;
    if (finding_list_find(&candidate->findings, TLSDIAL_PIN_MISMATCH) != NULL)
        return true;
    struct finding finding =
        pin_finding(FINDING_NO_TLSA, X509_STORE_CTX_get0_cert(store_ctx), code);
    return candidate_add(candidate, &finding);
}

static bool has_cause_at(const struct candidate *candidate, enum tlsdial_cause cause,
                         int depth)
{
    for (size_t i = 0; i < candidate->findings.count; i++)
        if (candidate->findings.items[i].depth == depth &&
            candidate->findings.items[i].cause == cause)
            return true;
    return false;
}

/* What follows another finding of the same certificate and says less: "unable to verify the first
 * certificate" after "unable to get local issuer certificate", and "unsuitable certificate purpose"
 * after "invalid CA certificate" or "certificate rejected", "unable to get certificate CRL" after what
 * is wrong with the one that there is. */
static bool is_said_already(const struct candidate *candidate, int code, int depth)
{
    if (code == X509_V_ERR_UNABLE_TO_GET_CRL)
        return has_cause_at(candidate, TLSDIAL_REVOCATION_UNKNOWN, depth);
    bool any = code == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE;
    if (!any && code != X509_V_ERR_INVALID_PURPOSE)
        return false;
    for (size_t i = 0; i < candidate->findings.count; i++)
        if (candidate->findings.items[i].depth == depth &&
            (any || candidate->final ||
             candidate->findings.items[i].cause == TLSDIAL_CONSTRAINT))
            return true;
    return false;
}

static bool is_malformed_at(const struct candidate *candidate, int depth)
{
    for (size_t i = 0; i < candidate->findings.count; i++)
        if (candidate->findings.items[i].depth == depth &&
            candidate->findings.items[i].kind == FINDING_MALFORMED)
            return true;
    return false;
}

/* Whether another path might be without this finding. */
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

/* For X509_STORE_CTX_set_verify_cb(): notes the finding and has OpenSSL go on. */
static int collect(int ok, X509_STORE_CTX *store_ctx)
{
    struct search *search = search_of(store_ctx);
    if (ok || search == NULL)
        return ok;
    struct candidate *candidate = &search->candidate;
    int code = X509_STORE_CTX_get_error(store_ctx);
    int depth = X509_STORE_CTX_get_error_depth(store_ctx);
    if (is_said_already(candidate, code, depth))
        return 1;
    struct finding finding = facts_of_error(search->request, store_ctx, code);
    if (is_without_tlsa(search->request, finding.cause)) {
        finding_clear(&finding);
        return add_tlsa_mismatch(candidate, store_ctx, code);
    }
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(store_ctx);
    bool of_anchor = depth > 0 && depth == sk_X509_num(chain) - 1;
    if ((finding.kind == FINDING_MALFORMED && is_malformed_at(candidate, depth)) ||
        (finding.cause == TLSDIAL_REVOCATION_UNKNOWN && of_anchor)) {
        /* Nobody vouches for an anchor, nor revokes it (RFC 5280, 6.1). */
        finding_clear(&finding);
        return 1;
    }
    bool ours = finding.cause == TLSDIAL_INTERNAL;
    candidate->retryable = candidate->retryable || is_fault_of_path(code, depth);
    candidate->final = candidate->final || finding.kind == FINDING_REJECTED;
    return candidate_add(candidate, &finding) && !ours;
}

/* A distrust holds for each certificate of that subject and key. OpenSSL looks at the trust settings
 * of the one certificate that it took for the anchor. */
static void find_rejected(struct search *search, X509_STORE_CTX *store_ctx)
{
    struct candidate *candidate = &search->candidate;
    if (candidate->final || search->request->tlsa->count > 0)
        return;
    for (int depth = 0; depth < sk_X509_num(candidate->chain); depth++) {
        X509 *certificate = sk_X509_value(candidate->chain, depth);
        if (!lookup_is_rejected(store_ctx, certificate))
            continue;
        struct finding finding = facts_of_rejection(search->request, certificate, depth);
        candidate->final = true;
        candidate_add(candidate, &finding);
    }
}

/* Builds and checks one path with the given context. */
static void try_path(struct search *search, X509_STORE_CTX *store_ctx)
{
    struct candidate *candidate = &search->candidate;
    X509_STORE_CTX_set_verify_cb(store_ctx, collect);
    X509_STORE_CTX_set_app_data(store_ctx, search);
    bool verified = X509_verify_cert(store_ctx) == 1;
    candidate->chain = X509_STORE_CTX_get1_chain(store_ctx);
    candidate->out_of_memory = candidate->out_of_memory || candidate->chain == NULL;
    find_rejected(search, store_ctx);
    if (!verified && ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE)
        candidate->out_of_memory = true; /* in a lookup, which can only find nothing */
    candidate->verified =
        verified && candidate->findings.count == 0 && !candidate->out_of_memory;
    if (!verified && candidate->findings.count == 0) { /* without a call of collect() */
        int code = X509_STORE_CTX_get_error(store_ctx);
        struct finding finding =
            facts_of_error(search->request, store_ctx,
                           code != X509_V_OK ? code : X509_V_ERR_UNSPECIFIED);
        candidate_add(candidate, &finding);
    }
    X509_STORE_CTX_set_app_data(store_ctx, NULL);
}

/* ---- other paths ---- */

/* OpenSSL's own test, which a path then passes that has what the search goes without. */
static int check_issued(X509_STORE_CTX *store_ctx,
                        TLSDIAL_CALLBACK_CONST X509 *certificate,
                        TLSDIAL_CALLBACK_CONST X509 *issuer)
{
    const struct search *search = search_of(store_ctx);
    if (search != NULL && path_queue_excludes(search->queue, issuer))
        return 0;
    int code = X509_check_issued(issuer, certificate);
    /* Whether the issuer may sign is judged afterwards, and then reported as what it is. */
    return code == X509_V_OK || code == X509_V_ERR_KEYUSAGE_NO_CERTSIGN;
}

static STACK_OF(X509_CRL) *
    lookup_crls(const X509_STORE_CTX *store_ctx, const X509_NAME *name)
{
    X509_STORE_CTX *context = (X509_STORE_CTX *)(uintptr_t)store_ctx;
    const struct search *search = search_of(context);
    return crl_find(context, name, search != NULL ? search->request->crls : NULL);
}

void path_search_prepare_store(X509_STORE *store)
{
    X509_STORE_set_check_issued(store, check_issued);
    X509_STORE_set_lookup_crls(store, lookup_crls);
}

/* Every issuer of a path may be the one that leads astray; those with a finding come first. */
static bool enqueue_issuers(struct search *search, const struct candidate *candidate)
{
    for (int blamed = 1; blamed >= 0; blamed--)
        for (int depth = 1; depth < sk_X509_num(candidate->chain); depth++)
            if (has_finding_at(candidate, depth) == (blamed == 1) &&
                !path_queue_add(search->queue, sk_X509_value(candidate->chain, depth)))
                return false;
    return true;
}

/* A context like the one that OpenSSL gave, for one more path. */
static X509_STORE_CTX *new_context(const struct search *search)
{
    X509_STORE_CTX *openssl_ctx = search->openssl_ctx;
    X509_STORE_CTX *store_ctx = X509_STORE_CTX_new();
    if (store_ctx != NULL &&
        X509_STORE_CTX_init(store_ctx, X509_STORE_CTX_get0_store(openssl_ctx),
                            X509_STORE_CTX_get0_cert(openssl_ctx),
                            search->untrusted) == 1 &&
        X509_VERIFY_PARAM_set1(X509_STORE_CTX_get0_param(store_ctx),
                               X509_STORE_CTX_get0_param(openssl_ctx)) == 1) {
        return store_ctx;
    }
    X509_STORE_CTX_free(store_ctx);
    return NULL;
}

/* Whether a certificate above the server's own expires so soon that another path is better. */
static bool expires_soon(const struct search *search, const struct candidate *candidate)
{
    int64_t soon = request_now(search->request) + search->request->expiry_warning, end;
    for (int i = 1; i < sk_X509_num(candidate->chain); i++)
        if (search->request->expiry_warning > 0 &&
            asn1_time_seconds(X509_get0_notAfter(sk_X509_value(candidate->chain, i)),
                              &end) &&
            end < soon)
            return true;
    return false;
}

/* How good a path is; none is better than one that verifies and stays valid. */
enum rank { RANK_FAULTY, RANK_BAD_LEAF, RANK_EXPIRES_SOON, RANK_BEST };

static enum rank rank_of(const struct search *search, const struct candidate *candidate)
{
    if (candidate->verified)
        return expires_soon(search, candidate) ? RANK_EXPIRES_SOON : RANK_BEST;
    return !candidate->retryable && candidate->findings.count > 0 ? RANK_BAD_LEAF
                                                                  : RANK_FAULTY;
}

/* Another path does not help a bad leaf, nor would it be asked for a TLSA record: only OpenSSL's
 * context has those. */
static bool is_worth_searching(const struct search *search, const struct candidate *best)
{
    enum rank rank = rank_of(search, best);
    return !best->out_of_memory && !best->final && search->request->tlsa->count == 0 &&
           (rank == RANK_FAULTY || rank == RANK_EXPIRES_SOON);
}

/* Tries the path that the queue is at, and keeps it if it is better. False when that ends the search. */
static bool try_next(struct search *search, struct candidate *best)
{
    X509_STORE_CTX *store_ctx = new_context(search);
    if (store_ctx == NULL)
        return false;
    try_path(search, store_ctx);
    X509_STORE_CTX_free(store_ctx);
    struct candidate *candidate = &search->candidate;
    search->budget -= path_cost(candidate->chain);
    bool go_on = !candidate->final && enqueue_issuers(search, candidate);
    if (rank_of(search, candidate) > rank_of(search, best)) {
        struct candidate worse = *best;
        *best = *candidate;
        *candidate = worse;
    }
    candidate_clear(candidate);
    return go_on;
}

static bool is_untrusted(const struct candidate *candidate)
{
    for (size_t i = 0; i < candidate->findings.count; i++)
        if (cause_is_of_trust(candidate->findings.items[i].cause))
            return true;
    return false;
}

struct candidate path_search(const struct verify_request *request,
                             X509_STORE_CTX *store_ctx, STACK_OF(X509) * untrusted)
{
    struct candidate best = {.out_of_memory = true};
    struct search *search = OPENSSL_zalloc(sizeof *search);
    if (search == NULL)
        return best;
    search->request = request;
    search->openssl_ctx = store_ctx;
    search->untrusted = untrusted;
    search->queue = path_queue_new();
    if (search->queue == NULL)
        goto end;
    try_path(search, store_ctx);
    best = search->candidate;
    search->candidate = (struct candidate){0};
    if (!is_worth_searching(search, &best) ||
        (is_untrusted(&best) &&
         !path_may_be_trusted(store_ctx, X509_STORE_CTX_get0_cert(store_ctx),
                              untrusted)) ||
        !enqueue_issuers(search, &best))
        goto end;
    search->budget = path_budget(path_cost(best.chain));
    while (search->budget > 0 && !deadline_passed(request->deadline) &&
           is_worth_searching(search, &best) && path_queue_next(search->queue))
        if (!try_next(search, &best))
            break;
end:
    path_queue_free(search->queue);
    OPENSSL_free(search);
    return best;
}
