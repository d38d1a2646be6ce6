/* bundle.c: the index of a PEM bundle; see bundle.h. */
#include <config.h>

#include "x509/bundle.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <string.h>

/* OpenSSL reads lines of up to 254 characters and cuts longer ones. */
#define LONGEST_LINE 253
/* Enough of nearly every certificate to have its subject. */
#define FIRST_PART 480

/* ---- base64 ---- */

#define X 64 /* no digit */
static const unsigned char digit_values[256] = {
    X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,
    X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,
    X,  X,  X,  62, X,  X,  X,  63, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, X,  X,
    X,  X,  X,  X,  X,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, X,  X,  X,  X,  X,  X,  26, 27, 28,
    29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48,
    49, 50, 51, X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,
    X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,
    X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,
    X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,
    X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,
    X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,
    X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X};
#undef X

static unsigned char value_of(const char *text)
{
    return digit_values[(unsigned char)*text];
}

/* Four at a time: this is done for every character of a bundle. */
static bool all_digits(const char *text, size_t length)
{
    unsigned char seen = 0;
    for (; length >= 4; text += 4, length -= 4)
        seen |=
            value_of(text) | value_of(text + 1) | value_of(text + 2) | value_of(text + 3);
    for (; length > 0; text++, length--)
        seen |= value_of(text);
    return seen < 64;
}

/* Decodes what is known to be base64 with line breaks, up to size octets; gives how many there
 * are. */
static size_t decode(const char *text, size_t length, unsigned char *to, size_t size)
{
    const char *end = text + length;
    uint32_t bits = 0;
    size_t used = 0;
    unsigned place = 0; /* of four digits, which are three octets */
    while (text < end && used < size) {
        if (place == 0 && end - text >= 4 && size - used >= 3 && all_digits(text, 4)) {
            bits = (uint32_t)value_of(text) << 18 | (uint32_t)value_of(text + 1) << 12 |
                   (uint32_t)value_of(text + 2) << 6 | value_of(text + 3);
            to[used++] = (unsigned char)(bits >> 16);
            to[used++] = (unsigned char)(bits >> 8);
            to[used++] = (unsigned char)bits;
            text += 4;
            continue;
        }
        unsigned char value = value_of(text++);
        if (value > 63) /* a line break, or the padding */
            continue;
        bits = bits << 6 | value;
        if (place > 0)
            to[used++] = (unsigned char)(bits >> (6 - 2 * place));
        place = (place + 1) % 4;
    }
    return used;
}

/* ---- lines ---- */

/* What is left of the text. */
struct lines {
    const char *at, *end;
};

/* The next line, without its break. False where none is left, or one is too long. */
static bool next_line(struct lines *lines, const char **line, size_t *length)
{
    if (lines->at == lines->end)
        return false;
    size_t left = (size_t)(lines->end - lines->at);
    const char *newline =
        memchr(lines->at, '\n', left <= LONGEST_LINE ? left : LONGEST_LINE + 1);
    if (newline == NULL && left > LONGEST_LINE)
        return false;
    *line = lines->at;
    *length = newline != NULL ? (size_t)(newline - lines->at) : left;
    lines->at += *length + (newline != NULL);
    if (*length > 0 && (*line)[*length - 1] == '\r')
        --*length;
    return true;
}

static bool is_line(const char *line, size_t length, const char *wanted)
{
    return strlen(wanted) == length && memcmp(line, wanted, length) == 0;
}

static const struct label {
    const char *begin, *end;
    enum bundle_kind kind;
} labels[] = {
    {"-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----", BUNDLE_CERTIFICATE},
    {"-----BEGIN X509 CERTIFICATE-----", "-----END X509 CERTIFICATE-----",
     BUNDLE_CERTIFICATE},
    {"-----BEGIN TRUSTED CERTIFICATE-----", "-----END TRUSTED CERTIFICATE-----",
     BUNDLE_TRUSTED_CERTIFICATE},
    {"-----BEGIN X509 CRL-----", "-----END X509 CRL-----", BUNDLE_CRL},
};

static const struct label *find_label(const char *line, size_t length)
{
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (is_line(line, length, labels[i].begin))
            return &labels[i];
    return NULL;
}

/* Reads lines of base64 up to the line that ends the block. */
static bool scan_base64(struct lines *lines, const struct label *label,
                        struct bundle_entry *entry, const char *text)
{
    const char *line;
    size_t length, digits = 0, padding = 0;
    entry->at = (size_t)(lines->at - text);
    for (;;) {
        const char *before = lines->at;
        if (!next_line(lines, &line, &length))
            return false;
        if (is_line(line, length, label->end)) {
            entry->length = (size_t)(before - text) - entry->at;
            entry->der_size = digits / 4 * 3 + (padding > 0 ? 3 - padding : 0);
            return digits > 0 && (digits + padding) % 4 == 0;
        }
        if (length == 0 || padding > 0)
            return false;
        while (padding < 2 && length > 0 && line[length - 1] == '=') {
            padding++;
            length--;
        }
        if (!all_digits(line, length))
            return false;
        digits += length;
    }
}

