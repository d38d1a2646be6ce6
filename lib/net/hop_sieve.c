/*
 * hop_sieve.c: STARTTLS of ManageSieve (RFC 5804, 2.2).
 *
 * The greeting is a list of capabilities in quotes and an OK (1.7); then STARTTLS.  What follows the
 * go-ahead comes again inside TLS.  Strings may be literals, "{5}", with the octets behind the line
 * (1.2; 2.6).
 */
#include <config.h>

#include <string.h>

#include "net/hop_machine.h"

struct sieve {
    enum { GREETING, STARTTLS } state;
    bool offered;
    size_t looked_at; /* of a line with literals: up to the end of the last */
};

static const char *sieve_begin(struct hop *hop, void *memory)
{
    (void)memory;
    hop_expect(hop, "the greeting");
    return NULL;
}

/* Whether the line ends in "{number}" or "{number+}". A number that no line can hold is given as one
 * above HOP_LINE_MAX, too: the limit comes first. */
static bool literal_follows(const char *line, size_t from, size_t length, size_t *number)
{
    size_t end = length;
    *number = 0;
    if (end == from || line[--end] != '}')
        return false;
    if (end > from && line[end - 1] == '+')
        end--;
    size_t start = end;
    while (start > from && line[start - 1] >= '0' && line[start - 1] <= '9')
        start--;
    if (start == end || start == from || line[start - 1] != '{')
        return false;
    for (size_t i = start; i < end && *number < HOP_LINE_MAX; i++)
        *number = *number * 10 + (size_t)(line[i] - '0');
    return true;
}

static void agreed(struct hop *hop, struct sieve *sieve)
{
    if (sieve->state == STARTTLS) {
        hop_go_ahead(hop);
    } else if (sieve->offered) {
        hop_ask(hop, "STARTTLS\r\n", "the reply to STARTTLS");
        sieve->state = STARTTLS;
    } else {
        hop_fail(hop, HOP_NOT_OFFERED, -1, NULL);
    }
}

static void sieve_line(struct hop *hop, void *memory, const char *line, size_t length)
{
    struct sieve *sieve = memory;
    size_t literal;
    if (literal_follows(line, sieve->looked_at, length, &literal)) {
        sieve->looked_at = length + 1 + literal;
        hop_expect_literal(hop, literal);
        return;
    }
    sieve->looked_at = 0;
    if (line[0] == '"' && sieve->state == GREETING)
        sieve->offered = sieve->offered || hop_begins_with_word(line, "\"STARTTLS\"");
    else if (hop_begins_with_word(line, "OK"))
        agreed(hop, sieve);
    else if (hop_begins_with_word(line, "NO"))
        hop_fail(hop, HOP_REFUSED, -1, hop_after_word(line));
    else if (hop_begins_with_word(line, "BYE"))
        hop_dismissed(hop, -1, hop_after_word(line));
    else
        hop_malformed(hop, line, length);
}

const struct hop_machine hop_sieve = {
    sizeof(struct sieve), sieve_begin, sieve_line, NULL, "LOGOUT\r\n", 8};
