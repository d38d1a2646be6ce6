/*
 * sock.h: what the library asks of the platform's sockets.
 *
 * sock_posix.c and sock_winsock.c keep this contract, the build picks one, and no other file
 * knows which.  Sockets are made and connected by OpenSSL's BIO_socket() and BIO_connect(), or
 * those of bio_sock.h, which use an int for them on Windows too.  Codes are errno on POSIX and WSA
 * codes on Windows.  All functions are thread-safe, restart after signals, and need no OpenSSL
 * header.
 */
#ifndef TLSDIAL_SOCK_H
#define TLSDIAL_SOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/deadline.h"

/** SOCK_STREAM, AF_UNSPEC, AF_INET and AF_INET6, for OpenSSL's BIO_lookup_ex(). */
extern const int sock_stream, sock_any_family, sock_ipv4, sock_ipv6;

/** Makes a new socket ready for use: not inherited by child processes and, where the system has
 * no MSG_NOSIGNAL, without SIGPIPE. BIO_connect() sees to the rest. */
bool sock_prepare(int fd, int *code);

void sock_close(int fd);

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

/** Waits until at least one of the sockets is ready, or until the deadline. */
enum sock_result sock_wait(struct sock_wait *sockets, size_t count,
                           struct deadline deadline, int *code);

/** The outcome of a connect that was in progress: 0, or a code. */
int sock_connect_result(int fd);

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
    SOCK_LOOKUP_NO_NAME,    /**< the name does not exist */
    SOCK_LOOKUP_NO_ADDRESS, /**< it exists, without an address of the family asked for */
    SOCK_LOOKUP_NO_SERVICE, /**< the port's name is unknown */
    SOCK_LOOKUP_FAILED      /**< anything else */
};

/** What went wrong in getaddrinfo(), by the text of gai_strerror() for it: of its code,
 * BIO_lookup_ex() keeps the text alone. */
enum sock_lookup sock_lookup_fault(const char *text);

#endif
