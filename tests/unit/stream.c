/* stream.c: streams and waits, over real sockets. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "net/sock.h"
#include "net/stream.h"
#include "net/wait.h"
#include "loopback.h"

struct ends {
    struct stream *stream;
    int peer;
};

static struct ends ends_new(void)
{
    int fds[2], code;
    assert_true(sock_pair(fds, &code));
    struct ends ends = {.stream = stream_new(fds[0]), .peer = fds[1]};
    assert_non_null(ends.stream);
    return ends;
}

static void ends_free(struct ends ends)
{
    stream_free(ends.stream);
    if (ends.peer >= 0)
        close(ends.peer);
}

static void reads_and_counts(void **state)
{
    (void)state;
    struct ends ends = ends_new();
    char buffer[300] = {0};
    size_t n = 0, length = 0;
    assert_int_equal(stream_read(ends.stream, buffer, sizeof buffer, &n), SOCK_AGAIN);
    assert_int_equal(stream_end(ends.stream), STREAM_OPEN);
    assert_int_equal(write(ends.peer, "220 hello", 9), 9);
    assert_int_equal(stream_read(ends.stream, buffer, 4, &n), SOCK_DONE);
    assert_int_equal(n, 4);
    stream_read_first(ends.stream);
    assert_memory_equal(stream_first(ends.stream, &length), "220 hello", 9);
    assert_int_equal(length, 9);
    assert_int_equal(stream_received(ends.stream), 9);
    assert_int_equal(stream_write(ends.stream, "EHLO", 4, &n), SOCK_DONE);
    assert_int_equal(stream_sent(ends.stream), 4);
    assert_int_equal(read(ends.peer, buffer, sizeof buffer), 4);
    ends_free(ends);
}

static void keeps_the_first_bytes_of_tls(void **state)
{
    (void)state;
    struct ends ends = ends_new();
    char buffer[400], expected[STREAM_FIRST_BYTES];
    size_t n = 0, length = 0;
    assert_int_equal(write(ends.peer, "220\r\n", 5), 5);
    assert_int_equal(stream_read(ends.stream, buffer, sizeof buffer, &n), SOCK_DONE);
    stream_begin_tls(ends.stream);
    stream_first(ends.stream, &length);
    assert_int_equal(length, 0);
    assert_int_equal(stream_received(ends.stream), 0);
    memset(buffer, 'x', sizeof buffer);
    memset(expected, 'x', sizeof expected);
    assert_int_equal(write(ends.peer, buffer, 300), 300);
    assert_int_equal(stream_read(ends.stream, buffer, 100, &n), SOCK_DONE);
    assert_int_equal(stream_read(ends.stream, buffer, 200, &n), SOCK_DONE);
    assert_memory_equal(stream_first(ends.stream, &length), expected, sizeof expected);
    assert_int_equal(length, STREAM_FIRST_BYTES);
    assert_int_equal(stream_received(ends.stream), 300);
    ends_free(ends);
}

static void remembers_how_it_ended(void **state)
{
    (void)state;
    struct ends ends = ends_new();
    char byte;
    size_t n = 0;
    assert_int_equal(write(ends.peer, "x", 1), 1);
    close(ends.peer);
    ends.peer = -1;
    errno = 0;
    assert_int_equal(stream_write(ends.stream, "x", 1, &n), SOCK_FAILED); /* no SIGPIPE */
    assert_int_equal(stream_end(ends.stream), STREAM_FAILED);
    assert_int_equal(stream_code(ends.stream), EPIPE);
    stream_reopen(ends.stream);
    assert_int_equal(stream_end(ends.stream), STREAM_OPEN);
    assert_int_equal(stream_code(ends.stream), 0);
    assert_int_equal(stream_read(ends.stream, &byte, 1, &n), SOCK_DONE);
    assert_int_equal(stream_read(ends.stream, &byte, 1, &n), SOCK_END);
    assert_int_equal(stream_end(ends.stream), STREAM_FIN);
    ends_free(ends);
}

static void owns_its_socket(void **state)
{
    (void)state;
    struct ends ends = ends_new();
    int fd = stream_fd(ends.stream);
    assert_true(fcntl(fd, F_GETFD) >= 0);
    ends_free(ends);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
    stream_free(NULL);
}

