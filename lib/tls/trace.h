/* trace.h: the messages of a handshake. */
#ifndef TLSDIAL_TLS_TRACE_H
#define TLSDIAL_TLS_TRACE_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>

/** What passes by in a handshake that OpenSSL does not tell afterwards. */
struct messages {
    unsigned char *client_hello; /**< the handshake message, header included */
    size_t client_hello_length;
    bool server_hello;          /**< came */
    bool certificate_requested; /**< by the server */
    bool certificate_sent;      /**< ours, and not an empty one */
    bool renegotiation_refused; /**< by us: the server wanted one */
    bool alerted;               /**< a fatal alert came */
    unsigned char alert;        /**< its number */
    uint16_t signature;         /**< SignatureScheme of the server's, 0: none seen */
};

/** Has the messages of the SSL noted; to be freed with messages_clear(). */
void messages_watch(SSL *ssl, struct messages *messages);
void messages_clear(struct messages *messages);
/** The name of a SignatureScheme in the IANA registry; NULL for one that is not known. */
const char *signature_scheme_name(uint16_t scheme);
/** The numbers in an extension of the ClientHello that is a list of them, such as
 * supported_groups: as many as there is room for; returns how many. */
size_t messages_offered(const struct messages *messages, unsigned extension, uint16_t *to,
                        size_t room);
/** What the ClientHello offered, in words; "" where there was none. */
void messages_describe_offer(const struct messages *messages, SSL *ssl, char *to,
                             size_t size);

#endif
