/*
 * offer.c: what a ClientHello offers.
 *
 * SSL_CTX_new() has applied the system's OpenSSL configuration.  OpenSSL has no getter for groups
 * and signature algorithms of a context, so a ClientHello is made, read and thrown away.
 */
#include <config.h>

#include "tls/offer.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "tls/trace.h"

#define LEAST_SECURITY_LEVEL 2
#define LIST_SIZE 2048 /* octets: of a list of names, which is ours and short */

/* ECDHE with an AEAD whose tag has its full length, in OpenSSL's order of preference. */
static const char *const strong_ciphers[] = {
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-CHACHA20-POLY1305",
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    NULL,
};
static const char *const strong_suites[] = {
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_AES_128_GCM_SHA256",
    NULL,
};
/* X25519MLKEM768, SecP256r1MLKEM768, SecP384r1MLKEM1024, x25519, secp256r1, x448, secp521r1,
 * secp384r1, ffdhe2048 to ffdhe8192: in the order of OpenSSL 3.0, post-quantum ones first. */
static const struct offer_list strong_groups = {{0x11ec, 0x11eb, 0x11ed, 0x001d, 0x0017,
                                                 0x001e, 0x0019, 0x0018, 0x0100, 0x0101,
                                                 0x0102, 0x0103, 0x0104},
                                                13};
/* ML-DSA, ECDSA, EdDSA, RSA-PSS and RSA PKCS #1 with SHA-256 and longer; see signature_scheme_name(). */
static const struct offer_list strong_signatures = {
    {0x0905, 0x0906, 0x0904, 0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x081a, 0x081b,
     0x081c, 0x0809, 0x080a, 0x080b, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601},
    20};

/* Those that OpenSSL 3.0 knows. */
static const struct offer_list long_known_signatures = {
    {0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0x0804, 0x0805,
     0x0806, 0x0401, 0x0501, 0x0601},
    14};

/* The options of a configuration that make a client stricter; all others are ours to set. */
static const uint64_t stricter_options =
    SSL_OP_NO_TLSv1_2 | SSL_OP_NO_TLSv1_3 | SSL_OP_NO_TICKET
#ifdef SSL_OP_NO_RX_CERTIFICATE_COMPRESSION
    | SSL_OP_NO_RX_CERTIFICATE_COMPRESSION | SSL_OP_NO_TX_CERTIFICATE_COMPRESSION
#endif
    ;

/* ---- versions and options ---- */

/* 0 means "whatever OpenSSL has", for either bound. */
static bool set_version_floor(SSL_CTX *ctx)
{
    long minimum = SSL_CTX_get_min_proto_version(ctx);
    if (minimum < TLS1_2_VERSION)
        return SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1;
    return true;
}

static void set_options(SSL_CTX *ctx)
{
    SSL_CTX_clear_options(ctx, ~stricter_options);
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
    if (SSL_CTX_get_security_level(ctx) < LEAST_SECURITY_LEVEL)
        SSL_CTX_set_security_level(ctx, LEAST_SECURITY_LEVEL);
}

static bool has_version(const SSL_CTX *ctx, int version, uint64_t option)
{
    long minimum = SSL_CTX_get_min_proto_version((SSL_CTX *)ctx);
    long maximum = SSL_CTX_get_max_proto_version((SSL_CTX *)ctx);
    return version >= minimum && (maximum == 0 || version <= maximum) &&
           (SSL_CTX_get_options(ctx) & option) == 0;
}

/* ---- ciphers ---- */

static bool is_allowed(const SSL_CTX *ctx, const char *name)
{
    STACK_OF(SSL_CIPHER) *allowed = SSL_CTX_get_ciphers(ctx);
    for (int i = 0; i < sk_SSL_CIPHER_num(allowed); i++)
        if (strcmp(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(allowed, i)), name) == 0)
            return true;
    return false;
}

static void add_name(char list[LIST_SIZE], const char *name)
{
    OPENSSL_strlcat(list, *list != '\0' ? ":" : "", LIST_SIZE);
    OPENSSL_strlcat(list, name, LIST_SIZE);
}

/* Those of the names that the context has too, joined by colons. NULL when out of memory. */
static char *allowed_names(const SSL_CTX *ctx, const char *const *names)
{
    char list[LIST_SIZE] = "";
    for (; *names != NULL; names++)
        if (is_allowed(ctx, *names))
            add_name(list, *names);
    return OPENSSL_strdup(list);
}

