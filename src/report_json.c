/*
 * report_json.c: the report for programs, as doc/tlsdial-check.schema.json describes it.
 *
 * Every key is always there; what did not happen is null.  All text is escaped by
 * tlsdial_text_escape(), after which it is UTF-8, whatever the peer sent: that of the library
 * comes so, that of the user, such as a path, is escaped here.
 */
#include <config.h>

#include "report.h"

#ifdef HAVE_JANSSON

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT_VERSION 1

enum tlsdial_cause report_json_usable(struct tlsdial_error *error)
{
    (void)error;
    return TLSDIAL_OK;
}

/* Each function below gives a new reference, or NULL when out of memory, which json_object_set_new()
 * and json_array_append_new() then report in their turn: *ok becomes false once and for all. */

static json_t *unescaped_text(const char *from)
{
    if (from == NULL)
        return json_null();
    size_t size = 4 * strlen(from) + 1;
    char *escaped = malloc(size);
    if (escaped == NULL)
        return NULL;
    tlsdial_text_escape(escaped, size, from);
    json_t *value = json_string(escaped);
    free(escaped);
    return value;
}

/* What is not UTF-8 all the same does not cost the report. */
static json_t *text(const char *escaped)
{
    json_t *value = escaped != NULL ? json_string(escaped) : json_null();
    return value != NULL ? value : unescaped_text(escaped);
}

static json_t *text_or_null(const char *from)
{
    return text(from != NULL && *from != '\0' ? from : NULL);
}

static json_t *number_or_null(bool known, int64_t number)
{
    return known ? json_integer((json_int_t)number) : json_null();
}

static json_t *boolean_or_null(bool known, bool value)
{
    return known ? json_boolean(value) : json_null();
}

static json_t *moment(int64_t seconds)
{
    char time[TLSDIAL_TIME_SIZE];
    tlsdial_time_format(time, seconds);
    return json_string(time);
}

static json_t *moment_or_null(bool known, int64_t seconds)
{
    return known ? moment(seconds) : json_null();
}

static void set(json_t *object, const char *key, json_t *value, bool *ok)
{
    if (json_object_set_new(object, key, value) != 0)
        *ok = false;
}

static void set_text(json_t *object, const char *key, const char *from, bool *ok)
{
    set(object, key, text(from), ok);
}

static void append(json_t *array, json_t *value, bool *ok)
{
    if (json_array_append_new(array, value) != 0)
        *ok = false;
}

static void set_cause(json_t *object, enum tlsdial_cause cause, bool *ok)
{
    set(object, "status", json_integer(cause), ok);
    set(object, "token", json_string(tlsdial_cause_token(cause)), ok);
}

/* ---- the parts ---- */

static json_t *target(const struct report *report, bool *ok)
{
    json_t *object = json_object();
    set(object, "host", unescaped_text(report->options->target.host), ok);
    set(object, "name", unescaped_text(report->options->target.name), ok);
    set(object, "port", unescaped_text(report->options->target.port), ok);
    return object;
}

static json_t *verdict(const struct tlsdial_error *error, bool *ok)
{
    json_t *object = json_object();
    set_cause(object, error->cause, ok);
    set_text(object, "message",
             error->cause != TLSDIAL_OK ? error->message
                                        : tlsdial_cause_phrase(TLSDIAL_OK),
             ok);
    set(object, "hint", text_or_null(error->hint), ok);
    return object;
}

static json_t *attempts(const tlsdial_evidence *evidence, bool *ok)
{
    const struct tlsdial_attempt *attempt;
    json_t *array = json_array();
    for (size_t i = 0; (attempt = tlsdial_evidence_attempt(evidence, i)) != NULL; i++) {
        json_t *object = json_object();
        set_text(object, "address", attempt->address, ok);
        set_text(object, "port", attempt->port, ok);
        set_cause(object, attempt->cause, ok);
        set(object, "reason", text_or_null(attempt->reason), ok);
        set(object, "microseconds", json_integer(attempt->microseconds), ok);
        append(array, object, ok);
    }
    return array;
}

static json_t *addresses(const tlsdial_evidence *evidence, bool *ok)
{
    size_t count = 0;
    json_t *object = json_object();
    bool known = tlsdial_evidence_addresses(evidence, &count);
    set(object, "found", number_or_null(known, (int64_t)count), ok);
    set(object, "tried", attempts(evidence, ok), ok);
    return object;
}

