/* wait.c: what a step waits for, and the one loop that waits. */
#include <config.h>

#include "net/wait.h"

#include <openssl/crypto.h>

#include "base/error.h"

void wait_set_begin(struct wait_set *set)
{
    set->count = 0;
    set->until = deadline_never();
    set->out_of_memory = false;
}

static bool make_room(struct wait_set *set)
{
    if (set->count < set->room)
        return true;
    size_t room = set->room > 0 ? 2 * set->room : 8;
    void *sockets = OPENSSL_realloc(set->sockets, room * sizeof *set->sockets);
    if (sockets == NULL)
        return false;
    set->sockets = sockets;
    set->room = room;
    return true;
}

void wait_set_add(struct wait_set *set, int fd, bool want_read, bool want_write)
{
    if (make_room(set))
        set->sockets[set->count++] = (struct sock_wait){
            .fd = fd, .want_read = want_read, .want_write = want_write};
    else
        set->out_of_memory = true;
}

void wait_set_until(struct wait_set *set, struct deadline deadline)
{
    set->until = deadline_earlier(set->until, deadline);
}

void wait_set_clear(struct wait_set *set)
{
    OPENSSL_free(set->sockets);
    *set = (struct wait_set){0};
}

enum sock_result wait_for(struct wait_set *set, int *code)
{
    if (set->out_of_memory) {
        *code = sock_out_of_memory;
        return SOCK_FAILED;
    }
    return sock_wait(set->sockets, set->count, set->until, code);
}

enum tlsdial_cause wait_failure(int code, struct tlsdial_error *error)
{
    char reason[128];
    if (code == sock_out_of_memory)
        return error_out_of_memory(error);
    sock_describe(code, reason, sizeof reason);
    return tlsdial_error_set(error, TLSDIAL_CONNECT_FAILED, (unsigned long)code,
                             "waiting for the connection failed: %s", reason);
}

size_t wait_set_export(const struct wait_set *set, struct tlsdial_want *wants,
                       size_t room, int *timeout_ms)
{
    for (size_t i = 0; wants != NULL && i < set->count && i < room; i++)
        wants[i] = (struct tlsdial_want){.fd = set->sockets[i].fd,
                                         .read = set->sockets[i].want_read,
                                         .write = set->sockets[i].want_write};
    /* A socket that is not in the set would be waited for in vain: the next step fails. */
    if (timeout_ms != NULL)
        *timeout_ms = set->out_of_memory ? 0 : deadline_poll_timeout(set->until);
    return set->count;
}
