/*
 * hop_socks5.c: SOCKS version 5 (RFC 1928) with user name and password (RFC 1929).
 *
 * "socks5" gives the proxy an address, which the caller has looked up; "socks5h" leaves that to the
 * proxy.  The name is curl's.
 */
#include <config.h>

#include <string.h>

#include "net/hop_machine.h"

enum { SOCKS_VERSION = 5, AUTHENTICATION_VERSION = 1 };
enum { NO_AUTHENTICATION = 0, PASSWORD = 2, NONE_ACCEPTABLE = 0xff };
enum { IPV4 = 1, NAME = 3, IPV6 = 4 };

struct socks5 {
    enum { METHOD, AUTHENTICATION, REPLY } state;
};

/* 1 to 255 octets (RFC 1929, 2). */
static bool fits(const char *credential)
{
    size_t length = credential != NULL ? strlen(credential) : 0;
    return length >= 1 && length <= 255;
}

static const char *begin(struct hop *hop, bool names_allowed)
{
    const struct hop_parameters *given = hop_given(hop);
    unsigned char address[16];
    static const unsigned char without[] = {SOCKS_VERSION, 1, NO_AUTHENTICATION};
    static const unsigned char with[] = {SOCKS_VERSION, 2, NO_AUTHENTICATION, PASSWORD};
    bool is_address = hop_address(address, given->host) > 0;
    if (hop_port(given->port) == 0 || (!is_address && !hop_is_plain_name(given->host)))
        return "SOCKS needs a host name or address and a port number";
    if (!is_address && !names_allowed)
        return "socks5 needs an address; socks5h has the proxy look up a name";
    if (given->user != NULL && (!fits(given->user) || !fits(given->password)))
        return "a user name and a password for SOCKS have 1 to 255 octets each";
    if (given->user != NULL)
        hop_say_octets(hop, with, sizeof with);
    else
        hop_say_octets(hop, without, sizeof without);
    hop_expect(hop, "the choice of a SOCKS method");
    return NULL;
}

static const char *socks5_begin(struct hop *hop, void *memory)
{
    (void)memory;
    return begin(hop, false);
}

static const char *socks5h_begin(struct hop *hop, void *memory)
{
    (void)memory;
    return begin(hop, true);
}

static void say_counted(struct hop *hop, const char *text)
{
    unsigned char length = (unsigned char)strlen(text);
    hop_say_octets(hop, &length, 1);
    hop_say(hop, text);
}

static void request(struct hop *hop, struct socks5 *socks)
{
    const struct hop_parameters *given = hop_given(hop);
    unsigned char address[16], port[2];
    size_t length = hop_address(address, given->host);
    unsigned char kind = length == 4 ? IPV4 : length == 16 ? IPV6 : NAME;
    unsigned char head[] = {SOCKS_VERSION, 1 /* CONNECT */, 0, kind};
    port[0] = (unsigned char)(hop_port(given->port) >> 8);
    port[1] = (unsigned char)(hop_port(given->port) & 0xff);
    hop_say_octets(hop, head, sizeof head);
    if (length > 0)
        hop_say_octets(hop, address, length);
    else
        say_counted(hop, given->host);
    hop_say_octets(hop, port, sizeof port);
    hop_expect(hop, "the reply to the SOCKS request");
    socks->state = REPLY;
}

static void chosen(struct hop *hop, struct socks5 *socks, const unsigned char *unit)
{
    static const unsigned char version[] = {AUTHENTICATION_VERSION};
    const struct hop_parameters *given = hop_given(hop);
    if (unit[1] == NO_AUTHENTICATION) {
        request(hop, socks);
    } else if (unit[1] == PASSWORD && given->user != NULL) {
        hop_say_octets(hop, version, sizeof version);
        say_counted(hop, given->user);
        say_counted(hop, given->password);
        hop_expect(hop, "the reply to user name and password");
        socks->state = AUTHENTICATION;
    } else if (unit[1] == NONE_ACCEPTABLE) {
        hop_fail(hop, HOP_REFUSED, unit[1], NULL);
        hop_meaning(hop, "no acceptable authentication method");
    } else {
        hop_malformed(hop, unit, 2);
    }
}

static void authenticated(struct hop *hop, struct socks5 *socks,
                          const unsigned char *unit)
{
    if (unit[1] == 0) {
        request(hop, socks);
        return;
    }
    hop_fail(hop, HOP_REFUSED, unit[1], NULL);
    hop_meaning(hop, "user name or password not accepted");
}

/* RFC 1928, 6 */
static const char *reply_name(unsigned char code)
{
    static const char *const names[] = {
        NULL,
        "general SOCKS server failure",
        "connection not allowed by ruleset",
        "Network unreachable",
        "Host unreachable",
        "Connection refused",
        "TTL expired",
        "Command not supported",
        "Address type not supported",
    };
    return code < sizeof names / sizeof names[0] ? names[code] : NULL;
}

/* Version, code, a zero, type, address, port. A refusal is one without its address, too: some leave
 * it out. */
static bool reply_octet(struct hop *hop, const unsigned char *unit, size_t length)
{
    size_t address = length < 5        ? 0
                     : unit[3] == IPV4 ? 4
                     : unit[3] == IPV6 ? 16
                                       : 1U + unit[4];
    if (length == 2 && unit[1] != 0) {
        hop_fail(hop, HOP_REFUSED, unit[1], NULL);
        hop_meaning(hop, reply_name(unit[1]));
    } else if ((length == 3 && unit[2] != 0) ||
               (length == 4 && unit[3] != IPV4 && unit[3] != IPV6 && unit[3] != NAME)) {
        hop_malformed(hop, unit, length);
    } else if (length >= 5 && length == 4 + address + 2) {
        hop_go_ahead(hop);
        return true;
    }
    return false;
}

static bool socks5_octet(struct hop *hop, void *memory, const unsigned char *unit,
                         size_t length)
{
    struct socks5 *socks = memory;
    unsigned char version =
        socks->state == AUTHENTICATION ? AUTHENTICATION_VERSION : SOCKS_VERSION;
    if (unit[0] != version) {
        hop_malformed(hop, unit, length);
        return false;
    }
    if (socks->state == REPLY)
        return reply_octet(hop, unit, length);
    if (length < 2)
        return false;
    if (socks->state == METHOD)
        chosen(hop, socks, unit);
    else
        authenticated(hop, socks, unit);
    return true;
}

const struct hop_machine hop_socks5 = {sizeof(struct socks5), socks5_begin, NULL,
                                       socks5_octet,          NULL,         0};
const struct hop_machine hop_socks5h = {sizeof(struct socks5), socks5h_begin, NULL,
                                        socks5_octet,          NULL,          0};
