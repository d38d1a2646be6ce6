/* ocsp.h: the OCSP response that a server staples to its certificate. */
#ifndef TLSDIAL_X509_OCSP_H
#define TLSDIAL_X509_OCSP_H

#include <openssl/x509.h>

#include "x509/verify.h"

/** Judges the response (DER; NULL: none came) about the chain that was verified: notes what it
 * says. Before verify_chain() it says nothing. */
void staple_note(struct verification *verification, const unsigned char *der,
                 long length);
/** The same, and adds a finding where it says that the certificate is revoked, and where one is
 * required and it is no proof. */
void staple_check(struct verification *verification, const unsigned char *der,
                  long length);

#endif
