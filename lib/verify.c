/*
 * verify.c: the verification of the server's chain, within the handshake.
 *
 * OpenSSL stops at the first problem; here all are collected and the one that explains most is
 * given to the handshake, which then fails with the alert for it before any data is sent.
 */
#include "internal.h"

#include <stdio.h>
#include <string.h>

#define NAMES_SHOWN 8 /* of a certificate, in a message */

/* Which of several causes is told: that of the lowest place. */
static int precedence(enum tlsdial_cause cause)
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

/* Problems of ours, not of the chain: nothing that follows can be relied on. */
static bool is_internal(int code)
{
    return code == X509_V_ERR_OUT_OF_MEM || code == X509_V_ERR_INVALID_CALL ||
           code == X509_V_ERR_STORE_LOOKUP || code == X509_V_ERR_UNSPECIFIED;
}

static enum tlsdial_cause issuer_absent_cause(X509 *last)
{
    /* A CA certificate at the end: its issuer is not trusted. Else the CA itself is missing. */
    return last != NULL && X509_check_ca(last) > 0 ? TLSDIAL_UNKNOWN_CA
                                                   : TLSDIAL_INCOMPLETE_CHAIN;
}

static enum tlsdial_cause code_cause(int code, X509 *certificate)
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
    case X509_V_ERR_PATH_LENGTH_EXCEEDED:
    case X509_V_ERR_PERMITTED_VIOLATION:
    case X509_V_ERR_EXCLUDED_VIOLATION:
    case X509_V_ERR_SUBTREE_MINMAX:
        return TLSDIAL_CONSTRAINT;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
        return TLSDIAL_WEAK;
    default:
        return is_internal(code) ? TLSDIAL_INTERNAL : TLSDIAL_CERTIFICATE;
    }
}

static tlsdial_conn *conn_of(X509_STORE_CTX *store_ctx)
{
    SSL *ssl =
        X509_STORE_CTX_get_ex_data(store_ctx, SSL_get_ex_data_X509_STORE_CTX_idx());
    return SSL_get_app_data(ssl);
}

/* ---- facts for the sentences ---- */

static void print_time(char *to, size_t size, const ASN1_TIME *time)
{
    struct tm parts;
    if (ASN1_TIME_to_tm(time, &parts) == 1)
        snprintf(to, size, "%04d-%02d-%02d %02d:%02d:%02d UTC", parts.tm_year + 1900,
                 parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
                 parts.tm_sec);
    else
        snprintf(to, size, "a malformed date");
}

static void print_general_name(char *to, size_t size, const GENERAL_NAME *name)
{
    int type;
    const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);
    to[0] = '\0';
    if (type == GEN_DNS) {
        snprintf(to, size, "%.*s", ASN1_STRING_length(value),
                 (const char *)ASN1_STRING_get0_data(value));
    } else if (type == GEN_IPADD) {
        const unsigned char *octets = ASN1_STRING_get0_data(value);
        int length = ASN1_STRING_length(value);
        if (length == 4)
            snprintf(to, size, "%u.%u.%u.%u", octets[0], octets[1], octets[2], octets[3]);
        else if (length == 16)
            for (int i = 0; i < 16; i += 2)
                snprintf(to + strlen(to), size - strlen(to), "%s%x", i > 0 ? ":" : "",
                         (unsigned)octets[i] << 8 | octets[i + 1]);
    }
}

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
        print_general_name(name, sizeof name, sk_GENERAL_NAME_value(names, i));
        if (*name == '\0')
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

static void print_reason(char *to, size_t size, const tlsdial_conn *conn,
                         X509_STORE_CTX *store_ctx, int code)
{
    X509 *certificate = X509_STORE_CTX_get_current_cert(store_ctx);
    enum tlsdial_cause cause = code_cause(code, certificate);
    char detail[512];
    if (certificate != NULL && cause == TLSDIAL_EXPIRED) {
        print_time(detail, sizeof detail, X509_get0_notAfter(certificate));
        snprintf(to, size, "expired on %s", detail);
    } else if (certificate != NULL && cause == TLSDIAL_NOT_YET_VALID) {
        print_time(detail, sizeof detail, X509_get0_notBefore(certificate));
        snprintf(to, size, "is not valid before %s", detail);
    } else if (certificate != NULL && cause == TLSDIAL_NAME_MISMATCH) {
        print_names(detail, sizeof detail, certificate);
        snprintf(to, size, "is for %s, not for %s", detail, conn->peer.name);
    } else {
        snprintf(to, size, "%s", X509_verify_cert_error_string(code));
    }
}

/* ---- collecting ---- */

/* What follows another problem of the same certificate and says less: "unable to verify the first
 * certificate" after "unable to get local issuer certificate", and "unsuitable certificate purpose"
 * after "invalid CA certificate". */
