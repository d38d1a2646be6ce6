/*
 * floor.c: the flow of OpenSSL's guide "Writing a simple blocking TLS client"
 * (ossl-guide-tls-client-block(7)) in its plainest form, with a buffer of 16 KiB and a single
 * file of CA certificates: what a fetch costs at least on this machine.
 *
 *   floor HOST PORT CAFILE PATH
 */
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static void fail(const char *what)
{
    fprintf(stderr, "floor: %s\n", what);
    ERR_print_errors_fp(stderr);
    exit(EXIT_FAILURE);
}

static BIO *connected(const char *host, const char *port)
{
    BIO_ADDRINFO *addresses;
    int sock = -1;
    if (!BIO_lookup_ex(host, port, BIO_LOOKUP_CLIENT, AF_UNSPEC, SOCK_STREAM, 0,
                       &addresses))
        fail("name lookup");
    for (const BIO_ADDRINFO *a = addresses; a != NULL; a = BIO_ADDRINFO_next(a)) {
        sock = BIO_socket(BIO_ADDRINFO_family(a), SOCK_STREAM, 0, 0);
        if (sock == -1)
            continue;
        if (BIO_connect(sock, BIO_ADDRINFO_address(a), BIO_SOCK_NODELAY))
            break;
        BIO_closesocket(sock);
        sock = -1;
    }
    BIO_ADDRINFO_free(addresses);
    if (sock == -1)
        fail("no connection");
    BIO *bio = BIO_new(BIO_s_socket());
    if (bio == NULL)
        fail("BIO");
    BIO_set_fd(bio, sock, BIO_CLOSE);
    return bio;
}

static void send_request(SSL *ssl, const char *host, const char *path)
{
    char request[1024];
    size_t written;
    snprintf(request, sizeof request,
             "GET %s HTTP/1.0\r\nConnection: close\r\nHost: %s\r\n\r\n", path, host);
    if (!SSL_write_ex(ssl, request, strlen(request), &written))
        fail("write");
}

static void receive_response(SSL *ssl)
{
    static char buffer[16384];
    size_t size;
    while (SSL_read_ex(ssl, buffer, sizeof buffer, &size))
        fwrite(buffer, 1, size, stdout);
    if (SSL_get_error(ssl, 0) != SSL_ERROR_ZERO_RETURN)
        fail("read");
}

int main(int argc, char **argv)
{
    if (argc != 5)
        fail("usage: floor HOST PORT CAFILE PATH");
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    if (ctx == NULL)
        fail("SSL_CTX");
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    if (!SSL_CTX_load_verify_file(ctx, argv[3]) ||
        !SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION))
        fail("set-up");
    SSL *ssl = SSL_new(ctx);
    if (ssl == NULL)
        fail("SSL");
    BIO *bio = connected(argv[1], argv[2]);
    SSL_set_bio(ssl, bio, bio);
    if (!SSL_set_tlsext_host_name(ssl, argv[1]) || !SSL_set1_host(ssl, argv[1]))
        fail("name");
    if (SSL_connect(ssl) < 1)
        fail(X509_verify_cert_error_string(SSL_get_verify_result(ssl)));
    send_request(ssl, argv[1], argv[4]);
    receive_response(ssl);
    if (SSL_shutdown(ssl) < 1)
        fail("shutdown");
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
