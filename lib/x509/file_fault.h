/* file_fault.h: what is wrong with a file that should have certificates. */
#ifndef TLSDIAL_X509_FILE_FAULT_H
#define TLSDIAL_X509_FILE_FAULT_H

#include <stddef.h>

#define FILE_FAULT_SIZE 200 /**< octets of a fault in words */

/** Why nothing can be made of the text, in words that follow the name of its file: where the damage of
 * a PEM text is, with the line, else what the text is instead of PEM. OpenSSL's error queue is used,
 * and left as it was. */
void file_fault(char to[FILE_FAULT_SIZE], const char *text, size_t length);

/** How many certificates and CRLs begin in a PEM text, wherever on a line: if there are more than were
 * parsed, OpenSSL has passed over the others. */
size_t file_blocks(const char *text, size_t length);

#endif
