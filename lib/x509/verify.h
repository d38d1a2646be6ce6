/* verify.h: the verification of the server's chain. */
#ifndef TLSDIAL_X509_VERIFY_H
#define TLSDIAL_X509_VERIFY_H

#include <openssl/ssl.h>

#include "base/target.h"
#include "tlsdial.h"

/** Says what the certificate must be for. */
bool verify_expect(SSL *ssl, const struct host *peer);
/** For SSL_CTX_set_cert_verify_callback(): verifies the whole chain, notes every problem in the
 * evidence of the SSL's tlsdial_conn (its app data), and fails with the worst. */
int verify_chain(X509_STORE_CTX *store_ctx, void *unused);
/** Whether conn->verify_error ends the handshake. If not, for the client is insecure, the evidence
 * has it instead. */
bool verdict_is_fatal(tlsdial_conn *conn);
/** Lets verify_chain() try several paths through the certificates of this store. */
void verify_prepare_store(X509_STORE *store);

#endif
