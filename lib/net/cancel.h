/* cancel.h: ending what waits, from another thread or a signal handler. */
#ifndef TLSDIAL_NET_CANCEL_H
#define TLSDIAL_NET_CANCEL_H

#include "net/wait.h"
#include "tlsdial.h"

/** Whether it was called for. NULL: never. */
bool cancel_requested(const tlsdial_cancel *cancel);
/** Has a wait end when it is called for. NULL is allowed. */
void cancel_wants(const tlsdial_cancel *cancel, struct wait_set *set);
/** Fills the error. */
enum tlsdial_cause cancel_failure(struct tlsdial_error *error);

#endif
