/*
 * wait.h: what a step waits for, and the one loop that waits.
 *
 * Nothing below a dial waits: a step says that it is done, that it failed, or, by adding to a wait_set,
 * what it waits for. wait_for() makes a blocking call of steps.
 */
#ifndef TLSDIAL_NET_WAIT_H
#define TLSDIAL_NET_WAIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/deadline.h"
#include "net/sock.h"
#include "tlsdial.h"

/** What came of a step. */
enum step {
    STEP_DONE,
    STEP_FAILED, /**< the error was set */
    STEP_AGAIN /**< call again when something that it waits for has happened, or any time before */
};

/** The sockets and the time that a step waits for. Zero it once, then wait_set_begin() before each
 * round. */
struct wait_set {
    struct sock_wait *sockets;
    size_t count, room;
    struct deadline until; /**< something is due then, whatever the sockets do */
    bool out_of_memory;    /**< a socket is not in the set; waiting must fail */
};

/** Empties the set and keeps its memory; nothing is due. */
void wait_set_begin(struct wait_set *set);
void wait_set_add(struct wait_set *set, int fd, bool want_read, bool want_write);
/** Moves `until` to the earlier of the two. */
void wait_set_until(struct wait_set *set, struct deadline deadline);
/** Frees the memory of the set. */
void wait_set_clear(struct wait_set *set);

/** Waits until a socket of the set is ready (SOCK_DONE) or `until` has passed (SOCK_TIMEOUT).
 * SOCK_FAILED with a code, sock_out_of_memory among them. A set without sockets is a pause. */
enum sock_result wait_for(struct wait_set *set, int *code);

/** The error of a wait that failed with this code. */
enum tlsdial_cause wait_failure(int code, struct tlsdial_error *error);

/** The set for a caller who waits: see tlsdial_dialing_wants(). */
size_t wait_set_export(const struct wait_set *set, struct tlsdial_want *wants,
                       size_t room, int *timeout_ms);

#endif
