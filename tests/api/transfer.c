/*
 * transfer.c: what tlsdial_transfer() and the calls that are made of it promise.
 *
 *   transfer HOW HOST PORT CAFILE [FILE]
 *
 * HOW is a row of the table at the end. FILE gets what the peer must have received.
 */
#include <config.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"

#define MANY (64U << 20)
#define SOME (4U << 20)

struct counted {
    size_t bytes;
    bool fails;
};

static enum tlsdial_cause count_bytes(void *argument, const void *data, size_t length,
                                      struct tlsdial_error *error)
{
    struct counted *counted = argument;
    (void)data;
    counted->bytes += length;
    return counted->fails
               ? tlsdial_error_set(error, TLSDIAL_OUTPUT, 0, "the sink is full")
               : TLSDIAL_OK;
}

static unsigned char *pattern(size_t length, uint32_t seed)
{
    unsigned char *data = malloc(length);
    if (data == NULL)
        give_up(NULL, "there is memory");
    fill_pattern(data, length, seed);
    return data;
}

/* The peer sends close_notify while a record of ours is half sent; what is written after that
 * must reach it as it was given. */
static void half_sent(tlsdial_conn *conn, const char *file)
{
    struct tlsdial_error error = {0};
    struct counted counted = {0};
    size_t sent = 0, more = 0;
    unsigned char *first = pattern(MANY, 1), *second = pattern(20000, 2);
    check_cause(tlsdial_exchange(conn, first, MANY, &sent, count_bytes, &counted, &error),
                TLSDIAL_OK, &error, "the peer's close_notify ends an exchange well");
    check(sent < MANY, "early: %zu of %u bytes were taken", sent, MANY);
    append_file(file, first, sent);
    free(first);
    check_cause(tlsdial_write(conn, second, 20000, &more, &error), TLSDIAL_OK, &error,
                "a write goes on after it");
    check(more == 20000, "it counts its own bytes, and those only: %zu", more);
    append_file(file, second, more);
    free(second);
    check_cause(tlsdial_write(conn, "QUIT\r\n", 6, &more, &error), TLSDIAL_OK, &error,
                "so does a short one");
    check(more == 6, "which counts %zu bytes", more);
    append_file(file, "QUIT\r\n", more);
    check_cause(tlsdial_close(conn, &error), TLSDIAL_OK, &error, "the close goes well");
}

static void sink_fails(tlsdial_conn *conn, const char *file)
{
    struct tlsdial_error error = {0};
    struct counted counted = {.fails = true};
    char byte;
    size_t n;
    unsigned char *data = pattern(MANY, 1);
    (void)file;
    check_cause(tlsdial_exchange(conn, data, MANY, NULL, count_bytes, &counted, &error),
                TLSDIAL_OUTPUT, &error, "the sink's cause is the exchange's");
    check(strstr(error.message, "the sink is full") != NULL, "and so is its message");
    check_cause(tlsdial_write(conn, data, 1, NULL, &error), TLSDIAL_MISUSE, &error,
                "then a write is misuse");
    check_cause(tlsdial_read(conn, &byte, 1, &n, &error), TLSDIAL_MISUSE, &error,
                "and a read");
    check_cause(tlsdial_half_close(conn, &error), TLSDIAL_MISUSE, &error,
                "and a half close");
    free(data);
}

/* Reads exactly so many bytes. */
static bool read_all(tlsdial_conn *conn, char *to, size_t length,
                     struct tlsdial_error *error)
{
    size_t n = 1;
    for (size_t done = 0; done < length && n > 0; done += n)
        if (tlsdial_read(conn, to + done, length - done, &n, error) != TLSDIAL_OK)
            return false;
    return n > 0;
}

