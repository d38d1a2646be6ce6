/* hops.c: the driver of hops, and what is said of one that fails. */
#include <config.h>

#include "net/hops.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "net/sock.h"

#define PIECE 4096 /* octets to be received at once */

struct hops {
    const struct hop_spec *specs;
    size_t count, next;
    struct stream *stream;
    struct deadline deadline;
    struct hop *hop; /* number next - 1; NULL before the first */
    bool wants_write;
};

struct hops *hops_new(const struct hop_spec *specs, size_t count, struct stream *stream,
                      struct deadline deadline)
{
    struct hops *hops = OPENSSL_zalloc(sizeof *hops);
    if (hops != NULL)
        *hops = (struct hops){
            .specs = specs, .count = count, .stream = stream, .deadline = deadline};
    return hops;
}

void hops_free(struct hops *hops)
{
    if (hops == NULL)
        return;
    hop_free(hops->hop);
    OPENSSL_free(hops);
}

/* ---- what is said of a failure ---- */

/* The peer's words, in quotes; "" where there are none. A NUL would end them early. */
static void print_words(char *to, size_t size, const struct hop_failure *failure)
{
    size_t used = 0;
    to[0] = '\0';
    if (failure->words_length == 0)
        return;
    used = (size_t)snprintf(to, size, ": \"");
    for (size_t i = 0; i < failure->words_length && used + 6 < size; i++) {
        char c = failure->words[i];
        if (c == '\0')
            used += (size_t)snprintf(to + used, size - used, "\\0");
        else
            to[used++] = c;
    }
    snprintf(to + used, size - used, "\"");
}

static void print_code(char *to, size_t size, const struct hop_failure *failure)
{
    to[0] = '\0';
    if (failure->code >= 0)
        snprintf(to, size, " %d", failure->code);
    if (failure->meaning != NULL)
        snprintf(to + strlen(to), size - strlen(to), " (%s)", failure->meaning);
}

/* The one place that makes sentences of these facts. */
static enum tlsdial_cause report(const struct hop_kind *kind,
                                 const struct hop_failure *failure,
                                 struct tlsdial_error *error)
{
    char words[HOP_WORDS_MAX * 2 + 8], code[80];
    const char *peer = kind->type == HOP_PROXY ? "the proxy" : "the server";
    const char *step = failure->step != NULL ? failure->step : "an answer";
    print_words(words, sizeof words, failure);
    print_code(code, sizeof code, failure);
    switch (failure->fault) {
    case HOP_NOT_OFFERED:
        return tlsdial_error_set(error, failure->cause, 0,
                                 "%s does not offer TLS in %s%s%s", peer, kind->protocol,
                                 code, words);
    case HOP_REFUSED:
        return tlsdial_error_set(error, failure->cause, 0, "%s: %s is a refusal%s%s",
                                 kind->protocol, step, code, words);
    case HOP_PREAUTH:
        return tlsdial_error_set(error, failure->cause, 0,
                                 "%s: %s has authenticated the client already, and then "
                                 "does not allow STARTTLS%s",
                                 kind->protocol, peer, words);
    case HOP_ERROR_PACKET:
        return tlsdial_error_set(error, failure->cause, 0,
                                 "%s: %s sent an error in place of %s%s%s",
                                 kind->protocol, peer, step, code, words);
    case HOP_WRONG_PROTOCOL:
        return tlsdial_error_set(error, failure->cause, 0,
                                 "%s does not speak %s%s%s: its answer begins with%s",
                                 peer, kind->protocol,
                                 failure->protocol != NULL ? " but " : "",
                                 failure->protocol != NULL ? failure->protocol : "",
                                 failure->words_length > 0 ? words + 1 : " no text");
    case HOP_MALFORMED:
        return tlsdial_error_set(error, failure->cause, 0, "%s: %s is malformed%s",
                                 kind->protocol, step, words);
    case HOP_OVER_LIMIT:
        return tlsdial_error_set(error, failure->cause, 0,
                                 "%s: %s passes a limit (a line of %d bytes, %d lines, "
                                 "%d bytes in all)",
                                 kind->protocol, step, HOP_LINE_MAX, HOP_LINES_MAX,
                                 HOP_TOTAL_MAX);
    case HOP_INJECTION:
        return tlsdial_error_set(error, failure->cause, 0,
                                 "%s: %s sent more after its go-ahead, before TLS%s",
                                 kind->protocol, peer, words);
    case HOP_CLOSED:
        return tlsdial_error_set(error, failure->cause, 0,
                                 "%s: %s closed the connection before %s came",
                                 kind->protocol, peer, step);
    default:
        return error_out_of_memory(error);
    }
}

