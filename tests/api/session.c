/*
 * session.c: sessions within a process and from one to the next.
 *
 *   session get HOST PORT CAFILE FILE               dials, and saves the session in the file
 *   session use HOST PORT CAFILE FILE HOW [SETTING...]
 *                                                   dials with it; HOW is resumed or full
 *   session again HOST PORT CAFILE once|always      how often one can be used
 *   session threads HOST PORT CAFILE                many dials at once with one
 *   session damaged FILE                            octets that are not as they were saved
 *
 * The peer sends a response and ends. A SETTING is time=SECONDS, pin=PIN, name=NAME, sni=NAME,
 * crl=FILE, cert=FILE, tlsa=RECORD, staple, insecure or tls1.2.
 */
#include <config.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"

#define THREADS 8

static const char request[] = "GET / HTTP/1.0\r\n\r\n";

/* Whether a dial goes well to the end of the response; *resumed says how. */
static bool fetch(tlsdial_client *client, char **argv, struct tlsdial_options *options,
                  bool *resumed, tlsdial_session **session, struct tlsdial_error *error)
{
    tlsdial_evidence *evidence = tlsdial_evidence_new();
    char buffer[4096];
    size_t n = 1, total = 0;
    options->size = sizeof *options;
    options->evidence = evidence;
    tlsdial_conn *conn = tlsdial_dial(client, argv[2], argv[3], options, error);
    bool ok = conn != NULL &&
              tlsdial_write(conn, request, sizeof request - 1, NULL, error) == TLSDIAL_OK;
    for (; ok && n > 0; total += n)
        ok = tlsdial_read(conn, buffer, sizeof buffer, &n, error) == TLSDIAL_OK;
    ok = ok && total > 0 && tlsdial_evidence_resumed(evidence, resumed) &&
         tlsdial_evidence_certificate(evidence, TLSDIAL_CHAIN_BUILT, 0) != NULL;
    if (session != NULL)
        *session = ok ? tlsdial_conn_session(conn) : NULL;
    if (conn != NULL)
        tlsdial_close(conn, NULL);
    tlsdial_conn_free(conn);
    tlsdial_evidence_free(evidence);
    return ok;
}

/* A new session, from a full handshake. */
static tlsdial_session *fresh(tlsdial_client *client, char **argv)
{
    struct tlsdial_error error = {0};
    struct tlsdial_options options = {0};
    tlsdial_session *session;
    bool resumed = true;
    if (!fetch(client, argv, &options, &resumed, &session, &error) || session == NULL)
        give_up(&error, "a session is had");
    check(!resumed, "without a session the handshake is a full one");
    return session;
}

static void get(char **argv)
{
    struct tlsdial_error error = {0};
    tlsdial_client *client = client_of(argv[4]);
    tlsdial_session *session = fresh(client, argv);
    void *data = NULL;
    size_t length = 0;
    tlsdial_client_free(client); /* it is not needed for this */
    check_cause(tlsdial_session_save(session, &data, &length, &error), TLSDIAL_OK, &error,
                "the session is saved");
    append_file(argv[5], data, length);
    tlsdial_free(data);
    tlsdial_session_free(session);
}

static const char *value_of(const char *setting, const char *key)
{
    size_t length = strlen(key);
    return strncmp(setting, key, length) == 0 && setting[length] == '='
               ? setting + length + 1
               : NULL;
}

static void apply(tlsdial_client *client, struct tlsdial_options *options,
                  const char *setting)
{
    struct tlsdial_error error = {0};
    const char *value;
    if ((value = value_of(setting, "time")) != NULL)
        tlsdial_client_set_verify_time(client, strtoll(value, NULL, 10), &error);
    else if ((value = value_of(setting, "pin")) != NULL)
        tlsdial_client_add_pinned_keys(client, value, &error);
    else if ((value = value_of(setting, "crl")) != NULL)
        tlsdial_client_add_crl_file(client, value, &error);
    else if ((value = value_of(setting, "tlsa")) != NULL)
        tlsdial_client_add_tlsa(client, value, &error);
    else if ((value = value_of(setting, "cert")) != NULL)
        tlsdial_client_set_certificate(client, value, NULL, NULL, NULL, &error);
    else if ((value = value_of(setting, "name")) != NULL)
        options->verify_hostname = value;
    else if ((value = value_of(setting, "sni")) != NULL)
        options->servername = value;
    else if (strcmp(setting, "staple") == 0)
        tlsdial_client_set_require_staple(client, true, &error);
    else if (strcmp(setting, "insecure") == 0)
        tlsdial_client_set_insecure(client, true, &error);
    else if (strcmp(setting, "tls1.2") == 0)
        tlsdial_client_set_protocols(client, TLSDIAL_TLS_1_2, TLSDIAL_TLS_1_2, &error);
    else
        give_up(NULL, "the setting is known");
    if (error.cause != TLSDIAL_OK)
        give_up(&error, "the setting can be made");
}

