/*
 * many.c: one thread, poll(), and a great many dials at once.
 *
 *   many HOST GOOD_PORT SILENT_PORT CLOSED_PORT CAFILE COUNT
 *
 * Of five dials one gets no answer, one in ten is refused, one in ten asks for a name that the
 * certificate does not have. Each must get its own verdict, the silent ones at their time.
 */
#include <config.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "api.h"

#define SILENT_LIMIT 3000 /* milliseconds */
#define OTHER_LIMIT 120000
#define MOST_WANTS 8

enum kind { GOOD, SILENT, REFUSED, WRONG_NAME, KINDS };

static const enum tlsdial_cause expected[KINDS] = {
    TLSDIAL_OK, TLSDIAL_DEADLINE_HANDSHAKE, TLSDIAL_REFUSED, TLSDIAL_NAME_MISMATCH};

struct dial {
    enum kind kind;
    tlsdial_dialing *dialing;
    enum tlsdial_cause cause;
    size_t first, count; /* its descriptors in the poll set */
    int64_t due, ended;  /* in milliseconds */
};

static enum kind kind_of(size_t i)
{
    return i % 5 == 0 ? SILENT : i % 10 == 3 ? REFUSED : i % 10 == 7 ? WRONG_NAME : GOOD;
}

static void begin(struct dial *dial, tlsdial_client *client, char **argv)
{
    const char *const ports[KINDS] = {argv[2], argv[3], argv[4], argv[2]};
    struct tlsdial_error error = {0};
    struct tlsdial_options options = {
        .size = sizeof options,
        .connect_timeout = dial->kind == SILENT ? SILENT_LIMIT : OTHER_LIMIT,
        .verify_hostname = dial->kind == WRONG_NAME ? "wrong.example" : NULL,
    };
    dial->dialing = tlsdial_begin(client, argv[1], ports[dial->kind], &options, &error);
    if (dial->dialing == NULL)
        give_up(&error, "a dial begins");
}

static void step(struct dial *dial)
{
    tlsdial_conn *conn;
    dial->cause = tlsdial_step(dial->dialing, &conn, NULL);
    if (dial->cause == TLSDIAL_AGAIN)
        return;
    dial->ended = now_ms();
    tlsdial_conn_free(conn);
    tlsdial_dialing_free(dial->dialing);
    dial->dialing = NULL;
}

/* Puts what a dial waits for into the poll set. */
static size_t add_wants(struct dial *dial, struct pollfd *set, size_t used, int64_t now)
{
    struct tlsdial_want wants[MOST_WANTS];
    int timeout;
    dial->first = used;
    dial->count = tlsdial_dialing_wants(dial->dialing, wants, MOST_WANTS, &timeout);
    dial->due = timeout < 0 ? INT64_MAX : now + timeout;
    for (size_t i = 0; i < dial->count; i++)
        set[used + i] =
            (struct pollfd){.fd = wants[i].fd,
                            .events = (short)((wants[i].read ? POLLIN : 0) |
                                              (wants[i].write ? POLLOUT : 0))};
    return used + dial->count;
}

static bool is_ready(const struct dial *dial, const struct pollfd *set, int64_t now)
{
    bool ready = dial->due <= now;
    for (size_t i = 0; i < dial->count; i++)
        ready = ready || set[dial->first + i].revents != 0;
    return ready;
}

static void run(struct dial *dials, size_t count, struct pollfd *set)
{
    for (size_t left = count; left > 0;) {
        int64_t now = now_ms(), due = now + 1000;
        size_t used = 0;
        for (size_t i = 0; i < count; i++)
            if (dials[i].dialing != NULL) {
                used = add_wants(&dials[i], set, used, now);
                due = dials[i].due < due ? dials[i].due : due;
            }
        poll(set, (nfds_t)used, (int)(due > now ? due - now : 0));
        now = now_ms();
        left = 0;
        for (size_t i = 0; i < count; i++) {
            if (dials[i].dialing != NULL && is_ready(&dials[i], set, now))
                step(&dials[i]);
            left += dials[i].dialing != NULL;
        }
    }
}

static void judge(const struct dial *dials, size_t count, int64_t begun)
{
    static const char *const names[KINDS] = {"good", "silent", "refused", "wrong name"};
    size_t right[KINDS] = {0}, all[KINDS] = {0};
    int64_t last[KINDS] = {0}, soonest_silent = INT64_MAX;
    for (size_t i = 0; i < count; i++) {
        enum kind kind = dials[i].kind;
        int64_t took = dials[i].ended - begun;
        all[kind]++;
        right[kind] += dials[i].cause == expected[kind];
        last[kind] = took > last[kind] ? took : last[kind];
        if (kind == SILENT && took < soonest_silent)
            soonest_silent = took;
    }
    for (int kind = 0; kind < KINDS; kind++) {
        check(all[kind] > 0 && right[kind] == all[kind],
              "%zu of %zu dials of the kind \"%s\" have the right verdict", right[kind],
              all[kind], names[kind]);
        printf("# the last of them after %lld ms\n", (long long)last[kind]);
    }
    check(soonest_silent >= SILENT_LIMIT, "no silent one ends before its time");
    check(last[SILENT] < SILENT_LIMIT + API_SOON, "and none long after it");
}

int main(int argc, char **argv)
{
    size_t count = argc == 7 ? strtoul(argv[6], NULL, 10) : 0;
    struct dial *dials = calloc(count, sizeof *dials);
    struct pollfd *set = calloc(count * MOST_WANTS, sizeof *set);
    if (count == 0 || dials == NULL || set == NULL)
        give_up(NULL, "usage: many HOST GOOD SILENT CLOSED CAFILE COUNT");
    tlsdial_client *client = client_of(argv[5]);
    int64_t begun = now_ms();
    for (size_t i = 0; i < count; i++) {
        dials[i].kind = kind_of(i);
        begin(&dials[i], client, argv);
    }
    for (size_t i = 0; i < count; i++)
        step(&dials[i]);
    run(dials, count, set);
    judge(dials, count, begun);
    tlsdial_client_free(client);
    free(dials);
    free(set);
    return EXIT_SUCCESS;
}
