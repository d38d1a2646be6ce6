/*
 * cancel.c: a wait that is ended from outside.
 *
 *   cancel WAIT BY HOST PORT CAFILE
 *
 * WAIT is dial, fetch, read or write; BY is thread or signal. Each would wait 30 s. How long it goes on
 * after it was cancelled is printed; the test itself has a bound that only catches a hang.
 */
#include <config.h>

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "api.h"

#define LIMIT 30000 /* milliseconds: of every wait */
#define DELAY 300   /* until it is cancelled */
#define BOUND 2000  /* of what it may take then; 50 ms is the aim */

static tlsdial_cancel *cancel; /* the signal handler's, too */
static atomic_llong cancelled_at;

static void cancel_it(void)
{
    atomic_store(&cancelled_at, (long long)now_ms());
    tlsdial_cancel_now(cancel);
}

static void on_alarm(int number)
{
    (void)number;
    cancel_it();
}

static void *cancel_later(void *unused)
{
    struct timespec delay = {.tv_nsec = DELAY * 1000000L};
    nanosleep(&delay, NULL);
    cancel_it();
    return unused;
}

static void cancel_by_signal(void)
{
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
    struct itimerval timer = {.it_value = {.tv_usec = DELAY * 1000}};
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
}

static enum tlsdial_cause read_one(tlsdial_conn *conn, struct tlsdial_error *error)
{
    char byte;
    size_t n;
    return tlsdial_read(conn, &byte, 1, &n, error);
}

/* A short dial, in vain, which says that the target is on this machine: else nothing there is asked. */
static void find_target(tlsdial_client *client, char **argv,
                        struct tlsdial_options *options)
{
    struct tlsdial_error error;
    options->connect_timeout = DELAY;
    if (tlsdial_dial(client, argv[3], argv[4], options, &error) != NULL)
        give_up(NULL, "there is no TLS server");
    options->connect_timeout = LIMIT;
}

static void fetch(tlsdial_client *client, char **argv,
                  const struct tlsdial_options *options, struct tlsdial_error *error)
{
    char url[128];
    void *certificates;
    size_t length;
    snprintf(url, sizeof url, "http://%s:%s/", argv[3], argv[4]);
    tlsdial_fetch_issuers(client, url, options, &certificates, &length, error);
}

static enum tlsdial_cause write_many(tlsdial_conn *conn, struct tlsdial_error *error)
{
    static const char zeros[1 << 20];
    enum tlsdial_cause cause;
    do
        cause = tlsdial_write(conn, zeros, sizeof zeros, NULL, error);
    while (cause == TLSDIAL_OK);
    return cause;
}

/* What is begun with it after that ends at once, too. */
static void try_again(tlsdial_client *client, char **argv,
                      const struct tlsdial_options *options)
{
    struct tlsdial_error error = {0};
    int64_t begun = now_ms();
    check(tlsdial_dial(client, argv[3], argv[4], options, &error) == NULL &&
              error.cause == TLSDIAL_CANCELLED && now_ms() - begun < BOUND,
          "and a dial that is begun after that ends so, at once");
}

int main(int argc, char **argv)
{
    struct tlsdial_error error = {0};
    pthread_t thread;
    if (argc != 6)
        give_up(NULL, "usage: cancel WAIT BY HOST PORT CAFILE");
    tlsdial_client *client = client_of(argv[5]);
    bool by_thread = strcmp(argv[2], "thread") == 0;
    tlsdial_conn *conn = NULL;
    cancel = tlsdial_cancel_new();
    struct tlsdial_options options = {.size = sizeof options,
                                      .cancel = cancel,
                                      .connect_timeout = LIMIT,
                                      .idle_timeout = LIMIT};
    bool fetches = strcmp(argv[1], "fetch") == 0;
    options.evidence = fetches ? tlsdial_evidence_new() : NULL;
    if (fetches)
        find_target(client, argv, &options);
    else if (strcmp(argv[1], "dial") != 0)
        conn = dialled(client, argv[3], argv[4], &options);
    if (!by_thread)
        cancel_by_signal();
    else if (pthread_create(&thread, NULL, cancel_later, NULL) != 0)
        give_up(NULL, "there is a thread");
    if (fetches)
        fetch(client, argv, &options, &error);
    else if (conn == NULL)
        conn = tlsdial_dial(client, argv[3], argv[4], &options, &error);
    else if (strcmp(argv[1], "read") == 0)
        read_one(conn, &error);
    else
        write_many(conn, &error);
    int64_t ended = now_ms(), begun = (int64_t)atomic_load(&cancelled_at);
    check_cause(error.cause, TLSDIAL_CANCELLED, &error, "it is cancelled");
    check(begun > 0, "and not before it was asked for");
    check(begun > 0 && ended - begun < BOUND, "it ends soon");
    printf("# after %lld ms\n", (long long)(ended - begun));
    if (by_thread)
        pthread_join(thread, NULL);
    try_again(client, argv, &options);
    tlsdial_conn_free(conn);
    tlsdial_evidence_free(options.evidence);
    tlsdial_client_free(client);
    tlsdial_cancel_free(cancel);
    return EXIT_SUCCESS;
}
