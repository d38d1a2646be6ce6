/* words.c: one thing that is wrong with a certificate: its cause, and the facts in words. */
#include <config.h>

#include "x509/words.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/text.h"
#include "tls/conn.h"
#include "x509/certificate.h"
#include "x509/crl.h"

#define NAMES_SHOWN 8 /* of a certificate, in a message */

int problem_precedence(enum tlsdial_cause cause)
{
    static const enum tlsdial_cause order[] = {
        TLSDIAL_INTERNAL,      TLSDIAL_UNKNOWN_CA,        TLSDIAL_INCOMPLETE_CHAIN,
        TLSDIAL_SELF_SIGNED,   TLSDIAL_REVOKED,           TLSDIAL_PIN_MISMATCH,
        TLSDIAL_NAME_MISMATCH, TLSDIAL_NOT_YET_VALID,     TLSDIAL_EXPIRED,
        TLSDIAL_PURPOSE,       TLSDIAL_CONSTRAINT,        TLSDIAL_WEAK,
        TLSDIAL_STAPLE,        TLSDIAL_REVOCATION_UNKNOWN};
    int count = (int)(sizeof order / sizeof order[0]);
    int place = 0;
    while (place < count && order[place] != cause)
        place++;
    return place;
}

/* A CA certificate at the end: its issuer is not trusted. Else the CA itself is missing. */
static enum tlsdial_cause issuer_absent_cause(X509 *last)
{
    return last != NULL && X509_check_ca(last) > 0 ? TLSDIAL_UNKNOWN_CA
                                                   : TLSDIAL_INCOMPLETE_CHAIN;
}

enum tlsdial_cause problem_cause(int code, X509 *certificate)
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

/* The DNS names and addresses of a certificate, up to a bound. */
static void print_names(char *to, size_t size, const X509 *certificate)
{
    GENERAL_NAMES *names =
        X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    int count = names != NULL ? sk_GENERAL_NAME_num(names) : 0;
    int shown = 0, all = 0;
    size_t used = 0;
    snprintf(to, size, "no name at all");
    for (int i = 0; i < count; i++) {
        char name[128];
        if (!general_name_text(name, sizeof name, sk_GENERAL_NAME_value(names, i)))
            continue;
        all++;
        if (shown == NAMES_SHOWN || used + sizeof name + 32 > size)
            continue;
        used +=
            (size_t)snprintf(to + used, size - used, "%s%s", shown > 0 ? ", " : "", name);
        shown++;
    }
    if (all > shown)
        snprintf(to + used, size - used, " and %d more", all - shown);
    GENERAL_NAMES_free(names);
}

/* Adds ", and its key usage is Digital Signature": what an extension says, in OpenSSL's words. */
static void append_extension(char *to, size_t size, const X509 *certificate, int nid,
                             const char *before)
{
    size_t used = strlen(to);
    const char *text = NULL;
    BIO *memory = BIO_new(BIO_s_mem());
    int index = X509_get_ext_by_NID(certificate, nid, -1);
    /* OpenSSL 3.0 wants it without const, and 4.0 gives it with. */
    X509_EXTENSION *extension =
        (X509_EXTENSION *)(uintptr_t)X509_get_ext(certificate, index);
    if (memory != NULL && index >= 0 && X509V3_EXT_print(memory, extension, 0, 0) == 1) {
        int length = (int)BIO_get_mem_data(memory, &text);
        snprintf(to + used, size - used, "%s%.*s", before, length, text);
    }
    BIO_free(memory);
}

static void print_purposes(char *to, size_t size, const X509 *certificate)
{
    snprintf(to, size, "is not meant for a TLS server");
    append_extension(to, size, certificate, NID_ext_key_usage, "; it is for ");
    append_extension(to, size, certificate, NID_key_usage, "; its key usage is ");
}

static void print_weakness(char *to, size_t size, const X509 *certificate, int code,
                           int level)
{
    const EVP_PKEY *key = X509_get0_pubkey(certificate);
    const char *type = key != NULL ? EVP_PKEY_get0_type_name(key) : NULL;
    const char *digest = OBJ_nid2ln(X509_get_signature_nid(certificate));
    if (code == X509_V_ERR_CA_MD_TOO_WEAK)
        snprintf(to, size, "is signed with %s, which is below security level %d",
                 digest != NULL ? digest : "an unknown algorithm", level);
    else
        snprintf(to, size, "has a key of %d bits (%s), which is below security level %d",
                 key != NULL ? EVP_PKEY_get_bits(key) : 0,
                 type != NULL ? type : "unknown", level);
}

static void print_critical(char *to, size_t size, const X509 *certificate)
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
    snprintf(to, size, "has a critical extension that OpenSSL does not know: %s", name);
}

