/* words_revocation.c: findings of revocation in words; see words_revocation.h. */
#include <config.h>

#include "x509/words_revocation.h"

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

void words_revoked(struct phrase *phrase, const struct finding *finding)
{
    bool staple = finding->kind == FINDING_STAPLE_REVOKED;
    if (!staple && !finding->has_time) {
        phrase_say(phrase, "is revoked");
        return;
    }
    phrase_time(phrase, "was revoked on ", finding);
    phrase_say(phrase, " (%s), says ",
               revocation_reason_name(finding->revocation_reason));
    if (staple)
        phrase_say(phrase, "its OCSP staple");
    else
        phrase_name(phrase, "the CRL of \"", text_or_empty(finding->issuer), "\"");
}

void words_crl(struct phrase *phrase, const struct finding *finding)
{
    const char *issuer = text_or_empty(finding->issuer);
    if (finding->kind == FINDING_CRL_ABSENT) {
        phrase_name(phrase, "cannot be checked: there is no CRL of \"", issuer,
                    "\" for it");
        phrase_text(phrase, "; its distribution point is ", finding->url, "");
    } else if (finding->kind == FINDING_CRL_OUT_OF_SCOPE) {
        phrase_name(phrase, "cannot be checked with the CRL of \"", issuer, "\": ");
        if (finding->detail != NULL && *finding->detail != '\0')
            phrase_text(phrase, "", finding->detail, "");
        else
            phrase_text(phrase, "it is for the distribution point ", finding->url,
                        ", which the certificate does not name");
    } else if (finding->kind == FINDING_CRL_UNUSABLE) {
        phrase_name(phrase, "cannot be checked with the CRL of \"", issuer, "\": ");
        phrase_text(phrase, "", finding->detail, "");
    } else {
        phrase_name(phrase, "cannot be checked: the CRL of \"", issuer, "\" ");
        phrase_time(phrase,
                    finding->kind == FINDING_CRL_EXPIRED ? "expired on "
                                                         : "is not valid before ",
                    finding);
    }
}

void words_staple_missing(struct phrase *phrase, const struct finding *finding)
{
    phrase_say(phrase, "%s and ",
               finding->demanded ? "demands an OCSP staple (must-staple)"
                                 : "is to come with an OCSP staple");
    phrase_text(phrase, "", finding->detail, "");
}
