/* verify.c: one verification: the path that is chosen, the pins, and what comes of it. */
#include <config.h>

#include "x509/verify.h"

#include <openssl/err.h>

#include "base/error.h"
#include "x509/certificate.h"
#include "x509/facts.h"
#include "x509/path_search.h"
#include "x509/pin.h"
#include "x509/trust.h"
#include "x509/words.h"

void verification_clear(struct verification *verification)
{
    struct verify_request request = verification->request;
    finding_list_clear(&verification->findings);
    sk_X509_pop_free(verification->sent, X509_free);
    sk_X509_pop_free(verification->built, X509_free);
    OPENSSL_free(verification->missing_issuer);
    *verification = (struct verification){.request = request};
}

/* ---- pins ---- */

/* A record vouches for a chain that is sound. OpenSSL finds the CA of a record by its name in one
 * that is not, which an insecure request would let pass. */
static bool check_tlsa(const struct verify_request *request, struct candidate *candidate)
{
    bool sound = true;
    if (request->tlsa->count == 0 || !request->insecure ||
        sk_X509_num(candidate->chain) <= 0)
        return true;
    for (size_t i = 0; i < candidate->findings.count; i++) {
        if (candidate->findings.items[i].cause == TLSDIAL_PIN_MISMATCH)
            return true;
        sound = sound && candidate->findings.items[i].cause == TLSDIAL_NAME_MISMATCH;
    }
    if (sound)
        return true;
    struct finding finding =
        pin_finding(FINDING_UNSOUND_CHAIN, sk_X509_value(candidate->chain, 0),
                    X509_V_ERR_APPLICATION_VERIFICATION);
    return candidate_add(candidate, &finding);
}

/* In a chain that is not verified anybody can put the CA whose key is pinned above a certificate of
 * his own. The server's own key it has proven to have. */
static bool check_pins(const struct verify_request *request, struct candidate *candidate)
{
    bool verified = !request->insecure || candidate->findings.count == 0;
    int length = sk_X509_num(candidate->chain);
    int count = verified ? length : length > 0;
    if (request->pins->count == 0 || count <= 0)
        return true;
    for (int i = 0; i < count; i++)
        if (pin_list_has(request->pins, sk_X509_value(candidate->chain, i)))
            return true;
    struct finding finding =
        pin_finding(FINDING_NOT_PINNED, sk_X509_value(candidate->chain, 0),
                    X509_V_ERR_APPLICATION_VERIFICATION);
    finding.chain_unverified = !verified;
    return candidate_add(candidate, &finding);
}

/* ---- what comes of it ---- */

/* Whether the finding leaves open where the chain ends. */
static bool leaves_open(const struct finding *finding, int last)
{
    return cause_is_of_trust(finding->cause) ||
           (finding->cause == TLSDIAL_CERTIFICATE && finding->depth >= last);
}

static bool is_anchored(const struct candidate *candidate)
{
    int length = sk_X509_num(candidate->chain);
    for (size_t i = 0; i < candidate->findings.count; i++)
        if (leaves_open(&candidate->findings.items[i], length - 1))
            return false;
    return length > 0;
}

static void note_missing_issuer(struct verification *verification)
{
    int last = sk_X509_num(verification->built) - 1;
    for (size_t i = 0; i < verification->findings.count; i++)
        if (last >= 0 && verification->findings.items[i].kind == FINDING_ABSENT_ISSUER) {
            OPENSSL_free(verification->missing_issuer);
            verification->missing_issuer =
                issuer_url(sk_X509_value(verification->built, last));
        }
}

/* A trust store that is not set up makes every server look untrusted: says what it is. */
static bool check_trust(const struct verify_request *request, struct candidate *candidate)
{
    const struct finding *worst = finding_list_worst(&candidate->findings);
    if (worst == NULL || !cause_is_of_trust(worst->cause) || !request->default_trust ||
        !trust_is_empty(request->trust))
        return true;
    struct finding finding = {
        .cause = TLSDIAL_CA_STORE, .kind = FINDING_EMPTY_TRUST, .depth = -1};
    finding_set(&finding, &finding.trust, request->trust->words);
    facts_of_unread(&finding, request->trust, NULL);
    return candidate_add(candidate, &finding);
}