/* The certificate that stands above the one at fault in the chain as built. */
static X509 *issuer_in_chain(X509_STORE_CTX *store_ctx)
{
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(store_ctx);
    int above = X509_STORE_CTX_get_error_depth(store_ctx) + 1;
    return above < sk_X509_num(chain) ? sk_X509_value(chain, above) : NULL;
}

static void print_bad_signature(char *to, size_t size, X509_STORE_CTX *store_ctx)
{
    X509 *issuer = issuer_in_chain(store_ctx);
    char *name = issuer != NULL ? name_text(X509_get_subject_name(issuer)) : NULL;
    snprintf(to, size,
             "has a signature that the key of its issuer%s%.200s%s did not make: it was "
             "altered, or there is another CA of that name",
             name != NULL ? " \"" : "", name != NULL ? name : "",
             name != NULL ? "\"" : "");
    OPENSSL_free(name);
}

static void print_constraint(char *to, size_t size, const X509 *certificate, int code)
{
    char names[512];
    switch (code) {
    case X509_V_ERR_PERMITTED_VIOLATION:
    case X509_V_ERR_EXCLUDED_VIOLATION:
        print_names(names, sizeof names, certificate);
        snprintf(to, size, "is for %s, which the name constraints of a CA above it %s",
                 names,
                 code == X509_V_ERR_EXCLUDED_VIOLATION ? "exclude" : "do not permit");
        break;
    case X509_V_ERR_PATH_LENGTH_EXCEEDED:
        snprintf(to, size,
                 "has more CAs below it than its path length constraint (%ld) allows",
                 X509_get_pathlen((X509 *)(uintptr_t)certificate));
        break;
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
        snprintf(to, size, "issued a certificate and is not a CA");
        break;
    default:
        snprintf(to, size, "fails: %s", X509_verify_cert_error_string(code));
        break;
    }
}

static void print_absence(char *to, size_t size, const tlsdial_conn *conn,
                          const X509 *certificate, int code)
{
    const char *trust = conn->client->trust.words;
    char *issuer = name_text(X509_get_issuer_name(certificate));
    if (code == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN)
        snprintf(to, size, "is a root that is not in %s", trust);
    else if (code == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT)
        snprintf(to, size, "is self-signed and not in %s", trust);
    else
        snprintf(to, size,
                 "has an issuer, \"%.200s\", that was neither sent nor found in %s",
                 issuer != NULL ? issuer : "", trust);
    OPENSSL_free(issuer);
}

void problem_reason(char *to, size_t size, const tlsdial_conn *conn,
                    X509_STORE_CTX *store_ctx, int code)
{
    X509 *certificate = X509_STORE_CTX_get_current_cert(store_ctx);
    char detail[512];
    snprintf(to, size, "fails: %s", X509_verify_cert_error_string(code));
    if (certificate == NULL)
        return;
    switch (problem_cause(code, certificate)) {
    case TLSDIAL_UNKNOWN_CA:
    case TLSDIAL_INCOMPLETE_CHAIN:
    case TLSDIAL_SELF_SIGNED:
        print_absence(to, size, conn, certificate, code);
        break;
    case TLSDIAL_EXPIRED:
        time_text(detail, sizeof detail,
                  asn1_time_seconds(X509_get0_notAfter(certificate)));
        snprintf(to, size, "expired on %s", detail);
        break;
    case TLSDIAL_NOT_YET_VALID:
        time_text(detail, sizeof detail,
                  asn1_time_seconds(X509_get0_notBefore(certificate)));
        snprintf(to, size, "is not valid before %s", detail);
        break;
    case TLSDIAL_NAME_MISMATCH:
        print_names(detail, sizeof detail, certificate);
        snprintf(to, size, "is for %s, not for %s", detail, conn->peer.name);
        break;
    case TLSDIAL_PURPOSE:
        print_purposes(to, size, certificate);
        break;
    case TLSDIAL_CONSTRAINT:
        print_constraint(to, size, certificate, code);
        break;
    case TLSDIAL_REVOKED:
    case TLSDIAL_REVOCATION_UNKNOWN:
        revocation_reason(to, size, store_ctx, code);
        break;
    case TLSDIAL_WEAK:
        print_weakness(to, size, certificate, code, SSL_get_security_level(conn->ssl));
        break;
    default:
        if (code == X509_V_ERR_CERT_REJECTED || code == X509_V_ERR_CERT_UNTRUSTED)
            snprintf(to, size, "is not trusted for this use by its trust settings in %s",
                     conn->client->trust.words);
        else if (code == X509_V_ERR_UNSPECIFIED)
            snprintf(to, size,
                     "fails, and OpenSSL does not say why: a limit of it may be "
                     "passed (too many names and name constraints, say)");
        else if (code == X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION)
            print_critical(to, size, certificate);
        else if (code == X509_V_ERR_CERT_SIGNATURE_FAILURE)
            print_bad_signature(to, size, store_ctx);
        break;
    }
}

