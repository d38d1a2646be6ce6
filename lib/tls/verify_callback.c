/* verify_callback.c: the verification as OpenSSL's handshake has it. */
#include <config.h>

#include "tls/verify_callback.h"

#include "tls/conn.h"
#include "x509/ocsp.h"
#include "x509/pin.h"
#include "x509/verify.h"

/* OpenSSL 4.0 has a function of its own for either; what came before takes the same names there. */
static bool expect_reference(SSL *ssl, const struct host *reference)
{
#ifdef HAVE_SSL_SET1_DNSNAME
    return (reference->is_ip ? SSL_set1_ipaddr(ssl, reference->name)
                             : SSL_set1_dnsname(ssl, reference->name)) == 1;
#else
    X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
    return (reference->is_ip
                ? X509_VERIFY_PARAM_set1_ip_asc(param, reference->name)
                : X509_VERIFY_PARAM_set1_host(param, reference->name, 0)) == 1;
#endif
}

/* Gives the SSL a record, to be used in place of the trust store. */
static bool add_record(SSL *ssl, const struct tlsa *tlsa)
{
    return SSL_dane_tlsa_add(ssl, tlsa->usage, tlsa->selector, tlsa->matching, tlsa->data,
                             tlsa->length) > 0;
}

bool verify_can_use_tlsa(SSL_CTX *ctx, const struct tlsa *tlsa)
{
    SSL *ssl = NULL;
    bool usable = SSL_CTX_dane_enable(ctx) > 0 && (ssl = SSL_new(ctx)) != NULL &&
                  SSL_dane_enable(ssl, "localhost") > 0 && add_record(ssl, tlsa);
    SSL_free(ssl);
    return usable;
}

static bool expect_tlsa(SSL *ssl, const struct tlsa_list *records, const char *name)
{
    bool added = true;
    if (records->count == 0)
        return true;
    if (SSL_dane_enable(ssl, name) <= 0)
        return false;
    /* It has taken the name for SNI and certificate; these are set by other rules. */
    SSL_set_tlsext_host_name(ssl, NULL);
    X509_VERIFY_PARAM_set1_host(SSL_get0_param(ssl), NULL, 0);
    for (size_t i = 0; added && i < records->count; i++)
        added = add_record(ssl, &records->items[i]);
    return added;
}

bool verify_expect(SSL *ssl, const tlsdial_client *client, const struct host *reference)
{
    return expect_tlsa(ssl, &client->tlsa, reference->name) &&
           expect_reference(ssl, reference);
}

/* ---- in the handshake ---- */

struct verify_request verify_request_of(const tlsdial_conn *conn)
{
    const tlsdial_client *client = conn->client;
    return (struct verify_request){.trust = &client->trust,
                                   .default_trust = client->default_trust,
                                   .reference = &conn->reference,
                                   .untrusted = conn->untrusted,
                                   .crls = client->crls,
                                   .pins = &client->pins,
                                   .tlsa = &client->tlsa,
                                   .has_verify_time = client->has_verify_time,
                                   .verify_time = client->verify_time,
                                   .expiry_warning = client->expiry_warning,
                                   .security_level = SSL_get_security_level(conn->ssl),
                                   .insecure = client->insecure,
                                   .require_staple = client->require_staple,
                                   .deadline = conn->deadline};
}

/* For SSL_CTX_set_cert_verify_callback(3). */
static int verify_in_handshake(X509_STORE_CTX *store_ctx, void *unused)
{
    SSL *ssl =
        X509_STORE_CTX_get_ex_data(store_ctx, SSL_get_ex_data_X509_STORE_CTX_idx());
    tlsdial_conn *conn = SSL_get_app_data(ssl);
    struct verification *verification = &conn->evidence->verification;
    (void)unused;
    verification->request = verify_request_of(conn);
    return verify_chain(verification, store_ctx) || insecure_excuses(verification);
}

/* For SSL_CTX_set_tlsext_status_cb(3): it comes after the verification and before any data. */
static int check_staple_in_handshake(SSL *ssl, void *unused)
{
    const unsigned char *der = NULL;
    tlsdial_conn *conn = SSL_get_app_data(ssl);
    (void)unused;
    if (conn == NULL || SSL_get0_peer_certificate(ssl) == NULL)
        return 1;
    struct verification *verification = &conn->evidence->verification;
    long length = SSL_get_tlsext_status_ocsp_resp(ssl, &der);
    staple_check(verification, der, length);
    return verification_error(verification, NULL) == TLSDIAL_OK ||
           insecure_excuses(verification);
}

void verify_install(SSL_CTX *ctx)
{
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(ctx, verify_in_handshake, NULL);
    SSL_CTX_set_tlsext_status_type(ctx, TLSEXT_STATUSTYPE_ocsp);
    SSL_CTX_set_tlsext_status_cb(ctx, check_staple_in_handshake);
}
