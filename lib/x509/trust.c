/* trust.c: where trusted CA certificates come from. */
#include <config.h>

#include "x509/trust.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/store.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "x509/lookup.h"

/* ---- the list of places ---- */

void trust_clear(struct trust *trust)
{
    for (size_t i = 0; i < trust->count; i++)
        free_text(trust->places[i].path);
    OPENSSL_free(trust->places);
    OPENSSL_free(trust->words);
    *trust = (struct trust){0};
}

bool trust_copy_places(struct trust *to, const struct trust *from)
{
    to->places = OPENSSL_zalloc((from->count + 1) * sizeof *to->places);
    for (; to->places != NULL && to->count < from->count; to->count++) {
        to->places[to->count] = from->places[to->count];
        to->places[to->count].path = OPENSSL_strdup(from->places[to->count].path);
        if (to->places[to->count].path == NULL)
            return false;
    }
    return to->places != NULL;
}

/* Adds one, also to the words that messages have: "FILE or DIRECTORY". */
static bool add_place(struct trust *trust, const char *path, enum tlsdial_trust_kind kind,
                      size_t certificates)
{
    const char *before = trust->words;
    size_t size = strlen(before) + strlen(path) + sizeof " or ";
    struct tlsdial_trust place = {
        .path = OPENSSL_strdup(path), .kind = kind, .certificates = certificates};
    struct tlsdial_trust *places =
        OPENSSL_realloc(trust->places, (trust->count + 1) * sizeof place);
    trust->places = places != NULL ? places : trust->places;
    char *words = OPENSSL_malloc(size);
    if (place.path == NULL || places == NULL || words == NULL) {
        free_text(place.path);
        OPENSSL_free(words);
        return false;
    }
    snprintf(words, size, "%s%s%s", before, *before != '\0' ? " or " : "", path);
    OPENSSL_free(trust->words);
    trust->words = words;
    places[trust->count++] = place;
    return true;
}

/* ---- directories ---- */

/* Whether a path ends in a name such as "1a2b3c4d.0", as c_rehash(1) makes them. */
static bool is_hash_name(const char *path)
{
    size_t length = strlen(path);
    size_t digits = 0;
    while (digits < length && strchr("0123456789", path[length - 1 - digits]) != NULL)
        digits++;
    if (digits == 0 || length < digits + 9 || path[length - digits - 1] != '.')
        return false;
    const char *hash = path + length - digits - 9;
    return strspn(hash, "0123456789abcdefABCDEF") == 8;
}

enum directory_content { DIRECTORY_UNREADABLE, DIRECTORY_NONE, DIRECTORY_FILES };

/* What a path has, and how many of its names are for OpenSSL's lookup by hash. OSSL_STORE lists
 * directories wherever OpenSSL runs, ISO C does not. */
static enum directory_content look_into(const char *directory, size_t *hashed)
{
    enum directory_content content = DIRECTORY_NONE;
    OSSL_STORE_CTX *store = OSSL_STORE_open(directory, NULL, NULL, NULL, NULL);
    *hashed = 0;
    if (store == NULL)
        return DIRECTORY_UNREADABLE;
    while (!OSSL_STORE_eof(store) && !OSSL_STORE_error(store)) {
        OSSL_STORE_INFO *info = OSSL_STORE_load(store);
        if (info != NULL && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_NAME) {
            content = DIRECTORY_FILES;
            *hashed += is_hash_name(OSSL_STORE_INFO_get0_NAME(info));
        }
        OSSL_STORE_INFO_free(info);
    }
    OSSL_STORE_close(store);
    return content;
}

size_t trust_count_directories(const char *list)
{
    const char separator[] = {TLSDIAL_LIST_SEPARATOR, '\0'};
    size_t all = 0;
    ERR_set_mark();
    for (size_t length; *list != '\0'; list += length + (list[length] != '\0')) {
        size_t count = 0;
        length = strcspn(list, separator);
        char *directory = length > 0 ? OPENSSL_strndup(list, length) : NULL;
        if (directory != NULL)
            look_into(directory, &count);
        OPENSSL_free(directory);
        all += count;
    }
    ERR_pop_to_mark();
    return all;
}

/* Has the store look into the directory, or the list of them. */
static bool use_directory(X509_STORE *store, const char *directory)
{
    X509_LOOKUP *lookup = X509_STORE_add_lookup(store, X509_LOOKUP_hash_dir());
    return lookup != NULL &&
           X509_LOOKUP_add_dir(lookup, directory, X509_FILETYPE_PEM) == 1 &&
           lookup_use_directory(store, lookup);
}