/* ---- the error ---- */

static bool is_named(STACK_OF(X509) * certificates, const X509_NAME *name)
{
    for (int i = 0; i < sk_X509_num(certificates); i++)
        if (X509_NAME_cmp(X509_get_subject_name(sk_X509_value(certificates, i)), name) ==
            0)
            return true;
    return false;
}

/* Where a certificate was found that has the issuer's name and is not the issuer. */
static const char *namesake_of_issuer(X509_STORE_CTX *store_ctx, const X509 *certificate,
                                      const char *trust)
{
    const X509_NAME *name = X509_get_issuer_name(certificate);
    STACK_OF(X509) *trusted = X509_STORE_CTX_get1_certs(store_ctx, name);
    const char *place = NULL;
    if (is_named(X509_STORE_CTX_get0_untrusted(store_ctx), name))
        place = "what was sent";
    if (is_named(trusted, name))
        place = trust;
    sk_X509_pop_free(trusted, X509_free);
    return place;
}

/* "the server sent 1 certificate; the issuer ... was neither sent nor found in ..." */
static void describe_absent_issuer(struct tlsdial_error *error, const tlsdial_conn *conn,
                                   X509_STORE_CTX *store_ctx, int code,
                                   const char *subject, const char *issuer)
{
    X509 *certificate = X509_STORE_CTX_get_current_cert(store_ctx);
    const char *trust = conn->client->trust.words;
    const char *namesake = namesake_of_issuer(store_ctx, certificate, trust);
    int sent = sk_X509_num(conn->evidence->chains[TLSDIAL_CHAIN_SENT]);
    char *url = issuer_url(certificate);
    tlsdial_error_set(error, problem_cause(code, certificate), (unsigned long)code,
                      "the server sent %d certificate%s; the issuer \"%.200s\" of "
                      "\"%.200s\" was neither sent nor found in %s%s%.200s%s%.200s",
                      sent, sent == 1 ? "" : "s", issuer, subject, trust,
                      namesake != NULL ? "; the one of that name has another key, in "
                                       : "",
                      namesake != NULL ? namesake : "",
                      url != NULL ? "; its AIA address is " : "", url != NULL ? url : "");
    OPENSSL_free(url);
}

void problem_describe(struct tlsdial_error *error, const tlsdial_conn *conn,
                      X509_STORE_CTX *store_ctx, int code, const char *reason)
{
    X509 *certificate = X509_STORE_CTX_get_current_cert(store_ctx);
    enum tlsdial_cause cause = problem_cause(code, certificate);
    unsigned long native = (unsigned long)code;
    char *subject =
        certificate != NULL ? name_text(X509_get_subject_name(certificate)) : NULL;
    char *issuer =
        certificate != NULL ? name_text(X509_get_issuer_name(certificate)) : NULL;
    const char *trust = conn->client->trust.words;
    if (subject == NULL || issuer == NULL)
        tlsdial_error_set(error, cause, native, "%s", reason);
    else if (code == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
             code == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT)
        describe_absent_issuer(error, conn, store_ctx, code, subject, issuer);
    else if (cause == TLSDIAL_UNKNOWN_CA)
        tlsdial_error_set(error, cause, native,
                          "the root \"%.200s\" that was sent is not in %s", subject,
                          trust);
    else if (cause == TLSDIAL_SELF_SIGNED)
        tlsdial_error_set(error, cause, native,
                          "the certificate \"%.200s\" is self-signed and not in %s",
                          subject, trust);
    else
        tlsdial_error_set(error, cause, native, "the certificate \"%.200s\" %s", subject,
                          reason);
    OPENSSL_free(subject);
    OPENSSL_free(issuer);
}

/* A clock that says a time before this program was built is wrong. */
void problem_suspect_clock(const tlsdial_conn *conn, struct tlsdial_error *error)
{
    int64_t now = (int64_t)time(NULL);
    char clock[64], built[64], hint[TLSDIAL_HINT_SIZE];
    if ((error->cause != TLSDIAL_EXPIRED && error->cause != TLSDIAL_NOT_YET_VALID) ||
        conn->client->has_verify_time || now >= TLSDIAL_BUILD_TIME)
        return;
    time_text(clock, sizeof clock, now);
    time_text(built, sizeof built, TLSDIAL_BUILD_TIME);
    snprintf(hint, sizeof hint,
             "this system's clock is wrong: it says %s, and tlsdial was built on %s",
             clock, built);
    error_hint(error, hint);
}
