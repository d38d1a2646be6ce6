/*
 * route.c: the way to a peer, in steps: lookup, connection, and the hops that come before TLS.
 *
 * Lookup and connection go side by side: the first address is tried while others are looked up.
 */
#include <config.h>

#include "net/route.h"

#include <openssl/crypto.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/error.h"
#include "net/connect.h"

#define UNIX_RETRY_US 20000 /* nothing says when a Unix socket's queue has room again */

enum route_state {
    ROUTE_CONNECTING, /* to an address, while the lookup goes on */
    ROUTE_UNIX,       /* to a Unix socket */
    ROUTE_CONNECTED,  /* hops, one after the other, come between this and the next */
    ROUTE_DONE
};

struct route {
    struct route_request request;
    struct route_observer observer;
    enum route_state state;
    struct resolving *resolving;
    size_t reported; /* how many addresses the observer knows of */
    bool resolved;   /* there is no lookup under way any more */
    struct connecting *connecting;
    int64_t started_us, retry_us; /* of a Unix socket */
    struct stream *stream;        /* NULL before there is a connection */
    struct hops *hops;            /* NULL before they begin */
};

/* ---- beginning ---- */

/* Takes the socket, also when it fails. */
static bool has_stream(struct route *route, int fd, struct tlsdial_error *error)
{
    route->stream = stream_new(fd);
    if (route->stream == NULL) {
        sock_close(fd);
        error_out_of_memory(error);
        return false;
    }
    route->state = ROUTE_CONNECTED;
    if (route->observer.connected != NULL)
        route->observer.connected(route->observer.argument);
    return true;
}

static bool begin_with_socket(struct route *route, struct tlsdial_error *error)
{
    int code = 0;
    char reason[128];
    if (sock_adopt(route->request.socket, &code))
        return has_stream(route, route->request.socket, error);
    sock_describe(code, reason, sizeof reason);
    tlsdial_error_set(error, TLSDIAL_CONNECT_FAILED, (unsigned long)code,
                      "the socket given is not a connected one: %s", reason);
    sock_close(route->request.socket);
    return false;
}

static bool begin_with_name(struct route *route, struct tlsdial_error *error)
{
    const struct resolve_query query = {.host = route->request.host,
                                        .port = route->request.port,
                                        .family = route->request.family,
                                        .overrides = route->request.overrides,
                                        .scope = route->request.scope};
    route->resolving = resolve_begin(&query, route->request.deadline, error);
    if (route->resolving == NULL)
        return false;
    route->connecting =
        connect_begin(resolve_addresses(route->resolving), route->request.deadline,
                      route->observer.attempted, route->observer.argument);
    if (route->connecting == NULL)
        error_out_of_memory(error);
    return route->connecting != NULL;
}

static bool begin(struct route *route, struct tlsdial_error *error)
{
    if (route->request.has_socket)
        return begin_with_socket(route, error);
    if (route->request.unix_path == NULL)
        return begin_with_name(route, error);
    route->state = ROUTE_UNIX;
    route->started_us = clock_now_us();
    return true;
}

struct route *route_begin(const struct route_request *request,
                          const struct route_observer *observer,
                          struct tlsdial_error *error)
{
    struct route *route = OPENSSL_zalloc(sizeof *route);
    if (route == NULL) {
        if (request->has_socket)
            sock_close(request->socket);
        error_out_of_memory(error);
        return NULL;
    }
    route->request = *request;
    if (observer != NULL)
        route->observer = *observer;
    if (begin(route, error))
        return route;
    route_free(route);
    return NULL;
}

/* ---- steps ---- */

static void report_addresses(struct route *route)
{
    size_t count = resolve_addresses(route->resolving)->count;
    bool is_news = count > route->reported;
    route->reported = count;
    if (is_news && route->observer.resolved != NULL)
        route->observer.resolved(route->observer.argument, count);
}

