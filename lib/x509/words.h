/* words.h: findings in words: every sentence about a certificate is made, and escaped, here. */
#ifndef TLSDIAL_X509_WORDS_H
#define TLSDIAL_X509_WORDS_H

#include "base/finding.h"
#include "x509/phrase.h"

#define WORDS_SIZE PHRASE_SIZE

/** What is wrong, to be read after the certificate's subject: "expired on ...". Escaped. */
void words_reason(char to[WORDS_SIZE], const struct finding *finding);
/** The same as a sentence of its own: "the certificate "CN=x" expired on ...". Escaped. */
void words_sentence(char to[WORDS_SIZE], const struct finding *finding);
/** What to do about it; may be empty. */
void words_hint(char to[TLSDIAL_HINT_SIZE], const struct finding *finding);

/** Fills the error with the sentence of one finding of the list, its hint, and "; also TOKEN: ..."
 * for each of the others. error: may be NULL. */
void words_error(struct tlsdial_error *error, const struct finding_list *findings,
                 const struct finding *main);

/** The finding as tlsdial.h has it, its text escaped. False when out of memory; *to is then to be
 * cleared as well. */
bool words_describe(struct tlsdial_finding *to, const struct finding *finding);
void words_describe_clear(struct tlsdial_finding *described);

#endif
