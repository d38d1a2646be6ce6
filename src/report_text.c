/* report_text.c: the report for people. The answer comes first, then what to do, then the facts. */
#include <config.h>

#include "report_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BAR_WIDTH 44

void text_row(struct columns *columns, enum columns_style style, const char *label,
              const char *text)
{
    char first[TEXT_LABEL + 1];
    snprintf(first, sizeof first, "%-*s", TEXT_LABEL, label);
    columns_wrap(columns, style, first, TEXT_LABEL_SPACE, text);
}

/* ---- the verdict ---- */

/* Fills the sentence of the verdict. The message of the library goes on with the other findings;
 * those have lines of their own here. */
static void print_sentence(char *to, size_t size, const struct report *report)
{
    const struct tlsdial_certificate *first = report_first_to_expire(report);
    const struct tlsdial_finding *finding = report_main_finding(report);
    const struct tlsdial_error *verdict = &report->verdict;
    if (verdict->cause == TLSDIAL_OK && first != NULL) {
        char days[40], date[TLSDIAL_TIME_SIZE];
        int64_t left = report_days(report->verify_time, first->not_after);
        report_days_text(days, sizeof days, left);
        tlsdial_time_format(date, first->not_after);
        if (left >= 0)
            snprintf(to, size, "verified, and valid for %s", days);
        else
            snprintf(
                to, size,
                "verified by a TLSA record, which does not look at dates: expired on "
                "%.10s",
                date);
        return;
    }
    snprintf(to, size, "%s",
             finding != NULL ? finding->sentence : verdict->message + verdict->sentence);
}

static void add_verdict(struct columns *columns, const struct report *report)
{
    enum tlsdial_cause cause = report->verdict.cause;
    enum columns_style style = cause == TLSDIAL_OK             ? COLUMNS_GOOD
                               : cause == TLSDIAL_EXPIRES_SOON ? COLUMNS_CAUTION
                                                               : COLUMNS_BAD;
    char subject[5 * TLSDIAL_HOST_SIZE], sentence[2 * TLSDIAL_MESSAGE_SIZE];
    char line[sizeof subject + sizeof sentence + 64];
    report_subject(report, subject, sizeof subject);
    print_sentence(sentence, sizeof sentence, report);
    snprintf(line, sizeof line, "%s: %s: %s", tlsdial_cause_token(cause), subject,
             sentence);
    columns_wrap(columns, style, "", "  ", line);
    if (*report->verdict.hint != '\0')
        columns_wrap(columns, report_is_proven(report) ? COLUMNS_GOOD : COLUMNS_PLAIN,
                     "-> ", "   ", report->verdict.hint);
}

static void print_failure(char *to, size_t size, const struct report_fetch *fetch)
{
    const char *sentence = fetch->error.message + fetch->error.sentence;
    bool named = strstr(sentence, fetch->url) != NULL;
    snprintf(to, size, "not fetched: %.900s%s%s", named ? "" : fetch->url,
             named ? "" : ": ", sentence);
}

/* What --fetch-missing found out, as far as the hint does not tell it. */
static void add_diagnosis(struct columns *columns, const struct report *report)
{
    const struct report_diagnosis *diagnosis = &report->diagnosis;
    char line[TLSDIAL_MESSAGE_SIZE + 64];
    if (!report->diagnosed || (report_is_proven(report) && diagnosis->count == 1))
        return;
    if (diagnosis->count == 0)
        columns_wrap(columns, COLUMNS_CAUTION, "-> ", "   ",
                     "not fetched: no certificate says where the missing issuer is "
                     "to be had");
    for (size_t i = 0; i < diagnosis->count; i++) {
        const struct report_fetch *fetch = &diagnosis->fetches[i];
        if (fetch->fetched)
            snprintf(line, sizeof line, "fetched %.900s", fetch->url);
        else
            print_failure(line, sizeof line, fetch);
        columns_wrap(columns, fetch->fetched ? COLUMNS_PLAIN : COLUMNS_CAUTION, "-> ",
                     "   ", line);
    }
    if (!diagnosis->dialled_again || report_is_proven(report))
        return;
    snprintf(line, sizeof line, "with what was fetched: %s: %s",
             tlsdial_cause_token(diagnosis->error.cause),
             diagnosis->error.message + diagnosis->error.sentence);
    columns_wrap(columns, COLUMNS_CAUTION, "-> ", "   ", line);
}

/* The trust store that is not set up is why the chain is not trusted. */
static bool is_explained(const struct report *report,
                         const struct tlsdial_finding *finding)
{
    return report->verdict.cause == TLSDIAL_CA_STORE &&
           (finding->cause == TLSDIAL_UNKNOWN_CA ||
            finding->cause == TLSDIAL_INCOMPLETE_CHAIN ||
            finding->cause == TLSDIAL_SELF_SIGNED);
}

