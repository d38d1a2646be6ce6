/* report_chain.c: the server's certificates as a tree, from leaf to trust anchor. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "report_text.h"

#define INDENT 3       /* columns to a level of the tree */
#define MOST_INDENTS 6 /* then it goes straight down */
#define PINS_SHOWN 4   /* further down the tree the line has no room for one */
#define NAMES_SHOWN 8
#define NAME_WIDTH 50

/* Spaces, then how a line of the tree begins. */
struct margin {
    char text[TEXT_LABEL + INDENT * MOST_INDENTS + INDENT + 1];
};

static struct margin margin_at(size_t level, const char *begin)
{
    struct margin margin;
    size_t indents = level < MOST_INDENTS ? level : MOST_INDENTS;
    snprintf(margin.text, sizeof margin.text, "%*s%s",
             (int)(TEXT_LABEL + INDENT * indents), "", begin);
    return margin;
}

/* The line that names a certificate; the first one has the label of the whole. */
static void add_name(struct columns *columns, enum columns_style style, size_t depth,
                     const char *name)
{
    struct margin margin = margin_at(depth > 0 ? depth - 1 : 0, depth > 0 ? "`- " : "");
    if (depth == 0)
        memcpy(margin.text, "chain", strlen("chain"));
    columns_cut(columns, style, margin.text, name);
}

/* ---- one certificate ---- */

static void print_validity(char *to, size_t size, const struct report *report,
                           const struct tlsdial_certificate *certificate)
{
    char from[TLSDIAL_TIME_SIZE], until[TLSDIAL_TIME_SIZE], days[40];
    int64_t now = report->verify_time;
    bool expired = now > certificate->not_after;
    bool early = !expired && now < certificate->not_before;
    int64_t count = expired ? report_days(certificate->not_after, now)
                    : early ? report_days(now, certificate->not_before)
                            : report_days(now, certificate->not_after);
    tlsdial_time_format(from, certificate->not_before);
    tlsdial_time_format(until, certificate->not_after);
    report_days_text(days, sizeof days, count);
    if (!certificate->has_not_before || !certificate->has_not_after) {
        snprintf(to, size, "%.10s to %.10s",
                 certificate->has_not_before ? from : "unreadable",
                 certificate->has_not_after ? until : "unreadable");
        return;
    }
    snprintf(to, size, "%.10s to %.10s, %s%s%s", from, until,
             expired ? "expired "
             : early ? "begins in "
                     : "",
             days,
             expired ? " ago"
             : early ? ""
                     : " left");
}

static const char *origin(const struct report *report,
                          const struct tlsdial_certificate *certificate, bool anchor)
{
    bool sent = report_was_sent(report, certificate);
    if (anchor)
        return sent ? "trust anchor, sent too" : "trust anchor";
    if (sent)
        return "sent";
    return report->options->untrusted ? "not sent" : "from the trust store";
}

static void print_key(char *to, size_t size,
                      const struct tlsdial_certificate *certificate)
{
    const char *group = certificate->key_group;
    const char *algorithm = certificate->signature_algorithm;
    snprintf(to, size, "key %s, %d bits%s%s%s; signed with %s",
             *certificate->key_type != '\0' ? certificate->key_type : "of unknown type",
             certificate->key_bits, group != NULL ? " (" : "", group != NULL ? group : "",
             group != NULL ? ")" : "",
             *algorithm != '\0' ? algorithm : "an unknown algorithm");
}

/* "for www.example.org, example.org and 3 more" */
static void print_names(char *to, size_t size,
                        const struct tlsdial_certificate *certificate)
{
    size_t count = 0, used = (size_t)snprintf(to, size, "for ");
    for (; certificate->names[count] != NULL; count++) {
        char name[4 * NAME_WIDTH + 1];
        if (count >= NAMES_SHOWN)
            continue;
        columns_fit(name, sizeof name, certificate->names[count], NAME_WIDTH);
        used +=
            (size_t)snprintf(to + used, size - used, "%s%s", count > 0 ? ", " : "", name);
    }
    if (count == 0)
        snprintf(to, size, "for no name");
    else if (count > NAMES_SHOWN)
        snprintf(to + used, size - used, " and %zu more", count - NAMES_SHOWN);
}

/* "! expired, weak": the tokens of its findings; their reasons are said elsewhere. */
static void add_marks(struct columns *columns, const struct report *report, size_t depth,
                      const char *margin)
{
    char marks[256] = "!";
    size_t used = strlen(marks);
    bool expires_soon = false;
    const struct tlsdial_finding *finding;
    for (size_t i = 0; (finding = tlsdial_evidence_finding(report->evidence, i)) != NULL;
         i++) {
        const char *token = tlsdial_cause_token(finding->cause);
        if (finding->depth != (int)depth)
            continue;
        if (finding->cause == TLSDIAL_EXPIRES_SOON)
            expires_soon = true;
        else if (strstr(marks, token) == NULL && used + strlen(token) + 3 < sizeof marks)
            used += (size_t)snprintf(marks + used, sizeof marks - used, "%s %s",
                                     used > 1 ? "," : "", token);
    }
    if (used > 1)
        columns_wrap(columns, COLUMNS_BAD, margin, margin, marks);
    if (expires_soon)
        columns_wrap(columns, COLUMNS_CAUTION, margin, margin, "! expires-soon");
}

