/* words_chain.c: findings of the chain and its trust in words; see words_chain.h. */
#include <config.h>

#include "x509/words_chain.h"

/* Also what only a part of it is, a hashed file say. */
static void say_unread(struct phrase *phrase, const struct finding *finding)
{
    if (*text_or_empty(finding->unread) != '\0')
        phrase_text(phrase, "; unreadable: ", finding->unread, "");
}

void words_absence(struct phrase *phrase, const struct finding *finding)
{
    if (finding->kind == FINDING_UNTRUSTED_ROOT)
        phrase_say(phrase, "is a root that is not in ");
    else if (finding->kind == FINDING_SELF_SIGNED)
        phrase_say(phrase, "is self-signed and not in ");
    else
        phrase_name(phrase, "has an issuer, \"", text_or_empty(finding->issuer),
                    "\", that was neither sent nor found in ");
    phrase_text(phrase, "", finding->trust, "");
    say_unread(phrase, finding);
}

/* How the certificate that has the issuer's name differs. */
static void say_namesake(struct phrase *phrase, const struct finding *finding)
{
    const char *wanted = text_or_empty(finding->wanted_id);
    const char *found = text_or_empty(finding->found_id);
    if (finding->namesake == NAMESAKE_NONE)
        return;
    if (finding->namesake == NAMESAKE_OTHER_KEY) {
        phrase_text(phrase, "; the one of that name has another key, in ",
                    finding->namesake_place, "");
        return;
    }
    if (finding->namesake == NAMESAKE_MALFORMED) {
        phrase_text(phrase, "; the one of that name in ", finding->namesake_place,
                    " is malformed: ");
        phrase_text(phrase, "", finding->detail, "");
        return;
    }
    phrase_text(phrase, "; the one in ", finding->namesake_place,
                " has that name and the right key, but ");
    if (finding->namesake == NAMESAKE_KEY_ID)
        phrase_say(phrase,
                   "the authority key identifier of the certificate asks for %s, and its "
                   "subject "
                   "key identifier is %s",
                   wanted, found);
    else
        phrase_say(
            phrase,
            "the authority key identifier of the certificate asks for the serial number "
            "%s, and its own is %s",
            wanted, found);
}

/* "the server sent 1 certificate; the issuer ... was neither sent nor found in ..." */
void words_absent_issuer(struct phrase *phrase, const struct finding *finding)
{
    phrase_say(phrase, "the server sent %d certificate%s", finding->sent,
               finding->sent == 1 ? "" : "s");
    phrase_name(phrase, "; the issuer \"", text_or_empty(finding->issuer), "\"");
    phrase_name(phrase, " of \"", text_or_empty(finding->subject), "\"");
    phrase_text(phrase, " was neither sent nor found in ", finding->trust, "");
    say_unread(phrase, finding);
    say_namesake(phrase, finding);
    phrase_text(phrase, "; its AIA address is ", finding->url, "");
}

void words_empty_trust(struct phrase *phrase, const struct finding *finding)
{
    phrase_text(phrase,
                "the default trust store is not set up: there is no CA certificate in ",
                finding->trust, "");
    say_unread(phrase, finding);
}

void words_sent_root(struct phrase *phrase, const struct finding *finding)
{
    phrase_name(phrase, "the root \"", text_or_empty(finding->subject),
                "\" that was sent");
    phrase_text(phrase, " is not in ", finding->trust, "");
    say_unread(phrase, finding);
}

void words_rejected(struct phrase *phrase, const struct finding *finding)
{
    phrase_text(phrase, "is not trusted for this use by its trust settings in ",
                finding->trust, "");
}

void words_unexplained(struct phrase *phrase, const struct finding *finding)
{
    (void)finding;
    phrase_say(phrase, "fails, and OpenSSL does not say why: a limit of it may be passed "
                       "(too many names and name constraints, say)");
}