/* The findings that the verdict is not about, with their hints. */
static void add_other_findings(struct columns *columns, const struct report *report)
{
    const struct tlsdial_finding *main = report_main_finding(report), *finding;
    const char *before = ""; /* a hint is given once */
    size_t shown = 0;
    char line[2 * TLSDIAL_MESSAGE_SIZE], subject[256];
    for (size_t i = 0; (finding = tlsdial_evidence_finding(report->evidence, i)) != NULL;
         i++) {
        if (finding == main || is_explained(report, finding) || shown++ >= TEXT_LIST)
            continue;
        columns_fit(subject, sizeof subject, finding->subject, 60);
        snprintf(line, sizeof line, "%s: \"%s\" %.1000s",
                 tlsdial_cause_token(finding->cause), subject, finding->reason);
        text_row(columns,
                 finding->cause == TLSDIAL_EXPIRES_SOON ? COLUMNS_CAUTION : COLUMNS_BAD,
                 shown == 1 ? "also" : "", line);
        bool is_new = strcmp(finding->hint, report->verdict.hint) != 0 &&
                      strcmp(finding->hint, before) != 0;
        before = finding->hint;
        if (*finding->hint != '\0' && is_new)
            columns_wrap(columns, COLUMNS_PLAIN, TEXT_LABEL_SPACE "-> ",
                         TEXT_LABEL_SPACE "   ", finding->hint);
    }
    if (shown > TEXT_LIST) {
        snprintf(line, sizeof line, "and %zu more", shown - TEXT_LIST);
        text_row(columns, COLUMNS_PLAIN, "", line);
    }
}

/* ---- the connection ---- */

/* Adds ", TEXT" to a list; NULL adds nothing. */
static void append(char *to, size_t size, const char *separator, const char *text)
{
    size_t used = strlen(to);
    if (text != NULL)
        snprintf(to + used, size - used, "%s%s", used > 0 ? separator : "", text);
}

static void add_client_certificate(struct columns *columns,
                                   const tlsdial_evidence *evidence)
{
    char text[320];
    const char *name;
    if (!tlsdial_evidence_certificate_requested(evidence))
        return;
    text_row(
        columns, COLUMNS_PLAIN, "client",
        tlsdial_evidence_certificate_sent(evidence)
            ? "the server asked for a certificate; one was sent, accepted is not known"
            : "the server asked for a certificate; none was sent");
    for (size_t i = 0; (name = tlsdial_evidence_client_ca(evidence, i)) != NULL; i++) {
        columns_fit(text, sizeof text, name, COLUMNS_WIDTH - TEXT_LABEL);
        text_row(columns, COLUMNS_PLAIN, i == 0 ? "accepts" : "", text);
    }
}

static void add_parameters(struct columns *columns, const struct report *report)
{
    const tlsdial_evidence *evidence = report->evidence;
    const char *alpn = tlsdial_evidence_alpn(evidence);
    const char *staple = tlsdial_evidence_staple(evidence);
    bool resumed = false;
    char line[512] = "", text[320];
    append(line, sizeof line, ", ", tlsdial_evidence_protocol(evidence));
    append(line, sizeof line, ", ", tlsdial_evidence_cipher(evidence));
    append(line, sizeof line, ", ", tlsdial_evidence_group(evidence));
    append(line, sizeof line, ", ", tlsdial_evidence_signature(evidence));
    if (tlsdial_evidence_resumed(evidence, &resumed) && resumed)
        append(line, sizeof line, ", ", "resumed");
    if (*line != '\0')
        text_row(columns, COLUMNS_PLAIN, "TLS", line);
    if (alpn != NULL) {
        columns_fit(text, sizeof text, alpn, COLUMNS_WIDTH - TEXT_LABEL);
        text_row(columns, COLUMNS_PLAIN, "ALPN", text);
    }
    add_client_certificate(columns, evidence);
    if (staple != NULL) {
        snprintf(line, sizeof line, "stapled: %s", staple);
        text_row(columns, strcmp(staple, "good") == 0 ? COLUMNS_PLAIN : COLUMNS_CAUTION,
                 "OCSP", line);
    }
}

static void add_attempts(struct columns *columns, const struct report *report)
{
    const struct tlsdial_attempt *attempt;
    size_t found = 0, i = 0;
    char line[512];
    bool known = tlsdial_evidence_addresses(report->evidence, &found);
    for (; (attempt = tlsdial_evidence_attempt(report->evidence, i)) != NULL; i++) {
        if (i >= TEXT_LIST)
            continue;
        snprintf(line, sizeof line, "%s port %s: %s (%.1f ms)", attempt->address,
                 attempt->port,
                 attempt->cause == TLSDIAL_OK ? "connected" : attempt->reason,
                 (double)attempt->microseconds / 1000.0);
        text_row(columns, attempt->cause == TLSDIAL_OK ? COLUMNS_PLAIN : COLUMNS_CAUTION,
                 i == 0 ? "tried" : "", line);
    }
    if (i > TEXT_LIST) {
        snprintf(line, sizeof line, "and %zu more", i - TEXT_LIST);
        text_row(columns, COLUMNS_PLAIN, "", line);
    }
    if (known && found > i) {
        snprintf(line, sizeof line, "%zu of the %zu addresses found were not needed",
                 found - i, found);
        text_row(columns, COLUMNS_PLAIN, i == 0 ? "tried" : "", line);
    }
}

