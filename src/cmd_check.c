/* cmd_check.c: dial, look, close, and report what there is to be known. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "columns.h"
#include "os.h"
#include "output.h"
#include "report.h"
#include "tlsdial_program.h"

#define END_WAIT 2000      /* milliseconds that the server has to end the connection */
#define REPORT_WAIT 2000   /* and the reader of a report whose run has used up its time */
#define HINT_URL_WIDTH 150 /* so that the rest of the hint has room, too */
#define PIECE 16384        /* the plaintext of the largest TLS record */

/* One run. */
struct check {
    const struct options *options;
    tlsdial_client *client;
    tlsdial_evidence *evidence; /* of the first dial, which is what is reported */
    struct report report;
    struct output chain_file;
    char *fetched; /* certificates in DER that --fetch-missing got */
    size_t fetched_length;
};

/* ---- dialling ---- */

/* How the server ends a connection that nobody wants any more is told in the report; no harm is
 * done unless it objects. */
static bool is_end(enum tlsdial_cause cause)
{
    return cause == TLSDIAL_OK || cause == TLSDIAL_TRUNCATED || cause == TLSDIAL_RESET ||
           cause == TLSDIAL_DEADLINE_TRANSFER;
}

/* Reads to the end of what the server has to say, which may be an alert: in TLS 1.3 that is how a
 * client learns that its certificate is wanted or not (RFC 8446, 4.4.2.4). The rest is dropped. */
static enum tlsdial_cause await_end(tlsdial_conn *conn, struct tlsdial_error *error)
{
    char dropped[PIECE];
    size_t n = 0;
    struct deadline deadline = deadline_after(clock_now_us(), END_WAIT);
    enum tlsdial_cause cause;
    do
        cause = tlsdial_read(conn, dropped, sizeof dropped, &n, error);
    while (cause == TLSDIAL_OK && n > 0 && !deadline_passed(deadline));
    return cause;
}

/* What is left of the run's time, bounded by a limit of a step; 0 stands for none in both. */
static int64_t time_left(const struct check *check, int64_t limit)
{
    int64_t left = options_time_left(check->options);
    return left == 0 || (limit > 0 && limit < left) ? limit : left;
}

static enum tlsdial_cause dial(struct check *check, tlsdial_evidence *evidence,
                               bool to_the_end, struct tlsdial_error *error)
{
    const struct options *options = check->options;
    struct tlsdial_error reason = {0};
    *error = (struct tlsdial_error){0};
    if (options->verbose)
        verbose_begin(options, evidence);
    struct tlsdial_options dial = dial_options(options, evidence);
    dial.max_time = time_left(check, 0);
    if (options->idle_timeout == 0 || options->idle_timeout > END_WAIT)
        dial.idle_timeout = END_WAIT;
    dial.untrusted = check->fetched;
    dial.untrusted_length = check->fetched_length;
    warn_insecure(options, NULL);
    tlsdial_conn *conn = tlsdial_dial(check->client, options->target.host,
                                      options->target.port, &dial, error);
    if (error->cause == TLSDIAL_CA_STORE)
        options_judge_file(error->cause, "the trusted certificates were", options, error);
    if (conn == NULL)
        return error->cause;
    enum tlsdial_cause cause = tlsdial_half_close(conn, &reason);
    if (cause == TLSDIAL_OK && to_the_end)
        cause = await_end(conn, &reason);
    if (!is_end(cause))
        *error = reason;
    tlsdial_evidence_ignored(evidence, error); /* which is the verdict in any case */
    tlsdial_conn_free(conn);
    return error->cause;
}

/* ---- --warn-days ---- */

/* A verified server whose certificates are not valid for much longer. */
static void check_expiry(struct check *check, struct tlsdial_error *verdict)
{
    char subject[5 * TLSDIAL_HOST_SIZE];
    if (verdict->cause != TLSDIAL_OK ||
        !tlsdial_evidence_warning(check->evidence, verdict))
        return;
    report_subject(&check->report, subject, sizeof subject);
    tlsdial_error_prefix(verdict, "%s", subject);
}

/* ---- --fetch-missing ---- */

