/*
 * options.c: what a dial has of its own.
 *
 *   options socket HOST PORT CAFILE
 *   options untrusted HOST PORT CAFILE PEM DER BOTH   the peer leaves out its intermediate
 *   options memory HOST PORT CAFILE INTERMEDIATE CRL CERT KEY WRONGKEY
 *                                                     the peer wants a client certificate
 *   options exporter HOST PORT CAFILE VERSION         prints what s_server -keymatexport does
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "api.h"

static bool is_closed(int fd)
{
    return fcntl(fd, F_GETFD) < 0 && errno == EBADF;
}

static void own_socket(tlsdial_client *client, char **argv)
{
    struct tlsdial_error error = {0};
    char data[5];
    size_t n = 0;
    int fd = connected_socket(argv[2], argv[3]);
    struct tlsdial_options options = {.size = sizeof options, .socket = &fd};
    tlsdial_conn *conn = dialled(client, "localhost", "1", &options);
    check(tlsdial_write(conn, "hello", 5, NULL, &error) == TLSDIAL_OK &&
              tlsdial_read(conn, data, 5, &n, &error) == TLSDIAL_OK && n == 5 &&
              memcmp(data, "hello", 5) == 0,
          "a dial over a socket of the caller's, to whatever host it is named");
    tlsdial_conn_free(conn);
    check(is_closed(fd), "it is closed with the connection");

    fd = connected_socket(argv[2], argv[3]);
    options.verify_hostname = "wrong.example";
    check(tlsdial_dial(client, "localhost", "1", &options, &error) == NULL &&
              error.cause == TLSDIAL_NAME_MISMATCH,
          "the certificate is verified as ever");
    check(is_closed(fd), "the socket is closed after a failure");

    fd = connected_socket(argv[2], argv[3]);
    options.connect_timeout = -7;
    check(tlsdial_dial(client, "localhost", "1", &options, &error) == NULL &&
              error.cause == TLSDIAL_MISUSE && is_closed(fd),
          "and after a misuse");
    options = (struct tlsdial_options){.size = sizeof options, .socket = &fd};
    fd = connected_socket(argv[2], argv[3]);
    check(tlsdial_dial(NULL, "localhost", "1", &options, &error) == NULL && is_closed(fd),
          "even without a client");
    fd = connected_socket(argv[2], argv[3]);
    check(tlsdial_dial(client, NULL, "1", &options, &error) == NULL && is_closed(fd),
          "or a host");

    fd = socket(AF_INET, SOCK_STREAM, 0);
    options.connect_timeout = API_SOON;
    check(tlsdial_dial(client, "localhost", "1", &options, &error) == NULL &&
              error.cause != TLSDIAL_INTERNAL && is_closed(fd),
          "a socket that is not connected fails: %s", error.message);
    int closed = fd;
    options.socket = &closed;
    check(tlsdial_dial(client, "localhost", "1", &options, &error) == NULL,
          "so does one that is none: %s", error.message);
}

static void dial_with(tlsdial_client *client, char **argv, const void *data,
                      size_t length, enum tlsdial_cause expected, const char *what)
{
    struct tlsdial_error error = {0};
    struct tlsdial_options options = {
        .size = sizeof options, .untrusted = data, .untrusted_length = length};
    tlsdial_conn *conn = tlsdial_dial(client, argv[2], argv[3], &options, &error);
    check_cause(error.cause, expected, &error, what);
    tlsdial_conn_free(conn);
}

static void untrusted(tlsdial_client *client, char **argv)
{
    size_t length;
    dial_with(client, argv, NULL, 0, TLSDIAL_INCOMPLETE_CHAIN, "the intermediate lacks");
    static const char *const words[] = {"PEM", "DER", "two in DER"};
    for (int i = 0; i < 3; i++) {
        char *data = read_file(argv[5 + i], &length);
        char what[80];
        snprintf(what, sizeof what, "it is given in the options, as %s", words[i]);
        dial_with(client, argv, data, length, TLSDIAL_OK, what);
        if (i > 0)
            dial_with(client, argv, data, length - 1, TLSDIAL_CA_STORE,
                      "cut off by one octet it is refused");
        free(data);
    }
    dial_with(client, argv, "garbage", 7, TLSDIAL_CA_STORE, "so is what is none");
    dial_with(client, argv, "\x30", 1, TLSDIAL_CA_STORE, "and one octet");
    dial_with(client, argv, "-----BEGIN CERTIFICATE-----\nAAAA\n", 33, TLSDIAL_CA_STORE,
              "and PEM that does not end");
}

/* All that may come from a file, from memory. */
static void memory(char **argv)
{
    struct tlsdial_error error = {0};
    size_t length, key_length, wrong_length;
    tlsdial_client *client = tlsdial_client_new(&error);
    check_cause(tlsdial_client_add_ca_memory(client, "none", 4, &error), TLSDIAL_CA_STORE,
                &error, "what has no certificate is refused");
    check_cause(tlsdial_client_add_crl_memory(client, "none", 4, &error),
                TLSDIAL_CRL_FILE, &error, "and what has no CRL");
    check_cause(tlsdial_client_set_certificate_memory(client, "none", 4, NULL, 0, NULL,
                                                      NULL, &error),
                TLSDIAL_CERTIFICATE_FILE, &error, "and no client certificate");
    char *data = read_file(argv[4], &length);
    check_cause(tlsdial_client_add_ca_memory(client, data, length, &error), TLSDIAL_OK,
                &error, "a CA");
    free(data);
    data = read_file(argv[5], &length);
    check_cause(tlsdial_client_add_untrusted_memory(client, data, length, &error),
                TLSDIAL_OK, &error, "an intermediate");
    free(data);
    data = read_file(argv[6], &length);
    check_cause(tlsdial_client_add_crl_memory(client, data, length, &error), TLSDIAL_OK,
                &error, "a CRL");
    free(data);
    data = read_file(argv[7], &length);
    char *key = read_file(argv[8], &key_length),
         *wrong = read_file(argv[9], &wrong_length);
    check_cause(tlsdial_client_set_certificate_memory(client, data, length, wrong,
                                                      wrong_length, NULL, NULL, &error),
                TLSDIAL_KEY_FILE, &error, "a key of another certificate is refused");
    check_cause(tlsdial_client_set_certificate_memory(client, data, length, key,
                                                      key_length, NULL, NULL, &error),
                TLSDIAL_OK, &error, "a certificate and its key");
    free(data);
    free(key);
    free(wrong);
    tlsdial_evidence *evidence = tlsdial_evidence_new();
    struct tlsdial_options options = {.size = sizeof options, .evidence = evidence};
    char byte;
    size_t n;
    tlsdial_conn *conn = tlsdial_dial(client, argv[2], argv[3], &options, &error);
    check(conn != NULL &&
              tlsdial_write(conn, "GET / HTTP/1.0\r\n\r\n", 18, NULL, &error) ==
                  TLSDIAL_OK &&
              tlsdial_read(conn, &byte, 1, &n, &error) == TLSDIAL_OK && n == 1,
          "with all of that a server answers that demands them");
    const struct tlsdial_trust *trust = tlsdial_evidence_trust(evidence, 0);
    check(trust != NULL && trust->kind == TLSDIAL_TRUST_MEMORY &&
              trust->certificates == 1 && tlsdial_evidence_trust(evidence, 1) == NULL,
          "and the trust is said to be from memory");
    tlsdial_conn_free(conn);
    tlsdial_evidence_free(evidence);
    tlsdial_client_free(client);
}