/* ---- steps ---- */

/* A polite end: best effort, and nothing is waited for. */
static void say_farewell(const struct hops *hops)
{
    const void *data;
    size_t length, n;
    if (hop_farewell(hops->hop, &data, &length))
        stream_write(hops->stream, data, length, &n);
}

static enum step failed(struct hops *hops, struct tlsdial_error *error)
{
    report(hops->specs[hops->next - 1].kind, hop_failure(hops->hop), error);
    say_farewell(hops);
    return STEP_FAILED;
}

static enum step late(const struct hops *hops, struct tlsdial_error *error)
{
    const struct hop_kind *kind = hops->specs[hops->next - 1].kind;
    const char *step = hop_waiting_for(hops->hop);
    tlsdial_error_set(error, TLSDIAL_DEADLINE_PREAMBLE, 0, "%s: %s did not come in time",
                      kind->protocol, step != NULL ? step : "an answer");
    say_farewell(hops);
    return STEP_FAILED;
}

/* The connection broke, which is more than that it ended. */
static enum step broken(struct hops *hops, struct tlsdial_error *error)
{
    char reason[128];
    const struct hop_kind *kind = hops->specs[hops->next - 1].kind;
    int code = stream_code(hops->stream);
    sock_describe(code, reason, sizeof reason);
    tlsdial_error_set(error, kind->type == HOP_PROXY ? TLSDIAL_PROXY : TLSDIAL_RESET,
                      (unsigned long)code, "%s: the connection broke before %s came: %s",
                      kind->protocol, hop_waiting_for(hops->hop), reason);
    return STEP_FAILED;
}

/* Begins the next hop, with what the last one left over. */
static bool begin_next(struct hops *hops, struct tlsdial_error *error)
{
    const struct hop_spec *spec = &hops->specs[hops->next];
    struct hop_parameters parameters = spec->parameters;
    const char *why = NULL;
    /* What a proxy lets through behind its go-ahead is the target's. */
    parameters.another_follows =
        hops->next + 1 < hops->count || spec->kind->type == HOP_PROXY;
    struct hop *hop = hop_new(spec->kind, &parameters, &why);
    if (hop == NULL && why != NULL)
        tlsdial_error_set(error, TLSDIAL_USAGE, 0, "%s: %s", spec->kind->protocol, why);
    else if (hop == NULL)
        error_out_of_memory(error);
    if (hop != NULL && hops->hop != NULL) {
        const void *rest;
        size_t length;
        hop_rest(hops->hop, &rest, &length);
        if (length > 0)
            hop_receive(hop, rest, length);
    }
    hop_free(hops->hop);
    hops->hop = hop;
    hops->next++;
    return hop != NULL;
}

/* Sends what there is to send. */
static enum sock_result send_output(struct hops *hops)
{
    const void *data;
    size_t length, n;
    for (;;) {
        hop_output(hops->hop, &data, &length);
        if (length == 0)
            return SOCK_DONE;
        enum sock_result result = stream_write(hops->stream, data, length, &n);
        if (result != SOCK_DONE)
            return result;
        hop_sent(hops->hop, n);
    }
}

