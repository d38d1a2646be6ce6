/* connect.c: which address is tried when, over real sockets of loopback. */
#include <config.h>

#include <fcntl.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "net/connect.h"
#include "net/sock.h"
#include "loopback.h"

/* What the observer saw: "address=cause address=cause ". */
struct seen {
    char text[1024];
    int64_t last_us; /* how long the last attempt took */
};

static bool see(void *argument, const struct tlsdial_attempt *attempt)
{
    struct seen *seen = argument;
    size_t used = strlen(seen->text);
    snprintf(seen->text + used, sizeof seen->text - used, "%s=%d ", attempt->address,
             (int)attempt->cause);
    seen->last_us = attempt->microseconds;
    return true;
}

static void add(struct address_list *list, const char *host, const char *port)
{
    assert_int_equal(address_list_add(list, host, port), ADDRESS_ADDED);
}

static enum step run(struct connecting *connecting, int *fd, struct tlsdial_error *error)
{
    struct wait_set set = {0};
    enum step result;
    int code;
    while ((result = connect_step(connecting, fd, error)) == STEP_AGAIN) {
        wait_set_begin(&set);
        connect_wants(connecting, &set);
        assert_true(set.until.at != INT64_MAX || set.count > 0);
        assert_int_not_equal(wait_for(&set, &code), SOCK_FAILED);
    }
    wait_set_clear(&set);
    return result;
}

/* Connects to the addresses of a list, which it clears. */
static enum step connect_to(struct address_list *list, int milliseconds,
                            struct seen *seen, int *fd, struct tlsdial_error *error)
{
    struct connecting *connecting =
        connect_begin(list, deadline_after(clock_now_us(), milliseconds), see, seen);
    assert_non_null(connecting);
    *fd = -1;
    enum step result = run(connecting, fd, error);
    connect_free(connecting);
    address_list_free(list);
    return result;
}

/* A port of loopback that nobody listens on, as long as the socket is there. */
static int closed_port(char port[6])
{
    int fd = listener("127.0.0.1", -1, port);
    assert_true(fd >= 0);
    return fd;
}

static void families_alternate(void **state)
{
    (void)state;
    struct address_list list = {0};
    struct seen seen = {.last_us = 0};
    struct tlsdial_error error;
    char port[6];
    int fd, holder = closed_port(port);
    add(&list, "127.0.0.2", port);
    add(&list, "127.0.0.3", port);
    add(&list, "127.0.0.4", port);
    add(&list, "::ffff:127.0.0.6", port);
    add(&list, "::ffff:127.0.0.5", port);
    assert_int_equal(connect_to(&list, 5000, &seen, &fd, &error), STEP_FAILED);
    assert_string_equal(seen.text, "::ffff:127.0.0.6=22 127.0.0.2=22 ::ffff:127.0.0.5=22 "
                                   "127.0.0.3=22 127.0.0.4=22 ");
    assert_int_equal(error.cause, TLSDIAL_REFUSED);
    close(holder);
}

static void a_failure_begins_the_next_at_once(void **state)
{
    (void)state;
    struct address_list list = {0};
    struct seen seen = {.last_us = 0};
    struct tlsdial_error error;
    char port[6];
    int fd, listening = listener("127.0.0.1", 5, port);
    int descriptor = free_descriptor();
    for (int i = 2; i < 12; i++) {
        char address[24];
        snprintf(address, sizeof address, "127.0.0.%d", i);
        add(&list, address, port);
    }
    add(&list, "127.0.0.1", port);
    int64_t start = clock_now_us();
    assert_int_equal(connect_to(&list, 20000, &seen, &fd, &error), STEP_DONE);
    assert_true(clock_now_us() - start < 2000000); /* not ten delays */
    assert_non_null(strstr(seen.text, "127.0.0.11=22 127.0.0.1=0 "));
    assert_int_equal(fd, descriptor); /* those that failed are closed */
    close(fd);
    close(listening);
}

static void the_socket_is_ready_for_use(void **state)
{
    (void)state;
    struct address_list list = {0};
    struct seen seen = {.last_us = 0};
    struct tlsdial_error error;
    char port[6];
    int fd, on = 0, listening = listener("127.0.0.1", 5, port);
    socklen_t size = sizeof on;
    add(&list, "127.0.0.1", port);
    assert_int_equal(connect_to(&list, 5000, &seen, &fd, &error), STEP_DONE);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_true((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
    assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &size), 0);
    assert_true(on != 0);
    on = 0;
    assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, &size), 0);
    assert_true(on != 0);
    close(fd);
    close(listening);
}

/* An address that keeps silent: its listener's queue is full. */
struct silent {
    int listening, fillers[4];
};

