/* words_certificate.h: findings of one certificate in words, for words.c. */
#ifndef TLSDIAL_X509_WORDS_CERTIFICATE_H
#define TLSDIAL_X509_WORDS_CERTIFICATE_H

#include "x509/phrase.h"

/* Each adds the reason, to be read after the certificate's subject. */
void words_bad_signature(struct phrase *phrase, const struct finding *finding);
void words_purpose(struct phrase *phrase, const struct finding *finding);
void words_constrained_name(struct phrase *phrase, const struct finding *finding);
void words_name_mismatch(struct phrase *phrase, const struct finding *finding);
void words_weakness(struct phrase *phrase, const struct finding *finding);
void words_expires_soon(struct phrase *phrase, const struct finding *finding);
void words_pin(struct phrase *phrase, const struct finding *finding);
void words_malformed(struct phrase *phrase, const struct finding *finding);
void words_validity(struct phrase *phrase, const struct finding *finding);
void words_no_ca(struct phrase *phrase, const struct finding *finding);
void words_path_length(struct phrase *phrase, const struct finding *finding);

#endif
