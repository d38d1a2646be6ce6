/* sock_posix.c: the contract of sock.h on POSIX systems. */
#include <config.h>

#include "net/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL /* Darwin has SO_NOSIGPIPE instead */
#define MSG_NOSIGNAL 0
#endif

const int sock_stream = SOCK_STREAM;
const int sock_any_family = AF_UNSPEC;
const int sock_ipv4 = AF_INET;
const int sock_ipv6 = AF_INET6;

bool sock_prepare(int fd, int *code)
{
#ifdef SO_NOSIGPIPE
    int on = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on) != 0) {
        *code = errno;
        return false;
    }
#endif
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
        *code = errno;
        return false;
    }
    return true;
}

void sock_close(int fd)
{
    close(fd); /* EINTR included, the descriptor is gone on the systems that matter */
}

/* The result of a recv or send that returned `moved`, with errno of the moment. */
static enum sock_result io_result(ssize_t moved, size_t *n, int *code)
{
    if (moved >= 0) {
        *n = (size_t)moved;
        return SOCK_DONE;
    }
    if (errno ==
        EAGAIN) /* EWOULDBLOCK is the same on every system that OpenSSL 3 runs on */
        return SOCK_AGAIN;
    *code = errno;
    return SOCK_FAILED;
}

enum sock_result sock_recv(int fd, void *buffer, size_t length, size_t *n, int *code)
{
    ssize_t moved;
    do
        moved = recv(fd, buffer, length, 0);
    while (moved < 0 && errno == EINTR);
    return moved == 0 && length > 0 ? SOCK_END : io_result(moved, n, code);
}

enum sock_result sock_send(int fd, const void *data, size_t length, size_t *n, int *code)
{
    ssize_t moved;
    do
        moved = send(fd, data, length, MSG_NOSIGNAL);
    while (moved < 0 && errno == EINTR);
    return io_result(moved, n, code);
}

static enum sock_result poll_until(struct pollfd *polled, size_t count,
                                   struct deadline deadline, int *code)
{
    for (;;) {
        int ready = poll(polled, (nfds_t)count, deadline_poll_timeout(deadline));
        if (ready > 0)
            return SOCK_DONE;
        /* A wait of INT_MAX milliseconds can end before a very late deadline. */
        if (ready == 0 && deadline_passed(deadline))
            return SOCK_TIMEOUT;
        if (ready < 0 && errno != EINTR && errno != EAGAIN) {
            *code = errno;
            return SOCK_FAILED;
        }
    }
}

enum sock_result sock_wait(struct sock_wait *sockets, size_t count,
                           struct deadline deadline, int *code)
{
    struct pollfd one = {.fd = -1};
    struct pollfd *polled = count == 1 ? &one : calloc(count, sizeof *polled);
    if (polled == NULL) {
        *code = ENOMEM;
        return SOCK_FAILED;
    }
    for (size_t i = 0; i < count; i++)
        polled[i] =
            (struct pollfd){.fd = sockets[i].fd,
                            .events = (short)((sockets[i].want_read ? POLLIN : 0) |
                                              (sockets[i].want_write ? POLLOUT : 0))};
    enum sock_result result = poll_until(polled, count, deadline, code);
    for (size_t i = 0; i < count; i++) {
        int events = result == SOCK_DONE ? polled[i].revents : 0;
        bool broken = (events & (POLLERR | POLLHUP | POLLNVAL)) != 0;
        sockets[i].can_read = sockets[i].want_read && (broken || (events & POLLIN) != 0);
        sockets[i].can_write =
            sockets[i].want_write && (broken || (events & POLLOUT) != 0);
    }
    if (polled != &one)
        free(polled);
    return result;
}

int sock_connect_result(int fd)
{
    int code = 0;
    socklen_t size = sizeof code;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) != 0)
        return errno;
    return code;
}

enum sock_fault sock_fault(int code)
{
    switch (code) {
    case ECONNREFUSED:
        return SOCK_REFUSED;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
    case EADDRNOTAVAIL: /* Linux, for an IPv6 address where IPv6 is off */
    case EAFNOSUPPORT:
        return SOCK_UNREACHABLE;
    case ETIMEDOUT:
        return SOCK_TIMED_OUT;
    case ECONNRESET:
    case EPIPE: /* what a send gets after the peer's reset was told once */
    case ECONNABORTED:
        return SOCK_RESET;
    default:
        return SOCK_OTHER;
    }
}

/* strerror_r() returns an int as POSIX has it, or the text as glibc does with _GNU_SOURCE. */
static const char *described_posix(int result, const char *buffer)
{
    return result == 0 ? buffer : NULL;
}

static const char *described_gnu(const char *result, const char *buffer)
{
    (void)buffer;
    return result;
}

void sock_describe(int code, char *text, size_t size)
{
    char buffer[128];
    const char *described = _Generic(strerror_r(code, buffer, sizeof buffer),
                                     int: described_posix,
                                     char *: described_gnu)(
        strerror_r(code, buffer, sizeof buffer), buffer);
    if (described != NULL)
        snprintf(text, size, "%s", described);
    else
        snprintf(text, size, "error %d", code);
}

enum sock_lookup sock_lookup_fault(const char *text)
{
    static const struct {
        int code;
        enum sock_lookup fault;
    } known[] = {
        {EAI_NONAME, SOCK_LOOKUP_NO_NAME},        {EAI_SERVICE, SOCK_LOOKUP_NO_SERVICE},
#ifdef EAI_NODATA
        {EAI_NODATA, SOCK_LOOKUP_NO_ADDRESS},
#endif
#ifdef EAI_ADDRFAMILY
        {EAI_ADDRFAMILY, SOCK_LOOKUP_NO_ADDRESS},
#endif
        {EAI_FAMILY, SOCK_LOOKUP_NO_ADDRESS},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(text, gai_strerror(known[i].code)) == 0)
            return known[i].fault;
    return SOCK_LOOKUP_FAILED;
}
