/*
 * lookup.c: an X509_LOOKUP_METHOD over indexed bundles; see lookup.h and bundle.h.
 * The store asks for all certificates of a name.  They are parsed and given to the store, which
 * keeps them and does not ask for that name again.
 */
#include <config.h>

#include "x509/lookup.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "x509/bundle.h"
#include "x509/directory.h"
#include "x509/distrust.h"
#include "x509/file_parse.h"
#include "x509/file_text.h"

/* Of one store. Written while it is set up, read by the threads that verify. */
struct bundle_list {
    struct bundle *items;
    size_t count;
    STACK_OF(X509) * odd;   /* of the files that were parsed at once; NULL: none */
    X509_LOOKUP *directory; /* the store's own, asked with us; NULL: none */
    char *directories;      /* that it looks into, as a list */
};

/* ---- adding ---- */

static int find(X509_LOOKUP *lookup, X509_LOOKUP_TYPE type, const X509_NAME *name,
                X509_OBJECT *found);

static int new_list(X509_LOOKUP *lookup)
{
    struct bundle_list *list = OPENSSL_zalloc(sizeof *list);
    return list != NULL && X509_LOOKUP_set_method_data(lookup, list) == 1;
}

static void free_list(X509_LOOKUP *lookup)
{
    struct bundle_list *list = X509_LOOKUP_get_method_data(lookup);
    for (size_t i = 0; list != NULL && i < list->count; i++)
        bundle_clear(&list->items[i]);
    if (list != NULL) {
        OPENSSL_free(list->items);
        OPENSSL_free(list->directories);
        sk_X509_pop_free(list->odd, X509_free);
    }
    OPENSSL_free(list);
}

/* Like the BIO_METHOD of bio.c, a type that is registered once a process. */
static X509_LOOKUP_METHOD *bundle_method;
static CRYPTO_ONCE bundle_method_once = CRYPTO_ONCE_STATIC_INIT;

static void bundle_method_make(void)
{
    X509_LOOKUP_METHOD *method = X509_LOOKUP_meth_new("tlsdial bundle");
    if (method == NULL)
        return;
    if (X509_LOOKUP_meth_set_new_item(method, new_list) &&
        X509_LOOKUP_meth_set_free(method, free_list) &&
        X509_LOOKUP_meth_set_get_by_subject(method, find))
        bundle_method = method;
    else
        X509_LOOKUP_meth_free(method);
}

/* The store's own, made when it is first asked for. */
static struct bundle_list *list_of(X509_STORE *store)
{
    if (!CRYPTO_THREAD_run_once(&bundle_method_once, bundle_method_make) ||
        bundle_method == NULL)
        return NULL;
    X509_LOOKUP *lookup = X509_STORE_add_lookup(store, bundle_method);
    return lookup != NULL ? X509_LOOKUP_get_method_data(lookup) : NULL;
}

bool lookup_prepare_store(X509_STORE *store)
{
    return list_of(store) != NULL;
}

bool lookup_use_directory(X509_STORE *store, X509_LOOKUP *directory, const char *paths)
{
    struct bundle_list *list = list_of(store);
    const char *before =
        list != NULL && list->directories != NULL ? list->directories : "";
    size_t size = strlen(before) + strlen(paths) + 2;
    char *all = list != NULL ? OPENSSL_malloc(size) : NULL;
    if (all == NULL)
        return false;
    snprintf(all, size, "%s%c%s", before, TLSDIAL_LIST_SEPARATOR, paths);
    OPENSSL_free(list->directories);
    list->directories = all;
    list->directory = directory;
    return true;
}

static bool add_bundle(X509_STORE *store, struct bundle bundle)
{
    struct bundle_list *list = list_of(store);
    struct bundle *items =
        list == NULL ? NULL
                     : OPENSSL_realloc(list->items, (list->count + 1) * sizeof *items);
    if (items == NULL)
        return false;
    list->items = items;
    list->items[list->count++] = bundle;
    return true;
}

