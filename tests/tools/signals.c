/*
 * signals.c: the public API while signals rain, and from several threads at once.
 *
 *   signals interrupted HOST PORT CAFILE BYTES   a signal each millisecond, no SA_RESTART
 *   signals threads HOST PORT CAFILE BYTES       eight threads, one client
 *
 * Each dial sends a request and must receive BYTES bytes, all of them 'x' after the head.
 */
#include <config.h>

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "tlsdial.h"

#define THREADS 8
#define SIGNAL_INTERVAL_US 1000

struct task {
    tlsdial_client *client;
    const char *host, *port;
    size_t expected;
    struct tlsdial_error error;
    bool succeeded;
};

static volatile sig_atomic_t signals_seen;

static void on_signal(int number)
{
    (void)number;
    if (signals_seen < 1000000)
        signals_seen++;
}

static bool let_signals_rain(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    struct itimerval timer = {.it_interval = {.tv_usec = SIGNAL_INTERVAL_US},
                              .it_value = {.tv_usec = SIGNAL_INTERVAL_US}};
    return sigaction(SIGALRM, &action, NULL) == 0 &&
           setitimer(ITIMER_REAL, &timer, NULL) == 0;
}

/* The 'x' after the first empty line; *state counts the characters of that. */
static size_t body_bytes(const char *data, size_t length, size_t *state)
{
    static const char gap[] = "\r\n\r\n";
    size_t body = 0;
    for (size_t i = 0; i < length; i++) {
        if (*state == sizeof gap - 1)
            body += data[i] == 'x';
        else
            *state = data[i] == gap[*state] ? *state + 1 : data[i] == '\r';
    }
    return body;
}

static bool receive_all(tlsdial_conn *conn, struct task *task)
{
    char buffer[16384];
    size_t n, state = 0, body = 0;
    do {
        if (tlsdial_read(conn, buffer, sizeof buffer, &n, &task->error) != TLSDIAL_OK)
            return false;
        body += body_bytes(buffer, n, &state);
    } while (n > 0);
    if (body == task->expected)
        return true;
    tlsdial_error_set(&task->error, TLSDIAL_TRUNCATED, 0,
                      "%zu bytes of the body, not %zu", body, task->expected);
    return false;
}

static void *carry_out(void *argument)
{
    static const char request[] = "GET / HTTP/1.0\r\n\r\n";
    struct task *task = argument;
    tlsdial_conn *conn =
        tlsdial_dial(task->client, task->host, task->port, NULL, &task->error);
    task->succeeded = conn != NULL &&
                      tlsdial_write(conn, request, sizeof request - 1, NULL,
                                    &task->error) == TLSDIAL_OK &&
                      receive_all(conn, task) &&
                      tlsdial_close(conn, &task->error) == TLSDIAL_OK;
    tlsdial_conn_free(conn);
    return NULL;
}

static int report(const struct task *task)
{
    if (task->succeeded)
        puts("received all");
    else
        fprintf(stderr, "%s\n", task->error.message);
    return task->succeeded ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int run_interrupted(struct task *task)
{
    if (!let_signals_rain()) {
        perror("signals");
        return EXIT_FAILURE;
    }
    carry_out(task);
    printf("interrupted: %s\n", signals_seen > 0 ? "yes" : "no");
    return report(task);
}

static int run_threads(const struct task *model)
{
    struct task tasks[THREADS];
    pthread_t threads[THREADS];
    int status = EXIT_SUCCESS;
    for (size_t i = 0; i < THREADS; i++) {
        tasks[i] = *model;
        if (pthread_create(&threads[i], NULL, carry_out, &tasks[i]) != 0) {
            fputs("no thread\n", stderr);
            exit(EXIT_FAILURE);
        }
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        if (report(&tasks[i]) != EXIT_SUCCESS)
            status = EXIT_FAILURE;
    }
    return status;
}

int main(int argc, char **argv)
{
    struct task task = {0};
    if (argc != 6) {
        fputs("usage: signals interrupted|threads HOST PORT CAFILE BYTES\n", stderr);
        return EXIT_FAILURE;
    }
    task.host = argv[2];
    task.port = argv[3];
    task.expected = strtoul(argv[5], NULL, 10);
    task.client = tlsdial_client_new(&task.error);
    if (task.client == NULL ||
        tlsdial_client_add_ca_file(task.client, argv[4], &task.error) != TLSDIAL_OK)
        return report(&task);
    int status =
        strcmp(argv[1], "threads") == 0 ? run_threads(&task) : run_interrupted(&task);
    tlsdial_client_free(task.client);
    return status;
}