static struct silent silent_begin(const char *address, char port[6])
{
    struct silent silent = {.listening = listener(address, 0, port)};
    struct sockaddr_in name;
    socklen_t size = sizeof name;
    getsockname(silent.listening, (struct sockaddr *)&name, &size);
    for (size_t i = 0; i < 4; i++) {
        silent.fillers[i] = socket(AF_INET, SOCK_STREAM, 0);
        fcntl(silent.fillers[i], F_SETFL, O_NONBLOCK);
        (void)!connect(silent.fillers[i], (struct sockaddr *)&name, size);
    }
    usleep(20000);
    return silent;
}

static void silent_end(struct silent silent)
{
    for (size_t i = 0; i < 4; i++)
        close(silent.fillers[i]);
    close(silent.listening);
}

/* What is waited for after the first step, which leaves nothing to be done at once. */
static struct deadline first_wait(struct connecting *connecting, size_t sockets)
{
    struct wait_set set = {0};
    int fd;
    struct tlsdial_error error;
    assert_int_equal(connect_step(connecting, &fd, &error), STEP_AGAIN);
    wait_set_begin(&set);
    connect_wants(connecting, &set);
    assert_int_equal(set.count, sockets);
    struct deadline until = set.until;
    wait_set_clear(&set);
    return until;
}

static void a_silent_address_delays_the_next(void **state)
{
    (void)state;
    struct address_list list = {0};
    struct seen seen = {.last_us = 0};
    struct tlsdial_error error;
    char silent_port[6], port[6];
    struct silent silent = silent_begin("127.0.0.2", silent_port);
    int fd, listening = listener("127.0.0.1", 5, port);
    add(&list, "127.0.0.2", silent_port);
    add(&list, "127.0.0.1", port);
    int descriptor = free_descriptor();
    int64_t start = clock_now_us();
    struct connecting *connecting =
        connect_begin(&list, deadline_after(start, 20000), see, &seen);
    int64_t until = first_wait(connecting, 1).at;
    assert_in_range(until, start + 250000, clock_now_us() + 250000);
    assert_int_equal(run(connecting, &fd, &error), STEP_DONE);
    assert_true(clock_now_us() - start >= 250000);
    assert_string_equal(seen.text, "127.0.0.1=0 127.0.0.2=24 ");
    assert_true(seen.last_us >= 250000);
    close(fd);
    assert_int_equal(free_descriptor(), descriptor); /* the loser is closed */
    connect_free(connecting);
    address_list_free(&list);
    close(listening);
    silent_end(silent);
}

static void a_failure_ends_the_delay(void **state)
{
    (void)state;
    struct address_list list = {0};
    struct seen seen = {.last_us = 0};
    struct tlsdial_error error;
    char silent_port[6], port[6], address[24];
    struct silent silent = silent_begin("127.0.0.2", silent_port);
    int fd, listening = listener("127.0.0.1", 5, port);
    add(&list, "127.0.0.2", silent_port);
    for (int i = 3; i < 13; i++) {
        snprintf(address, sizeof address, "127.0.0.%d", i);
        add(&list, address, port);
    }
    add(&list, "127.0.0.1", port);
    int64_t start = clock_now_us();
    assert_int_equal(connect_to(&list, 20000, &seen, &fd, &error), STEP_DONE);
    assert_in_range(clock_now_us() - start, 250000, 2000000); /* one delay, not eleven */
    close(fd);
    close(listening);
    silent_end(silent);
}

static void a_deadline_ends_it(void **state)
{
    (void)state;
    struct address_list list = {0};
    struct seen seen = {.last_us = 0};
    struct tlsdial_error error;
    char port[6];
    struct silent silent = silent_begin("127.0.0.2", port);
    int descriptor = free_descriptor(), fd;
    add(&list, "127.0.0.3", port);
    add(&list, "127.0.0.2", port);
    int64_t start = clock_now_us();
    assert_int_equal(connect_to(&list, 100, &seen, &fd, &error), STEP_FAILED);
    assert_in_range(clock_now_us() - start, 100000, 5000000);
    assert_int_equal(error.cause, TLSDIAL_DEADLINE_CONNECT);
    assert_string_equal(error.message,
                        "deadline-connect: no connection in time: 127.0.0.3: Connection "
                        "refused; 127.0.0.2: no answer in time");
    assert_int_equal(fd, -1);
    assert_int_equal(free_descriptor(), descriptor);
    silent_end(silent);
}

/* Whether the first attempt waits for more addresses: until when, or 0. The list is cleared. */
static int64_t held_until(struct address_list *list)
{
    struct connecting *connecting = connect_begin(list, deadline_never(), NULL, NULL);
    bool held = list->awaits_ipv6;
    int64_t until = first_wait(connecting, held ? 0 : 1).at;
    connect_free(connecting);
    address_list_free(list);
    return held ? until : 0;
}

