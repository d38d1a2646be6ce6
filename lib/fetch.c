/* fetch.c: a missing issuer's certificate from where its child says that it is to be had. */
#include "internal.h"

#include <openssl/err.h>
#include <openssl/http.h>
#include <string.h>

#include "sock.h"

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
        !use_tls)
        return TLSDIAL_OK;
    return tlsdial_error_set(error, TLSDIAL_USAGE, ERR_peek_error(),
                             "'%.200s' is no http URL", url);
}

static enum tlsdial_cause connect_to(const tlsdial_client *client,
                                     const struct place *place, struct deadline deadline,
                                     tlsdial_evidence *evidence, int *fd,
                                     struct tlsdial_error *error)
{
    struct host host;
    struct address_list addresses = {0};
    enum tlsdial_cause cause = host_parse(&host, place->host, error);
    if (cause == TLSDIAL_OK)
        cause = resolve(client, &host, place->port, deadline, &addresses, error);
    if (cause == TLSDIAL_OK)
        cause = connect_any(&addresses, deadline, evidence, fd, error);
    address_list_free(&addresses);
    return cause;
}

/* OpenSSL's HTTP client over our BIO, whose deadline so holds for it too. */
static enum tlsdial_cause load(int fd, const char *url, struct deadline deadline,
                               tlsdial_evidence *evidence, X509 **certificate,
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
    *certificate = X509_load_http(url, bio, bio, 0);
    bool late = io->end == IO_TIMEOUT;
    BIO_free(bio);
    if (*certificate != NULL)
        return TLSDIAL_OK;
    return tlsdial_error_set(
        error, TLSDIAL_CA_STORE, ERR_peek_error(), "no certificate from %s: %s", url,
        late ? "it did not come in time" : error_openssl_reason("no reason given"));
}

static enum tlsdial_cause fetch(const tlsdial_client *client, const char *url,
                                X509 **certificate, struct tlsdial_error *error)
{
    struct place place;
    int fd = -1;
    struct deadline deadline = deadline_after(sock_clock_us(), client->connect_timeout);
    tlsdial_evidence *evidence = tlsdial_evidence_new();
    if (evidence == NULL)
        return error_out_of_memory(error);
    enum tlsdial_cause cause = place_parse(&place, url, error);
    if (cause == TLSDIAL_OK)
        cause = connect_to(client, &place, deadline, evidence, &fd, error);
    if (cause == TLSDIAL_OK)
        cause = load(fd, url, deadline, evidence, certificate, error);
    place_clear(&place);
    tlsdial_evidence_free(evidence);
    return cause;
}

enum tlsdial_cause tlsdial_client_fetch_untrusted(tlsdial_client *client, const char *url,
                                                  struct tlsdial_error *error)
{
    X509 *certificate = NULL;
    ERR_clear_error();
    enum tlsdial_cause cause = fetch(client, url, &certificate, error);
    if (cause == TLSDIAL_OK && sk_X509_push(client->untrusted, certificate) == 0) {
        X509_free(certificate);
        cause = error_out_of_memory(error);
    }
    return cause;
}
