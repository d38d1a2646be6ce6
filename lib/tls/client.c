/* client.c: an SSL_CTX, its trust and its limits; what it offers is offer.c's. */
#include <config.h>

#include "tls/client.h"

#include <openssl/err.h>
#include <openssl/sslerr.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "tls/configuration.h"
#include "tls/conn.h"
#include "x509/lookup.h"
#include "tls/verify_callback.h"
#include "x509/path_search.h"

#define DEFAULT_CONNECT_TIMEOUT 30000 /* milliseconds */
#define DEFAULT_IDLE_TIMEOUT 60000

static bool prepare_store(X509_STORE *store)
{
    path_search_prepare_store(store);
    return lookup_prepare_store(store);
}

/* How a context works that is not a matter of what it offers. */
static bool set_manners(SSL_CTX *ctx)
{
    verify_install(ctx);
    if (!prepare_store(SSL_CTX_get_cert_store(ctx)))
        return false;
    X509_VERIFY_PARAM_set_hostflags(SSL_CTX_get0_param(ctx),
                                    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
                                        X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    /* A build of OpenSSL may log keys where SSLKEYLOGFILE says; here only an option may. */
    SSL_CTX_set_keylog_callback(ctx, NULL);
    /* No cache: each connection keeps what it gets, until somebody asks for it. */
    SSL_CTX_set_session_cache_mode(ctx,
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ctx, conn_keep_session);
    /* A write goes out record by record, so that the idle timeout can watch each. */
    SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
    /* One recv() for several records, instead of two for each. */
    SSL_CTX_set_read_ahead(ctx, 1);
    SSL_CTX_set_default_read_buffer_len(ctx, 4 * TLS_RECORD_SIZE);
    return true;
}

/* OpenSSL has no reason of its own for this but that it has no ciphers. */
static enum tlsdial_cause no_context(struct tlsdial_error *error)
{
    char fault[512];
    unsigned long code = ERR_peek_error();
    char *file = configuration_file();
    if (ERR_GET_REASON(code) != SSL_R_LIBRARY_HAS_NO_CIPHERS || file == NULL)
        tlsdial_error_set(error, TLSDIAL_INTERNAL, code,
                          "OpenSSL could not be set up: %s",
                          error_openssl_reason("out of memory"));
    else if (configuration_find_fault(NULL, fault, sizeof fault))
        tlsdial_error_set(error, TLSDIAL_CONFIGURATION, code,
                          "OpenSSL has no ciphers by its configuration %s", fault);
    else
        tlsdial_error_set(
            error, TLSDIAL_CONFIGURATION, code,
            "OpenSSL has no ciphers by its configuration '%s': it activates "
            "no provider that has them, such as default or fips, or asks "
            "for properties that none has",
            file);
    OPENSSL_free(file);
    ERR_clear_error();
    ERR_raise(ERR_GET_LIB(code), ERR_GET_REASON(code)); /* which the search has cleared */
    return TLSDIAL_CONFIGURATION;
}

/* Keeps what OpenSSL ignores, before anything else is set. False when out of memory. */
static bool note_warning(tlsdial_client *client)
{
    char fault[512], escaped[TLSDIAL_MESSAGE_SIZE];
    if (!configuration_find_fault(client->ctx, fault, sizeof fault))
        return true;
    tlsdial_text_escape(escaped, sizeof escaped, fault);
    client->warning = OPENSSL_strdup(escaped);
    return client->warning != NULL;
}

static enum tlsdial_cause set_up(tlsdial_client *client, struct tlsdial_error *error)
{
    client->connect_timeout = DEFAULT_CONNECT_TIMEOUT;
    client->idle_timeout = DEFAULT_IDLE_TIMEOUT;
    client->trust.words = OPENSSL_strdup("");
    client->lock = CRYPTO_THREAD_lock_new();
    client->untrusted = sk_X509_new_null();
    if (client->trust.words == NULL || client->lock == NULL || client->untrusted == NULL)
        return error_out_of_memory(error);
    client->ctx = SSL_CTX_new(TLS_client_method());
    if (client->ctx == NULL)
        return no_context(error);
    bool plain = configuration_is_plain();
    if ((!plain && !note_warning(client)) || !set_manners(client->ctx))
        return error_out_of_memory(error);
    return offer_begin(&client->offer, client->ctx, !plain, error);
}

tlsdial_client *tlsdial_client_new(struct tlsdial_error *error)
{
    ERR_clear_error();
    tlsdial_client *client = OPENSSL_zalloc(sizeof *client);
    if (client == NULL) {
        error_out_of_memory(error);
        return NULL;
    }
    if (set_up(client, error) != TLSDIAL_OK) {
        tlsdial_client_free(client);
        return NULL;
    }
    return client;
}

const char *tlsdial_client_warning(const tlsdial_client *client)
{
    return client != NULL ? client->warning : NULL;
}

void tlsdial_client_free(tlsdial_client *client)
{
    if (client == NULL)
        return;
    SSL_CTX_free(client->ctx);
    offer_clear(&client->offer);
    CRYPTO_THREAD_lock_free(client->lock);
    trust_clear(&client->trust);
    resolve_override_free(client->overrides);
    sk_X509_pop_free(client->untrusted, X509_free);
    sk_X509_CRL_pop_free(client->crls, X509_CRL_free);
    pin_list_clear(&client->pins);
    tlsa_list_clear(&client->tlsa);
    OPENSSL_free(client->warning);
    OPENSSL_free(client);
}

enum tlsdial_cause client_seal(tlsdial_client *client, struct tlsdial_error *error)
{
    enum tlsdial_cause cause = TLSDIAL_OK;
    if (!CRYPTO_THREAD_write_lock(client->lock))
        return tlsdial_error_set(error, TLSDIAL_INTERNAL, ERR_peek_error(),
                                 "a lock failed");
    if (!client->has_trust) {
        cause = trust_use_defaults(&client->trust, SSL_CTX_get_cert_store(client->ctx),
                                   error);
        client->default_trust = cause == TLSDIAL_OK;
    }
    client->has_trust = cause == TLSDIAL_OK;
    client->sealed = true;
    CRYPTO_THREAD_unlock(client->lock);
    return cause;
}

enum tlsdial_cause client_check_open(tlsdial_client *client, struct tlsdial_error *error)
{
    bool sealed = true;
    if (client == NULL)
        return tlsdial_error_set(error, TLSDIAL_MISUSE, 0, "no client was given");
    if (CRYPTO_THREAD_read_lock(client->lock)) {
        sealed = client->sealed;
        CRYPTO_THREAD_unlock(client->lock);
    }
    return sealed ? tlsdial_error_set(error, TLSDIAL_MISUSE, 0,
                                      "the client was set after its first dial")
                  : TLSDIAL_OK;
}

enum tlsdial_cause client_check_setting(tlsdial_client *client, const void *setting,
                                        struct tlsdial_error *error)
{
    enum tlsdial_cause cause = client_check_open(client, error);
    if (cause == TLSDIAL_OK && setting == NULL)
        cause = tlsdial_error_set(error, TLSDIAL_MISUSE, 0, "a setting is NULL");
    return cause;
}

/* For the chain, and for what else is verified against the store, such as an OCSP response. */
static void apply_verify_time(tlsdial_client *client)
{
    X509_STORE *store = SSL_CTX_get_cert_store(client->ctx);
    time_t moment = (time_t)client->verify_time;
    if (!client->has_verify_time)
        return;
    X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(client->ctx), moment);
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), moment);
}

