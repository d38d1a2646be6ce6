/* cmd_dial.c: the flow of OpenSSL's guide: dial, request, response, orderly end. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "http.h"
#include "os.h"
#include "output.h"
#include "progress.h"
#include "tlsdial_program.h"

#define BUFFER_SIZE                                                                      \
    65536 /* four TLS records: fewer calls, and still in the processor's cache */

/* One run. */
struct exchange {
    const struct options *options;
    tlsdial_evidence *evidence;
    tlsdial_conn *conn;
    struct output output;
    struct progress progress;
    int input;     /* -1: none */
    uint64_t sent; /* of it */
    char *buffer;
};

static enum tlsdial_cause open_input(struct exchange *exchange,
                                     struct tlsdial_error *error)
{
    const char *path = exchange->options->send;
    int code = 0;
    enum os_result result = OS_DONE;
    if (path == NULL)
        return TLSDIAL_OK;
    if (strcmp(path, "-") == 0)
        exchange->input = OS_STANDARD_INPUT;
    else
        result =
            os_open_to_read(path, exchange->options->deadline, &exchange->input, &code);
    if (result == OS_DONE)
        return TLSDIAL_OK;
    if (result == OS_LATE)
        return tlsdial_error_set(error, TLSDIAL_DEADLINE_TRANSFER, 0,
                                 "%s: nobody opened its other end in time", path);
    return tlsdial_error_set(error, TLSDIAL_INPUT, (unsigned long)code, "%s: %s", path,
                             strerror(code));
}

/* The port number that was connected to: the port may have been given as a service name. */
static const char *port_number(const struct exchange *exchange)
{
    const struct tlsdial_attempt *attempt;
    for (size_t i = 0;
         (attempt = tlsdial_evidence_attempt(exchange->evidence, i)) != NULL; i++)
        if (attempt->cause == TLSDIAL_OK)
            return attempt->port;
    return exchange->options->target.port;
}

/* A tlsdial_sink. */
static enum tlsdial_cause take(void *argument, const void *data, size_t length,
                               struct tlsdial_error *error)
{
    struct exchange *exchange = argument;
    enum tlsdial_cause cause = output_write(&exchange->output, data, length, error);
    if (cause == TLSDIAL_OK)
        progress_tell(&exchange->progress, PROGRESS_RECEIVED, exchange->output.bytes);
    return cause;
}

static enum tlsdial_cause send_request(struct exchange *exchange,
                                       struct tlsdial_error *error)
{
    char request[HTTP_REQUEST_SIZE];
    size_t length = http_get(request, &exchange->options->target, port_number(exchange));
    return tlsdial_exchange(exchange->conn, request, length, NULL, take, exchange, error);
}

static enum tlsdial_cause read_input(struct exchange *exchange, size_t *n,
                                     struct tlsdial_error *error)
{
    int code = 0;
    const char *name =
        exchange->input == OS_STANDARD_INPUT ? "standard input" : exchange->options->send;
    switch (os_read(exchange->input, exchange->buffer, BUFFER_SIZE,
                    exchange->options->deadline, n, &code)) {
    case OS_DONE:
        return TLSDIAL_OK;
    case OS_LATE:
        return tlsdial_error_set(error, TLSDIAL_DEADLINE_TRANSFER, 0,
                                 "%s did not end in time", name);
    default:
        return tlsdial_error_set(error, TLSDIAL_INPUT, (unsigned long)code, "%s: %s",
                                 name, strerror(code));
    }
}

/* Sends the input to its end, or until the peer has said that it has heard enough. */
static enum tlsdial_cause send_input(struct exchange *exchange,
                                     struct tlsdial_error *error)
{
    for (;;) {
        size_t length = 0, sent = 0;
        enum tlsdial_cause cause = read_input(exchange, &length, error);
        if (cause != TLSDIAL_OK || length == 0)
            return cause;
        cause = tlsdial_exchange(exchange->conn, exchange->buffer, length, &sent, take,
                                 exchange, error);
        if (cause != TLSDIAL_OK)
            return cause;
        exchange->sent += sent;
        if (exchange->output.bytes == 0)
            progress_tell(&exchange->progress, PROGRESS_SENT, exchange->sent);
        if (sent < length) {
            if (exchange->options->verbose)
                verbose_line("the peer closed before the whole request was sent");
            return TLSDIAL_OK;
        }
    }
}

