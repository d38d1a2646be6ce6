/*
 * tunnel.c: standard input and output over TLS, both directions in one thread.
 *
 *   tunnel HOST PORT CAFILE
 *
 * Nothing waits but poll(): whichever side is slow does not hold up the other. The end of standard
 * input is passed on as close_notify, and reading goes on to the server's own.
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tlsdial.h>

static struct tlsdial_error error;

struct tunnel {
    tlsdial_conn *conn;
    char out[65536], in[65536];
    size_t out_used, in_used; /* octets that wait to go on */
    bool input_ended, peer_ended, flushed;
};

/* Moves what can be moved over TLS. */
static enum tlsdial_cause move(struct tunnel *tunnel)
{
    struct tlsdial_transfer transfer = {.out = tunnel->out,
                                        .out_length = tunnel->out_used,
                                        .in = tunnel->in + tunnel->in_used,
                                        .in_length = sizeof tunnel->in - tunnel->in_used,
                                        .out_end = tunnel->input_ended};
    enum tlsdial_cause cause = tlsdial_transfer(tunnel->conn, &transfer, 0, &error);
    tunnel->out_used -= transfer.out_done;
    memmove(tunnel->out, tunnel->out + transfer.out_done, tunnel->out_used);
    tunnel->in_used += transfer.in_done;
    tunnel->peer_ended = tunnel->peer_ended || transfer.in_end;
    tunnel->flushed = transfer.out_flushed;
    return cause == TLSDIAL_AGAIN ? TLSDIAL_OK : cause;
}

static bool read_input(struct tunnel *tunnel)
{
    ssize_t n = read(STDIN_FILENO, tunnel->out + tunnel->out_used,
                     sizeof tunnel->out - tunnel->out_used);
    if (n < 0)
        return errno == EINTR || errno == EAGAIN;
    tunnel->out_used += (size_t)n;
    tunnel->input_ended = n == 0;
    return true;
}

static bool write_output(struct tunnel *tunnel)
{
    ssize_t n = write(STDOUT_FILENO, tunnel->in, tunnel->in_used);
    if (n < 0)
        return errno == EINTR || errno == EAGAIN;
    tunnel->in_used -= (size_t)n;
    memmove(tunnel->in, tunnel->in + n, tunnel->in_used);
    return true;
}

/* Waits for any of the three; false on a failure. */
static bool wait_and_move(struct tunnel *tunnel)
{
    struct tlsdial_want want = {.fd = -1};
    int timeout;
    size_t count = tlsdial_conn_wants(tunnel->conn, &want, 1, &timeout);
    bool reads = !tunnel->input_ended && tunnel->out_used < sizeof tunnel->out;
    bool room = tunnel->in_used < sizeof tunnel->in;
    struct pollfd set[3] = {
        {.fd = reads ? STDIN_FILENO : -1, .events = POLLIN},
        {.fd = tunnel->in_used > 0 ? STDOUT_FILENO : -1, .events = POLLOUT},
        {.fd = count > 0 ? want.fd : -1,
         .events =
             (short)((want.read && room ? POLLIN : 0) | (want.write ? POLLOUT : 0))},
    };
    if (timeout == 0 && !room)
        timeout = -1; /* what OpenSSL holds has no place yet */
    if (poll(set, 3, timeout) < 0)
        return errno == EINTR;
    return (set[0].revents == 0 || read_input(tunnel)) &&
           (set[1].revents == 0 || write_output(tunnel));
}

int main(int argc, char **argv)
{
    static struct tunnel tunnel;
    bool ok = argc == 4;
    tlsdial_client *client = tlsdial_client_new(&error);
    ok = ok && client != NULL &&
         tlsdial_client_add_ca_file(client, argv[3], &error) == TLSDIAL_OK &&
         (tunnel.conn = tlsdial_dial(client, argv[1], argv[2], NULL, &error)) != NULL;
    while (ok && !(tunnel.peer_ended && tunnel.in_used == 0)) {
        ok = move(&tunnel) == TLSDIAL_OK;
        if (ok && !(tunnel.peer_ended && tunnel.in_used == 0))
            ok = wait_and_move(&tunnel);
    }
    if (!ok)
        fprintf(stderr, "tunnel: %s\n", error.message);
    if (tunnel.conn != NULL)
        tlsdial_close(tunnel.conn, NULL);
    tlsdial_conn_free(tunnel.conn);
    tlsdial_client_free(client);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
