/* configuration.h: what OpenSSL ignores in its configuration file, silently. */
#ifndef TLSDIAL_TLS_CONFIGURATION_H
#define TLSDIAL_TLS_CONFIGURATION_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

/** The first fault of the configuration file (config(5)): it cannot be read or parsed, names a section
 * or a provider that is not there, or has a setting that OpenSSL refuses. ctx: to try the settings
 * on, before anything else is set; NULL: they are not tried. False if there is none. The text is
 * not escaped, and begins with the file's name. Clears the thread's error queue. */
bool configuration_find_fault(SSL_CTX *ctx, char *to, size_t size);
/** Whether the file, by a glance at its lines, is not there or well formed and without any setting of
 * providers, algorithms or TLS: then it has nothing that could be at fault, and SSL_CTX_new() nothing
 * from it. To parse it costs as much as to connect. An application may have loaded another file,
 * which this knows nothing of. */
bool configuration_is_plain(void);
/** The file's name; to be freed with OPENSSL_free(). NULL when out of memory. */
char *configuration_file(void);

#endif
