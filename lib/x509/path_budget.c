/* path_budget.c: what the search for a path may cost; see path_budget.h. */
#include <config.h>

#include "x509/path_budget.h"

#include <openssl/x509v3.h>

/* All paths of an ordinary server: 64 of five certificates with keys of 256 bits (EC). */
#define LEAST_BUDGET (64 * 5 * EC_COST)
#define EC_COST 20            /* of P-256; larger curves cost by the square */
#define COMPARISONS_A_UNIT 64 /* of a name with a constraint */

/* The public operation costs by the square of the bits. */
static int64_t signature_cost(const X509 *issuer)
{
    const EVP_PKEY *key = X509_get0_pubkey(issuer);
    int64_t bits = key != NULL ? EVP_PKEY_get_bits(key) : 0;
    bool rsa =
        key != NULL && (EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS"));
    return 1 + (rsa ? bits * bits / (1024 * 1024) : EC_COST * bits * bits / (256 * 256));
}

static int64_t count_names(const X509 *certificate)
{
    GENERAL_NAMES *names =
        X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    int count = names != NULL ? sk_GENERAL_NAME_num(names) : 0;
    GENERAL_NAMES_free(names);
    return 1 + count;
}

static int64_t count_constraints(const X509 *certificate)
{
    NAME_CONSTRAINTS *limits =
        X509_get_ext_d2i(certificate, NID_name_constraints, NULL, NULL);
    int64_t count = 0;
    if (limits != NULL && limits->permittedSubtrees != NULL)
        count += sk_GENERAL_SUBTREE_num(limits->permittedSubtrees);
    if (limits != NULL && limits->excludedSubtrees != NULL)
        count += sk_GENERAL_SUBTREE_num(limits->excludedSubtrees);
    NAME_CONSTRAINTS_free(limits);
    return count;
}

int64_t path_cost(STACK_OF(X509) * chain)
{
    int64_t cost = 1, names = 0;
    for (int i = 0; i < sk_X509_num(chain); i++) {
        const X509 *certificate = sk_X509_value(chain, i);
        int64_t constraints = i > 0 ? count_constraints(certificate) : 0;
        cost += i > 0 ? signature_cost(certificate) : 0;
        cost += names * constraints / COMPARISONS_A_UNIT;
        names += count_names(certificate);
    }
    return cost;
}

int64_t path_budget(int64_t first)
{
    return first > LEAST_BUDGET ? first : LEAST_BUDGET;
}

/* Whether a trusted certificate has the name. */
static bool is_trusted_name(X509_STORE_CTX *store_ctx, const X509_NAME *name)
{
    STACK_OF(X509) *trusted = X509_STORE_CTX_get1_certs(store_ctx, name);
    bool found = sk_X509_num(trusted) > 0;
    sk_X509_pop_free(trusted, X509_free);
    return found;
}

/* Moves those that may be issuers of the certificate from one list to the end of the other. */
static bool follow(X509 *certificate, STACK_OF(X509) * rest, STACK_OF(X509) * reached)
{
    for (int i = sk_X509_num(rest) - 1; i >= 0; i--)
        if (X509_NAME_cmp(X509_get_subject_name(sk_X509_value(rest, i)),
                          X509_get_issuer_name(certificate)) == 0 &&
            sk_X509_push(reached, sk_X509_delete(rest, i)) == 0)
            return false;
    return true;
}

bool path_may_be_trusted(X509_STORE_CTX *store_ctx, X509 *certificate,
                         STACK_OF(X509) * untrusted)
{
    STACK_OF(X509) *rest = sk_X509_dup(untrusted), *reached = sk_X509_new_null();
    bool found = false,
         ok = rest != NULL && reached != NULL && sk_X509_push(reached, certificate) > 0;
    for (int i = 0; ok && !found && i < sk_X509_num(reached); i++) {
        X509 *next = sk_X509_value(reached, i);
        found = is_trusted_name(store_ctx, X509_get_subject_name(next)) ||
                is_trusted_name(store_ctx, X509_get_issuer_name(next));
        ok = follow(next, rest, reached);
    }
    sk_X509_free(rest);
    sk_X509_free(reached);
    return found || !ok; /* without memory: the search will tell */
}
