/*
 * hop_imap.c: STARTTLS of IMAP (RFC 9051, 6.2.1; RFC 3501).
 *
 * Greeting, CAPABILITY where the greeting's response code does not have STARTTLS already, STARTTLS.
 * Untagged responses may come at any time (RFC 9051, 7).  PREAUTH forbids STARTTLS (6.2.1): who goes
 * on in plain text then is at the mercy of whoever sent that word.
 */
#include <config.h>

#include <string.h>

#include "net/hop_machine.h"

struct imap {
    enum { GREETING, CAPABILITY, STARTTLS } state;
    bool offered;
};

static const char *imap_begin(struct hop *hop, void *memory)
{
    (void)memory;
    hop_expect(hop, "the greeting");
    return NULL;
}

static void ask_starttls(struct hop *hop, struct imap *imap)
{
    hop_ask(hop, "A2 STARTTLS\r\n", "the reply to STARTTLS");
    imap->state = STARTTLS;
}

/* "[CAPABILITY IMAP4rev1 STARTTLS] ready": what is behind the bracket is prose. */
static bool greeting_offers(const char *text)
{
    char code[HOP_LINE_MAX + 1];
    size_t length = strcspn(text, "]");
    if (text[0] != '[' || text[length] != ']')
        return false;
    memcpy(code, text + 1, length - 1);
    code[length - 1] = '\0';
    return hop_begins_with_word(code, "CAPABILITY") &&
           hop_has_word(hop_after_word(code), "STARTTLS", " ");
}

static void greeted(struct hop *hop, struct imap *imap, const char *text)
{
    if (hop_begins_with_word(text, "PREAUTH")) {
        hop_fail(hop, HOP_PREAUTH, -1, hop_after_word(text));
    } else if (hop_begins_with_word(text, "BYE")) {
        hop_dismissed(hop, -1, hop_after_word(text));
    } else if (!hop_begins_with_word(text, "OK")) {
        hop_malformed(hop, text, strlen(text));
    } else if (greeting_offers(hop_after_word(text))) {
        ask_starttls(hop, imap);
    } else {
        hop_ask(hop, "A1 CAPABILITY\r\n", "the reply to CAPABILITY");
        imap->state = CAPABILITY;
    }
}

static void untagged(struct hop *hop, struct imap *imap, const char *text)
{
    if (hop_begins_with_word(text, "BYE"))
        hop_dismissed(hop, -1, hop_after_word(text));
    else if (imap->state == CAPABILITY && hop_begins_with_word(text, "CAPABILITY"))
        imap->offered = hop_has_word(hop_after_word(text), "STARTTLS", " ");
}

static void tagged(struct hop *hop, struct imap *imap, const char *line)
{
    const char *answer = hop_after_word(line);
    if (hop_begins_with_word(answer, "NO") || hop_begins_with_word(answer, "BAD"))
        hop_fail(hop, HOP_REFUSED, -1, hop_after_word(answer));
    else if (!hop_begins_with_word(answer, "OK"))
        hop_malformed(hop, line, strlen(line));
    else if (imap->state == STARTTLS)
        hop_go_ahead(hop);
    else if (imap->offered)
        ask_starttls(hop, imap);
    else
        hop_fail(hop, HOP_NOT_OFFERED, -1, NULL);
}

static void imap_line(struct hop *hop, void *memory, const char *line, size_t length)
{
    struct imap *imap = memory;
    bool is_untagged = line[0] == '*' && line[1] == ' ';
    if (is_untagged && imap->state == GREETING)
        greeted(hop, imap, line + 2);
    else if (is_untagged)
        untagged(hop, imap, line + 2);
    else if (imap->state == CAPABILITY && hop_begins_with_word(line, "A1"))
        tagged(hop, imap, line);
    else if (imap->state == STARTTLS && hop_begins_with_word(line, "A2"))
        tagged(hop, imap, line);
    else
        hop_malformed(hop, line, length);
}

const struct hop_machine hop_imap = {sizeof(struct imap), imap_begin, imap_line, NULL,
                                     "A3 LOGOUT\r\n",     11};
