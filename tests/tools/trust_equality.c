/*
 * trust_equality: what OpenSSL's own lookup by file and ours make of the same chain.
 *
 * usage: trust_equality [--partial-chain] [--crl-check] BUNDLE CHAIN
 *
 * CHAIN is a PEM file, the server's certificate first. Each lookup is asked twice. Prints "CODE
 * DEPTH LENGTH" of the verification (X509_V_ERR_ code, depth of the error, length of the chain
 * as built), or "unreadable" where the bundle cannot be loaded; status 1 and both answers where
 * they are not the same.
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
    size_t certificates;
    if (ours)
        return lookup_prepare_store(store) &&
               lookup_add_file(store, bundle, &certificates) == LOOKUP_LOADED;
    return X509_STORE_load_file(store, bundle) == 1;
}

static void ask(const char *bundle, STACK_OF(X509) * chain, unsigned long flags,
                bool ours, char answer[ANSWER_SIZE])
{
    X509_STORE *store = X509_STORE_new();
    char again[ANSWER_SIZE];
    snprintf(answer, ANSWER_SIZE, "unreadable");
    if (load(store, bundle, ours)) {
        verify(store, chain, flags, again);
        verify(store, chain, flags, answer);
        if (strcmp(again, answer) != 0)
            snprintf(answer, ANSWER_SIZE, "not the same when asked again");
    }
    X509_STORE_free(store);
    ERR_clear_error();
}

int main(int argc, char **argv)
{
    unsigned long flags = 0;
    char openssl[ANSWER_SIZE], ours[ANSWER_SIZE];
    int at = 1;
    for (; at < argc && strncmp(argv[at], "--", 2) == 0; at++)
        flags |= strcmp(argv[at], "--partial-chain") == 0 ? X509_V_FLAG_PARTIAL_CHAIN
                                                          : X509_V_FLAG_CRL_CHECK;
    if (argc - at != 2)
        return 2;
    STACK_OF(X509) *chain = read_chain(argv[at + 1]);
    if (sk_X509_num(chain) == 0)
        return 2;
    ERR_clear_error();
    ask(argv[at], chain, flags, false, openssl);
    ask(argv[at], chain, flags, true, ours);
    sk_X509_pop_free(chain, X509_free);
    if (strcmp(openssl, ours) == 0)
        puts(ours);
    else
        printf("OpenSSL: %s, ours: %s\n", openssl, ours);
    return strcmp(openssl, ours) != 0;
}
