/*
 * connect.c: Happy Eyeballs (RFC 8305, sections 3 to 5) over the addresses of a name.
 *
 * The addresses are tried in turn, IPv6 and IPv4 alternating, IPv6 first.  The next attempt
 * begins when the last one fails, or 250 ms after it began, while the earlier ones go on; the
 * first connection wins.  Where only IPv4 addresses have arrived the first attempt waits 50 ms for
 * others.  Sockets are made and connected by OpenSSL's BIO helpers.
 */
#include <config.h>

#include "net/connect.h"

#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "net/sock.h"

#define ATTEMPT_DELAY_US 250000   /* RFC 8305, section 8, "Connection Attempt Delay" */
#define RESOLUTION_DELAY_US 50000 /* there, "Resolution Delay" */

struct attempt {
    const BIO_ADDRINFO *to;
    int64_t started_us;
};

struct connecting {
    const struct address_list *addresses;
    struct deadline deadline;
    connect_attempted *attempted; /* may be NULL */
    void *argument;
    size_t next_six, next_four; /* where in the list the next of a family is, or later */
    bool last_was_six;
    bool begun;            /* there was an attempt */
    int64_t held_until_us; /* the end of the Resolution Delay; 0: it has not begun */
    int64_t next_start_us;
    struct attempt *pending; /* waits[i] is that of pending[i] */
    struct sock_wait *waits;
    size_t pending_count, pending_room;
    enum tlsdial_cause cause;            /* that stands for the failures so far */
    char failures[TLSDIAL_MESSAGE_SIZE]; /* in words; what does not fit is left out */
    bool failures_full;
    bool out_of_memory;
};

/* ---- attempts that ended ---- */

enum tlsdial_cause connect_cause(int code)
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

/* Which cause stands for them all: an address that no route leads to says less than one that
 * refused, as on a host without IPv6, and that less than one that kept silent, which another time
 * may answer. */
static void add_cause(struct connecting *connecting, enum tlsdial_cause cause)
{
    static const enum tlsdial_cause order[] = {TLSDIAL_CONNECT_FAILED,
                                               TLSDIAL_DEADLINE_CONNECT, TLSDIAL_REFUSED};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        if (connecting->cause == order[i] || cause == order[i]) {
            connecting->cause = order[i];
            return;
        }
}

/* "192.0.2.1: Connection refused; ...". */
static void add_failure(struct connecting *connecting,
                        const struct tlsdial_attempt *attempt)
{
    size_t used = strlen(connecting->failures);
    size_t room = sizeof connecting->failures - used;
    if (connecting->failures_full)
        return;
    int n = snprintf(connecting->failures + used, room, "%s%s: %s", used > 0 ? "; " : "",
                     attempt->address, attempt->reason);
    connecting->failures_full = n < 0 || (size_t)n >= room;
}

static void note(struct connecting *connecting, const struct attempt *attempt,
                 enum tlsdial_cause cause, const char *reason)
{
    const BIO_ADDR *address = BIO_ADDRINFO_address(attempt->to);
    char *host = BIO_ADDR_hostname_string(address, 1);
    char *port = BIO_ADDR_service_string(address, 1);
    const struct tlsdial_attempt noted = {.address = host,
                                          .port = port,
                                          .cause = cause,
                                          .reason = reason,
                                          .microseconds =
                                              clock_now_us() - attempt->started_us};
    if (host == NULL || port == NULL ||
        (connecting->attempted != NULL &&
         !connecting->attempted(connecting->argument, &noted)))
        connecting->out_of_memory = true;
    else if (cause != TLSDIAL_OK)
        add_failure(connecting, &noted);
    OPENSSL_free(host);
    OPENSSL_free(port);
}

/* Of fe80::/10 there is one on each link, and the zone says on which (RFC 4007, 6). */
static bool lacks_zone(const BIO_ADDRINFO *to)
{
    char *host = BIO_ADDR_hostname_string(BIO_ADDRINFO_address(to), 1);
    bool lacks = host != NULL && strncmp(host, "fe", 2) == 0 && host[2] != '\0' &&
                 strchr("89ab", host[2]) != NULL && strchr(host, '%') == NULL;
    OPENSSL_free(host);
    return lacks;
}

static void note_failure(struct connecting *connecting, const struct attempt *attempt,
                         int code)
{
    char reason[128];
    enum tlsdial_cause cause = connect_cause(code);
    if (lacks_zone(attempt->to)) {
        cause = TLSDIAL_UNREACHABLE;
        snprintf(
            reason, sizeof reason,
            "a link-local address needs the zone that it is in, as in fe80::1%%eth0");
    } else {
        sock_describe(code, reason, sizeof reason);
    }
    add_cause(connecting, cause);
    note(connecting, attempt, cause, reason);
}

