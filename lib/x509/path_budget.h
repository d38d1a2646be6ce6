/* path_budget.h: what the search for a path may cost: the peer is not authenticated yet. */
#ifndef TLSDIAL_X509_PATH_BUDGET_H
#define TLSDIAL_X509_PATH_BUDGET_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

/** What to verify the signatures of a chain costs, and to hold its names against the constraints
 * in it, in units of about 4 microseconds. */
int64_t path_cost(STACK_OF(X509) * chain);
/** What may be spent on other paths, where the first one costs this. */
int64_t path_budget(int64_t first);
/** Whether some way leads from the certificate, by names alone, to one that is trusted. No signature
 * is checked. untrusted: the issuers to go by. */
bool path_may_be_trusted(X509_STORE_CTX *store_ctx, X509 *certificate,
                         STACK_OF(X509) * untrusted);

#endif
