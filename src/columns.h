/* columns.h: text for people, in lines that fit a terminal. Pure. All text is escaped already. */
#ifndef TLSDIAL_COLUMNS_H
#define TLSDIAL_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "tlsdial.h"

#define COLUMNS_WIDTH 80

/** Lines as they are collected. Zeroed, with colour set, it is empty; free() its text. */
struct columns {
    char *text; /**< NUL-terminated once there is a line */
    size_t length, size;
    bool colour; /**< styles are shown */
    bool failed; /**< out of memory: the text is not whole */
};

enum columns_style {
    COLUMNS_PLAIN,
    COLUMNS_STRONG,
    COLUMNS_GOOD,
    COLUMNS_CAUTION,
    COLUMNS_BAD
};

/** How many columns the text takes on a terminal: two for a wide character, none for a combining
 * one (Unicode 15). The text is UTF-8; a byte that is not takes one. */
size_t columns_of(const char *text);

/** Copies as much of the text as fits the width, at least 3, and the size, at least 4; "..." at its
 * end where that is not all of it. */
void columns_fit(char *to, size_t size, const char *text, size_t width);

/** Adds the text, broken at spaces: the first line begins with first, others with
 * rest. These two are taken as they are, and must leave room for text. */
void columns_wrap(struct columns *columns, enum columns_style style, const char *first,
                  const char *rest, const char *text);

/** Adds the text as one line, cut where it is too long. */
void columns_cut(struct columns *columns, enum columns_style style, const char *first,
                 const char *text);

/** Adds an empty line. */
void columns_gap(struct columns *columns);

#endif
