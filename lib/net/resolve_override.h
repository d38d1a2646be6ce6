/* resolve_override.h: addresses given by the user in place of a lookup. */
#ifndef TLSDIAL_NET_RESOLVE_OVERRIDE_H
#define TLSDIAL_NET_RESOLVE_OVERRIDE_H

#include "base/target.h"
#include "tlsdial.h"

struct resolve_override {
    struct resolve_override *next;
    char *host, *port, *addresses;
};

/** Adds to the front of the list, so that the last one given for a host and port wins. The
 * addresses are IP literals, in brackets or not, separated by commas. */
enum tlsdial_cause resolve_override_add(struct resolve_override **list, const char *host,
                                        const char *port, const char *addresses,
                                        struct tlsdial_error *error);
void resolve_override_free(struct resolve_override *list);

/** The first for this host and port, or NULL. */
const struct resolve_override *resolve_override_find(const struct resolve_override *list,
                                                     const struct host *host,
                                                     const char *port);
/** Takes the next address at *rest, without brackets; false after the last. */
bool resolve_override_next(const char **rest, char *address, size_t size);

#endif