/* ---- the defaults ---- */

/* Where distributions keep their bundles, for an OpenSSL that was built without knowing it. */
static const char *const distribution_bundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",                /* Debian, Alpine, Arch */
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* Fedora, Red Hat */
    "/etc/ssl/ca-bundle.pem",                            /* openSUSE */
    "/etc/ssl/cert.pem",                                 /* BSD, macOS */
};

/* A variable that OpenSSL obeys, where the program does not run with another's rights. */
static const char *environment(const char *variable)
{
    return OPENSSL_issetugid() ? NULL : getenv(variable);
}

struct defaults {
    const char *file, *directory; /* NULL: none */
    bool guess;                   /* nobody said where; elsewhere may do as well */
};

static struct defaults find_defaults(void)
{
    const char *file = environment(X509_get_default_cert_file_env());
    const char *directory = environment(X509_get_default_cert_dir_env());
    const char *built_file = TLSDIAL_CA_BUNDLE, *built_directory = TLSDIAL_CA_PATH;
    bool configured = built_file != NULL || built_directory != NULL;
    struct defaults defaults = {.guess =
                                    file == NULL && directory == NULL && !configured};
    if (!configured) {
        built_file = X509_get_default_cert_file();
        built_directory = X509_get_default_cert_dir();
    }
    defaults.file = file != NULL ? file : built_file;
    defaults.directory = directory != NULL ? directory : built_directory;
    return defaults;
}

/* Like X509_STORE_set_default_paths(3), it is no error if nothing is there: a chain that needs it
 * will tell. What is trusted must not depend on when a signal comes, though. */
static enum tlsdial_cause add_default_file(struct trust *trust, X509_STORE *store,
                                           const char *file, struct tlsdial_error *error)
{
    size_t count = 0;
    ERR_set_mark();
    enum lookup_result result = lookup_add_file(store, file, &count);
    int code = errno;
    ERR_pop_to_mark();
    if (result == LOOKUP_UNREADABLE && code == EINTR)
        return tlsdial_error_set(error, TLSDIAL_CA_STORE, EINTR,
                                 "CA file '%s': reading it was interrupted", file);
    if (result == LOOKUP_OUT_OF_MEMORY ||
        !add_place(trust, file, TLSDIAL_TRUST_FILE, count))
        return error_out_of_memory(error);
    return TLSDIAL_OK;
}

/* The store of Windows, where the OpenSSL that runs has a loader for it (3.2 or later, there). It is
 * asked by name, each time that a chain needs an issuer; its certificates cannot be listed. */
static bool use_system_store(X509_STORE *store)
{
    OSSL_STORE_LOADER *loader =
        OSSL_STORE_LOADER_fetch(NULL, "org.openssl.winstore", NULL);
    bool used =
        loader != NULL && X509_STORE_load_store(store, "org.openssl.winstore://") == 1;
    OSSL_STORE_LOADER_free(loader);
    return used;
}

static bool add_distribution_bundle(struct trust *trust, X509_STORE *store)
{
    size_t count = 0;
    for (size_t i = 0; i < sizeof distribution_bundles / sizeof *distribution_bundles;
         i++) {
        const char *file = distribution_bundles[i];
        ERR_set_mark();
        enum lookup_result result = lookup_add_file(store, file, &count);
        ERR_pop_to_mark();
        if (result == LOOKUP_OUT_OF_MEMORY)
            return false;
        if (result == LOOKUP_LOADED)
            return add_place(trust, file, TLSDIAL_TRUST_FILE, count);
    }
    return true;
}

/* What the system trusts, where OpenSSL does not know it. */
static bool add_system_trust(struct trust *trust, X509_STORE *store)
{
    ERR_set_mark();
    bool used = use_system_store(store);
    ERR_pop_to_mark();
    if (used)
        return add_place(trust, "the Windows certificate store", TLSDIAL_TRUST_STORE, 0);
    return !TLSDIAL_DISTRIBUTIONS || add_distribution_bundle(trust, store);
}

