/* directory.h: directories of trusted certificates, in the form that c_rehash(1) makes. */
#ifndef TLSDIAL_X509_DIRECTORY_H
#define TLSDIAL_X509_DIRECTORY_H

#include <openssl/x509.h>
#include <stdbool.h>

#define DIRECTORY_FAULTS_SIZE 600 /**< octets of faults in words */

enum directory_content { DIRECTORY_UNREADABLE, DIRECTORY_NONE, DIRECTORY_FILES };

/** What a path has, and how many of its names are for OpenSSL's lookup by hash. */
enum directory_content directory_look(const char *directory, size_t *hashed);

/** The same of a list of directories, as SSL_CERT_DIR has one: how many names there are. faults: what
 * cannot be opened, with the reasons; "": all can be. Nothing is parsed. */
size_t directory_list_look(const char *list, char faults[DIRECTORY_FAULTS_SIZE]);

/** Adds to faults what is wrong with the directories, and with the files in them that would have the
 * certificates of a name; NULL: of none. missing: a directory that does not exist counts as well. */
void directory_list_faults(const char *list, const X509_NAME *name, bool missing,
                           char faults[DIRECTORY_FAULTS_SIZE]);

/** Whether the directories have a file for the hash of a name that has something else than plain
 * certificates which are equal to one of these. Nothing is parsed: it costs a hundredth of that. */
bool directory_list_has_other(const char *list, const X509_NAME *name,
                              STACK_OF(X509) * known);

/** Adds "PATH (FAULT)" to them. */
void directory_add_fault(char faults[DIRECTORY_FAULTS_SIZE], const char *path,
                         const char *fault);

#endif
