/* facts.h: what OpenSSL found wrong with a certificate, as a finding: its cause and its facts. */
#ifndef TLSDIAL_X509_FACTS_H
#define TLSDIAL_X509_FACTS_H

#include <openssl/x509.h>

#include "base/finding.h"
#include "x509/request.h"

/** Notes the subject, and that the finding is of the certificate at this depth. */
void facts_of_certificate(struct finding *finding, const X509 *certificate, int depth);
/** What an X509_V_ERR_ code means for the context's current certificate. This is the one place
 * where a code becomes a cause. To be cleared; text that memory ran out for is noted in it. */
struct finding facts_of_error(const struct verify_request *request,
                              X509_STORE_CTX *store_ctx, int code);

/** That the trust settings of a trusted place reject the certificate. */
struct finding facts_of_rejection(const struct verify_request *request,
                                  const X509 *certificate, int depth);
/** Adds what of the trusted places that may have a certificate of the name could not be read; NULL: of
 * any name. It reads directories and files: for what is reported only. */
void facts_of_unread(struct finding *finding, const struct trust *trust,
                     const X509_NAME *name);
/** Adds to a finding of an absent issuer where a certificate is that has its name, how that one
 * differs, and where the issuer is to be had. It checks signatures: for what is reported only. */
void facts_of_namesake(struct finding *finding, X509 *certificate,
                       X509_STORE_CTX *store_ctx);
/** Adds to a finding of a name constraint which name of the certificate breaks it, and whose it is,
 * as far as that can be found. */
void facts_of_constraint(struct finding *finding, const X509 *certificate,
                         STACK_OF(X509) * chain);

#endif
