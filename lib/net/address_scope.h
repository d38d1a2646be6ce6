/* address_scope.h: who can be reached by an address. */
#ifndef TLSDIAL_NET_ADDRESS_SCOPE_H
#define TLSDIAL_NET_ADDRESS_SCOPE_H

#include <stdbool.h>

/** As the scope of an address all but ADDRESS_ANY. As what may be connected to: ADDRESS_ANY is every
 * address, ADDRESS_PUBLIC the public ones, each of the next three the public ones and those. */
enum address_scope {
    ADDRESS_ANY,
    ADDRESS_PUBLIC,
    ADDRESS_LOOPBACK,
    ADDRESS_LINK_LOCAL,
    ADDRESS_PRIVATE, /**< RFC 1918, 4193 and 6598, and what else is not routed publicly */
    ADDRESS_UNUSABLE /**< unspecified, multicast, reserved, or no address: nobody's */
};

/** The scope of an address in digits, which may have a zone. An IPv4 address within one of IPv6
 * (mapped, NAT64, 6to4) has its own scope. */
enum address_scope address_scope(const char *digits);
/** Whether such an address may be connected to where these may. */
bool address_scope_allows(enum address_scope allowed, enum address_scope scope);
/** "a loopback address" */
const char *address_scope_words(enum address_scope scope);

#endif
