/*
 * hop_haproxy.c: the PROXY protocol (HAProxy's proxy-protocol.txt), version 1 as text, version 2 in
 * octets.  It is written and never answered.  Without addresses it says that the connection is the
 * sender's own: UNKNOWN, LOCAL.
 */
#include <config.h>

#include <string.h>

#include "net/hop_machine.h"

enum { LOCAL = 0x20, PROXY = 0x21, OVER_IPV4 = 0x11, OVER_IPV6 = 0x21 };

struct addresses {
    unsigned char source[16], destination[16];
    size_t length; /* of each, 0: none given */
    unsigned source_port, destination_port;
};

static const char *parse(struct addresses *to, const struct hop_parameters *given)
{
    memset(to, 0, sizeof *to);
    if (given->source == NULL && given->destination == NULL)
        return NULL;
    to->length = hop_address(to->source, given->source);
    to->source_port = hop_port(given->source_port);
    to->destination_port = hop_port(given->destination_port);
    if (to->length == 0 || hop_address(to->destination, given->destination) != to->length)
        return "a PROXY header needs two addresses of one family";
    if (to->source_port == 0 || to->destination_port == 0)
        return "a PROXY header needs two port numbers";
    return NULL;
}

/* Section 2.1 */
static const char *version1_begin(struct hop *hop, void *memory)
{
    const struct hop_parameters *given = hop_given(hop);
    struct addresses addresses;
    const char *fault = parse(&addresses, given);
    (void)memory;
    if (fault != NULL)
        return fault;
    if (addresses.length == 0) {
        hop_say(hop, "PROXY UNKNOWN");
    } else {
        const char *parts[] = {given->source, given->destination, given->source_port,
                               given->destination_port};
        hop_say(hop, addresses.length == 4 ? "PROXY TCP4" : "PROXY TCP6");
        for (size_t i = 0; i < 4; i++) {
            hop_say(hop, " ");
            hop_say(hop, parts[i]);
        }
    }
    hop_say(hop, "\r\n");
    hop_last_word(hop);
    return NULL;
}

static void say_port(struct hop *hop, unsigned port)
{
    unsigned char octets[2] = {(unsigned char)(port >> 8), (unsigned char)(port & 0xff)};
    hop_say_octets(hop, octets, sizeof octets);
}

/* Section 2.2 */
static const char *version2_begin(struct hop *hop, void *memory)
{
    static const unsigned char signature[12] = {'\r', '\n', '\r', '\n', '\0', '\r',
                                                '\n', 'Q',  'U',  'I',  'T',  '\n'};
    struct addresses addresses;
    unsigned char head[4] = {LOCAL};
    const char *fault = parse(&addresses, hop_given(hop));
    (void)memory;
    if (fault != NULL)
        return fault;
    if (addresses.length > 0) {
        head[0] = PROXY;
        head[1] = addresses.length == 4 ? OVER_IPV4 : OVER_IPV6;
        head[3] = (unsigned char)(2 * addresses.length + 4);
    }
    hop_say_octets(hop, signature, sizeof signature);
    hop_say_octets(hop, head, sizeof head);
    if (addresses.length > 0) {
        hop_say_octets(hop, addresses.source, addresses.length);
        hop_say_octets(hop, addresses.destination, addresses.length);
        say_port(hop, addresses.source_port);
        say_port(hop, addresses.destination_port);
    }
    hop_last_word(hop);
    return NULL;
}

const struct hop_machine hop_proxy_v1 = {0, version1_begin, NULL, NULL, NULL, 0};
const struct hop_machine hop_proxy_v2 = {0, version2_begin, NULL, NULL, NULL, 0};
