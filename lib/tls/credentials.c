/*
 * credentials.c: the client's own certificate, its chain and its key.
 *
 * OSSL_STORE(7) reads all the formats (PEM, DER, PKCS#12), and URIs of other stores where a
 * provider brings them, such as pkcs11:.
 */
#include <config.h>

#include "tls/client.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "x509/certificate.h"

#define MOST_FAILURES 64     /* of items in one file */
#define PASSPHRASE_SIZE 1025 /* more than OpenSSL takes, the NUL included */

/* The pass phrase, asked for when OpenSSL first needs it. */
struct asked {
    tlsdial_passphrase *ask;
    void *argument;
    struct tlsdial_error error;
    enum tlsdial_cause cause; /* of asking */
    bool given;               /* it was asked for, with that cause */
    bool needed;              /* by the file that was read last */
    char phrase[PASSPHRASE_SIZE];
};

/* What the files have. */
struct key_pair {
    STACK_OF(X509) * certificates; /* the client's own first */
    EVP_PKEY *key;
};

/* A pem_password_cb(3). */
static int give_passphrase(char *buffer, int size, int writing, void *argument)
{
    struct asked *asked = argument;
    (void)writing;
    if (!asked->given && asked->ask != NULL)
        asked->cause = asked->ask(asked->argument, asked->phrase, sizeof asked->phrase,
                                  &asked->error);
    asked->given = asked->needed = true;
    size_t length = strlen(asked->phrase);
    if (asked->ask == NULL || asked->cause != TLSDIAL_OK || length >= (size_t)size)
        return -1;
    memcpy(buffer, asked->phrase, length + 1);
    return (int)length;
}

/* Takes what is wanted of one item of a file. */
static bool take(struct key_pair *to, OSSL_STORE_INFO *info, bool certificates, bool key)
{
    int type = OSSL_STORE_INFO_get_type(info);
    if (type == OSSL_STORE_INFO_PKEY && key && to->key == NULL)
        return (to->key = OSSL_STORE_INFO_get1_PKEY(info)) != NULL;
    if (type != OSSL_STORE_INFO_CERT || !certificates)
        return true;
    X509 *certificate = OSSL_STORE_INFO_get1_CERT(info);
    if (certificate != NULL && sk_X509_push(to->certificates, certificate) > 0)
        return true;
    X509_free(certificate);
    return false;
}

/* Where certificates or a key come from. */
struct source {
    const char *name; /* of a file or URI; of memory, for messages */
    const void *data; /* NULL: a file or URI */
    size_t length;
};

static OSSL_STORE_CTX *open_store(const struct source *source, UI_METHOD *ui,
                                  struct asked *asked, BIO **bio)
{
    *bio = NULL;
    if (source->data == NULL)
        return OSSL_STORE_open(source->name, ui, asked, NULL, NULL);
    *bio = source->length <= INT_MAX ? BIO_new_mem_buf(source->data, (int)source->length)
                                     : NULL;
    return *bio != NULL
               ? OSSL_STORE_attach(*bio, "file", NULL, NULL, ui, asked, NULL, NULL, NULL)
               : NULL;
}

enum loaded { LOADED, NOT_OPENED, OUT_OF_MEMORY };

static enum loaded load(struct key_pair *to, const struct source *source,
                        bool certificates, bool key, struct asked *asked)
{
    BIO *bio;
    UI_METHOD *ui = UI_UTIL_wrap_read_pem_callback(give_passphrase, 0);
    if (ui == NULL)
        return OUT_OF_MEMORY;
    enum loaded result = LOADED;
    asked->needed = false;
    OSSL_STORE_CTX *store = open_store(source, ui, asked, &bio);
    if (store == NULL)
        result = NOT_OPENED;
    else if (!key) /* a key in the same file is not decrypted for nothing */
        OSSL_STORE_expect(store, OSSL_STORE_INFO_CERT);
    int failures =
        0; /* such as a key for which there is no pass phrase, and need be none */
    while (result == LOADED && failures < MOST_FAILURES && !OSSL_STORE_eof(store)) {
        OSSL_STORE_INFO *info = OSSL_STORE_load(store);
        failures += info == NULL;
        if (info != NULL && !take(to, info, certificates, key))
            result = OUT_OF_MEMORY;
        OSSL_STORE_INFO_free(info);
    }
    OSSL_STORE_close(store);
    BIO_free(bio);
    UI_destroy_method(ui);
    return result;
}

/* The algorithm that the file is encrypted with and OpenSSL does not have, such as those of old
 * PKCS#12 files without the legacy provider; "" where it is not that. Takes the errors away. */
