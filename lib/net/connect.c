/*
 * connect.c: Happy Eyeballs (RFC 8305, sections 4 and 5) over the addresses of a name.
 *
 * The addresses are tried in turn, IPv6 and IPv4 alternating, IPv6 first.  The next attempt
 * begins when the last one fails, or 250 ms after it began, while the earlier ones go on; the
 * first connection wins.  Sockets are made and connected by OpenSSL's BIO helpers.
 */
#include <config.h>

#include "net/connect.h"

#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "net/sock.h"
#include "tls/evidence.h"

#define ATTEMPT_DELAY_US 250000 /* RFC 8305, section 8, "Connection Attempt Delay" */

struct attempt {
    const BIO_ADDRINFO *to;
    int64_t started_us;
};

/* The attempts under way; waits[i] is that of pending[i]. */
struct race {
    const BIO_ADDRINFO **order;
    size_t count, next;
    struct attempt *pending;
    struct sock_wait *waits;
    size_t pending_count;
    int64_t next_start_us;
    tlsdial_evidence *evidence;
    bool out_of_memory;
};

/* Alternates the families, each in the resolver's order (RFC 6724), IPv6 first. */
static void interleave(const struct address_list *list, const BIO_ADDRINFO **order)
{
    size_t six = 0, other = 0;
    for (size_t n = 0; n < list->count;) {
        while (six < list->count && BIO_ADDRINFO_family(list->items[six]) != sock_ipv6)
            six++;
        if (six < list->count)
            order[n++] = list->items[six++];
        while (other < list->count &&
               BIO_ADDRINFO_family(list->items[other]) == sock_ipv6)
            other++;
        if (other < list->count)
            order[n++] = list->items[other++];
    }
}

static bool race_init(struct race *race, const struct address_list *list,
                      tlsdial_evidence *evidence)
{
    *race = (struct race){.count = list->count, .evidence = evidence};
    race->order = OPENSSL_zalloc(list->count * sizeof *race->order);
    race->pending = OPENSSL_zalloc(list->count * sizeof *race->pending);
    race->waits = OPENSSL_zalloc(list->count * sizeof *race->waits);
    if (race->order == NULL || race->pending == NULL || race->waits == NULL)
        return false;
    interleave(list, race->order);
    return evidence_addresses(evidence, list->count);
}

static void race_end(struct race *race)
{
    for (size_t i = 0; i < race->pending_count; i++)
        sock_close(race->waits[i].fd);
    OPENSSL_free(race->order);
    OPENSSL_free(race->pending);
    OPENSSL_free(race->waits);
}

static enum tlsdial_cause fault_cause(int code)
{
    switch (sock_fault(code)) {
    case SOCK_REFUSED:
        return TLSDIAL_REFUSED;
    case SOCK_UNREACHABLE:
        return TLSDIAL_UNREACHABLE;
    case SOCK_TIMED_OUT:
        return TLSDIAL_DEADLINE_CONNECT;
    default:
        return TLSDIAL_CONNECT_FAILED;
    }
}

static void note(struct race *race, const struct attempt *attempt,
                 enum tlsdial_cause cause, const char *reason)
{
    if (!evidence_attempt(race->evidence, BIO_ADDRINFO_address(attempt->to), cause,
                          reason, attempt->started_us))
        race->out_of_memory = true;
}

static void note_failure(struct race *race, const struct attempt *attempt, int code)
{
    char reason[128];
    sock_describe(code, reason, sizeof reason);
    note(race, attempt, fault_cause(code), reason);
}

/* The system's code for the failure of a BIO helper, which it left in OpenSSL's queue. */
static int helper_code(void)
{
    unsigned long code = ERR_peek_error();
    return ERR_GET_LIB(code) == ERR_LIB_SYS ? ERR_GET_REASON(code) : 0;
}

/* Begins the next attempt. True, and *fd, where it is connected at once. */
static bool race_start_next(struct race *race, int *fd)
{
    struct attempt attempt = {.to = race->order[race->next++],
                              .started_us = clock_now_us()};
    int code = 0;
    race->next_start_us = attempt.started_us + ATTEMPT_DELAY_US;
    ERR_clear_error();
    int new_fd =
        BIO_socket(BIO_ADDRINFO_family(attempt.to), BIO_ADDRINFO_socktype(attempt.to),
                   BIO_ADDRINFO_protocol(attempt.to), 0);
    if (new_fd < 0) {
        note_failure(race, &attempt, helper_code());
        return false;
    }
    if (!sock_prepare(new_fd, &code)) {
        note_failure(race, &attempt, code);
        sock_close(new_fd);
        return false;
    }
    if (BIO_connect(new_fd, BIO_ADDRINFO_address(attempt.to),
                    BIO_SOCK_NONBLOCK | BIO_SOCK_NODELAY | BIO_SOCK_KEEPALIVE) == 1) {
        note(race, &attempt, TLSDIAL_OK, NULL);
        *fd = new_fd;
        return true;
    }
    if (ERR_peek_error() != 0) {
        note_failure(race, &attempt, helper_code());
        sock_close(new_fd);
        return false;
    }
    race->pending[race->pending_count] = attempt;
    race->waits[race->pending_count++] =
        (struct sock_wait){.fd = new_fd, .want_write = true};
    return false;
}

