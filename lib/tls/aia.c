/*
 * aia.c: a missing issuer's certificate from where its child says that it is to be had.
 *
 * The address is what an unverified certificate says, so what is connected to is held to a scope: see
 * net/address_scope.h.
 */
#include <config.h>

#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/http_url.h"
#include "base/text.h"
#include "net/address_scope.h"
#include "net/cancel.h"
#include "net/route.h"
#include "tls/evidence.h"
#include "tls/http_reader.h"
#include "tls/issuer_body.h"
#include "tls/options.h"

#define REDIRECTS_MAX 3
#define PIECE 4096 /* octets read at once */
#define REQUEST_SIZE (HTTP_URL_SIZE + 2 * TLSDIAL_HOST_SIZE)

/* One run. */
struct fetch {
    const tlsdial_client *client;
    const struct dial_options *options;
    const char *address; /* as the caller has it */
    enum address_scope scope;
    struct deadline deadline; /* of all that is asked */
};

static enum tlsdial_cause no_certificate(const struct fetch *fetch, const char *why,
                                         struct tlsdial_error *error)
{
    return tlsdial_error_set(error, TLSDIAL_CA_STORE, 0, "no certificate from %.200s: %s",
                             fetch->address, why);
}

static enum tlsdial_cause wait_or_cancel(struct wait_set *set, const struct fetch *fetch,
                                         struct tlsdial_error *error)
{
    int code = 0;
    cancel_wants(fetch->options->cancel, set);
    enum sock_result result = wait_for(set, &code);
    if (cancel_requested(fetch->options->cancel))
        return cancel_failure(error);
    return result != SOCK_FAILED ? TLSDIAL_OK : wait_failure(code, error);
}

/* ---- the connection ---- */

/* Takes the steps of the way. */
static enum tlsdial_cause take_route(const struct fetch *fetch, struct route *route,
                                     struct tlsdial_error *error)
{
    enum step step;
    enum tlsdial_cause cause = TLSDIAL_OK;
    while (cause == TLSDIAL_OK && (step = route_step(route, error)) != STEP_DONE) {
        struct wait_set set = {0};
        if (step == STEP_FAILED)
            return error->cause;
        wait_set_begin(&set);
        route_wants(route, &set);
        cause = wait_or_cancel(&set, fetch, error);
        wait_set_clear(&set);
    }
    return cause;
}

static enum tlsdial_cause connect_to(const struct fetch *fetch,
                                     const struct http_url *url, struct stream **stream,
                                     struct tlsdial_error *error)
{
    const struct route_request request = {.host = &url->host,
                                          .port = url->port,
                                          .family = fetch->options->family,
                                          .overrides = fetch->client->overrides,
                                          .scope = fetch->scope,
                                          .deadline = fetch->deadline};
    struct route *route = route_begin(&request, NULL, error);
    enum tlsdial_cause cause =
        route != NULL ? take_route(fetch, route, error) : error->cause;
    *stream = cause == TLSDIAL_OK ? route_take(route) : NULL;
    route_free(route);
    return cause;
}

/* ---- request and response ---- */

/* What is sent and how much of it has been, and what comes. */
struct exchange {
    struct stream *stream;
    struct http_reader *reader;
    char request[REQUEST_SIZE];
    size_t length, sent;
};

/* False where there is no room, which there is for all that http_url_parse() takes. */
static bool set_request(struct exchange *exchange, const struct http_url *url)
{
    char authority[TLSDIAL_HOST_SIZE + TLSDIAL_PORT_SIZE + 4];
    host_port_format(authority, sizeof authority, url->host.name, url->port);
    char *port = strrchr(authority, ':');
    if (strcmp(port, ":80") == 0)
        *port = '\0'; /* some servers know themselves by the name alone */
    int n = snprintf(exchange->request, sizeof exchange->request,
                     "GET %s HTTP/1.0\r\nHost: %s\r\nConnection: close\r\n\r\n",
                     url->path, authority);
    exchange->length = n > 0 ? (size_t)n : 0;
    return n > 0 && (size_t)n < sizeof exchange->request;
}