/* One step of the time line: "handshake    9.2 ms      ########". */
static void add_step(struct columns *columns, const char *label, const char *name,
                     int64_t from, int64_t until, int64_t total)
{
    char line[COLUMNS_WIDTH + 1], bar[BAR_WIDTH + 1];
    int begin = total > 0 ? (int)(from * BAR_WIDTH / total) : 0;
    int end = total > 0 ? (int)((until * BAR_WIDTH + total - 1) / total) : 0;
    begin = begin < BAR_WIDTH ? begin : BAR_WIDTH - 1;
    end = end > begin ? end : begin + 1;
    memset(bar, ' ', sizeof bar);
    memset(bar + begin, '#', (size_t)(end - begin));
    bar[end] = '\0';
    snprintf(line, sizeof line, "%-10s%-10s%9.1f ms  %s", label, name,
             (double)(until - from) / 1000.0, bar);
    columns_cut(columns, COLUMNS_PLAIN, "", line);
}

static void add_times(struct columns *columns, const struct report *report)
{
    static const struct {
        enum tlsdial_step step;
        const char *name;
    } steps[] = {{TLSDIAL_STEP_RESOLVE, "lookup"},
                 {TLSDIAL_STEP_CONNECT, "connect"},
                 {TLSDIAL_STEP_HANDSHAKE, "handshake"},
                 {TLSDIAL_STEP_FIRST_BYTE, "first byte"}};
    const size_t count = sizeof steps / sizeof steps[0];
    int64_t times[4], total = 0, before = 0;
    size_t happened = 0;
    for (size_t i = 0; i < count; i++) {
        times[i] = -1;
        if (tlsdial_evidence_time(report->evidence, steps[i].step, &times[i])) {
            total = times[i];
            happened++;
        }
    }
    for (size_t i = 0, shown = 0; i < count; i++) {
        if (times[i] < 0)
            continue;
        add_step(columns, shown++ == 0 ? "time" : "", steps[i].name, before, times[i],
                 total);
        before = times[i];
    }
    if (happened > 1) {
        char line[64];
        snprintf(line, sizeof line, "%-10s%9.1f ms", "total", (double)total / 1000.0);
        columns_cut(columns, COLUMNS_PLAIN, TEXT_LABEL_SPACE, line);
    }
}

static const char *end_in_words(enum tlsdial_cause how)
{
    switch (how) {
    case TLSDIAL_OK:
        return "by the server, with close_notify";
    case TLSDIAL_TRUNCATED:
        return "by the server, without close_notify";
    case TLSDIAL_RESET:
        return "by a reset";
    case TLSDIAL_TLS_ERROR:
        return "by a fatal alert, or a bad record";
    default:
        return tlsdial_cause_phrase(how);
    }
}

static void add_end(struct columns *columns, const struct report *report)
{
    uint64_t received, sent;
    enum tlsdial_cause how;
    char line[128], time[TLSDIAL_TIME_SIZE], verify_time[TLSDIAL_TIME_SIZE];
    if (tlsdial_evidence_bytes(report->evidence, &received, &sent)) {
        snprintf(line, sizeof line, "%llu received, %llu sent",
                 (unsigned long long)received, (unsigned long long)sent);
        text_row(columns, COLUMNS_PLAIN, "bytes", line);
    }
    if (tlsdial_evidence_end(report->evidence, &how))
        text_row(columns, COLUMNS_PLAIN, "closed", end_in_words(how));
    tlsdial_time_format(time, report->time);
    tlsdial_time_format(verify_time, report->verify_time);
    snprintf(line, sizeof line, "%s%s%s", time,
             report->options->attime >= 0 ? ", for the time " : "",
             report->options->attime >= 0 ? verify_time : "");
    text_row(columns, COLUMNS_PLAIN, "checked", line);
}

char *report_text(const struct report *report, bool colour)
{
    struct columns columns = {.colour = colour};
    add_verdict(&columns, report);
    add_diagnosis(&columns, report);
    columns_gap(&columns);
    add_other_findings(&columns, report);
    text_chain(&columns, report);
    add_parameters(&columns, report);
    add_attempts(&columns, report);
    add_times(&columns, report);
    add_end(&columns, report);
    if (!columns.failed)
        return columns.text;
    free(columns.text);
    return NULL;
}
