/*
 * hop_pop3.c: STLS of POP3 (RFC 2595, 4).
 *
 * Greeting, CAPA (RFC 2449), STLS.  The status words are in capitals (RFC 1939, 3).
 */
#include <config.h>

#include <string.h>

#include "net/hop_machine.h"

struct pop3 {
    enum { GREETING, CAPA, LIST, STLS } state;
    bool offered;
};

static const char *pop3_begin(struct hop *hop, void *memory)
{
    (void)memory;
    hop_expect(hop, "the greeting");
    return NULL;
}

static void list_ended(struct hop *hop, struct pop3 *pop3)
{
    if (!pop3->offered) {
        hop_fail(hop, HOP_NOT_OFFERED, -1, NULL);
        return;
    }
    hop_ask(hop, "STLS\r\n", "the reply to STLS");
    pop3->state = STLS;
}

static void agreed(struct hop *hop, struct pop3 *pop3)
{
    if (pop3->state == GREETING) {
        hop_ask(hop, "CAPA\r\n", "the reply to CAPA");
        pop3->state = CAPA;
    } else if (pop3->state == CAPA) {
        pop3->state = LIST;
    } else {
        hop_go_ahead(hop);
    }
}

static void pop3_line(struct hop *hop, void *memory, const char *line, size_t length)
{
    struct pop3 *pop3 = memory;
    bool ok = strncmp(line, "+OK", 3) == 0 && (line[3] == ' ' || line[3] == '\0');
    bool error = strncmp(line, "-ERR", 4) == 0 && (line[4] == ' ' || line[4] == '\0');
    if (pop3->state == LIST && strcmp(line, ".") == 0)
        list_ended(hop, pop3);
    else if (pop3->state == LIST)
        pop3->offered = pop3->offered || hop_begins_with_word(line, "STLS");
    else if (ok)
        agreed(hop, pop3);
    else if (error && pop3->state == CAPA) /* RFC 1939 has none */
        hop_fail(hop, HOP_NOT_OFFERED, -1, hop_after_word(line));
    else if (error)
        hop_fail(hop, HOP_REFUSED, -1, hop_after_word(line));
    else
        hop_malformed(hop, line, length);
}

const struct hop_machine hop_pop3 = {sizeof(struct pop3), pop3_begin, pop3_line, NULL,
                                     "QUIT\r\n",          6};