/* Notes what is valid and not for long, the first to expire first. */
static bool check_expiry(const struct verify_request *request,
                         struct candidate *candidate)
{
    int64_t now = request_now(request), end;
    size_t first = candidate->findings.count;
    for (int i = 0; i < sk_X509_num(candidate->chain); i++) {
        const X509 *certificate = sk_X509_value(candidate->chain, i);
        if (!asn1_time_seconds(X509_get0_notAfter(certificate), &end) || end < now ||
            end - now >= request->expiry_warning)
            continue;
        struct finding finding = {.cause = TLSDIAL_EXPIRES_SOON,
                                  .kind = FINDING_EXPIRES_SOON,
                                  .has_time = true,
                                  .time = end,
                                  .now = now};
        facts_of_certificate(&finding, certificate, i);
        if (!candidate_add(candidate, &finding))
            return false;
        struct finding *items = candidate->findings.items;
        size_t last = candidate->findings.count - 1;
        if (items[last].time < items[first].time) {
            struct finding later = items[first];
            items[first] = items[last];
            items[last] = later;
        }
    }
    return true;
}

static int openssl_code(const struct verification *verification)
{
    const struct finding *failure = verification_failure(verification);
    if (verification->out_of_memory)
        return X509_V_ERR_OUT_OF_MEM;
    if (failure == NULL)
        return X509_V_OK;
    return failure->native != 0 ? failure->native : X509_V_ERR_APPLICATION_VERIFICATION;
}

/* Whether the last certificate of an anchored chain is the anchor. With X509_V_FLAG_PARTIAL_CHAIN it
 * may be another one, above which is what the server has made up. */
static bool ends_trusted(const struct candidate *candidate, X509_STORE_CTX *store_ctx)
{
    const X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(store_ctx);
    X509 *last = sk_X509_value(candidate->chain, sk_X509_num(candidate->chain) - 1);
    if (!is_anchored(candidate))
        return false;
    if ((X509_VERIFY_PARAM_get_flags(param) & X509_V_FLAG_PARTIAL_CHAIN) == 0)
        return true;
    bool found = false;
    STACK_OF(X509) *trusted =
        X509_STORE_CTX_get1_certs(store_ctx, X509_get_subject_name(last));
    for (int i = 0; i < sk_X509_num(trusted); i++)
        found = found || X509_cmp(sk_X509_value(trusted, i), last) == 0;
    sk_X509_pop_free(trusted, X509_free);
    return found;
}

/* What costs too much to be asked on every path. */
static void complete_facts(const struct verify_request *request,
                           const struct verification *verification,
                           struct candidate *candidate, X509_STORE_CTX *store_ctx)
{
    for (size_t i = 0; i < candidate->findings.count; i++) {
        struct finding *finding = &candidate->findings.items[i];
        X509 *certificate = sk_X509_value(candidate->chain, finding->depth);
        if (certificate == NULL)
            continue;
        finding->sent = sk_X509_num(verification->sent);
        if (finding->trust != NULL && finding->kind != FINDING_REJECTED)
            facts_of_unread(finding, request->trust, X509_get_issuer_name(certificate));
        if (finding->kind == FINDING_ABSENT_ISSUER)
            facts_of_namesake(finding, certificate, store_ctx);
        else if (finding->kind == FINDING_NAME_NOT_PERMITTED ||
                 finding->kind == FINDING_NAME_EXCLUDED)
            facts_of_constraint(finding, certificate, candidate->chain);
        candidate->out_of_memory = candidate->out_of_memory || finding->failed;
    }
}