/* A version without a cipher is not offered. */
static bool set_ciphers(SSL_CTX *ctx, const char *ciphers, const char *suites)
{
    if (*ciphers == '\0')
        SSL_CTX_set_options(ctx, SSL_OP_NO_TLSv1_2);
    if (*suites == '\0')
        SSL_CTX_set_options(ctx, SSL_OP_NO_TLSv1_3);
    return SSL_CTX_set_ciphersuites(ctx, suites) == 1 &&
           (*ciphers == '\0' || SSL_CTX_set_cipher_list(ctx, ciphers) == 1);
}

/* ---- groups and signature algorithms ---- */

static bool lacks_memory(void)
{
    return ERR_GET_REASON(ERR_peek_error()) == ERR_R_MALLOC_FAILURE ||
           ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE;
}

/* The ClientHello that a context makes, and the SSL that made it, NULL when out of memory. */
static SSL *make_client_hello(SSL_CTX *ctx, struct messages *messages)
{
    SSL *ssl = SSL_new(ctx);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    if (ssl == NULL || in == NULL || out == NULL) {
        SSL_free(ssl);
        BIO_free(in);
        BIO_free(out);
        return NULL;
    }
    SSL_set_bio(ssl, in, out);
    messages_watch(ssl, messages);
    ERR_set_mark();
    int result = SSL_connect(ssl); /* ends where it waits for the server */
    bool sent = SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ;
    bool failed = sent ? messages->client_hello == NULL : lacks_memory();
    ERR_pop_to_mark();
    if (failed) {
        SSL_free(ssl);
        return NULL;
    }
    return ssl;
}

static bool has_number(const struct offer_list *list, uint16_t number)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->numbers[i] == number)
            return true;
    return false;
}

/* Those of the first that the second has too, in the order of the first. */
static struct offer_list common(const struct offer_list *first,
                                const struct offer_list *second)
{
    struct offer_list both = {.count = 0};
    for (size_t i = 0; i < first->count; i++)
        if (has_number(second, first->numbers[i]))
            both.numbers[both.count++] = first->numbers[i];
    return both;
}

static bool set_groups(SSL_CTX *ctx, SSL *ssl, const struct offer_list *groups)
{
    char list[LIST_SIZE] = "";
    for (size_t i = 0; i < groups->count; i++) {
        const char *name =
            SSL_group_to_name(ssl, TLSEXT_nid_unknown | groups->numbers[i]);
        if (name != NULL)
            add_name(list, name);
    }
    return SSL_CTX_set1_groups_list(ctx, list) == 1;
}

static bool set_signatures(SSL_CTX *ctx, const struct offer_list *signatures)
{
    char list[LIST_SIZE] = "";
    for (size_t i = 0; i < signatures->count; i++)
        add_name(list, signature_scheme_name(signatures->numbers[i]));
    return SSL_CTX_set1_sigalgs_list(ctx, list) == 1;
}

static void read_lists(const struct messages *messages, struct offer_list *groups,
                       struct offer_list *signatures)
{
    groups->count = messages_offered(messages, TLSEXT_TYPE_supported_groups,
                                     groups->numbers, OFFER_ROOM);
    signatures->count = messages_offered(messages, TLSEXT_TYPE_signature_algorithms,
                                         signatures->numbers, OFFER_ROOM);
}

/* Lists that have nothing of their own stay as OpenSSL has them: how many key shares it sends is
 * a part of that. */
static bool narrow_lists(struct offer *offer, SSL_CTX *ctx)
{
    struct messages messages = {0};
    struct offer_list groups, signatures;
    SSL *ssl = make_client_hello(ctx, &messages);
    bool ok = ssl != NULL;
    if (ok) {
        read_lists(&messages, &groups, &signatures);
        offer->groups = common(&strong_groups, &groups);
        offer->signatures = common(&strong_signatures, &signatures);
        if (offer->groups.count > 0 && offer->groups.count < groups.count)
            ok = set_groups(ctx, ssl, &offer->groups);
        if (offer->signatures.count > 0 && offer->signatures.count < signatures.count)
            ok = ok && set_signatures(ctx, &offer->signatures);
    }
    messages_clear(&messages);
    SSL_free(ssl);
    return ok;
}

