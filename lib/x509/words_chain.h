/* words_chain.h: findings of the chain and its trust in words, for words.c. */
#ifndef TLSDIAL_X509_WORDS_CHAIN_H
#define TLSDIAL_X509_WORDS_CHAIN_H

#include "x509/phrase.h"

/* Each adds the reason, to be read after the certificate's subject. */
void words_absence(struct phrase *phrase, const struct finding *finding);
void words_absent_issuer(struct phrase *phrase, const struct finding *finding);
void words_sent_root(struct phrase *phrase, const struct finding *finding);
void words_empty_trust(struct phrase *phrase, const struct finding *finding);
void words_rejected(struct phrase *phrase, const struct finding *finding);
void words_unexplained(struct phrase *phrase, const struct finding *finding);

#endif
