/* hop_text.c: words, numbers and addresses as several machines need them.  Pure. */
#include <config.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "net/hop_machine.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* ASCII, whatever the locale. */
static bool same_start(const char *text, const char *word)
{
    while (*word != '\0' && lower(*text) == lower(*word))
        text++, word++;
    return *word == '\0';
}

bool hop_begins_with_word(const char *text, const char *word)
{
    char next = '\0';
    if (!same_start(text, word))
        return false;
    next = text[strlen(word)];
    return next == '\0' || next == ' ';
}

bool hop_has_word(const char *text, const char *word, const char *separators)
{
    size_t length;
    for (text += strspn(text, separators); *text != '\0';
         text += length, text += strspn(text, separators)) {
        length = strcspn(text, separators);
        if (length == strlen(word) && same_start(text, word))
            return true;
    }
    return false;
}

const char *hop_after_word(const char *text)
{
    text += strcspn(text, " ");
    return text + strspn(text, " ");
}

unsigned hop_port(const char *text)
{
    unsigned number = 0;
    if (text == NULL || *text == '\0' || *text == '0' || strlen(text) > 5)
        return 0;
    for (const char *digit = text; *digit != '\0'; digit++) {
        if (*digit < '0' || *digit > '9')
            return 0;
        number = number * 10 + (unsigned)(*digit - '0');
    }
    return number <= 65535 ? number : 0;
}

size_t hop_address(unsigned char to[16], const char *literal)
{
    size_t length = 0;
    /* a2i_IPADDRESS() takes a blank, a sign and what follows a number for parts of it. */
    if (literal == NULL || literal[strspn(literal, "0123456789ABCDEFabcdef.:")] != '\0')
        return 0;
    ERR_set_mark(); /* "no literal" is an answer here, not an error */
    ASN1_OCTET_STRING *octets = a2i_IPADDRESS(literal);
    ERR_pop_to_mark();
    if (octets != NULL) {
        length = (size_t)ASN1_STRING_length(octets);
        memcpy(to, ASN1_STRING_get0_data(octets), length);
    }
    ASN1_OCTET_STRING_free(octets);
    return length;
}

bool hop_is_plain_name(const char *text)
{
    size_t length = text != NULL ? strlen(text) : 0;
    for (size_t i = 0; i < length; i++)
        if (text[i] <= ' ' || text[i] == 0x7f || strchr("<>&'\"", text[i]) != NULL)
            return false;
    return length >= 1 && length <= 255;
}

unsigned hop_number(const unsigned char *octets, size_t length)
{
    unsigned number = 0;
    for (size_t i = 0; i < length; i++)
        number = number << 8 | octets[i];
    return number;
}