/* Looks at the attempts that have come to an end. True, and *fd, where one is connected. */
static bool race_collect(struct race *race, int *fd)
{
    bool won = false;
    for (size_t i = 0; i < race->pending_count && !won;) {
        if (!race->waits[i].can_write) {
            i++;
            continue;
        }
        int code = sock_connect_result(race->waits[i].fd);
        won = code == 0;
        if (won) {
            *fd = race->waits[i].fd;
            note(race, &race->pending[i], TLSDIAL_OK, NULL);
        } else {
            sock_close(race->waits[i].fd);
            note_failure(race, &race->pending[i], code);
            race->next_start_us = 0; /* a failure: the next attempt need not wait */
        }
        race->pending_count--;
        race->pending[i] = race->pending[race->pending_count];
        race->waits[i] = race->waits[race->pending_count];
    }
    return won;
}

static bool race_next_is_due(const struct race *race)
{
    return race->next < race->count &&
           (race->pending_count == 0 || clock_now_us() >= race->next_start_us);
}

/* "every address refused ..." and each address with its own reason. */
static void race_describe(const struct race *race, char *text, size_t size)
{
    const struct tlsdial_attempt *attempt;
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; (attempt = tlsdial_evidence_attempt(race->evidence, i)) != NULL;
         i++) {
        int n =
            snprintf(text + used, size - used, "%s%s: %s", i > 0 ? "; " : "",
                     attempt->address, attempt->reason != NULL ? attempt->reason : "");
        if (n < 0 || (size_t)n >= size - used)
            break;
        used += (size_t)n;
    }
}

/* Which cause stands for them all: an address that no route leads to says less than one that
 * refused, as on a host without IPv6, and that less than one that kept silent, which another time
 * may answer. */
static enum tlsdial_cause race_cause(const struct race *race)
{
    enum tlsdial_cause cause = TLSDIAL_UNREACHABLE;
    const struct tlsdial_attempt *attempt;
    for (size_t i = 0; (attempt = tlsdial_evidence_attempt(race->evidence, i)) != NULL;
         i++) {
        if (attempt->cause == TLSDIAL_CONNECT_FAILED)
            return TLSDIAL_CONNECT_FAILED;
        if (attempt->cause == TLSDIAL_DEADLINE_CONNECT ||
            (attempt->cause == TLSDIAL_REFUSED && cause == TLSDIAL_UNREACHABLE))
            cause = attempt->cause;
    }
    return cause;
}

static enum tlsdial_cause race_failure(struct race *race, bool late,
                                       struct tlsdial_error *error)
{
    char addresses[TLSDIAL_MESSAGE_SIZE];
    for (size_t i = 0; i < race->pending_count; i++)
        note(race, &race->pending[i], TLSDIAL_DEADLINE_CONNECT, "no answer in time");
    if (race->out_of_memory)
        return error_out_of_memory(error);
    enum tlsdial_cause cause = late ? TLSDIAL_DEADLINE_CONNECT : race_cause(race);
    race_describe(race, addresses, sizeof addresses);
    return tlsdial_error_set(error, cause, 0, "%s: %s", tlsdial_cause_phrase(cause),
                             addresses);
}

static enum tlsdial_cause race_run(struct race *race, struct deadline deadline, int *fd,
                                   struct tlsdial_error *error)
{
    int code = 0;
    while (!race->out_of_memory) {
        if (deadline_passed(deadline))
            return race_failure(race, true, error);
        if (race_next_is_due(race)) {
            if (race_start_next(race, fd))
                return TLSDIAL_OK;
            continue;
        }
        if (race->pending_count == 0)
            return race_failure(race, false, error);
        struct deadline until = deadline;
        if (race->next < race->count)
            until = deadline_earlier(until, (struct deadline){.at = race->next_start_us});
        enum sock_result result =
            sock_wait(race->waits, race->pending_count, until, &code);
        if (result == SOCK_FAILED)
            return tlsdial_error_set(error, TLSDIAL_CONNECT_FAILED, (unsigned long)code,
                                     "waiting for the connection failed");
        if (result == SOCK_DONE && race_collect(race, fd))
            return TLSDIAL_OK;
    }
    return error_out_of_memory(error);
}

enum tlsdial_cause connect_any(const struct address_list *list, struct deadline deadline,
                               tlsdial_evidence *evidence, int *fd,
                               struct tlsdial_error *error)
{
    struct race race;
    enum tlsdial_cause cause = race_init(&race, list, evidence)
                                   ? race_run(&race, deadline, fd, error)
                                   : error_out_of_memory(error);
    for (size_t i = 0; cause == TLSDIAL_OK && i < race.pending_count; i++)
        note(&race, &race.pending[i], TLSDIAL_CONNECT_FAILED,
             "given up: another address answered first");
    if (cause == TLSDIAL_OK && race.out_of_memory) {
        sock_close(*fd);
        cause = error_out_of_memory(error);
    }
    race_end(&race);
    ERR_clear_error(); /* of addresses that failed; the message tells them all */
    return cause;
}
