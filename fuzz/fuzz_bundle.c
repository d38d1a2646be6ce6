/*
 * fuzz_bundle: what an indexed bundle has must be what OpenSSL reads in the same octets.
 *
 * For libFuzzer; "make fuzz" builds and runs it.  A difference is a crash:
 *   - OpenSSL reads certificates, and there are as many in the index, each of which is found by
 *     OpenSSL's name of it and is the same;
 *   - OpenSSL rejects the file, and so one entry of the index at least cannot be parsed.
 */
#include <config.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "x509/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool fact)
{
    if (!fact)
        abort();
}

static bool all_parse(const struct bundle *bundle)
{
    bool all = true;
    for (size_t i = 0; i < bundle->count; i++) {
        const struct bundle_entry *entry = &bundle->entries[i];
        X509 *certificate =
            entry->kind == BUNDLE_CRL ? NULL : bundle_certificate(bundle, entry);
        X509_CRL *crl = entry->kind == BUNDLE_CRL ? bundle_crl(bundle, entry) : NULL;
        all = all && (certificate != NULL || crl != NULL);
        X509_free(certificate);
        X509_CRL_free(crl);
    }
    return all;
}

static bool has_certificate(const struct bundle *bundle, const X509 *wanted)
{
    const unsigned char *der;
    size_t length;
    bool found = false;
    demand(X509_NAME_get0_der(X509_get_subject_name(wanted), &der, &length) == 1);
    uint32_t name;
    bool hashed = bundle_name_hash(der, length, &name);
    for (size_t i = 0; !found && i < bundle->count; i++) {
        if (bundle->entries[i].kind == BUNDLE_CRL ||
            (hashed && bundle->entries[i].name != name))
            continue;
        X509 *certificate = bundle_certificate(bundle, &bundle->entries[i]);
        found = certificate != NULL && X509_cmp(certificate, wanted) == 0;
        X509_free(certificate);
    }
    return found;
}

static bool has_crl(const struct bundle *bundle, const X509_CRL *wanted)
{
    const unsigned char *der;
    size_t length;
    bool found = false;
    demand(X509_NAME_get0_der(X509_CRL_get_issuer(wanted), &der, &length) == 1);
    uint32_t name;
    bool hashed = bundle_name_hash(der, length, &name);
    for (size_t i = 0; !found && i < bundle->count; i++) {
        if (bundle->entries[i].kind != BUNDLE_CRL ||
            (hashed && bundle->entries[i].name != name))
            continue;
        X509_CRL *crl = bundle_crl(bundle, &bundle->entries[i]);
        found = crl != NULL && X509_CRL_match(crl, wanted) == 0;
        X509_CRL_free(crl);
    }
    return found;
}

static void compare(const struct bundle *bundle, STACK_OF(X509_INFO) * all)
{
    size_t count = 0;
    for (int i = 0; i < sk_X509_INFO_num(all); i++) {
        const X509_INFO *info = sk_X509_INFO_value(all, i);
        demand(info->x509 == NULL || has_certificate(bundle, info->x509));
        demand(info->crl == NULL || has_crl(bundle, info->crl));
        count += (info->x509 != NULL) + (info->crl != NULL);
    }
    demand(count == bundle->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bundle bundle;
    char no_passphrase[] = "";
    char *text = OPENSSL_malloc(size + 1);
    memcpy(text, data, size);
    if (bundle_index(&bundle, text, size) != BUNDLE_INDEXED) {
        OPENSSL_free(text);
        return 0;
    }
    BIO *bio = BIO_new_mem_buf(data, (int)size);
    STACK_OF(X509_INFO) *all = PEM_X509_INFO_read_bio(bio, NULL, NULL, no_passphrase);
    if (all != NULL)
        compare(&bundle, all);
    else
        demand(!all_parse(&bundle));
    sk_X509_INFO_pop_free(all, X509_INFO_free);
    BIO_free(bio);
    bundle_clear(&bundle);
    ERR_clear_error();
    return 0;
}
