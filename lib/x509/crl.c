/* crl.c: certificate revocation lists (RFC 5280, 5), and what they say. */
#include <config.h>

#include "x509/crl.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/error.h"
#include "x509/certificate.h"

enum crls { CRLS_READ, CRLS_NONE, CRLS_DELTA, CRLS_NO_MEMORY };

/* Takes over the CRL. OpenSSL would drop a delta (RFC 5280, 5.2.4), and what it revokes, silently.
 */
static enum crls take_crl(STACK_OF(X509_CRL) * list, X509_CRL *crl)
{
    bool delta = X509_CRL_get_ext_by_NID(crl, NID_delta_crl, -1) >= 0;
    if (!delta && sk_X509_CRL_push(list, crl) > 0)
        return CRLS_READ;
    X509_CRL_free(crl);
    return delta ? CRLS_DELTA : CRLS_NO_MEMORY;
}

/* Takes the CRLs of a file, PEM or, for one alone, DER. A damaged one makes the file none of CRLs. */
static enum crls read_crls(BIO *bio, STACK_OF(X509_CRL) * list)
{
    X509_CRL *crl;
    enum crls result = CRLS_NONE;
    while ((result == CRLS_NONE || result == CRLS_READ) &&
           (crl = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL)) != NULL)
        result = take_crl(list, crl);
    if (result == CRLS_READ || result == CRLS_NONE) {
        bool ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
        if (!ended)
            return CRLS_NONE;
        if (result == CRLS_NONE && BIO_reset(bio) == 0 &&
            (crl = d2i_X509_CRL_bio(bio, NULL)) != NULL)
            result = take_crl(list, crl);
    }
    return result;
}

static const char *crls_fault(enum crls result)
{
    return result == CRLS_DELTA ? "it is a delta CRL"
                                : "it has no CRL, or one that cannot be read";
}

enum tlsdial_cause crl_list_add_file(STACK_OF(X509_CRL) * list, const char *file,
                                     struct tlsdial_error *error)
{
    char text[256];
    ERR_clear_error();
    BIO *bio = BIO_new_file(file, "rb");
    enum crls result = bio != NULL ? read_crls(bio, list) : CRLS_NONE;
    BIO_free(bio);
    if (result == CRLS_NO_MEMORY)
        return error_out_of_memory(error);
    if (result != CRLS_READ)
        return tlsdial_error_set(
            error, TLSDIAL_CRL_FILE, ERR_peek_error(), "CRL file '%s': %s", file,
            error_system_reason(text, sizeof text, crls_fault(result)));
    ERR_clear_error();
    return TLSDIAL_OK;
}

enum tlsdial_cause crl_list_add_memory(STACK_OF(X509_CRL) * list, const void *data,
                                       size_t length, struct tlsdial_error *error)
{
    ERR_clear_error();
    BIO *bio = length <= INT_MAX ? BIO_new_mem_buf(data, (int)length) : NULL;
    enum crls result = bio != NULL ? read_crls(bio, list) : CRLS_NONE;
    BIO_free(bio);
    if (result == CRLS_NO_MEMORY)
        return error_out_of_memory(error);
    if (result != CRLS_READ)
        return tlsdial_error_set(error, TLSDIAL_CRL_FILE, ERR_peek_error(),
                                 "the CRL in memory: %s", crls_fault(result));
    ERR_clear_error();
    return TLSDIAL_OK;
}

/* ---- facts ---- */

static void set_revocation(struct finding *finding, X509_CRL *crl, X509 *certificate)
{
    X509_REVOKED *entry = NULL;
    finding->kind = FINDING_REVOKED;
    finding->revocation_reason = -1;
    if (crl == NULL || X509_CRL_get0_by_cert(crl, &entry, certificate) == 0)
        return;
    ASN1_ENUMERATED *code = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, NULL, NULL);
    if (code != NULL)
        finding->revocation_reason = (int)ASN1_ENUMERATED_get(code);
    ASN1_ENUMERATED_free(code);
    finding->has_time =
        asn1_time_seconds(X509_REVOKED_get0_revocationDate(entry), &finding->time);
}

/* The first URI of a distribution point (RFC 5280, 4.2.1.13). NULL: none, or no memory. */
static char *first_uri(const DIST_POINT_NAME *point)
{
    const GENERAL_NAMES *names =
        point != NULL && point->type == 0 ? point->name.fullname : NULL;
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        int type;
        const ASN1_STRING *value =
            GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, i), &type);
        if (type == GEN_URI)
            return OPENSSL_strndup((const char *)ASN1_STRING_get0_data(value),
                                   (size_t)ASN1_STRING_length(value));
    }
    return NULL;
}

/* Where the certificate says that its CRL is to be had. */
static void set_own_point(struct finding *finding, const X509 *certificate)
{
    CRL_DIST_POINTS *points =
        X509_get_ext_d2i(certificate, NID_crl_distribution_points, NULL, NULL);
    for (int i = 0; finding->url == NULL && i < sk_DIST_POINT_num(points); i++)
        finding->url = first_uri(sk_DIST_POINT_value(points, i)->distpoint);
    CRL_DIST_POINTS_free(points);
}