static bool is_told_already(const tlsdial_conn *conn, int code, int depth)
{
    const struct tlsdial_problem *problem;
    bool any = code == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE;
    if (!any && code != X509_V_ERR_INVALID_PURPOSE)
        return false;
    for (size_t i = 0; (problem = tlsdial_evidence_problem(conn->evidence, i)) != NULL;
         i++)
        if (problem->depth == depth && (any || problem->cause == TLSDIAL_CONSTRAINT))
            return true;
    return false;
}

/* The sentence for a problem that stands for all. */
static void set_verify_error(tlsdial_conn *conn, X509_STORE_CTX *store_ctx,
                             enum tlsdial_cause cause, int code, const char *reason)
{
    X509 *certificate = X509_STORE_CTX_get_current_cert(store_ctx);
    struct tlsdial_error *error = &conn->verify_error;
    char *subject =
        certificate != NULL ? name_text(X509_get_subject_name(certificate)) : NULL;
    char *issuer =
        certificate != NULL ? name_text(X509_get_issuer_name(certificate)) : NULL;
    int sent = sk_X509_num(X509_STORE_CTX_get0_untrusted(store_ctx));
    unsigned long native = (unsigned long)code;
    if (subject == NULL || issuer == NULL)
        tlsdial_error_set(error, cause, native, "%s", reason);
    else if (code == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
             code == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT)
        tlsdial_error_set(
            error, cause, native,
            "the server sent %d certificate%s; the issuer \"%.200s\" of \"%.200s\" "
            "was neither sent nor found in %s",
            sent, sent == 1 ? "" : "s", issuer, subject, conn->trust);
    else if (cause == TLSDIAL_UNKNOWN_CA)
        tlsdial_error_set(error, cause, native,
                          "the root \"%.200s\" that was sent is not in %s", subject,
                          conn->trust);
    else if (cause == TLSDIAL_SELF_SIGNED)
        tlsdial_error_set(error, cause, native,
                          "the certificate \"%.200s\" is self-signed and not in %s",
                          subject, conn->trust);
    else
        tlsdial_error_set(error, cause, native, "the certificate \"%.200s\" %s%s",
                          subject,
                          cause == TLSDIAL_EXPIRED || cause == TLSDIAL_NOT_YET_VALID ||
                                  cause == TLSDIAL_NAME_MISMATCH
                              ? ""
                              : "fails: ",
                          reason);
    OPENSSL_free(subject);
    OPENSSL_free(issuer);
}

/* For X509_STORE_CTX_set_verify_cb(): notes the problem and has OpenSSL go on. */
static int collect(int ok, X509_STORE_CTX *store_ctx)
{
    if (ok)
        return 1;
    tlsdial_conn *conn = conn_of(store_ctx);
    int code = X509_STORE_CTX_get_error(store_ctx);
    int depth = X509_STORE_CTX_get_error_depth(store_ctx);
    X509 *certificate = X509_STORE_CTX_get_current_cert(store_ctx);
    if (is_told_already(conn, code, depth))
        return 1;
    enum tlsdial_cause cause = code_cause(code, certificate);
    char reason[1024];
    print_reason(reason, sizeof reason, conn, store_ctx, code);
    bool first = conn->verify_error.cause == TLSDIAL_OK;
    if (first || precedence(cause) < precedence(conn->verify_error.cause))
        set_verify_error(conn, store_ctx, cause, code, reason);
    if (!evidence_problem(conn->evidence, cause, depth, certificate, reason)) {
        error_out_of_memory(&conn->verify_error);
        conn->verify_error.native = X509_V_ERR_OUT_OF_MEM;
        return 0;
    }
    return !is_internal(code);
}

int verify_chain(X509_STORE_CTX *store_ctx, void *unused)
{
    (void)unused;
    tlsdial_conn *conn = conn_of(store_ctx);
    X509 *leaf = X509_STORE_CTX_get0_cert(store_ctx);
    if (leaf != NULL && !evidence_certificate(conn->evidence, leaf)) {
        X509_STORE_CTX_set_error(store_ctx, X509_V_ERR_OUT_OF_MEM);
        error_out_of_memory(&conn->verify_error);
        return 0;
    }
    X509_STORE_CTX_set_verify_cb(store_ctx, collect);
    int verified = X509_verify_cert(store_ctx);
    if (verified == 1 && conn->verify_error.cause == TLSDIAL_OK)
        return 1;
    if (conn->verify_error.cause == TLSDIAL_OK) { /* failed without a call of collect() */
        int code = X509_STORE_CTX_get_error(store_ctx);
        code = code != X509_V_OK ? code : X509_V_ERR_UNSPECIFIED;
        tlsdial_error_set(&conn->verify_error, code_cause(code, leaf),
                          (unsigned long)code, "%s", X509_verify_cert_error_string(code));
    }
    X509_STORE_CTX_set_error(store_ctx, (int)conn->verify_error.native);
    return 0;
}
