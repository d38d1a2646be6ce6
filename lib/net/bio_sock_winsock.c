/* bio_sock_winsock.c: OpenSSL's socket helpers, where it lacks them, on Windows. */
#include <config.h>

#include <winsock2.h> /* before windows.h, or that brings in the first Winsock */

#include <ws2tcpip.h>

#include "net/bio_sock.h"

#include <stdbool.h>

typedef SOCKET socket_handle;

/* For each lookup, which is before anything else: Winsock counts, and nobody ends it. */
static bool system_begin(void)
{
    WSADATA data;
    return WSAStartup(MAKEWORD(2, 2), &data) == 0;
}

static int system_code(void)
{
    return WSAGetLastError();
}

static bool is_under_way(int code)
{
    return code == WSAEWOULDBLOCK;
}

static bool make_nonblocking(socket_handle fd)
{
    u_long on = 1;
    return ioctlsocket(fd, (long)FIONBIO, &on) == 0;
}

#include "net/bio_sock_shared.h"
