/* path_budget.c: what the search for a path may cost before the peer is authenticated. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "x509/path_budget.h"

/* A certificate of these names, with a key and without a signature. */
static X509 *make(const char *subject, const char *issuer, const char *group)
{
    X509 *certificate = X509_new();
    EVP_PKEY *key = EVP_EC_gen(group);
    assert_non_null(certificate);
    assert_non_null(key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               (const unsigned char *)subject, -1, -1, 0);
    X509_NAME_add_entry_by_txt(X509_get_issuer_name(certificate), "CN", MBSTRING_ASC,
                               (const unsigned char *)issuer, -1, -1, 0);
    X509_set_pubkey(certificate, key);
    EVP_PKEY_free(key);
    return certificate;
}

static STACK_OF(X509) * list(X509 *first, X509 *second, X509 *third)
{
    STACK_OF(X509) *certificates = sk_X509_new_null();
    X509 *all[] = {first, second, third};
    for (size_t i = 0; i < 3 && all[i] != NULL; i++)
        sk_X509_push(certificates, all[i]);
    return certificates;
}

static bool may_be_trusted(const char *trusted, const char *issuer_of_middle)
{
    X509 *leaf = make("leaf", "middle", "P-256");
    X509 *middle = make("middle", issuer_of_middle, "P-256");
    X509 *back = make("other", "middle", "P-256"); /* a circle, if other issued middle */
    X509 *anchor = make(trusted, trusted, "P-256");
    STACK_OF(X509) *untrusted = list(leaf, middle, back);
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *store_ctx = X509_STORE_CTX_new();
    X509_STORE_add_cert(store, anchor);
    assert_int_equal(X509_STORE_CTX_init(store_ctx, store, leaf, untrusted), 1);
    bool may = path_may_be_trusted(store_ctx, leaf, untrusted);
    X509_STORE_CTX_free(store_ctx);
    X509_STORE_free(store);
    X509_free(anchor);
    sk_X509_pop_free(untrusted, X509_free);
    return may;
}

static void an_anchor_is_reached_by_names(void **state)
{
    (void)state;
    assert_true(may_be_trusted("root", "root"));
    assert_true(may_be_trusted("middle", "root"));
    assert_true(may_be_trusted("leaf", "root"));
    assert_false(may_be_trusted("root", "stranger"));
    assert_false(may_be_trusted("root", "other"));
    assert_true(may_be_trusted("other", "other"));
}

static int64_t cost_of(const char *group, int constraints, int names)
{
    X509 *leaf = make("leaf", "root", group), *root = make("root", "root", group);
    STACK_OF(X509) *chain = list(leaf, root, NULL);
    GENERAL_NAMES *all = sk_GENERAL_NAME_new_null();
    NAME_CONSTRAINTS *limits = NAME_CONSTRAINTS_new();
    limits->excludedSubtrees = sk_GENERAL_SUBTREE_new_null();
    for (int i = 0; i < names; i++)
        sk_GENERAL_NAME_push(all,
                             a2i_GENERAL_NAME(NULL, NULL, NULL, GEN_DNS, "a.example", 0));
    for (int i = 0; i < constraints; i++) {
        GENERAL_SUBTREE *subtree = GENERAL_SUBTREE_new();
        GENERAL_NAME_free(subtree->base);
        subtree->base = a2i_GENERAL_NAME(NULL, NULL, NULL, GEN_DNS, "b.example", 0);
        sk_GENERAL_SUBTREE_push(limits->excludedSubtrees, subtree);
    }
    X509_add1_ext_i2d(leaf, NID_subject_alt_name, all, 0, 0);
    X509_add1_ext_i2d(root, NID_name_constraints, limits, 1, 0);
    int64_t cost = path_cost(chain);
    NAME_CONSTRAINTS_free(limits);
    GENERAL_NAMES_free(all);
    sk_X509_pop_free(chain, X509_free);
    return cost;
}

static void keys_and_names_cost(void **state)
{
    (void)state;
    int64_t plain = cost_of("P-256", 1, 1);
    assert_true(plain > 0);
    assert_true(cost_of("P-521", 1, 1) > 3 * plain);
    assert_true(cost_of("P-256", 400, 400) > 50 * plain);
    /* 64 ordinary paths can be paid, and crafted ones cannot be paid for long. */
    assert_true(path_budget(1) >= 64 * 4 * plain);
    assert_true(path_budget(1) < 64 * cost_of("P-256", 400, 400));
    assert_int_equal(path_budget(1000000), 1000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_anchor_is_reached_by_names),
        cmocka_unit_test(keys_and_names_cost),
    };
    return cmocka_run_group_tests_name("path_budget", tests, NULL, NULL);
}
