/* way.h: the hops of a dial, from its options: proxies, a PROXY header, STARTTLS. */
#ifndef TLSDIAL_TLS_WAY_H
#define TLSDIAL_TLS_WAY_H

#include "base/target.h"
#include "net/hops.h"
#include "tlsdial.h"

#define WAY_PROXIES_MAX 8
#define WAY_HOPS_MAX (WAY_PROXIES_MAX + 2)

/** A plain value; it points into itself and must not be moved. */
struct way {
    struct hop_spec hops[WAY_HOPS_MAX];
    size_t hop_count;
    /** Whom to connect to: the first proxy, or the target. */
    struct host host;
    char port[TLSDIAL_PORT_SIZE];
    size_t proxy_count;
    struct host proxies[WAY_PROXIES_MAX];
    char proxy_ports[WAY_PROXIES_MAX][TLSDIAL_PORT_SIZE];
    char *starttls_name, *user, *password, *unix_path; /**< copies; NULL: none */
    char **headers; /**< a copy, ended by NULL; NULL: none */
};

/** Fills *way, to be cleared also after a failure. TLSDIAL_USAGE for what no hop can be made of; so
 * that is known before anything is dialled. */
enum tlsdial_cause way_plan(struct way *way, const struct tlsdial_options *options,
                            const struct host *target, const char *port,
                            struct tlsdial_error *error);
/** The protocol of the STARTTLS at its end, as people write it; NULL: none. Static. */
const char *way_starttls(const struct way *way);
/** Also cleanses the password. */
void way_clear(struct way *way);

#endif
