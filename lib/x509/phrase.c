/* phrase.c: a sentence about a certificate as it grows; see phrase.h. */
#include <config.h>

#include "x509/phrase.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

#define TEXT_SIZE 600 /* of another text, such as the places of a trust store */

void phrase_say(struct phrase *phrase, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(phrase->to + phrase->used, PHRASE_SIZE - phrase->used, format,
                           arguments);
    va_end(arguments);
    size_t room = PHRASE_SIZE - 1 - phrase->used;
    if (length > 0)
        phrase->used += (size_t)length < room ? (size_t)length : room;
}

void phrase_name(struct phrase *phrase, const char *before, const char *name,
                 const char *after)
{
    char shown[PHRASE_NAME_SIZE] = "";
    if (name == NULL)
        return;
    text_append(shown, sizeof shown, name);
    phrase_say(phrase, "%s%s%s", before, shown, after);
}

void phrase_text(struct phrase *phrase, const char *before, const char *text,
                 const char *after)
{
    char escaped[PHRASE_SIZE], shown[TEXT_SIZE] = "";
    if (text == NULL)
        return;
    tlsdial_text_escape(escaped, sizeof escaped, text);
    text_append(shown, sizeof shown, escaped);
    phrase_say(phrase, "%s%s%s", before, shown, after);
}

void phrase_time(struct phrase *phrase, const char *before, const struct finding *finding)
{
    char time[64];
    time_text(time, sizeof time, finding->time);
    phrase_say(phrase, "%s%s", before, finding->has_time ? time : "an unreadable date");
}

void phrase_names(struct phrase *phrase, const struct finding *finding)
{
    size_t shown =
        finding->name_count < FINDING_NAMES ? finding->name_count : FINDING_NAMES;
    if (finding->name_count == 0)
        phrase_say(phrase, "no name at all");
    if (finding->name_count == 0 && finding->common_name != NULL)
        phrase_text(phrase, " (a common name, \"", finding->common_name,
                    "\", does not count without a subjectAltName)");
    for (size_t i = 0; i < shown; i++)
        phrase_name(phrase, i > 0 ? ", " : "", text_or_empty(finding->names[i]), "");
    if (finding->name_count > shown)
        phrase_say(phrase, " and %d more", (int)(finding->name_count - shown));
}
