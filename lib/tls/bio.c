/*
 * bio.c: the BIO that OpenSSL sees: a stream, whose reads and writes never wait.
 *
 * How an operation failed is kept in the stream, not in errno, which later calls may change.
 */
#include <config.h>

#include "tls/bio.h"

#include <openssl/crypto.h>

static int bio_read(BIO *bio, char *buffer, size_t length, size_t *n)
{
    BIO_clear_retry_flags(bio);
    switch (stream_read(BIO_get_data(bio), buffer, length, n)) {
    case SOCK_DONE:
        return 1;
    case SOCK_AGAIN:
        BIO_set_retry_read(bio);
        return 0;
    default:
        return 0;
    }
}

/* -1 and not 0 where nothing was written: some versions of libssl (3.5.7; not 3.0, nor 3.5.9) take a
 * 0 that is not to be retried for the success of a write of no bytes, and the data for sent. */
static int bio_write(BIO *bio, const char *data, size_t length, size_t *n)
{
    BIO_clear_retry_flags(bio);
    switch (stream_write(BIO_get_data(bio), data, length, n)) {
    case SOCK_DONE:
        return 1;
    case SOCK_AGAIN:
        BIO_set_retry_write(bio);
        return -1;
    default:
        return -1;
    }
}

/* What libssl asks for. Wrong answers turn a reset into an "unexpected eof" or a FIN into
 * "Success", so everything that is not known is answered with 0. */
static long bio_ctrl(BIO *bio, int command, long number, void *pointer)
{
    (void)pointer;
    switch (command) {
    case BIO_CTRL_EOF:
        return stream_end(BIO_get_data(bio)) == STREAM_FIN;
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

/* Each BIO has a method of its own, which goes with it: one for all would be left behind when the
 * library is unloaded. Nobody asks for its type, so that none of OpenSSL's few numbers is taken. */
static BIO_METHOD *method_new(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "tlsdial stream");
    if (method == NULL)
        return NULL;
    if (BIO_meth_set_read_ex(method, bio_read) &&
        BIO_meth_set_write_ex(method, bio_write) && BIO_meth_set_ctrl(method, bio_ctrl))
        return method;
    BIO_meth_free(method);
    return NULL;
}

BIO *stream_bio_new(struct stream *stream, BIO_METHOD **method)
{
    BIO *bio = NULL;
    if (*method == NULL)
        *method = method_new();
    if (*method == NULL || (bio = BIO_new(*method)) == NULL)
        return NULL;
    BIO_set_data(bio, stream);
    BIO_set_init(bio, 1);
    return bio;
}