/* Behind the same lookup as what is indexed: a store that has one certificate of a name asks no
 * lookup for another. */
static bool add_odd(struct bundle_list *list, X509 *certificate)
{
    if (list != NULL && list->odd == NULL)
        list->odd = sk_X509_new_null();
    if (list == NULL || list->odd == NULL || X509_up_ref(certificate) != 1)
        return false;
    if (sk_X509_push(list->odd, certificate) > 0)
        return true;
    X509_free(certificate);
    return false;
}

/* What no index can be made of: all of it at once. */
static enum lookup_result add_parsed(X509_STORE *store, const char *text, size_t length,
                                     struct lookup_added *added)
{
    struct file_content content;
    bool ok = file_parse(&content, text, length), any = false;
    if (ok)
        any = file_content_size(&content) > 0;
    for (int i = 0; ok && i < sk_X509_num(content.certificates); i++) {
        ok = add_odd(list_of(store), sk_X509_value(content.certificates, i));
        added->certificates++;
    }
    for (int i = 0; ok && i < sk_X509_CRL_num(content.crls); i++)
        ok = X509_STORE_add_crl(store, sk_X509_CRL_value(content.crls, i)) == 1;
    if (ok && any && file_blocks(text, length) > file_content_size(&content))
        file_fault(added->fault, text, length);
    file_content_clear(&content);
    return ok && any ? LOOKUP_LOADED : LOOKUP_FAULTY;
}

/* Adds the text, which is the store's if it is kept. */
static enum lookup_result add_text(X509_STORE *store, char *text, size_t length,
                                   struct lookup_added *added)
{
    struct bundle bundle;
    enum bundle_result indexed = bundle_index(&bundle, text, length);
    if (indexed == BUNDLE_INDEXED && bundle.count > 0) {
        added->certificates = bundle.certificates;
        if (add_bundle(store, bundle))
            return LOOKUP_LOADED;
        bundle_clear(&bundle);
        return LOOKUP_OUT_OF_MEMORY;
    }
    enum lookup_result result = indexed == BUNDLE_OUT_OF_MEMORY
                                    ? LOOKUP_OUT_OF_MEMORY
                                    : add_parsed(store, text, length, added);
    if (result == LOOKUP_FAULTY)
        file_fault(added->fault, text, length);
    if (indexed == BUNDLE_INDEXED)
        bundle_clear(&bundle);
    else
        OPENSSL_free(text);
    return result;
}

enum lookup_result lookup_add_file(X509_STORE *store, const char *file,
                                   struct lookup_added *added)
{
    char reason[FILE_FAULT_SIZE];
    char *text;
    size_t length;
    *added = (struct lookup_added){0};
    switch (file_text_read(file, &text, &length)) {
    case FILE_TEXT_READ:
        return add_text(store, text, length, added);
    case FILE_TEXT_UNREADABLE:
        snprintf(added->fault, sizeof added->fault, "%s",
                 error_system_reason(reason, sizeof reason, "unreadable"));
        return LOOKUP_UNREADABLE;
    case FILE_TEXT_TOO_LARGE:
        snprintf(added->fault, sizeof added->fault, "it is larger than 64 MiB");
        return LOOKUP_FAULTY;
    default:
        return LOOKUP_OUT_OF_MEMORY;
    }
}

/* ---- finding ---- */

/* Takes the certificate over, if it is of that name and not of one with the same hash. */
static bool keep(STACK_OF(X509) * found, X509 *certificate, const X509_NAME *name)
{
    if (certificate == NULL)
        return true; /* OpenSSL cannot parse it: as if it were not there */
    bool wanted = X509_NAME_cmp(X509_get_subject_name(certificate), name) == 0;
    bool kept = wanted && sk_X509_push(found, certificate) > 0;
    if (!kept)
        X509_free(certificate);
    return kept || !wanted;
}

static void add_crl(X509_STORE *store, X509_CRL *crl, const X509_NAME *name)
{
    if (crl != NULL && X509_NAME_cmp(X509_CRL_get_issuer(crl), name) == 0)
        X509_STORE_add_crl(store, crl);
    X509_CRL_free(crl);
}

