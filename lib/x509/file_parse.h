/* file_parse.h: the certificates and CRLs of a file, all parsed at once. */
#ifndef TLSDIAL_X509_FILE_PARSE_H
#define TLSDIAL_X509_FILE_PARSE_H

#include <openssl/x509.h>
#include <stdbool.h>

/** A plain value, to be cleared. */
struct file_content {
    STACK_OF(X509) * certificates; /**< in the order of the file */
    STACK_OF(X509_CRL) * crls;
};

/** Parses PEM as OpenSSL does, PKCS #7 in PEM, and one certificate, CRL or PKCS #7 in DER. False if a
 * part cannot be parsed, or when out of memory: then there is nothing; OpenSSL's error queue says
 * what. A text of something else is parsed into nothing. */
bool file_parse(struct file_content *content, const char *text, size_t length);
/** How many there are. */
size_t file_content_size(const struct file_content *content);
void file_content_clear(struct file_content *content);

#endif