/* Sends and receives as far as possible without waiting. */
static enum http_progress exchange_step(struct exchange *exchange)
{
    char piece[PIECE];
    size_t n;
    enum http_progress progress = HTTP_MORE;
    enum sock_result result = SOCK_DONE;
    while (exchange->sent < exchange->length && result == SOCK_DONE) {
        result = stream_write(exchange->stream, exchange->request + exchange->sent,
                              exchange->length - exchange->sent, &n);
        if (result == SOCK_DONE)
            exchange->sent += n;
    }
    if (result == SOCK_FAILED) { /* a response explains more than a reset */
        exchange->sent = exchange->length;
        stream_reopen(exchange->stream);
    }
    result = SOCK_DONE;
    while (progress == HTTP_MORE && result == SOCK_DONE) {
        result = stream_read(exchange->stream, piece, sizeof piece, &n);
        if (result == SOCK_DONE)
            progress = http_reader_take(exchange->reader, piece, n);
        else if (result == SOCK_END)
            progress = http_reader_end(exchange->reader);
        else if (result == SOCK_FAILED)
            progress = HTTP_WRONG;
    }
    return progress;
}

static enum tlsdial_cause exchange_wait(const struct exchange *exchange,
                                        const struct fetch *fetch,
                                        struct tlsdial_error *error)
{
    struct wait_set set = {0};
    wait_set_begin(&set);
    wait_set_add(&set, stream_fd(exchange->stream), true,
                 exchange->sent < exchange->length);
    wait_set_until(&set, fetch->deadline);
    enum tlsdial_cause cause = wait_or_cancel(&set, fetch, error);
    wait_set_clear(&set);
    return cause;
}

static enum tlsdial_cause exchange_failed(const struct exchange *exchange,
                                          const struct fetch *fetch,
                                          struct tlsdial_error *error)
{
    static const char *const words[] = {
        [HTTP_NOT_HTTP] = "the response is not HTTP",
        [HTTP_HEAD_TOO_LARGE] = "the header of the response is longer than 16 KiB",
        [HTTP_BODY_TOO_LARGE] = "the response is longer than 100 KiB",
        [HTTP_CODED] = "the response has a transfer coding, which HTTP/1.0 lacks",
        [HTTP_NOTHING] = "the server ended the connection without a response",
        [HTTP_CUT_OFF] = "the response was cut off",
    };
    char reason[128];
    enum http_fault fault = http_reader_fault(exchange->reader);
    if (fault != HTTP_FINE)
        return no_certificate(fetch, words[fault], error);
    sock_describe(stream_code(exchange->stream), reason, sizeof reason);
    return no_certificate(fetch, reason, error);
}

/* The response is in the reader. */
static enum tlsdial_cause run_exchange(struct exchange *exchange,
                                       const struct fetch *fetch,
                                       struct tlsdial_error *error)
{
    enum http_progress progress;
    while ((progress = exchange_step(exchange)) == HTTP_MORE) {
        enum tlsdial_cause cause = exchange_wait(exchange, fetch, error);
        if (cause != TLSDIAL_OK)
            return cause;
        if (deadline_passed(fetch->deadline))
            return no_certificate(fetch, "it did not come in time", error);
    }
    return progress == HTTP_DONE ? TLSDIAL_OK : exchange_failed(exchange, fetch, error);
}

/* ---- what came ---- */

static bool is_redirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 ||
           status == 308;
}

/* What went wrong where the address led to. */
static enum tlsdial_cause behind_redirect(const struct fetch *fetch,
                                          enum tlsdial_cause cause,
                                          const struct tlsdial_error *reason,
                                          struct tlsdial_error *error)
{
    char sentence[TLSDIAL_MESSAGE_SIZE];
    char *address = escaped_text(fetch->address);
    if (address == NULL)
        return error_out_of_memory(error);
    snprintf(sentence, sizeof sentence,
             "no certificate from %.400s: it redirects: ", address);
    text_append(sentence, sizeof sentence, reason->message + reason->sentence);
    OPENSSL_free(address);
    error_set_escaped(error, cause, reason->native, sentence); /* both parts are */
    return cause;
}

/* Where to go on. */
static enum tlsdial_cause redirect(const struct fetch *fetch, struct http_url *url,
                                   const struct http_answer *answer, int redirects,
                                   struct tlsdial_error *error)
{
    char why[TLSDIAL_MESSAGE_SIZE];
    struct tlsdial_error reason = {0};
    struct http_url next;
    if (redirects >= REDIRECTS_MAX) {
        snprintf(why, sizeof why, "it redirects more than %d times", REDIRECTS_MAX);
        return no_certificate(fetch, why, error);
    }
    if (answer->location == NULL) {
        snprintf(why, sizeof why, "it redirects (HTTP status %d) to nowhere",
                 answer->status);
        return no_certificate(fetch, why, error);
    }
    if (http_url_redirect(&next, url, answer->location, &reason) == TLSDIAL_OK) {
        *url = next;
        return TLSDIAL_OK;
    }
    return behind_redirect(fetch, TLSDIAL_CA_STORE, &reason, error);
}

