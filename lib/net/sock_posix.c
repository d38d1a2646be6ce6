/* sock_posix.c: the contract of sock.h on POSIX systems. */
#include <config.h>

#include "net/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL /* Darwin has SO_NOSIGPIPE instead */
#define MSG_NOSIGNAL 0
#endif

const int sock_stream = SOCK_STREAM;
const int sock_any_family = AF_UNSPEC;
const int sock_ipv4 = AF_INET;
const int sock_ipv6 = AF_INET6;
const int sock_out_of_memory = ENOMEM;

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

static bool make_nonblocking(int fd, int *code)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0)
        return true;
    *code = errno;
    return false;
}

bool sock_adopt(int fd, int *code)
{
    struct sockaddr_storage peer;
    socklen_t size = sizeof peer;
    int on = 1;
    if (getpeername(fd, (struct sockaddr *)&peer, &size) != 0) {
        *code = errno;
        return false;
    }
    /* Neither is for every kind of socket, and neither is needed. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    return sock_prepare(fd, code) && make_nonblocking(fd, code);
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

bool sock_pair(int fds[2], int *code)
{
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0) {
        *code = errno;
        return false;
    }
    for (int i = 0; i < 2; i++)
        if (!sock_prepare(fds[i], code) || !make_nonblocking(fds[i], code)) {
            sock_close(fds[0]);
            sock_close(fds[1]);
            return false;
        }
    return true;
}

/* A send that finds no room is none that is needed. */
void sock_wake(int fd)
{
    int before = errno;
    while (send(fd, "", 1, MSG_NOSIGNAL) < 0 && errno == EINTR)
        ;
    errno = before;
}

void sock_drain(int fd)
{
    char bytes[64];
    size_t n;
    int code;
    while (sock_recv(fd, bytes, sizeof bytes, &n, &code) == SOCK_DONE)
        ;
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
    struct pollfd few[8];
    bool is_few = count <= sizeof few / sizeof few[0];
    struct pollfd *polled = is_few ? few : calloc(count, sizeof *polled);
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
    if (!is_few)
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

enum sock_result sock_connect_unix(const char *path, int *fd, int *code)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        *code = ENAMETOOLONG;
        return SOCK_FAILED;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    *fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (*fd < 0) {
        *code = errno;
        return SOCK_FAILED;
    }
    if (sock_prepare(*fd, code) && make_nonblocking(*fd, code)) {
        if (connect(*fd, (const struct sockaddr *)&address, sizeof address) == 0)
            return SOCK_DONE;
        *code = errno;
    }
    sock_close(*fd);
    /* Linux; elsewhere a full queue refuses. Interrupted, it is tried anew. */
    return *code == EAGAIN || *code == EINTR ? SOCK_AGAIN : SOCK_FAILED;
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

/* ---- lookup ---- */

/* By RFC 3493 and what systems have beyond it. Not a switch: on some, two of them are one number. */
static enum sock_lookup lookup_fault(int result)
{
    static const struct {
        int result;
        enum sock_lookup fault;
    } known[] = {
        {EAI_NONAME, SOCK_LOOKUP_NO_NAME},        {EAI_SERVICE, SOCK_LOOKUP_NO_SERVICE},
#ifdef EAI_NODATA
        {EAI_NODATA, SOCK_LOOKUP_NO_ADDRESS},
#endif
#ifdef EAI_ADDRFAMILY
        {EAI_ADDRFAMILY, SOCK_LOOKUP_NO_ADDRESS},
#endif
        {EAI_FAMILY, SOCK_LOOKUP_NO_ADDRESS},     {EAI_MEMORY, SOCK_LOOKUP_NO_RESOURCES},
        {EAI_SYSTEM, SOCK_LOOKUP_SYSTEM},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (result == known[i].result)
            return known[i].fault;
    return SOCK_LOOKUP_FAILED;
}

static bool is_resource(int code)
{
    return code == EMFILE || code == ENFILE || code == ENOMEM || code == ENOBUFS ||
           code == EAGAIN;
}

/* A resolver that can open neither its files nor a socket says that there is no such name, or that
 * it may be asked again. errno often shows why; else a socket of our own does. 0: neither. */
static int missing_resource(int code)
{
    if (code == EMFILE || code == ENFILE || code == ENOMEM)
        return code;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    code = fd < 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
    return is_resource(code) ? code : 0;
}

static void lookup_failed(struct sock_found *found, int result, int code)
{
    found->result = lookup_fault(result);
    if (found->result == SOCK_LOOKUP_SYSTEM) {
        found->code = code;
        if (is_resource(code))
            found->result = SOCK_LOOKUP_NO_RESOURCES;
    } else if (found->result == SOCK_LOOKUP_NO_RESOURCES) {
        found->code = ENOMEM;
    } else if (found->result != SOCK_LOOKUP_NO_SERVICE &&
               (code = missing_resource(code)) != 0) {
        found->result = SOCK_LOOKUP_NO_RESOURCES;
        found->code = code;
    } else {
        found->code = result;
        snprintf(found->reason, sizeof found->reason, "%s", gai_strerror(result));
        return;
    }
    sock_describe(found->code, found->reason, sizeof found->reason);
}

static bool take_address(struct sock_address *to, const struct addrinfo *from)
{
    return getnameinfo(from->ai_addr, from->ai_addrlen, to->host, sizeof to->host,
                       to->port, sizeof to->port, NI_NUMERICHOST | NI_NUMERICSERV) == 0;
}

void sock_lookup(const char *host, const char *port, int family, struct sock_found *found)
{
    const struct addrinfo hints = {.ai_family = family, .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    size_t count = 0;
    *found = (struct sock_found){.result = SOCK_LOOKUP_FOUND};
    errno = 0;
    int result = getaddrinfo(host, port, &hints, &list);
    if (result != 0) {
        lookup_failed(found, result, errno);
        return;
    }
    for (const struct addrinfo *item = list; item != NULL; item = item->ai_next)
        count++;
    count = count < SOCK_ADDRESSES_MAX ? count : SOCK_ADDRESSES_MAX;
    found->addresses = calloc(count, sizeof *found->addresses);
    if (found->addresses == NULL)
        lookup_failed(found, EAI_MEMORY, 0);
    for (const struct addrinfo *item = list;
         found->addresses != NULL && item != NULL && found->count < count;
         item = item->ai_next)
        if (take_address(&found->addresses[found->count], item))
            found->count++;
    freeaddrinfo(list);
}

void sock_found_clear(struct sock_found *found)
{
    free(found->addresses);
    found->addresses = NULL;
    found->count = 0;
}
