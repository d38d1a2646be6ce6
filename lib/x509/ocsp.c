/*
 * ocsp.c: the OCSP response (RFC 6960) that a server staples to its certificate (RFC 6066, 8).
 *
 * One is asked for always. "Revoked" is believed always, "good" is asked for by the certificate
 * (TLS feature extension, RFC 7633) or by the user. That extension in a CA certificate is about
 * what the CA may issue, and nothing for a client to look at.
 *
 * Who the issuer is, the verified chain alone says. A signature does not bind the key that it
 * verifies under: for a certificate that is trusted by itself, a CA and its key can be made up
 * whose signature it then has. Such a CA, if the server sent it, is believed "revoked" alone.
 */
#include <config.h>

#include "x509/ocsp.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "x509/certificate.h"
#include "x509/facts.h"

#define CLOCK_SKEW 300 /* seconds that clocks may differ */
/* Seconds that an answer holds that does not say for how long: RFC 6960, 4.2.2.1, has newer ones
 * available at any time, and 7 days are what CAs may give at most in practice. */
#define LONGEST_WITHOUT_NEXT_UPDATE (7 * 86400)
/* The extensions of TLS that the TLS feature extension may name. */
#define STATUS_REQUEST 5
#define STATUS_REQUEST_V2 17

struct staple {
    enum { STAPLE_ABSENT, STAPLE_USELESS, STAPLE_GOOD, STAPLE_REVOKED } status;
    const char *text; /* for the evidence; NULL: absent */
    bool has_revoked_on;
    int64_t revoked_on;
    int reason;
};

#ifndef OPENSSL_NO_OCSP

static const char absent[] = "the server sent none";

static struct staple useless(const char *text)
{
    return (struct staple){.status = STAPLE_USELESS, .text = text};
}

/* What is wrong with the times of an answer, or NULL. A revocation has no end: it is believed from
 * an old answer too. */
static const char *time_fault(const struct verify_request *request, bool revoked,
                              const ASN1_GENERALIZEDTIME *this_update,
                              const ASN1_GENERALIZEDTIME *next_update)
{
    int64_t now = request_now(request), begin, end;
    if (!asn1_time_seconds(this_update, &begin) ||
        (next_update != NULL && !asn1_time_seconds(next_update, &end)))
        return "malformed times";
    if (next_update == NULL)
        end = begin + LONGEST_WITHOUT_NEXT_UPDATE;
    if (begin > now + CLOCK_SKEW)
        return "not valid yet";
    return end < now - CLOCK_SKEW && !revoked ? "expired" : NULL;
}

/* Whether the answer is for the certificate, which it names by hashes of the responder's choice. */
static bool is_for(OCSP_SINGLERESP *answer, X509 *leaf, X509 *issuer)
{
    OCSP_CERTID *id = (OCSP_CERTID *)(uintptr_t)OCSP_SINGLERESP_get0_id(answer);
    ASN1_OBJECT *hash = NULL;
    OCSP_id_get0_info(NULL, &hash, NULL, NULL, id);
    const EVP_MD *digest = hash != NULL ? EVP_get_digestbyobj(hash) : NULL;
    OCSP_CERTID *wanted = digest != NULL ? OCSP_cert_to_id(digest, leaf, issuer) : NULL;
    bool same = wanted != NULL && OCSP_id_cmp(wanted, id) == 0;
    OCSP_CERTID_free(wanted);
    return same;
}

/* What the response says of the certificate. */
static struct staple answer_for(const struct verify_request *request,
                                OCSP_BASICRESP *basic, X509 *leaf, X509 *issuer)
{
    ASN1_GENERALIZEDTIME *revoked_on, *this_update, *next_update;
    OCSP_SINGLERESP *answer = NULL;
    int reason = -1;
    for (int i = 0; answer == NULL && i < OCSP_resp_count(basic); i++)
        if (is_for(OCSP_resp_get0(basic, i), leaf, issuer))
            answer = OCSP_resp_get0(basic, i);
    if (answer == NULL)
        return useless("for another certificate");
    int status =
        OCSP_single_get0_status(answer, &reason, &revoked_on, &this_update, &next_update);
    bool revoked = status == V_OCSP_CERTSTATUS_REVOKED;
    const char *fault = time_fault(request, revoked, this_update, next_update);
    if (fault != NULL)
        return useless(fault);
    if (status == V_OCSP_CERTSTATUS_GOOD)
        return (struct staple){.status = STAPLE_GOOD, .text = "good"};
    if (!revoked)
        return useless("unknown");
    struct staple staple = {
        .status = STAPLE_REVOKED, .text = "revoked", .reason = reason};
    staple.has_revoked_on = asn1_time_seconds(revoked_on, &staple.revoked_on);
    return staple;
}

/* ---- the security level ---- */

