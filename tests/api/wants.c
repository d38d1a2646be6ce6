/*
 * wants.c: what tlsdial_conn_wants() says to an event loop, so that it neither spins nor sleeps for ever.
 *
 *   wants HOW HOST PORT CAFILE
 *
 * HOW is a row of the table at the end.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api.h"

#define MANY (64U << 20)

static const char request[] = "GET / HTTP/1.0\r\n\r\n";

/* What is waited for after the last call. */
struct waited {
    size_t count;
    struct tlsdial_want want;
    int timeout;
};

static struct waited waited_for(const tlsdial_conn *conn)
{
    struct waited waited = {0};
    waited.count = tlsdial_conn_wants(conn, &waited.want, 1, &waited.timeout);
    return waited;
}

static void send_request(tlsdial_conn *conn)
{
    struct tlsdial_error error = {0};
    if (tlsdial_write(conn, request, sizeof request - 1, NULL, &error) != TLSDIAL_OK)
        give_up(&error, "the request is sent");
}

static void read_to_end(tlsdial_conn *conn)
{
    struct tlsdial_error error = {0};
    char data[1000];
    size_t n = 1;
    while (n > 0)
        if (tlsdial_read(conn, data, sizeof data, &n, &error) != TLSDIAL_OK)
            give_up(&error, "the answer is read to its end");
}

/* Half of a record has arrived: OpenSSL holds it, and nothing comes of it before the rest. */
static void half_record(tlsdial_conn *conn)
{
    struct tlsdial_error error = {0};
    char data[1000];
    enum tlsdial_cause cause;
    struct tlsdial_transfer transfer = {.in = data, .in_length = sizeof data};
    send_request(conn);
    do /* the head, and then the first octets of the record */
        cause = tlsdial_transfer(conn, &transfer, 1500, &error);
    while (cause == TLSDIAL_OK);
    check_cause(cause, TLSDIAL_AGAIN, &error, "half a record is no data");
    struct waited waited = waited_for(conn);
    check(waited.count == 1 && waited.want.read, "the rest of it is waited for");
    check(waited.timeout != 0, "without a loop that spins: timeout %d", waited.timeout);
}

/* A caller who does not read for now must not be called for what he does not read. */
static void unread(tlsdial_conn *conn)
{
    struct tlsdial_error error = {0};
    char data[10000] = {0};
    size_t n;
    tlsdial_write(conn, data, sizeof data, NULL, &error);
    check_cause(tlsdial_read(conn, data, 1, &n, &error), TLSDIAL_OK, &error,
                "a byte of many is read");
    check(waited_for(conn).timeout == 0, "a reader is called at once for the others");
    struct tlsdial_transfer transfer = {.out = "x", .out_length = 1};
    check_cause(tlsdial_transfer(conn, &transfer, 0, &error), TLSDIAL_OK, &error,
                "a byte is sent, with no room for any that came");
    struct waited waited = waited_for(conn);
    check(waited.timeout != 0 && waited.count == 0,
          "a writer is not: timeout %d, %zu descriptors", waited.timeout, waited.count);
}

/* After the peer's end its socket stays readable. */
static void after_end(tlsdial_conn *conn)
{
    struct tlsdial_error error = {0};
    char data[100];
    struct tlsdial_transfer transfer = {.in = data, .in_length = sizeof data};
    send_request(conn);
    read_to_end(conn);
    check(waited_for(conn).count == 0, "nothing is waited for after the peer's end");
    check_cause(tlsdial_transfer(conn, &transfer, 0, &error), TLSDIAL_OK, &error,
                "which is seen again");
    check(transfer.in_end && waited_for(conn).count == 0, "and waited for no more");
}

/* One call sends a part of much data, though the socket would take more. */
static void more_to_send(tlsdial_conn *conn)
{
    struct tlsdial_error error = {0};
    unsigned char *data = calloc(1, MANY);
    struct tlsdial_transfer transfer = {.out = data, .out_length = MANY};
    if (data == NULL)
        give_up(NULL, "there is memory");
    check_cause(tlsdial_transfer(conn, &transfer, 0, &error), TLSDIAL_OK, &error,
                "a part is taken");
    check(transfer.out_done < MANY, "not all: %zu bytes", transfer.out_done);
    struct waited waited = waited_for(conn);
    check(waited.count == 1 && waited.want.write, "the rest has to be written");
    free(data);
}

/* Fills the socket until a record is half sent. */
static void fill(tlsdial_conn *conn)
{
    struct tlsdial_error error = {0};
    unsigned char *data = calloc(1, MANY);
    struct tlsdial_transfer transfer = {.out = data, .out_length = MANY};
    enum tlsdial_cause cause = TLSDIAL_OK;
    if (data == NULL)
        give_up(NULL, "there is memory");
    for (int full = 0; full < 3; full += cause == TLSDIAL_AGAIN) {
        /* Thrice: poll(2) says that a socket is full while there still is a little room. */
        cause = tlsdial_transfer(conn, &transfer, 100, &error);
        if (cause != TLSDIAL_AGAIN && cause != TLSDIAL_OK)
            break;
        full = cause == TLSDIAL_OK ? 0 : full;
    }
    check_cause(cause, TLSDIAL_AGAIN, &error, "the socket is full");
    check(!transfer.out_flushed, "and a record is half sent");
    free(data);
}

/* The peer has ended and then goes, and what we sent is lost with it. */
static void lost(tlsdial_conn *conn)
{
    struct tlsdial_error error = {0};
    send_request(conn);
    read_to_end(conn);
    fill(conn);
    alarm(API_SOON / 1000); /* ends a write that does not */
    check_cause(tlsdial_write(conn, "", 0, NULL, &error), TLSDIAL_RESET, &error,
                "a write whose data is lost fails, though the peer had ended before");
}

/* The same for a caller who says that no more follows: the peer wanted no more. */
static void unwanted(tlsdial_conn *conn)
{
    struct tlsdial_error error = {0};
    struct tlsdial_transfer transfer = {.out_end = true};
    send_request(conn);
    read_to_end(conn);
    fill(conn);
    alarm(API_SOON / 1000);
    enum tlsdial_cause cause;
    do
        cause = tlsdial_transfer(conn, &transfer, API_SOON, &error);
    while (cause == TLSDIAL_OK && !transfer.out_flushed);
    check_cause(cause, TLSDIAL_OK, &error, "the end comes to its end");
    check_cause(tlsdial_close(conn, &error), TLSDIAL_OK, &error, "and so does the close");
}

static const struct {
    const char *name;
    void (*run)(tlsdial_conn *conn);
} ways[] = {
    {"half-record", half_record},   {"unread", unread}, {"after-end", after_end},
    {"more-to-send", more_to_send}, {"lost", lost},     {"unwanted", unwanted},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 5 && i < sizeof ways / sizeof ways[0]; i++) {
        if (strcmp(argv[1], ways[i].name) != 0)
            continue;
        tlsdial_client *client = client_of(argv[4]);
        tlsdial_conn *conn = dialled(client, argv[2], argv[3], NULL);
        ways[i].run(conn);
        tlsdial_conn_free(conn);
        tlsdial_client_free(client);
        return EXIT_SUCCESS;
    }
    fputs("usage: wants HOW HOST PORT CAFILE\n", stderr);
    return EXIT_FAILURE;
}
