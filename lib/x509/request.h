/* request.h: what the verification of a chain is held to. */
#ifndef TLSDIAL_X509_REQUEST_H
#define TLSDIAL_X509_REQUEST_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/deadline.h"

struct host;
struct pin_list;
struct tlsa_list;
struct trust;

/** What a chain is held to. A plain value; what it points to is borrowed and outlives it. */
struct verify_request {
    const struct trust *trust;    /**< where trusted certificates come from */
    bool default_trust;           /**< nobody has named that */
    const struct host *reference; /**< the reference identity (RFC 9525) */
    STACK_OF(X509) * untrusted; /**< issuers that the server may leave out; NULL: none */
    STACK_OF(X509_CRL) * crls;  /**< NULL: none */
    const struct pin_list *pins;
    const struct tlsa_list *tlsa; /**< given to the SSL too */
    bool has_verify_time;
    int64_t verify_time;    /**< seconds since 1970 */
    int64_t expiry_warning; /**< seconds that are soon; 0: none */
    int security_level;     /**< as SSL_CTX_set_security_level(3) has it */
    bool insecure;          /**< only pins and TLSA records end the handshake */
    bool require_staple;
    struct deadline deadline; /**< of the search for a path */
};

/** The time that certificates are judged for, in seconds since 1970. */
int64_t request_now(const struct verify_request *request);

#endif
