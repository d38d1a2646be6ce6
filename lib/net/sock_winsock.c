/* sock_winsock.c: the contract of sock.h on Windows. */
#include <config.h>

#include "net/sock.h"

#define FD_SETSIZE 1024 /* of Winsock's own 64, an event loop or a race would run out */
#include <winsock2.h>   /* before windows.h, or that brings in the first Winsock */

#include <windows.h>
#include <ws2tcpip.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const int sock_stream = SOCK_STREAM;
const int sock_any_family = AF_UNSPEC;
const int sock_ipv4 = AF_INET;
const int sock_ipv6 = AF_INET6;
const int sock_out_of_memory = WSA_NOT_ENOUGH_MEMORY;

/* Before a lookup or a pair, which are before anything else: Winsock counts, and nobody ends it. */
static bool winsock_begin(int *code)
{
    WSADATA data;
    *code = WSAStartup(MAKEWORD(2, 2), &data);
    return *code == 0;
}

/* Urgent data is read in its place (RFC 6093, 5): select() would else call the socket exceptional
 * for as long as the byte stays unread, and no wait for it would wait. */
bool sock_prepare(int fd, int *code)
{
    int yes = 1;
    if (setsockopt((SOCKET)fd, SOL_SOCKET, SO_OOBINLINE, (const char *)&yes,
                   sizeof yes) != 0)
        *code = WSAGetLastError();
    else if (!SetHandleInformation((HANDLE)(intptr_t)fd, HANDLE_FLAG_INHERIT, 0))
        *code = (int)GetLastError();
    else
        return true;
    return false;
}

static bool make_nonblocking(int fd, int *code)
{
    u_long on = 1;
    if (ioctlsocket((SOCKET)fd, (long)FIONBIO, &on) == 0)
        return true;
    *code = WSAGetLastError();
    return false;
}

bool sock_adopt(int fd, int *code)
{
    struct sockaddr_storage peer;
    int size = sizeof peer;
    int on = 1;
    if (getpeername((SOCKET)fd, (struct sockaddr *)&peer, &size) != 0) {
        *code = WSAGetLastError();
        return false;
    }
    /* Neither is for every kind of socket, and neither is needed. */
    (void)setsockopt((SOCKET)fd, IPPROTO_TCP, TCP_NODELAY, (const char *)&on, sizeof on);
    (void)setsockopt((SOCKET)fd, SOL_SOCKET, SO_KEEPALIVE, (const char *)&on, sizeof on);
    return sock_prepare(fd, code) && make_nonblocking(fd, code);
}

void sock_close(int fd)
{
    closesocket((SOCKET)fd);
}

/* The result of a recv or send that returned `moved`. */
static enum sock_result io_result(int moved, size_t *n, int *code)
{
    if (moved >= 0) {
        *n = (size_t)moved;
        return SOCK_DONE;
    }
    int failure = WSAGetLastError();
    if (failure == WSAEWOULDBLOCK)
        return SOCK_AGAIN;
    *code = failure;
    return SOCK_FAILED;
}

static int int_length(size_t length)
{
    return length > INT_MAX ? INT_MAX : (int)length;
}

enum sock_result sock_recv(int fd, void *buffer, size_t length, size_t *n, int *code)
{
    int moved = recv((SOCKET)fd, buffer, int_length(length), 0);
    return moved == 0 && length > 0 ? SOCK_END : io_result(moved, n, code);
}

enum sock_result sock_send(int fd, const void *data, size_t length, size_t *n, int *code)
{
    return io_result(send((SOCKET)fd, data, int_length(length), 0), n, code);
}

/* Windows has no socketpair(). The listener is on loopback and takes one connection; that it is
 * ours, and not that of another process that was faster, its addresses show. */
