/* crl.h: revocation by CRLs. */
#ifndef TLSDIAL_X509_CRL_H
#define TLSDIAL_X509_CRL_H

#include <openssl/x509.h>

#include "tlsdial.h"

/** The name of a CRLReason, or words for none. */
const char *revocation_reason_name(int reason);
/** What a CRL says of a certificate, or why none can be asked, as problem_reason() does. */
void revocation_reason(char *to, size_t size, X509_STORE_CTX *store_ctx, int code);

#endif
