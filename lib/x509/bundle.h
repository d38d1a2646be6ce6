/*
 * bundle.h: a PEM file of CA certificates and CRLs as an index, of which only what is asked for
 * is parsed.
 *
 * Parsing is most of what a program does that trusts the hundred and fifty certificates of a
 * system and needs one.  The index has the place of each block and a hash of its subject (of a
 * CRL: its issuer), for which the first few hundred bytes of a block are decoded.
 *
 * It takes plain files only.  Whatever else a file has (other labels, headers, uneven base64,
 * lengths that are not DER's ...) makes it "odd": then OpenSSL is to read it, and it means what
 * it means to OpenSSL.
 */
#ifndef TLSDIAL_BUNDLE_H
#define TLSDIAL_BUNDLE_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

enum bundle_kind {
    BUNDLE_CERTIFICATE,
    BUNDLE_TRUSTED_CERTIFICATE, /**< with trust settings of OpenSSL's after it */
    BUNDLE_CRL
};

struct bundle_entry {
    enum bundle_kind kind;
    uint32_t name;   /**< bundle_name_hash() of its subject or, of a CRL, its issuer */
    size_t at;       /**< where its base64 begins in the text */
    size_t length;   /**< to the end of its base64, line breaks included */
    size_t der_size; /**< what it decodes to */
};

/** Immutable once made: any number of threads may use it. */
struct bundle {
    char *text;
    struct bundle_entry *entries;
    size_t count;
    size_t certificates; /**< of the entries */
};

enum bundle_result { BUNDLE_INDEXED, BUNDLE_ODD, BUNDLE_OUT_OF_MEMORY };

/** Makes the index of a text (length bytes, made by OPENSSL_malloc()), which is the bundle's
 * from then on; where the result is not BUNDLE_INDEXED it is still the caller's. */
enum bundle_result bundle_index(struct bundle *bundle, char *text, size_t length);
void bundle_clear(struct bundle *bundle);

/** A hash of a DER Name. Names that are equal to X509_NAME_cmp(3) have equal hashes; those that
 * are not seldom do. False where the name is not DER, which OpenSSL does not demand of it. */
bool bundle_name_hash(const unsigned char *der, size_t length, uint32_t *hash);

/** Sets the entry's name, found in the first octets (or all) of what it decodes to. False where
 * they have it not, or lengths are not as they should be. */
bool bundle_hash_entry(const unsigned char *der, size_t length,
                       struct bundle_entry *entry);

/** Whether an entry decodes to this. */
bool bundle_has_der(const struct bundle *bundle, const struct bundle_entry *entry,
                    const unsigned char *der, size_t length);

/** Parses an entry, to be freed. NULL where OpenSSL cannot, or when out of memory. */
X509 *bundle_certificate(const struct bundle *bundle, const struct bundle_entry *entry);
X509_CRL *bundle_crl(const struct bundle *bundle, const struct bundle_entry *entry);

#endif