static void ipv4_alone_waits_for_ipv6(void **state)
{
    (void)state;
    struct address_list list = {.awaits_ipv6 = true};
    struct seen seen = {.last_us = 0};
    struct tlsdial_error error;
    char port[6];
    struct silent silent = silent_begin("127.0.0.2", port);
    add(&list, "127.0.0.2", port);
    int64_t start = clock_now_us(), until = held_until(&list);
    assert_in_range(until, start + 50000, clock_now_us() + 50000);

    add(&list, "127.0.0.2", port); /* with nothing to wait for */
    assert_int_equal(held_until(&list), 0);
    list.awaits_ipv4 = true; /* IPv6 alone waits for nothing */
    add(&list, "::ffff:127.0.0.2", port);
    assert_int_equal(held_until(&list), 0);
    silent_end(silent);

    int fd, listening = listener("127.0.0.1", 5, port);
    list.awaits_ipv6 = true;
    add(&list, "127.0.0.1", port);
    start = clock_now_us();
    assert_int_equal(connect_to(&list, 20000, &seen, &fd, &error), STEP_DONE);
    assert_in_range(clock_now_us() - start, 50000, 5000000);
    close(fd);
    close(listening);
}

static void addresses_may_come_late(void **state)
{
    (void)state;
    struct address_list list = {.awaits_ipv6 = true};
    struct seen seen = {.last_us = 0};
    struct tlsdial_error error;
    char port[6];
    int fd = -1, listening = listener("127.0.0.1", 5, port);
    struct connecting *connecting =
        connect_begin(&list, deadline_after(clock_now_us(), 20000), see, &seen);
    assert_int_equal(connect_step(connecting, &fd, &error), STEP_AGAIN);
    add(&list, "127.0.0.9", port);
    assert_int_equal(connect_step(connecting, &fd, &error), STEP_AGAIN);
    assert_string_equal(seen.text, ""); /* held, for those that now come */
    add(&list, "::ffff:127.0.0.8", port);
    struct deadline patience = deadline_after(clock_now_us(), 10000);
    while (strstr(seen.text, "127.0.0.9=") == NULL && !deadline_passed(patience))
        assert_int_equal(connect_step(connecting, &fd, &error), STEP_AGAIN);
    assert_string_equal(seen.text, "::ffff:127.0.0.8=22 127.0.0.9=22 ");
    add(&list, "::ffff:127.0.0.1", port);
    list.awaits_ipv6 = false;
    assert_int_equal(run(connecting, &fd, &error), STEP_DONE);
    assert_non_null(strstr(seen.text, "127.0.0.9=22 ::ffff:127.0.0.1=0 "));
    connect_free(connecting);
    address_list_free(&list);
    close(fd);
    close(listening);
}

static void many_addresses(void **state)
{
    (void)state;
    struct address_list list = {0};
    struct seen seen = {.last_us = 0};
    struct tlsdial_error error;
    char port[6], address[20];
    int fd, listening = listener("127.0.0.1", 5, port);
    for (int i = 0; i < 3000; i++) {
        snprintf(address, sizeof address, "127.1.%d.%d", i / 250, i % 250 + 1);
        add(&list, i == 999 ? "127.0.0.1" : address, port);
    }
    assert_int_equal(list.count, RESOLVE_ADDRESSES_MAX);
    assert_int_equal(connect_to(&list, 20000, &seen, &fd, &error), STEP_DONE);
    close(fd);
    close(listening);
}

static void a_link_local_address_needs_a_zone(void **state)
{
    (void)state;
    struct address_list list = {0};
    struct seen seen = {.last_us = 0};
    struct tlsdial_error error;
    int fd;
    add(&list, "fe80::1", "443");
    assert_int_equal(connect_to(&list, 300, &seen, &fd, &error), STEP_FAILED);
    if (error.cause !=
        TLSDIAL_DEADLINE_CONNECT) /* of a system that chooses a link itself */
        assert_non_null(strstr(error.message, "fe80::1: a link-local address needs"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(families_alternate),
        cmocka_unit_test(a_failure_begins_the_next_at_once),
        cmocka_unit_test(the_socket_is_ready_for_use),
        cmocka_unit_test(a_silent_address_delays_the_next),
        cmocka_unit_test(a_failure_ends_the_delay),
        cmocka_unit_test(a_deadline_ends_it),
        cmocka_unit_test(ipv4_alone_waits_for_ipv6),
        cmocka_unit_test(addresses_may_come_late),
        cmocka_unit_test(many_addresses),
        cmocka_unit_test(a_link_local_address_needs_a_zone),
    };
    return cmocka_run_group_tests_name("connect", tests, NULL, NULL);
}
