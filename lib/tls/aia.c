/* aia.c: a missing issuer's certificate from where its child says that it is to be had. */
#include <config.h>

#include "tls/client.h"

#include <openssl/err.h>
#include <openssl/http.h>
#include <openssl/pkcs7.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "net/route.h"
#include "net/sock.h"
#include "tls/bio.h"

/* An http URL in its parts; to be cleared. */
struct place {
    char *host, *port;
};

static void place_clear(struct place *place)
{
    OPENSSL_free(place->host);
    OPENSSL_free(place->port);
}

static enum tlsdial_cause place_parse(struct place *place, const char *url,
                                      struct tlsdial_error *error)
{
    int use_tls = 0;
    *place = (struct place){0};
    if (OSSL_HTTP_parse_url(url, &use_tls, NULL, &place->host, &place->port, NULL, NULL,
                            NULL, NULL) == 1 &&
        !use_tls) {
        size_t length = strlen(place->host);
        if (length > 2 && place->host[0] == '[' && place->host[length - 1] == ']') {
            memmove(place->host, place->host + 1, length - 2);
            place->host[length - 2] = '\0';
        }
        return TLSDIAL_OK;
    }
    return tlsdial_error_set(error, TLSDIAL_USAGE, ERR_peek_error(),
                             "'%.200s' is no http URL", url);
}

static enum tlsdial_cause connect_to(const tlsdial_client *client,
                                     const struct place *place, struct deadline deadline,
                                     int *fd, struct tlsdial_error *error)
{
    struct host host;
    const struct route_request request = {.host = &host,
                                          .port = place->port,
                                          .family = client->family,
                                          .overrides = client->overrides,
                                          .deadline = deadline};
    struct wait_set set = {0};
    int code = 0;
    enum tlsdial_cause cause = host_parse(&host, place->host, error);
    struct route *route =
        cause == TLSDIAL_OK ? route_begin(&request, NULL, error) : NULL;
    enum step result = route != NULL ? STEP_AGAIN : STEP_FAILED;
    while (result == STEP_AGAIN && (result = route_step(route, error)) == STEP_AGAIN) {
        wait_set_begin(&set);
        route_wants(route, &set);
        if (wait_for(&set, &code) == SOCK_FAILED) {
            tlsdial_error_set(error, TLSDIAL_CONNECT_FAILED, (unsigned long)code,
                              "waiting for the connection failed");
            result = STEP_FAILED;
        }
    }
    if (result == STEP_DONE)
        *fd = stream_release(route_take(route));
    route_free(route);
    wait_set_clear(&set);
    return result == STEP_DONE ? TLSDIAL_OK : error->cause;
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

/* OpenSSL's HTTP client over our BIO, whose deadline so holds for it too. */
static enum tlsdial_cause load(int fd, const char *url, struct deadline deadline,
                               tlsdial_evidence *evidence, STACK_OF(X509) * *list,
                               struct tlsdial_error *error)
{
    struct io *io;
    BIO *bio = io_bio_new(fd, &evidence->traffic, &io);
    if (bio == NULL) {
        sock_close(fd);
        return error_out_of_memory(error);
    }
    io->deadline = deadline;
    ERR_clear_error();
    BIO *body = OSSL_HTTP_get(url, NULL, NULL, bio, bio, NULL, NULL, 0, NULL, NULL, 1,
                              OSSL_HTTP_DEFAULT_MAX_RESP_LEN, 0);
    *list = body != NULL ? certificates_in(body) : NULL;
    bool late = io->end == IO_TIMEOUT;
    BIO_free(body);
    BIO_free(bio);
    if (sk_X509_num(*list) > 0)
        return TLSDIAL_OK;
    return tlsdial_error_set(
        error, TLSDIAL_CA_STORE, ERR_peek_error(), "no certificate from %s: %s", url,
        late ? "it did not come in time" : error_openssl_reason("there is none in it"));
}

static enum tlsdial_cause fetch(const tlsdial_client *client, const char *url,
                                STACK_OF(X509) * *list, struct tlsdial_error *error)
{
    struct place place;
    int fd = -1;
    struct deadline deadline = deadline_after(clock_now_us(), client->connect_timeout);
    tlsdial_evidence *evidence = tlsdial_evidence_new();
    if (evidence == NULL)
        return error_out_of_memory(error);
    enum tlsdial_cause cause = place_parse(&place, url, error);
    if (cause == TLSDIAL_OK)
        cause = connect_to(client, &place, deadline, &fd, error);
    if (cause == TLSDIAL_OK)
        cause = load(fd, url, deadline, evidence, list, error);
    place_clear(&place);
    tlsdial_evidence_free(evidence);
    return cause;
}

enum tlsdial_cause tlsdial_client_fetch_untrusted(tlsdial_client *client, const char *url,
                                                  struct tlsdial_error *error)
{
    STACK_OF(X509) *list = NULL;
    X509 *certificate;
    ERR_clear_error();
    enum tlsdial_cause cause = fetch(client, url, &list, error);
    while (cause == TLSDIAL_OK && (certificate = sk_X509_shift(list)) != NULL)
        if (sk_X509_push(client->untrusted, certificate) == 0) {
            X509_free(certificate);
            cause = error_out_of_memory(error);
        }
    sk_X509_pop_free(list, X509_free);
    return cause;
}