/* ---- the index ---- */

/* Decodes as much of the entry as has its name. */
static enum bundle_result index_name(const char *text, struct bundle_entry *entry)
{
    unsigned char part[FIRST_PART];
    size_t length = decode(text + entry->at, entry->length, part, sizeof part);
    if (bundle_hash_entry(part, length, entry))
        return BUNDLE_INDEXED;
    if (length < sizeof part)
        return BUNDLE_ODD;
    unsigned char *whole = OPENSSL_malloc(entry->der_size);
    if (whole == NULL)
        return BUNDLE_OUT_OF_MEMORY;
    length = decode(text + entry->at, entry->length, whole, entry->der_size);
    bool found = bundle_hash_entry(whole, length, entry);
    OPENSSL_free(whole);
    return found ? BUNDLE_INDEXED : BUNDLE_ODD;
}

/* Makes room for one more, in steps that double. */
static struct bundle_entry *new_entry(struct bundle *bundle)
{
    size_t count = bundle->count;
    if (count == 0 || (count >= 128 && (count & (count - 1)) == 0)) {
        size_t room = count == 0 ? 128 : count * 2;
        struct bundle_entry *entries =
            OPENSSL_realloc(bundle->entries, room * sizeof *entries);
        if (entries == NULL)
            return NULL;
        bundle->entries = entries;
    }
    return &bundle->entries[bundle->count++];
}

static enum bundle_result index_lines(struct bundle *bundle, const char *text,
                                      size_t length)
{
    static const char begin[] = "-----BEGIN ";
    struct lines lines = {text, text + length};
    const char *line;
    size_t line_length;
    while (next_line(&lines, &line, &line_length)) {
        if (line_length < sizeof begin - 1 || memcmp(line, begin, sizeof begin - 1) != 0)
            continue;
        const struct label *label = find_label(line, line_length);
        if (label == NULL)
            return BUNDLE_ODD;
        struct bundle_entry *entry = new_entry(bundle);
        if (entry == NULL)
            return BUNDLE_OUT_OF_MEMORY;
        entry->kind = label->kind;
        if (!scan_base64(&lines, label, entry, text))
            return BUNDLE_ODD;
        enum bundle_result result = index_name(text, entry);
        if (result != BUNDLE_INDEXED)
            return result;
        bundle->certificates += entry->kind != BUNDLE_CRL;
    }
    return lines.at == lines.end ? BUNDLE_INDEXED : BUNDLE_ODD;
}

enum bundle_result bundle_index(struct bundle *bundle, char *text, size_t length)
{
    *bundle = (struct bundle){0};
    if (length > 0 && memchr(text, '\0', length) != NULL)
        return BUNDLE_ODD;
    enum bundle_result result = index_lines(bundle, text, length);
    if (result != BUNDLE_INDEXED) {
        bundle_clear(bundle);
        return result;
    }
    bundle->text = text;
    return BUNDLE_INDEXED;
}

void bundle_clear(struct bundle *bundle)
{
    OPENSSL_free(bundle->text);
    OPENSSL_free(bundle->entries);
    *bundle = (struct bundle){0};
}

/* ---- what is asked for ---- */

static unsigned char *decode_entry(const struct bundle *bundle,
                                   const struct bundle_entry *entry)
{
    unsigned char *der = OPENSSL_malloc(entry->der_size);
    if (der != NULL)
        decode(bundle->text + entry->at, entry->length, der, entry->der_size);
    else
        ERR_raise(ERR_LIB_X509, ERR_R_MALLOC_FAILURE);
    return der;
}

bool bundle_has_der(const struct bundle *bundle, const struct bundle_entry *entry,
                    const unsigned char *der, size_t length)
{
    unsigned char *own = entry->der_size == length ? decode_entry(bundle, entry) : NULL;
    bool same = own != NULL && memcmp(own, der, length) == 0;
    OPENSSL_free(own);
    return same;
}

X509 *bundle_certificate(const struct bundle *bundle, const struct bundle_entry *entry)
{
    unsigned char *der = decode_entry(bundle, entry);
    const unsigned char *at = der;
    X509 *certificate = NULL;
    if (der != NULL)
        certificate = entry->kind == BUNDLE_TRUSTED_CERTIFICATE
                          ? d2i_X509_AUX(NULL, &at, (long)entry->der_size)
                          : d2i_X509(NULL, &at, (long)entry->der_size);
    OPENSSL_free(der);
    return certificate;
}

X509_CRL *bundle_crl(const struct bundle *bundle, const struct bundle_entry *entry)
{
    unsigned char *der = decode_entry(bundle, entry);
    const unsigned char *at = der;
    X509_CRL *crl = der != NULL ? d2i_X509_CRL(NULL, &at, (long)entry->der_size) : NULL;
    OPENSSL_free(der);
    return crl;
}
