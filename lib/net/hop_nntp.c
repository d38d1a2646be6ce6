/*
 * hop_nntp.c: STARTTLS of NNTP (RFC 4642).
 *
 * Greeting, CAPABILITIES (RFC 3977, 5.2), STARTTLS.  A transit server may offer STARTTLS only after
 * MODE READER (RFC 3977, 5.3), as INN does.
 */
#include <config.h>

#include <string.h>

#include "net/hop_machine.h"

struct nntp {
    enum { GREETING, CAPABILITIES, LIST, MODE_READER, STARTTLS } state;
    bool offered, has_mode_reader, is_reader;
};

static const char *nntp_begin(struct hop *hop, void *memory)
{
    (void)memory;
    hop_expect(hop, "the greeting");
    return NULL;
}

static void ask_capabilities(struct hop *hop, struct nntp *nntp)
{
    hop_ask(hop, "CAPABILITIES\r\n", "the reply to CAPABILITIES");
    nntp->state = CAPABILITIES;
}

static void list_ended(struct hop *hop, struct nntp *nntp)
{
    if (nntp->offered) {
        hop_ask(hop, "STARTTLS\r\n", "the reply to STARTTLS");
        nntp->state = STARTTLS;
    } else if (nntp->has_mode_reader && !nntp->is_reader) {
        hop_ask(hop, "MODE READER\r\n", "the reply to MODE READER");
        nntp->state = MODE_READER;
    } else {
        hop_fail(hop, HOP_NOT_OFFERED, -1, NULL);
    }
}

static void listed(struct hop *hop, struct nntp *nntp, const char *line)
{
    if (strcmp(line, ".") == 0)
        list_ended(hop, nntp);
    else if (hop_begins_with_word(line, "STARTTLS"))
        nntp->offered = true;
    else if (hop_begins_with_word(line, "MODE-READER"))
        nntp->has_mode_reader = true;
}

static void answered(struct hop *hop, struct nntp *nntp, const struct reply_line *reply)
{
    bool ready = reply->code == 200 || reply->code == 201;
    if (nntp->state == GREETING && ready) {
        ask_capabilities(hop, nntp);
    } else if (nntp->state == CAPABILITIES && reply->code == 101) {
        nntp->state = LIST;
    } else if (nntp->state == CAPABILITIES && reply->code == 500) { /* RFC 977 has none */
        hop_fail(hop, HOP_NOT_OFFERED, reply->code, reply->text);
    } else if (nntp->state == MODE_READER && ready) {
        nntp->is_reader = true;
        ask_capabilities(hop, nntp);
    } else if (nntp->state == STARTTLS && reply->code == 382) {
        hop_go_ahead(hop);
    } else if (nntp->state != STARTTLS && reply->code == 502) { /* and closes */
        hop_dismissed(hop, reply->code, reply->text);
    } else {
        reply_unexpected(hop, reply);
    }
}

static void nntp_line(struct hop *hop, void *memory, const char *line, size_t length)
{
    struct nntp *nntp = memory;
    struct reply_line reply;
    if (nntp->state == LIST)
        listed(hop, nntp, line);
    else if (reply_parse(&reply, line) && reply.last) /* one line, always */
        answered(hop, nntp, &reply);
    else
        hop_malformed(hop, line, length);
}

const struct hop_machine hop_nntp = {sizeof(struct nntp), nntp_begin, nntp_line, NULL,
                                     "QUIT\r\n",          6};
