/* words.c: findings in words: every sentence about a certificate is made here. */
#include <config.h>

#include "x509/words.h"

#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

#define NAME_SIZE 200  /* octets of a name that are shown, its mark of a cut included */
#define TEXT_SIZE 600  /* of another text, such as the places of a trust store */
#define OTHER_SIZE 400 /* of what is said of a finding after the first */

/* A sentence as it grows, escaped. What does not fit is dropped. */
struct words {
    char *to;
    size_t used;
};

/* What a format is filled with must need no escape. */
static void say(struct words *words, const char *format, ...) TLSDIAL_PRINTF(2, 3);

static void say(struct words *words, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length =
        vsnprintf(words->to + words->used, WORDS_SIZE - words->used, format, arguments);
    va_end(arguments);
    size_t room = WORDS_SIZE - 1 - words->used;
    if (length > 0)
        words->used += (size_t)length < room ? (size_t)length : room;
}

/* A name of a certificate, which is escaped, cut to a size. NULL says nothing. */
static void say_name(struct words *words, const char *before, const char *name,
                     const char *after)
{
    char shown[NAME_SIZE] = "";
    if (name == NULL)
        return;
    text_append(shown, sizeof shown, name);
    say(words, "%s%s%s", before, shown, after);
}

/* Any other text: it is escaped here. */
static void say_text(struct words *words, const char *before, const char *text,
                     const char *after)
{
    char escaped[WORDS_SIZE], shown[TEXT_SIZE] = "";
    if (text == NULL)
        return;
    tlsdial_text_escape(escaped, sizeof escaped, text);
    text_append(shown, sizeof shown, escaped);
    say(words, "%s%s%s", before, shown, after);
}

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static void say_time(struct words *words, const char *before,
                     const struct finding *finding)
{
    char time[64];
    time_text(time, sizeof time, finding->time);
    say(words, "%s%s", before, finding->has_time ? time : "an unreadable date");
}

static void say_names(struct words *words, const struct finding *finding)
{
    size_t shown =
        finding->name_count < FINDING_NAMES ? finding->name_count : FINDING_NAMES;
    if (finding->name_count == 0)
        say(words, "no name at all");
    if (finding->name_count == 0 && finding->common_name != NULL)
        say_text(words, " (a common name, \"", finding->common_name,
                 "\", does not count without a subjectAltName)");
    for (size_t i = 0; i < shown; i++)
        say_name(words, i > 0 ? ", " : "", or_empty(finding->names[i]), "");
    if (finding->name_count > shown)
        say(words, " and %zu more", finding->name_count - shown);
}

/* ---- the chain and its trust ---- */

static void say_absence(struct words *words, const struct finding *finding)
{
    if (finding->kind == FINDING_UNTRUSTED_ROOT)
        say(words, "is a root that is not in ");
    else if (finding->kind == FINDING_SELF_SIGNED)
        say(words, "is self-signed and not in ");
    else
        say_name(words, "has an issuer, \"", or_empty(finding->issuer),
                 "\", that was neither sent nor found in ");
    say_text(words, "", finding->trust, "");
}

/* How the certificate that has the issuer's name differs. */
static void say_namesake(struct words *words, const struct finding *finding)
{
    const char *wanted = or_empty(finding->wanted_id);
    const char *found = or_empty(finding->found_id);
    if (finding->namesake == NAMESAKE_NONE)
        return;
    if (finding->namesake == NAMESAKE_OTHER_KEY) {
        say_text(words, "; the one of that name has another key, in ",
                 finding->namesake_place, "");
        return;
    }
    if (finding->namesake == NAMESAKE_MALFORMED) {
        say_text(words, "; the one of that name in ", finding->namesake_place,
                 " is malformed: ");
        say_text(words, "", finding->detail, "");
        return;
    }
    say_text(words, "; the one in ", finding->namesake_place,
             " has that name and the right key, but ");
    if (finding->namesake == NAMESAKE_KEY_ID)
        say(words,
            "the authority key identifier of the certificate asks for %s, and its "
            "subject "
            "key identifier is %s",
            wanted, found);
    else
        say(words,
            "the authority key identifier of the certificate asks for the serial number "
            "%s, and its own is %s",
            wanted, found);
}