/* ---- beginning attempts ---- */

/* The next address of a family, or NULL; *at is moved to it. */
static const BIO_ADDRINFO *peek(const struct address_list *list, size_t *at, bool six)
{
    while (*at < list->count &&
           (BIO_ADDRINFO_family(list->items[*at]) == sock_ipv6) != six)
        ++*at;
    return *at < list->count ? list->items[*at] : NULL;
}

/* The address whose turn it is, each family in the order of the system (RFC 6724); NULL: none. */
static const BIO_ADDRINFO *next_address(const struct connecting *connecting, bool *is_six)
{
    size_t six_at = connecting->next_six, four_at = connecting->next_four;
    const BIO_ADDRINFO *six = peek(connecting->addresses, &six_at, true);
    const BIO_ADDRINFO *four = peek(connecting->addresses, &four_at, false);
    *is_six = six != NULL && (four == NULL || !connecting->last_was_six);
    return *is_six ? six : four;
}

static const BIO_ADDRINFO *take_next_address(struct connecting *connecting)
{
    bool is_six;
    const BIO_ADDRINFO *next = next_address(connecting, &is_six);
    size_t *at = is_six ? &connecting->next_six : &connecting->next_four;
    (void)peek(connecting->addresses, at, is_six);
    ++*at;
    connecting->last_was_six = is_six;
    connecting->begun = true;
    return next;
}

/* When the next attempt is due; INT64_MAX: there is none to be made now. */
static int64_t next_due_us(const struct connecting *connecting)
{
    bool is_six;
    if (next_address(connecting, &is_six) == NULL)
        return INT64_MAX;
    if (!connecting->begun)
        return is_six || !connecting->addresses->awaits_ipv6 ? 0
                                                             : connecting->held_until_us;
    return connecting->pending_count == 0 ? 0 : connecting->next_start_us;
}

/* The system's code for the failure of a BIO helper, which it left in OpenSSL's queue. */
static int helper_code(void)
{
    unsigned long code = ERR_peek_error();
    return ERR_GET_LIB(code) == ERR_LIB_SYS ? ERR_GET_REASON(code) : 0;
}

static bool make_room(struct connecting *connecting)
{
    if (connecting->pending_count < connecting->pending_room)
        return true;
    size_t room = connecting->pending_room > 0 ? 2 * connecting->pending_room : 4;
    void *pending =
        OPENSSL_realloc(connecting->pending, room * sizeof *connecting->pending);
    if (pending != NULL)
        connecting->pending = pending;
    void *waits = OPENSSL_realloc(connecting->waits, room * sizeof *connecting->waits);
    if (waits != NULL)
        connecting->waits = waits;
    if (pending == NULL || waits == NULL)
        return false;
    connecting->pending_room = room;
    return true;
}

static void add_pending(struct connecting *connecting, const struct attempt *attempt,
                        int fd)
{
    if (!make_room(connecting)) {
        sock_close(fd);
        connecting->out_of_memory = true;
        return;
    }
    connecting->pending[connecting->pending_count] = *attempt;
    connecting->waits[connecting->pending_count++] =
        (struct sock_wait){.fd = fd, .want_write = true};
}

/* Begins the next attempt. True, and *fd, where it is connected at once. */
static bool start_next(struct connecting *connecting, int *fd)
{
    struct attempt attempt = {.to = take_next_address(connecting),
                              .started_us = clock_now_us()};
    int code = 0;
    connecting->next_start_us = attempt.started_us + ATTEMPT_DELAY_US;
    ERR_clear_error();
    int new_fd =
        BIO_socket(BIO_ADDRINFO_family(attempt.to), BIO_ADDRINFO_socktype(attempt.to),
                   BIO_ADDRINFO_protocol(attempt.to), 0);
    bool prepared = new_fd >= 0 && sock_prepare(new_fd, &code);
    if (prepared &&
        BIO_connect(new_fd, BIO_ADDRINFO_address(attempt.to),
                    BIO_SOCK_NONBLOCK | BIO_SOCK_NODELAY | BIO_SOCK_KEEPALIVE) == 1) {
        note(connecting, &attempt, TLSDIAL_OK, NULL);
        *fd = new_fd;
        return true;
    }
    if (prepared && ERR_peek_error() == 0) {
        add_pending(connecting, &attempt, new_fd);
        return false;
    }
    note_failure(connecting, &attempt, code != 0 ? code : helper_code());
    connecting->next_start_us = 0; /* a failure: the next attempt need not wait */
    if (new_fd >= 0)
        sock_close(new_fd);
    return false;
}

/* ---- attempts under way ---- */

static void remove_pending(struct connecting *connecting, size_t i)
{
    connecting->pending_count--;
    connecting->pending[i] = connecting->pending[connecting->pending_count];
    connecting->waits[i] = connecting->waits[connecting->pending_count];
}

