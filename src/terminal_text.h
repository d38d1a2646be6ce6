/* terminal_text.h: octets of a peer in a form that plays no tricks on a terminal. Pure. */
#ifndef TLSDIAL_TERMINAL_TEXT_H
#define TLSDIAL_TERMINAL_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#define TERMINAL_TEXT_SEQUENCE 4 /**< octets of the longest UTF-8 sequence */

/** Between two pieces of a stream; all zero at its beginning. */
struct terminal_text {
    char held[TERMINAL_TEXT_SEQUENCE]; /**< the beginning of a sequence, or a CR */
    size_t length;
};

/** Room that a piece of this length needs at most: each octet becomes "\xHH". */
#define TERMINAL_TEXT_ROOM(length) (4 * ((length) + TERMINAL_TEXT_SEQUENCE) + 1)

/** Puts a piece into to (TERMINAL_TEXT_ROOM(length) octets) and returns its length there. UTF-8,
 * line feeds, CR LF and tabs stay; whatever else tlsdial_text_escape() escapes becomes
 * "\xHH", but backslashes stay single. With last, nothing is held back. */
size_t terminal_text(struct terminal_text *text, char *to, const char *from,
                     size_t length, bool last);

#endif