/* "the server sent 1 certificate; the issuer ... was neither sent nor found in ..." */
static void say_absent_issuer(struct words *words, const struct finding *finding)
{
    say(words, "the server sent %d certificate%s", finding->sent,
        finding->sent == 1 ? "" : "s");
    say_name(words, "; the issuer \"", or_empty(finding->issuer), "\"");
    say_name(words, " of \"", or_empty(finding->subject), "\"");
    say_text(words, " was neither sent nor found in ", finding->trust, "");
    say_namesake(words, finding);
    say_text(words, "; its AIA address is ", finding->url, "");
}

/* ---- one certificate ---- */

static void say_bad_signature(struct words *words, const struct finding *finding)
{
    say(words, "has a signature that the key of its issuer");
    say_name(words, " \"", finding->issuer, "\"");
    say(words, " did not make: it was altered, or there is another CA of that name");
}

static void say_purpose(struct words *words, const struct finding *finding)
{
    say(words, "is not meant for a TLS server");
    say_text(words, "; it is for ", finding->extended_usage, "");
    say_text(words, "; its key usage is ", finding->usage, "");
}

static void say_constrained_name(struct words *words, const struct finding *finding)
{
    const char *verb =
        finding->kind == FINDING_NAME_EXCLUDED ? "exclude" : "do not permit";
    if (finding->constrainer != NULL) {
        say_text(words, "has the ", finding->detail, "");
        say_name(words, " \"", or_empty(finding->names[0]), "\"");
        say_name(words, ", which the name constraints of \"", finding->constrainer,
                 "\" ");
        say(words, "%s", verb);
        return;
    }
    say(words, "is for ");
    say_names(words, finding);
    say(words, ", which the name constraints of a CA above it %s", verb);
}

static bool same_name(const char *a, const char *b)
{
    size_t i = 0;
    while (a[i] != '\0' && (a[i] | 0x20) == (b[i] | 0x20))
        i++;
    return a[i] == b[i];
}

/* Whether "*.example" would be for "a_b.example", but for the underscore. */
static bool is_underscore_below_wildcard(const struct finding *finding)
{
    const char *reference = or_empty(finding->reference);
    const char *dot = strchr(reference, '.');
    const char *underscore = strchr(reference, '_');
    if (dot == NULL || underscore == NULL || underscore > dot)
        return false;
    for (size_t i = 0; i < FINDING_NAMES && finding->names[i] != NULL; i++)
        if (finding->names[i][0] == '*' && same_name(finding->names[i] + 1, dot))
            return true;
    return false;
}

static void say_name_mismatch(struct words *words, const struct finding *finding)
{
    say(words, "is for ");
    say_names(words, finding);
    say_text(words, ", not for ", finding->reference, "");
    if (finding->is_dns_name_only)
        say(words,
            ": it has that address as a DNS name, which does not count, and not as "
            "an IP address");
    else if (is_underscore_below_wildcard(finding))
        say(words, ": OpenSSL lets no wildcard stand for a name with an underscore");
}

static void say_weakness(struct words *words, const struct finding *finding)
{
    if (finding->kind == FINDING_WEAK_SIGNATURE)
        say(words, "is signed with %s",
            finding->algorithm != NULL ? finding->algorithm : "an unknown algorithm");
    else
        say(words, "has a key of %d bits (%s)", finding->key_bits,
            finding->algorithm != NULL ? finding->algorithm : "unknown");
    say(words, ", which is below security level %d", finding->level);
}

