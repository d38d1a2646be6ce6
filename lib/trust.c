/* trust.c: where trusted CA certificates come from. */
#include "internal.h"

#include <openssl/err.h>
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

/* The system's reason for a failure, where OpenSSL queued one; it may be the first error or the
 * last. ERR_reason_error_string(3) knows none for these. */
static const char *system_reason(char *text, size_t size, const char *otherwise)
{
    unsigned long code = ERR_peek_error();
    if (!ERR_SYSTEM_ERROR(code))
        code = ERR_peek_last_error();
    if (!ERR_SYSTEM_ERROR(code))
        return otherwise;
    ERR_error_string_n(code, text, size); /* "error:80000002:system library::reason" */
    const char *colon = strrchr(text, ':');
    return colon != NULL ? colon + 1 : text;
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
        system_reason(text, sizeof text, "it has no certificate that can be read"));
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

enum tlsdial_cause trust_add_path(SSL_CTX *ctx, const char *directory,
                                  struct tlsdial_error *error)
{
    char text[256];
    bool found = false, is_directory = false;
    ERR_clear_error();
    OSSL_STORE_CTX *store = OSSL_STORE_open(directory, NULL, NULL, NULL, NULL);
    while (store != NULL && !found && !OSSL_STORE_eof(store)) {
        OSSL_STORE_INFO *info = OSSL_STORE_load(store);
        if (info == NULL)
            continue;
        if (OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_NAME) {
            is_directory = true;
            found = is_hash_name(OSSL_STORE_INFO_get0_NAME(info));
        }
        OSSL_STORE_INFO_free(info);
    }
    if (store == NULL)
        return tlsdial_error_set(error, TLSDIAL_CA_STORE, ERR_peek_error(),
                                 "CA directory '%s': %s", directory,
                                 system_reason(text, sizeof text, "unreadable"));
    OSSL_STORE_close(store);
    if (!found)
        return tlsdial_error_set(
            error, TLSDIAL_CA_STORE, 0, "CA directory '%s': %s", directory,
            is_directory
                ? "no file in it is named by a hash; c_rehash(1) makes such names"
                : "it is no directory, or empty");
    ERR_clear_error();
    if (SSL_CTX_load_verify_dir(ctx, directory) == 1)
        return TLSDIAL_OK;
    return tlsdial_error_set(error, TLSDIAL_CA_STORE, ERR_peek_error(),
                             "CA directory '%s': %s", directory,
                             error_openssl_reason("unreadable"));
}
