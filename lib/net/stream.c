/* stream.c: a connected socket whose reads and writes never wait. */
#include <config.h>

#include "net/stream.h"

#include <openssl/crypto.h>
#include <string.h>

struct stream {
    int fd;
    enum stream_end end;
    int code;
    uint64_t received, sent;
    unsigned char first[STREAM_FIRST_BYTES];
    size_t first_length;
};

struct stream *stream_new(int fd)
{
    struct stream *stream = OPENSSL_zalloc(sizeof *stream);
    if (stream != NULL)
        stream->fd = fd;
    return stream;
}

void stream_free(struct stream *stream)
{
    if (stream == NULL)
        return;
    sock_close(stream->fd);
    OPENSSL_free(stream);
}

int stream_fd(const struct stream *stream)
{
    return stream->fd;
}

static void note_end(struct stream *stream, enum sock_result result, int code)
{
    if (result == SOCK_END) {
        stream->end = STREAM_FIN;
        stream->code = 0;
    } else if (result == SOCK_FAILED) {
        stream->end = STREAM_FAILED;
        stream->code = code;
    }
}

static void keep_first(struct stream *stream, const void *data, size_t length)
{
    size_t room = sizeof stream->first - stream->first_length;
    size_t kept = length < room ? length : room;
    memcpy(stream->first + stream->first_length, data, kept);
    stream->first_length += kept;
}

enum sock_result stream_read(struct stream *stream, void *buffer, size_t length,
                             size_t *n)
{
    int code = 0;
    enum sock_result result = sock_recv(stream->fd, buffer, length, n, &code);
    if (result == SOCK_DONE) {
        stream->received += *n;
        keep_first(stream, buffer, *n);
    }
    note_end(stream, result, code);
    return result;
}

enum sock_result stream_write(struct stream *stream, const void *data, size_t length,
                              size_t *n)
{
    int code = 0;
    enum sock_result result = sock_send(stream->fd, data, length, n, &code);
    if (result == SOCK_DONE)
        stream->sent += *n;
    note_end(stream, result, code);
    return result;
}

enum stream_end stream_end(const struct stream *stream)
{
    return stream->end;
}

int stream_code(const struct stream *stream)
{
    return stream->code;
}

void stream_reopen(struct stream *stream)
{
    stream->end = STREAM_OPEN;
    stream->code = 0;
}

uint64_t stream_received(const struct stream *stream)
{
    return stream->received;
}

uint64_t stream_sent(const struct stream *stream)
{
    return stream->sent;
}

const unsigned char *stream_first(const struct stream *stream, size_t *length)
{
    *length = stream->first_length;
    return stream->first;
}

void stream_begin_tls(struct stream *stream)
{
    stream->first_length = 0;
    stream->received = stream->sent = 0;
}

/* Its end is not noted: whoever asks knows already how the stream ended. */
void stream_read_first(struct stream *stream)
{
    enum sock_result result = SOCK_DONE;
    while (result == SOCK_DONE && stream->first_length < sizeof stream->first) {
        size_t n = 0;
        int code;
        result = sock_recv(stream->fd, stream->first + stream->first_length,
                           sizeof stream->first - stream->first_length, &n, &code);
        stream->first_length += n;
        stream->received += n;
    }
}

#define DISCARDED_MOST (1024 * 1024) /* a peer that never stops is reset */

void stream_discard(struct stream *stream)
{
    unsigned char scratch[4096];
    size_t n = 0, total = 0;
    int code;
    while (total < DISCARDED_MOST &&
           sock_recv(stream->fd, scratch, sizeof scratch, &n, &code) == SOCK_DONE)
        total += n;
}
