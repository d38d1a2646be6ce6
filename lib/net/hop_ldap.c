/*
 * hop_ldap.c: StartTLS of LDAP (RFC 4511, 4.14), an extended operation in BER.
 *
 * The client speaks first.  The answer's result code is the whole answer; a Notice of Disconnection
 * (4.4.1) may come in its place.  Lengths are definite (5.1) but of any form: Active Directory has
 * four octets for all.
 */
#include <config.h>

#include <string.h>

#include "net/hop_machine.h"

#define START_TLS "1.3.6.1.4.1.1466.20037"
#define NOTICE_OF_DISCONNECTION "1.3.6.1.4.1.1466.20036"

enum { SEQUENCE = 0x30, INTEGER = 0x02, ENUMERATED = 0x0a, OCTET_STRING = 0x04 };
enum { EXTENDED_RESPONSE = 0x78, RESPONSE_NAME = 0x8a, REFERRAL = 0xa3 };

/* LDAPMessage { messageID 1, extendedReq { requestName } } */
static const unsigned char request[] = {SEQUENCE, 29, INTEGER, 1, 1, 0x77, 24, 0x80, 22};

struct ber {
    const unsigned char *at;
    size_t left;
};

static const char *ldap_begin(struct hop *hop, void *memory)
{
    (void)memory;
    hop_say_octets(hop, request, sizeof request);
    hop_ask(hop, START_TLS, "the response to StartTLS");
    return NULL;
}

/* Octets of tag and length, and the length of the content; 0 where more are needed or they cannot
 * be (*bad). */
static size_t ber_header(const unsigned char *from, size_t left, size_t *content,
                         bool *bad)
{
    size_t octets = left >= 2 && from[1] > 0x80 ? from[1] & 0x7fU : 0;
    *bad = left >= 2 && (from[1] == 0x80 || octets > 4);
    if (left < 2 || *bad || left < 2 + octets)
        return 0;
    *content = octets == 0 ? from[1] : hop_number(from + 2, octets);
    return 2 + octets;
}

/* Takes the next value off `from` where it has this tag. */
static bool ber_take(struct ber *from, unsigned char tag, struct ber *value)
{
    bool bad;
    size_t length = 0, header = ber_header(from->at, from->left, &length, &bad);
    if (header == 0 || from->at[0] != tag || length > from->left - header)
        return false;
    value->at = from->at + header;
    value->left = length;
    from->at += header + length;
    from->left -= header + length;
    return true;
}

/* Whether what is left are values as they should be: of unknown tags they are passed over
 * (RFC 4511, 4). */
static bool ber_take_rest(struct ber *from)
{
    struct ber ignored;
    while (from->left > 0 && ber_take(from, from->at[0], &ignored))
        ;
    return from->left == 0;
}

static bool ber_take_number(struct ber *from, unsigned char tag, unsigned *number)
{
    struct ber value;
    if (!ber_take(from, tag, &value) || value.left < 1 || value.left > 4 ||
        value.at[0] > 0x7f)
        return false;
    *number = hop_number(value.at, value.left);
    return true;
}

static bool ber_is(const struct ber *value, const char *text)
{
    return value->left == strlen(text) && memcmp(value->at, text, value->left) == 0;
}

struct response {
    unsigned id, result;
    struct ber words, name; /* name.at NULL: none */
};

static bool parse(struct response *response, const unsigned char *message, size_t length)
{
    struct ber all = {message, length}, sequence, operation, ignored;
    memset(response, 0, sizeof *response);
    if (!ber_take(&all, SEQUENCE, &sequence) ||
        !ber_take_number(&sequence, INTEGER, &response->id) ||
        !ber_take(&sequence, EXTENDED_RESPONSE, &operation) ||
        !ber_take_number(&operation, ENUMERATED, &response->result) ||
        !ber_take(&operation, OCTET_STRING, &ignored) || /* matchedDN */
        !ber_take(&operation, OCTET_STRING, &response->words))
        return false;
    ber_take(&operation, REFERRAL, &ignored);
    ber_take(&operation, RESPONSE_NAME, &response->name);
    return ber_take_rest(&operation) && ber_take_rest(&sequence);
}

/* RFC 4511, A.1, as far as 4.14.2 and servers have them. */
static const char *result_name(unsigned result)
{
    static const struct {
        unsigned result;
        const char *name;
    } names[] = {{1, "operationsError"},
                 {2, "protocolError"},
                 {8, "strongerAuthRequired"},
                 {10, "referral"},
                 {12, "unavailableCriticalExtension"},
                 {13, "confidentialityRequired"},
                 {50, "insufficientAccessRights"},
                 {51, "busy"},
                 {52, "unavailable"},
                 {53, "unwillingToPerform"},
                 {80, "other"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].result == result)
            return names[i].name;
    return NULL;
}

static void answered(struct hop *hop, const unsigned char *message, size_t length)
{
    struct response response;
    bool parsed = parse(&response, message, length);
    bool notice =
        parsed && response.id == 0 && ber_is(&response.name, NOTICE_OF_DISCONNECTION);
    bool named = response.name.at == NULL || ber_is(&response.name, START_TLS);
    if (!notice && (!parsed || response.id != 1 || !named)) {
        hop_malformed(hop, message, length);
    } else if (notice) {
        hop_dismissed(hop, (int)response.result, NULL);
        hop_meaning(hop, result_name(response.result));
    } else if (response.result == 0) {
        hop_go_ahead(hop);
    } else { /* protocolError: the operation is unknown (4.14.2) */
        hop_fail_octets(hop, response.result == 2 ? HOP_NOT_OFFERED : HOP_REFUSED,
                        (int)response.result, response.words.at, response.words.left);
        hop_meaning(hop, result_name(response.result));
    }
}

static bool ldap_octet(struct hop *hop, void *memory, const unsigned char *unit,
                       size_t length)
{
    bool bad = false;
    size_t content = 0, header = ber_header(unit, length, &content, &bad);
    (void)memory;
    if (unit[0] != SEQUENCE || bad) {
        hop_malformed(hop, unit, length);
    } else if (header > 0 && content > HOP_LINE_MAX - header) {
        hop_fail(hop, HOP_OVER_LIMIT, -1, NULL);
    } else if (header > 0 && length == header + content) {
        answered(hop, unit, length);
        return true;
    }
    return false;
}

/* LDAPMessage { messageID 2, unbindRequest } (RFC 4511, 4.3) */
const struct hop_machine hop_ldap = {
    0, ldap_begin, NULL, ldap_octet, "\x30\x05\x02\x01\x02\x42\x00", 7};
