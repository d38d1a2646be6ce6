/* memory.h: certificates that an application has in memory. */
#ifndef TLSDIAL_TLS_MEMORY_H
#define TLSDIAL_TLS_MEMORY_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>

/** Adds the certificates of data in PEM, or in DER one after another. False where there is none,
 * something else or less than all of one; OpenSSL's error queue says what. */
bool memory_add_certificates(STACK_OF(X509) * list, const void *data, size_t length);

#endif
