/*
 * pin.c: keys that the server must have: pins in curl's form, and TLSA records (RFC 6698).
 *
 * Pins come on top of the verification of a chain; TLSA records of usage 2 and 3 replace the
 * trust store in it.
 */
#include <config.h>

#include "x509/pin.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "tls/conn.h"
#include "x509/certificate.h"
#include "x509/path_search.h"

#define PIN_PREFIX "sha256//"
#define PIN_TEXT_LENGTH 44 /* base64 of 32 octets */
#define LARGEST_TLSA                                                                     \
    8192 /* octets of a whole certificate, in a record of matching type 0 */

void pins_clear(tlsdial_client *client)
{
    OPENSSL_free(client->pins);
    for (size_t i = 0; i < client->tlsa_count; i++)
        OPENSSL_free(client->tlsa[i].data);
    OPENSSL_free(client->tlsa);
}

/* ---- pins ---- */

static bool hash_key(const X509_PUBKEY *key, struct pin *pin)
{
    unsigned char *der = NULL;
    int length = i2d_X509_PUBKEY(key, &der);
    bool ok = length > 0 &&
              EVP_Digest(der, (size_t)length, pin->sha256, NULL, EVP_sha256(), NULL) == 1;
    OPENSSL_free(der);
    return ok;
}

static bool add_pin(tlsdial_client *client, const struct pin *pin)
{
    struct pin *pins =
        OPENSSL_realloc(client->pins, (client->pin_count + 1) * sizeof *pins);
    if (pins == NULL)
        return false;
    client->pins = pins;
    pins[client->pin_count++] = *pin;
    return true;
}

/* "sha256//BASE64" up to length. */
static bool parse_pin(struct pin *pin, const char *text, size_t length)
{
    unsigned char decoded[PIN_TEXT_LENGTH / 4 * 3];
    if (length != strlen(PIN_PREFIX) + PIN_TEXT_LENGTH ||
        strncmp(text, PIN_PREFIX, strlen(PIN_PREFIX)) != 0 || text[length - 1] != '=' ||
        text[length - 2] == '=' ||
        EVP_DecodeBlock(decoded, (const unsigned char *)text + strlen(PIN_PREFIX),
                        PIN_TEXT_LENGTH) != (int)sizeof decoded)
        return false;
    memcpy(pin->sha256, decoded, sizeof pin->sha256);
    return true;
}

static enum tlsdial_cause add_pin_list(tlsdial_client *client, const char *text,
                                       struct tlsdial_error *error)
{
    for (;;) {
        struct pin pin;
        size_t length = strcspn(text, ";");
        if (!parse_pin(&pin, text, length))
            return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                     "'%.*s' is no pin such as sha256//BASE64",
                                     length < 100 ? (int)length : 100, text);
        if (!add_pin(client, &pin))
            return error_out_of_memory(error);
        if (text[length] == '\0')
            return TLSDIAL_OK;
        text += length + 1;
    }
}

/* Hashes what a block of PEM has: a public key, or that of a certificate. */
static bool hash_block(const char *name, const unsigned char *data, long length,
                       struct pin *pin)
{
    bool hashed = false;
    if (strcmp(name, PEM_STRING_PUBLIC) == 0) {
        X509_PUBKEY *key = d2i_X509_PUBKEY(NULL, &data, length);
        hashed = key != NULL && hash_key(key, pin);
        X509_PUBKEY_free(key);
    } else if (strcmp(name, PEM_STRING_X509) == 0) {
        X509 *certificate = d2i_X509(NULL, &data, length);
        hashed = certificate != NULL && hash_key(X509_get_X509_PUBKEY(certificate), pin);
        X509_free(certificate);
    }
    return hashed;
}

/* The key of a file: the first block of PEM, or a public key in DER. */
static bool hash_file(BIO *bio, struct pin *pin)
{
    char *name = NULL, *header = NULL;
    unsigned char *data = NULL;
    long length;
    if (PEM_read_bio(bio, &name, &header, &data, &length) == 1) {
        bool hashed = hash_block(name, data, length, pin);
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_free(data);
        return hashed;
    }
    X509_PUBKEY *key = BIO_reset(bio) == 0
                           ? ASN1_item_d2i_bio(ASN1_ITEM_rptr(X509_PUBKEY), bio, NULL)
                           : NULL;
    bool hashed = key != NULL && hash_key(key, pin);
    X509_PUBKEY_free(key);
    return hashed;
}

