/* facts.c: what OpenSSL found wrong with a certificate, as a finding: its cause and its facts. */
#include <config.h>

#include "x509/facts.h"

#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/target.h"
#include "x509/certificate.h"
#include "x509/crl.h"
#include "x509/trust.h"

void facts_of_certificate(struct finding *finding, const X509 *certificate, int depth)
{
    finding->depth = depth;
    finding_take(finding, &finding->subject,
                 name_text(X509_get_subject_name(certificate)));
}

/* ---- causes ---- */

/* A CA certificate at the end: its issuer is not trusted. Else the CA itself is missing. */
static enum tlsdial_cause issuer_absent_cause(X509 *last)
{
    return last != NULL && X509_check_ca(last) > 0 ? TLSDIAL_UNKNOWN_CA
                                                   : TLSDIAL_INCOMPLETE_CHAIN;
}

static enum tlsdial_cause cause_of(int code, X509 *certificate)
{
    switch (code) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return issuer_absent_cause(certificate);
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return TLSDIAL_SELF_SIGNED;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        return TLSDIAL_UNKNOWN_CA;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return TLSDIAL_NAME_MISMATCH;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return TLSDIAL_NOT_YET_VALID;
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return TLSDIAL_EXPIRED;
    case X509_V_ERR_INVALID_PURPOSE:
        return TLSDIAL_PURPOSE;
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
    case X509_V_ERR_PATH_LENGTH_EXCEEDED:
    case X509_V_ERR_PERMITTED_VIOLATION:
    case X509_V_ERR_EXCLUDED_VIOLATION:
    case X509_V_ERR_SUBTREE_MINMAX:
        return TLSDIAL_CONSTRAINT;
    case X509_V_ERR_CERT_REVOKED:
        return TLSDIAL_REVOKED;
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
    case X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE:
    case X509_V_ERR_CRL_SIGNATURE_FAILURE:
    case X509_V_ERR_CRL_NOT_YET_VALID:
    case X509_V_ERR_CRL_HAS_EXPIRED:
    case X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD:
    case X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD:
    case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
    case X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION:
    case X509_V_ERR_DIFFERENT_CRL_SCOPE:
    case X509_V_ERR_CRL_PATH_VALIDATION_ERROR:
        return TLSDIAL_REVOCATION_UNKNOWN;
    case X509_V_ERR_DANE_NO_MATCH:
        return TLSDIAL_PIN_MISMATCH;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
        return TLSDIAL_WEAK;
    case X509_V_ERR_OUT_OF_MEM:
    case X509_V_ERR_INVALID_CALL:
    case X509_V_ERR_STORE_LOOKUP: /* ours, not of the chain: nothing after it can be relied on */
        return TLSDIAL_INTERNAL;
    default:
        return TLSDIAL_CERTIFICATE;
    }
}

/* ---- facts ---- */

static void set_issuer(struct finding *finding, const X509 *certificate)
{
    finding_take(finding, &finding->issuer, name_text(X509_get_issuer_name(certificate)));
}

/* The DNS names and addresses of the certificate, up to a bound. */
static void set_names(struct finding *finding, const X509 *certificate)
{
    GENERAL_NAMES *names =
        X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        char name[TLSDIAL_HOST_SIZE];
        if (!general_name_text(name, sizeof name, sk_GENERAL_NAME_value(names, i)))
            continue;
        if (finding->name_count < FINDING_NAMES)
            finding_set(finding, &finding->names[finding->name_count], name);
        finding->name_count++;
    }
    GENERAL_NAMES_free(names);
}

/* What the certificate is for where it is for nothing that counts (RFC 9525, 2). */
static void set_common_name(struct finding *finding, const X509 *certificate)
{
    const X509_NAME *subject = X509_get_subject_name(certificate);
    int index =
        X509_NAME_get_index_by_NID((X509_NAME *)(uintptr_t)subject, NID_commonName, -1);
    if (finding->name_count > 0 || index < 0)
        return;
    unsigned char *text = NULL;
    int length = ASN1_STRING_to_UTF8(
        &text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index)));
    if (length >= 0)
        finding_set(finding, &finding->common_name, (const char *)text);
    OPENSSL_free(text);
}