static void find_unsupported(char *algorithm, size_t size)
{
    const char *data, *found = NULL;
    unsigned long code;
    *algorithm = '\0';
    while (found == NULL &&
           (code = ERR_get_error_all(NULL, NULL, NULL, &data, NULL)) != 0)
        if (ERR_GET_LIB(code) == ERR_LIB_EVP && ERR_GET_REASON(code) == ERR_R_UNSUPPORTED)
            found = strstr(data, "Algorithm (");
    if (found != NULL) {
        found += strlen("Algorithm (");
        snprintf(algorithm, size, "%.*s", (int)strcspn(found, " )"), found);
    }
}

static enum tlsdial_cause not_decrypted(const char *file, enum tlsdial_cause cause,
                                        struct tlsdial_error *error)
{
    char algorithm[64];
    unsigned long code = ERR_peek_error();
    find_unsupported(algorithm, sizeof algorithm);
    if (*algorithm == '\0')
        return tlsdial_error_set(error, TLSDIAL_PASSPHRASE, code,
                                 "the pass phrase for '%s' is wrong", file);
    tlsdial_error_set(error, cause, code,
                      "'%s' is encrypted with %s, which this OpenSSL does not have", file,
                      algorithm);
    error_hint(error, "OpenSSL's legacy provider may have it; or encrypt the file anew");
    return cause;
}

/* What a file is that other programs keep keys in; NULL: none of those. */
static const char *known_format(const char *file)
{
    static const unsigned char jks[] = {0xfe, 0xed, 0xfe, 0xed};
    static const unsigned char jceks[] = {0xce, 0xce, 0xce, 0xce};
    static const char openssh[] = "-----BEGIN OPENSSH PRIVATE KEY-----";
    char first[sizeof openssh] = "";
    ERR_set_mark();
    BIO *bio = BIO_new_file(file, "rb");
    int length = bio != NULL ? BIO_read(bio, first, sizeof first - 1) : 0;
    BIO_free(bio);
    ERR_pop_to_mark();
    if (length < (int)sizeof jks)
        return NULL;
    if (memcmp(first, jks, sizeof jks) == 0 || memcmp(first, jceks, sizeof jceks) == 0)
        return "a Java keystore (JKS)";
    if (strncmp(first, "ssh-", 4) == 0 || strncmp(first, "ecdsa-sha2-", 11) == 0)
        return "a public key of OpenSSH";
    return strcmp(first, openssh) == 0 ? "a private key of OpenSSH" : NULL;
}

/* Why a file did not give what it was to give. */
static enum tlsdial_cause load_failed(enum loaded loaded, const char *file,
                                      enum tlsdial_cause cause, const char *lacks,
                                      const struct asked *asked,
                                      struct tlsdial_error *error)
{
    char text[256];
    unsigned long code = ERR_peek_error();
    if (loaded == OUT_OF_MEMORY)
        return error_out_of_memory(error);
    if (loaded == NOT_OPENED)
        return tlsdial_error_set(
            error, cause, code, "'%s': %s", file,
            error_system_reason(text, sizeof text, "it cannot be read"));
    if (asked->needed && asked->ask == NULL)
        return tlsdial_error_set(error, TLSDIAL_PASSPHRASE, code,
                                 "'%s' is encrypted, and no pass phrase is given", file);
    if (asked->needed && asked->cause != TLSDIAL_OK) {
        if (error != NULL)
            *error = asked->error;
        return asked->cause;
    }
    const char *format = known_format(file);
    if (format != NULL) {
        tlsdial_error_set(error, cause, code, "'%s' is %s, which OpenSSL does not read",
                          file, format);
        error_hint(error, "ssh-keygen -p -m PEM -f FILE rewrites an OpenSSH key; keytool "
                          "-importkeystore -deststoretype PKCS12 a Java keystore");
        return cause;
    }
    if (asked->needed && code != 0) /* without an error it was opened */
        return not_decrypted(file, cause, error);
    return tlsdial_error_set(error, cause, code, "'%s': it has no %s that can be read",
                             file, lacks);
}

static enum tlsdial_cause load_all(struct key_pair *to, const struct source *certificate,
                                   const struct source *key, struct asked *asked,
                                   struct tlsdial_error *error)
{
    enum loaded loaded = load(to, certificate, true, key == NULL, asked);
    if (loaded == OUT_OF_MEMORY || sk_X509_num(to->certificates) == 0)
        return load_failed(loaded, certificate->name, TLSDIAL_CERTIFICATE_FILE,
                           "certificate", asked, error);
    const char *key_file = key != NULL ? key->name : certificate->name;
    if (key != NULL) {
        ERR_clear_error();
        loaded = load(to, key, false, true, asked);
    }
    if (loaded == OUT_OF_MEMORY || to->key == NULL)
        return load_failed(loaded, key_file, TLSDIAL_KEY_FILE, "private key", asked,
                           error);
    ERR_clear_error();
    return TLSDIAL_OK;
}