static void add_certificate(struct columns *columns, const struct report *report,
                            const struct tlsdial_certificate *certificate, size_t depth,
                            bool last, bool anchor)
{
    char line[NAMES_SHOWN * (4 * NAME_WIDTH + 3) + 64];
    struct margin margin = margin_at(depth, last ? "" : "|  ");
    char validity[96];
    add_name(columns, COLUMNS_STRONG, depth,
             *certificate->subject != '\0' ? certificate->subject : "(no subject)");
    add_marks(columns, report, depth, margin.text);
    print_validity(validity, sizeof validity, report, certificate);
    snprintf(line, sizeof line, "%s; %s", origin(report, certificate, anchor), validity);
    columns_wrap(columns, COLUMNS_PLAIN, margin.text, margin.text, line);
    print_key(line, sizeof line, certificate);
    columns_wrap(columns, COLUMNS_PLAIN, margin.text, margin.text, line);
    if (depth < PINS_SHOWN && certificate->pin != NULL) {
        snprintf(line, sizeof line, "pin %s", certificate->pin);
        columns_wrap(columns, COLUMNS_PLAIN, margin.text, margin.text, line);
    }
    if (depth > 0)
        return;
    print_names(line, sizeof line, certificate);
    columns_wrap(columns, COLUMNS_PLAIN, margin.text, margin.text, line);
}

/* ---- the chain ---- */

/* Where the chain ends at no trusted certificate because the issuer of the last one, which is no
 * root, was not found: what would come next. */
static bool lacks_issuer(const struct report *report,
                         const struct tlsdial_certificate *last)
{
    const struct tlsdial_finding *finding;
    bool untrusted = false;
    for (size_t i = 0; (finding = tlsdial_evidence_finding(report->evidence, i)) != NULL;
         i++)
        untrusted = untrusted || finding->cause == TLSDIAL_UNKNOWN_CA ||
                    finding->cause == TLSDIAL_INCOMPLETE_CHAIN;
    return untrusted && last != NULL && !last->self_issued;
}

static void add_missing(struct columns *columns, size_t depth,
                        const struct tlsdial_certificate *last)
{
    char name[4 * COLUMNS_WIDTH];
    columns_fit(name, sizeof name, last->issuer, COLUMNS_WIDTH);
    char line[sizeof name + 16];
    snprintf(line, sizeof line, "missing: %s", name);
    add_name(columns, COLUMNS_BAD, depth, line);
}

static void add_built(struct columns *columns, const struct report *report, size_t length)
{
    const struct tlsdial_certificate *certificate = NULL;
    bool anchored = report_is_anchored(report);
    char more[64];
    for (size_t i = 0; i < length && i < TEXT_LIST; i++) {
        bool last = i + 1 == length;
        certificate =
            tlsdial_evidence_certificate(report->evidence, TLSDIAL_CHAIN_BUILT, i);
        add_certificate(columns, report, certificate, i,
                        last && !lacks_issuer(report, certificate), last && anchored);
    }
    if (length > TEXT_LIST) {
        snprintf(more, sizeof more, "and %zu more", length - TEXT_LIST);
        add_name(columns, COLUMNS_PLAIN, TEXT_LIST, more);
    } else if (lacks_issuer(report, certificate)) {
        add_missing(columns, length, certificate);
    }
}

static bool is_built(const struct report *report, const struct tlsdial_certificate *sent)
{
    const struct tlsdial_certificate *built;
    for (size_t i = 0; (built = tlsdial_evidence_certificate(
                            report->evidence, TLSDIAL_CHAIN_BUILT, i)) != NULL;
         i++)
        if (built->der_length == sent->der_length &&
            memcmp(built->der, sent->der, sent->der_length) == 0)
            return true;
    return false;
}

/* What was sent and is of no use here: the wrong intermediate, mostly. */
static void add_unused(struct columns *columns, const struct report *report)
{
    const struct tlsdial_certificate *certificate;
    size_t count = 0;
    char more[64];
    for (size_t i = 0; (certificate = tlsdial_evidence_certificate(
                            report->evidence, TLSDIAL_CHAIN_SENT, i)) != NULL;
         i++)
        if (!is_built(report, certificate) && count++ < TEXT_LIST)
            columns_cut(columns, COLUMNS_PLAIN,
                        count == 1 ? "unused    sent, too: " : "          ",
                        certificate->subject);
    if (count > TEXT_LIST) {
        snprintf(more, sizeof more, "and %zu more", count - TEXT_LIST);
        text_row(columns, COLUMNS_PLAIN, "", more);
    }
}

void text_chain(struct columns *columns, const struct report *report)
{
    size_t length = report_chain_length(report, TLSDIAL_CHAIN_BUILT);
    if (length > 0)
        add_built(columns, report, length);
    add_unused(columns, report);
}