static void set_mismatch(struct finding *finding, const struct verify_request *request,
                         const X509 *certificate)
{
    const struct host *reference = request->reference;
    GENERAL_NAMES *names =
        X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    finding_set(finding, &finding->reference, reference->name);
    set_names(finding, certificate);
    set_common_name(finding, certificate);
    for (int i = 0; reference->is_ip && i < sk_GENERAL_NAME_num(names); i++) {
        int type;
        const ASN1_STRING *value =
            GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, i), &type);
        if (type == GEN_DNS &&
            ASN1_STRING_length(value) == (int)strlen(reference->name) &&
            memcmp(ASN1_STRING_get0_data(value), reference->name,
                   strlen(reference->name)) == 0)
            finding->is_dns_name_only = true;
    }
    GENERAL_NAMES_free(names);
}

static void set_bad_time(struct finding *finding, const char *which,
                         const ASN1_TIME *time)
{
    char text[96];
    snprintf(text, sizeof text, "its %s is \"%.*s\"", which,
             ASN1_STRING_length(time) < 64 ? ASN1_STRING_length(time) : 64,
             (const char *)ASN1_STRING_get0_data(time));
    finding_set(finding, &finding->detail, text);
}

/* What an extension says, in OpenSSL's words; nothing where there is none. */
static void set_extension(struct finding *finding, char **field, const X509 *certificate,
                          int nid)
{
    char *text = NULL;
    BIO *memory = BIO_new(BIO_s_mem());
    int index = X509_get_ext_by_NID(certificate, nid, -1);
    /* OpenSSL 3.0 wants it without const, and 4.0 gives it with. */
    X509_EXTENSION *extension =
        (X509_EXTENSION *)(uintptr_t)X509_get_ext(certificate, index);
    if (memory != NULL && index >= 0 && X509V3_EXT_print(memory, extension, 0, 0) == 1 &&
        BIO_write(memory, "", 1) == 1 && BIO_get_mem_data(memory, &text) > 0)
        finding_set(finding, field, text);
    BIO_free(memory);
}

static void set_weakness(struct finding *finding, const X509 *certificate, int level)
{
    const EVP_PKEY *key = X509_get0_pubkey(certificate);
    const char *type = key != NULL ? EVP_PKEY_get0_type_name(key) : NULL;
    const char *digest = OBJ_nid2ln(X509_get_signature_nid(certificate));
    finding->level = level;
    finding->key_bits = key != NULL ? EVP_PKEY_get_bits(key) : 0;
    finding_set(finding, &finding->algorithm,
                finding->kind == FINDING_WEAK_SIGNATURE ? digest : type);
}

static void set_critical_extension(struct finding *finding, const X509 *certificate)
{
    char name[96] = "";
    for (int i = 0; *name == '\0' && i < X509_get_ext_count(certificate); i++) {
        /* OpenSSL 3.0 wants it without const, and 4.0 gives it with. */
        X509_EXTENSION *extension =
            (X509_EXTENSION *)(uintptr_t)X509_get_ext(certificate, i);
        if (X509_EXTENSION_get_critical(extension) &&
            !X509_supported_extension(extension))
            OBJ_obj2txt(name, sizeof name, X509_EXTENSION_get_object(extension), 0);
    }
    finding_set(finding, &finding->detail, name);
}

/* The certificate that stands above the one at fault in the chain as built. */
static void set_issuer_in_chain(struct finding *finding, X509_STORE_CTX *store_ctx)
{
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(store_ctx);
    int above = X509_STORE_CTX_get_error_depth(store_ctx) + 1;
    if (above < sk_X509_num(chain))
        finding_take(finding, &finding->issuer,
                     name_text(X509_get_subject_name(sk_X509_value(chain, above))));
}

/* ---- kinds ---- */

static enum finding_kind kind_of(int code)
{
    switch (code) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return FINDING_ABSENT_ISSUER;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        return FINDING_UNTRUSTED_ROOT;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return FINDING_SELF_SIGNED;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return FINDING_NAME_MISMATCH;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return FINDING_NOT_YET_VALID;
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return FINDING_EXPIRED;
    case X509_V_ERR_INVALID_PURPOSE:
        return FINDING_PURPOSE;
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
        return FINDING_NO_CA;
    case X509_V_ERR_PATH_LENGTH_EXCEEDED:
        return FINDING_PATH_LENGTH;
    case X509_V_ERR_PERMITTED_VIOLATION:
        return FINDING_NAME_NOT_PERMITTED;
    case X509_V_ERR_EXCLUDED_VIOLATION:
        return FINDING_NAME_EXCLUDED;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
        return FINDING_WEAK_KEY;
    case X509_V_ERR_CA_MD_TOO_WEAK:
        return FINDING_WEAK_SIGNATURE;
    case X509_V_ERR_CERT_REJECTED:
    case X509_V_ERR_CERT_UNTRUSTED:
        return FINDING_REJECTED;
    case X509_V_ERR_UNSPECIFIED:
        return FINDING_UNEXPLAINED;
    case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
        return FINDING_CRITICAL_EXTENSION;
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
        return FINDING_BAD_SIGNATURE;
    case X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD:
    case X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD:
        return FINDING_MALFORMED;
    default:
        return FINDING_OTHER;
    }
}

