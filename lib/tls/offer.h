/* offer.h: what a ClientHello may offer: our own list, less what the system's OpenSSL configuration
 * or the user leaves out. Nothing can add to it. */
#ifndef TLSDIAL_TLS_OFFER_H
#define TLSDIAL_TLS_OFFER_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>

#include "tlsdial.h"

#define OFFER_ROOM 64 /**< more numbers than our lists have */

/** Numbers of the IANA registry, in the order of preference. */
struct offer_list {
    uint16_t numbers[OFFER_ROOM];
    size_t count;
};

/** What our list and the configuration both have: the most that can be set. */
struct offer {
    char *ciphers; /**< of TLS 1.2, names joined by ":"; "" if there are none */
    char *suites;  /**< of TLS 1.3, likewise */
    struct offer_list groups, signatures;
};

/** Holds a context, as SSL_CTX_new(3) made it by the system's configuration, to our floor: versions,
 * security level, options, ciphers, groups and signature algorithms. What is stricter stays.
 * TLSDIAL_TLS_VERSION if no version remains, TLSDIAL_CONFIGURATION if nothing else does. */
enum tlsdial_cause offer_begin(struct offer *offer, SSL_CTX *ctx, bool configured,
                               struct tlsdial_error *error);
/** Has the context offer those of a list (groups, else signature algorithms), as SSL_CTX_set1_groups_list(3), SSL_CTX_set1_sigalgs_list(3) and
 * SSL_CTX_set_cipher_list(3) take it, that the offer has too. Names of TLS 1.3 ciphers may be among the
 * ciphers; a version that none is for keeps its own. TLSDIAL_USAGE on bad text, and if none remains. */
enum tlsdial_cause offer_narrow_list(const struct offer *offer, SSL_CTX *ctx,
                                     bool of_groups, const char *list,
                                     struct tlsdial_error *error);
enum tlsdial_cause offer_narrow_ciphers(const struct offer *offer, SSL_CTX *ctx,
                                        const char *list, struct tlsdial_error *error);
void offer_clear(struct offer *offer);

#endif