/* The bits of security that a hash gives a signature, as OpenSSL counts them for certificates. */
static int digest_bits(int nid)
{
    const EVP_MD *digest = EVP_get_digestbynid(nid);
    if (digest == NULL)
        return 0;
    return nid == NID_md5 ? 39 : nid == NID_sha1 ? 63 : EVP_MD_get_size(digest) * 4;
}

/* RSASSA-PSS names its hash in the parameters (RFC 4055, 3.1); SHA-1 where it does not. */
static int pss_digest_bits(const X509_ALGOR *algorithm)
{
    const void *value;
    int type, bits;
    X509_ALGOR_get0(NULL, &type, &value, algorithm);
    RSA_PSS_PARAMS *params = type == V_ASN1_SEQUENCE
                                 ? ASN1_item_unpack(value, ASN1_ITEM_rptr(RSA_PSS_PARAMS))
                                 : NULL;
    if (params == NULL)
        return 0;
    bits = digest_bits(params->hashAlgorithm != NULL
                           ? OBJ_obj2nid(params->hashAlgorithm->algorithm)
                           : NID_sha1);
    RSA_PSS_PARAMS_free(params);
    return bits;
}

static int signature_bits(const X509_ALGOR *algorithm)
{
    const ASN1_OBJECT *object;
    int digest = NID_undef;
    X509_ALGOR_get0(&object, NULL, NULL, algorithm);
    switch (OBJ_obj2nid(object)) {
    case NID_rsassaPss:
        return pss_digest_bits(algorithm);
    case NID_ED25519:
        return 128;
    case NID_ED448:
        return 224;
    default:
        OBJ_find_sigid_algs(OBJ_obj2nid(object), &digest, NULL);
        return digest_bits(digest);
    }
}

/* Whether the signature of the response, and the key that made it, are as strong as those of the
 * chain must be (SSL_CTX_set_security_level(3)). */
static bool is_strong(const struct verify_request *request, OCSP_BASICRESP *basic,
                      STACK_OF(X509) * issuers)
{
    static const int bits_of_level[] = {0, 80, 112, 128, 192, 256};
    const int levels = (int)(sizeof bits_of_level / sizeof bits_of_level[0]);
    int level = request->security_level;
    int bits = bits_of_level[level < 0 ? 0 : level < levels ? level : levels - 1];
    X509 *signer = NULL;
    if (OCSP_resp_get0_signer(basic, &signer, issuers) != 1)
        return false;
    const EVP_PKEY *key = X509_get0_pubkey(signer);
    return key != NULL && EVP_PKEY_get_security_bits(key) >= bits &&
           signature_bits(OCSP_resp_get0_tbs_sigalg(basic)) >= bits;
}

/* ---- the signature ---- */

/* A store that trusts the issuer alone: what it, or its responder, says of a certificate of its own
 * needs no other trust (RFC 6960, 4.2.2.2), and may have none, as with TLSA records. */
static X509_STORE *store_of(const struct verify_request *request, X509 *issuer)
{
    X509_STORE *store = X509_STORE_new();
    X509_VERIFY_PARAM *param = store != NULL ? X509_STORE_get0_param(store) : NULL;
    if (param != NULL && X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN) == 1 &&
        X509_STORE_add_cert(store, issuer) == 1) {
        X509_VERIFY_PARAM_set_auth_level(param, request->security_level);
        if (request->has_verify_time)
            X509_VERIFY_PARAM_set_time(param, (time_t)request->verify_time);
        return store;
    }
    X509_STORE_free(store);
    return NULL;
}

/* What is wrong with the signature, or NULL: it is to be the issuer's or that of a responder of
 * the issuer. The server's own key must not vouch for itself. */
static const char *signature_fault(const struct verify_request *request,
                                   OCSP_BASICRESP *basic, X509 *issuer)
{
    STACK_OF(X509) *issuers = sk_X509_new_null();
    X509_STORE *store = store_of(request, issuer);
    const char *fault = "not signed by the issuer or its responder";
    if (issuers != NULL && store != NULL && sk_X509_push(issuers, issuer) > 0 &&
        OCSP_basic_verify(basic, issuers, store, 0) == 1)
        fault = is_strong(request, basic, issuers)
                    ? NULL
                    : "its signature or key is below the security level";
    X509_STORE_free(store);
    sk_X509_free(issuers);
    return fault;
}

/* ---- the issuer ---- */

/* The one of the chain that was verified but for the server's own certificate. */
static X509 *verified_issuer(const struct verification *verification)
{
    if (!verification->ends_trusted || sk_X509_num(verification->built) < 2)
        return NULL;
    for (size_t i = 0; i < verification->findings.count; i++) {
        const struct finding *finding = &verification->findings.items[i];
        if (finding->kind == FINDING_BAD_SIGNATURE ||
            (finding->depth > 0 && finding->cause != TLSDIAL_EXPIRES_SOON))
            return NULL;
    }
    return sk_X509_value(verification->built, 1);
}

/* One that was sent, or is in a chain that is not verified, and whose key the certificate's
 * signature verifies under. */
