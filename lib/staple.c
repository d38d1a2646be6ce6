/* staple.c: the OCSP response (RFC 6960) that a server staples to its certificate (RFC 6066, 8). */
#include "internal.h"

#include <openssl/ocsp.h>
#include <stdio.h>
#include <time.h>

#define CLOCK_SKEW 300 /* seconds that clocks may differ */

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

/* What the answer says of the certificate. */
static const char *status_of(const tlsdial_conn *conn, OCSP_BASICRESP *basic, X509 *leaf,
                             X509 *issuer)
{
    /* Servers identify certificates by SHA-1 (RFC 5019, 2.1.1); that is no signature. */
    OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), leaf, issuer);
    ASN1_GENERALIZEDTIME *revoked, *this_update, *next_update;
    int status = -1, reason;
    bool found =
        id != NULL && OCSP_resp_find_status(basic, id, &status, &reason, &revoked,
                                            &this_update, &next_update) == 1;
    OCSP_CERTID_free(id);
    if (!found)
        return "for another certificate";
    const char *fault = time_fault(conn, this_update, next_update);
    if (fault != NULL)
        return fault;
    return status == V_OCSP_CERTSTATUS_GOOD      ? "good"
           : status == V_OCSP_CERTSTATUS_REVOKED ? "revoked"
                                                 : "unknown";
}

static const char *judge(const tlsdial_conn *conn, OCSP_RESPONSE *response)
{
    STACK_OF(X509) *chain = conn->evidence->chains[TLSDIAL_CHAIN_BUILT];
    X509_STORE *store = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(conn->ssl));
    if (OCSP_response_status(response) != OCSP_RESPONSE_STATUS_SUCCESSFUL)
        return "an error of the responder";
    OCSP_BASICRESP *basic = OCSP_response_get1_basic(response);
    if (basic == NULL)
        return "malformed";
    const char *text = "not to be checked without the issuer";
    if (sk_X509_num(chain) >= 2) {
        /* The chain is where the signer may be found, no more: the server's own certificate
         * is in it, and its key must not vouch for itself. */
        bool is_signed = OCSP_basic_verify(basic, chain, store, 0) == 1;
        text = is_signed ? status_of(conn, basic, sk_X509_value(chain, 0),
                                     sk_X509_value(chain, 1))
                         : "not signed by the issuer or its responder";
    }
    OCSP_BASICRESP_free(basic);
    return text;
}

char *staple_text(const tlsdial_conn *conn)
{
    const unsigned char *der = NULL;
    long length = SSL_get_tlsext_status_ocsp_resp(conn->ssl, &der);
    if (der == NULL || length <= 0)
        return NULL;
    OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &der, length);
    const char *text = response != NULL ? judge(conn, response) : "malformed";
    OCSP_RESPONSE_free(response);
    return OPENSSL_strdup(text);
}
