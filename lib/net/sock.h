/*
 * sock.h: what the library asks of the platform's sockets and resolver.
 *
 * sock_posix.c and sock_winsock.c keep this contract, the build picks one, and no other file
 * knows which.  Sockets are made and connected by OpenSSL's BIO_socket() and BIO_connect(), or
 * those of bio_sock.h, which use an int for them on Windows too.  Codes are errno on POSIX and WSA
 * codes on Windows.  All functions are thread-safe, restart after signals, and call nothing of
 * OpenSSL.
 */
#ifndef TLSDIAL_NET_SOCK_H
#define TLSDIAL_NET_SOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/deadline.h"

/** SOCK_STREAM, AF_UNSPEC, AF_INET and AF_INET6, for OpenSSL's BIO_lookup_ex(). */
extern const int sock_stream, sock_any_family, sock_ipv4, sock_ipv6;

/** The code for "out of memory". */
extern const int sock_out_of_memory;

/** Makes a new socket ready for use: not inherited by child processes and, where the system has
 * no MSG_NOSIGNAL, without SIGPIPE. BIO_connect() sees to the rest. */
bool sock_prepare(int fd, int *code);

/** Makes a socket of the caller's ready for use: non-blocking, and as sock_prepare() and
 * BIO_connect() leave one. False, with the code, if it is no connected socket. */
bool sock_adopt(int fd, int *code);

void sock_close(int fd);

/** Two connected sockets, ready for use, by which one thread wakes another's wait. */
bool sock_pair(int fds[2], int *code);
/** Makes the other socket of the pair readable, if it is not. Safe in a signal handler, and leaves
 * errno as it was. */
void sock_wake(int fd);
/** Makes it unreadable again: the socket at the other end than sock_wake()'s. */
void sock_drain(int fd);

enum sock_result {
    SOCK_DONE,    /**< some bytes went over, or a socket is ready */
    SOCK_END,     /**< recv: the peer sent FIN */
    SOCK_AGAIN,   /**< nothing possible without waiting */
    SOCK_TIMEOUT, /**< wait: the deadline passed */
    SOCK_FAILED   /**< see the code */
};

/** Never block. A peer that is gone gives SOCK_FAILED, not SIGPIPE. */
enum sock_result sock_recv(int fd, void *buffer, size_t length, size_t *n, int *code);
enum sock_result sock_send(int fd, const void *data, size_t length, size_t *n, int *code);

/** One socket to wait for. */
struct sock_wait {
    int fd;
    bool want_read, want_write;
    /** Out. A socket with an error counts as ready for what is wanted: the next call on it
     * tells the error. */
    bool can_read, can_write;
};

/** Waits until at least one of the sockets is ready, or until the deadline. There may be none.
 * A deadline that has passed asks what is ready now. */
enum sock_result sock_wait(struct sock_wait *sockets, size_t count,
                           struct deadline deadline, int *code);

/** The outcome of a connect that was in progress: 0, or a code. */
int sock_connect_result(int fd);

/** Connects to a Unix socket, without waiting. SOCK_AGAIN: its queue is full; nothing says when it
 * no longer is. */
enum sock_result sock_connect_unix(const char *path, int *fd, int *code);

enum sock_fault {
    SOCK_REFUSED,
    SOCK_UNREACHABLE,
    SOCK_TIMED_OUT, /**< the system gave up, by limits of its own */
    SOCK_RESET,
    SOCK_OTHER
};

/** What a code means for the choice of a cause. */
enum sock_fault sock_fault(int code);

/** The system's words for a code. */
void sock_describe(int code, char *text, size_t size);

enum sock_lookup {
    SOCK_LOOKUP_FOUND,
    SOCK_LOOKUP_NO_NAME,    /**< the name does not exist */
    SOCK_LOOKUP_NO_ADDRESS, /**< it exists, without an address of the family asked for */
    SOCK_LOOKUP_NO_SERVICE, /**< the port's name is unknown */
    SOCK_LOOKUP_NO_RESOURCES, /**< no memory or descriptors were left, see the code: of the name
                               * this says nothing */
    SOCK_LOOKUP_SYSTEM,       /**< another error of the system, see the code */
    SOCK_LOOKUP_FAILED        /**< anything else, see the reason */
};

#define SOCK_ADDRESS_SIZE                                                                \
    72 /**< of an IPv6 address with a zone (an interface's name), and a NUL */
#define SOCK_PORT_SIZE 6 /**< "65535" */
#define SOCK_ADDRESSES_MAX                                                               \
    1024 /**< of a name: more than a DNS response of 16 KiB has, few enough to go through */

/** An address in digits, as BIO_lookup_ex() takes it without asking anybody. */
struct sock_address {
    char host[SOCK_ADDRESS_SIZE]; /**< "192.0.2.1", "fe80::1%eth0" */
    char port[SOCK_PORT_SIZE];
};

/** What came of a lookup. */
struct sock_found {
    enum sock_lookup result;
    struct sock_address *addresses; /**< in the system's order (RFC 6724) */
    size_t count;
    int code; /**< the system's, of NO_RESOURCES and SYSTEM, else the resolver's */
    char reason[128]; /**< in words; empty if found */
};

/** Asks the system's resolver for the addresses of one family. Takes as long as that takes: it
 * cannot be given a deadline. Calls nothing of OpenSSL, so that a thread left behind in it does
 * no harm when the process ends. Release with sock_found_clear(). */
void sock_lookup(const char *host, const char *port, int family,
                 struct sock_found *found);
void sock_found_clear(struct sock_found *found);

#endif
