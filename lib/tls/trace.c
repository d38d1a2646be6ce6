/*
 * trace.c: what passes by in a handshake that OpenSSL does not tell afterwards.
 *
 * The layouts are those of RFC 8446, section 4, and RFC 5246, section 7.4.
 */
#include <config.h>

#include "tls/trace.h"

#include <stdio.h>
#include <string.h>

#define MESSAGE_HEADER 4          /* type, length of three bytes */
#define HELLO_FIXED 34            /* version, random */
#define EMPTY_CERTIFICATE 8       /* a Certificate message with an empty list, at most */
#define COMPRESSED_CERTIFICATE 25 /* RFC 8879, 4; OpenSSL 3.0 has no name for it */
#define NAMED_CURVE 3             /* ECCurveType, RFC 8422, 5.4 */

#define SCHEMES(scheme)                                                                  \
    scheme(0x0201, "rsa_pkcs1_sha1") scheme(0x0203, "ecdsa_sha1") scheme(                \
        0x0301, "rsa_pkcs1_sha224") scheme(0x0303, "ecdsa_sha224")                       \
        scheme(0x0401, "rsa_pkcs1_sha256") scheme(0x0501, "rsa_pkcs1_sha384") scheme(    \
            0x0601, "rsa_pkcs1_sha512") scheme(0x0403, "ecdsa_secp256r1_sha256")         \
            scheme(0x0503, "ecdsa_secp384r1_sha384") scheme(                             \
                0x0603, "ecdsa_secp521r1_sha512") scheme(0x0804, "rsa_pss_rsae_sha256")  \
                scheme(0x0805, "rsa_pss_rsae_sha384") scheme(                            \
                    0x0806, "rsa_pss_rsae_sha512") scheme(0x0807, "ed25519")             \
                    scheme(0x0808, "ed448") scheme(0x0809, "rsa_pss_pss_sha256")         \
                        scheme(0x080a, "rsa_pss_pss_sha384")                             \
                            scheme(0x080b, "rsa_pss_pss_sha512") scheme(                 \
                                0x081a, "ecdsa_brainpoolP256r1tls13_sha256")             \
                                scheme(0x081b, "ecdsa_brainpoolP384r1tls13_sha384")      \
                                    scheme(0x081c, "ecdsa_brainpoolP512r1tls13_sha512")  \
                                        scheme(0x0904, "mldsa44")                        \
                                            scheme(0x0905, "mldsa65")                    \
                                                scheme(0x0906, "mldsa87")

const char *signature_scheme_name(uint16_t scheme)
{
    switch (scheme) {
#define NAME(number, name)                                                               \
    case number:                                                                         \
        return name;
        SCHEMES(NAME)
#undef NAME
    default:
        return NULL;
    }
}

/* ---- watching ---- */

