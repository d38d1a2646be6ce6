/* words_revocation.h: findings of revocation in words, for words.c. */
#ifndef TLSDIAL_X509_WORDS_REVOCATION_H
#define TLSDIAL_X509_WORDS_REVOCATION_H

#include "x509/phrase.h"

/* Each adds the reason, to be read after the certificate's subject. */
void words_revoked(struct phrase *phrase, const struct finding *finding);
void words_crl(struct phrase *phrase, const struct finding *finding);
void words_staple_missing(struct phrase *phrase, const struct finding *finding);

#endif
