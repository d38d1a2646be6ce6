/* hop.c: what all hops have in common: limits, injection, ends. */
#include <config.h>

#include "net/hop.h"

#include <openssl/buffer.h>
#include <openssl/crypto.h>
#include <string.h>

#include "net/hop_machine.h"

#define FIRST_OCTETS 128 /* kept to tell a wrong protocol */
#define FOREIGN_OCTETS 5 /* waited for where the first is wrong, to see whose they are */

struct hop {
    const struct hop_kind *kind;
    struct hop_parameters given;
    void *memory; /* the machine's */
    enum hop_status status;
    const char *waiting_for;
    struct hop_failure failure;
    bool dismissed; /* the peer said that it closes */
    bool continued; /* the line goes on behind a literal */
    bool foreign;   /* the first octets are of another protocol */

    BUF_MEM *output, *rest; /* cleansed when freed */
    size_t sent;            /* of the output */

    unsigned char unit[HOP_LINE_MAX + 1]; /* the line or packet under way, and a NUL */
    size_t length, units;                 /* of it; how many were complete before */
    size_t lines, total, literal;         /* of the reply; of all; octets of it to come */
    unsigned char first[FIRST_OCTETS];
};

/* ---- life ---- */

struct hop *hop_new(const struct hop_kind *kind, const struct hop_parameters *parameters,
                    const char **why)
{
    struct hop *hop = OPENSSL_zalloc(sizeof *hop);
    *why = NULL;
    if (hop == NULL)
        return NULL;
    hop->kind = kind;
    hop->given = *parameters;
    hop->waiting_for = "";
    hop->memory = OPENSSL_zalloc(kind->machine->memory_size + 1);
    hop->output = BUF_MEM_new();
    hop->rest = BUF_MEM_new();
    if (hop->memory != NULL && hop->output != NULL && hop->rest != NULL)
        *why = kind->machine->begin(hop, hop->memory);
    else
        hop->failure.fault = HOP_OUT_OF_MEMORY;
    if (*why != NULL || hop->failure.fault != HOP_NO_FAULT) {
        hop_free(hop);
        hop = NULL;
    }
    return hop;
}

void hop_free(struct hop *hop)
{
    if (hop == NULL)
        return;
    BUF_MEM_free(hop->output);
    BUF_MEM_free(hop->rest);
    OPENSSL_free(hop->memory);
    OPENSSL_free(hop);
}

enum hop_status hop_status(const struct hop *hop)
{
    return hop->status;
}

const char *hop_waiting_for(const struct hop *hop)
{
    return hop->waiting_for;
}

const struct hop_failure *hop_failure(const struct hop *hop)
{
    return hop->status == HOP_FAILED ? &hop->failure : NULL;
}

/* ---- for the machines ---- */

const struct hop_parameters *hop_given(const struct hop *hop)
{
    return &hop->given;
}

const struct hop_kind *hop_kind(const struct hop *hop)
{
    return hop->kind;
}

static void append(struct hop *hop, BUF_MEM *to, const void *data, size_t length)
{
    size_t before = to->length;
    if (length == 0)
        return;
    if (BUF_MEM_grow_clean(to, before + length) == 0)
        hop_fail(hop, HOP_OUT_OF_MEMORY, -1, NULL);
    else
        memcpy(to->data + before, data, length);
}

void hop_say_octets(struct hop *hop, const void *data, size_t length)
{
    append(hop, hop->output, data, length);
}

void hop_say(struct hop *hop, const char *text)
{
    hop_say_octets(hop, text, strlen(text));
}

void hop_expect(struct hop *hop, const char *what)
{
    hop->waiting_for = what;
    hop->lines = 0;
}

void hop_ask(struct hop *hop, const char *command, const char *expected)
{
    hop_say(hop, command);
    hop_expect(hop, expected);
}

void hop_expect_literal(struct hop *hop, size_t length)
{
    hop->literal = length;
    hop->continued = true;
}

void hop_last_word(struct hop *hop)
{
    if (hop->status == HOP_MORE)
        hop->status = HOP_DONE;
}