static uint16_t number_at(const unsigned char *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static void keep_client_hello(struct messages *messages, const unsigned char *message,
                              size_t length)
{
    OPENSSL_free(messages->client_hello); /* a second one follows a HelloRetryRequest */
    messages->client_hello = OPENSSL_memdup(message, length);
    messages->client_hello_length = messages->client_hello != NULL ? length : 0;
}

/* The scheme follows the server's share: curve type, curve, point with its length. */
static uint16_t key_exchange_scheme(const unsigned char *body, size_t length)
{
    size_t at = length > 4 && body[0] == NAMED_CURVE ? 4U + body[3] : length;
    return at + 2 <= length ? number_at(body + at) : 0;
}

static void note_sent(struct messages *messages, const unsigned char *message,
                      size_t length)
{
    if (message[0] == SSL3_MT_CLIENT_HELLO)
        keep_client_hello(messages, message, length);
    else if (message[0] == SSL3_MT_CERTIFICATE)
        messages->certificate_sent = length > EMPTY_CERTIFICATE;
    else if (message[0] == COMPRESSED_CERTIFICATE)
        messages->certificate_sent = true; /* OpenSSL compresses no empty one */
}

static void note_received(struct messages *messages, const unsigned char *message,
                          size_t length)
{
    const unsigned char *body = message + MESSAGE_HEADER;
    if (message[0] == SSL3_MT_SERVER_HELLO)
        messages->server_hello = true;
    else if (message[0] == SSL3_MT_CERTIFICATE_REQUEST)
        messages->certificate_requested = true;
    else if (message[0] == SSL3_MT_CERTIFICATE_VERIFY && length >= MESSAGE_HEADER + 2)
        messages->signature = number_at(body);
    else if (message[0] == SSL3_MT_SERVER_KEY_EXCHANGE)
        messages->signature = key_exchange_scheme(body, length - MESSAGE_HEADER);
}

static void note_message(int sent, int version, int content_type, const void *data,
                         size_t length, SSL *ssl, void *argument)
{
    struct messages *messages = argument;
    const unsigned char *bytes = data;
    (void)version;
    (void)ssl;
    if (content_type == SSL3_RT_ALERT && length == 2 && !sent) {
        messages->alerted = messages->alerted || bytes[0] == SSL3_AL_FATAL;
        messages->alert = bytes[1];
    } else if (content_type == SSL3_RT_ALERT && length == 2) {
        messages->renegotiation_refused =
            messages->renegotiation_refused || bytes[1] == SSL_AD_NO_RENEGOTIATION;
    } else if (content_type == SSL3_RT_HANDSHAKE && length >= MESSAGE_HEADER) {
        (sent ? note_sent : note_received)(messages, bytes, length);
    }
}

void messages_watch(SSL *ssl, struct messages *messages)
{
    SSL_set_msg_callback(ssl, note_message);
    SSL_set_msg_callback_arg(ssl, messages);
}

void messages_clear(struct messages *messages)
{
    OPENSSL_free(messages->client_hello);
    *messages = (struct messages){0};
}

/* ---- what the ClientHello offered ---- */

/* Bytes yet to be read of our own message; empty where it is shorter than it says. */
struct span {
    const unsigned char *at;
    size_t length;
};

static struct span take(struct span *from, size_t length)
{
    struct span taken = {from->at, 0};
    if (length > from->length) {
        from->length = 0;
    } else if (length > 0) {
        taken.length = length;
        from->at += length;
        from->length -= length;
    }
    return taken;
}

/* A vector whose length stands before it, in so many bytes. */
static struct span take_vector(struct span *from, size_t width)
{
    struct span head = take(from, width);
    size_t length = 0;
    for (size_t i = 0; i < head.length; i++)
        length = length << 8 | head.at[i];
    return take(from, length);
}

static struct span find_extension(struct span extensions, unsigned wanted)
{
    while (extensions.length >= 4) {
        unsigned type = number_at(take(&extensions, 2).at);
        struct span body = take_vector(&extensions, 2);
        if (type == wanted)
            return body;
    }
    return (struct span){0};
}

/* The extensions of the ClientHello; *ciphers is its list. */
static struct span split_client_hello(const struct messages *messages,
                                      struct span *ciphers)
{
    struct span hello = {messages->client_hello, messages->client_hello_length};
    take(&hello, MESSAGE_HEADER + HELLO_FIXED);
    take_vector(&hello, 1); /* session ID */
    *ciphers = take_vector(&hello, 2);
    take_vector(&hello, 1); /* compression methods */
    return take_vector(&hello, 2);
}

size_t messages_offered(const struct messages *messages, unsigned extension, uint16_t *to,
                        size_t room)
{
    struct span ciphers;
    struct span body = find_extension(split_client_hello(messages, &ciphers), extension);
    struct span numbers = take_vector(&body, 2);
    size_t count = 0;
    while (numbers.length >= 2 && count < room)
        to[count++] = number_at(take(&numbers, 2).at);
    return count;
}

typedef const char *number_name(uint16_t number, SSL *ssl);

static const char *cipher_name(uint16_t number, SSL *ssl)
{
    unsigned char bytes[] = {(unsigned char)(number >> 8), (unsigned char)number};
    const SSL_CIPHER *cipher = SSL_CIPHER_find(ssl, bytes);
    return cipher != NULL ? SSL_CIPHER_get_name(cipher) : NULL;
}

static const char *offered_group_name(uint16_t number, SSL *ssl)
{
    return SSL_group_to_name(ssl, TLSEXT_nid_unknown | number);
}

static const char *scheme_name(uint16_t number, SSL *ssl)
{
    (void)ssl;
    return signature_scheme_name(number);
}

static const char *version_name(uint16_t number, SSL *ssl)
{
    (void)ssl;
    return number == TLS1_3_VERSION   ? "TLSv1.3"
           : number == TLS1_2_VERSION ? "TLSv1.2"
                                      : NULL;
}

/* "LABEL a:b:c"; numbers that have no name, such as the signalling one for renegotiation, are
 * left out. */
static void append_names(char *to, size_t size, const char *label, struct span numbers,
                         number_name *name_of, SSL *ssl)
{
    size_t used = strlen(to);
    const char *before = label;
    while (numbers.length >= 2 && used < size) {
        const char *name = name_of(number_at(take(&numbers, 2).at), ssl);
        if (name == NULL)
            continue;
        used += (size_t)snprintf(to + used, size - used, "%s%s", before, name);
        before = ":";
    }
}

void messages_describe_offer(const struct messages *messages, SSL *ssl, char *to,
                             size_t size)
{
    struct span ciphers;
    to[0] = '\0';
    if (messages->client_hello_length < MESSAGE_HEADER + HELLO_FIXED)
        return;
    struct span extensions = split_client_hello(messages, &ciphers);
    struct span versions = find_extension(extensions, TLSEXT_TYPE_supported_versions);
    struct span groups = find_extension(extensions, TLSEXT_TYPE_supported_groups);
    struct span schemes = find_extension(extensions, TLSEXT_TYPE_signature_algorithms);
    if (versions.length == 0)
        append_names(to, size, "",
                     (struct span){messages->client_hello + MESSAGE_HEADER, 2},
                     version_name, ssl);
    append_names(to, size, "", take_vector(&versions, 1), version_name, ssl);
    append_names(to, size, "; ciphers ", ciphers, cipher_name, ssl);
    append_names(to, size, "; groups ", take_vector(&groups, 2), offered_group_name, ssl);
    append_names(to, size, "; signatures ", take_vector(&schemes, 2), scheme_name, ssl);
}