static json_t *trust(const tlsdial_evidence *evidence, bool *ok)
{
    static const char *const kinds[] = {[TLSDIAL_TRUST_FILE] = "file",
                                        [TLSDIAL_TRUST_DIRECTORY] = "directory",
                                        [TLSDIAL_TRUST_STORE] = "store"};
    const struct tlsdial_trust *place;
    json_t *array = json_array();
    for (size_t i = 0; (place = tlsdial_evidence_trust(evidence, i)) != NULL; i++) {
        json_t *object = json_object();
        set(object, "path", unescaped_text(place->path), ok);
        set(object, "kind", json_string(kinds[place->kind]), ok);
        set(object, "certificates",
            number_or_null(place->kind != TLSDIAL_TRUST_STORE,
                           (int64_t)place->certificates),
            ok);
        set(object, "unread",
            place->unread != NULL ? unescaped_text(place->unread) : json_null(), ok);
        append(array, object, ok);
    }
    return array;
}

static json_t *times(const tlsdial_evidence *evidence, bool *ok)
{
    static const struct {
        enum tlsdial_step step;
        const char *key;
    } steps[] = {
        {TLSDIAL_STEP_RESOLVE, "resolve"},     {TLSDIAL_STEP_CONNECT, "connect"},
        {TLSDIAL_STEP_HANDSHAKE, "handshake"}, {TLSDIAL_STEP_FIRST_BYTE, "first_byte"},
        {TLSDIAL_STEP_CLOSED, "closed"},       {TLSDIAL_STEP_PEER_CLOSED, "peer_closed"}};
    json_t *object = json_object();
    int64_t total = -1;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        int64_t time = -1;
        bool happened = tlsdial_evidence_time(evidence, steps[i].step, &time);
        set(object, steps[i].key, number_or_null(happened, time), ok);
        total = happened && time > total ? time : total;
    }
    set(object, "total", number_or_null(total >= 0, total), ok);
    return object;
}

static json_t *client_cas(const tlsdial_evidence *evidence, bool *ok)
{
    json_t *array = json_array();
    const char *name;
    for (size_t i = 0; (name = tlsdial_evidence_client_ca(evidence, i)) != NULL; i++)
        *ok = json_array_append_new(array, text_or_null(name)) == 0 && *ok;
    return array;
}

static json_t *parameters(const tlsdial_evidence *evidence, bool *ok)
{
    bool resumed = false, known = tlsdial_evidence_resumed(evidence, &resumed);
    int64_t time;
    bool shaken = tlsdial_evidence_time(evidence, TLSDIAL_STEP_HANDSHAKE, &time);
    json_t *object = json_object();
    set_text(object, "protocol", tlsdial_evidence_protocol(evidence), ok);
    set_text(object, "cipher", tlsdial_evidence_cipher(evidence), ok);
    set_text(object, "group", tlsdial_evidence_group(evidence), ok);
    set_text(object, "signature", tlsdial_evidence_signature(evidence), ok);
    set_text(object, "alpn", tlsdial_evidence_alpn(evidence), ok);
    set(object, "resumed", boolean_or_null(known, resumed), ok);
    set(object, "certificate_requested",
        boolean_or_null(shaken, tlsdial_evidence_certificate_requested(evidence)), ok);
    set(object, "certificate_sent",
        boolean_or_null(shaken, tlsdial_evidence_certificate_sent(evidence)), ok);
    set(object, "client_cas", client_cas(evidence, ok), ok);
    set_text(object, "ocsp_staple", tlsdial_evidence_staple(evidence), ok);
    return object;
}

static json_t *certificate_key(const struct tlsdial_certificate *certificate, bool *ok)
{
    json_t *object = json_object();
    set(object, "type", text_or_null(certificate->key_type), ok);
    set_text(object, "group", certificate->key_group, ok);
    set(object, "bits",
        number_or_null(certificate->key_bits > 0, (int64_t)certificate->key_bits), ok);
    return object;
}

static json_t *certificate_json(const struct report *report,
                                const struct tlsdial_certificate *certificate, bool *ok)
{
    json_t *object = json_object(), *names = json_array();
    char *pem = report_pem(certificate);
    set_text(object, "subject", certificate->subject, ok);
    set_text(object, "issuer", certificate->issuer, ok);
    set_text(object, "serial", certificate->serial, ok);
    set(object, "not_before",
        moment_or_null(certificate->has_not_before, certificate->not_before), ok);
    set(object, "not_after",
        moment_or_null(certificate->has_not_after, certificate->not_after), ok);
    set(object, "days_left",
        number_or_null(certificate->has_not_after,
                       report_days(report->verify_time, certificate->not_after)),
        ok);
    for (size_t i = 0; certificate->names[i] != NULL; i++)
        append(names, text(certificate->names[i]), ok);
    set(object, "names", names, ok);
    set(object, "key", certificate_key(certificate, ok), ok);
    set(object, "signature_algorithm", text_or_null(certificate->signature_algorithm),
        ok);
    set_text(object, "fingerprint_sha256", certificate->fingerprint, ok);
    set_text(object, "pin", certificate->pin, ok);
    set_text(object, "issuer_url", certificate->issuer_url, ok);
    set(object, "self_issued", json_boolean(certificate->self_issued), ok);
    set(object, "sent", json_boolean(report_was_sent(report, certificate)), ok);
    set(object, "pem", pem != NULL ? json_string(pem) : NULL, ok);
    free(pem);
    return object;
}

