/*
 * mail.c: submits a message (RFC 6409) over a socket of its own, with STARTTLS (RFC 3207).
 *
 *   mail HOST PORT CAFILE FROM TO < MESSAGE
 *
 * What was said in plain text counts for nothing once TLS is there: EHLO is said again, and what
 * followed the go-ahead in plain text would be an attack.
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

/* One way to read and write for both halves: conn is NULL before TLS. */
struct link {
    int fd;
    tlsdial_conn *conn;
    char buffer[4096];
    size_t used;
};

static bool say(struct link *link, const char *text)
{
    size_t length = strlen(text);
    if (link->conn != NULL)
        return tlsdial_write(link->conn, text, length, NULL, &error) == TLSDIAL_OK;
    return send(link->fd, text, length, MSG_NOSIGNAL) == (ssize_t)length;
}

static size_t receive(struct link *link)
{
    char *to = link->buffer + link->used;
    size_t room = sizeof link->buffer - link->used, n = 0;
    if (room == 0)
        return 0;
    if (link->conn != NULL)
        return tlsdial_read(link->conn, to, room, &n, &error) == TLSDIAL_OK ? n : 0;
    ssize_t got = recv(link->fd, to, room, 0);
    return got > 0 ? (size_t)got : 0;
}

/* Reads a reply, to its last line, which has a blank after the code. Gives the code. */
static int reply(struct link *link)
{
    link->used = 0;
    for (;;) {
        size_t n = receive(link);
        if (n == 0)
            return 0;
        link->used += n;
        char *end = link->buffer + link->used, *line = end - 1;
        if (end[-1] != '\n')
            continue;
        while (line > link->buffer && line[-1] != '\n')
            line--;
        if (end - line >= 4 && line[3] != '-')
            return atoi(line);
    }
}

static bool expect(struct link *link, const char *text, int code)
{
    if (text != NULL && !say(link, text))
        return false;
    int got = reply(link);
    if (got != code)
        fprintf(stderr, "mail: %s: %d, not %d\n", text != NULL ? text : "greeting", got,
                code);
    return got == code;
}

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

/* The message's lines, with CRLF, and a dot before those that begin with one. */
static bool send_message(struct link *link, FILE *message)
{
    char line[1000], wire[1004];
    while (fgets(line, sizeof line, message) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        snprintf(wire, sizeof wire, "%s%s\r\n", line[0] == '.' ? "." : "", line);
        if (!say(link, wire))
            return false;
    }
    return expect(link, ".\r\n", 250);
}

static bool submit(struct link *link, const char *from, const char *to)
{
    char command[600];
    snprintf(command, sizeof command, "MAIL FROM:<%s>\r\n", from);
    if (!expect(link, "EHLO example\r\n", 250) || !expect(link, command, 250))
        return false;
    snprintf(command, sizeof command, "RCPT TO:<%s>\r\n", to);
    return expect(link, command, 250) && expect(link, "DATA\r\n", 354) &&
           send_message(link, stdin) && expect(link, "QUIT\r\n", 221);
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fputs("usage: mail HOST PORT CAFILE FROM TO\n", stderr);
        return EXIT_FAILURE;
    }
    struct link link = {.fd = connected(argv[1], argv[2])};
    tlsdial_client *client = tlsdial_client_new(&error);
    bool ok = client != NULL && link.fd >= 0 &&
              tlsdial_client_add_ca_file(client, argv[3], &error) == TLSDIAL_OK &&
              expect(&link, NULL, 220) && expect(&link, "EHLO example\r\n", 250) &&
              strstr(link.buffer, "STARTTLS") != NULL &&
              expect(&link, "STARTTLS\r\n", 220);
    if (ok && strchr(link.buffer, '\n') != link.buffer + link.used - 1) {
        fputs("mail: plain text after the go-ahead\n", stderr);
        ok = false;
    }
    if (ok) { /* the socket is the library's from here on */
        struct tlsdial_options options = {.size = sizeof options, .socket = &link.fd};
        link.conn = tlsdial_dial(client, argv[1], argv[2], &options, &error);
        ok = link.conn != NULL && submit(&link, argv[4], argv[5]);
        tlsdial_close(link.conn, NULL);
        tlsdial_conn_free(link.conn);
    } else if (link.fd >= 0) {
        close(link.fd);
    }
    tlsdial_client_free(client);
    if (!ok)
        fprintf(stderr, "mail: not sent. %s\n", error.message);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
