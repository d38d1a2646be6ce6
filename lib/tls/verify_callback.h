/* verify_callback.h: the verification as OpenSSL's handshake has it. */
#ifndef TLSDIAL_TLS_VERIFY_CALLBACK_H
#define TLSDIAL_TLS_VERIFY_CALLBACK_H

#include <openssl/ssl.h>

#include "base/target.h"
#include "tls/policy.h"
#include "x509/request.h"

/** Has the handshakes of the SSL_CTX verified by us: a chain, and the staple that comes with it. The
 * app data of each SSL is its tlsdial_conn, whose evidence has the result. */
void verify_install(SSL_CTX *ctx);
/** Says what the certificate must be for: the reference identity, and the client's TLSA records.
 * It unsets the name for SNI. */
bool verify_expect(SSL *ssl, const tlsdial_client *client, const struct host *reference);
/** What the chain of a connection is held to; it points into the connection and its client. */
struct verify_request verify_request_of(const tlsdial_conn *conn);
/** Whether OpenSSL can use a TLSA record; the lengths of hashes and the form of a key are its to
 * know. */
bool verify_can_use_tlsa(SSL_CTX *ctx, const struct tlsa *tlsa);

#endif
