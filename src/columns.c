/* columns.c: see columns.h. */
#include <config.h>

#include "columns.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ELLIPSIS "..."

/* ---- how wide a character is ---- */

struct range {
    uint32_t first, last;
};

/* Marks that are put onto the character before (general categories Mn and Me), those of the scripts
 * that names on the Internet are written in. */
static const struct range combining[] = {
    {0x0300, 0x036f}, {0x0483, 0x0489},   {0x0591, 0x05bd}, {0x05bf, 0x05bf},
    {0x05c1, 0x05c2}, {0x05c4, 0x05c5},   {0x0610, 0x061a}, {0x064b, 0x065f},
    {0x0670, 0x0670}, {0x06d6, 0x06dc},   {0x06df, 0x06e4}, {0x0900, 0x0902},
    {0x093c, 0x093c}, {0x0941, 0x0948},   {0x094d, 0x094d}, {0x0e31, 0x0e31},
    {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e},   {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
    {0x20d0, 0x20f0}, {0x302a, 0x302d},   {0x3099, 0x309a}, {0xfe00, 0xfe0f},
    {0xfe20, 0xfe2f}, {0xe0100, 0xe01ef},
};

/* East Asian Width W and F (Unicode Standard Annex 11), neighbours put together. */
static const struct range wide[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},   {0x23e9, 0x23ec},
    {0x2614, 0x2615},   {0x26a1, 0x26a1},   {0x26d4, 0x26d4},   {0x2705, 0x2705},
    {0x274c, 0x274c},   {0x2753, 0x2757},   {0x2795, 0x2797},   {0x2b1b, 0x2b1c},
    {0x2e80, 0x303e},   {0x3041, 0x4dbf},   {0x4e00, 0xa4cf},   {0xa960, 0xa97f},
    {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe10, 0xfe19},   {0xfe30, 0xfe6f},
    {0xff01, 0xff60},   {0xffe0, 0xffe6},   {0x16fe0, 0x18cff}, {0x1aff0, 0x1b2ff},
    {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1faff}, {0x20000, 0x3fffd},
};

static bool is_among(uint32_t code, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return false;
}

static size_t width_of(uint32_t code)
{
    if (is_among(code, combining, sizeof combining / sizeof combining[0]))
        return 0;
    return is_among(code, wide, sizeof wide / sizeof wide[0]) ? 2 : 1;
}

/* The length of the character at p, at least 1, and its width. What is no UTF-8 counts byte by byte;
 * here it only comes from prefixes, for tlsdial_text_escape() has been over the rest. */
static size_t next_character(const char *p, size_t *width)
{
    const unsigned char *u = (const unsigned char *)p;
    size_t length = *u < 0xc0 ? 1 : *u < 0xe0 ? 2 : *u < 0xf0 ? 3 : 4;
    uint32_t code = length == 1 ? *u : *u & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((u[i] & 0xc0) != 0x80) {
            *width = 1;
            return 1;
        }
        code = code << 6 | (u[i] & 0x3fU);
    }
    *width = width_of(code);
    return length;
}

size_t columns_of(const char *text)
{
    size_t columns = 0, width;
    for (const char *p = text; *p != '\0'; columns += width)
        p += next_character(p, &width);
    return columns;
}

/* The length of the longest beginning of the text that is no wider. */
static size_t head_within(const char *text, size_t columns)
{
    const char *p = text;
    size_t used = 0;
    while (*p != '\0') {
        size_t width, length = next_character(p, &width);
        if (used + width > columns)
            break;
        used += width;
        p += length;
    }
    return (size_t)(p - text);
}

/* ---- collecting ---- */

static void add(struct columns *columns, const char *data, size_t length)
{
    if (columns->length + length + 1 > columns->size) {
        size_t size = 2 * (columns->length + length) + 1024;
        char *grown = columns->failed ? NULL : realloc(columns->text, size);
        if (grown == NULL) {
            columns->failed = true;
            return;
        }
        columns->text = grown;
        columns->size = size;
    }
    memcpy(columns->text + columns->length, data, length);
    columns->length += length;
    columns->text[columns->length] = '\0';
}

static void add_line(struct columns *columns, enum columns_style style,
                     const char *prefix, const char *text, size_t length)
{
    /* Select Graphic Rendition of ECMA-48: bold, green, yellow, red. */
    static const char *const codes[] = {"", "\033[1m", "\033[32m", "\033[33m",
                                        "\033[1;31m"};
    bool styled = columns->colour && style != COLUMNS_PLAIN && length > 0;
    add(columns, prefix, strlen(prefix));
    if (styled)
        add(columns, codes[style], strlen(codes[style]));
    add(columns, text, length);
    if (styled)
        add(columns, "\033[m", 3);
    add(columns, "\n", 1);
}

/* Where to break a text that is too long for a line: after the last space that fits, and anywhere
 * in a word that is longer than a line. At least one character. */
static size_t line_break(const char *text, size_t room)
{
    size_t fits = head_within(text, room), width;
    if (text[fits] == '\0' || text[fits] == ' ')
        return fits;
    for (size_t i = fits; i > 0; i--)
        if (text[i - 1] == ' ')
            return i;
    return fits > 0 ? fits : next_character(text, &width);
}

void columns_wrap(struct columns *columns, enum columns_style style, const char *first,
                  const char *rest, const char *text)
{
    const char *p = text, *prefix = first;
    do {
        size_t length = line_break(p, COLUMNS_WIDTH - columns_of(prefix));
        const char *next = p + length;
        while (length > 0 && p[length - 1] == ' ')
            length--;
        add_line(columns, style, prefix, p, length);
        prefix = rest;
        p = next + strspn(next, " ");
    } while (*p != '\0');
}

void columns_fit(char *to, size_t size, const char *text, size_t width)
{
    size_t length = strlen(text);
    if (columns_of(text) <= width && length < size) {
        memcpy(to, text, length + 1);
        return;
    }
    length = head_within(text, width - strlen(ELLIPSIS));
    while (length + sizeof ELLIPSIS > size || (text[length] & 0xc0) == 0x80)
        length--; /* combining marks take no column, but room */
    memcpy(to, text, length);
    strcpy(to + length, ELLIPSIS);
}

void columns_cut(struct columns *columns, enum columns_style style, const char *first,
                 const char *text)
{
    char fitting[4 * COLUMNS_WIDTH + 4];
    columns_fit(fitting, sizeof fitting, text, COLUMNS_WIDTH - columns_of(first));
    add_line(columns, style, first, fitting, strlen(fitting));
}

void columns_gap(struct columns *columns)
{
    add(columns, "\n", 1);
}