static void say_expires_soon(struct words *words, const struct finding *finding)
{
    char days[40];
    days_text(days, sizeof days, finding->time - finding->now);
    say_time(words, "expires on ", finding);
    say(words, ", in %s", days);
}

static void say_pin(struct words *words, const struct finding *finding)
{
    if (finding->kind == FINDING_UNSOUND_CHAIN)
        say(words, "has a chain with faults");
    else if (finding->kind == FINDING_NO_TLSA)
        say(words, "matches no TLSA record given; its own would be \"3 1 1 %s\"",
            or_empty(finding->pin));
    else
        say(words, "has the pin %s; %s", or_empty(finding->pin),
            finding->chain_unverified
                ? "that is not pinned, and no other counts where the chain is not "
                  "verified"
                : "neither that nor another of the chain is pinned");
}

/* ---- revocation ---- */

/* RFC 5280, 5.3.1. */
static const char *revocation_reason_name(int reason)
{
    static const char *const names[] = {
        "unspecified",   "keyCompromise",        "cACompromise",    "affiliationChanged",
        "superseded",    "cessationOfOperation", "certificateHold", NULL,
        "removeFromCRL", "privilegeWithdrawn",   "aACompromise"};
    return reason >= 0 && reason < (int)(sizeof names / sizeof names[0]) &&
                   names[reason] != NULL
               ? names[reason]
               : "no reason given";
}

static void say_revoked(struct words *words, const struct finding *finding)
{
    bool staple = finding->kind == FINDING_STAPLE_REVOKED;
    if (!staple && !finding->has_time) {
        say(words, "is revoked");
        return;
    }
    say_time(words, "was revoked on ", finding);
    say(words, " (%s), says ", revocation_reason_name(finding->revocation_reason));
    if (staple)
        say(words, "its OCSP staple");
    else
        say_name(words, "the CRL of \"", or_empty(finding->issuer), "\"");
}

static void say_crl(struct words *words, const struct finding *finding)
{
    const char *issuer = or_empty(finding->issuer);
    if (finding->kind == FINDING_CRL_ABSENT) {
        say_name(words, "cannot be checked: there is no CRL of \"", issuer, "\" for it");
        say_text(words, "; its distribution point is ", finding->url, "");
    } else if (finding->kind == FINDING_CRL_OUT_OF_SCOPE) {
        say_name(words, "cannot be checked with the CRL of \"", issuer, "\": ");
        if (finding->detail != NULL && *finding->detail != '\0')
            say_text(words, "", finding->detail, "");
        else
            say_text(words, "it is for the distribution point ", finding->url,
                     ", which the certificate does not name");
    } else if (finding->kind == FINDING_CRL_UNUSABLE) {
        say_name(words, "cannot be checked with the CRL of \"", issuer, "\": ");
        say_text(words, "", finding->detail, "");
    } else {
        say_name(words, "cannot be checked: the CRL of \"", issuer, "\" ");
        say_time(words,
                 finding->kind == FINDING_CRL_EXPIRED ? "expired on "
                                                      : "is not valid before ",
                 finding);
    }
}

static void say_staple_missing(struct words *words, const struct finding *finding)
{
    say(words, "%s and ",
        finding->demanded ? "demands an OCSP staple (must-staple)"
                          : "is to come with an OCSP staple");
    say_text(words, "", finding->detail, "");
}

/* ---- all kinds ---- */