void hop_go_ahead(struct hop *hop)
{
    const void *unsent;
    size_t length;
    hop_output(hop, &unsent, &length);
    if (length == 0)
        hop_last_word(hop);
    else /* nobody answers yes to what has not been said */
        hop_fail_octets(hop, HOP_INJECTION, -1, hop->unit, hop->length);
}

/* ---- failing ---- */

static enum tlsdial_cause cause_of(const struct hop *hop, enum hop_fault fault)
{
    bool proxy = hop->kind->type == HOP_PROXY;
    switch (fault) {
    case HOP_WRONG_PROTOCOL:
        return proxy ? TLSDIAL_PROXY : TLSDIAL_NOT_TLS;
    case HOP_MALFORMED:
        return TLSDIAL_MALFORMED_RESPONSE;
    case HOP_OVER_LIMIT:
        return TLSDIAL_TOO_LARGE;
    case HOP_INJECTION:
        return TLSDIAL_STARTTLS_INJECTION;
    case HOP_CLOSED:
        return proxy             ? TLSDIAL_PROXY
               : hop->total == 0 ? TLSDIAL_EMPTY_REPLY
                                 : TLSDIAL_TRUNCATED;
    case HOP_OUT_OF_MEMORY:
        return TLSDIAL_INTERNAL;
    default:
        return proxy ? TLSDIAL_PROXY : TLSDIAL_STARTTLS_REFUSED;
    }
}

/* What the first bytes look like, where that is not what is spoken here; or NULL. */
static const char *foreign_protocol(const struct hop *hop)
{
    const char *protocol = hop_protocol_of(
        hop->first, hop->total < FIRST_OCTETS ? hop->total : FIRST_OCTETS);
    bool ours = protocol != NULL && strstr(protocol, hop->kind->protocol) != NULL;
    return ours ? NULL : protocol;
}

void hop_fail_octets(struct hop *hop, enum hop_fault fault, int code, const void *words,
                     size_t length)
{
    struct hop_failure *failure = &hop->failure;
    if (hop->status == HOP_FAILED)
        return;
    hop->status = HOP_FAILED;
    failure->fault = fault;
    failure->cause = cause_of(hop, fault);
    failure->step = hop->waiting_for;
    failure->code = code;
    failure->words_length = length < HOP_WORDS_MAX ? length : HOP_WORDS_MAX;
    if (length > 0)
        memcpy(failure->words, words, failure->words_length);
    failure->protocol = foreign_protocol(hop);
}

void hop_fail(struct hop *hop, enum hop_fault fault, int code, const char *words)
{
    hop_fail_octets(hop, fault, code, words, words != NULL ? strlen(words) : 0);
}

void hop_dismissed(struct hop *hop, int code, const char *words)
{
    hop->dismissed = true;
    hop_fail(hop, HOP_REFUSED, code, words);
}

void hop_meaning(struct hop *hop, const char *meaning)
{
    hop->failure.meaning = meaning;
}

void hop_malformed(struct hop *hop, const void *unit, size_t length)
{
    bool single_octets = hop->kind->machine->line == NULL;
    if (hop->units > 0)
        hop_fail_octets(hop, HOP_MALFORMED, -1, unit, length);
    else if (single_octets && hop->length < FOREIGN_OCTETS)
        hop->foreign = true;
    else
        hop_fail_octets(hop, HOP_WRONG_PROTOCOL, -1, unit, length);
}

/* ---- receiving ---- */

/* No text has a NUL, and no line begins with a control character but those of layout. */
static bool is_binary(const unsigned char *unit, size_t length)
{
    return (unit[0] < ' ' && strchr("\t\r\n\033", unit[0]) == NULL) ||
           unit[length - 1] == '\0';
}

static void foreign_octet(struct hop *hop, unsigned char octet)
{
    if (hop->length >= FOREIGN_OCTETS || octet == '\n')
        hop_fail_octets(hop, HOP_WRONG_PROTOCOL, -1, hop->unit, hop->length);
}

/* Lines end with LF, with or without CR, as every client has it: what counts is where the go-ahead
 * ends, and that is the LF either way. */
