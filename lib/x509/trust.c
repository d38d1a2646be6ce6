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
#include "x509/directory.h"
#include "x509/file_parse.h"
#include "x509/file_text.h"
#include "x509/lookup.h"

/* ---- the list of places ---- */

void trust_clear(struct trust *trust)
{
    for (size_t i = 0; i < trust->count; i++) {
        free_text(trust->places[i].path);
        free_text(trust->places[i].unread);
    }
    OPENSSL_free(trust->places);
    OPENSSL_free(trust->words);
    *trust = (struct trust){0};
}

bool trust_copy_places(struct trust *to, const struct trust *from)
{
    to->places = OPENSSL_zalloc((from->count + 1) * sizeof *to->places);
    for (; to->places != NULL && to->count < from->count; to->count++) {
        const struct tlsdial_trust *place = &from->places[to->count];
        struct tlsdial_trust *copy = &to->places[to->count];
        *copy = *place;
        copy->path = OPENSSL_strdup(place->path);
        copy->unread = place->unread != NULL ? OPENSSL_strdup(place->unread) : NULL;
        if (copy->path == NULL || (place->unread != NULL && copy->unread == NULL)) {
            to->count++;
            return false;
        }
    }
    return to->places != NULL;
}

/* Adds one, also to the words that messages have: "FILE or DIRECTORY". */
static bool add_place(struct trust *trust, const char *path, enum tlsdial_trust_kind kind,
                      const struct lookup_added *added)
{
    const char *before = trust->words;
    size_t size = strlen(before) + strlen(path) + sizeof " or ";
    bool faulty = added != NULL && *added->fault != '\0';
    struct tlsdial_trust place = {.path = OPENSSL_strdup(path),
                                  .kind = kind,
                                  .certificates = added != NULL ? added->certificates : 0,
                                  .unread = faulty ? OPENSSL_strdup(added->fault) : NULL};
    struct tlsdial_trust *places =
        OPENSSL_realloc(trust->places, (trust->count + 1) * sizeof place);
    trust->places = places != NULL ? places : trust->places;
    char *words = OPENSSL_malloc(size);
    if (place.path == NULL || places == NULL || words == NULL ||
        (faulty && place.unread == NULL)) {
        free_text(place.path);
        free_text(place.unread);
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

/* Has the store look into the directory, or the list of them. */
static bool use_directory(X509_STORE *store, const char *directory)
{
    X509_LOOKUP *lookup = X509_STORE_add_lookup(store, X509_LOOKUP_hash_dir());
    return lookup != NULL &&
           X509_LOOKUP_add_dir(lookup, directory, X509_FILETYPE_PEM) == 1 &&
           lookup_use_directory(store, lookup, directory);
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
    const char *file, *directory;     /* NULL: none */
    bool file_named, directory_named; /* by the environment or this build */
    bool guess;                       /* nobody said where; elsewhere may do as well */
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
    defaults.file_named = file != NULL || configured;
    defaults.directory_named = directory != NULL || configured;
    defaults.file = file != NULL ? file : built_file;
    defaults.directory = directory != NULL ? directory : built_directory;
    return defaults;
}

/* Like X509_STORE_set_default_paths(3), it is no error if nothing is there: a chain that needs it
 * will tell. What is trusted must not depend on when a signal comes, though. */
static enum tlsdial_cause add_default_file(struct trust *trust, X509_STORE *store,
                                           const struct defaults *defaults,
                                           struct tlsdial_error *error)
{
    struct lookup_added added;
    const char *file = defaults->file;
    ERR_clear_error();
    enum lookup_result result = lookup_add_file(store, file, &added);
    int code = errno;
    ERR_clear_error();
    if (result == LOOKUP_UNREADABLE && code == EINTR)
        return tlsdial_error_set(error, TLSDIAL_CA_STORE, EINTR,
                                 "CA file '%s': reading it was interrupted", file);
    if (result == LOOKUP_OUT_OF_MEMORY ||
        !add_place(trust, file, TLSDIAL_TRUST_FILE, &added))
        return error_out_of_memory(error);
    /* Many systems lack what OpenSSL was built to look for, and have a directory instead. */
    trust->absence_is_usual =
        result == LOOKUP_UNREADABLE && code == ENOENT && !defaults->file_named;
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
    struct lookup_added added;
    for (size_t i = 0; i < sizeof distribution_bundles / sizeof *distribution_bundles;
         i++) {
        const char *file = distribution_bundles[i];
        ERR_set_mark();
        enum lookup_result result = lookup_add_file(store, file, &added);
        ERR_pop_to_mark();
        if (result == LOOKUP_OUT_OF_MEMORY)
            return false;
        if (result == LOOKUP_LOADED)
            return add_place(trust, file, TLSDIAL_TRUST_FILE, &added);
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
        return add_place(trust, "the Windows certificate store", TLSDIAL_TRUST_STORE,
                         NULL);
    return !TLSDIAL_DISTRIBUTIONS || add_distribution_bundle(trust, store);
}

enum tlsdial_cause trust_use_defaults(struct trust *trust, X509_STORE *store,
                                      struct tlsdial_error *error)
{
    struct defaults defaults = find_defaults();
    enum tlsdial_cause cause = TLSDIAL_OK;
    if (defaults.file != NULL)
        cause = add_default_file(trust, store, &defaults, error);
    if (cause != TLSDIAL_OK)
        return cause;
    bool ok = true;
    if (defaults.directory != NULL) {
        ERR_set_mark();
        use_directory(store, defaults.directory);
        ERR_pop_to_mark();
        ok = add_place(trust, defaults.directory, TLSDIAL_TRUST_DIRECTORY, NULL);
        trust->directory_named = defaults.directory_named;
    }
    if (ok && defaults.guess && trust_is_empty(trust))
        ok = add_system_trust(trust, store);
    return ok ? TLSDIAL_OK : error_out_of_memory(error);
}

/* ---- what could not be read ---- */

bool trust_look(struct tlsdial_trust *place)
{
    char faults[DIRECTORY_FAULTS_SIZE];
    if (place->kind != TLSDIAL_TRUST_DIRECTORY || place->certificates > 0 ||
        place->unread != NULL)
        return true;
    place->certificates = directory_list_look(place->path, faults);
    if (*faults != '\0')
        place->unread = OPENSSL_strdup(faults);
    return *faults == '\0' || place->unread != NULL;
}

char *trust_unread(const struct trust *trust, const X509_NAME *name)
{
    char faults[DIRECTORY_FAULTS_SIZE] = "";
    for (size_t i = 0; i < trust->count; i++) {
        const struct tlsdial_trust *place = &trust->places[i];
        if (place->kind == TLSDIAL_TRUST_DIRECTORY)
            directory_list_faults(place->path, name, trust->directory_named, faults);
        else if (place->unread != NULL && (i > 0 || !trust->absence_is_usual))
            directory_add_fault(faults, place->path, place->unread);
    }
    return OPENSSL_strdup(faults);
}

/* Of a store nothing is claimed. */
bool trust_is_empty(const struct trust *trust)
{
    char faults[DIRECTORY_FAULTS_SIZE];
    for (size_t i = 0; i < trust->count; i++) {
        const struct tlsdial_trust *place = &trust->places[i];
        if (place->certificates > 0 || place->kind == TLSDIAL_TRUST_STORE ||
            (place->kind == TLSDIAL_TRUST_DIRECTORY &&
             directory_list_look(place->path, faults) > 0))
            return false;
    }
    return true;
}

/* ---- the user's own ---- */

enum tlsdial_cause trust_add_file(struct trust *trust, X509_STORE *store,
                                  const char *file, struct tlsdial_error *error)
{
    struct lookup_added added;
    ERR_clear_error();
    enum lookup_result result = lookup_add_file(store, file, &added);
    if (result == LOOKUP_OUT_OF_MEMORY ||
        (result == LOOKUP_LOADED && !add_place(trust, file, TLSDIAL_TRUST_FILE, &added)))
        return error_out_of_memory(error);
    if (result != LOOKUP_LOADED)
        return tlsdial_error_set(error, TLSDIAL_CA_STORE, ERR_peek_error(),
                                 "CA file '%s': %s", file, added.fault);
    ERR_clear_error();
    return TLSDIAL_OK;
}

enum tlsdial_cause trust_add_path(struct trust *trust, X509_STORE *store,
                                  const char *directory, struct tlsdial_error *error)
{
    char text[256];
    size_t hashed;
    ERR_clear_error();
    enum directory_content content = directory_look(directory, &hashed);
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
        !add_place(trust, directory, TLSDIAL_TRUST_DIRECTORY, NULL))
        return error_out_of_memory(error);
    return TLSDIAL_OK;
}

bool trust_add_memory(struct trust *trust, size_t certificates)
{
    const struct lookup_added added = {.certificates = certificates};
    return add_place(trust, "certificates in memory", TLSDIAL_TRUST_MEMORY, &added);
}

/* Moves all of one list to the end of the other. False when out of memory. */
static bool move_all(STACK_OF(X509) * to, STACK_OF(X509) * from)
{
    while (sk_X509_num(from) > 0) {
        X509 *certificate = sk_X509_shift(from);
        if (sk_X509_push(to, certificate) == 0) {
            X509_free(certificate);
            return false;
        }
    }
    return true;
}

/* Adds what the text has; a fault is put into words. False when out of memory. */
static bool add_untrusted_text(STACK_OF(X509) * list, const char *text, size_t length,
                               char fault[FILE_FAULT_SIZE])
{
    struct file_content content = {0};
    bool ok = true;
    if (file_parse(&content, text, length) && sk_X509_num(content.certificates) > 0)
        ok = move_all(list, content.certificates);
    else
        file_fault(fault, text, length);
    file_content_clear(&content);
    return ok;
}

enum tlsdial_cause trust_add_untrusted(STACK_OF(X509) * list, const char *file,
                                       struct tlsdial_error *error)
{
    char fault[FILE_FAULT_SIZE] = "", reason[FILE_FAULT_SIZE];
    char *text;
    size_t length;
    bool ok = true;
    ERR_clear_error();
    switch (file_text_read(file, &text, &length)) {
    case FILE_TEXT_READ:
        ok = add_untrusted_text(list, text, length, fault);
        OPENSSL_free(text);
        break;
    case FILE_TEXT_OUT_OF_MEMORY:
        ok = false;
        break;
    case FILE_TEXT_TOO_LARGE:
        snprintf(fault, sizeof fault, "it is larger than 64 MiB");
        break;
    default:
        snprintf(fault, sizeof fault, "%s",
                 error_system_reason(reason, sizeof reason, "unreadable"));
        break;
    }
    if (!ok)
        return error_out_of_memory(error);
    if (*fault != '\0')
        return tlsdial_error_set(error, TLSDIAL_CA_STORE, ERR_peek_error(),
                                 "file '%s': %s", file, fault);
    ERR_clear_error();
    return TLSDIAL_OK;
}