/* HOW is resumed, full, or the token of the cause that the full handshake fails for. */
static void use(int argc, char **argv)
{
    struct tlsdial_error error = {0};
    struct tlsdial_options options = {0};
    tlsdial_client *client = client_of(argv[4]);
    size_t length;
    bool resumed = false;
    char *data = read_file(argv[5], &length);
    options.session = tlsdial_session_load(data, length, &error);
    free(data);
    if (options.session == NULL)
        give_up(&error, "the session is loaded");
    for (int i = 7; i < argc; i++)
        apply(client, &options, argv[i]);
    bool ok = fetch(client, argv, &options, &resumed, NULL, &error);
    const char *got = !ok       ? tlsdial_cause_token(error.cause)
                      : resumed ? "resumed"
                                : "full";
    check(strcmp(got, argv[6]) == 0, "%s%s%s", argv[6], argc > 7 ? " with " : "",
          argc > 7 ? argv[7] : "");
    if (strcmp(got, argv[6]) != 0)
        printf("# %s: %s\n", got, error.message);
    tlsdial_session_free(options.session);
    tlsdial_client_free(client);
}

static void again(char **argv)
{
    struct tlsdial_error error = {0};
    bool always = strcmp(argv[5], "always") == 0;
    tlsdial_client *client = client_of(argv[4]);
    tlsdial_session *session = fresh(client, argv), *next = NULL;
    size_t count = 0;
    bool resumed = true;
    for (; resumed && count < 10; count += resumed) {
        struct tlsdial_options options = {.session = session};
        tlsdial_session_free(next);
        if (!fetch(client, argv, &options, &resumed, &next, &error))
            give_up(&error, "no dial fails for its session");
    }
    check(always ? count == 10 : count > 0 && count <= 4, "resumed %zu times", count);
    void *data = NULL;
    size_t length;
    check((tlsdial_session_save(session, &data, &length, &error) == TLSDIAL_OK) == always,
          "what is used up is not saved");
    tlsdial_free(data);
    struct tlsdial_options options = {.session = always ? session : next};
    check(fetch(client, argv, &options, &resumed, NULL, &error) && resumed,
          "the one that the last dial gave is good");
    tlsdial_session_free(session);
    tlsdial_session_free(next);
    tlsdial_client_free(client);
}

struct share {
    char **argv;
    tlsdial_client *client;
    tlsdial_session *session;
    bool ok, resumed;
};

static void *fetch_shared(void *argument)
{
    struct share *share = argument;
    struct tlsdial_options options = {.session = share->session};
    struct tlsdial_error error = {0};
    share->ok =
        fetch(share->client, share->argv, &options, &share->resumed, NULL, &error);
    return NULL;
}

static void threads(char **argv)
{
    struct share shares[THREADS];
    pthread_t ids[THREADS];
    size_t good = 0, resumed = 0;
    tlsdial_client *client = client_of(argv[4]);
    tlsdial_session *session = fresh(client, argv);
    for (size_t i = 0; i < THREADS; i++) {
        shares[i] = (struct share){.argv = argv, .client = client, .session = session};
        if (pthread_create(&ids[i], NULL, fetch_shared, &shares[i]) != 0)
            give_up(NULL, "there is a thread");
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(ids[i], NULL);
        good += shares[i].ok;
        resumed += shares[i].ok && shares[i].resumed;
    }
    check(good == THREADS, "%zu of %d dials at once with one session go well", good,
          THREADS);
    check(resumed > 0, "%zu of them resume it", resumed);
    tlsdial_session_free(session);
    tlsdial_client_free(client);
}

static void damaged(char **argv)
{
    struct tlsdial_error error = {0};
    size_t length, loaded = 0;
    char *data = read_file(argv[2], &length);
    for (size_t i = 0; i < length; i++) {
        data[i] ^= 0x40;
        tlsdial_session *session = tlsdial_session_load(data, length, &error);
        loaded += session != NULL || error.cause != TLSDIAL_USAGE;
        tlsdial_session_free(session);
        session = tlsdial_session_load(data, i, &error);
        loaded += session != NULL || error.cause != TLSDIAL_USAGE;
        tlsdial_session_free(session);
        data[i] ^= 0x40;
    }
    check(length > 500 && loaded == 0,
          "with an octet changed, or cut off anywhere, it is refused");
    check(strstr(error.message, "session") != NULL, "which is said: %s", error.message);
    tlsdial_session *session = tlsdial_session_load(data, length, &error);
    check(session != NULL, "as it was it is loaded");
    tlsdial_session_free(session);
    check(tlsdial_session_load(NULL, 0, &error) == NULL && error.cause == TLSDIAL_MISUSE,
          "NULL is misuse");
    tlsdial_session_free(NULL);
    free(data);
}

int main(int argc, char **argv)
{
    if (argc == 6 && strcmp(argv[1], "get") == 0)
        get(argv);
    else if (argc >= 7 && strcmp(argv[1], "use") == 0)
        use(argc, argv);
    else if (argc == 6 && strcmp(argv[1], "again") == 0)
        again(argv);
    else if (argc == 5 && strcmp(argv[1], "threads") == 0)
        threads(argv);
    else if (argc == 3 && strcmp(argv[1], "damaged") == 0)
        damaged(argv);
    else
        give_up(NULL, "usage: session get|use|again|threads|damaged ...");
    return EXIT_SUCCESS;
}
