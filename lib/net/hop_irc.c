/*
 * hop_irc.c: STARTTLS of IRC (IRCv3, "tls" extension) after capability negotiation.
 *
 * The client speaks first: CAP LS 302, whose answer may take several lines, marked with '*'; then
 * STARTTLS, answered with 670 or 691.  Notices and the like (RFC 2812, 2.3) come at any time and are
 * passed over.  So is PING: what is sent for it could meet the server's TLS.
 */
#include <config.h>

#include <string.h>

#include "net/hop_machine.h"

struct irc {
    enum { CAPABILITIES, STARTTLS } state;
    bool offered;
};

static const char *irc_begin(struct hop *hop, void *memory)
{
    (void)memory;
    hop_ask(hop, "CAP LS 302\r\n", "the reply to CAP LS");
    return NULL;
}

/* What comes behind " :", or the last word. */
static const char *trailing(const char *text)
{
    const char *colon = *text == ':' ? text : strstr(text, " :");
    const char *blank = strrchr(text, ' ');
    if (colon != NULL)
        return colon + (*colon == ':' ? 1 : 2);
    return blank != NULL ? blank + 1 : text;
}

/* "tls", with or without a value. */
static bool has_tls(const char *list)
{
    for (; *list != '\0'; list = hop_after_word(list))
        if (strncmp(list, "tls", 3) == 0 && strchr(" =", list[3]) != NULL)
            return true; /* strchr() finds the end, too */
    return false;
}

/* "* LS * :first part", "* LS :last part" */
static void capabilities(struct hop *hop, struct irc *irc, const char *parameters)
{
    const char *subcommand = hop_after_word(parameters);
    const char *rest = hop_after_word(subcommand);
    if (!hop_begins_with_word(subcommand, "LS"))
        return;
    irc->offered = irc->offered || has_tls(trailing(rest));
    if (rest[0] == '*' && rest[1] == ' ')
        return;
    if (irc->offered) {
        hop_ask(hop, "STARTTLS\r\n", "the reply to STARTTLS");
        irc->state = STARTTLS;
    } else {
        hop_fail(hop, HOP_NOT_OFFERED, -1, NULL);
    }
}

static int number_of(const char *command)
{
    int number = 0;
    for (int i = 0; i < 3; i++) {
        if (command[i] < '0' || command[i] > '9')
            return -1;
        number = number * 10 + (command[i] - '0');
    }
    return command[3] == ' ' ? number : -1;
}

static void numeric(struct hop *hop, struct irc *irc, int number, const char *parameters)
{
    if (number == 670 && irc->state == STARTTLS)
        hop_go_ahead(hop);
    else if (number == 670)
        hop_malformed(hop, parameters, strlen(parameters));
    else if (number == 691)
        hop_fail(hop, HOP_REFUSED, number, trailing(parameters));
    else if (number == 421 || number == 451) /* unknown, or only after registration */
        hop_fail(hop, irc->state == STARTTLS ? HOP_REFUSED : HOP_NOT_OFFERED, number,
                 trailing(parameters));
    else if (number == 465) /* banned */
        hop_dismissed(hop, number, trailing(parameters));
}

static void irc_line(struct hop *hop, void *memory, const char *line, size_t length)
{
    struct irc *irc = memory;
    const char *command = line[0] == ':' ? hop_after_word(line) : line;
    const char *parameters = hop_after_word(command);
    int number = number_of(command);
    if (number >= 0)
        numeric(hop, irc, number, parameters);
    else if (hop_begins_with_word(command, "CAP") && irc->state == CAPABILITIES)
        capabilities(hop, irc, parameters);
    else if (hop_begins_with_word(command, "ERROR"))
        hop_dismissed(hop, -1, trailing(parameters));
    else if (length > 0 && !hop_begins_with_word(command, "NOTICE") &&
             !hop_begins_with_word(command, "PING") &&
             !hop_begins_with_word(command, "CAP") &&
             !hop_begins_with_word(command, "PRIVMSG"))
        hop_malformed(hop, line, length);
}

const struct hop_machine hop_irc = {sizeof(struct irc), irc_begin, irc_line, NULL,
                                    "QUIT\r\n",         6};