/* The dial's idle timeout is 100 ms: see main(). */
static void idle(tlsdial_conn *conn, const char *file)
{
    struct tlsdial_error error = {0};
    char data[5];
    struct tlsdial_transfer transfer = {.in = data, .in_length = sizeof data};
    (void)file;
    check_cause(tlsdial_transfer(conn, &transfer, 0, &error), TLSDIAL_AGAIN, &error,
                "nothing comes, and nothing is waited for");
    check_cause(tlsdial_transfer(conn, &transfer, 400, &error), TLSDIAL_AGAIN, &error,
                "a wait of the caller's may be longer than the idle timeout");
    check_cause(tlsdial_write(conn, "hello", 5, NULL, &error), TLSDIAL_OK, &error,
                "the connection lives on");
    check(tlsdial_transfer(conn, &transfer, API_SOON, &error) == TLSDIAL_OK &&
              transfer.in_done == 5 && memcmp(data, "hello", 5) == 0,
          "and its peer answers");
    check_cause(tlsdial_transfer(conn, &transfer, TLSDIAL_NO_LIMIT, &error),
                TLSDIAL_DEADLINE_TRANSFER, &error,
                "without a limit of the caller's the idle timeout holds");
}

static void half_close(tlsdial_conn *conn, const char *file)
{
    struct tlsdial_error error = {0};
    char data[64];
    size_t n = 0;
    append_file(file, "hello", 5);
    tlsdial_write(conn, "hello", 5, NULL, &error);
    check_cause(tlsdial_half_close(conn, &error), TLSDIAL_OK, &error, "half closed");
    check_cause(tlsdial_write(conn, "more", 4, NULL, &error), TLSDIAL_MISUSE, &error,
                "then a write is misuse");
    check(read_all(conn, data, 11, &error) && memcmp(data, "received 5\n", 11) == 0,
          "the answer to all of it is read after that");
    check(tlsdial_read(conn, data, sizeof data, &n, &error) == TLSDIAL_OK && n == 0,
          "to its end");
    check(tlsdial_read(conn, data, sizeof data, &n, &error) == TLSDIAL_OK && n == 0,
          "and the end stays the end");
    check_cause(tlsdial_close(conn, &error), TLSDIAL_OK, &error, "closed");
    check_cause(tlsdial_close(conn, &error), TLSDIAL_OK, &error, "twice does no harm");
    check_cause(tlsdial_read(conn, data, sizeof data, &n, &error), TLSDIAL_MISUSE, &error,
                "a read after the close is misuse");
}

/* What OpenSSL holds already makes no socket readable. */
static void pending(tlsdial_conn *conn, const char *file)
{
    struct tlsdial_error error = {0};
    struct tlsdial_want wants[4];
    char data[10000] = {0};
    int timeout = 1;
    (void)file;
    tlsdial_write(conn, data, sizeof data, NULL, &error);
    check(read_all(conn, data, 1, &error), "a byte of many is read");
    check(tlsdial_conn_wants(conn, wants, 4, &timeout) <= 4 && timeout == 0,
          "the rest is there: the timeout is 0");
    check(read_all(conn, data, sizeof data - 1, &error), "it is read");
    struct tlsdial_transfer transfer = {.in = data, .in_length = 1};
    check_cause(tlsdial_transfer(conn, &transfer, 0, &error), TLSDIAL_AGAIN, &error,
                "then there is no more");
    check(tlsdial_conn_wants(conn, wants, 4, &timeout) == 1 && timeout != 0 &&
              wants[0].read && !wants[0].write,
          "and the socket is waited for, to be read");
}

/* The peer takes nothing for a while. Whatever was taken is the connection's. */
static void owned(tlsdial_conn *conn, const char *file)
{
    struct tlsdial_error error = {0};
    unsigned char *data = pattern(MANY, 3);
    struct tlsdial_transfer transfer = {.out = data, .out_length = MANY};
    size_t taken = 0;
    enum tlsdial_cause cause = TLSDIAL_OK;
    while (cause == TLSDIAL_OK && taken < MANY) {
        transfer.out = data + taken;
        transfer.out_length = MANY - taken;
        cause = tlsdial_transfer(conn, &transfer, 0, &error);
        taken += transfer.out_done;
    }
    check_cause(cause, TLSDIAL_AGAIN, &error, "the peer's socket becomes full");
    check(!transfer.out_flushed, "not all that was taken has gone");
    append_file(file, data, taken);
    memset(data, 'Z', MANY);
    append_file(file, "another thing", 13);
    size_t sent = 0;
    check_cause(tlsdial_write(conn, "another thing", 13, &sent, &error), TLSDIAL_OK,
                &error, "what follows may be anything");
    check(sent == 13, "and is counted by itself");
    free(data);
    check_cause(tlsdial_close(conn, &error), TLSDIAL_OK, &error, "closed");
}

