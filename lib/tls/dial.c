/*
 * dial.c: a dial in steps: the way to the peer (route.c), then the handshake (handshake.c).
 * tlsdial_dial() is the loop over them that waits.
 */
#include <config.h>

#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "net/cancel.h"
#include "net/route.h"
#include "tls/conn.h"
#include "tls/handshake.h"
#include "tls/options.h"
#include "tls/way.h"

struct tlsdial_dialing {
    tlsdial_client *client;
    struct dial_options options;
    struct host host; /* the target */
    char port[TLSDIAL_PORT_SIZE];
    struct way way;
    struct route *route;       /* NULL: the stream is there, or it failed */
    struct tlsdial_conn *conn; /* under way; NULL: handed out, or freed after a failure */
    struct deadline deadline;
    struct wait_set wants;
};

/* ---- the way ---- */

static void note_step_once(tlsdial_dialing *dialing, enum tlsdial_step step)
{
    int64_t before;
    if (!tlsdial_evidence_time(dialing->conn->evidence, step, &before))
        evidence_step(dialing->conn->evidence, step);
}

static void note_resolved(void *argument, size_t addresses)
{
    tlsdial_dialing *dialing = argument;
    evidence_addresses(dialing->conn->evidence, addresses);
    note_step_once(dialing, TLSDIAL_STEP_RESOLVE);
}

/* Adds the address that is used to the subject, once it is known. */
static void add_address_to_subject(tlsdial_dialing *dialing, const char *address)
{
    tlsdial_conn *conn = dialing->conn;
    size_t used = strlen(conn->subject);
    if (strcmp(address, dialing->host.lookup) != 0)
        snprintf(conn->subject + used, sizeof conn->subject - used, " [%s%s]",
                 dialing->way.proxy_count > 0 ? "via " : "", address);
}

static void note_connection(tlsdial_dialing *dialing, const char *address)
{
    add_address_to_subject(dialing, address);
    if (dialing->way.proxy_count == 0)
        dialing->conn->evidence->peer_scope = address_scope(address);
}

static bool note_attempt(void *argument, const struct tlsdial_attempt *attempt)
{
    tlsdial_dialing *dialing = argument;
    if (attempt->cause == TLSDIAL_OK)
        note_connection(dialing, attempt->address);
    return evidence_attempt(dialing->conn->evidence, attempt);
}

/* The steps that the way had, however it ended. */
static void note_route(tlsdial_dialing *dialing)
{
    size_t count;
    note_step_once(dialing, TLSDIAL_STEP_RESOLVE);
    if (tlsdial_evidence_addresses(dialing->conn->evidence, &count))
        evidence_step(dialing->conn->evidence, TLSDIAL_STEP_CONNECT);
}

static enum tlsdial_cause begin_route(tlsdial_dialing *dialing,
                                      struct tlsdial_error *error)
{
    const struct dial_options *options = &dialing->options;
    const struct route_request request = {
        .host = &dialing->way.host,
        .port = dialing->way.port,
        .hops = dialing->way.hops,
        .hop_count = dialing->way.hop_count,
        .unix_path = dialing->way.unix_path,
        .family = options->family,
        .overrides = dialing->client->overrides,
        .has_socket = options->has_socket,
        .socket = options->socket,
        .deadline = dialing->deadline,
    };
    const struct route_observer observer = {
        .argument = dialing, .resolved = note_resolved, .attempted = note_attempt};
    dialing->route = route_begin(&request, &observer, error);
    dialing->options.has_socket = false; /* the route's, also when it failed */
    return dialing->route != NULL ? TLSDIAL_OK : error->cause;
}

/* ---- steps ---- */

static enum tlsdial_cause step_route(tlsdial_dialing *dialing,
                                     struct tlsdial_error *error)
{
    switch (route_step(dialing->route, error)) {
    case STEP_AGAIN:
        return TLSDIAL_AGAIN;
    case STEP_DONE:
        dialing->conn->stream = route_take(dialing->route);
        break;
    default:
        break;
    }
    bool failed = dialing->conn->stream == NULL;
    note_route(dialing);
    route_free(dialing->route);
    dialing->route = NULL;
    dialing->conn->last_hop = way_last_hop(&dialing->way);
    return failed ? error->cause
                  : handshake_begin(dialing->conn, &dialing->options, &dialing->host,
                                    dialing->port, error);
}