static enum step connecting_step(struct route *route, struct tlsdial_error *error)
{
    int fd = -1;
    if (!route->resolved) {
        enum step result = resolve_step(route->resolving, error);
        if (result == STEP_FAILED)
            return result;
        route->resolved = result == STEP_DONE;
        report_addresses(route);
        if (route->reported == 0)
            return STEP_AGAIN;
    }
    enum step result = connect_step(route->connecting, &fd, error);
    if (result == STEP_DONE && !has_stream(route, fd, error))
        result = STEP_FAILED;
    return result;
}

static bool note_unix(struct route *route, enum tlsdial_cause cause, const char *reason)
{
    const struct tlsdial_attempt attempt = {.address = route->request.unix_path,
                                            .port = "",
                                            .cause = cause,
                                            .reason = reason,
                                            .microseconds =
                                                clock_now_us() - route->started_us};
    return route->observer.attempted == NULL ||
           route->observer.attempted(route->observer.argument, &attempt);
}

static enum step unix_failed(struct route *route, enum tlsdial_cause cause, int code,
                             const char *reason, struct tlsdial_error *error)
{
    if (note_unix(route, cause, reason))
        tlsdial_error_set(error, cause, (unsigned long)code, "%s: %s: %s",
                          tlsdial_cause_phrase(cause), route->request.unix_path, reason);
    else
        error_out_of_memory(error);
    return STEP_FAILED;
}

static enum step unix_step(struct route *route, struct tlsdial_error *error)
{
    int fd = -1, code = 0;
    char reason[128];
    if (deadline_passed(route->request.deadline))
        return unix_failed(route, TLSDIAL_DEADLINE_CONNECT, 0, "no answer in time",
                           error);
    if (clock_now_us() < route->retry_us)
        return STEP_AGAIN;
    switch (sock_connect_unix(route->request.unix_path, &fd, &code)) {
    case SOCK_DONE:
        if (note_unix(route, TLSDIAL_OK, NULL))
            return has_stream(route, fd, error) ? STEP_DONE : STEP_FAILED;
        sock_close(fd);
        error_out_of_memory(error);
        return STEP_FAILED;
    case SOCK_AGAIN:
        route->retry_us = clock_now_us() + UNIX_RETRY_US;
        return STEP_AGAIN;
    default:
        sock_describe(code, reason, sizeof reason);
        return unix_failed(route, connect_cause(code), code, reason, error);
    }
}

/* What is spoken before TLS. */
static enum step hops_of_route(struct route *route, struct tlsdial_error *error)
{
    enum step result = STEP_DONE;
    if (route->request.hop_count > 0 && route->hops == NULL) {
        route->hops = hops_new(route->request.hops, route->request.hop_count,
                               route->stream, route->request.deadline);
        if (route->hops == NULL) {
            error_out_of_memory(error);
            return STEP_FAILED;
        }
    }
    if (route->hops != NULL)
        result = hops_step(route->hops, error);
    if (result == STEP_DONE)
        route->state = ROUTE_DONE;
    return result;
}

enum step route_step(struct route *route, struct tlsdial_error *error)
{
    enum step result = STEP_DONE;
    if (route->state == ROUTE_CONNECTING)
        result = connecting_step(route, error);
    else if (route->state == ROUTE_UNIX)
        result = unix_step(route, error);
    if (result == STEP_DONE && route->state == ROUTE_CONNECTED)
        result = hops_of_route(route, error);
    return result;
}

void route_wants(const struct route *route, struct wait_set *set)
{
    wait_set_until(set, route->request.deadline);
    if (route->state == ROUTE_UNIX)
        wait_set_until(set, (struct deadline){.at = route->retry_us});
    if (route->state == ROUTE_CONNECTED && route->hops != NULL)
        hops_wants(route->hops, set);
    if (route->state != ROUTE_CONNECTING)
        return;
    if (!route->resolved)
        resolve_wants(route->resolving, set);
    if (route->reported > 0)
        connect_wants(route->connecting, set);
}

struct stream *route_take(struct route *route)
{
    struct stream *stream = route->stream;
    route->stream = NULL;
    return stream;
}

void route_free(struct route *route)
{
    if (route == NULL)
        return;
    connect_free(route->connecting);
    resolve_free(route->resolving);
    hops_free(route->hops);
    stream_free(route->stream);
    OPENSSL_free(route);
}
