/* path_search.h: the search for a path that verifies. */
#ifndef TLSDIAL_X509_PATH_SEARCH_H
#define TLSDIAL_X509_PATH_SEARCH_H

#include <openssl/x509.h>

#include "base/finding.h"
#include "x509/request.h"

/** One path, and what it came to. */
struct candidate {
    STACK_OF(X509) * chain;
    struct finding_list findings;
    bool verified; /**< no finding, and OpenSSL agrees */
    bool
        retryable; /**< a finding is not the server's own certificate's: another path may do */
    bool final; /**< the trust store rejects a certificate here: do not search further */
    bool out_of_memory; /**< the findings are not complete */
};

void candidate_clear(struct candidate *candidate);
/** Takes the finding over. False, and noted, when out of memory. */
bool candidate_add(struct candidate *candidate, struct finding *finding);

/** Finds the path that is reported: the first that is good but for the server's own certificate,
 * else the one that OpenSSL found first. Of paths that verify, one that stays valid for the
 * request's expiry_warning is preferred. untrusted: what was sent, and the user's own. */
struct candidate path_search(const struct verify_request *request,
                             X509_STORE_CTX *store_ctx, STACK_OF(X509) * untrusted);

/** Lets path_search() try several paths through the certificates of this store. */
void path_search_prepare_store(X509_STORE *store);

#endif