/* Looks at the attempts that have come to an end. True, and *fd, where one is connected. */
static bool collect(struct connecting *connecting, int *fd)
{
    const struct deadline at_once = {.at = 0};
    int code;
    if (connecting->pending_count == 0 ||
        sock_wait(connecting->waits, connecting->pending_count, at_once, &code) !=
            SOCK_DONE)
        return false;
    for (size_t i = 0; i < connecting->pending_count;) {
        if (!connecting->waits[i].can_write) {
            i++;
            continue;
        }
        struct attempt attempt = connecting->pending[i];
        int ended = connecting->waits[i].fd;
        remove_pending(connecting, i);
        code = sock_connect_result(ended);
        if (code == 0) {
            note(connecting, &attempt, TLSDIAL_OK, NULL);
            *fd = ended;
            return true;
        }
        sock_close(ended);
        note_failure(connecting, &attempt, code);
        connecting->next_start_us = 0; /* a failure: the next attempt need not wait */
    }
    return false;
}

/* ---- the end ---- */

static void close_pending(struct connecting *connecting)
{
    for (size_t i = 0; i < connecting->pending_count; i++)
        sock_close(connecting->waits[i].fd);
    connecting->pending_count = 0;
}

static enum step failed(struct connecting *connecting, bool late,
                        struct tlsdial_error *error)
{
    for (size_t i = 0; i < connecting->pending_count; i++)
        note(connecting, &connecting->pending[i], TLSDIAL_DEADLINE_CONNECT,
             "no answer in time");
    close_pending(connecting);
    if (connecting->out_of_memory) {
        error_out_of_memory(error);
        return STEP_FAILED;
    }
    enum tlsdial_cause cause = late ? TLSDIAL_DEADLINE_CONNECT : connecting->cause;
    tlsdial_error_set(error, cause, 0, "%s: %s", tlsdial_cause_phrase(cause),
                      connecting->failures);
    return STEP_FAILED;
}

static enum step won(struct connecting *connecting, int *fd, struct tlsdial_error *error)
{
    for (size_t i = 0; i < connecting->pending_count; i++)
        note(connecting, &connecting->pending[i], TLSDIAL_CONNECT_FAILED,
             "given up: another address answered first");
    close_pending(connecting);
    if (!connecting->out_of_memory)
        return STEP_DONE;
    sock_close(*fd);
    *fd = -1;
    error_out_of_memory(error);
    return STEP_FAILED;
}

/* ---- the steps ---- */

struct connecting *connect_begin(const struct address_list *addresses,
                                 struct deadline deadline, connect_attempted *attempted,
                                 void *argument)
{
    struct connecting *connecting = OPENSSL_zalloc(sizeof *connecting);
    if (connecting == NULL)
        return NULL;
    connecting->addresses = addresses;
    connecting->deadline = deadline;
    connecting->attempted = attempted;
    connecting->argument = argument;
    connecting->cause = TLSDIAL_UNREACHABLE;
    return connecting;
}

static enum step step(struct connecting *connecting, int *fd, struct tlsdial_error *error)
{
    const struct address_list *list = connecting->addresses;
    if (list->count > 0 && connecting->held_until_us == 0)
        connecting->held_until_us = clock_now_us() + RESOLUTION_DELAY_US;
    if (collect(connecting, fd))
        return won(connecting, fd, error);
    while (!connecting->out_of_memory) {
        int64_t due = next_due_us(connecting);
        if (due == INT64_MAX && connecting->pending_count == 0 && !list->awaits_ipv6 &&
            !list->awaits_ipv4)
            return failed(connecting, false, error);
        if (deadline_passed(connecting->deadline))
            return failed(connecting, true, error);
        if (clock_now_us() < due)
            return STEP_AGAIN;
        if (start_next(connecting, fd))
            return won(connecting, fd, error);
    }
    return failed(connecting, false, error);
}

enum step connect_step(struct connecting *connecting, int *fd,
                       struct tlsdial_error *error)
{
    enum step result = step(connecting, fd, error);
    ERR_clear_error(); /* of addresses that failed; the message has them all */
    return result;
}

void connect_wants(const struct connecting *connecting, struct wait_set *set)
{
    for (size_t i = 0; i < connecting->pending_count; i++)
        wait_set_add(set, connecting->waits[i].fd, false, true);
    wait_set_until(set, connecting->deadline);
    wait_set_until(set, (struct deadline){.at = next_due_us(connecting)});
}

void connect_free(struct connecting *connecting)
{
    if (connecting == NULL)
        return;
    close_pending(connecting);
    OPENSSL_free(connecting->pending);
    OPENSSL_free(connecting->waits);
    OPENSSL_free(connecting);
}