/* As in RFC 9266: the label, 32 octets, and the context that s_server has none of. */
static void exporter(tlsdial_client *client, char **argv)
{
    struct tlsdial_error error = {0};
    unsigned char secret[32], other[32];
    tlsdial_conn *conn = dialled(client, argv[2], argv[3], NULL);
    check_cause(tlsdial_conn_export(conn, secret, sizeof secret,
                                    "EXPORTER-Channel-Binding", NULL, 0, &error),
                TLSDIAL_OK, &error, "there is keying material");
    check(tlsdial_conn_export(conn, other, sizeof other, "EXPORTER-Channel-Binding", "",
                              0, &error) == TLSDIAL_OK &&
              (memcmp(secret, other, sizeof secret) == 0) ==
                  (strcmp(argv[5], "tls1_3") == 0),
          "an empty context and none differ in TLS 1.2 only");
    printf("Keying material: ");
    for (size_t i = 0; i < sizeof secret; i++)
        printf("%02X", secret[i]);
    putchar('\n');
    tlsdial_close(conn, NULL);
    tlsdial_conn_free(conn);
}

int main(int argc, char **argv)
{
    if (argc < 5)
        give_up(NULL, "usage: options HOW HOST PORT CAFILE ...");
    tlsdial_client *client = client_of(argv[4]);
    if (strcmp(argv[1], "socket") == 0)
        own_socket(client, argv);
    else if (strcmp(argv[1], "untrusted") == 0 && argc == 8)
        untrusted(client, argv);
    else if (strcmp(argv[1], "memory") == 0 && argc == 10)
        memory(argv);
    else if (argc == 6)
        exporter(client, argv);
    tlsdial_client_free(client);
    return EXIT_SUCCESS;
}