static void line_octet(struct hop *hop, unsigned char octet)
{
    size_t length = hop->length - 1;
    if (octet != '\n')
        return;
    if (++hop->lines > HOP_LINES_MAX) {
        hop_fail(hop, HOP_OVER_LIMIT, -1, NULL);
        return;
    }
    if (length > 0 && hop->unit[length - 1] == '\r')
        length--;
    hop->unit[length] = '\0';
    hop->kind->machine->line(hop, hop->memory, (const char *)hop->unit, length);
    hop->units++;
    if (hop->continued)
        hop->unit[length++] = '\n';
    hop->length = hop->continued ? length : 0;
    hop->continued = false;
}

static void unit_octet(struct hop *hop, unsigned char octet)
{
    const struct hop_machine *machine = hop->kind->machine;
    if (machine->line != NULL && is_binary(hop->unit, hop->length)) {
        hop->foreign = hop->units == 0;
        if (!hop->foreign)
            hop_malformed(hop, hop->unit, hop->length);
    } else if (machine->line != NULL) {
        line_octet(hop, octet);
    } else if (machine->octet(hop, hop->memory, hop->unit, hop->length) &&
               !hop->foreign) {
        hop->length = 0;
        hop->units++;
    }
}

static void receive_octet(struct hop *hop, unsigned char octet)
{
    if (hop->total == HOP_TOTAL_MAX || hop->length == HOP_LINE_MAX) {
        hop_fail(hop, HOP_OVER_LIMIT, -1, NULL);
        return;
    }
    if (hop->total < FIRST_OCTETS)
        hop->first[hop->total] = octet;
    hop->total++;
    hop->unit[hop->length++] = octet;
    if (hop->literal > 0)
        hop->literal--;
    else if (!hop->foreign)
        unit_octet(hop, octet);
    if (hop->foreign)
        foreign_octet(hop, octet);
}

/* Bytes behind the go-ahead. */
static void receive_rest(struct hop *hop, const unsigned char *data, size_t length)
{
    bool allowed = hop->given.another_follows && hop->kind->type != HOP_STARTTLS;
    if (!allowed)
        hop_fail_octets(hop, HOP_INJECTION, -1, data, length);
    else if (length > HOP_TOTAL_MAX - hop->rest->length)
        hop_fail(hop, HOP_OVER_LIMIT, -1, NULL);
    else
        append(hop, hop->rest, data, length);
}

enum hop_status hop_receive(struct hop *hop, const void *data, size_t length)
{
    const unsigned char *octets = data;
    size_t used = 0;
    while (used < length && hop->status == HOP_MORE)
        receive_octet(hop, octets[used++]);
    if (used < length && hop->status == HOP_DONE)
        receive_rest(hop, octets + used, length - used);
    return hop->status;
}

enum hop_status hop_end(struct hop *hop)
{
    bool foreign = hop->foreign || (hop->units == 0 && foreign_protocol(hop) != NULL);
    if (hop->status == HOP_MORE)
        hop_fail_octets(hop, foreign ? HOP_WRONG_PROTOCOL : HOP_CLOSED, -1, hop->unit,
                        hop->length);
    return hop->status;
}

/* ---- sending ---- */

void hop_output(const struct hop *hop, const void **data, size_t *length)
{
    *length = hop->output->length - hop->sent;
    *data = *length > 0 ? hop->output->data + hop->sent : NULL;
}

void hop_sent(struct hop *hop, size_t length)
{
    hop->sent += length;
    if (hop->sent >= hop->output->length) { /* a password stays no longer than it must */
        BUF_MEM_grow_clean(hop->output, 0);
        hop->sent = 0;
    }
}

void hop_rest(const struct hop *hop, const void **data, size_t *length)
{
    *length = hop->rest->length;
    *data = *length > 0 ? hop->rest->data : NULL;
}

bool hop_farewell(const struct hop *hop, const void **data, size_t *length)
{
    const void *unsent;
    size_t unsent_length;
    enum hop_fault fault = hop->failure.fault;
    bool dialogue =
        fault == HOP_NOT_OFFERED || fault == HOP_REFUSED || fault == HOP_PREAUTH;
    hop_output(hop, &unsent, &unsent_length);
    *data = hop->kind->machine->farewell;
    *length = hop->kind->machine->farewell_length;
    return dialogue && !hop->dismissed && unsent_length == 0 && *data != NULL;
}