static void a_pair_is_ready_for_use(void **state)
{
    (void)state;
    int fds[2], code;
    assert_true(sock_pair(fds, &code));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(fcntl(fds[i], F_GETFD), FD_CLOEXEC);
        assert_true((fcntl(fds[i], F_GETFL) & O_NONBLOCK) != 0);
    }
    struct sock_wait wait = {.fd = fds[0], .want_read = true};
    errno = ENOENT;
    for (int i = 0; i < 1000000; i++) /* more than there is room for */
        sock_wake(fds[1]);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(sock_wait(&wait, 1, (struct deadline){.at = 0}, &code), SOCK_DONE);
    sock_drain(fds[0]);
    assert_int_equal(sock_wait(&wait, 1, (struct deadline){.at = 0}, &code),
                     SOCK_TIMEOUT);
    close(fds[0]);
    sock_wake(fds[1]); /* no SIGPIPE */
    close(fds[1]);
}

static void a_set_grows_and_waits(void **state)
{
    (void)state;
    struct wait_set set = {0};
    int fds[50][2], code = 0;
    for (int round = 0; round < 2; round++) {
        wait_set_begin(&set);
        assert_true(set.until.at == deadline_never().at);
        for (int i = 0; i < 50; i++) {
            if (round == 0)
                assert_true(sock_pair(fds[i], &code));
            wait_set_add(&set, fds[i][0], true, false);
        }
        assert_int_equal(set.count, 50);
        wait_set_until(&set, deadline_after(clock_now_us(), 3600000));
        wait_set_until(&set, deadline_after(clock_now_us(), 30));
        wait_set_until(&set, deadline_never());
        int64_t start = clock_now_us();
        assert_int_equal(wait_for(&set, &code), round == 0 ? SOCK_TIMEOUT : SOCK_DONE);
        assert_true(round == 1 || clock_now_us() - start >= 29000);
        sock_wake(fds[49][1]);
    }
    assert_true(set.sockets[49].can_read);
    assert_false(set.sockets[48].can_read);
    set.out_of_memory = true;
    assert_int_equal(wait_for(&set, &code), SOCK_FAILED);
    assert_int_equal(code, sock_out_of_memory);
    wait_set_clear(&set);
    assert_null(set.sockets);
    for (int i = 0; i < 50; i++) {
        close(fds[i][0]);
        close(fds[i][1]);
    }
}

static void an_empty_set_is_a_pause(void **state)
{
    (void)state;
    struct wait_set set = {0};
    int code;
    int64_t start = clock_now_us();
    wait_set_begin(&set);
    wait_set_until(&set, deadline_after(start, 20));
    assert_int_equal(wait_for(&set, &code), SOCK_TIMEOUT);
    assert_true(clock_now_us() - start >= 20000);
    wait_set_clear(&set);
}

static void ignore(int signal_number)
{
    (void)signal_number;
}

/* A wait that began anew at each signal would never end. */
static void signals_do_not_stretch_a_wait(void **state)
{
    (void)state;
    struct sigaction action = {.sa_handler = ignore};
    const struct itimerval often = {{.tv_usec = 10000}, {.tv_usec = 10000}};
    const struct itimerval never = {{0}, {0}};
    struct wait_set set = {0};
    int fds[2], code;
    assert_true(sock_pair(fds, &code));
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    int64_t start = clock_now_us();
    wait_set_begin(&set);
    wait_set_add(&set, fds[0], true, false);
    wait_set_until(&set, deadline_after(start, 200));
    assert_int_equal(wait_for(&set, &code), SOCK_TIMEOUT);
    int64_t took = clock_now_us() - start;
    setitimer(ITIMER_REAL, &never, NULL);
    assert_in_range(took, 200000, 5000000);
    wait_set_clear(&set);
    close(fds[0]);
    close(fds[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_counts),
        cmocka_unit_test(keeps_the_first_bytes_of_tls),
        cmocka_unit_test(remembers_how_it_ended),
        cmocka_unit_test(owns_its_socket),
        cmocka_unit_test(a_pair_is_ready_for_use),
        cmocka_unit_test(a_set_grows_and_waits),
        cmocka_unit_test(an_empty_set_is_a_pause),
        cmocka_unit_test(signals_do_not_stretch_a_wait),
    };
    return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