/* What narrow_lists() comes to where no configuration has a hand in it: OpenSSL's own lists, less
 * signatures with SHA-1 and SHA-224. An OpenSSL that lacks the newer ones does not know their names. */
static bool set_usual_lists(struct offer *offer, SSL_CTX *ctx)
{
    offer->groups = strong_groups;
    offer->signatures = strong_signatures;
    ERR_set_mark();
    bool ok = set_signatures(ctx, &offer->signatures);
    if (!ok) {
        offer->signatures = common(&strong_signatures, &long_known_signatures);
        ok = set_signatures(ctx, &offer->signatures);
    }
    if (ok)
        ERR_pop_to_mark();
    else
        ERR_clear_last_mark();
    return ok;
}

static enum tlsdial_cause none_left(enum tlsdial_cause cause, const char *what,
                                    struct tlsdial_error *error)
{
    return tlsdial_error_set(error, cause, 0,
                             "the system's OpenSSL configuration allows no %s", what);
}

static enum tlsdial_cause set_up_failed(struct tlsdial_error *error)
{
    return tlsdial_error_set(error, TLSDIAL_INTERNAL, ERR_peek_error(),
                             "OpenSSL could not be set up: %s",
                             error_openssl_reason("out of memory"));
}

enum tlsdial_cause offer_begin(struct offer *offer, SSL_CTX *ctx, bool configured,
                               struct tlsdial_error *error)
{
    if (!set_version_floor(ctx))
        return set_up_failed(error);
    set_options(ctx);
    if (!has_version(ctx, TLS1_2_VERSION, SSL_OP_NO_TLSv1_2) &&
        !has_version(ctx, TLS1_3_VERSION, SSL_OP_NO_TLSv1_3))
        return none_left(TLSDIAL_TLS_VERSION, "TLS 1.2 or later", error);
    offer->ciphers = allowed_names(ctx, strong_ciphers);
    offer->suites = allowed_names(ctx, strong_suites);
    if (offer->ciphers == NULL || offer->suites == NULL ||
        !set_ciphers(ctx, offer->ciphers, offer->suites))
        return set_up_failed(error);
    if (!has_version(ctx, TLS1_2_VERSION, SSL_OP_NO_TLSv1_2) &&
        !has_version(ctx, TLS1_3_VERSION, SSL_OP_NO_TLSv1_3))
        return none_left(TLSDIAL_CONFIGURATION,
                         "cipher that is offered here with a version that it allows",
                         error);
    if (!(configured ? narrow_lists(offer, ctx) : set_usual_lists(offer, ctx)))
        return set_up_failed(error);
    if (offer->groups.count == 0)
        return none_left(TLSDIAL_CONFIGURATION, "group that is offered here", error);
    if (offer->signatures.count == 0)
        return none_left(TLSDIAL_CONFIGURATION,
                         "signature algorithm that is offered here", error);
    return TLSDIAL_OK;
}

/* ---- narrower, by the user ---- */

/* A context to try a list on, which offers all that may be. NULL when out of memory. */
static SSL_CTX *new_trial(const struct offer *offer, const SSL_CTX *ctx)
{
    SSL_CTX *trial = SSL_CTX_new(TLS_client_method());
    if (trial == NULL)
        return NULL;
    SSL_CTX_set_security_level(trial, SSL_CTX_get_security_level(ctx));
    if (set_version_floor(trial) && set_ciphers(trial, offer->ciphers, offer->suites))
        return trial;
    SSL_CTX_free(trial);
    return NULL;
}

static enum tlsdial_cause not_narrowed(const char *what, const char *list, bool known,
                                       struct tlsdial_error *error)
{
    return tlsdial_error_set(error, TLSDIAL_USAGE, ERR_peek_error(),
                             known ? "none of the %s '%s' may be offered"
                                   : "OpenSSL knows no such %s: '%s'",
                             what, list);
}

/* SSL_CTX_set1_groups_list() is a macro, and so is its like. */
static bool try_list(SSL_CTX *trial, bool of_groups, const char *list)
{
    return of_groups ? SSL_CTX_set1_groups_list(trial, list) == 1
                     : SSL_CTX_set1_sigalgs_list(trial, list) == 1;
}