/* One call, and the peer writes as much before it reads anything. */
static void both(tlsdial_conn *conn, const char *file)
{
    struct tlsdial_error error = {0};
    struct counted counted = {0};
    size_t sent = 0, n = 1;
    unsigned char *data = pattern(MANY, 4);
    append_file(file, data, MANY);
    check_cause(tlsdial_exchange(conn, data, MANY, &sent, count_bytes, &counted, &error),
                TLSDIAL_OK, &error, "64 MiB are sent to a peer that writes first");
    check(sent == MANY, "%zu bytes of them", sent);
    tlsdial_half_close(conn, &error);
    while (n > 0 && tlsdial_read(conn, data, MANY, &n, &error) == TLSDIAL_OK)
        counted.bytes += n;
    check(counted.bytes == MANY, "and %zu are received", counted.bytes);
    free(data);
}

/* Both directions by steps that never wait, with poll(). */
static void stepped(tlsdial_conn *conn, const char *file)
{
    struct tlsdial_error error = {0};
    unsigned char *data = pattern(SOME, 5), *back = malloc(SOME);
    size_t taken = 0, got = 0;
    enum tlsdial_cause cause = TLSDIAL_OK;
    (void)file;
    while (got < SOME && (cause == TLSDIAL_OK || cause == TLSDIAL_AGAIN)) {
        struct tlsdial_transfer transfer = {.out = data + taken,
                                            .out_length = SOME - taken,
                                            .in = back + got,
                                            .in_length = SOME - got};
        cause = tlsdial_transfer(conn, &transfer, 0, &error);
        taken += transfer.out_done;
        got += transfer.in_done;
        struct tlsdial_want want;
        int timeout;
        if (cause == TLSDIAL_AGAIN && tlsdial_conn_wants(conn, &want, 1, &timeout) == 1) {
            struct pollfd set = {
                .fd = want.fd,
                .events = (short)((want.read ? POLLIN : 0) | (want.write ? POLLOUT : 0))};
            if (poll(&set, 1, timeout < 0 ? API_SOON : timeout) == 0 && timeout < 0)
                break;
        }
    }
    check(taken == SOME && got == SOME, "4 MiB went there and back: %zu, %zu", taken,
          got);
    check(got == SOME && memcmp(data, back, SOME) == 0, "as they were");
    free(data);
    free(back);
}

static const struct {
    const char *name;
    void (*run)(tlsdial_conn *conn, const char *file);
    int64_t idle_timeout;
} ways[] = {
    {"half-sent", half_sent, 0}, {"sink-fails", sink_fails, 0},
    {"idle", idle, 100},         {"half-close", half_close, 0},
    {"pending", pending, 0},     {"owned", owned, 0},
    {"both", both, 0},           {"stepped", stepped, 0},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc >= 5 && i < sizeof ways / sizeof ways[0]; i++) {
        if (strcmp(argv[1], ways[i].name) != 0)
            continue;
        struct tlsdial_options options = {.size = sizeof options,
                                          .idle_timeout = ways[i].idle_timeout};
        tlsdial_client *client = client_of(argv[4]);
        tlsdial_conn *conn = dialled(client, argv[2], argv[3], &options);
        ways[i].run(conn, argv[5]);
        tlsdial_conn_free(conn);
        tlsdial_client_free(client);
        return EXIT_SUCCESS;
    }
    fputs("usage: transfer HOW HOST PORT CAFILE [FILE]\n", stderr);
    return EXIT_FAILURE;
}