/* Before the first trust of the user's own: forgets what the configuration may have loaded. */
bool client_begin_own_trust(tlsdial_client *client)
{
    if (client->has_trust)
        return true;
    X509_STORE *store = X509_STORE_new();
    if (store == NULL || !prepare_store(store)) {
        X509_STORE_free(store);
        return false;
    }
    SSL_CTX_set_cert_store(client->ctx, store);
    apply_verify_time(client);
    client->has_trust = true;
    return true;
}

enum tlsdial_cause tlsdial_client_add_ca_file(tlsdial_client *client, const char *file,
                                              struct tlsdial_error *error)
{
    enum tlsdial_cause cause = client_check_setting(client, file, error);
    if (cause != TLSDIAL_OK)
        return cause;
    if (!client_begin_own_trust(client))
        return error_out_of_memory(error);
    return trust_add_file(&client->trust, SSL_CTX_get_cert_store(client->ctx), file,
                          error);
}

enum tlsdial_cause tlsdial_client_add_ca_path(tlsdial_client *client,
                                              const char *directory,
                                              struct tlsdial_error *error)
{
    enum tlsdial_cause cause = client_check_setting(client, directory, error);
    if (cause != TLSDIAL_OK)
        return cause;
    if (!client_begin_own_trust(client))
        return error_out_of_memory(error);
    return trust_add_path(&client->trust, SSL_CTX_get_cert_store(client->ctx), directory,
                          error);
}

enum tlsdial_cause tlsdial_client_set_partial_chain(tlsdial_client *client, bool allowed,
                                                    struct tlsdial_error *error)
{
    enum tlsdial_cause cause = client_check_open(client, error);
    if (cause != TLSDIAL_OK)
        return cause;
    X509_VERIFY_PARAM *param = SSL_CTX_get0_param(client->ctx);
    if (allowed)
        X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
    else
        X509_VERIFY_PARAM_clear_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
    return TLSDIAL_OK;
}

enum tlsdial_cause tlsdial_client_add_untrusted(tlsdial_client *client, const char *file,
                                                struct tlsdial_error *error)
{
    enum tlsdial_cause cause = client_check_setting(client, file, error);
    return cause == TLSDIAL_OK ? trust_add_untrusted(client->untrusted, file, error)
                               : cause;
}

enum tlsdial_cause tlsdial_client_set_verify_time(tlsdial_client *client, int64_t seconds,
                                                  struct tlsdial_error *error)
{
    time_t moment = (time_t)seconds;
    enum tlsdial_cause cause = client_check_open(client, error);
    if (cause != TLSDIAL_OK)
        return cause;
    if ((int64_t)moment != seconds)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "the time %lld is out of this system's range",
                                 (long long)seconds);
    client->verify_time = seconds;
    client->has_verify_time = true;
    apply_verify_time(client);
    return TLSDIAL_OK;
}

