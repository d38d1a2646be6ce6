/* certificate.h: what a certificate says, in the forms that messages and reports have it. */
#ifndef TLSDIAL_X509_CERTIFICATE_H
#define TLSDIAL_X509_CERTIFICATE_H

#include <openssl/x509v3.h>

#include "tlsdial.h"

#define KEY_HASH_LENGTH 32
#define PIN_PREFIX "sha256//"
#define PIN_TEXT_LENGTH 44 /* base64 of 32 octets */

/** A name in the form of RFC 2253, whose escapes make it fit for a terminal too: it needs no other.
 * Free with OPENSSL_free(). NULL when out of memory. */
char *name_text(const X509_NAME *name);
/** Where the issuer is to be had (AIA, RFC 5280, 4.2.2.1). Free with OPENSSL_free(). NULL when
 * nothing is said, and when out of memory. Not escaped. */
char *issuer_url(const X509 *certificate);
/** The others too: those of http from 0 on, in their order, and then the rest. */
char *issuer_url_at(const X509 *certificate, size_t index);

/** The SHA-256 of a SubjectPublicKeyInfo. False when out of memory. */
bool key_hash(const X509_PUBKEY *key, unsigned char sha256[KEY_HASH_LENGTH]);
/** "sha256//BASE64" of it, as in RFC 7469 and curl. Free with OPENSSL_free(). */
char *pin_text(const X509 *x509);
/** A DNS name or IP address, escaped; false where it is neither. */
bool general_name_text(char *to, size_t size, const GENERAL_NAME *name);
/** Seconds since 1970. False where there is no time or it is malformed. */
bool asn1_time_seconds(const ASN1_TIME *time, int64_t *seconds);
/** Whether OpenSSL cannot read the certificate's extensions; then which. Not escaped. */
bool certificate_malformed_part(char *to, size_t size, X509 *x509);
/** Text is escaped here. False when out of memory; *to is then to be cleared as well. */
bool certificate_describe(struct tlsdial_certificate *to, const X509 *x509);
void certificate_clear(struct tlsdial_certificate *certificate);

#endif