static void set_facts(struct finding *finding, const struct verify_request *request,
                      X509_STORE_CTX *store_ctx, X509 *certificate)
{
    switch (finding->kind) {
    case FINDING_ABSENT_ISSUER:
    case FINDING_UNTRUSTED_ROOT:
    case FINDING_SELF_SIGNED:
    case FINDING_REJECTED:
        set_issuer(finding, certificate);
        finding_set(finding, &finding->trust, request->trust->words);
        break;
    case FINDING_EXPIRED:
        finding->has_time =
            asn1_time_seconds(X509_get0_notAfter(certificate), &finding->time);
        break;
    case FINDING_NOT_YET_VALID:
        finding->has_time =
            asn1_time_seconds(X509_get0_notBefore(certificate), &finding->time);
        break;
    case FINDING_NAME_MISMATCH:
        set_mismatch(finding, request, certificate);
        break;
    case FINDING_MALFORMED:
        if (finding->native == X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD)
            set_bad_time(finding, "notBefore", X509_get0_notBefore(certificate));
        else if (finding->native == X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD)
            set_bad_time(finding, "notAfter", X509_get0_notAfter(certificate));
        break;
    case FINDING_NAME_NOT_PERMITTED:
    case FINDING_NAME_EXCLUDED:
        set_names(finding, certificate);
        break;
    case FINDING_PURPOSE:
        set_extension(finding, &finding->extended_usage, certificate, NID_ext_key_usage);
        set_extension(finding, &finding->usage, certificate, NID_key_usage);
        break;
    case FINDING_PATH_LENGTH:
        finding->path_length = X509_get_pathlen(certificate);
        break;
    case FINDING_WEAK_KEY:
    case FINDING_WEAK_SIGNATURE:
        set_weakness(finding, certificate, request->security_level);
        break;
    case FINDING_CRITICAL_EXTENSION:
        set_critical_extension(finding, certificate);
        break;
    case FINDING_BAD_SIGNATURE:
        set_issuer_in_chain(finding, store_ctx);
        break;
    default:
        break;
    }
}

/* Codes that OpenSSL ends in where it could not read the certificate's extensions: then nothing is
 * known of its issuer, its names or its uses. */
static bool hides_malformation(int code)
{
    switch (code) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
    case X509_V_ERR_INVALID_PURPOSE:
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_INVALID_EXTENSION:
    case X509_V_ERR_UNSPECIFIED:
        return true;
    default:
        return false;
    }
}

struct finding facts_of_error(const struct verify_request *request,
                              X509_STORE_CTX *store_ctx, int code)
{
    X509 *certificate = X509_STORE_CTX_get_current_cert(store_ctx);
    struct finding finding = {.cause = cause_of(code, certificate),
                              .kind = kind_of(code),
                              .native = code,
                              .depth = certificate == NULL ? -1 : 0,
                              .has_verify_time = request->has_verify_time,
                              .now = request_now(request)};
    finding_set(&finding, &finding.detail, X509_verify_cert_error_string(code));
    if (certificate == NULL) {
        finding.kind = FINDING_OTHER;
        return finding;
    }
    facts_of_certificate(&finding, certificate,
                         X509_STORE_CTX_get_error_depth(store_ctx));
    char part[160];
    if (hides_malformation(code) &&
        certificate_malformed_part(part, sizeof part, certificate)) {
        finding.cause = TLSDIAL_CERTIFICATE;
        finding.kind = FINDING_MALFORMED;
        finding_set(&finding, &finding.detail, part);
        return finding;
    }
    if (finding.cause == TLSDIAL_REVOKED || finding.cause == TLSDIAL_REVOCATION_UNKNOWN)
        facts_of_revocation(&finding, store_ctx);
    else
        set_facts(&finding, request, store_ctx, certificate);
    return finding;
}

struct finding facts_of_rejection(const struct verify_request *request,
                                  const X509 *certificate, int depth)
{
    struct finding finding = {.cause = cause_of(X509_V_ERR_CERT_REJECTED, NULL),
                              .kind = FINDING_REJECTED,
                              .native = X509_V_ERR_CERT_REJECTED};
    facts_of_certificate(&finding, certificate, depth);
    finding_set(&finding, &finding.trust, request->trust->words);
    return finding;
}