static json_t *chain(const struct report *report, enum tlsdial_chain which, bool *ok)
{
    const struct tlsdial_certificate *certificate;
    json_t *array = json_array();
    for (size_t i = 0;
         (certificate = tlsdial_evidence_certificate(report->evidence, which, i)) != NULL;
         i++)
        append(array, certificate_json(report, certificate, ok), ok);
    return array;
}

static json_t *problems(const tlsdial_evidence *evidence, bool *ok)
{
    const struct tlsdial_finding *finding;
    json_t *array = json_array();
    for (size_t i = 0; (finding = tlsdial_evidence_finding(evidence, i)) != NULL; i++) {
        json_t *object = json_object();
        set_cause(object, finding->cause, ok);
        set(object, "depth", number_or_null(finding->depth >= 0, finding->depth), ok);
        set_text(object, "subject", finding->subject, ok);
        set_text(object, "reason", finding->reason, ok);
        set(object, "hint", text_or_null(finding->hint), ok);
        append(array, object, ok);
    }
    return array;
}

static json_t *bytes(const tlsdial_evidence *evidence, bool *ok)
{
    uint64_t received, sent;
    if (!tlsdial_evidence_bytes(evidence, &received, &sent))
        return json_null();
    json_t *object = json_object();
    set(object, "received", json_integer((json_int_t)received), ok);
    set(object, "sent", json_integer((json_int_t)sent), ok);
    return object;
}

static json_t *end(const tlsdial_evidence *evidence)
{
    enum tlsdial_cause how;
    if (!tlsdial_evidence_end(evidence, &how))
        return json_null();
    return json_string(how == TLSDIAL_OK ? "close-notify" : tlsdial_cause_token(how));
}

static json_t *fetches(const struct report_diagnosis *diagnosis, bool *ok)
{
    json_t *array = json_array();
    for (size_t i = 0; i < diagnosis->count; i++) {
        const struct report_fetch *fetch = &diagnosis->fetches[i];
        json_t *object = json_object();
        set_text(object, "url", fetch->url, ok);
        set(object, "error", fetch->fetched ? json_null() : verdict(&fetch->error, ok),
            ok);
        append(array, object, ok);
    }
    return array;
}

static json_t *fetch_missing(const struct report *report, bool *ok)
{
    const struct report_diagnosis *diagnosis = &report->diagnosis;
    if (!report->diagnosed)
        return json_null();
    json_t *object = json_object();
    set(object, "fetches", fetches(diagnosis, ok), ok);
    set(object, "proven", json_boolean(report_is_proven(report)), ok);
    set(object, "verdict",
        diagnosis->dialled_again ? verdict(&diagnosis->error, ok) : json_null(), ok);
    return object;
}

char *report_json(const struct report *report)
{
    const tlsdial_evidence *evidence = report->evidence;
    bool ok = true;
    json_t *object = json_object();
    set(object, "format", json_integer(FORMAT_VERSION), &ok);
    set(object, "target", target(report, &ok), &ok);
    set(object, "time", moment(report->time), &ok);
    set(object, "verify_time", moment(report->verify_time), &ok);
    set(object, "verdict", verdict(&report->verdict, &ok), &ok);
    set(object, "addresses", addresses(evidence, &ok), &ok);
    set(object, "trust", trust(evidence, &ok), &ok);
    set(object, "microseconds", times(evidence, &ok), &ok);
    set(object, "parameters", parameters(evidence, &ok), &ok);
    set(object, "chain_sent", chain(report, TLSDIAL_CHAIN_SENT, &ok), &ok);
    set(object, "chain_built", chain(report, TLSDIAL_CHAIN_BUILT, &ok), &ok);
    set(object, "anchored",
        boolean_or_null(report_chain_length(report, TLSDIAL_CHAIN_BUILT) > 0,
                        report_is_anchored(report)),
        &ok);
    set(object, "problems", problems(evidence, &ok), &ok);
    set_text(object, "missing_issuer", tlsdial_evidence_missing_issuer(evidence, 0), &ok);
    set(object, "bytes", bytes(evidence, &ok), &ok);
    set(object, "end", end(evidence), &ok);
    set(object, "fetch_missing", fetch_missing(report, &ok), &ok);
    char *json = ok ? json_dumps(object, JSON_COMPACT) : NULL;
    json_decref(object);
    char *line = json != NULL ? realloc(json, strlen(json) + 2) : NULL;
    if (line == NULL)
        free(json);
    else
        strcat(line, "\n");
    return line;
}

#else

enum tlsdial_cause report_json_usable(struct tlsdial_error *error)
{
    return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                             "--format json: this tlsdial was built without jansson");
}

char *report_json(const struct report *report)
{
    (void)report;
    return NULL;
}

#endif
