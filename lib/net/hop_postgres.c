/*
 * hop_postgres.c: SSLRequest of PostgreSQL (documentation, "Message Flow", "SSL Session
 * Encryption").
 *
 * The client speaks first; the answer is one octet, S or N.  A server that cannot serve sends an
 * ErrorResponse instead: of protocol 3 with fields, before that as text up to a NUL.  Its words came
 * in plain text and may be anybody's.  (From PostgreSQL 17 on TLS may come first, with the ALPN name
 * "postgresql": that is no hop.)
 */
#include <config.h>

#include <string.h>

#include "net/hop_machine.h"

#define TEXT_ERROR_FIRST 0x10000 /* no ErrorResponse is as long: it is the old form */

static const char *postgres_begin(struct hop *hop, void *memory)
{
    static const unsigned char ssl_request[] = {0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f};
    (void)memory;
    hop_say_octets(hop, ssl_request, sizeof ssl_request);
    hop_expect(hop, "the answer to SSLRequest");
    return NULL;
}

/* Fields are a letter and a string each (documentation, "Error and Notice Message Fields"): C is the
 * SQLSTATE, M the message. */
static void error_fields(struct hop *hop, const unsigned char *fields, size_t length)
{
    char words[HOP_LINE_MAX + 8] = "";
    const char *state = "", *message = "";
    size_t at = 0;
    while (at + 1 < length && fields[at] != '\0') {
        const char *value = (const char *)fields + at + 1;
        const char *end = memchr(value, '\0', length - at - 1);
        if (end == NULL)
            break;
        if (fields[at] == 'C')
            state = value;
        else if (fields[at] == 'M')
            message = value;
        at += (size_t)(end - value) + 2;
    }
    if (strlen(state) == 5)
        strcat(strcat(words, state), " ");
    strcat(words, message);
    hop_fail(hop, HOP_ERROR_PACKET, -1, words);
}

static bool error_octet(struct hop *hop, const unsigned char *unit, size_t length)
{
    if (length < 5)
        return false;
    size_t announced = hop_number(unit + 1, 4);
    if (announced >= TEXT_ERROR_FIRST) {
        if (unit[length - 1] == '\0')
            hop_fail(hop, HOP_ERROR_PACKET, -1, (const char *)unit + 1);
    } else if (announced < 5) {
        hop_malformed(hop, unit, length);
    } else if (announced > HOP_LINE_MAX - 1) {
        hop_fail(hop, HOP_OVER_LIMIT, -1, NULL);
    } else if (length == 1 + announced) {
        error_fields(hop, unit + 5, length - 5);
        return true;
    }
    return false;
}

static bool postgres_octet(struct hop *hop, void *memory, const unsigned char *unit,
                           size_t length)
{
    (void)memory;
    if (unit[0] == 'E')
        return error_octet(hop, unit, length);
    if (unit[0] == 'S')
        hop_go_ahead(hop);
    else if (unit[0] == 'N')
        hop_fail(hop, HOP_NOT_OFFERED, -1, NULL);
    else
        hop_malformed(hop, unit, length);
    return true;
}

/* The server reads a startup packet next: there is nothing to say before leaving. */
const struct hop_machine hop_postgres = {0, postgres_begin, NULL, postgres_octet, NULL,
                                         0};
