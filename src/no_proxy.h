/* no_proxy.h: which targets go without a proxy: the lists of --noproxy and no_proxy. */
#ifndef TLSDIAL_NO_PROXY_H
#define TLSDIAL_NO_PROXY_H

#include <stdbool.h>

/**
 * Whether an entry of the list covers the target.  Pure.
 *
 * host is a DNS name in A-labels without a trailing dot, or an IP literal without brackets and
 * zone; port is as the target has it, and never NULL.  Entries are separated by commas and blanks:
 *
 *   *                  everything
 *   example.org        this name and all below it; so is .example.org
 *   192.0.2.1          this address
 *   192.0.2.0/24       the addresses of a network (CIDR); 2001:db8::/32
 *   2001:db8::1        also in brackets: [2001:db8::1]
 *   NAME:443           any of these with a port (IPv6 in brackets then): for this port only
 *
 * As curl reads such lists, which has no ports, and takes "*" only alone.  A name is never looked
 * up: an entry that is an address covers no name.  What is none of these covers nothing.
 */
bool no_proxy_covers(const char *list, const char *host, const char *port);

#endif
