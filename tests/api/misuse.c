/*
 * misuse.c: what the header forbids is TLSDIAL_MISUSE, and NULL never a crash.
 *
 *   misuse HOST PORT CAFILE     the peer answers what it is sent
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"

static void misused(enum tlsdial_cause cause, const struct tlsdial_error *error,
                    const char *what)
{
    check_cause(cause, TLSDIAL_MISUSE, error, what);
}

/* Every setting; NULL where a client is needed, or after it was sealed. */
static void settings(tlsdial_client *client, const char *ca, const char *when)
{
    struct tlsdial_error error = {0};
    struct {
        const char *name;
        enum tlsdial_cause cause;
    } results[] = {
        {"add_ca_file", tlsdial_client_add_ca_file(client, ca, &error)},
        {"add_ca_path", tlsdial_client_add_ca_path(client, ".", &error)},
        {"set_partial_chain", tlsdial_client_set_partial_chain(client, true, &error)},
        {"add_untrusted", tlsdial_client_add_untrusted(client, ca, &error)},
        {"set_verify_time", tlsdial_client_set_verify_time(client, 1, &error)},
        {"set_certificate",
         tlsdial_client_set_certificate(client, ca, NULL, NULL, NULL, &error)},
        {"set_protocols",
         tlsdial_client_set_protocols(client, TLSDIAL_TLS_1_2, TLSDIAL_TLS_1_3, &error)},
        {"set_groups", tlsdial_client_set_groups(client, "P-256", &error)},
        {"set_sigalgs", tlsdial_client_set_sigalgs(client, "ECDSA+SHA256", &error)},
        {"set_ciphers", tlsdial_client_set_ciphers(client, "ECDHE+AESGCM", &error)},
        {"set_family", tlsdial_client_set_family(client, TLSDIAL_IPV4, &error)},
        {"add_resolve",
         tlsdial_client_add_resolve(client, "a.example", "1", "127.0.0.1", &error)},
        {"add_crl_file", tlsdial_client_add_crl_file(client, ca, &error)},
        {"set_crl_check_all", tlsdial_client_set_crl_check_all(client, true, &error)},
        {"set_require_staple", tlsdial_client_set_require_staple(client, true, &error)},
        {"set_expiry_warning", tlsdial_client_set_expiry_warning(client, 1, &error)},
        {"add_pinned_keys", tlsdial_client_add_pinned_keys(client, "x", &error)},
        {"add_tlsa", tlsdial_client_add_tlsa(client, "x", &error)},
        {"set_insecure", tlsdial_client_set_insecure(client, true, &error)},
        {"add_ca_memory", tlsdial_client_add_ca_memory(client, "x", 1, &error)},
        {"add_untrusted_memory",
         tlsdial_client_add_untrusted_memory(client, "x", 1, &error)},
        {"add_crl_memory", tlsdial_client_add_crl_memory(client, "x", 1, &error)},
        {"set_certificate_memory", tlsdial_client_set_certificate_memory(
                                       client, "x", 1, NULL, 0, NULL, NULL, &error)},
        {"set_connect_timeout", tlsdial_client_set_connect_timeout(client, 1, &error)},
        {"set_idle_timeout", tlsdial_client_set_idle_timeout(client, 1, &error)},
        {"set_max_time", tlsdial_client_set_max_time(client, 1, &error)},
    };
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
        char what[80];
        snprintf(what, sizeof what, "%s %s", results[i].name, when);
        misused(results[i].cause, &error, what);
    }
}

static void limits(tlsdial_client *client)
{
    struct tlsdial_error error = {0};
    misused(tlsdial_client_set_connect_timeout(client, -1, &error), &error,
            "a negative connect timeout");
    misused(tlsdial_client_set_idle_timeout(client, -1, &error), &error,
            "a negative idle timeout");
    misused(tlsdial_client_set_max_time(client, INT64_MIN, &error), &error,
            "a negative limit of all");
    misused(tlsdial_client_set_expiry_warning(client, -1, &error), &error,
            "a negative number of seconds");
    misused(tlsdial_client_set_family(client, (enum tlsdial_family)7, &error), &error,
            "a family that there is not");
}

