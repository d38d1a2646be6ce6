/* lookup.h: the trusted certificates of PEM bundles, for an X509_STORE that asks for them. */
#ifndef TLSDIAL_LOOKUP_H
#define TLSDIAL_LOOKUP_H

#include <openssl/x509.h>
#include <stdbool.h>

#include "x509/file_fault.h"

/** Has the store ask our lookup first. False when out of memory. To be called before any other
 * lookup is added: what files have comes before what directories have, as with OpenSSL. */
bool lookup_prepare_store(X509_STORE *store);

enum lookup_result {
    LOOKUP_LOADED,
    LOOKUP_UNREADABLE, /**< errno and OpenSSL's error queue say why */
    LOOKUP_FAULTY,     /**< damaged, too large, or without any certificate and CRL */
    LOOKUP_OUT_OF_MEMORY
};

/** What became of a file. A plain value. */
struct lookup_added {
    size_t certificates;
    char
        fault[FILE_FAULT_SIZE]; /**< why it, or a part of it, is not loaded; "": all is */
};

/** Adds a file to the store. A file that was read counts as loaded when one block of it, that nobody
 * has asked for, turns out to be no certificate later: only lengths and names have been looked at. */
enum lookup_result lookup_add_file(X509_STORE *store, const char *file,
                                   struct lookup_added *added);

/** Has the lookup ask the store's lookup of hashed directories too, which was given this list, so that
 * certificates of one name are found in either. Repeatable. False when out of memory. */
bool lookup_use_directory(X509_STORE *store, X509_LOOKUP *directory, const char *list);

/** Whether a trusted place has a certificate of this one's subject and key whose trust settings
 * reject it for servers, whatever other places have. */
bool lookup_is_rejected(X509_STORE_CTX *store_ctx, const X509 *certificate);

#endif
