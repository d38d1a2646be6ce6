/* bio.h: the BIO that OpenSSL reads from and writes to: a stream. */
#ifndef TLSDIAL_TLS_BIO_H
#define TLSDIAL_TLS_BIO_H

#include <openssl/bio.h>

#include "net/stream.h"

/** A BIO over the stream, which stays the caller's and must outlive it. It never waits: it asks to
 * retry. NULL when out of memory. *method is made where it is NULL; it must outlive the BIO, and is
 * to be freed with BIO_meth_free(3) in any case. */
BIO *stream_bio_new(struct stream *stream, BIO_METHOD **method);

#endif
