/*
 * connect.h: a socket to the first of several addresses that answers (RFC 8305), in steps.
 *
 * The addresses may still be arriving: what is there is begun with.
 */
#ifndef TLSDIAL_NET_CONNECT_H
#define TLSDIAL_NET_CONNECT_H

#include "base/deadline.h"
#include "net/resolve.h"
#include "net/wait.h"
#include "tlsdial.h"

/** Called for each address that was tried, when it has failed or won, or lost to another; the
 * texts live for the call only. False when out of memory. */
typedef bool connect_attempted(void *argument, const struct tlsdial_attempt *attempt);

struct connecting;

/** The list must live as long and may grow. NULL when out of memory. */
struct connecting *connect_begin(const struct address_list *addresses,
                                 struct deadline deadline, connect_attempted *attempted,
                                 void *argument);
/** Goes on without waiting. After STEP_DONE *fd is connected, non-blocking and the caller's. */
enum step connect_step(struct connecting *connecting, int *fd,
                       struct tlsdial_error *error);
void connect_wants(const struct connecting *connecting, struct wait_set *set);
/** Closes what is under way. NULL is allowed. */
void connect_free(struct connecting *connecting);

/** What a system's code for the failure of a connection is in causes. */
enum tlsdial_cause connect_cause(int code);

#endif
