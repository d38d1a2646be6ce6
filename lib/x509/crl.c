/* crl.c: certificate revocation lists (RFC 5280, 5), and what they say in words. */
#include <config.h>

#include "x509/crl.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>

#include "base/error.h"
#include "base/text.h"
#include "tls/client.h"
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

enum tlsdial_cause tlsdial_client_add_crl_file(tlsdial_client *client, const char *file,
                                               struct tlsdial_error *error)
{
    char text[256];
    if (client->crls == NULL)
        client->crls = sk_X509_CRL_new_null();
    if (client->crls == NULL)
        return error_out_of_memory(error);
    ERR_clear_error();
    BIO *bio = BIO_new_file(file, "rb");
    enum crls result = bio != NULL ? read_crls(bio, client->crls) : CRLS_NONE;
    BIO_free(bio);
    if (result == CRLS_NO_MEMORY)
        return error_out_of_memory(error);
    if (result != CRLS_READ)
        return tlsdial_error_set(
            error, TLSDIAL_CRL_FILE, ERR_peek_error(), "CRL file '%s': %s", file,
            error_system_reason(text, sizeof text, crls_fault(result)));
    ERR_clear_error();
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(client->ctx), X509_V_FLAG_CRL_CHECK);
    return TLSDIAL_OK;
}

enum tlsdial_cause tlsdial_client_set_crl_check_all(tlsdial_client *client, bool all,
                                                    struct tlsdial_error *error)
{
    enum tlsdial_cause cause = client_check_open(client, error);
    if (cause != TLSDIAL_OK)
        return cause;
    X509_VERIFY_PARAM *param = SSL_CTX_get0_param(client->ctx);
    if (all)
        X509_VERIFY_PARAM_set_flags(param,
                                    X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    else
        X509_VERIFY_PARAM_clear_flags(param, X509_V_FLAG_CRL_CHECK_ALL);
    return TLSDIAL_OK;
}

enum tlsdial_cause tlsdial_client_set_require_staple(tlsdial_client *client,
                                                     bool required,
                                                     struct tlsdial_error *error)
{
    enum tlsdial_cause cause = client_check_open(client, error);
    if (cause == TLSDIAL_OK)
        client->require_staple = required;
    return cause;
}

/* RFC 5280, 5.3.1. */
const char *revocation_reason_name(int reason)
{
    static const char *const names[] = {
        "unspecified",   "keyCompromise",        "cACompromise",    "affiliationChanged",
        "superseded",    "cessationOfOperation", "certificateHold", NULL,
        "removeFromCRL", "privilegeWithdrawn",   "aACompromise"};
    return reason >= 0 && reason < (int)(sizeof names / sizeof names[0]) &&
                   names[reason] != NULL
               ? names[reason]
               : "no reason given";
}

static void print_revoked(char *to, size_t size, X509_CRL *crl, X509 *certificate,
                          const char *issuer)
{
    X509_REVOKED *entry = NULL;
    char date[64];
    int reason = -1;
    if (crl == NULL || X509_CRL_get0_by_cert(crl, &entry, certificate) == 0) {
        snprintf(to, size, "is revoked");
        return;
    }
    ASN1_ENUMERATED *code = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, NULL, NULL);
    if (code != NULL)
        reason = (int)ASN1_ENUMERATED_get(code);
    ASN1_ENUMERATED_free(code);
    time_text(date, sizeof date,
              asn1_time_seconds(X509_REVOKED_get0_revocationDate(entry)));
    snprintf(to, size, "was revoked on %s (%s), says the CRL of \"%.200s\"", date,
             revocation_reason_name(reason), issuer);
}

static void print_unknown(char *to, size_t size, const X509_CRL *crl, const char *issuer,
                          int code)
{
    char date[64];
    if (code == X509_V_ERR_UNABLE_TO_GET_CRL || crl == NULL) {
        snprintf(to, size, "cannot be checked: there is no CRL of \"%.200s\" for it",
                 issuer);
    } else if (code == X509_V_ERR_CRL_HAS_EXPIRED) {
        time_text(date, sizeof date, asn1_time_seconds(X509_CRL_get0_nextUpdate(crl)));
        snprintf(to, size, "cannot be checked: the CRL of \"%.200s\" expired on %s",
                 issuer, date);
    } else if (code == X509_V_ERR_CRL_NOT_YET_VALID) {
        time_text(date, sizeof date, asn1_time_seconds(X509_CRL_get0_lastUpdate(crl)));
        snprintf(to, size,
                 "cannot be checked: the CRL of \"%.200s\" is not valid before %s",
                 issuer, date);
    } else {
        snprintf(to, size, "cannot be checked with the CRL of \"%.200s\": %s", issuer,
                 X509_verify_cert_error_string(code));
    }
}

void revocation_reason(char *to, size_t size, X509_STORE_CTX *store_ctx, int code)
{
    X509 *certificate = X509_STORE_CTX_get_current_cert(store_ctx);
    X509_CRL *crl = X509_STORE_CTX_get0_current_crl(store_ctx);
    const X509_NAME *name =
        crl != NULL ? X509_CRL_get_issuer(crl) : X509_get_issuer_name(certificate);
    char *issuer = name_text(name);
    if (code == X509_V_ERR_CERT_REVOKED)
        print_revoked(to, size, crl, certificate, issuer != NULL ? issuer : "");
    else
        print_unknown(to, size, crl, issuer != NULL ? issuer : "", code);
    OPENSSL_free(issuer);
}
