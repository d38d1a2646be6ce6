/* crl.h: revocation by CRLs. */
#ifndef TLSDIAL_X509_CRL_H
#define TLSDIAL_X509_CRL_H

#include <openssl/x509.h>

#include "base/finding.h"

/** Adds the CRLs of a PEM file, or the one of a DER file. TLSDIAL_CRL_FILE when there is none. */
enum tlsdial_cause crl_list_add_file(STACK_OF(X509_CRL) * list, const char *file,
                                     struct tlsdial_error *error);
/** The CRLs of a name, of the store and of the user's own (NULL: none). Of several, those that the
 * key of the current certificate's issuer signed, if there are such: CAs of one name have CRLs of one
 * name. To be freed; NULL when out of memory. */
STACK_OF(X509_CRL) *
    crl_find(X509_STORE_CTX *store_ctx, const X509_NAME *name, STACK_OF(X509_CRL) * own);
/** The same of data in memory. */
enum tlsdial_cause crl_list_add_memory(STACK_OF(X509_CRL) * list, const void *data,
                                       size_t length, struct tlsdial_error *error);
/** Adds to a finding what the context's current CRL says of its current certificate, or why none
 * can be asked. */
void facts_of_revocation(struct finding *finding, X509_STORE_CTX *store_ctx);

#endif
