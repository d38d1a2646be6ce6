/* distrust.h: trust settings that reject a certificate. */
#ifndef TLSDIAL_X509_DISTRUST_H
#define TLSDIAL_X509_DISTRUST_H

#include <openssl/x509.h>
#include <stdbool.h>

/** Whether a trusted certificate's settings reject it for servers, and the other one, which has the same
 * subject and key, with it. */
bool distrust_covers(X509 *trusted, const X509 *certificate);

#endif
