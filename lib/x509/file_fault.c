/* file_fault.c: what is wrong with a file that should have certificates; see file_fault.h. */
#include <config.h>

#include "x509/file_fault.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define LABEL_SIZE 48 /* octets of a label that are shown */

static const char begin[] = "-----BEGIN ", end[] = "-----END ", dashes[] = "-----";

/* What is left of a text, and the line that was read last. */
struct reader {
    const char *at, *end;
    const char *line;
    size_t length; /* without what blanks there are at its end */
    size_t number; /* from 1 */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool next_line(struct reader *reader)
{
    if (reader->at == reader->end)
        return false;
    size_t left = (size_t)(reader->end - reader->at);
    const char *newline = memchr(reader->at, '\n', left);
    reader->line = reader->at;
    reader->length = newline != NULL ? (size_t)(newline - reader->at) : left;
    reader->at += reader->length + (newline != NULL);
    reader->number++;
    while (reader->length > 0 && is_blank(reader->line[reader->length - 1]))
        reader->length--;
    return true;
}

/* The first place of the words in so much text; NULL where they are not. */
static const char *find(const char *text, size_t length, const char *words)
{
    size_t size = strlen(words);
    for (; length >= size; text++, length--)
        if (memcmp(text, words, size) == 0)
            return text;
    return NULL;
}

static bool starts(const char *text, size_t length, const char *words)
{
    return length >= strlen(words) && memcmp(text, words, strlen(words)) == 0;
}

/* ---- the damage of PEM ---- */

struct block {
    const char *text;      /* its first line */
    const char *label;     /* after "-----BEGIN " */
    size_t label_length;   /* with the dashes at its end */
    size_t line;           /* its number */
    bool has_header, body; /* lines of those were seen */
};

/* Base64, or what may stand before it: a header, the end of it, and what is left of a long one. */
static bool may_be_in_block(struct block *block, const struct reader *reader)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    bool header = memchr(reader->line, ':', reader->length) != NULL;
    block->has_header = block->has_header || header;
    if (!block->body && block->has_header && (header || reader->length == 0))
        return true;
    block->body = true;
    for (size_t i = 0; i < reader->length; i++)
        if (reader->line[i] == '\0' || strchr(digits, reader->line[i]) == NULL)
            return false;
    return reader->length > 0;
}

/* Whether OpenSSL makes something of a block that was read to its end. Other labels are not for us. */
static bool can_be_parsed(const struct block *block, const struct reader *reader)
{
    BIO *bio = BIO_new_mem_buf(block->text, (int)(reader->at - block->text));
    char no_passphrase[] = "";
    STACK_OF(X509_INFO) *all =
        bio != NULL ? PEM_X509_INFO_read_bio(bio, NULL, NULL, no_passphrase) : NULL;
    bool parsed = all != NULL;
    sk_X509_INFO_pop_free(all, X509_INFO_free);
    BIO_free(bio);
    return parsed;
}

/* What is wrong with the line of a block that the reader is at: NULL where it is its end or a part. */
static const char *fault_of_line(struct block *block, const struct reader *reader,
                                 bool *ended)
{
    size_t end_length = sizeof end - 1;
    *ended = false;
    if (starts(reader->line, reader->length, begin))
        return "the next block begins before this one has ended";
    if (!starts(reader->line, reader->length, end))
        return may_be_in_block(block, reader) ? NULL
               : reader->length == 0          ? "an empty line within a block"
               : find(reader->line, reader->length, begin) != NULL
                   ? "a block begins within the line"
                   : "a character that is not base64";
    if (find(reader->line, reader->length, begin) != NULL)
        return "END and BEGIN are on one line";
    if (reader->length != end_length + block->label_length ||
        memcmp(reader->line + end_length, block->label, block->label_length) != 0)
        return "the END is not that of the BEGIN before it";
    *ended = true;
    return NULL;
}

/* Reads on to the end of the block whose first line the reader is at. False with a fault. */
static bool check_block(char to[FILE_FAULT_SIZE], struct reader *reader)
{
    struct block block = {.text = reader->line,
                          .label = reader->line + sizeof begin - 1,
                          .label_length = reader->length - (sizeof begin - 1),
                          .line = reader->number};
    bool ended = false;
    while (!ended && next_line(reader)) {
        const char *fault = fault_of_line(&block, reader, &ended);
        if (fault == NULL)
            continue;
        snprintf(to, FILE_FAULT_SIZE, "line %zu: %s", reader->number, fault);
        return false;
    }
    if (!ended)
        snprintf(to, FILE_FAULT_SIZE, "line %zu: the block that begins there has no END",
                 block.line);
    else if (!can_be_parsed(&block, reader))
        snprintf(to, FILE_FAULT_SIZE,
                 "line %zu: the block that begins there cannot be parsed", block.line);
    else
        return true;
    return false;
}