static void null_settings(tlsdial_client *client)
{
    struct tlsdial_error error = {0};
    misused(tlsdial_client_add_ca_file(client, NULL, &error), &error, "no CA file");
    misused(tlsdial_client_add_ca_path(client, NULL, &error), &error, "no directory");
    misused(tlsdial_client_add_untrusted(client, NULL, &error), &error, "no file");
    misused(tlsdial_client_set_certificate(client, NULL, NULL, NULL, NULL, &error),
            &error, "no certificate");
    misused(tlsdial_client_add_crl_file(client, NULL, &error), &error, "no CRL");
    misused(tlsdial_client_add_pinned_keys(client, NULL, &error), &error, "no pins");
    misused(tlsdial_client_add_tlsa(client, NULL, &error), &error, "no record");
    misused(tlsdial_client_add_ca_memory(client, NULL, 1, &error), &error, "no CA");
    misused(tlsdial_client_add_crl_memory(client, NULL, 1, &error), &error,
            "no CRL in memory");
    misused(tlsdial_client_add_resolve(client, NULL, "1", "127.0.0.1", &error), &error,
            "no host");
    misused(tlsdial_client_add_resolve(client, "a.example", "1", NULL, &error), &error,
            "no addresses");
}

/* A dial that must not begin. */
static void dial_misused(tlsdial_client *client, const char *host, const char *port,
                         const struct tlsdial_options *options, const char *what)
{
    struct tlsdial_error error = {0};
    check(tlsdial_dial(client, host, port, options, &error) == NULL, "no dial: %s", what);
    misused(error.cause, &error, what);
    check(tlsdial_dial(client, host, port, options, NULL) == NULL,
          "nor without an error");
}

static void dials(tlsdial_client *client, const char *host, const char *port)
{
    struct tlsdial_options options = {.size = sizeof options};
    dial_misused(NULL, host, port, NULL, "without a client");
    dial_misused(client, NULL, port, NULL, "without a host");
    dial_misused(client, host, NULL, NULL, "without a port");
    options.size = sizeof options.size;
    dial_misused(client, host, port, &options, "with a size that is too small");
    options.size = 0;
    dial_misused(client, host, port, &options, "with no size");
    options = (struct tlsdial_options){.size = sizeof options, .connect_timeout = -2};
    dial_misused(client, host, port, &options, "with a negative connect timeout");
    options = (struct tlsdial_options){.size = sizeof options, .idle_timeout = -2};
    dial_misused(client, host, port, &options, "with a negative idle timeout");
    options = (struct tlsdial_options){.size = sizeof options, .max_time = INT64_MIN};
    dial_misused(client, host, port, &options, "with a negative limit of all");
    options = (struct tlsdial_options){.size = sizeof options, .untrusted_length = 1};
    dial_misused(client, host, port, &options, "with certificates that are NULL");
    options = (struct tlsdial_options){.size = sizeof options,
                                       .family = (enum tlsdial_family)7};
    dial_misused(client, host, port, &options, "with a family that there is not");
}

static void without_connection(void)
{
    struct tlsdial_error error = {0};
    struct tlsdial_transfer transfer = {0};
    struct tlsdial_want want;
    tlsdial_conn *conn;
    char byte = 0;
    size_t n;
    int timeout;
    misused(tlsdial_transfer(NULL, &transfer, 0, &error), &error, "no connection");
    misused(tlsdial_read(NULL, &byte, 1, &n, &error), &error, "a read of none");
    misused(tlsdial_write(NULL, &byte, 1, &n, &error), &error, "a write to none");
    misused(tlsdial_exchange(NULL, &byte, 1, &n, NULL, NULL, &error), &error,
            "an exchange with none");
    misused(tlsdial_half_close(NULL, &error), &error, "a half close of none");
    misused(tlsdial_close(NULL, &error), &error, "a close of none");
    misused(tlsdial_conn_export(NULL, &byte, 1, "x", NULL, 0, &error), &error,
            "keys of none");
    misused(tlsdial_step(NULL, &conn, &error), &error, "a step of no dial");
    check(tlsdial_conn_wants(NULL, &want, 1, &timeout) == 0, "none wants nothing");
    check(tlsdial_dialing_wants(NULL, &want, 1, &timeout) == 0, "nor does no dial");
    check(*tlsdial_conn_subject(NULL) == '\0', "and has no name");
    misused(tlsdial_target_parse(NULL, "a", NULL, &error), &error, "no target");
    struct tlsdial_target target;
    misused(tlsdial_target_parse(&target, NULL, NULL, &error), &error, "no text");
    check(!tlsdial_is_ip_literal(NULL), "NULL is not an address");
    tlsdial_cancel_now(NULL);
    tlsdial_cancel_free(NULL);
    tlsdial_conn_free(NULL);
    tlsdial_dialing_free(NULL);
    tlsdial_client_free(NULL);
    tlsdial_evidence_free(NULL);
    tlsdial_free(NULL);
    check(true, "what frees takes NULL");
}

