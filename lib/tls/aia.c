/* aia.c: a missing issuer's certificate from where its child says that it is to be had. */
#include <config.h>

#include <openssl/err.h>
#include <openssl/http.h>
#include <openssl/pkcs7.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "net/cancel.h"
#include "net/route.h"
#include "tls/bio.h"
#include "tls/options.h"

/* One run. */
struct fetch {
    const tlsdial_client *client;
    const struct dial_options *options;
    struct deadline deadline;
};

/* An http URL in its parts; to be cleared. */
struct place {
    char *server; /* with the brackets of an IPv6 address */
    char *host, *port, *path;
};

static void place_clear(struct place *place)
{
    OPENSSL_free(place->server);
    OPENSSL_free(place->host);
    OPENSSL_free(place->port);
    OPENSSL_free(place->path);
}

static enum tlsdial_cause place_parse(struct place *place, const char *url,
                                      struct tlsdial_error *error)
{
    int use_tls = 0;
    *place = (struct place){0};
    if (OSSL_HTTP_parse_url(url, &use_tls, NULL, &place->server, &place->port, NULL,
                            &place->path, NULL, NULL) != 1 ||
        use_tls)
        return tlsdial_error_set(error, TLSDIAL_USAGE, ERR_peek_error(),
                                 "'%.200s' is no http URL", url);
    size_t length = strlen(place->server);
    bool brackets =
        length > 2 && place->server[0] == '[' && place->server[length - 1] == ']';
    place->host = brackets ? OPENSSL_strndup(place->server + 1, length - 2)
                           : OPENSSL_strdup(place->server);
    return place->host != NULL ? TLSDIAL_OK : error_out_of_memory(error);
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

/* A stream to the place. The loop waits for the steps of the way. */
static enum tlsdial_cause connect_to(const struct fetch *fetch, const struct place *place,
                                     struct stream **stream, struct tlsdial_error *error)
{
    struct host host;
    struct route *route = NULL;
    enum step step = STEP_FAILED;
    enum tlsdial_cause cause = host_parse(&host, place->host, error);
    const struct route_request request = {.host = &host,
                                          .port = place->port,
                                          .family = fetch->options->family,
                                          .overrides = fetch->client->overrides,
                                          .deadline = fetch->deadline};
    const struct route_observer nobody = {0};
    if (cause != TLSDIAL_OK)
        return cause;
    route = route_begin(&request, &nobody, error);
    while (route != NULL && (step = route_step(route, error)) == STEP_AGAIN) {
        struct wait_set set = {0};
        wait_set_begin(&set);
        route_wants(route, &set);
        cause = wait_or_cancel(&set, fetch, error);
        wait_set_clear(&set);
        if (cause != TLSDIAL_OK)
            break;
    }
    if (step == STEP_DONE)
        *stream = route_take(route);
    else if (cause == TLSDIAL_OK)
        cause = error->cause;
    route_free(route);
    return cause;
}

/* What an issuer's address gives: a certificate in DER, or several in PKCS#7, as a "certs-only" CMS
 * message is too (RFC 5280, 4.2.2.1). NULL: it is neither. */
static STACK_OF(X509) * certificates_in(BIO *body)
{
    const unsigned char *data, *at;
    long length = BIO_get_mem_data(body, &data);
    STACK_OF(X509) *list = NULL;
    at = data;
    X509 *certificate = d2i_X509(NULL, &at, length);
    if (certificate != NULL) {
        list = sk_X509_new_null();
        if (list == NULL || sk_X509_push(list, certificate) == 0)
            X509_free(certificate);
        return list;
    }
    at = data;
    PKCS7 *message = d2i_PKCS7(NULL, &at, length);
    if (message != NULL && PKCS7_type_is_signed(message))
        list = X509_chain_up_ref(message->d.sign->cert);
    PKCS7_free(message);
    return list;
}

/* OpenSSL's HTTP client, in its steps that never wait. NULL on failure. */
static BIO *exchange(const struct fetch *fetch, OSSL_HTTP_REQ_CTX *http,
                     const struct stream *stream, struct tlsdial_error *error)
{
    int result;
    error->cause = TLSDIAL_OK;
    while ((result = OSSL_HTTP_REQ_CTX_nbio(http)) == -1) {
        struct wait_set set = {0};
        wait_set_begin(&set);
        /* It does not say which of the two it waits for; a socket is writable nearly always. */
        wait_set_add(&set, stream_fd(stream), true, stream_sent(stream) == 0);
        wait_set_until(&set, fetch->deadline);
        enum tlsdial_cause cause = wait_or_cancel(&set, fetch, error);
        wait_set_clear(&set);
        if (cause != TLSDIAL_OK || deadline_passed(fetch->deadline))
            return NULL;
    }
    return result == 1 ? OSSL_HTTP_REQ_CTX_get0_mem_bio(http) : NULL;
}

static enum tlsdial_cause load(const struct fetch *fetch, const char *url,
                               const struct place *place, struct stream *stream,
                               STACK_OF(X509) * *list, struct tlsdial_error *error)
{
    BIO_METHOD *method = NULL;
    BIO *bio = stream_bio_new(stream, &method);
    OSSL_HTTP_REQ_CTX *http = NULL;
    struct tlsdial_error reason = {0};
    BIO *body = NULL;
    ERR_clear_error();
    if (bio != NULL)
        http = OSSL_HTTP_open(place->server, place->port, NULL, NULL, 0, bio, bio, NULL,
                              NULL, 0, 0);
    if (http != NULL &&
        OSSL_HTTP_set1_request(http, place->path, NULL, NULL, NULL, NULL, 1,
                               OSSL_HTTP_DEFAULT_MAX_RESP_LEN, 0, 0) == 1)
        body = exchange(fetch, http, stream, &reason);
    *list = body != NULL ? certificates_in(body) : NULL;
    unsigned long code = ERR_peek_error();
    OSSL_HTTP_close(http, 1);
    BIO_free(bio);
    BIO_meth_free(method);
    if (sk_X509_num(*list) > 0)
        return TLSDIAL_OK;
    if (reason.cause != TLSDIAL_OK) {
        *error = reason;
        return reason.cause;
    }
    return tlsdial_error_set(
        error, TLSDIAL_CA_STORE, code, "no certificate from %s: %s", url,
        deadline_passed(fetch->deadline) ? "it did not come in time"
                                         : error_openssl_reason("there is none in it"));
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

enum tlsdial_cause tlsdial_fetch_issuers(tlsdial_client *client, const char *url,
                                         const struct tlsdial_options *options,
                                         void **certificates, size_t *length,
                                         struct tlsdial_error *error)
{
    struct dial_options own;
    struct place place = {0};
    struct stream *stream = NULL;
    STACK_OF(X509) *list = NULL;
    struct tlsdial_error reason = {0};
    if (url == NULL || certificates == NULL || length == NULL)
        return tlsdial_error_set(error, TLSDIAL_MISUSE, 0, "something needed is NULL");
    *certificates = NULL;
    ERR_clear_error();
    enum tlsdial_cause cause = dial_options_parse(&own, options, client, &reason);
    const struct fetch fetch = {.client = client,
                                .options = &own,
                                .deadline =
                                    deadline_after(clock_now_us(), own.connect_timeout)};
    if (cause == TLSDIAL_OK)
        cause = place_parse(&place, url, &reason);
    if (cause == TLSDIAL_OK)
        cause = connect_to(&fetch, &place, &stream, &reason);
    if (cause == TLSDIAL_OK)
        cause = load(&fetch, url, &place, stream, &list, &reason);
    if (cause == TLSDIAL_OK && (*certificates = join(list, length)) == NULL)
        cause = error_out_of_memory(&reason);
    sk_X509_pop_free(list, X509_free);
    stream_free(stream);
    place_clear(&place);
    dial_options_clear(&own);
    if (cause != TLSDIAL_OK && error != NULL)
        *error = reason;
    return cause;
}
