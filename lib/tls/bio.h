/* bio.h: the BIO that OpenSSL sees. */
#ifndef TLSDIAL_TLS_BIO_H
#define TLSDIAL_TLS_BIO_H

#include <openssl/bio.h>

#include "base/deadline.h"
#include "tls/evidence.h"

enum io_end {
    IO_OPEN,
    IO_TIMEOUT, /**< the deadline passed */
    IO_FIN,     /**< the peer ended the TCP stream */
    IO_FAILED   /**< see code */
};

#define IO_FIRST_BYTES                                                                   \
    128 /**< enough to know a TLS record or the greeting of another protocol */

/** The state of the BIO: a socket whose reads and writes wait until the deadline. */
struct io {
    int fd;
    struct deadline deadline; /**< of the operation under way */
    bool wait_to_read;        /**< false: a read takes what is there and asks to retry */
    bool yield_to_read; /**< true: a write that must wait asks to retry as soon as there
                                   is something to read */
    enum io_end end;    /**< why the last operation failed */
    int code;
    unsigned char first[IO_FIRST_BYTES]; /**< the first bytes received */
    size_t first_length;
    struct traffic *traffic; /**< the evidence's */
};

/** A BIO that owns the socket, and its state, which lives as long. NULL when out of memory; the
 * socket is then still the caller's. */
BIO *io_bio_new(int fd, struct traffic *traffic, struct io **io);
/** Where there is no TLS to go on with: takes what else has come of the first bytes. OpenSSL stops
 * at the head of a record, from 3.2 on. */
void io_read_first(struct io *io);

#endif
