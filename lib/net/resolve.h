/* resolve.h: names to addresses, within a deadline. */
#ifndef TLSDIAL_NET_RESOLVE_H
#define TLSDIAL_NET_RESOLVE_H

#include <config.h>

#include <openssl/bio.h>

#include "base/deadline.h"
#include "base/target.h"
#ifndef HAVE_BIO_LOOKUP_EX
#include "net/bio_sock.h"
#endif
#include "tlsdial.h"

/** Addresses given by the user in place of a lookup. */
struct resolve_override {
    struct resolve_override *next;
    char *host, *port, *addresses;
};

enum tlsdial_cause resolve_override_add(struct resolve_override **list, const char *host,
                                        const char *port, const char *addresses,
                                        struct tlsdial_error *error);
void resolve_override_free(struct resolve_override *list);

struct address_list {
    BIO_ADDRINFO **lookups; /* own what items point to */
    size_t lookup_count;
    const BIO_ADDRINFO **items;
    size_t count;
};

/** What is looked up. */
struct resolve_query {
    const struct host *host;
    const char *port;
    enum tlsdial_family family;
    const struct resolve_override *overrides; /**< NULL: none */
};

enum tlsdial_cause resolve(const struct resolve_query *query, struct deadline deadline,
                           struct address_list *list, struct tlsdial_error *error);
void address_list_free(struct address_list *list);

#endif
