/*
 * pin.c: keys that the server must have: pins in curl's form, and TLSA records (RFC 6698).
 *
 * Pins come on top of the verification of a chain; TLSA records of usage 2 and 3 replace the
 * trust store in it.
 */
#include <config.h>

#include "x509/pin.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "x509/facts.h"

#define LARGEST_TLSA                                                                     \
    8192 /* octets of a whole certificate, in a record of matching type 0 */

struct finding pin_finding(enum finding_kind kind, const X509 *leaf, int code)
{
    struct finding finding = {
        .cause = TLSDIAL_PIN_MISMATCH, .kind = kind, .native = code};
    struct pin pin = {{0}};
    facts_of_certificate(&finding, leaf, 0);
    if (kind == FINDING_NO_TLSA) {
        if (!key_hash(X509_get_X509_PUBKEY(leaf), pin.sha256))
            finding.failed = true;
        finding_take(&finding, &finding.pin,
                     hexadecimal_text(pin.sha256, sizeof pin.sha256));
    } else {
        finding_take(&finding, &finding.pin, pin_text(leaf));
    }
    return finding;
}

/* ---- pins ---- */

void pin_list_clear(struct pin_list *list)
{
    OPENSSL_free(list->items);
    *list = (struct pin_list){0};
}

static bool add_pin(struct pin_list *list, const struct pin *pin)
{
    struct pin *items = OPENSSL_realloc(list->items, (list->count + 1) * sizeof *items);
    if (items == NULL)
        return false;
    list->items = items;
    items[list->count++] = *pin;
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

static enum tlsdial_cause add_pin_list(struct pin_list *list, const char *text,
                                       struct tlsdial_error *error)
{
    for (;;) {
        struct pin pin;
        size_t length = strcspn(text, ";");
        if (!parse_pin(&pin, text, length))
            return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                     "'%.*s' is no pin such as sha256//BASE64",
                                     length < 100 ? (int)length : 100, text);
        if (!add_pin(list, &pin))
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
        hashed = key != NULL && key_hash(key, pin->sha256);
        X509_PUBKEY_free(key);
    } else if (strcmp(name, PEM_STRING_X509) == 0) {
        X509 *certificate = d2i_X509(NULL, &data, length);
        hashed = certificate != NULL &&
                 key_hash(X509_get_X509_PUBKEY(certificate), pin->sha256);
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
    bool hashed = key != NULL && key_hash(key, pin->sha256);
    X509_PUBKEY_free(key);
    return hashed;
}

static enum tlsdial_cause add_pin_file(struct pin_list *list, const char *file,
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
    return add_pin(list, &pin) ? TLSDIAL_OK : error_out_of_memory(error);
}

enum tlsdial_cause pin_list_add(struct pin_list *list, const char *pins,
                                struct tlsdial_error *error)
{
    return strncmp(pins, PIN_PREFIX, strlen(PIN_PREFIX)) == 0
               ? add_pin_list(list, pins, error)
               : add_pin_file(list, pins, error);
}

bool pin_list_has(const struct pin_list *list, const X509 *certificate)
{
    struct pin pin;
    if (!key_hash(X509_get_X509_PUBKEY(certificate), pin.sha256))
        return false;
    for (size_t i = 0; i < list->count; i++)
        if (memcmp(list->items[i].sha256, pin.sha256, sizeof pin.sha256) == 0)
            return true;
    return false;
}

/* ---- TLSA ---- */

void tlsa_list_clear(struct tlsa_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        OPENSSL_free(list->items[i].data);
    OPENSSL_free(list->items);
    *list = (struct tlsa_list){0};
}

bool tlsa_list_add(struct tlsa_list *list, struct tlsa *tlsa)
{
    struct tlsa *items = OPENSSL_realloc(list->items, (list->count + 1) * sizeof *items);
    if (items == NULL)
        return false;
    list->items = items;
    items[list->count++] = *tlsa;
    *tlsa = (struct tlsa){0};
    return true;
}

/* "USAGE SELECTOR MATCHING HEX", the digits with or without blanks between them. */
bool tlsa_parse(struct tlsa *tlsa, const char *text)
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