static enum tlsdial_cause take_step(tlsdial_dialing *dialing, struct tlsdial_error *error)
{
    enum tlsdial_cause cause = TLSDIAL_OK;
    if (cancel_requested(dialing->conn->cancel))
        return cancel_failure(error);
    if (dialing->route != NULL)
        cause = step_route(dialing, error);
    return cause == TLSDIAL_OK ? handshake_step(dialing->conn, error) : cause;
}

static void note_wants(tlsdial_dialing *dialing)
{
    const tlsdial_conn *conn = dialing->conn;
    wait_set_begin(&dialing->wants);
    if (dialing->route != NULL)
        route_wants(dialing->route, &dialing->wants);
    else
        wait_set_add(&dialing->wants, stream_fd(conn->stream), conn->wants_read,
                     conn->wants_write);
    cancel_wants(conn->cancel, &dialing->wants);
    wait_set_until(&dialing->wants, dialing->deadline);
}

enum tlsdial_cause tlsdial_step(tlsdial_dialing *dialing, tlsdial_conn **conn,
                                struct tlsdial_error *error)
{
    struct tlsdial_error reason = {0};
    if (dialing == NULL || conn == NULL)
        return tlsdial_error_set(error, TLSDIAL_MISUSE, 0, "the %s is NULL",
                                 dialing == NULL ? "dial" : "connection's place");
    *conn = NULL;
    if (dialing->conn == NULL)
        return tlsdial_error_set(error, TLSDIAL_MISUSE, 0, "the dial has ended before");
    enum tlsdial_cause cause = take_step(dialing, &reason);
    if (cause == TLSDIAL_AGAIN) {
        note_wants(dialing);
        return cause;
    }
    if (cause == TLSDIAL_OK) {
        *conn = dialing->conn;
        dialing->conn->client = NULL; /* it may go before the connection */
        dialing->conn = NULL;
        return cause;
    }
    tlsdial_error_prefix(&reason, "%s", dialing->conn->subject);
    tlsdial_conn_free(dialing->conn);
    dialing->conn = NULL;
    if (error != NULL)
        *error = reason;
    return cause;
}

size_t tlsdial_dialing_wants(const tlsdial_dialing *dialing, struct tlsdial_want *wants,
                             size_t room, int *timeout_ms)
{
    const struct wait_set none = {0};
    return wait_set_export(dialing != NULL ? &dialing->wants : &none, wants, room,
                           timeout_ms);
}

void tlsdial_dialing_free(tlsdial_dialing *dialing)
{
    if (dialing == NULL)
        return;
    route_free(dialing->route);
    tlsdial_conn_free(dialing->conn);
    dial_options_clear(&dialing->options);
    way_clear(&dialing->way);
    wait_set_clear(&dialing->wants);
    OPENSSL_free(dialing);
}

/* ---- the beginning ---- */

static tlsdial_conn *conn_new(const tlsdial_client *client,
                              const struct dial_options *options)
{
    tlsdial_conn *conn = OPENSSL_zalloc(sizeof *conn);
    if (conn == NULL)
        return NULL;
    conn->owns_evidence = options->evidence == NULL;
    conn->evidence =
        options->evidence != NULL ? options->evidence : tlsdial_evidence_new();
    conn->untrusted = X509_chain_up_ref(client->untrusted);
    if (conn->evidence == NULL || conn->untrusted == NULL) {
        tlsdial_conn_free(conn);
        return NULL;
    }
    evidence_begin(conn->evidence);
    conn->client = client;
    conn->cancel = options->cancel;
    conn->idle_timeout = options->idle_timeout;
    conn->total = deadline_after(conn->evidence->start_us, options->max_time);
    return conn;
}

static enum tlsdial_cause plan_way(tlsdial_dialing *dialing,
                                   const struct tlsdial_options *given,
                                   struct tlsdial_error *error)
{
    struct tlsdial_options options;
    dial_options_known(&options, given);
    return way_plan(&dialing->way, &options, &dialing->host, dialing->port, error);
}

