/*
 * trust_equality: what OpenSSL's own lookup by file and ours make of the same chain.
 *
 * usage: trust_equality [--partial-chain] [--crl-check] BUNDLE CHAIN...
 *
 * CHAIN is a PEM file, the server's certificate first. Each lookup is asked twice. Prints a line for
 * each CHAIN: "CODE DEPTH LENGTH" of the verification (X509_V_ERR_ code, depth of the error, length
 * of the chain as built), or "unreadable" if the bundle cannot be loaded; status 1 and both answers
 * if they are not the same. OpenSSL takes seconds to load a bundle of 10,000: several CHAINs share it.
 */
#include <config.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <string.h>

#include "x509/lookup.h"

#define ANSWER_SIZE 64

static STACK_OF(X509) * read_chain(const char *file)
{
    STACK_OF(X509) *chain = sk_X509_new_null();
    BIO *bio = BIO_new_file(file, "r");
    X509 *certificate;
    while (bio != NULL &&
           (certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL)
        sk_X509_push(chain, certificate);
    BIO_free(bio);
    return chain;
}

static void verify(X509_STORE *store, STACK_OF(X509) * chain, unsigned long flags,
                   char answer[ANSWER_SIZE])
{
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    X509_STORE_CTX_init(context, store, sk_X509_value(chain, 0), chain);
    X509_STORE_CTX_set_default(context, "ssl_server");
    X509_STORE_CTX_set_flags(context, flags);
    X509_verify_cert(context);
    snprintf(answer, ANSWER_SIZE, "%d %d %d", X509_STORE_CTX_get_error(context),
             X509_STORE_CTX_get_error_depth(context),
             sk_X509_num(X509_STORE_CTX_get0_chain(context)));
    X509_STORE_CTX_free(context);
}

static bool load(X509_STORE *store, const char *bundle, bool ours)
{
    struct lookup_added added;
    if (ours)
        return lookup_prepare_store(store) &&
               lookup_add_file(store, bundle, &added) == LOOKUP_LOADED;
    return X509_STORE_load_file(store, bundle) == 1;
}

/* NULL if it cannot be loaded. */
static X509_STORE *loaded(const char *bundle, bool ours)
{
    X509_STORE *store = X509_STORE_new();
    if (!load(store, bundle, ours)) {
        X509_STORE_free(store);
        store = NULL;
    }
    ERR_clear_error();
    return store;
}

static void ask(X509_STORE *store, STACK_OF(X509) * chain, unsigned long flags,
                char answer[ANSWER_SIZE])
{
    char again[ANSWER_SIZE];
    snprintf(answer, ANSWER_SIZE, "unreadable");
    if (store != NULL) {
        verify(store, chain, flags, again);
        verify(store, chain, flags, answer);
        if (strcmp(again, answer) != 0)
            snprintf(answer, ANSWER_SIZE, "not the same when asked again");
    }
    ERR_clear_error();
}

/* Prints what both say; 0 if that is the same, 1 if not, 2 if there is no chain. */
static int compare(X509_STORE *theirs, X509_STORE *ours, const char *file,
                   unsigned long flags)
{
    char openssl[ANSWER_SIZE], own[ANSWER_SIZE];
    STACK_OF(X509) *chain = read_chain(file);
    int status = 2;
    if (sk_X509_num(chain) > 0) {
        ERR_clear_error();
        ask(theirs, chain, flags, openssl);
        ask(ours, chain, flags, own);
        status = strcmp(openssl, own) != 0;
        if (status == 0)
            puts(own);
        else
            printf("OpenSSL: %s, ours: %s\n", openssl, own);
    }
    sk_X509_pop_free(chain, X509_free);
    return status;
}

int main(int argc, char **argv)
{
    unsigned long flags = 0;
    int at = 1, status = 0;
    for (; at < argc && strncmp(argv[at], "--", 2) == 0; at++)
        flags |= strcmp(argv[at], "--partial-chain") == 0 ? X509_V_FLAG_PARTIAL_CHAIN
                                                          : X509_V_FLAG_CRL_CHECK;
    if (argc - at < 2)
        return 2;
    X509_STORE *theirs = loaded(argv[at], false), *ours = loaded(argv[at], true);
    while (++at < argc && status == 0)
        status = compare(theirs, ours, argv[at], flags);
    X509_STORE_free(theirs);
    X509_STORE_free(ours);
    return status;
}