/* Gives the result to OpenSSL. */
static void conclude(struct verification *verification, struct candidate *candidate,
                     X509_STORE_CTX *store_ctx)
{
    verification->anchored = is_anchored(candidate);
    verification->ends_trusted = ends_trusted(candidate, store_ctx);
    verification->findings = candidate->findings;
    verification->built = candidate->chain;
    verification->out_of_memory = candidate->out_of_memory;
    *candidate = (struct candidate){0};
    verification->verified =
        !verification->out_of_memory && verification_failure(verification) == NULL;
    note_missing_issuer(verification);
    if (verification->verified) {
        STACK_OF(X509) *chain = X509_chain_up_ref(verification->built);
        if (chain != NULL)
            X509_STORE_CTX_set0_verified_chain(store_ctx, chain);
        verification->out_of_memory = chain == NULL;
        verification->verified = chain != NULL;
    }
    X509_STORE_CTX_set_error(store_ctx, openssl_code(verification));
}

/* What the server sent is OpenSSL's; the user's own is added for the time of the verification. */
static STACK_OF(X509) *
    all_untrusted(const struct verify_request *request, STACK_OF(X509) * sent)
{
    STACK_OF(X509) *all = sent != NULL ? sk_X509_dup(sent) : sk_X509_new_null();
    for (int i = 0; all != NULL && i < sk_X509_num(request->untrusted); i++)
        if (sk_X509_push(all, sk_X509_value(request->untrusted, i)) == 0) {
            sk_X509_free(all);
            return NULL;
        }
    return all;
}

bool verify_chain(struct verification *verification, X509_STORE_CTX *store_ctx)
{
    const struct verify_request *request = &verification->request;
    STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(store_ctx);
    STACK_OF(X509) *untrusted = all_untrusted(request, sent);
    verification_clear(verification);
    verification->out_of_memory = true;
    verification->sent = X509_chain_up_ref(sent);
    if (untrusted == NULL || verification->sent == NULL) {
        X509_STORE_CTX_set_error(store_ctx, X509_V_ERR_OUT_OF_MEM);
        goto end;
    }
    X509_STORE_CTX_set0_untrusted(store_ctx, untrusted);
    ERR_set_mark();
    struct candidate candidate = path_search(request, store_ctx, untrusted);
    if (check_tlsa(request, &candidate) && check_pins(request, &candidate) &&
        check_trust(request, &candidate))
        check_expiry(request, &candidate);
    complete_facts(request, verification, &candidate, store_ctx);
    conclude(verification, &candidate, store_ctx);
    if (verification->verified)
        ERR_pop_to_mark(); /* what other paths came to */
    else
        ERR_clear_last_mark();
    X509_STORE_CTX_set0_untrusted(store_ctx, sent);
end:
    sk_X509_free(untrusted);
    return verification->verified;
}

void verification_note_unparsed(struct verification *verification, const char *reason)
{
    struct finding finding = {
        .cause = TLSDIAL_CERTIFICATE, .kind = FINDING_UNPARSED, .depth = -1};
    finding_set(&finding, &finding.detail, reason);
    if (!finding_list_add(&verification->findings, &finding))
        verification->out_of_memory = true;
}

/* ---- the verdict ---- */

/* Pins say which key it must be, whoever vouches for it: they hold in any case, and an insecure
 * request has no other failure. */
const struct finding *verification_failure(const struct verification *verification)
{
    const struct finding_list *findings = &verification->findings;
    const struct finding *pin = finding_list_find(findings, TLSDIAL_PIN_MISMATCH);
    const struct finding *worst = finding_list_worst(findings);
    if (worst == NULL || worst->cause == TLSDIAL_EXPIRES_SOON)
        return NULL;
    return verification->request.insecure && pin != NULL &&
                   worst->cause != TLSDIAL_INTERNAL
               ? pin
               : worst;
}

bool insecure_excuses(const struct verification *verification)
{
    const struct finding *failure = verification_failure(verification);
    return verification->request.insecure && !verification->out_of_memory &&
           failure != NULL && failure->cause != TLSDIAL_INTERNAL &&
           failure->kind != FINDING_UNPARSED && failure->cause != TLSDIAL_PIN_MISMATCH;
}

enum tlsdial_cause verification_error(const struct verification *verification,
                                      struct tlsdial_error *error)
{
    const struct finding *failure = verification_failure(verification);
    if (verification->out_of_memory)
        return error_out_of_memory(error);
    if (failure != NULL)
        words_error(error, &verification->findings, failure);
    return failure != NULL ? failure->cause : TLSDIAL_OK;
}
