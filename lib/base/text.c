/* text.c: text in the forms that messages and reports have it. */
#include <config.h>

#include "base/text.h"

#include <openssl/crypto.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tlsdial.h"

#define DAY 86400 /* seconds */

/* The length of the UTF-8 character at p, or 0 where it is not well-formed (RFC 3629). */
static size_t utf8_length(const unsigned char *p, unsigned *code)
{
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = *p < 0x80 ? 1 : *p < 0xc2 ? 0 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
    if (length <= 1) {
        *code = *p;
        return length;
    }
    *code = *p & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        *code = *code << 6 | (p[i] & 0x3f);
    }
    bool valid =
        *code >= least[length] && *code <= 0x10ffff && (*code & ~0x7ffU) != 0xd800;
    return valid ? length : 0;
}

/* C0 and C1 controls, and the characters that turn the direction of the text around them. */
static bool is_control(unsigned code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x061c ||
           (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
}

void tlsdial_text_escape(char *to, size_t size, const char *from)
{
    const unsigned char *p = (const unsigned char *)(from != NULL ? from : "");
    size_t used = 0;
    while (*p != '\0') {
        unsigned code;
        size_t length = utf8_length(p, &code);
        bool plain = length > 0 && !is_control(code);
        size_t taken = length > 0 ? length : 1;
        size_t needed = plain ? length : 4 * taken;
        if (used + needed >= size)
            break;
        if (plain)
            memcpy(to + used, p, length);
        else
            for (size_t i = 0; i < taken; i++)
                snprintf(to + used + 4 * i, 5, "\\x%02X", p[i]);
        used += needed;
        p += taken;
    }
    to[used] = '\0';
}

char *escaped_text(const char *from)
{
    size_t size = 4 * strlen(from) + 1; /* every byte escaped */
    char *text = OPENSSL_malloc(size);
    if (text != NULL)
        tlsdial_text_escape(text, size, from);
    return text;
}

void free_text(const char *text)
{
    OPENSSL_free((void *)(uintptr_t)text);
}

void time_text(char *to, size_t size, int64_t seconds)
{
    /* Counted from 1970, since a time_t of 32 bits ends in 2038. */
    struct tm parts = {.tm_year = 70, .tm_mday = 1};
    int64_t days = seconds / DAY - (seconds % DAY < 0);
    if (!OPENSSL_gmtime_adj(&parts, (int)days, (long)(seconds - days * DAY)))
        parts = (struct tm){0};
    snprintf(to, size, "%04d-%02d-%02d %02d:%02d:%02d UTC", parts.tm_year + 1900,
             parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

void host_port_format(char *to, size_t size, const char *host, const char *port)
{
    bool brackets = strchr(host, ':') != NULL;
    snprintf(to, size, "%s%s%s:%s", brackets ? "[" : "", host, brackets ? "]" : "", port);
}

char *hexadecimal_text(const unsigned char *octets, size_t length)
{
    char *text = OPENSSL_malloc(2 * length + 1);
    for (size_t i = 0; text != NULL && i < length; i++)
        snprintf(text + 2 * i, 3, "%02x", octets[i]);
    if (text != NULL)
        text[2 * length] = '\0';
    return text;
}