static bool is_about_issuer(enum tlsdial_cause cause)
{
    return cause == TLSDIAL_INCOMPLETE_CHAIN || cause == TLSDIAL_UNKNOWN_CA;
}

static bool was_fetched(const struct report_diagnosis *diagnosis, const char *url)
{
    for (size_t i = 0; i < diagnosis->count; i++)
        if (strcmp(diagnosis->fetches[i].url, url) == 0)
            return true;
    return false;
}

/* Adds to the certificates that the next dial may build with. */
static bool keep_fetched(struct check *check, const void *certificates, size_t length)
{
    char *grown = realloc(check->fetched, check->fetched_length + length);
    if (grown == NULL)
        return false;
    memcpy(grown + check->fetched_length, certificates, length);
    check->fetched = grown;
    check->fetched_length += length;
    return true;
}

/* The next address of the issuer that is missing in this dial, which may have several: the first may
 * give nothing, or another certificate. NULL: there are no more, or there were enough. */
static const char *next_address(const struct check *check,
                                const tlsdial_evidence *evidence)
{
    const struct report_diagnosis *diagnosis = &check->report.diagnosis;
    const char *url;
    if (diagnosis->count == REPORT_FETCHES || deadline_passed(check->options->deadline))
        return NULL;
    for (size_t i = 0; (url = tlsdial_evidence_missing_issuer(evidence, i)) != NULL; i++)
        if (!was_fetched(diagnosis, url))
            return url;
    return NULL;
}

/* Gets what is at one address, which is the diagnosis's from then on. */
static bool fetch(struct check *check, char *url)
{
    struct report_diagnosis *diagnosis = &check->report.diagnosis;
    struct report_fetch *next = &diagnosis->fetches[diagnosis->count++];
    *next = (struct report_fetch){.url = url};
    void *certificates;
    size_t length;
    const struct tlsdial_options limits = {
        .size = sizeof limits,
        .evidence = check->evidence, /* by which the target's own network may be asked */
        .connect_timeout = check->options->connect_timeout,
        .max_time = time_left(check, 0)};
    next->fetched = tlsdial_fetch_issuers(check->client, url, &limits, &certificates,
                                          &length, &next->error) == TLSDIAL_OK &&
                    keep_fetched(check, certificates, length);
    tlsdial_free(certificates);
    if (check->options->verbose)
        verbose_escaped("%s: %s", url,
                        next->fetched ? "fetched"
                                      : next->error.message + next->error.sentence);
    return next->fetched;
}

/* What is to be done is known for certain now. */
static void set_proven_hint(const struct report_diagnosis *diagnosis,
                            struct tlsdial_error *verdict)
{
    size_t first_fetched = 0, count = 0;
    char first[HINT_URL_WIDTH + 1];
    for (size_t i = diagnosis->count; i-- > 0;)
        if (diagnosis->fetches[i].fetched) {
            first_fetched = i;
            count++;
        }
    bool one = count == 1;
    columns_fit(first, sizeof first, diagnosis->fetches[first_fetched].url,
                HINT_URL_WIDTH);
    snprintf(verdict->hint, sizeof verdict->hint,
             "with the certificate%s fetched from %s%s the chain is complete: the server "
             "should send %s",
             one ? "" : "s", first, one ? "" : " and on", one ? "it" : "them");
}

/* Dials again with the certificates that the server left out, to see whether that was all. */
static void fetch_missing(struct check *check)
{
    struct report_diagnosis *diagnosis = &check->report.diagnosis;
    tlsdial_evidence *evidence = tlsdial_evidence_new();
    enum tlsdial_cause cause = check->report.verdict.cause;
    const tlsdial_evidence *last = check->evidence;
    const char *address;
    check->report.diagnosed = true;
    while (evidence != NULL && is_about_issuer(cause) &&
           (address = next_address(check, last)) != NULL) {
        char *url = strdup(address);
        if (url == NULL)
            break;
        if (!fetch(check, url))
            continue;
        cause = dial(check, evidence, false, &diagnosis->error);
        diagnosis->dialled_again = true;
        last = evidence;
    }
    if (report_is_proven(&check->report))
        set_proven_hint(diagnosis, &check->report.verdict);
    tlsdial_evidence_free(evidence);
}

