/* verify.h: the verification of a server's chain: what it is held to, and what it came to. */
#ifndef TLSDIAL_X509_VERIFY_H
#define TLSDIAL_X509_VERIFY_H

#include <openssl/x509.h>

#include "base/finding.h"
#include "x509/request.h"

/** What became of it. A plain value. Zeroed but for the request, it is empty; verification_clear() ends it. */
struct verification {
    struct verify_request request;
    struct finding_list findings;
    STACK_OF(X509) * sent;  /**< as the server sent it; NULL: nothing */
    STACK_OF(X509) * built; /**< as it was verified, or as far as it could be built */
    bool verified;          /**< the chain, whatever its staple says */
    bool anchored;          /**< the chain as built ends at a trust anchor */
    bool
        ends_trusted; /**< the last certificate of it is one: all of them are vouched for */
    bool out_of_memory;   /**< what is here is not complete */
    const char *staple;   /**< what the stapled OCSP response says; NULL: none. Static. */
    char *missing_issuer; /**< URL; NULL: none is missing, or not said */
};

/** Frees what it holds, and keeps the request. */
void verification_clear(struct verification *verification);
/** Verifies the chain of the context in OpenSSL's place, notes every finding, and sets the
 * context's error and chain. Returns whether it verified. */
bool verify_chain(struct verification *verification, X509_STORE_CTX *store_ctx);

/** Notes that OpenSSL could not parse a certificate that was sent, and so did not verify. */
void verification_note_unparsed(struct verification *verification, const char *reason);

/** The finding that ends the handshake; NULL: none does. */
const struct finding *verification_failure(const struct verification *verification);
/** Whether that is excused, the request being an insecure one: but for a pin or TLSA record. */
bool insecure_excuses(const struct verification *verification);
/** Says the failure, all other findings after it. The cause; TLSDIAL_OK where there is none. */
enum tlsdial_cause verification_error(const struct verification *verification,
                                      struct tlsdial_error *error);

#endif