/* Finds the first damage. label: of the first block, "" where there is none. */
static bool has_damage(char to[FILE_FAULT_SIZE], char label[LABEL_SIZE], const char *text,
                       size_t length)
{
    struct reader reader = {.at = text, .end = text + length};
    *label = '\0';
    while (next_line(&reader)) {
        if (!starts(reader.line, reader.length, begin))
            continue;
        const char *name = reader.line + sizeof begin - 1;
        const char *last = find(name, reader.length - (sizeof begin - 1), dashes);
        if (*label == '\0' && last != NULL)
            snprintf(label, LABEL_SIZE, "%.*s", (int)(last - name), name);
        if (last == NULL || last + sizeof dashes - 1 != reader.line + reader.length) {
            snprintf(to, FILE_FAULT_SIZE, "line %zu: more follows BEGIN on the line",
                     reader.number);
            return true;
        }
        if (!check_block(to, &reader))
            return true;
    }
    return false;
}

/* ---- what it is instead ---- */

static bool is_pkcs12(const char *text, size_t length)
{
    const unsigned char *at = (const unsigned char *)text;
    PKCS12 *store = d2i_PKCS12(NULL, &at, (long)length);
    PKCS12_free(store);
    return store != NULL;
}

static bool is_key(const char *text, size_t length)
{
    const unsigned char *at = (const unsigned char *)text;
    EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &at, (long)length);
    EVP_PKEY_free(key);
    return key != NULL;
}

static const char *binary_kind(const char *text, size_t length)
{
    if (starts(text, length, "\xff\xfe") || starts(text, length, "\xfe\xff"))
        return "it is UTF-16 text; PEM is ASCII";
    if (starts(text, length, "\xfe\xed\xfe\xed"))
        return "it is a Java key store; PEM is wanted";
    if (is_pkcs12(text, length))
        return "it is a PKCS #12 store; PEM is wanted";
    if (is_key(text, length))
        return "it is a private key in DER, and no certificate";
    if (length > 1 && text[0] == 0x30 && ((unsigned char)text[1] & 0x80) != 0)
        return "it begins like DER, and cannot be parsed as a certificate";
    return memchr(text, '\0', length) != NULL ? "it is binary, and neither PEM nor DER"
                                              : NULL;
}

/* Where the words are, and do not begin a line. 0: nowhere. */
static size_t line_within(const char *text, size_t length, const char *words)
{
    struct reader reader = {.at = text, .end = text + length};
    while (next_line(&reader))
        if (find(reader.line, reader.length, words) != NULL)
            return reader.number;
    return 0;
}

static const char *text_kind(const char *text, size_t length)
{
    if (starts(text, length, begin) && memchr(text, '\n', length) == NULL &&
        memchr(text, '\r', length) != NULL)
        return "its lines end with CR alone, not with LF";
    if (find(text, length, "-----\\n") != NULL)
        return "its line breaks are written as a backslash and an n";
    if (starts(text, length, "LS0tLS1CRUdJTi"))
        return "it is PEM that was encoded in base64 again";
    if (starts(text, length, "MII"))
        return "it is base64 without the lines BEGIN and END";
    while (length > 0 && is_blank(*text)) {
        text++;
        length--;
    }
    return starts(text, length, "<") ? "it is HTML or XML; PEM is wanted" : NULL;
}

static void say_label(char to[FILE_FAULT_SIZE], const char *label)
{
    if (strstr(label, "PRIVATE KEY") != NULL)
        snprintf(to, FILE_FAULT_SIZE, "it has a private key (%s), and no certificate",
                 label);
    else
        snprintf(to, FILE_FAULT_SIZE, "it has a block \"%s\", and no certificate", label);
}

static void say_kind(char to[FILE_FAULT_SIZE], const char *label, const char *text,
                     size_t length)
{
    const char *kind = length == 0 ? "it is empty" : binary_kind(text, length);
    size_t within = kind == NULL ? line_within(text, length, begin) : 0;
    if (kind == NULL)
        kind = text_kind(text, length);
    if (kind != NULL)
        snprintf(to, FILE_FAULT_SIZE, "%s", kind);
    else if (*label != '\0')
        say_label(to, label);
    else if (within > 0)
        snprintf(to, FILE_FAULT_SIZE, "line %zu: BEGIN is not at the start of the line",
                 within);
    else
        snprintf(to, FILE_FAULT_SIZE, "it has no line \"-----BEGIN CERTIFICATE-----\"");
}

size_t file_blocks(const char *text, size_t length)
{
    static const char *const labels[] = {"CERTIFICATE", "X509 CERTIFICATE",
                                         "TRUSTED CERTIFICATE", "X509 CRL"};
    size_t count = 0;
    struct reader reader = {.at = text, .end = text + length};
    while (next_line(&reader)) {
        const char *at = find(reader.line, reader.length, begin);
        if (at == NULL)
            continue;
        at += sizeof begin - 1;
        size_t left = (size_t)(reader.line + reader.length - at);
        for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
            if (starts(at, left, labels[i]) &&
                starts(at + strlen(labels[i]), left - strlen(labels[i]), dashes))
                count++;
    }
    return count;
}

void file_fault(char to[FILE_FAULT_SIZE], const char *text, size_t length)
{
    char label[LABEL_SIZE];
    const char *kind = length > 0 ? text_kind(text, length) : NULL;
    ERR_set_mark();
    if (kind != NULL || !has_damage(to, label, text, length))
        say_kind(to, kind != NULL ? "" : label, text, length);
    ERR_pop_to_mark();
}
