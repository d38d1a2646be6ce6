/*
 * fuzz_name: names that OpenSSL holds equal must have one hash.
 *
 * For libFuzzer; "make fuzz" builds and runs it.  The input is a DER Name; a second one is made of
 * it by changes that RFC 5280, 7.1, has comparison look past: case and blanks, and the string type.
 */
#include <config.h>

#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "x509/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int types[] = {V_ASN1_UTF8STRING, V_ASN1_PRINTABLESTRING,
                            V_ASN1_T61STRING,  V_ASN1_IA5STRING,
                            V_ASN1_BMPSTRING,  V_ASN1_UNIVERSALSTRING};

/* The value in another string type and, where it is ASCII, in upper case. */
static void change(X509_NAME_ENTRY *entry, uint8_t how)
{
    unsigned char *utf8 = NULL;
    ASN1_STRING *changed = NULL;
    int length = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry));
    for (int i = 0; i < length; i++)
        if (utf8[i] >= 'a' && utf8[i] <= 'z' && (how & 0x80) != 0)
            utf8[i] = (unsigned char)(utf8[i] - 'a' + 'A');
    if (length > 0 &&
        ASN1_mbstring_copy(&changed, utf8, length, MBSTRING_UTF8,
                           ASN1_tag2bit(types[how % (sizeof types / sizeof types[0])])) >
            0)
        X509_NAME_ENTRY_set_data(entry, ASN1_STRING_type(changed),
                                 ASN1_STRING_get0_data(changed),
                                 ASN1_STRING_length(changed));
    ASN1_STRING_free(changed);
    OPENSSL_free(utf8);
}

/* Entries as they were, or changed, in a new name. */
static X509_NAME *change_all(const X509_NAME *name, uint8_t how)
{
    X509_NAME *changed = X509_NAME_new();
    for (int i = 0; i < X509_NAME_entry_count(name); i++) {
        const X509_NAME_ENTRY *given = X509_NAME_get_entry(name, i);
        X509_NAME_ENTRY *entry = X509_NAME_ENTRY_dup(given);
        int set = i == 0 || X509_NAME_ENTRY_set(given) !=
                                X509_NAME_ENTRY_set(X509_NAME_get_entry(name, i - 1))
                      ? 0
                      : -1;
        change(entry, how);
        X509_NAME_add_entry(changed, entry, -1, set);
        X509_NAME_ENTRY_free(entry);
    }
    return changed;
}

static bool hash(const X509_NAME *name, uint32_t *hash)
{
    const unsigned char *der;
    size_t length;
    return X509_NAME_get0_der(name, &der, &length) == 1 &&
           bundle_name_hash(der, length, hash);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const unsigned char *at = data + 1;
    uint32_t one, other;
    X509_NAME *name = size > 1 ? d2i_X509_NAME(NULL, &at, (long)size - 1) : NULL;
    bundle_name_hash(data, size, &one); /* whatever it is */
    if (name != NULL) {
        X509_NAME *changed = change_all(name, data[0]);
        if (X509_NAME_cmp(name, changed) == 0 && hash(name, &one) &&
            hash(changed, &other) && one != other)
            abort();
        X509_NAME_free(changed);
    }
    X509_NAME_free(name);
    ERR_clear_error();
    return 0;
}