static enum tlsdial_cause take_body(const struct fetch *fetch,
                                    const struct http_answer *answer,
                                    STACK_OF(X509) * *list, struct tlsdial_error *error)
{
    char why[64];
    const char *fault;
    if (answer->status != 200) {
        snprintf(why, sizeof why, "the server answered with HTTP status %d",
                 answer->status);
        return no_certificate(fetch, why, error);
    }
    *list = issuer_body_read(answer->body, answer->body_length, &fault);
    return *list != NULL ? TLSDIAL_OK : no_certificate(fetch, fault, error);
}

/* One request. *list stays NULL where that leads to another one, of *url. */
static enum tlsdial_cause ask(const struct fetch *fetch, struct http_url *url,
                              int redirects, STACK_OF(X509) * *list,
                              struct tlsdial_error *error)
{
    struct exchange exchange = {.reader = http_reader_new()};
    struct tlsdial_error reason = {0};
    enum tlsdial_cause cause = exchange.reader != NULL && set_request(&exchange, url)
                                   ? TLSDIAL_OK
                                   : error_out_of_memory(error);
    if (cause == TLSDIAL_OK)
        cause = connect_to(fetch, url, &exchange.stream, &reason);
    if (reason.cause != TLSDIAL_OK && redirects == 0)
        *error = reason;
    else if (reason.cause != TLSDIAL_OK)
        cause = behind_redirect(fetch, cause, &reason, error);
    if (cause == TLSDIAL_OK)
        cause = run_exchange(&exchange, fetch, error);
    if (cause == TLSDIAL_OK) {
        struct http_answer answer = http_reader_answer(exchange.reader);
        cause = is_redirect(answer.status)
                    ? redirect(fetch, url, &answer, redirects, error)
                    : take_body(fetch, &answer, list, error);
    }
    stream_free(exchange.stream);
    http_reader_free(exchange.reader);
    return cause;
}

static enum tlsdial_cause load(const struct fetch *fetch, STACK_OF(X509) * *list,
                               struct tlsdial_error *error)
{
    struct http_url url;
    enum tlsdial_cause cause = http_url_parse(&url, fetch->address, error);
    for (int redirects = 0; cause == TLSDIAL_OK && *list == NULL; redirects++)
        cause = ask(fetch, &url, redirects, list, error);
    return cause;
}

/* All of them in DER, one after another; NULL when out of memory. */
static unsigned char *join(const STACK_OF(X509) * list, size_t *length)
{
    size_t size = 0;
    for (int i = 0; i < sk_X509_num(list); i++)
        size += (size_t)i2d_X509(sk_X509_value(list, i), NULL);
    unsigned char *joined = OPENSSL_malloc(size), *at = joined;
    for (int i = 0; joined != NULL && i < sk_X509_num(list); i++)
        i2d_X509(sk_X509_value(list, i), &at);
    *length = size;
    return joined;
}

static struct fetch begin(const tlsdial_client *client, const char *url,
                          const struct dial_options *options)
{
    int64_t now = clock_now_us();
    enum address_scope peer =
        options->evidence != NULL ? options->evidence->peer_scope : ADDRESS_ANY;
    return (struct fetch){
        .client = client,
        .options = options,
        .address = url,
        .scope = peer != ADDRESS_ANY ? peer : ADDRESS_PUBLIC,
        .deadline = deadline_earlier(deadline_after(now, options->connect_timeout),
                                     deadline_after(now, options->max_time))};
}

enum tlsdial_cause tlsdial_fetch_issuers(tlsdial_client *client, const char *url,
                                         const struct tlsdial_options *options,
                                         void **certificates, size_t *length,
                                         struct tlsdial_error *error)
{
    struct dial_options own;
    STACK_OF(X509) *list = NULL;
    struct tlsdial_error reason = {0};
    if (url == NULL || certificates == NULL || length == NULL)
        return tlsdial_error_set(error, TLSDIAL_MISUSE, 0, "something needed is NULL");
    *certificates = NULL;
    *length = 0;
    enum tlsdial_cause cause = dial_options_parse(&own, options, client, &reason);
    if (cause == TLSDIAL_OK) {
        const struct fetch fetch = begin(client, url, &own);
        cause = load(&fetch, &list, &reason);
    }
    if (cause == TLSDIAL_OK && (*certificates = join(list, length)) == NULL)
        cause = error_out_of_memory(&reason);
    sk_X509_pop_free(list, X509_free);
    dial_options_clear(&own);
    if (cause != TLSDIAL_OK && error != NULL)
        *error = reason;
    return cause;
}