/* Whether an entry may be of the name; the hash is not had of every name. */
static bool may_be_of(const struct bundle_entry *entry, bool hashed, uint32_t hash)
{
    return !hashed || entry->name == hash;
}

static bool hash_of(const X509_NAME *name, uint32_t *hash)
{
    const unsigned char *der;
    size_t length;
    return X509_NAME_get0_der(name, &der, &length) == 1 &&
           bundle_name_hash(der, length, hash);
}

/* Has the store's directories add what they have of the name: a lookup that finds something is the
 * last one that the store asks. */
static void add_from_directory(const struct bundle_list *list, X509_LOOKUP_TYPE type,
                               const X509_NAME *name)
{
    X509_OBJECT *found = list->directory != NULL ? X509_OBJECT_new() : NULL;
    if (found != NULL && X509_LOOKUP_by_subject(list->directory, type, name, found) > 0) {
        /* The store's reference keeps it; the object's end takes one away. */
        if (type == X509_LU_CRL)
            X509_CRL_up_ref(X509_OBJECT_get0_X509_CRL(found));
        else
            X509_up_ref(X509_OBJECT_get0_X509(found));
    }
    X509_OBJECT_free(found);
}

/* The certificates of files that have the name, to be freed. NULL when out of memory. */
static STACK_OF(X509) *
    certificates_of(const struct bundle_list *list, const X509_NAME *name)
{
    uint32_t hash = 0;
    bool hashed = hash_of(name, &hash);
    STACK_OF(X509) *found = sk_X509_new_null();
    bool ok = found != NULL;
    for (int i = 0; ok && i < sk_X509_num(list->odd); i++) {
        X509 *certificate = sk_X509_value(list->odd, i);
        ok = X509_up_ref(certificate) == 1 && keep(found, certificate, name);
    }
    for (size_t i = 0; ok && i < list->count; i++)
        for (size_t j = 0; ok && j < list->items[i].count; j++) {
            const struct bundle_entry *entry = &list->items[i].entries[j];
            if (may_be_of(entry, hashed, hash) && entry->kind != BUNDLE_CRL)
                ok = keep(found, bundle_certificate(&list->items[i], entry), name);
        }
    if (!ok) {
        sk_X509_pop_free(found, X509_free);
        found = NULL;
    }
    return found;
}

/* A directory is asked only for what no file has: to parse a certificate again would cost a twentieth
 * of a fetch. Of two that are equal but for their trust settings the store keeps the first. */
static void add_certificates(X509_STORE *store, const struct bundle_list *list,
                             const X509_NAME *name)
{
    STACK_OF(X509) *found = certificates_of(list, name);
    if (found == NULL || (list->directories != NULL &&
                          directory_list_has_other(list->directories, name, found)))
        add_from_directory(list, X509_LU_X509, name);
    for (int i = 0; i < sk_X509_num(found); i++)
        X509_STORE_add_cert(store, sk_X509_value(found, i));
    sk_X509_pop_free(found, X509_free);
}

static void add_crls(X509_STORE *store, const struct bundle_list *list,
                     const X509_NAME *name)
{
    uint32_t hash = 0;
    bool hashed = hash_of(name, &hash);
    add_from_directory(list, X509_LU_CRL, name);
    for (size_t i = 0; i < list->count; i++)
        for (size_t j = 0; j < list->items[i].count; j++) {
            const struct bundle_entry *entry = &list->items[i].entries[j];
            if (may_be_of(entry, hashed, hash) && entry->kind == BUNDLE_CRL)
                add_crl(store, bundle_crl(&list->items[i], entry), name);
        }
}

/* What the store has now, and its end. X509_STORE_get0_objects() is deprecated in OpenSSL 4.0. */
#ifdef HAVE_X509_STORE_GET1_OBJECTS
static STACK_OF(X509_OBJECT) * objects_of(X509_STORE *store)
{
    return X509_STORE_get1_objects(store);
}

