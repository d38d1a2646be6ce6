/*
 * bio_sock_shared.h: the bodies of bio_sock.h, for the file of a platform to include at its end.
 *
 * That file has brought in the system's headers, which alone know struct addrinfo, and has
 * defined what is not the same everywhere: socket_handle, system_begin(), system_code(),
 * is_under_way() and make_nonblocking().  A BIO_ADDRINFO is a struct addrinfo, a BIO_ADDR a struct
 * sockaddr.  Failures are queued as OpenSSL does it, the system's code first.
 */
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <stddef.h>

static int failed(int code, const char *function)
{
    ERR_raise_data(ERR_LIB_SYS, code, "calling %s()", function);
    return 0;
}

/* ---- lookup ---- */

static int lookup_failed(int code, int system)
{
#ifdef EAI_SYSTEM
    if (code == EAI_SYSTEM)
        return failed(system, "getaddrinfo");
#endif
    (void)system;
    ERR_raise_data(ERR_LIB_BIO, ERR_R_SYS_LIB, "%s", gai_strerror(code));
    return 0;
}

int BIO_lookup_ex(const char *host, const char *service, int lookup_type, int family,
                  int socktype, int protocol, BIO_ADDRINFO **found)
{
    struct addrinfo hints = {
        .ai_family = family, .ai_socktype = socktype, .ai_protocol = protocol};
    struct addrinfo *list = NULL;
    (void)lookup_type;
    if (!system_begin())
        return failed(system_code(), "WSAStartup");
    /* No addresses of a family that the machine has none of; but one that is given as such is
     * taken as it is. */
    hints.ai_flags = family == AF_UNSPEC ? AI_ADDRCONFIG : 0;
    int code = getaddrinfo(host, service, &hints, &list);
    if (code != 0) {
        int system = system_code();
        hints.ai_flags = AI_NUMERICHOST;
        if (getaddrinfo(host, service, &hints, &list) != 0)
            return lookup_failed(code, system);
    }
    *found = (BIO_ADDRINFO *)list;
    return 1;
}

static const struct addrinfo *info(const BIO_ADDRINFO *item)
{
    return (const struct addrinfo *)item;
}

const BIO_ADDRINFO *BIO_ADDRINFO_next(const BIO_ADDRINFO *item)
{
    return (const BIO_ADDRINFO *)info(item)->ai_next;
}

int BIO_ADDRINFO_family(const BIO_ADDRINFO *item)
{
    return info(item)->ai_family;
}

int BIO_ADDRINFO_socktype(const BIO_ADDRINFO *item)
{
    return info(item)->ai_socktype;
}

int BIO_ADDRINFO_protocol(const BIO_ADDRINFO *item)
{
    return info(item)->ai_protocol;
}

const BIO_ADDR *BIO_ADDRINFO_address(const BIO_ADDRINFO *item)
{
    return (const BIO_ADDR *)info(item)->ai_addr;
}

void BIO_ADDRINFO_free(BIO_ADDRINFO *list)
{
    if (list != NULL) /* which freeaddrinfo() need not take */
        freeaddrinfo((struct addrinfo *)list);
}

/* ---- addresses ---- */

static const struct sockaddr *address_of(const BIO_ADDR *address)
{
    return (const struct sockaddr *)address;
}

static socklen_t size_of(const BIO_ADDR *address)
{
    return address_of(address)->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                      : sizeof(struct sockaddr_in);
}

static char *address_text(const BIO_ADDR *address, int flags, bool service)
{
    char host[NI_MAXHOST], port[NI_MAXSERV];
    int code = getnameinfo(address_of(address), size_of(address), host, sizeof host, port,
                           sizeof port, flags);
    if (code == 0)
        return OPENSSL_strdup(service ? port : host);
    ERR_raise_data(ERR_LIB_BIO, ERR_R_SYS_LIB, "%s", gai_strerror(code));
    return NULL;
}

char *BIO_ADDR_hostname_string(const BIO_ADDR *address, int numeric)
{
    return address_text(address, numeric ? NI_NUMERICHOST | NI_NUMERICSERV : 0, false);
}

char *BIO_ADDR_service_string(const BIO_ADDR *address, int numeric)
{
    return address_text(address, numeric ? NI_NUMERICHOST | NI_NUMERICSERV : 0, true);
}

/* ---- sockets ---- */

int BIO_socket(int domain, int socktype, int protocol, int options)
{
    (void)options;
    int fd = (int)socket(domain, socktype, protocol);
    if (fd < 0)
        failed(system_code(), "socket");
    return fd;
}

static bool turn_on(socket_handle fd, int level, int option)
{
    const int on = 1;
    return setsockopt(fd, level, option, (const char *)&on, sizeof on) == 0;
}

int BIO_connect(int fd, const BIO_ADDR *address, int options)
{
    socket_handle handle = (socket_handle)fd;
    if ((options & BIO_SOCK_NONBLOCK) != 0 && !make_nonblocking(handle))
        return failed(system_code(), "fcntl");
    if (((options & BIO_SOCK_KEEPALIVE) != 0 &&
         !turn_on(handle, SOL_SOCKET, SO_KEEPALIVE)) ||
        ((options & BIO_SOCK_NODELAY) != 0 && !turn_on(handle, IPPROTO_TCP, TCP_NODELAY)))
        return failed(system_code(), "setsockopt");
    if (connect(handle, address_of(address), size_of(address)) == 0)
        return 1;
    int code = system_code();
    return is_under_way(code) ? 0 : failed(code, "connect");
}
