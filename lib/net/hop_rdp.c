/*
 * hop_rdp.c: TLS of the Remote Desktop Protocol (MS-RDPBCGR, 2.2.1.1 and 2.2.1.2).
 *
 * An X.224 connection request with RDP_NEG_REQ; the confirm has what the server chose.  (TDS of SQL
 * Server before 8.0 has its TLS handshake inside packets of its own: that is no hop.)
 */
#include <config.h>

#include "net/hop_machine.h"

#define CONFIRM 0xd0 /* of X.224, in the sixth octet */
#define SHORTEST 11  /* TPKT 4, X.224 7: a server that negotiates nothing */
#define NEGOTIATED 19
enum { RESPONSE = 2, FAILURE = 3 };
/* TLS alone, and TLS with CredSSP inside: the TLS is the same. */
enum { PROTOCOL_SSL = 1, PROTOCOL_HYBRID = 2, PROTOCOL_HYBRID_EX = 8 };
#define REQUESTED (PROTOCOL_SSL | PROTOCOL_HYBRID | PROTOCOL_HYBRID_EX)

static const char *rdp_begin(struct hop *hop, void *memory)
{
    static const unsigned char request[NEGOTIATED] = {
        3, 0, 0, NEGOTIATED, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, REQUESTED};
    (void)memory;
    hop_say_octets(hop, request, sizeof request);
    hop_expect(hop, "the connection confirm");
    return NULL;
}

/* 2.2.1.2.2 */
static const char *failure_name(unsigned code)
{
    static const char *const names[] = {NULL,
                                        "SSL_REQUIRED_BY_SERVER",
                                        "SSL_NOT_ALLOWED_BY_SERVER",
                                        "SSL_CERT_NOT_ON_SERVER",
                                        "INCONSISTENT_FLAGS",
                                        "HYBRID_REQUIRED_BY_SERVER",
                                        "SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER"};
    return code < sizeof names / sizeof names[0] ? names[code] : NULL;
}

static void confirmed(struct hop *hop, const unsigned char *unit, size_t length)
{
    /* Little-endian, and small. */
    unsigned value = length == NEGOTIATED ? unit[15] : 0;
    bool sound = unit[5] == CONFIRM && unit[4] == length - 5;
    bool empty = length == SHORTEST;
    if (!empty)
        sound = sound && length == NEGOTIATED && unit[13] == 8 && unit[14] == 0 &&
                hop_number(unit + 16, 3) == 0;
    if (!sound || (!empty && unit[11] != RESPONSE && unit[11] != FAILURE)) {
        hop_malformed(hop, unit, length);
    } else if (empty || (unit[11] == RESPONSE && value == 0)) { /* RDP's own security */
        hop_fail(hop, HOP_NOT_OFFERED, -1, NULL);
    } else if (unit[11] == FAILURE) {
        hop_fail(hop, HOP_REFUSED, (int)value, NULL);
        hop_meaning(hop, failure_name(value));
    } else if (value == PROTOCOL_SSL || value == PROTOCOL_HYBRID ||
               value == PROTOCOL_HYBRID_EX) {
        hop_go_ahead(hop);
    } else {
        hop_malformed(hop, unit, length);
    }
}

static bool rdp_octet(struct hop *hop, void *memory, const unsigned char *unit,
                      size_t length)
{
    (void)memory;
    size_t announced = length >= 4 ? hop_number(unit + 2, 2) : 0;
    if (unit[0] != 3 || (length >= 2 && unit[1] != 0) ||
        (length >= 4 && announced < SHORTEST)) {
        hop_malformed(hop, unit, length);
    } else if (announced > NEGOTIATED) {
        hop_malformed(hop, unit, length);
    } else if (length >= 4 && length == announced) {
        confirmed(hop, unit, length);
        return true;
    }
    return false;
}

const struct hop_machine hop_rdp = {0, rdp_begin, NULL, rdp_octet, NULL, 0};