static enum tlsdial_cause add_pin_file(tlsdial_client *client, const char *file,
                                       struct tlsdial_error *error)
{
    char text[256];
    struct pin pin;
    ERR_clear_error();
    BIO *bio = BIO_new_file(file, "rb");
    bool hashed = bio != NULL && hash_file(bio, &pin);
    BIO_free(bio);
    if (!hashed)
        return tlsdial_error_set(
            error, TLSDIAL_USAGE, ERR_peek_error(), "pinned key '%s': %s", file,
            error_system_reason(
                text, sizeof text,
                "it is neither sha256//BASE64 nor a file with a public key"));
    ERR_clear_error();
    return add_pin(client, &pin) ? TLSDIAL_OK : error_out_of_memory(error);
}

enum tlsdial_cause tlsdial_client_add_pinned_keys(tlsdial_client *client,
                                                  const char *pins,
                                                  struct tlsdial_error *error)
{
    return strncmp(pins, PIN_PREFIX, strlen(PIN_PREFIX)) == 0
               ? add_pin_list(client, pins, error)
               : add_pin_file(client, pins, error);
}

static bool is_pinned(const tlsdial_client *client, const X509 *certificate)
{
    struct pin pin;
    if (!hash_key(X509_get_X509_PUBKEY(certificate), &pin))
        return false;
    for (size_t i = 0; i < client->pin_count; i++)
        if (memcmp(client->pins[i].sha256, pin.sha256, sizeof pin.sha256) == 0)
            return true;
    return false;
}

/* A record vouches for a chain that is sound. OpenSSL finds the CA of a record by its name in one
 * that is not, which --insecure would let pass. */
static void check_tlsa(const tlsdial_conn *conn, struct path *path)
{
    bool sound = true;
    if (conn->client->tlsa_count == 0 || !conn->client->insecure ||
        sk_X509_num(path->chain) <= 0)
        return;
    for (size_t i = 0; i < path->problems.count; i++) {
        if (path->problems.items[i].cause == TLSDIAL_PIN_MISMATCH)
            return;
        sound = sound && path->problems.items[i].cause == TLSDIAL_NAME_MISMATCH;
    }
    if (!sound)
        path_add_own(path, TLSDIAL_PIN_MISMATCH, sk_X509_value(path->chain, 0),
                     "has a chain with faults", X509_V_ERR_APPLICATION_VERIFICATION);
}

/* In a chain that is not verified (--insecure) anybody can put the CA whose key is pinned above a
 * certificate of his own. The server's own key it has proven to have. */
void pin_check(const tlsdial_conn *conn, struct path *path)
{
    struct pin pin = {{0}};
    unsigned char text[PIN_TEXT_LENGTH + 1];
    char reason[256];
    bool verified = !conn->client->insecure || path->error.cause == TLSDIAL_OK;
    int count = verified ? sk_X509_num(path->chain) : sk_X509_num(path->chain) > 0;
    check_tlsa(conn, path);
    if (conn->client->pin_count == 0 || count <= 0)
        return;
    for (int i = 0; i < count; i++)
        if (is_pinned(conn->client, sk_X509_value(path->chain, i)))
            return;
    X509 *leaf = sk_X509_value(path->chain, 0);
    hash_key(X509_get_X509_PUBKEY(leaf), &pin);
    EVP_EncodeBlock(text, pin.sha256, sizeof pin.sha256);
    snprintf(reason, sizeof reason, "has the pin " PIN_PREFIX "%s; %s",
             (const char *)text,
             verified ? "neither that nor another of the chain is pinned"
                      : "that is not pinned, and no other counts where the chain is not "
                        "verified");
    path_add_own(path, TLSDIAL_PIN_MISMATCH, leaf, reason,
                 X509_V_ERR_APPLICATION_VERIFICATION);
}

/* ---- TLSA ---- */

void pin_describe_tlsa(char *to, size_t size, X509 *leaf)
{
    struct pin pin = {{0}};
    char hex[2 * sizeof pin.sha256 + 1];
    hash_key(X509_get_X509_PUBKEY(leaf), &pin);
    for (size_t i = 0; i < sizeof pin.sha256; i++)
        snprintf(hex + 2 * i, 3, "%02x", pin.sha256[i]);
    snprintf(to, size, "matches no TLSA record given; its own would be \"3 1 1 %s\"",
             hex);
}

