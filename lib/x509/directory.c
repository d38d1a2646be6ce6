/* directory.c: directories of trusted certificates; see directory.h. */
#include <config.h>

#include "x509/directory.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/store.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "x509/bundle.h"
#include "x509/file_fault.h"
#include "x509/file_parse.h"
#include "x509/file_text.h"

#define MOST_OF_A_HASH 16 /* files of one hash that are looked at after a failure */

void directory_add_fault(char faults[DIRECTORY_FAULTS_SIZE], const char *path,
                         const char *fault)
{
    if (*faults != '\0')
        text_append(faults, DIRECTORY_FAULTS_SIZE, ", ");
    text_append(faults, DIRECTORY_FAULTS_SIZE, path);
    text_append(faults, DIRECTORY_FAULTS_SIZE, " (");
    text_append(faults, DIRECTORY_FAULTS_SIZE, fault);
    text_append(faults, DIRECTORY_FAULTS_SIZE, ")");
}

static void add_system_fault(char faults[DIRECTORY_FAULTS_SIZE], const char *path)
{
    char reason[FILE_FAULT_SIZE];
    directory_add_fault(faults, path,
                        error_system_reason(reason, sizeof reason, "unreadable"));
}

static void try_open(const char *file, char faults[DIRECTORY_FAULTS_SIZE])
{
    ERR_clear_error();
    BIO *bio = BIO_new_file(file, "rb");
    if (bio == NULL)
        add_system_fault(faults, file);
    BIO_free(bio);
}

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

/* What a path has, and how many of its names are for OpenSSL's lookup by hash. OSSL_STORE lists
 * directories wherever OpenSSL runs, ISO C does not. */
static enum directory_content look(const char *directory, size_t *hashed,
                                   char faults[DIRECTORY_FAULTS_SIZE])
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
            const char *name = OSSL_STORE_INFO_get0_NAME(info);
            bool is_hashed = is_hash_name(name);
            *hashed += is_hashed;
            if (is_hashed && faults != NULL)
                try_open(name, faults);
        }
        OSSL_STORE_INFO_free(info);
    }
    OSSL_STORE_close(store);
    return content;
}

enum directory_content directory_look(const char *directory, size_t *hashed)
{
    return look(directory, hashed, NULL);
}

/* The next directory of a list, to be freed; NULL: there is none, or no memory. */
static char *next_directory(const char **list)
{
    const char separator[] = {TLSDIAL_LIST_SEPARATOR, '\0'};
    size_t length = strspn(*list, separator);
    *list += length;
    length = strcspn(*list, separator);
    char *directory = length > 0 ? OPENSSL_strndup(*list, length) : NULL;
    *list += length;
    return directory;
}

size_t directory_list_look(const char *list, char faults[DIRECTORY_FAULTS_SIZE])
{
    char *directory;
    size_t all = 0;
    *faults = '\0';
    while ((directory = next_directory(&list)) != NULL) {
        size_t count = 0;
        ERR_clear_error();
        if (look(directory, &count, faults) == DIRECTORY_UNREADABLE)
            add_system_fault(faults, directory);
        OPENSSL_free(directory);
        all += count;
    }
    ERR_clear_error();
    return all;
}

/* False where there is no such file, which ends the files of a hash. */
static bool check_file(const char *file, char faults[DIRECTORY_FAULTS_SIZE])
{
    char fault[FILE_FAULT_SIZE];
    struct file_content content = {0};
    char *text;
    size_t length;
    ERR_clear_error();
    enum file_text_result result = file_text_read(file, &text, &length);
    if (result == FILE_TEXT_UNREADABLE && errno == ENOENT)
        return false;
    if (result == FILE_TEXT_UNREADABLE)
        add_system_fault(faults, file);
    if (result != FILE_TEXT_READ)
        return true;
    if (!file_parse(&content, text, length) || file_content_size(&content) == 0) {
        file_fault(fault, text, length);
        directory_add_fault(faults, file, fault);
    }
    file_content_clear(&content);
    OPENSSL_free(text);
    return true;
}

static void check_files_of(const char *directory, unsigned long hash,
                           char faults[DIRECTORY_FAULTS_SIZE])
{
    size_t size = strlen(directory) + 32;
    char *file = OPENSSL_malloc(size);
    for (int i = 0; file != NULL && i < MOST_OF_A_HASH; i++) {
        snprintf(file, size, "%s/%08lx.%d", directory, hash, i);
        if (!check_file(file, faults))
            break;
    }
    OPENSSL_free(file);
}

void directory_list_faults(const char *list, const X509_NAME *name, bool missing,
                           char faults[DIRECTORY_FAULTS_SIZE])
{
    char *directory;
    int hashed = 0;
    unsigned long hash = name != NULL ? X509_NAME_hash_ex(name, NULL, NULL, &hashed) : 0;
    while ((directory = next_directory(&list)) != NULL) {
        size_t count;
        ERR_clear_error();
        errno = 0;
        if (directory_look(directory, &count) != DIRECTORY_UNREADABLE) {
            if (hashed != 0)
                check_files_of(directory, hash, faults);
        } else if (missing || ERR_GET_REASON(ERR_peek_error()) != ENOENT) {
            add_system_fault(faults, directory);
        }
        OPENSSL_free(directory);
    }
    ERR_clear_error();
}

/* ---- what is new in them ---- */

static bool is_known(const struct bundle *bundle, const struct bundle_entry *entry,
                     STACK_OF(X509) * known)
{
    bool found = false;
    for (int i = 0; !found && entry->kind == BUNDLE_CERTIFICATE && i < sk_X509_num(known);
         i++) {
        unsigned char *der = NULL;
        int length = i2d_X509(sk_X509_value(known, i), &der);
        found = length > 0 && bundle_has_der(bundle, entry, der, (size_t)length);
        OPENSSL_free(der);
    }
    return found;
}

/* Whether there is more in the text; it is freed. */
static bool has_other(char *text, size_t length, STACK_OF(X509) * known)
{
    struct bundle bundle;
    if (bundle_index(&bundle, text, length) != BUNDLE_INDEXED) {
        OPENSSL_free(text);
        return true;
    }
    bool other = false;
    for (size_t i = 0; !other && i < bundle.count; i++)
        other = !is_known(&bundle, &bundle.entries[i], known);
    bundle_clear(&bundle);
    return other;
}

static bool directory_has_other(const char *directory, unsigned long hash,
                                STACK_OF(X509) * known)
{
    size_t length, size = strlen(directory) + 32;
    char *text, *file = OPENSSL_malloc(size);
    bool other = file == NULL;
    for (int i = 0; !other; i++) {
        snprintf(file, size, "%s/%08lx.%d", directory, hash, i);
        enum file_text_result result = file_text_read(file, &text, &length);
        if (result == FILE_TEXT_UNREADABLE && errno == ENOENT)
            break;
        other = result != FILE_TEXT_READ || has_other(text, length, known);
    }
    OPENSSL_free(file);
    return other;
}

bool directory_list_has_other(const char *list, const X509_NAME *name,
                              STACK_OF(X509) * known)
{
    int hashed = 0;
    unsigned long hash = X509_NAME_hash_ex(name, NULL, NULL, &hashed);
    bool other = hashed == 0;
    char *directory;
    ERR_set_mark();
    while (!other && (directory = next_directory(&list)) != NULL) {
        other = directory_has_other(directory, hash, known);
        OPENSSL_free(directory);
    }
    ERR_pop_to_mark();
    return other;
}
