/* phrase.h: a sentence about a certificate as it grows, escaped. */
#ifndef TLSDIAL_X509_PHRASE_H
#define TLSDIAL_X509_PHRASE_H

#include "base/finding.h"

#define PHRASE_SIZE 2048 /**< octets that a sentence may have */
#define PHRASE_NAME_SIZE                                                                 \
    200 /**< octets of a name that are shown, its mark of a cut included */

/** What does not fit is dropped. A plain value; to has PHRASE_SIZE octets. */
struct phrase {
    char *to;
    size_t used;
};

/** What a format is filled with must need no escape. */
void phrase_say(struct phrase *phrase, const char *format, ...) TLSDIAL_PRINTF(2, 3);
/** A name of a certificate, which is escaped, cut to a size. NULL says nothing. */
void phrase_name(struct phrase *phrase, const char *before, const char *name,
                 const char *after);
/** Any other text: it is escaped here. NULL says nothing. */
void phrase_text(struct phrase *phrase, const char *before, const char *text,
                 const char *after);
/** The finding's time. */
void phrase_time(struct phrase *phrase, const char *before,
                 const struct finding *finding);
/** The names that the certificate is for. */
void phrase_names(struct phrase *phrase, const struct finding *finding);

static inline const char *text_or_empty(const char *text)
{
    return text != NULL ? text : "";
}

#endif
