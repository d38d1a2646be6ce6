/* client.h: trust and policy of many dials. */
#ifndef TLSDIAL_TLS_CLIENT_H
#define TLSDIAL_TLS_CLIENT_H

#include <openssl/ssl.h>

#include "base/target.h"
#include "tlsdial.h"
#include "net/resolve.h"
#include "x509/pin.h"
#include "x509/trust.h"

struct tlsdial_client {
    SSL_CTX *ctx;
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
    struct pin *pins;
    size_t pin_count;
    struct tlsa *tlsa;
    size_t tlsa_count;
    bool insecure;
};

/** Before each dial: seals the client and loads the default trust store, unless there is other
 * trust: reading it costs more than a handshake. Thread-safe. */
enum tlsdial_cause client_seal(tlsdial_client *client, struct tlsdial_error *error);
/** TLSDIAL_MISUSE without a client, and once it is sealed. For each function that sets something. */
enum tlsdial_cause client_check_open(tlsdial_client *client, struct tlsdial_error *error);
/** The same, and without a setting. */
enum tlsdial_cause client_check_setting(tlsdial_client *client, const void *setting,
                                        struct tlsdial_error *error);
bool client_is_family(enum tlsdial_family family);

#endif