static bool is_protocol(enum tlsdial_protocol protocol)
{
    return protocol == TLSDIAL_PROTOCOL_DEFAULT || protocol == TLSDIAL_TLS_1_2 ||
           protocol == TLSDIAL_TLS_1_3;
}

enum tlsdial_cause tlsdial_client_set_protocols(tlsdial_client *client,
                                                enum tlsdial_protocol minimum,
                                                enum tlsdial_protocol maximum,
                                                struct tlsdial_error *error)
{
    enum tlsdial_cause cause = client_check_open(client, error);
    if (cause != TLSDIAL_OK)
        return cause;
    if (!is_protocol(minimum) || !is_protocol(maximum))
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "TLS 1.2 and TLS 1.3 are the versions that can be set");
    long lowest = minimum != TLSDIAL_PROTOCOL_DEFAULT
                      ? (long)minimum
                      : SSL_CTX_get_min_proto_version(client->ctx);
    long highest = maximum != TLSDIAL_PROTOCOL_DEFAULT
                       ? (long)maximum
                       : SSL_CTX_get_max_proto_version(client->ctx);
    if (highest != 0 && highest < lowest)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "the lowest TLS version is above the highest");
    SSL_CTX_set_min_proto_version(client->ctx, (int)lowest);
    SSL_CTX_set_max_proto_version(client->ctx, (int)highest);
    return TLSDIAL_OK;
}

enum tlsdial_cause tlsdial_client_set_groups(tlsdial_client *client, const char *list,
                                             struct tlsdial_error *error)
{
    enum tlsdial_cause cause = client_check_setting(client, list, error);
    return cause == TLSDIAL_OK
               ? offer_narrow_list(&client->offer, client->ctx, true, list, error)
               : cause;
}

enum tlsdial_cause tlsdial_client_set_sigalgs(tlsdial_client *client, const char *list,
                                              struct tlsdial_error *error)
{
    enum tlsdial_cause cause = client_check_setting(client, list, error);
    return cause == TLSDIAL_OK
               ? offer_narrow_list(&client->offer, client->ctx, false, list, error)
               : cause;
}

enum tlsdial_cause tlsdial_client_set_ciphers(tlsdial_client *client, const char *list,
                                              struct tlsdial_error *error)
{
    enum tlsdial_cause cause = client_check_setting(client, list, error);
    return cause == TLSDIAL_OK
               ? offer_narrow_ciphers(&client->offer, client->ctx, list, error)
               : cause;
}

bool client_is_family(enum tlsdial_family family)
{
    return family == TLSDIAL_ANY_FAMILY || family == TLSDIAL_IPV4 ||
           family == TLSDIAL_IPV6;
}

enum tlsdial_cause tlsdial_client_set_family(tlsdial_client *client,
                                             enum tlsdial_family family,
                                             struct tlsdial_error *error)
{
    enum tlsdial_cause cause = client_check_open(client, error);
    if (cause == TLSDIAL_OK && !client_is_family(family))
        cause = tlsdial_error_set(error, TLSDIAL_MISUSE, 0, "%d is not a family",
                                  (int)family);
    if (cause == TLSDIAL_OK)
        client->family = family;
    return cause;
}

enum tlsdial_cause tlsdial_client_add_resolve(tlsdial_client *client, const char *host,
                                              const char *port, const char *addresses,
                                              struct tlsdial_error *error)
{
    bool complete = host != NULL && port != NULL;
    enum tlsdial_cause cause =
        client_check_setting(client, complete ? addresses : NULL, error);
    return cause == TLSDIAL_OK
               ? resolve_override_add(&client->overrides, host, port, addresses, error)
               : cause;
}

static enum tlsdial_cause set_limit(tlsdial_client *client, int64_t *limit, int64_t value,
                                    struct tlsdial_error *error)
{
    enum tlsdial_cause cause = client_check_open(client, error);
    if (cause == TLSDIAL_OK && value < 0)
        cause = tlsdial_error_set(error, TLSDIAL_MISUSE, 0, "a negative limit: %lld",
                                  (long long)value);
    if (cause == TLSDIAL_OK && limit != NULL)
        *limit = value;
    return cause;
}

enum tlsdial_cause tlsdial_client_set_connect_timeout(tlsdial_client *client,
                                                      int64_t limit,
                                                      struct tlsdial_error *error)
{
    return set_limit(client, client != NULL ? &client->connect_timeout : NULL, limit,
                     error);
}

enum tlsdial_cause tlsdial_client_set_idle_timeout(tlsdial_client *client, int64_t limit,
                                                   struct tlsdial_error *error)
{
    return set_limit(client, client != NULL ? &client->idle_timeout : NULL, limit, error);
}

enum tlsdial_cause tlsdial_client_set_max_time(tlsdial_client *client, int64_t limit,
                                               struct tlsdial_error *error)
{
    return set_limit(client, client != NULL ? &client->max_time : NULL, limit, error);
}