static void forget_fetches(struct report_diagnosis *diagnosis)
{
    for (size_t i = 0; i < diagnosis->count; i++)
        free(diagnosis->fetches[i].url);
}

/* ---- what comes out ---- */

/* A run that has used up its time still tells what it came to. */
static struct deadline output_deadline(const struct check *check)
{
    struct deadline soon = deadline_after(clock_now_us(), REPORT_WAIT);
    return check->options->deadline.at > soon.at ? check->options->deadline : soon;
}

static enum tlsdial_cause save_chain(struct check *check, struct tlsdial_error *error)
{
    const struct tlsdial_certificate *certificate;
    enum tlsdial_cause cause = TLSDIAL_OK;
    size_t i = 0;
    if (check->options->save_chain == NULL)
        return TLSDIAL_OK;
    check->chain_file.deadline = output_deadline(check);
    for (; cause == TLSDIAL_OK && (certificate = tlsdial_evidence_certificate(
                                       check->evidence, TLSDIAL_CHAIN_SENT, i)) != NULL;
         i++) {
        char *pem = report_pem(certificate);
        cause = pem != NULL
                    ? output_write(&check->chain_file, pem, strlen(pem), error)
                    : tlsdial_error_set(error, TLSDIAL_INTERNAL, 0, "out of memory");
        free(pem);
    }
    if (cause == TLSDIAL_OK && i > 0)
        cause = output_commit(&check->chain_file, error);
    return cause;
}

static enum tlsdial_cause print_report(struct check *check, struct tlsdial_error *error)
{
    struct output output;
    if (check->options->quiet)
        return TLSDIAL_OK;
    char *text = check->options->format == OPTIONS_JSON
                     ? report_json(&check->report)
                     : report_text(&check->report, os_shows_colour(OS_STANDARD_OUTPUT));
    if (text == NULL)
        return tlsdial_error_set(error, TLSDIAL_INTERNAL, 0, "out of memory");
    enum tlsdial_cause cause = output_open(&output, NULL, output_deadline(check), error);
    if (cause == TLSDIAL_OK)
        cause = output_write(&output, text, strlen(text), error);
    if (cause == TLSDIAL_OK)
        cause = output_commit(&output, error);
    free(text);
    return cause;
}

static enum tlsdial_cause run(struct check *check, struct tlsdial_error *error)
{
    struct tlsdial_error *verdict = &check->report.verdict;
    struct tlsdial_error unsaved = {0};
    enum tlsdial_cause cause = tlsdial_client_set_expiry_warning(
        check->client, (int64_t)check->options->warn_days * REPORT_DAY, error);
    if (cause != TLSDIAL_OK)
        return cause;
    if (check->options->save_chain != NULL)
        cause = output_open(&check->chain_file, check->options->save_chain,
                            check->options->deadline, error);
    if (cause != TLSDIAL_OK)
        return cause;
    dial(check, check->evidence, true, verdict);
    if (check->options->fetch_missing && is_about_issuer(verdict->cause))
        fetch_missing(check);
    check_expiry(check, verdict);
    /* What was asked for and cannot be had is an error whatever the verdict, which is told too. */
    save_chain(check, &unsaved);
    cause = print_report(check, error);
    if (cause == TLSDIAL_OK)
        *error = unsaved.cause != TLSDIAL_OK ? unsaved : *verdict;
    return error->cause;
}

enum tlsdial_cause cmd_check(tlsdial_client *client, const struct options *options,
                             struct tlsdial_error *error)
{
    int64_t now = (int64_t)time(NULL);
    struct check check = {
        .options = options, .client = client, .evidence = tlsdial_evidence_new()};
    enum tlsdial_cause cause;
    check.report =
        (struct report){.options = options,
                        .evidence = check.evidence,
                        .time = now,
                        .verify_time = options->attime >= 0 ? options->attime : now};
    cause = check.evidence != NULL
                ? run(&check, error)
                : tlsdial_error_set(error, TLSDIAL_INTERNAL, 0, "out of memory");
    output_discard(&check.chain_file);
    forget_fetches(&check.report.diagnosis);
    free(check.fetched);
    tlsdial_evidence_free(check.evidence);
    return cause;
}