static void say_reason(struct words *words, const struct finding *finding)
{
    switch (finding->kind) {
    case FINDING_EMPTY_TRUST:
        say_text(words,
                 "the default trust store is not set up: there is no CA certificate in ",
                 finding->trust, "");
        break;
    case FINDING_ABSENT_ISSUER:
    case FINDING_UNTRUSTED_ROOT:
    case FINDING_SELF_SIGNED:
        say_absence(words, finding);
        break;
    case FINDING_REJECTED:
        say_text(words, "is not trusted for this use by its trust settings in ",
                 finding->trust, "");
        break;
    case FINDING_UNEXPLAINED:
        say(words, "fails, and OpenSSL does not say why: a limit of it may be passed "
                   "(too many names and name constraints, say)");
        break;
    case FINDING_BAD_SIGNATURE:
        say_bad_signature(words, finding);
        break;
    case FINDING_MALFORMED:
        say_text(words, "is malformed: ", finding->detail, "");
        break;
    case FINDING_UNPARSED:
        say_text(words, "cannot be parsed: ", finding->detail, "");
        break;
    case FINDING_CRITICAL_EXTENSION:
        say_text(words,
                 "has a critical extension that OpenSSL does not know: ", finding->detail,
                 "");
        break;
    case FINDING_EXPIRED:
        say_time(words, "expired on ", finding);
        break;
    case FINDING_NOT_YET_VALID:
        say_time(words, "is not valid before ", finding);
        break;
    case FINDING_EXPIRES_SOON:
        say_expires_soon(words, finding);
        break;
    case FINDING_NAME_MISMATCH:
        say_name_mismatch(words, finding);
        break;
    case FINDING_PURPOSE:
        say_purpose(words, finding);
        break;
    case FINDING_NO_CA:
        say(words, "issued a certificate and is not a CA");
        break;
    case FINDING_PATH_LENGTH:
        say(words, "has more CAs below it than its path length constraint (%ld) allows",
            finding->path_length);
        break;
    case FINDING_NAME_NOT_PERMITTED:
    case FINDING_NAME_EXCLUDED:
        say_constrained_name(words, finding);
        break;
    case FINDING_WEAK_KEY:
    case FINDING_WEAK_SIGNATURE:
        say_weakness(words, finding);
        break;
    case FINDING_REVOKED:
    case FINDING_STAPLE_REVOKED:
        say_revoked(words, finding);
        break;
    case FINDING_CRL_ABSENT:
    case FINDING_CRL_EXPIRED:
    case FINDING_CRL_NOT_YET_VALID:
    case FINDING_CRL_UNUSABLE:
    case FINDING_CRL_OUT_OF_SCOPE:
        say_crl(words, finding);
        break;
    case FINDING_STAPLE_MISSING:
        say_staple_missing(words, finding);
        break;
    case FINDING_NOT_PINNED:
    case FINDING_NO_TLSA:
    case FINDING_UNSOUND_CHAIN:
        say_pin(words, finding);
        break;
    default:
        say_text(words, "fails: ", finding->detail, "");
        break;
    }
}

void words_reason(char to[WORDS_SIZE], const struct finding *finding)
{
    struct words words = {.to = to};
    *to = '\0';
    say_reason(&words, finding);
}

void words_sentence(char to[WORDS_SIZE], const struct finding *finding)
{
    struct words words = {.to = to};
    *to = '\0';
    if (finding->kind == FINDING_ABSENT_ISSUER) {
        say_absent_issuer(&words, finding);
    } else if (finding->kind == FINDING_UNTRUSTED_ROOT) {
        say_name(&words, "the root \"", or_empty(finding->subject), "\" that was sent");
        say_text(&words, " is not in ", finding->trust, "");
    } else {
        say_name(&words, "the certificate \"", finding->subject, "\" ");
        if (finding->kind == FINDING_OTHER && finding->subject == NULL)
            say(&words, "the verification ");
        else if (finding->kind == FINDING_UNPARSED)
            say(&words, "a certificate that the server sent ");
        say_reason(&words, finding);
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
    char also[NAME_SIZE + OTHER_SIZE + 64] = "", reason[WORDS_SIZE];
    struct words words = {.to = reason};
    *reason = '\0';
    say(&words, "; also %s: ", tlsdial_cause_token(other->cause));
    say_name(&words, "\"", other->subject, "\" ");
    say_reason(&words, other);
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
    to->subject = OPENSSL_strdup(or_empty(finding->subject));
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
