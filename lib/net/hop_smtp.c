/*
 * hop_smtp.c: STARTTLS of SMTP (RFC 3207) and LMTP (RFC 2033, 4.1).
 *
 * Greeting, EHLO, the keyword STARTTLS in a line after the first (RFC 5321, 4.1.1.1), STARTTLS.
 * A reply's lines all have its code (RFC 5321, 4.2.1).
 */
#include <config.h>

#include <string.h>

#include "net/hop_machine.h"

struct smtp {
    enum { GREETING, EHLO, STARTTLS } state;
    int code; /* of the reply under way, 0 before its first line */
    bool offered;
};

/* A client without a name of its own gives an address literal (RFC 5321, 4.1.4); the hop knows none
 * of its addresses. */
#define NAME_WITHOUT_NAME "[127.0.0.1]"

static const char *smtp_begin(struct hop *hop, void *memory)
{
    const char *name = hop_given(hop)->name;
    (void)memory;
    if (name != NULL && !hop_is_plain_name(name))
        return "the name for EHLO has 1 to 255 characters, no blanks and no quotes";
    hop_expect(hop, "the greeting");
    return NULL;
}

static void say_hello(struct hop *hop, struct smtp *smtp)
{
    const char *name = hop_given(hop)->name;
    bool lmtp = strcmp(hop_kind(hop)->protocol, "LMTP") == 0;
    hop_say(hop, lmtp ? "LHLO " : "EHLO ");
    hop_say(hop, name != NULL ? name : NAME_WITHOUT_NAME);
    hop_ask(hop, "\r\n", lmtp ? "the reply to LHLO" : "the reply to EHLO");
    smtp->state = EHLO;
}

static void hello_answered(struct hop *hop, struct smtp *smtp,
                           const struct reply_line *reply)
{
    if (reply->code == 250 && smtp->offered) {
        hop_ask(hop, "STARTTLS\r\n", "the reply to STARTTLS");
        smtp->state = STARTTLS;
    } else if (reply->code == 250) {
        hop_fail(hop, HOP_NOT_OFFERED, -1, NULL);
    } else if (reply->code == 500 || reply->code == 502) { /* extensions are unknown */
        hop_fail(hop, HOP_NOT_OFFERED, reply->code, reply->text);
    } else {
        reply_unexpected(hop, reply);
    }
}

static void smtp_reply(struct hop *hop, struct smtp *smtp, const struct reply_line *reply)
{
    if (smtp->state == EHLO)
        hello_answered(hop, smtp, reply);
    else if (reply->code != 220)
        reply_unexpected(hop, reply);
    else if (smtp->state == GREETING)
        say_hello(hop, smtp);
    else
        hop_go_ahead(hop);
}

static void smtp_line(struct hop *hop, void *memory, const char *line, size_t length)
{
    struct smtp *smtp = memory;
    struct reply_line reply;
    if (!reply_parse(&reply, line) || (smtp->code != 0 && reply.code != smtp->code)) {
        hop_malformed(hop, line, length);
        return;
    }
    if (smtp->state == EHLO && smtp->code == 250 &&
        hop_begins_with_word(reply.text, "STARTTLS"))
        smtp->offered = true;
    smtp->code = reply.last ? 0 : reply.code;
    if (reply.last)
        smtp_reply(hop, smtp, &reply);
}

const struct hop_machine hop_smtp = {sizeof(struct smtp), smtp_begin, smtp_line, NULL,
                                     "QUIT\r\n",          6};
const struct hop_machine hop_lmtp = {sizeof(struct smtp), smtp_begin, smtp_line, NULL,
                                     "QUIT\r\n",          6};