static enum sock_result receive_input(struct hops *hops)
{
    char piece[PIECE];
    size_t n;
    enum sock_result result = stream_read(hops->stream, piece, sizeof piece, &n);
    if (result == SOCK_DONE)
        hop_receive(hops->hop, piece, n);
    else if (result == SOCK_END)
        hop_end(hops->hop);
    return result;
}

/* One hop, as far as it goes. */
static enum step hop_step(struct hops *hops, struct tlsdial_error *error)
{
    for (;;) {
        enum sock_result result = send_output(hops);
        hops->wants_write = result == SOCK_AGAIN;
        if (result == SOCK_FAILED && hop_status(hops->hop) != HOP_FAILED)
            return broken(hops, error);
        if (result == SOCK_AGAIN)
            return STEP_AGAIN;
        if (hop_status(hops->hop) == HOP_FAILED)
            return failed(hops, error);
        if (hop_status(hops->hop) == HOP_DONE)
            return STEP_DONE;
        result = receive_input(hops);
        if (result == SOCK_FAILED)
            return broken(hops, error);
        if (result == SOCK_AGAIN)
            return STEP_AGAIN;
    }
}

/* Behind a proxy's go-ahead: the target's greeting, if it is one, or whoever's. */
static enum step refuse_rest(const struct hops *hops, const void *rest, size_t length,
                             struct tlsdial_error *error)
{
    const struct hop_kind *kind = hops->specs[hops->next - 1].kind;
    const char *protocol = hop_protocol_of(rest, length);
    struct hop_failure failure = {
        .fault = HOP_INJECTION, .cause = TLSDIAL_STARTTLS_INJECTION, .code = -1};
    char words[HOP_WORDS_MAX * 2 + 8];
    failure.words_length = length < HOP_WORDS_MAX ? length : HOP_WORDS_MAX;
    memcpy(failure.words, rest, failure.words_length);
    if (protocol == NULL || strcmp(protocol, "TLS") == 0) { /* nobody answers before us */
        report(kind, &failure, error);
        return STEP_FAILED;
    }
    const char *end = memchr(failure.words, '\n', failure.words_length);
    if (end != NULL)
        failure.words_length = (size_t)(end - failure.words);
    if (failure.words_length > 0 && failure.words[failure.words_length - 1] == '\r')
        failure.words_length--;
    print_words(words, sizeof words, &failure);
    tlsdial_error_set(error, TLSDIAL_NOT_TLS, 0,
                      "the peer does not speak TLS but %s: its answer begins with%s",
                      protocol, *words != '\0' ? words + 1 : " no text");
    if (hop_protocol_hint(protocol) != NULL)
        error_hint(error, hop_protocol_hint(protocol));
    return STEP_FAILED;
}

/* What has come before our ClientHello is no TLS: such plain text would be taken for TLS's own. */
static enum step end_hops(struct hops *hops, struct tlsdial_error *error)
{
    const void *rest;
    size_t length;
    bool speaks = hops->specs[hops->next - 1].kind->type != HOP_HEADER;
    if (speaks)
        receive_input(hops);
    if (hop_status(hops->hop) == HOP_FAILED)
        return failed(hops, error);
    hop_rest(hops->hop, &rest, &length);
    return length > 0 ? refuse_rest(hops, rest, length, error) : STEP_DONE;
}

enum step hops_step(struct hops *hops, struct tlsdial_error *error)
{
    if (hops->hop == NULL && !begin_next(hops, error))
        return STEP_FAILED;
    if (deadline_passed(hops->deadline))
        return late(hops, error);
    for (;;) {
        enum step step = hop_step(hops, error);
        if (step != STEP_DONE)
            return step;
        if (hops->next == hops->count)
            return end_hops(hops, error);
        if (!begin_next(hops, error))
            return STEP_FAILED;
    }
}

void hops_wants(const struct hops *hops, struct wait_set *set)
{
    wait_set_add(set, stream_fd(hops->stream), !hops->wants_write, hops->wants_write);
}
