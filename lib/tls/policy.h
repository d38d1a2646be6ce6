/* policy.h: the policy that dials share, as data; client.h has what is done with it. */
#ifndef TLSDIAL_TLS_POLICY_H
#define TLSDIAL_TLS_POLICY_H

#include <openssl/ssl.h>
#include "base/target.h"
#include "tlsdial.h"
#include "tls/offer.h"
#include "net/resolve.h"
#include "x509/pin.h"
#include "x509/trust.h"

#define TLS_RECORD_SIZE 16384 /**< the most plaintext of one */

struct tlsdial_client {
    SSL_CTX *ctx;
    struct offer offer;  /**< the most that its ClientHello may offer */
    char *warning;       /**< of the configuration, escaped; NULL: none */
    struct trust trust;  /**< where the trusted certificates come from */
    CRYPTO_RWLOCK *lock; /**< guards has_trust once several threads dial */
    bool has_trust;      /**< the user's trust was added, or the default one loaded */
    bool default_trust;  /**< the default one */
    bool sealed;         /**< by its first dial: nothing can be set any more */
    enum tlsdial_family family;
    int64_t connect_timeout, idle_timeout, max_time; /**< milliseconds, 0: none */
    struct resolve_override *overrides;
    STACK_OF(X509) * untrusted; /**< issuers that the server may leave out */
    bool has_verify_time;
    int64_t verify_time;       /**< seconds since 1970 */
    STACK_OF(X509_CRL) * crls; /**< NULL: none */
    bool require_staple;
    struct pin_list pins;
    struct tlsa_list tlsa;
    int64_t expiry_warning; /**< seconds; 0: none */
    bool insecure;
};

#endif
