/* pin.h: keys and certificates that the user has named: pins, and TLSA records (RFC 6698). */
#ifndef TLSDIAL_X509_PIN_H
#define TLSDIAL_X509_PIN_H

#include <openssl/x509.h>

#include "base/finding.h"
#include "x509/certificate.h"

/** A hash of a SubjectPublicKeyInfo. A plain value, as are the others here. */
struct pin {
    unsigned char sha256[KEY_HASH_LENGTH];
};

/** A plain value. */
struct pin_list {
    struct pin *items;
    size_t count;
};

/** A TLSA record. A plain value. */
struct tlsa {
    uint8_t usage, selector, matching;
    unsigned char *data;
    size_t length;
};

/** A plain value. */
struct tlsa_list {
    struct tlsa *items;
    size_t count;
};

/** Adds what tlsdial_client_add_pinned_keys() takes. */
enum tlsdial_cause pin_list_add(struct pin_list *list, const char *pins,
                                struct tlsdial_error *error);
void pin_list_clear(struct pin_list *list);
bool pin_list_has(const struct pin_list *list, const X509 *certificate);

/** Reads "3 1 1 HEX". False for another form. Its data is to be freed with OPENSSL_free(). */
bool tlsa_parse(struct tlsa *tlsa, const char *text);
/** Takes the record's data over. False when out of memory. */
bool tlsa_list_add(struct tlsa_list *list, struct tlsa *tlsa);
void tlsa_list_clear(struct tlsa_list *list);

/** That no pin, or no TLSA record, is of the server's own certificate or of one above it. */
struct finding pin_finding(enum finding_kind kind, const X509 *leaf, int code);

#endif