/* The certificate of the key, if it is not the first. */
static bool has_it_later(const struct key_pair *credentials)
{
    for (int i = 1; i < sk_X509_num(credentials->certificates); i++)
        if (X509_check_private_key(sk_X509_value(credentials->certificates, i),
                                   credentials->key) == 1)
            return true;
    return false;
}

static enum tlsdial_cause not_its_key(const struct key_pair *credentials,
                                      const char *certificate, const char *key,
                                      struct tlsdial_error *error)
{
    unsigned long code = ERR_peek_error();
    if (!has_it_later(credentials))
        return tlsdial_error_set(
            error, TLSDIAL_KEY_FILE, code,
            "the key in '%s' does not belong to the certificate in '%s'",
            key != NULL ? key : certificate, certificate);
    char *name =
        name_text(X509_get_subject_name(sk_X509_value(credentials->certificates, 0)));
    tlsdial_error_set(error, TLSDIAL_CERTIFICATE_FILE, code,
                      "'%s' begins with another certificate than that of the key",
                      certificate);
    if (error != NULL && name != NULL) { /* which is escaped already */
        text_append(error->message, sizeof error->message, ": \"");
        text_append(error->message, sizeof error->message, name);
        text_append(error->message, sizeof error->message, "\"");
    }
    error_hint(error, "put the client's own certificate first, then its issuers");
    OPENSSL_free(name);
    return TLSDIAL_CERTIFICATE_FILE;
}

/* All of it or, where it is refused, nothing. */
static enum tlsdial_cause install(SSL_CTX *ctx, const struct key_pair *credentials,
                                  const char *certificate, const char *key,
                                  struct tlsdial_error *error)
{
    STACK_OF(X509) *chain = sk_X509_dup(credentials->certificates);
    if (chain == NULL)
        return error_out_of_memory(error);
    X509 *own = sk_X509_shift(chain);
    enum tlsdial_cause cause = TLSDIAL_OK;
    if (X509_check_private_key(own, credentials->key) != 1)
        cause = not_its_key(credentials, certificate, key, error);
    else if (SSL_CTX_use_cert_and_key(ctx, own, credentials->key, chain, 1) != 1)
        cause = tlsdial_error_set(error, TLSDIAL_CERTIFICATE_FILE, ERR_peek_error(),
                                  "the certificate in '%s' is not fit for use: %s",
                                  certificate, error_openssl_reason("no reason given"));
    sk_X509_free(chain);
    return cause;
}

static enum tlsdial_cause set_certificate(tlsdial_client *client,
                                          const struct source *certificate,
                                          const struct source *key, struct asked *asked,
                                          struct tlsdial_error *error)
{
    struct key_pair pair = {.certificates = sk_X509_new_null()};
    ERR_clear_error();
    enum tlsdial_cause cause = pair.certificates != NULL
                                   ? load_all(&pair, certificate, key, asked, error)
                                   : error_out_of_memory(error);
    if (cause == TLSDIAL_OK)
        cause = install(client->ctx, &pair, certificate->name,
                        key != NULL ? key->name : NULL, error);
    OPENSSL_cleanse(asked->phrase, sizeof asked->phrase);
    sk_X509_pop_free(pair.certificates, X509_free);
    EVP_PKEY_free(pair.key);
    return cause;
}

enum tlsdial_cause tlsdial_client_set_certificate(tlsdial_client *client,
                                                  const char *certificate,
                                                  const char *key,
                                                  tlsdial_passphrase *ask, void *argument,
                                                  struct tlsdial_error *error)
{
    struct asked asked = {.ask = ask, .argument = argument};
    const struct source certificates = {.name = certificate}, keys = {.name = key};
    enum tlsdial_cause cause = client_check_setting(client, certificate, error);
    return cause == TLSDIAL_OK
               ? set_certificate(client, &certificates, key != NULL ? &keys : NULL,
                                 &asked, error)
               : cause;
}

enum tlsdial_cause tlsdial_client_set_certificate_memory(
    tlsdial_client *client, const void *certificate, size_t certificate_length,
    const void *key, size_t key_length, tlsdial_passphrase *ask, void *argument,
    struct tlsdial_error *error)
{
    struct asked asked = {.ask = ask, .argument = argument};
    const struct source certificates = {"certificate in memory", certificate,
                                        certificate_length};
    const struct source keys = {"key in memory", key, key_length};
    enum tlsdial_cause cause = client_check_setting(client, certificate, error);
    return cause == TLSDIAL_OK
               ? set_certificate(client, &certificates, key != NULL ? &keys : NULL,
                                 &asked, error)
               : cause;
}
