/* issuer_body.h: the certificates in what an issuer's address gives. */
#ifndef TLSDIAL_TLS_ISSUER_BODY_H
#define TLSDIAL_TLS_ISSUER_BODY_H

#include <openssl/x509.h>

/** The certificates of a body: one in DER, several in PKCS#7 (a "certs-only" CMS message, RFC 5280,
 * 4.2.2.1), or either in PEM, whatever its type is said to be. NULL, with *why, the end of the
 * sentence "no certificate: ", if there is none, or when out of memory. OpenSSL's queue is left
 * empty. */
STACK_OF(X509) *
    issuer_body_read(const unsigned char *body, size_t length, const char **why);

#endif
