/* error.c: causes in words, and errors. */
#include <config.h>

#include "base/error.h"

#include <openssl/err.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

const char *tlsdial_version(void)
{
    return TLSDIAL_VERSION;
}

void tlsdial_free(void *memory)
{
    OPENSSL_free(memory);
}

enum cause_part { CAUSE_TOKEN, CAUSE_PHRASE, CAUSE_HINT };

/* A text for each cause, its parts ended by a NUL: one pointer that has to be relocated, not three. */
static const char *cause_text(enum tlsdial_cause cause, enum cause_part part)
{
#define CAUSE(name, status, token, phrase, hint) [status] = token "\0" phrase "\0" hint,
#define RESERVED CAUSE
    if (cause == TLSDIAL_AGAIN)
        return part == CAUSE_TOKEN ? "again" : "";
    static const char *const texts[] = {
#include "base/causes.def"
    };
#undef RESERVED
#undef CAUSE
    size_t index = (size_t)cause;
    if (index >= sizeof texts / sizeof texts[0] || texts[index] == NULL)
        index = TLSDIAL_INTERNAL;
    const char *text = texts[index];
    for (int before = 0; before < (int)part; before++)
        text += strlen(text) + 1;
    return text;
}

const char *tlsdial_cause_token(enum tlsdial_cause cause)
{
    return cause_text(cause, CAUSE_TOKEN);
}

const char *tlsdial_cause_phrase(enum tlsdial_cause cause)
{
    return cause_text(cause, CAUSE_PHRASE);
}

const char *tlsdial_cause_hint(enum tlsdial_cause cause)
{
    return cause_text(cause, CAUSE_HINT);
}

void error_set_escaped(struct tlsdial_error *error, enum tlsdial_cause cause,
                       unsigned long native, const char *sentence)
{
    if (error == NULL)
        return;
    error->cause = cause;
    error->native = native;
    error->sentence = (size_t)snprintf(error->message, sizeof error->message,
                                       "%s: ", tlsdial_cause_token(cause));
    text_append(error->message, sizeof error->message, sentence);
    error_hint(error, tlsdial_cause_hint(cause));
}

enum tlsdial_cause tlsdial_error_set(struct tlsdial_error *error,
                                     enum tlsdial_cause cause, unsigned long native,
                                     const char *format, ...)
{
    if (error == NULL)
        return cause;
    char sentence[2 * TLSDIAL_MESSAGE_SIZE], escaped[4 * TLSDIAL_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    tlsdial_text_escape(escaped, sizeof escaped, sentence);
    error_set_escaped(error, cause, native, escaped);
    return cause;
}

void tlsdial_error_prefix(struct tlsdial_error *error, const char *format, ...)
{
    if (error == NULL)
        return;
    char subject[TLSDIAL_MESSAGE_SIZE], message[TLSDIAL_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(subject, sizeof subject, format, arguments);
    va_end(arguments);
    tlsdial_text_escape(message, sizeof message / 2, subject);
    strcat(message, ": ");
    error->sentence += strlen(message);
    text_append(message, sizeof message, error->message);
    strcpy(error->message, message);
}

enum tlsdial_cause error_out_of_memory(struct tlsdial_error *error)
{
    return tlsdial_error_set(error, TLSDIAL_INTERNAL, 0, "out of memory");
}

void error_hint(struct tlsdial_error *error, const char *hint)
{
    if (error != NULL)
        tlsdial_text_escape(error->hint, sizeof error->hint, hint);
}

void error_append(struct tlsdial_error *error, const char *text)
{
    char escaped[2 * TLSDIAL_MESSAGE_SIZE];
    tlsdial_text_escape(escaped, sizeof escaped, text);
    text_append(error->message, sizeof error->message, escaped);
}

const char *error_openssl_reason(const char *otherwise)
{
    const char *reason = ERR_reason_error_string(ERR_peek_error());
    return reason != NULL ? reason : otherwise;
}

const char *error_system_reason(char *text, size_t size, const char *otherwise)
{
    unsigned long code = ERR_peek_error();
    if (!ERR_SYSTEM_ERROR(code))
        code = ERR_peek_last_error();
    if (!ERR_SYSTEM_ERROR(code))
        return otherwise;
    ERR_error_string_n(code, text, size); /* "error:80000002:system library::reason" */
    const char *colon = strrchr(text, ':');
    return colon != NULL ? colon + 1 : text;
}
