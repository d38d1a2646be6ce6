/* route.c: the ways to a peer: an address, a socket of the caller's, a Unix socket. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/un.h>

#include <cmocka.h>

#include "base/clock.h"
#include "net/route.h"
#include "loopback.h"

struct seen {
    size_t addresses;
    int attempts, connected;
    enum tlsdial_cause cause;
    char address[128];
};

static void see_addresses(void *argument, size_t addresses)
{
    ((struct seen *)argument)->addresses = addresses;
}

static bool see_attempt(void *argument, const struct tlsdial_attempt *attempt)
{
    struct seen *seen = argument;
    seen->attempts++;
    seen->cause = attempt->cause;
    snprintf(seen->address, sizeof seen->address, "%s", attempt->address);
    return true;
}

static void see_connection(void *argument)
{
    ((struct seen *)argument)->connected++;
}

static bool refuse_attempt(void *argument, const struct tlsdial_attempt *attempt)
{
    (void)argument;
    (void)attempt;
    return false;
}

/* The stream, or NULL and the error. */
static struct stream *take(struct route_request *request, struct seen *seen,
                           struct tlsdial_error *error)
{
    const struct route_observer observer = {.argument = seen,
                                            .resolved = see_addresses,
                                            .attempted = see_attempt,
                                            .connected = see_connection};
    struct wait_set set = {0};
    struct stream *stream = NULL;
    enum step result;
    int code;
    *seen = (struct seen){0};
    if (request->deadline.at == 0)
        request->deadline = deadline_after(clock_now_us(), 10000);
    struct route *route = route_begin(request, &observer, error);
    if (route == NULL)
        return NULL;
    while ((result = route_step(route, error)) == STEP_AGAIN) {
        wait_set_begin(&set);
        route_wants(route, &set);
        assert_int_not_equal(wait_for(&set, &code), SOCK_FAILED);
    }
    if (result == STEP_DONE) {
        stream = route_take(route);
        assert_non_null(stream);
    }
    route_free(route);
    wait_set_clear(&set);
    return stream;
}

static void to_an_address(void **state)
{
    (void)state;
    char port[6];
    struct host host;
    struct seen seen;
    struct tlsdial_error error;
    int listening = listener("127.0.0.1", 5, port), descriptor = free_descriptor();
    assert_int_equal(host_parse(&host, "127.0.0.1", &error), TLSDIAL_OK);
    struct route_request request = {.host = &host, .port = port};
    struct stream *stream = take(&request, &seen, &error);
    assert_non_null(stream);
    assert_int_equal(seen.addresses, 1);
    assert_int_equal(seen.attempts, 1);
    assert_int_equal(seen.cause, TLSDIAL_OK);
    assert_int_equal(seen.connected, 1);
    assert_string_equal(seen.address, "127.0.0.1");
    stream_free(stream);
    assert_int_equal(free_descriptor(), descriptor);
    close(listening);
    assert_null(take(&request, &seen, &error));
    assert_int_equal(error.cause, TLSDIAL_REFUSED);
    assert_int_equal(seen.connected, 0);
    assert_int_equal(free_descriptor(), listening);
}

static void without_memory_for_an_attempt(void **state)
{
    (void)state;
    char port[6];
    struct host host;
    struct tlsdial_error error;
    const struct route_observer observer = {.attempted = refuse_attempt};
    int listening = listener("127.0.0.1", 5, port), descriptor = free_descriptor();
    assert_int_equal(host_parse(&host, "127.0.0.1", &error), TLSDIAL_OK);
    const struct route_request request = {
        .host = &host, .port = port, .deadline = deadline_never()};
    struct route *route = route_begin(&request, &observer, &error);
    assert_non_null(route);
    enum step result;
    while ((result = route_step(route, &error)) == STEP_AGAIN)
        usleep(1000);
    assert_int_equal(result, STEP_FAILED);
    assert_int_equal(error.cause, TLSDIAL_INTERNAL);
    route_free(route);
    assert_int_equal(free_descriptor(), descriptor);
    close(listening);
}

static void over_a_socket_of_the_callers(void **state)
{
    (void)state;
    int fds[2];
    struct seen seen;
    struct tlsdial_error error;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    struct route_request request = {.has_socket = true, .socket = fds[0]};
    struct stream *stream = take(&request, &seen, &error);
    assert_non_null(stream);
    assert_int_equal(stream_fd(stream), fds[0]);
    assert_int_equal(seen.attempts, 0);
    assert_int_equal(seen.connected, 1);
    assert_int_equal(fcntl(fds[0], F_GETFD), FD_CLOEXEC);
    assert_true((fcntl(fds[0], F_GETFL) & O_NONBLOCK) != 0);
    stream_free(stream);
    close(fds[1]);
}

static void a_socket_that_is_not_connected(void **state)
{
    (void)state;
    char port[6];
    struct seen seen;
    struct tlsdial_error error;
    int fd = listener("127.0.0.1", 5, port);
    struct route_request request = {.has_socket = true, .socket = fd};
    assert_null(take(&request, &seen, &error));
    assert_int_equal(error.cause, TLSDIAL_CONNECT_FAILED);
    assert_non_null(strstr(error.message, "the socket given is not a connected one: "));
    assert_int_equal(fcntl(fd, F_GETFD), -1); /* closed all the same */
}

static void to_a_unix_socket(void **state)
{
    (void)state;
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    char folder[] = "/tmp/tlsdial-unit.XXXXXX", long_path[200];
    struct seen seen;
    struct tlsdial_error error;
    assert_non_null(mkdtemp(folder));
    snprintf(name.sun_path, sizeof name.sun_path, "%s/socket", folder);
    struct route_request request = {.unix_path = name.sun_path};
    assert_null(take(&request, &seen, &error));
    assert_int_equal(error.cause, TLSDIAL_CONNECT_FAILED);
    assert_non_null(strstr(error.message, "/socket: No such file or directory"));

    int listening = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(listening, (struct sockaddr *)&name, sizeof name), 0);
    assert_null(take(&request, &seen, &error));
    assert_int_equal(error.cause, TLSDIAL_REFUSED);
    assert_int_equal(seen.cause, TLSDIAL_REFUSED);

    assert_int_equal(listen(listening, 0), 0);
    struct stream *stream = take(&request, &seen, &error);
    assert_non_null(stream);
    assert_string_equal(seen.address, name.sun_path);
    assert_true((fcntl(stream_fd(stream), F_GETFL) & O_NONBLOCK) != 0);

    request.deadline = deadline_after(clock_now_us(), 100); /* its queue is full */
    int64_t start = clock_now_us();
    assert_null(take(&request, &seen, &error));
    assert_int_equal(error.cause, TLSDIAL_DEADLINE_CONNECT);
    assert_in_range(clock_now_us() - start, 100000, 5000000);
    stream_free(stream);
    close(listening);
    unlink(name.sun_path);
    rmdir(folder);

    memset(long_path, 'x', sizeof long_path - 1);
    long_path[sizeof long_path - 1] = '\0';
    request = (struct route_request){.unix_path = long_path};
    assert_null(take(&request, &seen, &error));
    assert_non_null(strstr(error.message, "File name too long"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(to_an_address),
        cmocka_unit_test(without_memory_for_an_attempt),
        cmocka_unit_test(over_a_socket_of_the_callers),
        cmocka_unit_test(a_socket_that_is_not_connected),
        cmocka_unit_test(to_a_unix_socket),
    };
    return cmocka_run_group_tests_name("route", tests, NULL, NULL);
}