static bool connect_pair(SOCKET listener, SOCKET sockets[2])
{
    struct sockaddr_in address = {.sin_family = AF_INET}, ours, theirs;
    int size = sizeof address, ours_size = sizeof ours, theirs_size = sizeof theirs;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, size) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0 ||
        listen(listener, 1) != 0)
        return false;
    sockets[0] = socket(AF_INET, SOCK_STREAM, 0);
    if (sockets[0] == INVALID_SOCKET ||
        connect(sockets[0], (struct sockaddr *)&address, size) != 0)
        return false;
    sockets[1] = accept(listener, (struct sockaddr *)&theirs, &theirs_size);
    return sockets[1] != INVALID_SOCKET &&
           getsockname(sockets[0], (struct sockaddr *)&ours, &ours_size) == 0 &&
           ours.sin_port == theirs.sin_port &&
           ours.sin_addr.s_addr == theirs.sin_addr.s_addr;
}

bool sock_pair(int fds[2], int *code)
{
    SOCKET sockets[2] = {INVALID_SOCKET, INVALID_SOCKET};
    if (!winsock_begin(code))
        return false;
    SOCKET listener = socket(AF_INET, SOCK_STREAM, 0);
    bool ok = listener != INVALID_SOCKET && connect_pair(listener, sockets);
    if (!ok)
        *code = WSAGetLastError();
    if (listener != INVALID_SOCKET)
        closesocket(listener);
    for (int i = 0; i < 2; i++) {
        fds[i] = (int)sockets[i];
        ok = ok && sock_prepare(fds[i], code) && make_nonblocking(fds[i], code);
    }
    for (int i = 0; !ok && i < 2; i++)
        if (sockets[i] != INVALID_SOCKET)
            closesocket(sockets[i]);
    return ok;
}

void sock_wake(int fd)
{
    (void)send((SOCKET)fd, "", 1, 0); /* where there is no room, none is needed */
}

void sock_drain(int fd)
{
    char bytes[64];
    size_t n;
    int code;
    while (sock_recv(fd, bytes, sizeof bytes, &n, &code) == SOCK_DONE)
        ;
}

/* What select() refuses to do: wait for no socket. */
static enum sock_result sleep_until(struct deadline deadline)
{
    while (!deadline_passed(deadline)) {
        int left = deadline_poll_timeout(deadline);
        Sleep(left < 0 ? INFINITE : (DWORD)left);
    }
    return SOCK_TIMEOUT;
}

/* Before Windows 10 2004, WSAPoll() does not tell that a connect failed, so that a wait for it
 * would last until the deadline.  select() tells, in its third set. */
static enum sock_result select_until(struct sock_wait *sockets, size_t count,
                                     fd_set sets[3], struct deadline deadline, int *code)
{
    for (;;) {
        for (int i = 0; i < 3; i++)
            FD_ZERO(&sets[i]);
        for (size_t i = 0; i < count; i++) {
            if (sockets[i].want_read)
                FD_SET((SOCKET)sockets[i].fd, &sets[0]);
            if (sockets[i].want_write)
                FD_SET((SOCKET)sockets[i].fd, &sets[1]);
            FD_SET((SOCKET)sockets[i].fd, &sets[2]);
        }
        int left = deadline_poll_timeout(deadline);
        struct timeval time = {.tv_sec = left / 1000, .tv_usec = left % 1000 * 1000};
        int ready = select(0, &sets[0], &sets[1], &sets[2], left < 0 ? NULL : &time);
        if (ready > 0)
            return SOCK_DONE;
        if (ready == 0 && deadline_passed(deadline))
            return SOCK_TIMEOUT;
        if (ready < 0) {
            *code = WSAGetLastError();
            return SOCK_FAILED;
        }
    }
}

enum sock_result sock_wait(struct sock_wait *sockets, size_t count,
                           struct deadline deadline, int *code)
{
    fd_set sets[3];
    if (count > FD_SETSIZE) {
        *code = WSAENOBUFS;
        return SOCK_FAILED;
    }
    if (count == 0)
        return sleep_until(deadline);
    enum sock_result result = select_until(sockets, count, sets, deadline, code);
    for (size_t i = 0; i < count; i++) {
        SOCKET fd = (SOCKET)sockets[i].fd;
        bool done = result == SOCK_DONE;
        bool broken = done && FD_ISSET(fd, &sets[2]);
        sockets[i].can_read =
            sockets[i].want_read && (broken || (done && FD_ISSET(fd, &sets[0])));
        sockets[i].can_write =
            sockets[i].want_write && (broken || (done && FD_ISSET(fd, &sets[1])));
    }
    return result;
}

