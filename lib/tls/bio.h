/* bio.h: the BIO that OpenSSL reads from and writes to: a stream. */
#ifndef TLSDIAL_TLS_BIO_H
#define TLSDIAL_TLS_BIO_H

#include <openssl/bio.h>

#include "net/stream.h"

/** A BIO over the stream, which stays the caller's and must outlive it. It never waits: it asks to
 * retry. NULL when out of memory. */
BIO *stream_bio_new(struct stream *stream);

#endif