/* What the CRL is for, which the certificate is not (RFC 5280, 5.2.5). */
static void set_scope(struct finding *finding, const X509_CRL *crl)
{
    ISSUING_DIST_POINT *scope =
        X509_CRL_get_ext_d2i(crl, NID_issuing_distribution_point, NULL, NULL);
    if (scope == NULL)
        return;
    finding->kind = FINDING_CRL_OUT_OF_SCOPE;
    finding->url = first_uri(scope->distpoint);
    finding_set(finding, &finding->detail,
                scope->onlyCA > 0      ? "it is for CA certificates only"
                : scope->onlyuser > 0  ? "it is not for CA certificates"
                : scope->onlyattr > 0  ? "it is for attribute certificates only"
                : finding->url != NULL ? ""
                                       : "it is for other certificates");
    ISSUING_DIST_POINT_free(scope);
}

static void set_unknown(struct finding *finding, const X509_CRL *crl)
{
    if (finding->native == X509_V_ERR_UNABLE_TO_GET_CRL || crl == NULL) {
        finding->kind = FINDING_CRL_ABSENT;
    } else if (finding->native == X509_V_ERR_CRL_HAS_EXPIRED) {
        finding->kind = FINDING_CRL_EXPIRED;
        finding->has_time =
            asn1_time_seconds(X509_CRL_get0_nextUpdate(crl), &finding->time);
    } else if (finding->native == X509_V_ERR_CRL_NOT_YET_VALID) {
        finding->kind = FINDING_CRL_NOT_YET_VALID;
        finding->has_time =
            asn1_time_seconds(X509_CRL_get0_lastUpdate(crl), &finding->time);
    } else {
        finding->kind = FINDING_CRL_UNUSABLE;
        if (finding->native == X509_V_ERR_DIFFERENT_CRL_SCOPE)
            set_scope(finding, crl);
    }
}

void facts_of_revocation(struct finding *finding, X509_STORE_CTX *store_ctx)
{
    X509 *certificate = X509_STORE_CTX_get_current_cert(store_ctx);
    X509_CRL *crl = X509_STORE_CTX_get0_current_crl(store_ctx);
    finding_take(finding, &finding->issuer,
                 name_text(crl != NULL ? X509_CRL_get_issuer(crl)
                                       : X509_get_issuer_name(certificate)));
    if (finding->cause == TLSDIAL_REVOKED)
        set_revocation(finding, crl, certificate);
    else
        set_unknown(finding, crl);
    if (finding->kind == FINDING_CRL_ABSENT)
        set_own_point(finding, certificate);
}

/* ---- choosing ---- */

/* The certificate whose key is to have signed the CRLs of the context's current one. */
static X509 *issuer_of_current(X509_STORE_CTX *store_ctx)
{
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(store_ctx);
    int depth = X509_STORE_CTX_get_error_depth(store_ctx);
    int last = sk_X509_num(chain) - 1;
    return sk_X509_value(chain, depth < last ? depth + 1 : last);
}

static bool push(STACK_OF(X509_CRL) * list, X509_CRL *crl)
{
    if (X509_CRL_up_ref(crl) != 1)
        return false;
    if (sk_X509_CRL_push(list, crl) > 0)
        return true;
    X509_CRL_free(crl);
    return false;
}

static void keep_signed(STACK_OF(X509_CRL) * list, X509 *issuer)
{
    EVP_PKEY *key = issuer != NULL ? X509_get0_pubkey(issuer) : NULL;
    STACK_OF(X509_CRL) *others = key != NULL ? sk_X509_CRL_new_null() : NULL;
    ERR_set_mark();
    for (int i = sk_X509_CRL_num(list) - 1; others != NULL && i >= 0; i--)
        if (X509_CRL_verify(sk_X509_CRL_value(list, i), key) != 1 &&
            sk_X509_CRL_push(others, sk_X509_CRL_value(list, i)) > 0)
            sk_X509_CRL_delete(list, i);
    ERR_pop_to_mark();
    /* Where none is signed, OpenSSL says what is wrong with those that there are. */
    while (sk_X509_CRL_num(list) == 0 && sk_X509_CRL_num(others) > 0)
        if (sk_X509_CRL_push(list, sk_X509_CRL_value(others, 0)) > 0)
            sk_X509_CRL_delete(others, 0);
        else
            break;
    sk_X509_CRL_pop_free(others, X509_CRL_free);
}

STACK_OF(X509_CRL) *
    crl_find(X509_STORE_CTX *store_ctx, const X509_NAME *name, STACK_OF(X509_CRL) * own)
{
    STACK_OF(X509_CRL) *found = X509_STORE_CTX_get1_crls(store_ctx, name);
    if (found == NULL)
        found = sk_X509_CRL_new_null();
    for (int i = 0; found != NULL && i < sk_X509_CRL_num(own); i++) {
        X509_CRL *crl = sk_X509_CRL_value(own, i);
        if (X509_NAME_cmp(X509_CRL_get_issuer(crl), name) != 0 || push(found, crl))
            continue;
        sk_X509_CRL_pop_free(found, X509_CRL_free);
        return NULL;
    }
    if (sk_X509_CRL_num(found) > 1)
        keep_signed(found, issuer_of_current(store_ctx));
    return found;
}
