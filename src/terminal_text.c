/* terminal_text.c: see terminal_text.h. */
#include <config.h>

#include "terminal_text.h"

#include <stdio.h>
#include <string.h>

#include "tlsdial.h"

/* Octets of the sequence that this one leads; 1 where it leads none (RFC 3629, 4). */
static size_t sequence_length(unsigned char lead)
{
    return lead >= 0xC2 && lead <= 0xDF   ? 2
           : lead >= 0xE0 && lead <= 0xEF ? 3
           : lead >= 0xF0 && lead <= 0xF4 ? 4
                                          : 1;
}

/* One sequence, or an octet that is in none. */
static size_t show(char *to, const char *sequence, size_t length)
{
    char text[TERMINAL_TEXT_SEQUENCE + 1] = {0};
    if (*sequence == '\0')
        return (size_t)sprintf(to, "\\x00");
    memcpy(text, sequence, length);
    tlsdial_text_escape(to, 4 * length + 1, text);
    return strlen(to);
}

/* Whether the octet stands for itself wherever it is. */
static bool is_plain(char octet)
{
    return (octet >= ' ' && octet <= '~') || octet == '\n' || octet == '\t';
}

/* What is held, now that no more comes of it. */
static size_t flush(struct terminal_text *text, char *to)
{
    size_t length = text->length > 0 ? show(to, text->held, text->length) : 0;
    text->length = 0;
    return length;
}

/* Whether the octet goes on with what is held. */
static bool goes_on(const struct terminal_text *text, char octet)
{
    return text->length > 0 && text->held[0] != '\r' &&
           ((unsigned char)octet & 0xC0) == 0x80;
}

size_t terminal_text(struct terminal_text *text, char *to, const char *from,
                     size_t length, bool last)
{
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        if (from[i] == '\n' && text->length == 1 && text->held[0] == '\r') {
            to[used++] = '\r';
            text->length = 0;
        } else if (!goes_on(text, from[i])) {
            used += flush(text, to + used);
        }
        if (is_plain(from[i])) {
            to[used++] = from[i];
            continue;
        }
        text->held[text->length++] = from[i];
        if (text->held[0] != '\r' &&
            text->length == sequence_length((unsigned char)text->held[0]))
            used += flush(text, to + used);
    }
    return last ? used + flush(text, to + used) : used;
}
