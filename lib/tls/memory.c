/* memory.c: trust, CRLs and certificates that an application has in memory. */
#include <config.h>

#include "tls/memory.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/error.h"
#include "tls/client.h"
#include "x509/crl.h"

/* Certificates in DER, one after another. False when something else is there. */
static bool add_der(STACK_OF(X509) * list, const unsigned char *data, size_t length)
{
    const unsigned char *end = data + length;
    while (data < end) {
        X509 *certificate = d2i_X509(NULL, &data, (long)(end - data));
        if (certificate == NULL || sk_X509_push(list, certificate) == 0) {
            X509_free(certificate);
            return false;
        }
    }
    return true;
}

static bool add_pem(STACK_OF(X509) * list, const void *data, size_t length)
{
    BIO *bio = BIO_new_mem_buf(data, (int)length);
    X509 *certificate = NULL;
    bool ok = bio != NULL;
    int count = 0;
    while (ok && (certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
        ok = sk_X509_push(list, certificate) > 0;
        if (!ok)
            X509_free(certificate);
        count++;
    }
    BIO_free(bio);
    return ok && count > 0 &&
           ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
}

bool memory_add_certificates(STACK_OF(X509) * list, const void *data, size_t length)
{
    const unsigned char sequence = 0x30; /* which every certificate in DER begins with */
    const unsigned char *octets = data;
    return length > 0 && length <= INT_MAX &&
           (octets[0] == sequence ? add_der(list, octets, length)
                                  : add_pem(list, octets, length));
}

/* ---- a client's ---- */

static enum tlsdial_cause unreadable(const char *what, enum tlsdial_cause cause,
                                     struct tlsdial_error *error)
{
    return tlsdial_error_set(error, cause, ERR_peek_error(),
                             "the %s in memory cannot be read", what);
}

enum tlsdial_cause tlsdial_client_add_ca_memory(tlsdial_client *client, const void *data,
                                                size_t length,
                                                struct tlsdial_error *error)
{
    enum tlsdial_cause cause = client_check_setting(client, data, error);
    if (cause != TLSDIAL_OK)
        return cause;
    STACK_OF(X509) *list = sk_X509_new_null();
    ERR_clear_error();
    if (list == NULL || !client_begin_own_trust(client)) {
        cause = error_out_of_memory(error);
    } else if (!memory_add_certificates(list, data, length)) {
        cause = unreadable("CA certificates", TLSDIAL_CA_STORE, error);
    } else {
        X509_STORE *store = SSL_CTX_get_cert_store(client->ctx);
        bool ok = true;
        for (int i = 0; ok && i < sk_X509_num(list); i++)
            ok = X509_STORE_add_cert(store, sk_X509_value(list, i)) == 1;
        if (!ok || !trust_add_memory(&client->trust, (size_t)sk_X509_num(list)))
            cause = error_out_of_memory(error);
    }
    sk_X509_pop_free(list, X509_free);
    if (cause == TLSDIAL_OK)
        ERR_clear_error();
    return cause;
}

enum tlsdial_cause tlsdial_client_add_untrusted_memory(tlsdial_client *client,
                                                       const void *data, size_t length,
                                                       struct tlsdial_error *error)
{
    enum tlsdial_cause cause = client_check_setting(client, data, error);
    if (cause != TLSDIAL_OK)
        return cause;
    ERR_clear_error();
    if (!memory_add_certificates(client->untrusted, data, length))
        return unreadable("certificates", TLSDIAL_CA_STORE, error);
    ERR_clear_error();
    return TLSDIAL_OK;
}

enum tlsdial_cause tlsdial_client_add_crl_memory(tlsdial_client *client, const void *data,
                                                 size_t length,
                                                 struct tlsdial_error *error)
{
    enum tlsdial_cause cause = client_check_setting(client, data, error);
    if (cause != TLSDIAL_OK)
        return cause;
    if (client->crls == NULL && (client->crls = sk_X509_CRL_new_null()) == NULL)
        return error_out_of_memory(error);
    cause = crl_list_add_memory(client->crls, data, length, error);
    if (cause == TLSDIAL_OK)
        X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(client->ctx),
                                    X509_V_FLAG_CRL_CHECK);
    return cause;
}
