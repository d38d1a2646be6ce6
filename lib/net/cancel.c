/*
 * cancel.c: a pair of sockets, of which one is made readable and never read.
 *
 * So every wait that has it ends, however many there are, and a wait that begins later ends too.
 * The flag saves the others a system call.
 */
#include <config.h>

#include "net/cancel.h"

#include <openssl/crypto.h>
#include <stdatomic.h>

#include "base/error.h"
#include "net/sock.h"

struct tlsdial_cancel {
    atomic_bool requested;
    int waited_for, written;
};

tlsdial_cancel *tlsdial_cancel_new(void)
{
    int fds[2], code;
    tlsdial_cancel *cancel = OPENSSL_zalloc(sizeof *cancel);
    if (cancel == NULL || !sock_pair(fds, &code)) {
        OPENSSL_free(cancel);
        return NULL;
    }
    cancel->waited_for = fds[0];
    cancel->written = fds[1];
    return cancel;
}

void tlsdial_cancel_now(tlsdial_cancel *cancel)
{
    if (cancel != NULL && !atomic_exchange(&cancel->requested, true))
        sock_wake(cancel->written);
}

void tlsdial_cancel_free(tlsdial_cancel *cancel)
{
    if (cancel == NULL)
        return;
    sock_close(cancel->waited_for);
    sock_close(cancel->written);
    OPENSSL_free(cancel);
}

bool cancel_requested(const tlsdial_cancel *cancel)
{
    return cancel != NULL && atomic_load(&cancel->requested);
}

void cancel_wants(const tlsdial_cancel *cancel, struct wait_set *set)
{
    if (cancel != NULL)
        wait_set_add(set, cancel->waited_for, true, false);
}

enum tlsdial_cause cancel_failure(struct tlsdial_error *error)
{
    return tlsdial_error_set(error, TLSDIAL_CANCELLED, 0, "%s",
                             tlsdial_cause_phrase(TLSDIAL_CANCELLED));
}
