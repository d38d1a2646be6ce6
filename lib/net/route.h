/*
 * route.h: the way to a peer, in steps: lookup, connection, and the hops that come before TLS.
 */
#ifndef TLSDIAL_NET_ROUTE_H
#define TLSDIAL_NET_ROUTE_H

#include "base/deadline.h"
#include "net/hops.h"
#include "net/resolve.h"
#include "net/stream.h"
#include "net/wait.h"
#include "tlsdial.h"

/** Where to, and by when. What it points to must live as long as the route. Either host and port,
 * or a socket, or a path. */
struct route_request {
    const struct host *host;
    const char *port;
    enum tlsdial_family family;
    const struct resolve_override *overrides; /**< NULL: none */
    enum address_scope scope; /**< of the addresses that are connected to */
    bool has_socket;
    int socket; /**< of has_socket: a connected one, the route's from route_begin() on, which closes
                   it when it fails */
    const struct hop_spec *hops; /**< to be taken in turn, once connected */
    size_t hop_count;
    const char
        *unix_path; /**< of a Unix socket; NULL: none. On Windows it is an error. */
    struct deadline deadline;
};

/** Called from route_step(). Any may be NULL. */
struct route_observer {
    void *argument;
    /** More addresses have arrived; how many there are so far. Not called if there are none. */
    void (*resolved)(void *argument, size_t addresses);
    /** An address was tried, or a path: then that is the address, and the port is empty. The texts
     * live for the call only. False when out of memory. */
    bool (*attempted)(void *argument, const struct tlsdial_attempt *attempt);
    /** There is a connection. */
    void (*connected)(void *argument);
};

struct route;

/* As a blocking call:
 *     while ((result = route_step(route, error)) == STEP_AGAIN) {
 *         wait_set_begin(&set);
 *         route_wants(route, &set);
 *         if (wait_for(&set, &code) == SOCK_FAILED)
 *             ...
 *     }
 */

/** NULL on failure, with the error. The observer is copied. */
struct route *route_begin(const struct route_request *request,
                          const struct route_observer *observer,
                          struct tlsdial_error *error);
/** Goes on as far as possible without waiting. A deadline that has passed is a failure, with the
 * cause of what was under way (deadline-resolve, deadline-connect, deadline-preamble). */
enum step route_step(struct route *route, struct tlsdial_error *error);
/** Adds what route_step() waits for after STEP_AGAIN. */
void route_wants(const struct route *route, struct wait_set *set);
/** After STEP_DONE: the stream, which is the caller's from then on. */
struct stream *route_take(struct route *route);
/** Ends what is under way. NULL is allowed. */
void route_free(struct route *route);

#endif