/* Gives the SSL the records, to be used in place of the trust store. */
static int add_records(SSL *ssl, const struct tlsa *tlsa, size_t count)
{
    int result = 1;
    for (size_t i = 0; result > 0 && i < count; i++)
        result = SSL_dane_tlsa_add(ssl, tlsa[i].usage, tlsa[i].selector, tlsa[i].matching,
                                   tlsa[i].data, tlsa[i].length);
    return result;
}

bool pin_set_up_tlsa(SSL *ssl, const tlsdial_client *client, const char *name)
{
    if (client->tlsa_count == 0)
        return true;
    if (SSL_dane_enable(ssl, name) <= 0)
        return false;
    /* It has taken the name for SNI and certificate; these are set by other rules. */
    SSL_set_tlsext_host_name(ssl, NULL);
    X509_VERIFY_PARAM_set1_host(SSL_get0_param(ssl), NULL, 0);
    return add_records(ssl, client->tlsa, client->tlsa_count) > 0;
}

/* "USAGE SELECTOR MATCHING HEX", the digits with or without blanks between them. */
static bool parse_tlsa(struct tlsa *tlsa, const char *text)
{
    unsigned usage, selector, matching;
    int at = 0;
    if (sscanf(text, " %1u %1u %1u %n", &usage, &selector, &matching, &at) != 3 ||
        at == 0)
        return false;
    char *digits = OPENSSL_strdup(text + at);
    size_t used = 0;
    long length = 0;
    for (const char *from = digits; from != NULL && *from != '\0'; from++)
        if (*from != ' ' && *from != '\t')
            digits[used++] = *from;
    if (digits != NULL)
        digits[used] = '\0';
    tlsa->usage = (uint8_t)usage;
    tlsa->selector = (uint8_t)selector;
    tlsa->matching = (uint8_t)matching;
    tlsa->data = used > 0 && used <= 2 * LARGEST_TLSA && strchr(digits, ':') == NULL
                     ? OPENSSL_hexstr2buf(digits, &length)
                     : NULL;
    tlsa->length = (size_t)length;
    OPENSSL_free(digits);
    return tlsa->data != NULL;
}

/* Whether OpenSSL can use it; the lengths of hashes and the form of a key are its to know. */
static bool is_usable(tlsdial_client *client, const struct tlsa *tlsa)
{
    SSL *ssl = NULL;
    bool usable = SSL_CTX_dane_enable(client->ctx) > 0 &&
                  (ssl = SSL_new(client->ctx)) != NULL &&
                  SSL_dane_enable(ssl, "localhost") > 0 && add_records(ssl, tlsa, 1) > 0;
    SSL_free(ssl);
    return usable;
}

enum tlsdial_cause tlsdial_client_add_tlsa(tlsdial_client *client, const char *record,
                                           struct tlsdial_error *error)
{
    struct tlsa tlsa = {0};
    const char *fault = "it is not of the form \"3 1 1 HEX\"";
    bool ok = parse_tlsa(&tlsa, record);
    if (ok && tlsa.usage < 2) {
        fault = "only usages 2 and 3 are supported";
        ok = false;
    } else if (ok && !is_usable(client, &tlsa)) {
        fault = "OpenSSL cannot use it";
        ok = false;
    }
    struct tlsa *grown =
        ok ? OPENSSL_realloc(client->tlsa, (client->tlsa_count + 1) * sizeof tlsa) : NULL;
    if (grown != NULL) {
        client->tlsa = grown;
        grown[client->tlsa_count++] = tlsa;
        return TLSDIAL_OK;
    }
    OPENSSL_free(tlsa.data);
    return ok ? error_out_of_memory(error)
              : tlsdial_error_set(error, TLSDIAL_USAGE, ERR_peek_error(),
                                  "TLSA record '%.100s': %s", record, fault);
}

enum tlsdial_cause tlsdial_client_set_insecure(tlsdial_client *client, bool insecure,
                                               struct tlsdial_error *error)
{
    enum tlsdial_cause cause = client_check_open(client, error);
    if (cause == TLSDIAL_OK)
        client->insecure = insecure;
    return cause;
}
