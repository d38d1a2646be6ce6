/* sock_winsock.c: the contract of sock.h on Windows.  OpenSSL's BIO_sock_init() has called
 * WSAStartup() by the time there is a socket. */
#include <config.h>

#include "net/sock.h"

#include <winsock2.h> /* before windows.h, or that brings in the first Winsock */

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

/* gai_strerrorA() formats into a static buffer, so the texts are compared one at a time. */
enum sock_lookup sock_lookup_fault(const char *text)
{
    static const struct {
        int code;
        enum sock_lookup fault;
    } known[] = {
        {WSAHOST_NOT_FOUND, SOCK_LOOKUP_NO_NAME},
        {WSATYPE_NOT_FOUND, SOCK_LOOKUP_NO_SERVICE},
        {WSANO_DATA, SOCK_LOOKUP_NO_ADDRESS},
        {WSAEAFNOSUPPORT, SOCK_LOOKUP_NO_ADDRESS},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(text, gai_strerrorA(known[i].code)) == 0)
            return known[i].fault;
    return SOCK_LOOKUP_FAILED;
}
