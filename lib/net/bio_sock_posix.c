/* bio_sock_posix.c: OpenSSL's socket helpers, where it lacks them, on POSIX systems. */
#include <config.h>

#include "net/bio_sock.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <sys/socket.h>

typedef int socket_handle;

static bool system_begin(void)
{
    return true;
}

static int system_code(void)
{
    return errno;
}

/* An interrupted connect goes on, too. */
static bool is_under_way(int code)
{
    return code == EINPROGRESS || code == EINTR;
}

static bool make_nonblocking(socket_handle fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

#include "net/bio_sock_shared.h"
