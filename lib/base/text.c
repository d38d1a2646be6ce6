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
    size_t length = *p < 0x80   ? 1
                    : *p < 0xc2 ? 0
                    : *p < 0xe0 ? 2
                    : *p < 0xf0 ? 3
                    : *p < 0xf5 ? 4
                                : 0;
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

/* Controls, line separators, and what is not seen but changes what is: Unicode 15's general
 * category Cf and property Default_Ignorable_Code_Point. */
static bool is_hidden(unsigned code)
{
    static const struct {
        unsigned first, last;
    } ranges[] = {
        {0x00, 0x1f},       {0x7f, 0x9f},       {0xad, 0xad},       {0x34f, 0x34f},
        {0x600, 0x605},     {0x61c, 0x61c},     {0x6dd, 0x6dd},     {0x70f, 0x70f},
        {0x890, 0x891},     {0x8e2, 0x8e2},     {0x115f, 0x1160},   {0x17b4, 0x17b5},
        {0x180b, 0x180f},   {0x200b, 0x200f},   {0x2028, 0x202e},   {0x2060, 0x206f},
        {0x3164, 0x3164},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
        {0xfff0, 0xfffb},   {0x110bd, 0x110bd}, {0x110cd, 0x110cd}, {0x13430, 0x1343f},
        {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (code <= ranges[i].last)
            return code >= ranges[i].first;
    return false;
}

/* Escapes what begins at *p, which is moved on, into a text of at least 17 octets. */
static size_t escape_one(char *to, const unsigned char **p, bool backslash)
{
    unsigned code;
    size_t length = utf8_length(*p, &code), used = 0;
    size_t taken = length > 0 ? length : 1;
    if (code == '\\' && length == 1 && backslash) {
        used = 2;
        memcpy(to, "\\\\", used);
    } else if (length > 0 && !is_hidden(code)) {
        used = length;
        memcpy(to, *p, used);
    } else {
        for (size_t i = 0; i < taken; i++)
            used += (size_t)snprintf(to + used, 5, "\\x%02X", (*p)[i]);
    }
    *p += taken;
    return used;
}

static void escape(char *to, size_t size, const char *from, bool backslash)
{
    const unsigned char *p = (const unsigned char *)(from != NULL ? from : "");
    size_t used = 0;
    while (*p != '\0') {
        char one[4 * 4 + 1];
        size_t length = escape_one(one, &p, backslash);
        if (used + length >= size)
            break;
        memcpy(to + used, one, length);
        used += length;
    }
    to[used] = '\0';
}

void tlsdial_text_escape(char *to, size_t size, const char *from)
{
    escape(to, size, from, true);
}

/* The length of the character or escape that escaped text begins with. */
static size_t unit_length(const char *p)
{
    size_t length = 1;
    if (*p == '\\')
        return p[1] == 'x' ? 4 : 2;
    while (((unsigned char)p[length] & 0xc0) == 0x80)
        length++;
    return length;
}

void text_append(char *to, size_t size, const char *escaped)
{
    static const char mark[] = "...";
    size_t at = strlen(to), fits = at, length = strlen(escaped);
    if (at + length < size) {
        memcpy(to + at, escaped, length + 1);
        return;
    }
    for (const char *p = escaped; fits + unit_length(p) + sizeof mark <= size;) {
        size_t step = unit_length(p);
        memcpy(to + fits, p, step);
        fits += step;
        p += step;
    }
    if (fits + sizeof mark <= size)
        memcpy(to + fits, mark, sizeof mark);
    else
        to[fits] = '\0';
}

static char *new_escaped(const char *from, bool backslash)
{
    size_t size = 4 * strlen(from) + 1; /* every byte escaped */
    char *text = OPENSSL_malloc(size);
    if (text != NULL)
        escape(text, size, from, backslash);
    return text;
}

char *escaped_text(const char *from)
{
    return new_escaped(from, true);
}

char *hidden_escaped_text(const char *from)
{
    return new_escaped(from, false);
}

void free_text(const char *text)
{
    OPENSSL_free((void *)(uintptr_t)text);
}

static struct tm utc(int64_t seconds)
{
    /* Counted from 1970, since a time_t of 32 bits ends in 2038. */
    struct tm parts = {.tm_year = 70, .tm_mday = 1};
    int64_t days = seconds / DAY - (seconds % DAY < 0);
    if (!OPENSSL_gmtime_adj(&parts, (int)days, (long)(seconds - days * DAY)))
        parts = (struct tm){0};
    return parts;
}

void time_text(char *to, size_t size, int64_t seconds)
{
    struct tm parts = utc(seconds);
    snprintf(to, size, "%04d-%02d-%02d %02d:%02d:%02d UTC", parts.tm_year + 1900,
             parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

void tlsdial_time_format(char to[TLSDIAL_TIME_SIZE], int64_t seconds)
{
    struct tm parts = utc(seconds);
    snprintf(to, TLSDIAL_TIME_SIZE, "%04d-%02d-%02dT%02d:%02d:%02dZ",
             parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
             parts.tm_min, parts.tm_sec);
}

void days_text(char *to, size_t size, int64_t seconds)
{
    long long days = (long long)(seconds / DAY);
    if (days == 0)
        snprintf(to, size, "less than a day");
    else
        snprintf(to, size, "%lld day%s", days, days == 1 ? "" : "s");
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
