/*
 * loop.c: many fetches at once in an event loop, libev's.
 *
 *   loop HOST PORT CAFILE COUNT
 *
 * What the library wants to wait for becomes watchers, anew after each step: it may change every
 * time. Nothing in the library waits.
 */
#include <ev.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tlsdial.h>

#define WATCHERS 8

static const char request[] = "GET / HTTP/1.0\r\n\r\n";

struct fetch {
    tlsdial_dialing *dialing; /* NULL: done */
    tlsdial_conn *conn;       /* NULL: not yet */
    size_t sent, received;
    ev_io watchers[WATCHERS];
    ev_timer timer;
    size_t watching;
    size_t *left, *fetched;
};

static void on_io(struct ev_loop *loop, ev_io *watcher, int events);
static void on_timer(struct ev_loop *loop, ev_timer *watcher, int events);

static void watch(struct ev_loop *loop, struct fetch *fetch)
{
    struct tlsdial_want wants[WATCHERS];
    int timeout;
    size_t count = fetch->conn != NULL
                       ? tlsdial_conn_wants(fetch->conn, wants, WATCHERS, &timeout)
                       : tlsdial_dialing_wants(fetch->dialing, wants, WATCHERS, &timeout);
    fetch->watching = count < WATCHERS ? count : WATCHERS;
    for (size_t i = 0; i < fetch->watching; i++) {
        ev_io_init(&fetch->watchers[i], on_io, wants[i].fd,
                   (wants[i].read ? EV_READ : 0) | (wants[i].write ? EV_WRITE : 0));
        fetch->watchers[i].data = fetch;
        ev_io_start(loop, &fetch->watchers[i]);
    }
    if (timeout >= 0) {
        ev_timer_init(&fetch->timer, on_timer, timeout / 1000.0, 0);
        fetch->timer.data = fetch;
        ev_timer_start(loop, &fetch->timer);
    }
}

static void watch_nothing(struct ev_loop *loop, struct fetch *fetch)
{
    for (size_t i = 0; i < fetch->watching; i++)
        ev_io_stop(loop, &fetch->watchers[i]);
    ev_timer_stop(loop, &fetch->timer);
    fetch->watching = 0;
}

/* Sends the request and reads the response, as far as that goes. True at the end of it. */
static enum tlsdial_cause transfer(struct fetch *fetch, bool *ended,
                                   struct tlsdial_error *error)
{
    char page[16384];
    enum tlsdial_cause cause = TLSDIAL_OK;
    while (cause == TLSDIAL_OK && !*ended) {
        struct tlsdial_transfer step = {.out = request + fetch->sent,
                                        .out_length = sizeof request - 1 - fetch->sent,
                                        .in = page,
                                        .in_length = sizeof page};
        cause = tlsdial_transfer(fetch->conn, &step, 0, error);
        fetch->sent += step.out_done;
        fetch->received += step.in_done;
        *ended = step.in_end;
    }
    return cause;
}

static void go_on(struct ev_loop *loop, struct fetch *fetch)
{
    struct tlsdial_error error = {0};
    bool ended = false;
    enum tlsdial_cause cause = TLSDIAL_OK;
    watch_nothing(loop, fetch);
    if (fetch->conn == NULL)
        cause = tlsdial_step(fetch->dialing, &fetch->conn, &error);
    if (cause == TLSDIAL_OK)
        cause = transfer(fetch, &ended, &error);
    if (cause == TLSDIAL_AGAIN) {
        watch(loop, fetch);
        return;
    }
    if (cause != TLSDIAL_OK)
        fprintf(stderr, "loop: %s\n", error.message);
    *fetch->fetched += ended && fetch->received > 0;
    tlsdial_conn_free(fetch->conn);
    tlsdial_dialing_free(fetch->dialing);
    if (--*fetch->left == 0)
        ev_break(loop, EVBREAK_ALL);
}

static void on_io(struct ev_loop *loop, ev_io *watcher, int events)
{
    (void)events;
    go_on(loop, watcher->data);
}

static void on_timer(struct ev_loop *loop, ev_timer *watcher, int events)
{
    (void)events;
    go_on(loop, watcher->data);
}

int main(int argc, char **argv)
{
    struct tlsdial_error error = {0};
    struct ev_loop *loop = ev_default_loop(0);
    size_t count = argc == 5 ? strtoul(argv[4], NULL, 10) : 0, left = count, fetched = 0;
    struct fetch *fetches = calloc(count > 0 ? count : 1, sizeof *fetches);
    tlsdial_client *client = tlsdial_client_new(&error);
    if (count == 0 || loop == NULL || fetches == NULL || client == NULL ||
        tlsdial_client_add_ca_file(client, argv[3], &error) != TLSDIAL_OK) {
        fprintf(stderr, "usage: loop HOST PORT CAFILE COUNT. %s\n", error.message);
        return EXIT_FAILURE;
    }
    for (size_t i = 0; i < count; i++) {
        fetches[i].left = &left;
        fetches[i].fetched = &fetched;
        fetches[i].dialing = tlsdial_begin(client, argv[1], argv[2], NULL, &error);
        if (fetches[i].dialing != NULL)
            go_on(loop, &fetches[i]);
        else
            left--;
    }
    if (left > 0)
        ev_run(loop, 0);
    printf("%zu of %zu fetched\n", fetched, count);
    tlsdial_client_free(client);
    free(fetches);
    ev_loop_destroy(loop);
    return fetched == count ? EXIT_SUCCESS : EXIT_FAILURE;
}
