/*
 * hop_mysql.c: SSLRequest of MySQL and MariaDB (documentation, "Connection Phase Packets").
 *
 * The server's greeting offers CLIENT_SSL and is the go-ahead as well: the SSLRequest is our last
 * word, and the ClientHello follows it.  An error packet may come in the greeting's place ("Too many
 * connections", "Host is blocked").
 */
#include <config.h>

#include <string.h>

#include "net/hop_machine.h"

#define HEADER 4          /* length, little-endian, of three octets; sequence number */
#define CLIENT_SSL 0x0800 /* of the lower capabilities */
#define AFTER_VERSION 15  /* thread 4, scramble 8, filler 1, lower capabilities 2 */

static const char *mysql_begin(struct hop *hop, void *memory)
{
    (void)memory;
    hop_expect(hop, "the greeting");
    return NULL;
}

/* 0xff, code, and from protocol 4.1 on '#' and an SQLSTATE of five. */
static void error_packet(struct hop *hop, const unsigned char *body, size_t length)
{
    size_t words = length > 9 && body[3] == '#' ? 9 : 3;
    if (length < 3)
        hop_malformed(hop, body, length);
    else
        hop_fail_octets(hop, HOP_ERROR_PACKET, body[1] | body[2] << 8, body + words,
                        length - words);
}

static void greeted(struct hop *hop, const unsigned char *body, size_t length)
{
    /* Length 32, number 1; CLIENT_PROTOCOL_41, SSL, SECURE_CONNECTION, PLUGIN_AUTH; packets of up
     * to 16 MiB; utf8mb4; 23 zeros. */
    static const unsigned char ssl_request[HEADER + 32] = {32, 0, 0, 1, 0x00, 0x8a, 0x08,
                                                           0,  0, 0, 0, 1,    45};
    const unsigned char *version_end = memchr(body + 1, '\0', length - 1);
    size_t left = version_end != NULL ? length - (size_t)(version_end + 1 - body) : 0;
    if (left < AFTER_VERSION) {
        hop_malformed(hop, body, length);
        return;
    }
    const unsigned char *capabilities = version_end + 1 + AFTER_VERSION - 2;
    if (((capabilities[0] | capabilities[1] << 8) & CLIENT_SSL) == 0) {
        hop_fail(hop, HOP_NOT_OFFERED, -1, NULL);
        return;
    }
    hop_say_octets(hop, ssl_request, sizeof ssl_request);
    hop_last_word(hop);
}

static bool mysql_octet(struct hop *hop, void *memory, const unsigned char *unit,
                        size_t length)
{
    (void)memory;
    if (length <= HEADER)
        return false;
    size_t announced = (size_t)(unit[0] | unit[1] << 8 | unit[2] << 16);
    unsigned char version = unit[HEADER];
    bool first =
        unit[3] == 0 || (unit[3] == 1 && version == 0xff); /* errors may be second */
    if (announced == 0 || !first || (version != 9 && version != 10 && version != 0xff)) {
        hop_malformed(hop, unit, length);
    } else if (announced > HOP_LINE_MAX - HEADER) {
        hop_fail(hop, HOP_OVER_LIMIT, -1, NULL);
    } else if (length == HEADER + announced) {
        if (version == 10)
            greeted(hop, unit + HEADER, announced);
        else if (version == 0xff)
            error_packet(hop, unit + HEADER, announced);
        else /* MySQL 3.20 had no TLS */
            hop_fail(hop, HOP_NOT_OFFERED, -1, NULL);
        return true;
    }
    return false;
}

/* Nothing but a login is understood at this point. */
const struct hop_machine hop_mysql = {0, mysql_begin, NULL, mysql_octet, NULL, 0};
