/* resolve.h: names to addresses, in steps. */
#ifndef TLSDIAL_NET_RESOLVE_H
#define TLSDIAL_NET_RESOLVE_H

#include <config.h>

#include <openssl/bio.h>

#include "base/deadline.h"
#include "base/target.h"
#ifndef HAVE_BIO_LOOKUP_EX
#include "net/bio_sock.h"
#endif
#include "net/address_scope.h"
#include "net/resolve_override.h"
#include "net/wait.h"
#include "tlsdial.h"

#define RESOLVE_ADDRESSES_MAX                                                            \
    2048 /**< those of two lookups, or as many as the user gave */

/** Addresses in the order of their arrival. */
struct address_list {
    BIO_ADDRINFO **lookups; /**< own what items point to */
    size_t lookup_count;
    const BIO_ADDRINFO **items;
    size_t count;
    bool awaits_ipv6, awaits_ipv4; /**< a lookup that may give more is under way */
};

/** What is looked up; what it points to must live as long as the struct resolving. */
struct resolve_query {
    const struct host *host;
    const char *port;
    enum tlsdial_family family;
    const struct resolve_override *overrides; /**< NULL: none */
    enum address_scope
        scope; /**< of the addresses that are taken, those of overrides too */
};

struct resolving;

/** An IP literal and overrides are there at once; a name is looked up in threads, of each family
 * apart. NULL on failure, with the error. */
struct resolving *resolve_begin(const struct resolve_query *query,
                                struct deadline deadline, struct tlsdial_error *error);
/** Takes what has arrived. STEP_DONE: all that comes is there, at least one address. STEP_FAILED
 * only without any address: also when the deadline has passed, and, as TLSDIAL_UNREACHABLE, when none
 * is of the scope. */
enum step resolve_step(struct resolving *resolving, struct tlsdial_error *error);
void resolve_wants(const struct resolving *resolving, struct wait_set *set);
/** Those that have arrived; the list is the resolving's, and only ever grows. */
const struct address_list *resolve_addresses(const struct resolving *resolving);
/** Leaves behind what is under way. NULL is allowed. */
void resolve_free(struct resolving *resolving);

enum address_added {
    ADDRESS_ADDED, /**< or left out, since there are RESOLVE_ADDRESSES_MAX of them */
    ADDRESS_UNKNOWN, /**< BIO_lookup_ex() does not take it; its reason is in OpenSSL's queue */
    ADDRESS_NO_MEMORY
};

/** Adds an address in digits, with a port in digits or the name of a service. */
enum address_added address_list_add(struct address_list *list, const char *host,
                                    const char *port);
void address_list_free(struct address_list *list);

#endif
