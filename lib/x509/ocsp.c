/*
 * ocsp.c: the OCSP response (RFC 6960) that a server staples to its certificate (RFC 6066, 8).
 *
 * One is asked for always. "Revoked" is believed always, "good" is asked for by the certificate
 * (TLS feature extension, RFC 7633) or by the user. That extension in a CA certificate is about
 * what the CA may issue, and nothing for a client to look at.
 */
#include <config.h>

#include "x509/ocsp.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <stdio.h>
#include <time.h>

#include "base/error.h"
#include "base/text.h"
#include "tls/conn.h"
#include "x509/certificate.h"
#include "x509/crl.h"
#include "x509/verify.h"
#include "x509/words.h"

#define CLOCK_SKEW 300 /* seconds that clocks may differ */
/* The extensions of TLS that the TLS feature extension may name. */
#define STATUS_REQUEST 5
#define STATUS_REQUEST_V2 17

struct staple {
    enum { STAPLE_ABSENT, STAPLE_USELESS, STAPLE_GOOD, STAPLE_REVOKED } status;
    const char *text; /* for the evidence; NULL: absent */
    int64_t revoked_on;
    int reason;
};

#ifndef OPENSSL_NO_OCSP

static const char absent[] = "the server sent none";

static struct staple useless(const char *text)
{
    return (struct staple){.status = STAPLE_USELESS, .text = text};
}

/* What is wrong with the times of an answer, or NULL. */
static const char *time_fault(const tlsdial_conn *conn,
                              const ASN1_GENERALIZEDTIME *this_update,
                              const ASN1_GENERALIZEDTIME *next_update)
{
    int64_t now =
        conn->client->has_verify_time ? conn->client->verify_time : (int64_t)time(NULL);
    if (this_update == NULL || asn1_time_seconds(this_update) > now + CLOCK_SKEW)
        return "not valid yet";
    if (next_update != NULL && asn1_time_seconds(next_update) < now - CLOCK_SKEW)
        return "expired";
    return NULL;
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
static struct staple answer_for(const tlsdial_conn *conn, OCSP_BASICRESP *basic,
                                X509 *leaf, X509 *issuer)
{
    ASN1_GENERALIZEDTIME *revoked, *this_update, *next_update;
    OCSP_SINGLERESP *answer = NULL;
    int reason = -1;
    for (int i = 0; answer == NULL && i < OCSP_resp_count(basic); i++)
        if (is_for(OCSP_resp_get0(basic, i), leaf, issuer))
            answer = OCSP_resp_get0(basic, i);
    if (answer == NULL)
        return useless("for another certificate");
    int status =
        OCSP_single_get0_status(answer, &reason, &revoked, &this_update, &next_update);
    const char *fault = time_fault(conn, this_update, next_update);
    if (fault != NULL)
        return useless(fault);
    if (status == V_OCSP_CERTSTATUS_GOOD)
        return (struct staple){.status = STAPLE_GOOD, .text = "good"};
    if (status != V_OCSP_CERTSTATUS_REVOKED)
        return useless("unknown");
    return (struct staple){.status = STAPLE_REVOKED,
                           .text = "revoked",
                           .revoked_on = asn1_time_seconds(revoked),
                           .reason = reason};
}

/* Another of the certificates that were sent, where the trust in the server's own needs none. */
static X509 *find_issuer(const tlsdial_conn *conn, X509 *leaf)
{
    STACK_OF(X509) *built = conn->evidence->chains[TLSDIAL_CHAIN_BUILT];
    STACK_OF(X509) *sent = conn->evidence->chains[TLSDIAL_CHAIN_SENT];
    if (sk_X509_num(built) >= 2)
        return sk_X509_value(built, 1);
    for (int i = 1; i < sk_X509_num(sent); i++)
        if (X509_check_issued(sk_X509_value(sent, i), leaf) == X509_V_OK)
            return sk_X509_value(sent, i);
    return NULL;
}

/* A store that trusts the issuer alone: what it, or its responder, says of a certificate of its own
 * needs no other trust (RFC 6960, 4.2.2.2), and may have none, as with TLSA records. */
static X509_STORE *store_of(const tlsdial_conn *conn, X509 *issuer)
{
    X509_STORE *store = X509_STORE_new();
    const X509_VERIFY_PARAM *param =
        X509_STORE_get0_param(SSL_CTX_get_cert_store(SSL_get_SSL_CTX(conn->ssl)));
    if (store != NULL && X509_STORE_set1_param(store, param) == 1 &&
        X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN) == 1 &&
        X509_STORE_add_cert(store, issuer) == 1)
        return store;
    X509_STORE_free(store);
    return NULL;
}

/* By the issuer or its responder. The chain is where the signer may be found, no more: the server's
 * own certificate is in it, and its key must not vouch for itself. */