static void objects_end(X509_STORE *store, STACK_OF(X509_OBJECT) * objects)
{
    (void)store;
    sk_X509_OBJECT_pop_free(objects, X509_OBJECT_free);
}
#else
static STACK_OF(X509_OBJECT) * objects_of(X509_STORE *store)
{
    return X509_STORE_lock(store) == 1 ? X509_STORE_get0_objects(store) : NULL;
}

static void objects_end(X509_STORE *store, STACK_OF(X509_OBJECT) * objects)
{
    (void)objects;
    X509_STORE_unlock(store);
}
#endif

/* Gives what the store has now; the store's reference keeps it, as the caller expects. */
static bool give(X509_STORE *store, X509_LOOKUP_TYPE type, const X509_NAME *name,
                 X509_OBJECT *found)
{
    bool given = false;
    STACK_OF(X509_OBJECT) *objects = objects_of(store);
    if (objects == NULL)
        return false;
    X509_OBJECT *object = X509_OBJECT_retrieve_by_subject(objects, type, name);
    if (object != NULL && type == X509_LU_CRL) {
        X509_CRL *crl = X509_OBJECT_get0_X509_CRL(object);
        given = X509_OBJECT_set1_X509_CRL(found, crl) == 1;
        if (given)
            X509_CRL_free(crl);
    } else if (object != NULL) {
        X509 *certificate = X509_OBJECT_get0_X509(object);
        given = X509_OBJECT_set1_X509(found, certificate) == 1;
        if (given)
            X509_free(certificate);
    }
    objects_end(store, objects);
    return given;
}

/* For X509_LOOKUP_meth_set_get_by_subject(3). Any result but 0 would be taken for success. */
static int find(X509_LOOKUP *lookup, X509_LOOKUP_TYPE type, const X509_NAME *name,
                X509_OBJECT *found)
{
    const struct bundle_list *list = X509_LOOKUP_get_method_data(lookup);
    X509_STORE *store = X509_LOOKUP_get_store(lookup);
    if (type != X509_LU_X509 && type != X509_LU_CRL)
        return 0;
    if (type == X509_LU_CRL)
        add_crls(store, list, name);
    else
        add_certificates(store, list, name);
    return give(store, type, name, found);
}

/* ---- distrust ---- */

/* In what was indexed: there the store may have kept an equal one without trust settings. */
static bool is_rejected_by_bundle(const struct bundle *bundle, const X509 *certificate)
{
    uint32_t hash = 0;
    bool rejected = false, hashed = hash_of(X509_get_subject_name(certificate), &hash);
    for (size_t i = 0; !rejected && i < bundle->count; i++) {
        const struct bundle_entry *entry = &bundle->entries[i];
        if (entry->kind != BUNDLE_TRUSTED_CERTIFICATE || !may_be_of(entry, hashed, hash))
            continue;
        X509 *trusted = bundle_certificate(bundle, entry);
        rejected = trusted != NULL && distrust_covers(trusted, certificate);
        X509_free(trusted);
    }
    return rejected;
}

bool lookup_is_rejected(X509_STORE_CTX *store_ctx, const X509 *certificate)
{
    const struct bundle_list *list = list_of(X509_STORE_CTX_get0_store(store_ctx));
    bool rejected = false;
    for (size_t i = 0; list != NULL && !rejected && i < list->count; i++)
        rejected = is_rejected_by_bundle(&list->items[i], certificate);
    for (int i = 0; list != NULL && !rejected && i < sk_X509_num(list->odd); i++)
        rejected = distrust_covers(sk_X509_value(list->odd, i), certificate);
    if (rejected)
        return true;
    STACK_OF(X509) *trusted =
        X509_STORE_CTX_get1_certs(store_ctx, X509_get_subject_name(certificate));
    for (int i = 0; !rejected && i < sk_X509_num(trusted); i++)
        rejected = distrust_covers(sk_X509_value(trusted, i), certificate);
    sk_X509_pop_free(trusted, X509_free);
    return rejected;
}
