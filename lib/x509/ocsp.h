/* ocsp.h: the OCSP response that a server staples to its certificate. */
#ifndef TLSDIAL_X509_OCSP_H
#define TLSDIAL_X509_OCSP_H

#include <openssl/ssl.h>

#include "tlsdial.h"

/** What the OCSP response that the server stapled says of its certificate, as
 * tlsdial_evidence_staple() tells it; to be freed with OPENSSL_free(). NULL when none came, and
 * when out of memory. */
char *staple_text(const tlsdial_conn *conn);
/** For SSL_CTX_set_tlsext_status_cb(3): fails the handshake where the staple says that the
 * certificate is revoked, and where one is required and none is good. */
int staple_check(SSL *ssl, void *unused);

#endif
