/*
 * address_scope.c: who can be reached by an address.  Pure.
 *
 * After IANA's registries of special-purpose addresses (RFC 6890).
 */
#include <config.h>

#include "net/address_scope.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "tlsdial.h"

struct block {
    unsigned char begins[14];
    int bits;
    enum address_scope scope;
};

/* The first that fits counts. */
static const struct block ipv4_blocks[] = {
    {{0}, 8, ADDRESS_UNUSABLE},       /* "this network": 0.0.0.0 is this machine */
    {{10}, 8, ADDRESS_PRIVATE},       /* RFC 1918 */
    {{100, 64}, 10, ADDRESS_PRIVATE}, /* RFC 6598: behind a carrier's NAT */
    {{127}, 8, ADDRESS_LOOPBACK},
    {{169, 254}, 16, ADDRESS_LINK_LOCAL}, /* RFC 3927; the metadata of clouds, too */
    {{172, 16}, 12, ADDRESS_PRIVATE},     /* RFC 1918 */
    {{192, 0, 0}, 24, ADDRESS_PRIVATE},   /* RFC 6890 */
    {{192, 168}, 16, ADDRESS_PRIVATE},    /* RFC 1918 */
    {{198, 18}, 15, ADDRESS_PRIVATE},     /* RFC 2544: benchmarks */
    {{224}, 3, ADDRESS_UNUSABLE},         /* multicast, reserved, broadcast */
};

static const struct block ipv6_blocks[] = {
    {{0, 0x64, 0xff, 0x9b, 0, 1}, 48, ADDRESS_PRIVATE}, /* RFC 8215: NAT64 of one's own */
    {{1, 0}, 64, ADDRESS_UNUSABLE},                     /* RFC 6666: discarded */
    {{0xfc}, 7, ADDRESS_PRIVATE},                       /* RFC 4193 */
    {{0xfe, 0x80}, 10, ADDRESS_LINK_LOCAL},
    {{0xfe, 0xc0}, 10, ADDRESS_PRIVATE}, /* RFC 3879: once site-local */
    {{0xff}, 8, ADDRESS_UNUSABLE},       /* multicast */
    {{0}, 8, ADDRESS_UNUSABLE},          /* reserved; see ipv6_scope() for the rest */
};

/* Where an IPv6 address has one of IPv4 in it. */
static const struct {
    unsigned char begins[12];
    int bits, at;
} embedding[] = {
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, 12}, /* mapped */
    {{0, 0x64, 0xff, 0x9b}, 96, 12},                      /* NAT64 (RFC 6052) */
    {{0x20, 0x02}, 16, 2},                                /* 6to4 (RFC 3056) */
};

static bool begins_with(const unsigned char *octets, const unsigned char *begins,
                        int bits)
{
    size_t whole = (size_t)bits / 8;
    unsigned mask = 0xffU << (8 - bits % 8) & 0xff;
    return memcmp(octets, begins, whole) == 0 &&
           (bits % 8 == 0 || (octets[whole] & mask) == (begins[whole] & mask));
}

static enum address_scope find(const unsigned char *octets, const struct block *blocks,
                               size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (begins_with(octets, blocks[i].begins, blocks[i].bits))
            return blocks[i].scope;
    return ADDRESS_PUBLIC;
}

static enum address_scope ipv4_scope(const unsigned char *octets)
{
    return find(octets, ipv4_blocks, sizeof ipv4_blocks / sizeof ipv4_blocks[0]);
}

static enum address_scope ipv6_scope(const unsigned char *octets)
{
    static const unsigned char loopback[16] = {[15] = 1};
    if (memcmp(octets, loopback, sizeof loopback) == 0)
        return ADDRESS_LOOPBACK;
    for (size_t i = 0; i < sizeof embedding / sizeof embedding[0]; i++)
        if (begins_with(octets, embedding[i].begins, embedding[i].bits))
            return ipv4_scope(octets + embedding[i].at);
    return find(octets, ipv6_blocks, sizeof ipv6_blocks / sizeof ipv6_blocks[0]);
}

enum address_scope address_scope(const char *digits)
{
    char address[TLSDIAL_HOST_SIZE];
    size_t length = strcspn(digits, "%"); /* what follows is a zone */
    if (!tlsdial_is_ip_literal(digits) || length >= sizeof address)
        return ADDRESS_UNUSABLE;
    memcpy(address, digits, length);
    address[length] = '\0';
    ASN1_OCTET_STRING *octets = a2i_IPADDRESS(address);
    enum address_scope scope = ADDRESS_UNUSABLE;
    if (octets != NULL && ASN1_STRING_length(octets) == 4)
        scope = ipv4_scope(ASN1_STRING_get0_data(octets));
    else if (octets != NULL && ASN1_STRING_length(octets) == 16)
        scope = ipv6_scope(ASN1_STRING_get0_data(octets));
    else
        ERR_clear_error();
    ASN1_OCTET_STRING_free(octets);
    return scope;
}

bool address_scope_allows(enum address_scope allowed, enum address_scope scope)
{
    if (allowed == ADDRESS_ANY || scope == ADDRESS_PUBLIC)
        return true;
    return scope == allowed && scope != ADDRESS_UNUSABLE;
}

const char *address_scope_words(enum address_scope scope)
{
    switch (scope) {
    case ADDRESS_LOOPBACK:
        return "a loopback address";
    case ADDRESS_LINK_LOCAL:
        return "a link-local address";
    case ADDRESS_PRIVATE:
        return "a private address";
    case ADDRESS_UNUSABLE:
        return "a reserved or multicast address";
    default:
        return "a public address";
    }
}
