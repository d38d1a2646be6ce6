/* trust.c: where trusted CA certificates come from. */
#include "internal.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/store.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the environment or OpenSSL's build says; the same order as X509_STORE_set_default_paths.*/
static const char *default_place(const char *variable, const char *built_in)
{
    const char *set = getenv(variable);
    return set != NULL ? set : built_in;
}

char *trust_describe_defaults(void)
{
    char text[TLSDIAL_MESSAGE_SIZE / 2];
    snprintf(
        text, sizeof text, "%s or %s",
        default_place(X509_get_default_cert_file_env(), X509_get_default_cert_file()),
        default_place(X509_get_default_cert_dir_env(), X509_get_default_cert_dir()));
    return OPENSSL_strdup(text);
}

enum tlsdial_cause trust_use_defaults(SSL_CTX *ctx, struct tlsdial_error *error)
{
    if (SSL_CTX_set_default_verify_paths(ctx) == 1)
        return TLSDIAL_OK;
    return tlsdial_error_set(error, TLSDIAL_CA_STORE, ERR_peek_error(),
                             "the default trust store could not be set up: %s",
                             error_openssl_reason("no reason given"));
}

enum tlsdial_cause trust_add_file(SSL_CTX *ctx, const char *file,
                                  struct tlsdial_error *error)
{
    char text[256];
    ERR_clear_error();
    if (SSL_CTX_load_verify_file(ctx, file) == 1)
        return TLSDIAL_OK;
    return tlsdial_error_set(
        error, TLSDIAL_CA_STORE, ERR_peek_error(), "CA file '%s': %s", file,
        error_system_reason(text, sizeof text, "it has no certificate that can be read"));
}

enum tlsdial_cause trust_add_untrusted(STACK_OF(X509) * list, const char *file,
                                       struct tlsdial_error *error)
{
    char text[256];
    X509 *certificate;
    int before = sk_X509_num(list);
    ERR_clear_error();
    BIO *bio = BIO_new_file(file, "r");
    while (bio != NULL &&
           (certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL)
        if (sk_X509_push(list, certificate) == 0) {
            X509_free(certificate);
            BIO_free(bio);
            return error_out_of_memory(error);
        }
    BIO_free(bio);
    bool ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    if (bio != NULL && ended && sk_X509_num(list) > before) {
        ERR_clear_error();
        return TLSDIAL_OK;
    }
    return tlsdial_error_set(error, TLSDIAL_CA_STORE, ERR_peek_error(), "file '%s': %s",
                             file,
                             error_system_reason(text, sizeof text,
                                                 ended ? "it has no certificate"
                                                       : "a certificate cannot be read"));
}

/* Whether a path ends in a name such as "1a2b3c4d.0", as c_rehash(1) makes them. */
static bool is_hash_name(const char *path)
{
    size_t length = strlen(path);
    size_t digits = 0;
    while (digits < length && strchr("0123456789", path[length - 1 - digits]) != NULL)
        digits++;
    if (digits == 0 || length < digits + 9 || path[length - digits - 1] != '.')
        return false;
    const char *hash = path + length - digits - 9;
    return strspn(hash, "0123456789abcdefABCDEF") == 8;
}

enum directory_content {
    DIRECTORY_UNREADABLE,
    DIRECTORY_NONE,
    DIRECTORY_UNHASHED,
    DIRECTORY_HASHED
};

/* What a path has for OpenSSL's lookup by hash. OSSL_STORE lists directories wherever OpenSSL
 * runs, ISO C does not. */
static enum directory_content look_into(const char *directory)
{
    enum directory_content content = DIRECTORY_NONE;
    OSSL_STORE_CTX *store = OSSL_STORE_open(directory, NULL, NULL, NULL, NULL);
    if (store == NULL)
        return DIRECTORY_UNREADABLE;
    while (content != DIRECTORY_HASHED && !OSSL_STORE_eof(store) &&
           !OSSL_STORE_error(store)) {
        OSSL_STORE_INFO *info = OSSL_STORE_load(store);
        if (info != NULL && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_NAME)
            content = is_hash_name(OSSL_STORE_INFO_get0_NAME(info)) ? DIRECTORY_HASHED
                                                                    : DIRECTORY_UNHASHED;
        OSSL_STORE_INFO_free(info);
    }
    OSSL_STORE_close(store);
    return content;
}

enum tlsdial_cause trust_add_path(SSL_CTX *ctx, const char *directory,
                                  struct tlsdial_error *error)
{
    char text[256];
    ERR_clear_error();
    enum directory_content content = look_into(directory);
    const char *fault =
        content == DIRECTORY_UNREADABLE
            ? error_system_reason(text, sizeof text, "unreadable")
        : content == DIRECTORY_NONE ? "it is no directory, or empty"
        : content == DIRECTORY_UNHASHED
            ? "no file in it is named by a hash; c_rehash(1) makes such names"
            : NULL;
    if (fault != NULL)
        return tlsdial_error_set(error, TLSDIAL_CA_STORE, ERR_peek_error(),
                                 "CA directory '%s': %s", directory, fault);
    ERR_clear_error();
    if (SSL_CTX_load_verify_dir(ctx, directory) == 1)
        return TLSDIAL_OK;
    return tlsdial_error_set(error, TLSDIAL_CA_STORE, ERR_peek_error(),
                             "CA directory '%s': %s", directory,
                             error_openssl_reason("unreadable"));
}

bool trust_defaults_are_empty(SSL_CTX *ctx)
{
    STACK_OF(X509) *loaded = X509_STORE_get1_all_certs(SSL_CTX_get_cert_store(ctx));
    bool none_loaded = loaded != NULL && sk_X509_num(loaded) == 0;
    sk_X509_pop_free(loaded, X509_free);
    if (!none_loaded)
        return false;
    /* Several directories look to OSSL_STORE like one that is not there, and each would have to
     * be looked into; of those, nothing is claimed. */
    const char *directory =
        default_place(X509_get_default_cert_dir_env(), X509_get_default_cert_dir());
    if (strchr(directory, ';') != NULL || strchr(directory, ':') != NULL)
        return false;
    ERR_set_mark(); /* the failed verification is what the error queue is to tell */
    bool empty = look_into(directory) != DIRECTORY_HASHED;
    ERR_pop_to_mark();
    return empty;
}
