/*
 * hop_socks4a.c: SOCKS version 4A (NEC's SOCKS4.protocol and SOCKS4A.protocol): the proxy looks up
 * the name. IPv4 only.
 */
#include <config.h>

#include <string.h>

#include "net/hop_machine.h"

#define REPLY_LENGTH 8
enum { GRANTED = 90, REJECTED, NO_IDENTD, OTHER_USER };

static const char *socks4a_begin(struct hop *hop, void *memory)
{
    const struct hop_parameters *given = hop_given(hop);
    unsigned char address[16], head[8] = {4, 1 /* CONNECT */};
    size_t length = hop_address(address, given->host);
    unsigned port = hop_port(given->port);
    (void)memory;
    if (length == 16)
        return "SOCKS4 knows no IPv6 addresses";
    if (port == 0 || (length == 0 && !hop_is_plain_name(given->host)))
        return "SOCKS needs a host name or address and a port number";
    if (given->user != NULL && strlen(given->user) > 255)
        return "a user name for SOCKS4 has up to 255 octets";
    head[2] = (unsigned char)(port >> 8);
    head[3] = (unsigned char)(port & 0xff);
    if (length == 4)
        memcpy(head + 4, address, 4);
    else
        head[7] = 1; /* 0.0.0.x: a name follows */
    hop_say_octets(hop, head, sizeof head);
    hop_say(hop, given->user != NULL ? given->user : "");
    hop_say_octets(hop, "", 1);
    if (length == 0)
        hop_say_octets(hop, given->host, strlen(given->host) + 1);
    hop_expect(hop, "the reply to the SOCKS request");
    return NULL;
}

static const char *code_name(unsigned char code)
{
    return code == REJECTED     ? "request rejected or failed"
           : code == NO_IDENTD  ? "the client runs no identd"
           : code == OTHER_USER ? "identd names another user"
                                : NULL;
}

static bool socks4a_octet(struct hop *hop, void *memory, const unsigned char *unit,
                          size_t length)
{
    (void)memory;
    if (unit[0] != 0 || (length >= 2 && (unit[1] < GRANTED || unit[1] > OTHER_USER))) {
        hop_malformed(hop, unit, length);
    } else if (length >= 2 && unit[1] != GRANTED) {
        hop_fail(hop, HOP_REFUSED, unit[1], NULL);
        hop_meaning(hop, code_name(unit[1]));
    } else if (length == REPLY_LENGTH) {
        hop_go_ahead(hop);
        return true;
    }
    return false;
}

const struct hop_machine hop_socks4a = {0, socks4a_begin, NULL, socks4a_octet, NULL, 0};
