/* certificate.h: what a certificate says, in the forms that messages and reports have it. */
#ifndef TLSDIAL_X509_CERTIFICATE_H
#define TLSDIAL_X509_CERTIFICATE_H

#include <openssl/x509v3.h>

#include "tlsdial.h"

/** A name in RFC 2253 order, escaped, to be freed with OPENSSL_free(). NULL when out of memory. */
char *name_text(const X509_NAME *name);
/** Where the issuer is to be had (AIA, RFC 5280, 4.2.2.1), escaped, to be freed with
 * OPENSSL_free(). NULL when nothing is said, and when out of memory. */
char *issuer_url(const X509 *certificate);

/** A DNS name or IP address; false where it is neither. Not escaped. */
bool general_name_text(char *to, size_t size, const GENERAL_NAME *name);
/** Seconds since 1970; 0 where the time is malformed. */
int64_t asn1_time_seconds(const ASN1_TIME *time);
/** False when out of memory; *to is then to be cleared as well. */
bool certificate_describe(struct tlsdial_certificate *to, const X509 *x509);
void certificate_clear(struct tlsdial_certificate *certificate);

#endif
