/*
 * bio.c: the BIO that OpenSSL sees: a socket that blocks until data, error or deadline.
 *
 * The socket itself is non-blocking.  Each read or write waits at most until io->deadline, which
 * is absolute, so that a peer that sends a byte now and then cannot outstay it.  How an operation
 * failed is kept here, not in errno, which later calls may change.
 */
#include <config.h>

#include "tls/bio.h"

#include <openssl/crypto.h>
#include <string.h>

#include "net/sock.h"

/* Also when nothing has to be waited for: a peer that never stops sending must not outstay the
 * deadline either. */
static bool io_is_late(struct io *io)
{
    bool late = deadline_passed(io->deadline);
    if (late)
        io->end = IO_TIMEOUT;
    return late;
}

static void io_failed(struct io *io, enum sock_result result, int code)
{
    io->end = result == SOCK_TIMEOUT ? IO_TIMEOUT
              : result == SOCK_END   ? IO_FIN
                                     : IO_FAILED;
    io->code = io->end == IO_FAILED ? code : 0;
}

static void keep_first_bytes(struct io *io, const char *data, size_t length)
{
    size_t room = sizeof io->first - io->first_length;
    size_t kept = length < room ? length : room;
    memcpy(io->first + io->first_length, data, kept);
    io->first_length += kept;
}

void io_read_first(struct io *io)
{
    enum sock_result result = SOCK_DONE;
    while (result == SOCK_DONE && io->first_length < sizeof io->first) {
        size_t n = 0;
        int code;
        result = sock_recv(io->fd, io->first + io->first_length,
                           sizeof io->first - io->first_length, &n, &code);
        io->first_length += n;
        io->traffic->received += n;
    }
}

static int io_read(BIO *bio, char *buffer, size_t length, size_t *n)
{
    struct io *io = BIO_get_data(bio);
    int code = 0;
    BIO_clear_retry_flags(bio);
    if (io_is_late(io))
        return 0;
    for (;;) {
        enum sock_result result = sock_recv(io->fd, buffer, length, n, &code);
        if (result == SOCK_DONE) {
            keep_first_bytes(io, buffer, *n);
            io->traffic->received += *n;
            return 1;
        }
        if (result == SOCK_AGAIN) {
            if (!io->wait_to_read) {
                BIO_set_retry_read(bio);
                return 0;
            }
            struct sock_wait wait = {.fd = io->fd, .want_read = true};
            result = sock_wait(&wait, 1, io->deadline, &code);
        }
        if (result != SOCK_DONE) {
            io_failed(io, result, code);
            return 0;
        }
    }
}

/* -1 and not 0 where nothing was written: some versions of libssl (3.5.7; not 3.0, nor 3.5.9) take a
 * 0 that is not to be retried for the success of a write of no bytes, and the data for sent. */
static int io_write(BIO *bio, const char *data, size_t length, size_t *n)
{
    struct io *io = BIO_get_data(bio);
    int code = 0;
    BIO_clear_retry_flags(bio);
    if (io_is_late(io))
        return -1;
    for (;;) {
        enum sock_result result = sock_send(io->fd, data, length, n, &code);
        if (result == SOCK_DONE) {
            io->traffic->sent += *n;
            return 1;
        }
        if (result == SOCK_AGAIN) {
            struct sock_wait wait = {
                .fd = io->fd, .want_write = true, .want_read = io->yield_to_read};
            result = sock_wait(&wait, 1, io->deadline, &code);
            if (result == SOCK_DONE && !wait.can_write) {
                BIO_set_retry_write(bio);
                return -1;
            }
        }
        if (result != SOCK_DONE) {
            io_failed(io, result, code);
            return -1;
        }
    }
}

/* What libssl asks for. Wrong answers turn a reset into an "unexpected eof" or a FIN into
 * "Success", so everything that is not known is answered with 0. */
static long io_ctrl(BIO *bio, int command, long number, void *pointer)
{
    const struct io *io = BIO_get_data(bio);
    (void)pointer;
    switch (command) {
    case BIO_CTRL_EOF:
        return io->end == IO_FIN;
    case BIO_CTRL_FLUSH:
        return 1;
    case BIO_CTRL_GET_CLOSE:
        return BIO_get_shutdown(bio);
    case BIO_CTRL_SET_CLOSE:
        BIO_set_shutdown(bio, (int)number);
        return 1;
    default:
        return 0;
    }
}

static int io_destroy(BIO *bio)
{
    struct io *io = BIO_get_data(bio);
    if (io != NULL) {
        if (io->fd >= 0)
            sock_close(io->fd);
        OPENSSL_free(io);
    }
    return 1;
}

/* The one mutable state of the library: a BIO type is registered once a process. */
static BIO_METHOD *io_method;
static CRYPTO_ONCE io_method_once = CRYPTO_ONCE_STATIC_INIT;

static void io_method_make(void)
{
    int index = BIO_get_new_index();
    BIO_METHOD *method =
        index < 0 ? NULL : BIO_meth_new(index | BIO_TYPE_SOURCE_SINK, "tlsdial socket");
    if (method == NULL)
        return;
    if (BIO_meth_set_read_ex(method, io_read) &&
        BIO_meth_set_write_ex(method, io_write) && BIO_meth_set_ctrl(method, io_ctrl) &&
        BIO_meth_set_destroy(method, io_destroy))
        io_method = method;
    else
        BIO_meth_free(method);
}

BIO *io_bio_new(int fd, struct traffic *traffic, struct io **io)
{
    if (!CRYPTO_THREAD_run_once(&io_method_once, io_method_make) || io_method == NULL)
        return NULL;
    BIO *bio = BIO_new(io_method);
    struct io *state = OPENSSL_zalloc(sizeof *state);
    if (bio == NULL || state == NULL) {
        BIO_free(bio);
        OPENSSL_free(state);
        return NULL;
    }
    *state = (struct io){
        .fd = fd, .deadline = deadline_never(), .wait_to_read = true, .traffic = traffic};
    BIO_set_data(bio, state);
    BIO_set_init(bio, 1);
    BIO_set_shutdown(bio, BIO_CLOSE);
    *io = state;
    return bio;
}
