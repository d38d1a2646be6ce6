/* given_socket.c: the socket of tlsdial_options is closed by whatever becomes of a dial. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/crypto.h>

#include "loopback.h"
#include "tlsdial.h"

#define MOST_ROUNDS 1000

/* The allocation that fails; 0: none. */
static size_t asked, fail_at;

static bool must_fail(const char *file)
{
    return file != NULL && strstr(file, "lib/tls/") != NULL && fail_at > 0 &&
           ++asked == fail_at;
}

static void *allocate(size_t size, const char *file, int line)
{
    (void)line;
    return must_fail(file) ? NULL : malloc(size);
}

static void *reallocate(void *block, size_t size, const char *file, int line)
{
    (void)line;
    return must_fail(file) ? NULL : realloc(block, size);
}

static void release(void *block, const char *file, int line)
{
    (void)file;
    (void)line;
    free(block);
}

/* Begins a dial over one of a pair of sockets and ends it. Whether the other end sees a close. */
static bool begin_and_end(tlsdial_client *client, size_t failing, bool *begun)
{
    int pair[2];
    char byte;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    const struct tlsdial_options options = {
        .size = sizeof options, .alpn = "h2", .socket = &pair[0]};
    asked = 0;
    fail_at = failing;
    tlsdial_dialing *dialing = tlsdial_begin(client, "localhost", "443", &options, NULL);
    fail_at = 0;
    *begun = dialing != NULL;
    tlsdial_dialing_free(dialing);
    bool closed = recv(pair[1], &byte, 1, MSG_DONTWAIT) == 0;
    close(pair[1]);
    return closed;
}

static void it_is_closed_when_memory_runs_out(void **state)
{
    bool begun = false;
    (void)state;
    tlsdial_client *client = tlsdial_client_new(NULL);
    assert_non_null(client);
    assert_true(begin_and_end(client, 0, &begun)); /* which loads the trust */
    int before = free_descriptor();
    size_t round = 0;
    do
        if (!begin_and_end(client, ++round, &begun))
            fail_msg("allocation %zu fails: the socket stays open", round);
    while (!begun && round < MOST_ROUNDS);
    assert_true(begun && round > 3);
    assert_int_equal(free_descriptor(), before);
    tlsdial_client_free(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_closed_when_memory_runs_out)};
    if (!CRYPTO_set_mem_functions(allocate, reallocate, release))
        return EXIT_FAILURE;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