static bool is_signed(const tlsdial_conn *conn, OCSP_BASICRESP *basic, X509 *leaf,
                      X509 *issuer)
{
    STACK_OF(X509) *chain = conn->evidence->chains[TLSDIAL_CHAIN_BUILT];
    X509_STORE *trusted = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(conn->ssl));
    if (sk_X509_num(chain) >= 2 && OCSP_basic_verify(basic, chain, trusted, 0) == 1)
        return true;
    if (X509_verify(leaf, X509_get0_pubkey(issuer)) != 1)
        return false; /* of that name, no more */
    STACK_OF(X509) *issuers = sk_X509_new_null();
    X509_STORE *store = store_of(conn, issuer);
    bool ok = issuers != NULL && store != NULL && sk_X509_push(issuers, issuer) > 0 &&
              OCSP_basic_verify(basic, issuers, store, 0) == 1;
    X509_STORE_free(store);
    sk_X509_free(issuers);
    return ok;
}

static struct staple judge(const tlsdial_conn *conn, OCSP_RESPONSE *response)
{
    /* Of the SSL there is none where the verification has failed. */
    X509 *leaf = sk_X509_value(conn->evidence->chains[TLSDIAL_CHAIN_SENT], 0);
    X509 *issuer = leaf != NULL ? find_issuer(conn, leaf) : NULL;
    if (OCSP_response_status(response) != OCSP_RESPONSE_STATUS_SUCCESSFUL)
        return useless("an error of the responder");
    OCSP_BASICRESP *basic = OCSP_response_get1_basic(response);
    if (basic == NULL)
        return useless("malformed");
    struct staple staple = useless("not to be checked without the issuer");
    if (issuer != NULL)
        staple = is_signed(conn, basic, leaf, issuer)
                     ? answer_for(conn, basic, leaf, issuer)
                     : useless("not signed by the issuer or its responder");
    OCSP_BASICRESP_free(basic);
    return staple;
}

static struct staple find_staple(const tlsdial_conn *conn)
{
    const unsigned char *der = NULL;
    long length = SSL_get_tlsext_status_ocsp_resp(conn->ssl, &der);
    if (der == NULL || length <= 0)
        return (struct staple){.status = STAPLE_ABSENT};
    OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &der, length);
    struct staple staple =
        response != NULL ? judge(conn, response) : useless("malformed");
    OCSP_RESPONSE_free(response);
    return staple;
}

#else

static const char absent[] = "this OpenSSL was built without OCSP";

static struct staple find_staple(const tlsdial_conn *conn)
{
    (void)conn;
    return (struct staple){.status = STAPLE_ABSENT};
}

#endif

char *staple_text(const tlsdial_conn *conn)
{
    struct staple staple = find_staple(conn);
    return staple.text != NULL ? OPENSSL_strdup(staple.text) : NULL;
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

/* Adds to what the verification found. */
static void refuse(tlsdial_conn *conn, enum tlsdial_cause cause, const X509 *leaf,
                   const char *reason)
{
    char *subject = name_text(X509_get_subject_name(leaf));
    tlsdial_error_set(&conn->verify_error, cause, 0, "the certificate \"%.200s\" %s",
                      subject != NULL ? subject : "", reason);
    OPENSSL_free(subject);
    if (!problem_add(&conn->evidence->problems, cause, 0, leaf, reason))
        error_out_of_memory(&conn->verify_error);
}

static void refuse_revoked(tlsdial_conn *conn, const struct staple *staple, X509 *leaf)
{
    char date[64], reason[256];
    time_text(date, sizeof date, staple->revoked_on);
    snprintf(reason, sizeof reason, "was revoked on %s (%s), says its OCSP staple", date,
             revocation_reason_name(staple->reason));
    refuse(conn, TLSDIAL_REVOKED, leaf, reason);
}

static void refuse_unstapled(tlsdial_conn *conn, const struct staple *staple, X509 *leaf,
                             const char *demand)
{
    char reason[256];
    snprintf(reason, sizeof reason, "%s and %s%s", demand,
             staple->text != NULL ? "the server sent one that is no proof: " : absent,
             staple->text != NULL ? staple->text : "");
    refuse(conn, TLSDIAL_STAPLE, leaf, reason);
}

int staple_check(SSL *ssl, void *unused)
{
    tlsdial_conn *conn = SSL_get_app_data(ssl);
    X509 *leaf = SSL_get0_peer_certificate(ssl);
    (void)unused;
    if (conn == NULL || leaf == NULL)
        return 1;
    ERR_set_mark();
    struct staple staple = find_staple(conn);
    if (staple.text != NULL)
        conn->evidence->staple = OPENSSL_strdup(staple.text);
    bool must = is_must_staple(leaf);
    ERR_pop_to_mark();
    if (staple.status == STAPLE_REVOKED)
        refuse_revoked(conn, &staple, leaf);
    else if (staple.status != STAPLE_GOOD && must)
        refuse_unstapled(conn, &staple, leaf, "demands an OCSP staple (must-staple)");
    else if (staple.status != STAPLE_GOOD && conn->client->require_staple)
        refuse_unstapled(conn, &staple, leaf, "is to come with an OCSP staple");
    return verdict_is_fatal(conn) ? 0 : 1;
}