static enum tlsdial_cause receive(struct exchange *exchange, struct tlsdial_error *error)
{
    for (;;) {
        size_t n;
        enum tlsdial_cause cause =
            tlsdial_read(exchange->conn, exchange->buffer, BUFFER_SIZE, &n, error);
        if (cause != TLSDIAL_OK || n == 0)
            return cause;
        cause = take(exchange, exchange->buffer, n, error);
        if (cause != TLSDIAL_OK)
            return cause;
    }
}

static enum tlsdial_cause empty_reply(const tlsdial_conn *conn,
                                      struct tlsdial_error *error)
{
    tlsdial_error_set(error, TLSDIAL_EMPTY_REPLY, 0, "%s",
                      tlsdial_cause_phrase(TLSDIAL_EMPTY_REPLY));
    tlsdial_error_prefix(error, "%s", tlsdial_conn_subject(conn));
    return TLSDIAL_EMPTY_REPLY;
}

static enum tlsdial_cause converse(struct exchange *exchange, struct tlsdial_error *error)
{
    enum tlsdial_cause cause = exchange->input >= 0 ? send_input(exchange, error)
                                                    : send_request(exchange, error);
    if (cause == TLSDIAL_OK)
        cause = receive(exchange, error);
    if (cause == TLSDIAL_OK)
        cause = tlsdial_close(exchange->conn, error);
    if (cause == TLSDIAL_OK && exchange->output.bytes == 0)
        cause = empty_reply(exchange->conn, error);
    return cause;
}

/* Somebody waits for a file, at a terminal that nothing else is written to. */
static bool wants_progress(const struct exchange *exchange)
{
    return exchange->output.file.path != NULL && !exchange->options->quiet &&
           !exchange->options->verbose && os_is_terminal(OS_STANDARD_ERROR);
}

static enum tlsdial_cause run(struct exchange *exchange, tlsdial_client *client,
                              struct tlsdial_error *error)
{
    const struct options *options = exchange->options;
    enum tlsdial_cause cause = open_input(exchange, error);
    if (cause == TLSDIAL_OK)
        cause = output_open(&exchange->output, options->output, options->deadline, error);
    if (cause != TLSDIAL_OK)
        return cause;
    if (!options->raw)
        output_distrust(&exchange->output);
    struct tlsdial_options dial = dial_options(options, exchange->evidence);
    /* What is left: opening files can have taken a while. */
    dial.max_time = options_time_left(options);
    warn_insecure(options, NULL);
    exchange->conn =
        tlsdial_dial(client, options->target.host, options->target.port, &dial, error);
    if (error->cause == TLSDIAL_CA_STORE) /* the system's, which is read now */
        options_judge_file(error->cause, "the trusted certificates were", options, error);
    if (exchange->conn == NULL)
        return error->cause;
    warn_insecure(options, exchange->evidence);
    progress_begin(&exchange->progress, wants_progress(exchange), options->deadline);
    cause = converse(exchange, error);
    progress_end(&exchange->progress);
    return cause == TLSDIAL_OK ? output_commit(&exchange->output, error) : cause;
}

enum tlsdial_cause cmd_dial(tlsdial_client *client, const struct options *options,
                            struct tlsdial_error *error)
{
    struct exchange exchange = {.options = options,
                                .input = -1,
                                .evidence = tlsdial_evidence_new(),
                                .buffer = malloc(BUFFER_SIZE)};
    enum tlsdial_cause cause;
    if (exchange.evidence == NULL || exchange.buffer == NULL) {
        cause = tlsdial_error_set(error, TLSDIAL_INTERNAL, 0, "out of memory");
    } else {
        if (options->verbose)
            verbose_begin(options, exchange.evidence);
        cause = run(&exchange, client, error);
    }
    output_discard(&exchange.output);
    if (exchange.input > OS_STANDARD_INPUT)
        os_close(exchange.input);
    tlsdial_conn_free(exchange.conn);
    tlsdial_evidence_free(exchange.evidence);
    free(exchange.buffer);
    return cause;
}
