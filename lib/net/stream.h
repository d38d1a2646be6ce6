/*
 * stream.h: a connected socket whose reads and writes never wait.
 *
 * A stream remembers how it ended, since errno does not last, counts its bytes, and keeps the first
 * ones received, which show what protocol a peer speaks that does not speak TLS.
 */
#ifndef TLSDIAL_NET_STREAM_H
#define TLSDIAL_NET_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/sock.h"

enum stream_end {
    STREAM_OPEN,
    STREAM_FIN,   /**< the peer ended the TCP stream */
    STREAM_FAILED /**< see the code */
};

#define STREAM_FIRST_BYTES                                                               \
    128 /**< enough to know a TLS record or the greeting of another protocol */

struct stream;

/** Owns the socket, which must not block, from then on. NULL when out of memory; the socket is then
 * still the caller's. */
struct stream *stream_new(int fd);
/** Closes the socket. NULL is allowed. */
void stream_free(struct stream *stream);
int stream_fd(const struct stream *stream);

/** As sock_recv() and sock_send(): SOCK_DONE with *n > 0, SOCK_AGAIN, SOCK_END (read only) or
 * SOCK_FAILED. After SOCK_END or SOCK_FAILED stream_end() says how it ended. */
enum sock_result stream_read(struct stream *stream, void *buffer, size_t length,
                             size_t *n);
enum sock_result stream_write(struct stream *stream, const void *data, size_t length,
                              size_t *n);

/** How the last operation that failed, failed. stream_reopen() forgets it: a failed write says
 * nothing of what may still be read. */
enum stream_end stream_end(const struct stream *stream);
int stream_code(const struct stream *stream);
void stream_reopen(struct stream *stream);

uint64_t stream_received(const struct stream *stream);
uint64_t stream_sent(const struct stream *stream);

/** The first bytes received since stream_begin_tls(), STREAM_FIRST_BYTES at most. */
const unsigned char *stream_first(const struct stream *stream, size_t *length);
/** From here on bytes count as TLS's: those before belonged to a hop. */
void stream_begin_tls(struct stream *stream);
/** Drops what has arrived, before the socket is closed: with data unread the system sends a reset,
 * which takes from the peer what it has not read yet (RFC 1122, 4.2.2.13). */
void stream_discard(struct stream *stream);
/** For a peer that speaks no TLS: takes what else has come of the first bytes. */
void stream_read_first(struct stream *stream);

#endif
