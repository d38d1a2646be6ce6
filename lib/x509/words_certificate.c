/* words_certificate.c: findings of one certificate in words; see words_certificate.h. */
#include <config.h>

#include "x509/words_certificate.h"

#include <string.h>

#include "base/text.h"

void words_bad_signature(struct phrase *phrase, const struct finding *finding)
{
    phrase_say(phrase, "has a signature that the key of its issuer");
    phrase_name(phrase, " \"", finding->issuer, "\"");
    phrase_say(phrase,
               " did not make: it was altered, or there is another CA of that name");
}

void words_purpose(struct phrase *phrase, const struct finding *finding)
{
    phrase_say(phrase, "is not meant for a TLS server");
    phrase_text(phrase, "; it is for ", finding->extended_usage, "");
    phrase_text(phrase, "; its key usage is ", finding->usage, "");
}

void words_constrained_name(struct phrase *phrase, const struct finding *finding)
{
    const char *verb =
        finding->kind == FINDING_NAME_EXCLUDED ? "exclude" : "do not permit";
    if (finding->constrainer != NULL) {
        phrase_text(phrase, "has the ", finding->detail, "");
        phrase_name(phrase, " \"", text_or_empty(finding->names[0]), "\"");
        phrase_name(phrase, ", which the name constraints of \"", finding->constrainer,
                    "\" ");
        phrase_say(phrase, "%s", verb);
        return;
    }
    phrase_say(phrase, "is for ");
    phrase_names(phrase, finding);
    phrase_say(phrase, ", which the name constraints of a CA above it %s", verb);
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
    const char *reference = text_or_empty(finding->reference);
    const char *dot = strchr(reference, '.');
    const char *underscore = strchr(reference, '_');
    if (dot == NULL || underscore == NULL || underscore > dot)
        return false;
    for (size_t i = 0; i < FINDING_NAMES && finding->names[i] != NULL; i++)
        if (finding->names[i][0] == '*' && same_name(finding->names[i] + 1, dot))
            return true;
    return false;
}

void words_name_mismatch(struct phrase *phrase, const struct finding *finding)
{
    phrase_say(phrase, "is for ");
    phrase_names(phrase, finding);
    phrase_text(phrase, ", not for ", finding->reference, "");
    if (finding->is_dns_name_only)
        phrase_say(
            phrase,
            ": it has that address as a DNS name, which does not count, and not as "
            "an IP address");
    else if (is_underscore_below_wildcard(finding))
        phrase_say(phrase,
                   ": OpenSSL lets no wildcard stand for a name with an underscore");
}

void words_weakness(struct phrase *phrase, const struct finding *finding)
{
    if (finding->kind == FINDING_WEAK_SIGNATURE)
        phrase_say(phrase, "is signed with %s",
                   finding->algorithm != NULL ? finding->algorithm
                                              : "an unknown algorithm");
    else
        phrase_say(phrase, "has a key of %d bits (%s)", finding->key_bits,
                   finding->algorithm != NULL ? finding->algorithm : "unknown");
    phrase_say(phrase, ", which is below security level %d", finding->level);
}

void words_expires_soon(struct phrase *phrase, const struct finding *finding)
{
    char days[40];
    days_text(days, sizeof days, finding->time - finding->now);
    phrase_time(phrase, "expires on ", finding);
    phrase_say(phrase, ", in %s", days);
}

void words_pin(struct phrase *phrase, const struct finding *finding)
{
    if (finding->kind == FINDING_UNSOUND_CHAIN)
        phrase_say(phrase, "has a chain with faults");
    else if (finding->kind == FINDING_NO_TLSA)
        phrase_say(phrase, "matches no TLSA record given; its own would be \"3 1 1 %s\"",
                   text_or_empty(finding->pin));
    else
        phrase_say(phrase, "has the pin %s; %s", text_or_empty(finding->pin),
                   finding->chain_unverified
                       ? "that is not pinned, and no other counts where the chain is not "
                         "verified"
                       : "neither that nor another of the chain is pinned");
}

void words_malformed(struct phrase *phrase, const struct finding *finding)
{
    phrase_text(phrase,
                finding->kind == FINDING_MALFORMED ? "is malformed: "
                : finding->kind == FINDING_UNPARSED
                    ? "cannot be parsed: "
                    : "has a critical extension that OpenSSL does not know: ",
                finding->detail, "");
}

void words_validity(struct phrase *phrase, const struct finding *finding)
{
    phrase_time(phrase,
                finding->kind == FINDING_EXPIRED ? "expired on " : "is not valid before ",
                finding);
}

void words_no_ca(struct phrase *phrase, const struct finding *finding)
{
    (void)finding;
    phrase_say(phrase, "issued a certificate and is not a CA");
}

void words_path_length(struct phrase *phrase, const struct finding *finding)
{
    phrase_say(phrase,
               "has more CAs below it than its path length constraint (%ld) allows",
               finding->path_length);
}
