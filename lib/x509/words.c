/* words.c: findings in words: every sentence about a certificate is made here. */
#include <config.h>

#include "x509/words.h"

#include <openssl/crypto.h>
#include <stdio.h>

#include "base/error.h"
#include "base/text.h"
#include "x509/phrase.h"
#include "x509/words_certificate.h"
#include "x509/words_chain.h"
#include "x509/words_revocation.h"

#define OTHER_SIZE 400 /* of what is said of a finding after the first */

static const struct {
    enum finding_kind kind;
    void (*say)(struct phrase *phrase, const struct finding *finding);
} reasons[] = {
    {FINDING_UNEXPLAINED, words_unexplained},
    {FINDING_EMPTY_TRUST, words_empty_trust},
    {FINDING_ABSENT_ISSUER, words_absence},
    {FINDING_UNTRUSTED_ROOT, words_absence},
    {FINDING_SELF_SIGNED, words_absence},
    {FINDING_REJECTED, words_rejected},
    {FINDING_BAD_SIGNATURE, words_bad_signature},
    {FINDING_MALFORMED, words_malformed},
    {FINDING_UNPARSED, words_malformed},
    {FINDING_CRITICAL_EXTENSION, words_malformed},
    {FINDING_EXPIRED, words_validity},
    {FINDING_NOT_YET_VALID, words_validity},
    {FINDING_EXPIRES_SOON, words_expires_soon},
    {FINDING_NAME_MISMATCH, words_name_mismatch},
    {FINDING_PURPOSE, words_purpose},
    {FINDING_NO_CA, words_no_ca},
    {FINDING_PATH_LENGTH, words_path_length},
    {FINDING_NAME_NOT_PERMITTED, words_constrained_name},
    {FINDING_NAME_EXCLUDED, words_constrained_name},
    {FINDING_WEAK_KEY, words_weakness},
    {FINDING_WEAK_SIGNATURE, words_weakness},
    {FINDING_REVOKED, words_revoked},
    {FINDING_CRL_ABSENT, words_crl},
    {FINDING_CRL_EXPIRED, words_crl},
    {FINDING_CRL_NOT_YET_VALID, words_crl},
    {FINDING_CRL_UNUSABLE, words_crl},
    {FINDING_CRL_OUT_OF_SCOPE, words_crl},
    {FINDING_STAPLE_REVOKED, words_revoked},
    {FINDING_STAPLE_MISSING, words_staple_missing},
    {FINDING_NOT_PINNED, words_pin},
    {FINDING_NO_TLSA, words_pin},
    {FINDING_UNSOUND_CHAIN, words_pin},
};

static void say_reason(struct phrase *phrase, const struct finding *finding)
{
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].kind == finding->kind) {
            reasons[i].say(phrase, finding);
            return;
        }
    phrase_text(phrase, "fails: ", finding->detail, "");
}

void words_reason(char to[WORDS_SIZE], const struct finding *finding)
{
    struct phrase phrase = {.to = to};
    *to = '\0';
    say_reason(&phrase, finding);
}

void words_sentence(char to[WORDS_SIZE], const struct finding *finding)
{
    struct phrase phrase = {.to = to};
    *to = '\0';
    if (finding->kind == FINDING_ABSENT_ISSUER) {
        words_absent_issuer(&phrase, finding);
    } else if (finding->kind == FINDING_UNTRUSTED_ROOT) {
        words_sent_root(&phrase, finding);
    } else {
        phrase_name(&phrase, "the certificate \"", finding->subject, "\" ");
        if (finding->kind == FINDING_OTHER && finding->subject == NULL)
            phrase_say(&phrase, "the verification ");
        else if (finding->kind == FINDING_UNPARSED)
            phrase_say(&phrase, "a certificate that the server sent ");
        say_reason(&phrase, finding);
    }
}

/* A clock that says a time before this program was built is wrong. */
static bool is_clock_wrong(const struct finding *finding)
{
    return (finding->cause == TLSDIAL_EXPIRED ||
            finding->cause == TLSDIAL_NOT_YET_VALID) &&
           !finding->has_verify_time && finding->now < TLSDIAL_BUILD_TIME;
}

void words_hint(char to[TLSDIAL_HINT_SIZE], const struct finding *finding)
{
    char clock[64], built[64];
    bool malformed =
        finding->kind == FINDING_MALFORMED || finding->kind == FINDING_UNPARSED;
    snprintf(
        to, TLSDIAL_HINT_SIZE, "%s",
        malformed ? "the server needs another certificate: this one is not as RFC "
                    "5280 has it"
        : finding->kind == FINDING_NAME_MISMATCH && finding->name_count == 0
            ? "the server needs a certificate that has its name as a subjectAltName"
        : finding->is_dns_name_only
            ? "the server needs a certificate that has the address as an iPAddress of "
              "its subjectAltName"
            : tlsdial_cause_hint(finding->cause));
    if (!is_clock_wrong(finding))
        return;
    time_text(clock, sizeof clock, finding->now);
    time_text(built, sizeof built, TLSDIAL_BUILD_TIME);
    snprintf(to, TLSDIAL_HINT_SIZE,
             "this system's clock is wrong: it says %s, and tlsdial was built on %s",
             clock, built);
}

/* "; also expired: "CN=x" expired on ...". */
static void append_other(struct tlsdial_error *error, const struct finding *other)
{
    char also[PHRASE_NAME_SIZE + OTHER_SIZE + 64] = "", reason[WORDS_SIZE];
    struct phrase phrase = {.to = reason};
    *reason = '\0';
    phrase_say(&phrase, "; also %s: ", tlsdial_cause_token(other->cause));
    phrase_name(&phrase, "\"", other->subject, "\" ");
    say_reason(&phrase, other);
    text_append(also, sizeof also, reason);
    text_append(error->message, sizeof error->message, also);
}

void words_error(struct tlsdial_error *error, const struct finding_list *findings,
                 const struct finding *main)
{
    char sentence[WORDS_SIZE], hint[TLSDIAL_HINT_SIZE];
    if (error == NULL)
        return;
    words_sentence(sentence, main);
    error_set_escaped(error, main->cause, (unsigned long)main->native, sentence);
    words_hint(hint, main);
    error_hint(error, hint);
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *other = &findings->items[i];
        bool explained =
            main->cause == TLSDIAL_CA_STORE && cause_is_of_trust(other->cause);
        if (other != main && !explained)
            append_other(error, other);
    }
}

/* ---- for the public interface ---- */

bool words_describe(struct tlsdial_finding *to, const struct finding *finding)
{
    char text[WORDS_SIZE], hint[TLSDIAL_HINT_SIZE];
    *to = (struct tlsdial_finding){.cause = finding->cause,
                                   .depth = finding->depth,
                                   .native = (unsigned long)finding->native};
    to->subject = OPENSSL_strdup(text_or_empty(finding->subject));
    words_reason(text, finding);
    to->reason = OPENSSL_strdup(text);
    words_sentence(text, finding);
    to->sentence = OPENSSL_strdup(text);
    words_hint(hint, finding);
    to->hint = OPENSSL_strdup(hint);
    return to->subject != NULL && to->reason != NULL && to->sentence != NULL &&
           to->hint != NULL;
}

void words_describe_clear(struct tlsdial_finding *described)
{
    free_text(described->subject);
    free_text(described->reason);
    free_text(described->sentence);
    free_text(described->hint);
    *described = (struct tlsdial_finding){0};
}