enum tlsdial_cause offer_narrow_list(const struct offer *offer, SSL_CTX *ctx,
                                     bool of_groups, const char *list,
                                     struct tlsdial_error *error)
{
    struct messages messages = {0};
    struct offer_list groups = {.count = 0}, signatures = {.count = 0};
    SSL *ssl = NULL;
    ERR_clear_error();
    SSL_CTX *trial = new_trial(offer, ctx);
    bool known = trial != NULL && try_list(trial, of_groups, list);
    if (known && (ssl = make_client_hello(trial, &messages)) != NULL) {
        read_lists(&messages, &groups, &signatures);
        groups = common(&groups, &offer->groups);
        signatures = common(&signatures, &offer->signatures);
    }
    bool ok = of_groups ? groups.count > 0 && set_groups(ctx, ssl, &groups)
                        : signatures.count > 0 && set_signatures(ctx, &signatures);
    const char *what = of_groups ? "groups" : "signature algorithms";
    enum tlsdial_cause cause = ok ? TLSDIAL_OK : not_narrowed(what, list, known, error);
    messages_clear(&messages);
    SSL_free(ssl);
    SSL_CTX_free(trial);
    return cause;
}

/* Parts a list: names of TLS 1.3 ciphers, and all else. False if it is too long. */
static bool part_ciphers(const char *list, char suites[LIST_SIZE], char rest[LIST_SIZE])
{
    static const char separators[] = ": ,";
    if (strlen(list) >= LIST_SIZE)
        return false;
    for (size_t length; *list != '\0'; list += length) {
        char item[LIST_SIZE];
        list += strspn(list, separators);
        length = strcspn(list, separators);
        memcpy(item, list, length);
        item[length] = '\0';
        if (length > 0)
            add_name(strncmp(item, "TLS_", 4) == 0 ? suites : rest, item);
    }
    return true;
}

/* Whether a name is in a list that colons join. */
static bool is_listed(const char *list, const char *name)
{
    size_t length = strlen(name);
    while (*list != '\0') {
        size_t item = strcspn(list, ":");
        if (item == length && memcmp(list, name, length) == 0)
            return true;
        list += item + (list[item] == ':');
    }
    return false;
}

/* Those of a context, in its order, that are in the list, too. */
static void common_ciphers(const SSL_CTX *ctx, const char *list, char to[LIST_SIZE])
{
    STACK_OF(SSL_CIPHER) *ciphers = SSL_CTX_get_ciphers(ctx);
    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); i++) {
        const char *name = SSL_CIPHER_get_name(sk_SSL_CIPHER_value(ciphers, i));
        if (is_listed(list, name))
            add_name(to, name);
    }
}

static bool set_suites(SSL_CTX *ctx, const char *suites)
{
    return *suites == '\0' || SSL_CTX_set_ciphersuites(ctx, suites) == 1;
}

static bool set_list(SSL_CTX *ctx, const char *list)
{
    return *list == '\0' || SSL_CTX_set_cipher_list(ctx, list) == 1;
}

enum tlsdial_cause offer_narrow_ciphers(const struct offer *offer, SSL_CTX *ctx,
                                        const char *list, struct tlsdial_error *error)
{
    char suites[LIST_SIZE] = "", rest[LIST_SIZE] = "";
    char our_suites[LIST_SIZE] = "", our_rest[LIST_SIZE] = "";
    ERR_clear_error();
    SSL_CTX *trial = new_trial(offer, ctx);
    bool known = trial != NULL && part_ciphers(list, suites, rest) &&
                 set_suites(trial, suites) && set_list(trial, rest);
    if (known && *suites != '\0')
        common_ciphers(trial, offer->suites, our_suites);
    if (known && *rest != '\0')
        common_ciphers(trial, offer->ciphers, our_rest);
    bool some = *our_suites != '\0' || *our_rest != '\0';
    bool ok = some && (*suites == '\0' || *our_suites != '\0') &&
              (*rest == '\0' || *our_rest != '\0') && set_suites(ctx, our_suites) &&
              set_list(ctx, our_rest);
    if (ok && SSL_CTX_get_security_level(trial) > SSL_CTX_get_security_level(ctx))
        SSL_CTX_set_security_level(ctx, SSL_CTX_get_security_level(trial));
    SSL_CTX_free(trial);
    return ok ? TLSDIAL_OK : not_narrowed("ciphers", list, known, error);
}

void offer_clear(struct offer *offer)
{
    OPENSSL_free(offer->ciphers);
    OPENSSL_free(offer->suites);
    *offer = (struct offer){0};
}