int sock_connect_result(int fd)
{
    int code = 0;
    int size = sizeof code;
    if (getsockopt((SOCKET)fd, SOL_SOCKET, SO_ERROR, (char *)&code, &size) != 0)
        return WSAGetLastError();
    return code;
}

enum sock_result sock_connect_unix(const char *path, int *fd, int *code)
{
    (void)path;
    *fd = -1;
    *code = WSAEAFNOSUPPORT;
    return SOCK_FAILED;
}

enum sock_fault sock_fault(int code)
{
    switch (code) {
    case WSAECONNREFUSED:
        return SOCK_REFUSED;
    case WSAENETUNREACH:
    case WSAEHOSTUNREACH:
    case WSAENETDOWN:
    case WSAEHOSTDOWN:
    case WSAEADDRNOTAVAIL:
    case WSAEAFNOSUPPORT:
        return SOCK_UNREACHABLE;
    case WSAETIMEDOUT: /* of a connect after some 21 seconds */
        return SOCK_TIMED_OUT;
    case WSAECONNRESET:
    case WSAECONNABORTED:
    case WSAENETRESET:
    case WSAESHUTDOWN:
        return SOCK_RESET;
    default:
        return SOCK_OTHER;
    }
}

void sock_describe(int code, char *text, size_t size)
{
    DWORD flags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS |
                  FORMAT_MESSAGE_MAX_WIDTH_MASK;
    DWORD length = FormatMessageA(flags, NULL, (DWORD)code, 0, text, (DWORD)size, NULL);
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '.'))
        text[--length] = '\0';
    if (length == 0)
        snprintf(text, size, "error %d", code);
}

/* ---- lookup ---- */

static enum sock_lookup lookup_fault(int result)
{
    switch (result) {
    case WSAHOST_NOT_FOUND:
        return SOCK_LOOKUP_NO_NAME;
    case WSANO_DATA:
    case WSAEAFNOSUPPORT:
        return SOCK_LOOKUP_NO_ADDRESS;
    case WSATYPE_NOT_FOUND:
        return SOCK_LOOKUP_NO_SERVICE;
    case WSA_NOT_ENOUGH_MEMORY:
    case WSAEMFILE:
    case WSAENOBUFS:
        return SOCK_LOOKUP_NO_RESOURCES;
    default: /* here an error of the system and one of the resolver are one kind of number */
        return SOCK_LOOKUP_FAILED;
    }
}

static void lookup_failed(struct sock_found *found, int result)
{
    found->result = lookup_fault(result);
    found->code = result;
    sock_describe(result, found->reason, sizeof found->reason);
}

static bool take_address(struct sock_address *to, const struct addrinfo *from)
{
    return getnameinfo(from->ai_addr, (socklen_t)from->ai_addrlen, to->host,
                       sizeof to->host, to->port, sizeof to->port,
                       NI_NUMERICHOST | NI_NUMERICSERV) == 0;
}

void sock_lookup(const char *host, const char *port, int family, struct sock_found *found)
{
    const struct addrinfo hints = {.ai_family = family, .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    size_t count = 0;
    int result;
    *found = (struct sock_found){.result = SOCK_LOOKUP_FOUND};
    if (winsock_begin(&result))
        result = getaddrinfo(host, port, &hints, &list);
    if (result != 0) {
        lookup_failed(found, result);
        return;
    }
    for (const struct addrinfo *item = list; item != NULL; item = item->ai_next)
        count++;
    count = count < SOCK_ADDRESSES_MAX ? count : SOCK_ADDRESSES_MAX;
    found->addresses = calloc(count, sizeof *found->addresses);
    if (found->addresses == NULL)
        lookup_failed(found, WSA_NOT_ENOUGH_MEMORY);
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
