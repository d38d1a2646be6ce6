/* hop_reply.c: replies with a code of three digits (RFC 5321, 4.2.1; RFC 959, 4.2; RFC 3977, 3.2). */
#include <config.h>

#include <string.h>

#include "net/hop_machine.h"

bool reply_parse(struct reply_line *reply, const char *line)
{
    /* Classes 1 to 5; the second digit is not looked at, as RFC 3977 has others. */
    if (line[0] < '1' || line[0] > '5')
        return false;
    for (int i = 1; i < 3; i++)
        if (line[i] < '0' || line[i] > '9')
            return false;
    if (line[3] != '\0' && line[3] != ' ' && line[3] != '-')
        return false;
    reply->code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    reply->last = line[3] != '-';
    reply->text = line[3] != '\0' ? line + 4 : line + 3;
    return true;
}

void reply_unexpected(struct hop *hop, const struct reply_line *reply)
{
    if (reply->code == 421 ||
        reply->code == 400) /* RFC 5321, 3.8; RFC 959; RFC 3977, 3.2.1 */
        hop_dismissed(hop, reply->code, reply->text);
    else if (reply->code >= 400)
        hop_fail(hop, HOP_REFUSED, reply->code, reply->text);
    else
        hop_malformed(hop, reply->text, strlen(reply->text));
}
