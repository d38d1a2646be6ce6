/*
 * route.h: the way to a peer, in steps: lookup, connection, and the hops that come before TLS.
 */
#ifndef TLSDIAL_NET_ROUTE_H
#define TLSDIAL_NET_ROUTE_H

#include "base/deadline.h"
#include "net/resolve.h"
#include "net/stream.h"
#include "net/wait.h"
#include "tlsdial.h"

/** Where to, and by when. What it points to must live as long as the route. */
struct route_request {
    const struct host *host;
    const char *port;
    enum tlsdial_family family;
    const struct resolve_override *overrides; /**< NULL: none */
    struct deadline deadline;
};

/** Called from route_step(). Any may be NULL. */
struct route_observer {
    void *argument;
    /** A lookup has ended; how many addresses there are so far. */
    void (*resolved)(void *argument, size_t addresses);
    /** An address was tried; the texts live for the call only. False when out of memory. */
    bool (*attempted)(void *argument, const struct tlsdial_attempt *attempt);
    /** There is a connection. */
    void (*connected)(void *argument);
};

struct route;

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