/* All that can fail before anything is waited for. */
static enum tlsdial_cause begin(tlsdial_dialing *dialing, const char *host,
                                const char *port, const struct tlsdial_options *options,
                                struct tlsdial_error *error)
{
    tlsdial_client *client = dialing->client;
    enum tlsdial_cause cause =
        dial_options_parse(&dialing->options, options, client, error);
    if (cause != TLSDIAL_OK)
        return cause;
    if (host == NULL || port == NULL)
        return tlsdial_error_set(error, TLSDIAL_MISUSE, 0, "the %s is NULL",
                                 host == NULL ? "host" : "port");
    dialing->conn = conn_new(client, &dialing->options);
    if (dialing->conn == NULL)
        return error_out_of_memory(error);
    tlsdial_conn *conn = dialing->conn;
    host_port_format(conn->subject, sizeof conn->subject, host, port);
    dialing->deadline =
        deadline_earlier(conn->total, deadline_after(conn->evidence->start_us,
                                                     dialing->options.connect_timeout));
    conn->deadline = dialing->deadline;
    cause = host_parse(&dialing->host, host, error);
    if (cause == TLSDIAL_OK)
        cause = port_parse(dialing->port, port, error);
    if (cause == TLSDIAL_OK)
        cause = plan_way(dialing, options, error);
    if (cause == TLSDIAL_OK)
        cause = dial_options_add_untrusted(conn->untrusted, options, error);
    if (cause == TLSDIAL_OK)
        cause = client_seal(client, error);
    if (cause == TLSDIAL_OK && !evidence_trust(conn->evidence, &client->trust))
        cause = error_out_of_memory(error);
    return cause == TLSDIAL_OK ? begin_route(dialing, error) : cause;
}

tlsdial_dialing *tlsdial_begin(tlsdial_client *client, const char *host, const char *port,
                               const struct tlsdial_options *options,
                               struct tlsdial_error *error)
{
    struct tlsdial_error reason = {0};
    ERR_clear_error();
    tlsdial_dialing *dialing = OPENSSL_zalloc(sizeof *dialing);
    enum tlsdial_cause cause = TLSDIAL_OK;
    if (dialing == NULL) {
        struct dial_options unused;
        (void)dial_options_parse(&unused, options, NULL, NULL);
        dial_options_clear(&unused); /* closes the socket, which is ours also now */
        error_out_of_memory(&reason);
    } else {
        dialing->client = client;
        cause = begin(dialing, host, port, options, &reason);
        if (cause == TLSDIAL_OK)
            return dialing;
        if (dialing->conn != NULL)
            tlsdial_error_prefix(&reason, "%s", dialing->conn->subject);
    }
    tlsdial_dialing_free(dialing);
    if (error != NULL)
        *error = reason;
    return NULL;
}

/* ---- blocking ---- */

/* Waits for what the dial wants; when that fails the dial does. */
static enum tlsdial_cause wait_for_dial(tlsdial_dialing *dialing,
                                        struct tlsdial_error *error)
{
    int code = 0;
    if (wait_for(&dialing->wants, &code) != SOCK_FAILED)
        return TLSDIAL_AGAIN;
    enum tlsdial_cause cause = wait_failure(code, error);
    tlsdial_error_prefix(error, "%s", dialing->conn->subject);
    return cause;
}

tlsdial_conn *tlsdial_dial(tlsdial_client *client, const char *host, const char *port,
                           const struct tlsdial_options *options,
                           struct tlsdial_error *error)
{
    tlsdial_conn *conn = NULL;
    tlsdial_dialing *dialing = tlsdial_begin(client, host, port, options, error);
    enum tlsdial_cause cause =
        dialing != NULL ? tlsdial_step(dialing, &conn, error) : TLSDIAL_INTERNAL;
    while (cause == TLSDIAL_AGAIN) {
        cause = wait_for_dial(dialing, error);
        if (cause == TLSDIAL_AGAIN)
            cause = tlsdial_step(dialing, &conn, error);
    }
    tlsdial_dialing_free(dialing);
    return conn;
}