static void transfers(tlsdial_conn *conn)
{
    struct tlsdial_error error = {0};
    struct tlsdial_transfer transfer = {.out_length = 1};
    char byte = 'x';
    size_t n;
    misused(tlsdial_transfer(conn, NULL, 0, &error), &error, "no transfer");
    misused(tlsdial_transfer(conn, &transfer, 0, &error), &error, "data that is NULL");
    transfer = (struct tlsdial_transfer){.in_length = 1};
    misused(tlsdial_transfer(conn, &transfer, 0, &error), &error, "room that is NULL");
    transfer = (struct tlsdial_transfer){.in = &byte, .in_length = 1};
    misused(tlsdial_transfer(conn, &transfer, -2, &error), &error, "a negative wait");
    misused(tlsdial_read(conn, &byte, 0, &n, &error), &error, "a read of no bytes");
    misused(tlsdial_read(conn, NULL, 1, &n, &error), &error, "a read to nowhere");
    misused(tlsdial_read(conn, &byte, 1, NULL, &error), &error,
            "a read that says nothing");
    misused(tlsdial_write(conn, NULL, 1, NULL, &error), &error, "a write of NULL");
    misused(tlsdial_conn_export(conn, NULL, 1, "x", NULL, 0, &error), &error,
            "keys to nowhere");
    misused(tlsdial_conn_export(conn, &byte, 1, NULL, NULL, 0, &error), &error,
            "keys without a label");
    check_cause(tlsdial_write(conn, NULL, 0, NULL, &error), TLSDIAL_OK, &error,
                "nothing may be written");
    check(tlsdial_write(conn, &byte, 1, NULL, NULL) == TLSDIAL_OK &&
              tlsdial_read(conn, &byte, 1, &n, NULL) == TLSDIAL_OK && byte == 'x',
          "none of that has harmed the connection");
    check(tlsdial_conn_wants(conn, NULL, 0, NULL) == 1, "it can be asked for a count");
    check_cause(tlsdial_close(conn, &error), TLSDIAL_OK, &error, "closed");
    misused(tlsdial_write(conn, &byte, 1, NULL, &error), &error, "a write after it");
    misused(tlsdial_write(conn, &byte, 1, NULL, NULL), NULL, "without an error too");
    misused(tlsdial_half_close(conn, &error), &error, "a half close after it");
}

static void step_after_end(tlsdial_client *client, const char *host, const char *port)
{
    struct tlsdial_error error = {0};
    tlsdial_conn *conn = NULL;
    struct tlsdial_options options = {.size = sizeof options, .connect_timeout = 1};
    tlsdial_dialing *dialing = tlsdial_begin(client, host, port, &options, &error);
    misused(tlsdial_step(dialing, NULL, &error), &error, "a step without a place");
    enum tlsdial_cause cause = TLSDIAL_AGAIN;
    while (cause == TLSDIAL_AGAIN)
        cause = tlsdial_step(dialing, &conn, &error);
    misused(tlsdial_step(dialing, &conn, &error), &error, "a step after the last");
    tlsdial_conn_free(conn);
    tlsdial_dialing_free(dialing);
}

int main(int argc, char **argv)
{
    if (argc != 4)
        give_up(NULL, "usage: misuse HOST PORT CAFILE");
    tlsdial_client *client = client_of(argv[3]);
    settings(NULL, argv[3], "without a client");
    limits(client);
    null_settings(client);
    dials(client, argv[1], argv[2]);
    without_connection();
    tlsdial_conn *conn = dialled(client, argv[1], argv[2], NULL);
    settings(client, argv[3], "after the first dial");
    transfers(conn);
    step_after_end(client, argv[1], argv[2]);
    tlsdial_conn_free(conn);
    tlsdial_client_free(client);
    return EXIT_SUCCESS;
}
