/*
 * upgrade.c: a connection that becomes TLS in its middle, as databases have it.
 *
 *   upgrade HOST PORT CAFILE USER
 *
 * PostgreSQL: the client asks for TLS with eight octets, the server answers with one, 'S', and then
 * the handshake begins on the same socket. More than that one would be an attack. (The library can
 * say all this itself: tlsdial_options.starttls "postgres".)
 */
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tlsdial.h>

static struct tlsdial_error error;

static int connected(const char *host, const char *port)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *all = NULL;
    int fd = -1;
    if (getaddrinfo(host, port, &hints, &all) != 0)
        return -1;
    for (const struct addrinfo *one = all; fd < 0 && one != NULL; one = one->ai_next) {
        fd = socket(one->ai_family, SOCK_STREAM, 0);
        if (fd >= 0 && connect(fd, one->ai_addr, one->ai_addrlen) != 0) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(all);
    return fd;
}

static bool ask_for_tls(int fd)
{
    static const unsigned char request[8] = {0, 0, 0, 8, 4, 210, 22, 47};
    char answer[2];
    if (send(fd, request, sizeof request, MSG_NOSIGNAL) != (ssize_t)sizeof request)
        return false;
    ssize_t n = recv(fd, answer, sizeof answer, 0);
    if (n == 1 && answer[0] == 'S')
        return true;
    fprintf(stderr, n > 1 ? "upgrade: plain text after the go-ahead\n"
                          : "upgrade: the server has no TLS\n");
    return false;
}

/* The startup message of the protocol, and the kind of the answer. */
static bool start_up(tlsdial_conn *conn, const char *user)
{
    unsigned char message[256] = {0, 0, 0, 0, 0, 3, 0, 0};
    size_t length = 8, n = 0;
    char answer[512];
    length += (size_t)snprintf((char *)message + length, 8, "user") + 1;
    length += (size_t)snprintf((char *)message + length, 200, "%s", user) + 1;
    message[length++] = 0;
    message[3] = (unsigned char)length;
    if (strlen(user) > 199 ||
        tlsdial_write(conn, message, length, NULL, &error) != TLSDIAL_OK ||
        tlsdial_read(conn, answer, sizeof answer, &n, &error) != TLSDIAL_OK || n == 0)
        return false;
    printf("%s\n", answer[0] == 'R' ? "the server goes on to authenticate"
                                    : "the server says no");
    return answer[0] == 'R';
}

int main(int argc, char **argv)
{
    bool ok = false;
    int fd = argc == 5 ? connected(argv[1], argv[2]) : -1;
    tlsdial_client *client = tlsdial_client_new(&error);
    if (fd >= 0 && client != NULL &&
        tlsdial_client_add_ca_file(client, argv[3], &error) == TLSDIAL_OK &&
        ask_for_tls(fd)) {
        struct tlsdial_options options = {
            .size = sizeof options, .socket = &fd, .connect_timeout = 10000};
        tlsdial_conn *conn = tlsdial_dial(client, argv[1], argv[2], &options, &error);
        fd = -1; /* the library's, whatever came of it */
        ok = conn != NULL && start_up(conn, argv[4]);
        tlsdial_close(conn, NULL);
        tlsdial_conn_free(conn);
    }
    if (fd >= 0)
        close(fd);
    tlsdial_client_free(client);
    if (!ok)
        fprintf(stderr, "upgrade: %s\n", error.message);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