enum tlsdial_cause trust_use_defaults(struct trust *trust, X509_STORE *store,
                                      struct tlsdial_error *error)
{
    struct defaults defaults = find_defaults();
    enum tlsdial_cause cause = TLSDIAL_OK;
    if (defaults.file != NULL)
        cause = add_default_file(trust, store, defaults.file, error);
    if (cause != TLSDIAL_OK)
        return cause;
    bool ok = true;
    if (defaults.directory != NULL) {
        ERR_set_mark();
        use_directory(store, defaults.directory);
        ERR_pop_to_mark();
        ok = add_place(trust, defaults.directory, TLSDIAL_TRUST_DIRECTORY, 0);
    }
    if (ok && defaults.guess && trust_is_empty(trust))
        ok = add_system_trust(trust, store);
    return ok ? TLSDIAL_OK : error_out_of_memory(error);
}

/* Of a store nothing is claimed. */
bool trust_is_empty(const struct trust *trust)
{
    for (size_t i = 0; i < trust->count; i++) {
        const struct tlsdial_trust *place = &trust->places[i];
        if (place->certificates > 0 || place->kind == TLSDIAL_TRUST_STORE ||
            (place->kind == TLSDIAL_TRUST_DIRECTORY &&
             trust_count_directories(place->path) > 0))
            return false;
    }
    return true;
}

/* ---- the user's own ---- */

/* The reason for the message; text has room for one of the system's. */
static const char *file_fault(enum lookup_result result, char *text, size_t size)
{
    switch (result) {
    case LOOKUP_UNREADABLE:
        return error_system_reason(text, size, "unreadable");
    case LOOKUP_TOO_LARGE:
        return "it is larger than 64 MiB";
    default:
        return "it has no certificate that can be read";
    }
}

enum tlsdial_cause trust_add_file(struct trust *trust, X509_STORE *store,
                                  const char *file, struct tlsdial_error *error)
{
    char text[256];
    size_t count;
    ERR_clear_error();
    enum lookup_result result = lookup_add_file(store, file, &count);
    if (result == LOOKUP_OUT_OF_MEMORY ||
        (result == LOOKUP_LOADED && !add_place(trust, file, TLSDIAL_TRUST_FILE, count)))
        return error_out_of_memory(error);
    return result == LOOKUP_LOADED
               ? TLSDIAL_OK
               : tlsdial_error_set(error, TLSDIAL_CA_STORE, ERR_peek_error(),
                                   "CA file '%s': %s", file,
                                   file_fault(result, text, sizeof text));
}

enum tlsdial_cause trust_add_path(struct trust *trust, X509_STORE *store,
                                  const char *directory, struct tlsdial_error *error)
{
    char text[256];
    size_t hashed;
    ERR_clear_error();
    enum directory_content content = look_into(directory, &hashed);
    const char *fault =
        content == DIRECTORY_UNREADABLE
            ? error_system_reason(text, sizeof text, "unreadable")
        : content == DIRECTORY_NONE ? "it is no directory, or empty"
        : hashed == 0 ? "no file in it is named by a hash; c_rehash(1) makes such names"
        : strchr(directory, TLSDIAL_LIST_SEPARATOR) != NULL
            ? "OpenSSL would take this name for a list"
            : NULL;
    if (fault != NULL)
        return tlsdial_error_set(error, TLSDIAL_CA_STORE, ERR_peek_error(),
                                 "CA directory '%s': %s", directory, fault);
    ERR_clear_error();
    if (!use_directory(store, directory) ||
        !add_place(trust, directory, TLSDIAL_TRUST_DIRECTORY, 0))
        return error_out_of_memory(error);
    return TLSDIAL_OK;
}

bool trust_add_memory(struct trust *trust, size_t certificates)
{
    return add_place(trust, "certificates in memory", TLSDIAL_TRUST_MEMORY, certificates);
}

enum tlsdial_cause trust_add_untrusted(STACK_OF(X509) * list, const char *file,
                                       struct tlsdial_error *error)
{
    char text[256];
    X509 *certificate;
    int before = sk_X509_num(list);
    ERR_clear_error();
    BIO *bio = BIO_new_file(file, "r");
    while (bio != NULL &&
           (certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL)
        if (sk_X509_push(list, certificate) == 0) {
            X509_free(certificate);
            BIO_free(bio);
            return error_out_of_memory(error);
        }
    BIO_free(bio);
    bool ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    if (bio != NULL && ended && sk_X509_num(list) > before) {
        ERR_clear_error();
        return TLSDIAL_OK;
    }
    return tlsdial_error_set(error, TLSDIAL_CA_STORE, ERR_peek_error(), "file '%s': %s",
                             file,
                             error_system_reason(text, sizeof text,
                                                 ended ? "it has no certificate"
                                                       : "a certificate cannot be read"));
}
