/* file_text.h: a file of certificates as it is read. */
#ifndef TLSDIAL_X509_FILE_TEXT_H
#define TLSDIAL_X509_FILE_TEXT_H

#include <stddef.h>

#define FILE_TEXT_LARGEST (64 * 1024 * 1024) /**< octets: some 30,000 certificates */

enum file_text_result {
    FILE_TEXT_READ,
    FILE_TEXT_UNREADABLE, /**< errno and OpenSSL's error queue say why */
    FILE_TEXT_TOO_LARGE,
    FILE_TEXT_OUT_OF_MEMORY
};

/** Reads the file; with FILE_TEXT_READ, OPENSSL_free() frees the text. A byte-order mark of UTF-8
 * before it is left out: with it the first line would be no first line of a certificate. */
enum file_text_result file_text_read(const char *file, char **text, size_t *length);

#endif
