/* text.h: text in the forms that messages and reports have it. */
#ifndef TLSDIAL_BASE_TEXT_H
#define TLSDIAL_BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>

/** A copy with tlsdial_text_escape() done, to be freed with OPENSSL_free(). NULL when out of
 * memory. */
char *escaped_text(const char *from);
/** The same for text that has a backslash for its own escapes already, as names in the form of
 * RFC 2253 have: the backslashes stay as they are. */
char *hidden_escaped_text(const char *from);
/** OPENSSL_free() for text that is const to its readers. NULL is allowed. */
void free_text(const char *text);
/** Adds text that is escaped to such text, cut between characters and escapes, and then marked
 * by "...", where it does not fit. */
void text_append(char *to, size_t size, const char *escaped);
/** "2031-02-03 04:05:06 UTC" */
void time_text(char *to, size_t size, int64_t seconds);
/** "3 days", "1 day" or "less than a day". */
void days_text(char *to, size_t size, int64_t seconds);
/** "host:port", the host in brackets where it has colons. */
void host_port_format(char *to, size_t size, const char *host, const char *port);
/** Two lower-case digits an octet, to be freed with OPENSSL_free(). NULL when out of memory. */
char *hexadecimal_text(const unsigned char *octets, size_t length);

#endif