static X509 *claimed_issuer(const struct verification *verification, X509 *leaf)
{
    for (int i = 1; i < sk_X509_num(verification->sent); i++) {
        X509 *sent = sk_X509_value(verification->sent, i);
        if (X509_check_issued(sent, leaf) == X509_V_OK &&
            X509_verify(leaf, X509_get0_pubkey(sent)) == 1)
            return sent;
    }
    return NULL;
}

static struct staple judge_for(const struct verification *verification,
                               OCSP_BASICRESP *basic, X509 *leaf, X509 *issuer)
{
    const char *fault = signature_fault(&verification->request, basic, issuer);
    return fault != NULL ? useless(fault)
                         : answer_for(&verification->request, basic, leaf, issuer);
}

static struct staple judge(const struct verification *verification,
                           OCSP_RESPONSE *response)
{
    X509 *leaf = sk_X509_value(verification->sent, 0);
    X509 *issuer = verified_issuer(verification);
    struct staple staple =
        useless("not to be checked: no issuer of the certificate is verified");
    if (OCSP_response_status(response) != OCSP_RESPONSE_STATUS_SUCCESSFUL)
        return useless("an error of the responder");
    OCSP_BASICRESP *basic = OCSP_response_get1_basic(response);
    if (basic == NULL)
        return useless("malformed");
    if (issuer != NULL) {
        staple = judge_for(verification, basic, leaf, issuer);
    } else if ((issuer = claimed_issuer(verification, leaf)) != NULL) {
        struct staple claimed = judge_for(verification, basic, leaf, issuer);
        if (claimed.status == STAPLE_REVOKED)
            staple = claimed;
    }
    OCSP_BASICRESP_free(basic);
    return staple;
}

static struct staple read_staple(const struct verification *verification,
                                 const unsigned char *der, long length)
{
    if (der == NULL || length <= 0 || sk_X509_num(verification->sent) <= 0)
        return (struct staple){.status = STAPLE_ABSENT};
    OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &der, length);
    struct staple staple =
        response != NULL ? judge(verification, response) : useless("malformed");
    OCSP_RESPONSE_free(response);
    return staple;
}

#else

static const char absent[] = "this OpenSSL was built without OCSP";

static struct staple read_staple(const struct verification *verification,
                                 const unsigned char *der, long length)
{
    (void)verification;
    (void)der;
    (void)length;
    return (struct staple){.status = STAPLE_ABSENT};
}

#endif

void staple_note(struct verification *verification, const unsigned char *der, long length)
{
    ERR_set_mark();
    verification->staple = read_staple(verification, der, length).text;
    ERR_pop_to_mark();
}

/* ---- the verdict ---- */

static bool is_must_staple(const X509 *leaf)
{
    TLS_FEATURE *features = X509_get_ext_d2i(leaf, NID_tlsfeature, NULL, NULL);
    bool found = false;
    for (int i = 0; i < sk_ASN1_INTEGER_num(features); i++) {
        long feature = ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features, i));
        found = found || feature == STATUS_REQUEST || feature == STATUS_REQUEST_V2;
    }
    TLS_FEATURE_free(features);
    return found;
}

static void add(struct verification *verification, struct finding *finding)
{
    if (!finding_list_add(&verification->findings, finding))
        verification->out_of_memory = true;
}

static void add_revoked(struct verification *verification, const struct staple *staple,
                        const X509 *leaf)
{
    struct finding finding = {.cause = TLSDIAL_REVOKED,
                              .kind = FINDING_STAPLE_REVOKED,
                              .has_time = staple->has_revoked_on,
                              .time = staple->revoked_on,
                              .revocation_reason = staple->reason};
    facts_of_certificate(&finding, leaf, 0);
    add(verification, &finding);
}

static void add_missing(struct verification *verification, const struct staple *staple,
                        const X509 *leaf, bool demanded)
{
    char detail[128];
    struct finding finding = {
        .cause = TLSDIAL_STAPLE, .kind = FINDING_STAPLE_MISSING, .demanded = demanded};
    facts_of_certificate(&finding, leaf, 0);
    snprintf(detail, sizeof detail, "%s%s",
             staple->text != NULL ? "the server sent one that is no proof: " : absent,
             staple->text != NULL ? staple->text : "");
    finding_set(&finding, &finding.detail, detail);
    add(verification, &finding);
}

void staple_check(struct verification *verification, const unsigned char *der,
                  long length)
{
    const X509 *leaf = sk_X509_value(verification->sent, 0);
    if (leaf == NULL)
        return;
    ERR_set_mark();
    struct staple staple = read_staple(verification, der, length);
    bool must = is_must_staple(leaf);
    ERR_pop_to_mark();
    verification->staple = staple.text;
    if (staple.status == STAPLE_REVOKED)
        add_revoked(verification, &staple, leaf);
    else if (staple.status != STAPLE_GOOD &&
             (must || verification->request.require_staple))
        add_missing(verification, &staple, leaf, must);
}
