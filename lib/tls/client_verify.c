/* client_verify.c: what a client's setters add to the verification: CRLs, staples, pins, TLSA. */
#include <config.h>

#include <openssl/err.h>

#include "base/error.h"
#include "tls/client.h"
#include "tls/verify_callback.h"
#include "x509/crl.h"

enum tlsdial_cause tlsdial_client_add_crl_file(tlsdial_client *client, const char *file,
                                               struct tlsdial_error *error)
{
    enum tlsdial_cause cause = client_check_setting(client, file, error);
    if (cause != TLSDIAL_OK)
        return cause;
    if (client->crls == NULL)
        client->crls = sk_X509_CRL_new_null();
    if (client->crls == NULL)
        return error_out_of_memory(error);
    cause = crl_list_add_file(client->crls, file, error);
    if (cause == TLSDIAL_OK)
        X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(client->ctx),
                                    X509_V_FLAG_CRL_CHECK);
    return cause;
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

enum tlsdial_cause tlsdial_client_set_expiry_warning(tlsdial_client *client,
                                                     int64_t seconds,
                                                     struct tlsdial_error *error)
{
    enum tlsdial_cause cause = client_check_open(client, error);
    if (cause == TLSDIAL_OK && seconds < 0)
        cause = tlsdial_error_set(error, TLSDIAL_MISUSE, 0, "a negative limit: %lld",
                                  (long long)seconds);
    if (cause == TLSDIAL_OK)
        client->expiry_warning = seconds;
    return cause;
}

enum tlsdial_cause tlsdial_client_set_insecure(tlsdial_client *client, bool insecure,
                                               struct tlsdial_error *error)
{
    enum tlsdial_cause cause = client_check_open(client, error);
    if (cause == TLSDIAL_OK)
        client->insecure = insecure;
    return cause;
}

enum tlsdial_cause tlsdial_client_add_pinned_keys(tlsdial_client *client,
                                                  const char *pins,
                                                  struct tlsdial_error *error)
{
    enum tlsdial_cause cause = client_check_setting(client, pins, error);
    return cause == TLSDIAL_OK ? pin_list_add(&client->pins, pins, error) : cause;
}

enum tlsdial_cause tlsdial_client_add_tlsa(tlsdial_client *client, const char *record,
                                           struct tlsdial_error *error)
{
    struct tlsa tlsa = {0};
    enum tlsdial_cause cause = client_check_setting(client, record, error);
    if (cause != TLSDIAL_OK)
        return cause;
    const char *fault = "it is not of the form \"3 1 1 HEX\"";
    bool ok = tlsa_parse(&tlsa, record);
    if (ok && tlsa.usage < 2) {
        fault = "only usages 2 and 3 are supported";
        ok = false;
    } else if (ok && !verify_can_use_tlsa(client->ctx, &tlsa)) {
        fault = "OpenSSL cannot use it";
        ok = false;
    }
    bool added = ok && tlsa_list_add(&client->tlsa, &tlsa);
    OPENSSL_free(tlsa.data);
    if (added)
        return TLSDIAL_OK;
    return ok ? error_out_of_memory(error)
              : tlsdial_error_set(error, TLSDIAL_USAGE, ERR_peek_error(),
                                  "TLSA record '%.100s': %s", record, fault);
}
