/*
 * metrics.c: an agent that sends a line each time over one kept connection.
 *
 *   metrics HOST PORT CAFILE LIMIT < LINES
 *
 * Each request has LIMIT milliseconds. One that takes longer costs the connection, since its answer
 * may still come; the next request makes a new one.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tlsdial.h>

static struct tlsdial_error error;

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Whether the head of an answer is complete, and says that the line was taken. */
static bool is_taken(const char *answer)
{
    return strncmp(answer, "HTTP/1.1 204 ", 13) == 0 &&
           strstr(answer, "\r\n\r\n") != NULL;
}

/* One request and its answer, within the limit. */
static bool post(tlsdial_conn *conn, const char *request, int64_t limit)
{
    char answer[2048];
    size_t sent = 0, got = 0, length = strlen(request);
    int64_t until = now_ms() + limit;
    for (;;) {
        struct tlsdial_transfer transfer = {.out = request + sent,
                                            .out_length = length - sent,
                                            .in = answer + got,
                                            .in_length = sizeof answer - 1 - got};
        int64_t left = until - now_ms();
        enum tlsdial_cause cause =
            tlsdial_transfer(conn, &transfer, left > 0 ? left : 0, &error);
        sent += transfer.out_done;
        got += transfer.in_done;
        answer[got] = '\0';
        if (is_taken(answer))
            return true;
        if (cause == TLSDIAL_AGAIN)
            tlsdial_error_set(&error, TLSDIAL_DEADLINE_TRANSFER, 0, "no answer in time");
        if (cause != TLSDIAL_OK || transfer.in_end || got == sizeof answer - 1)
            return false;
    }
}

int main(int argc, char **argv)
{
    char line[512], request[1024];
    size_t sent = 0, lost = 0, connections = 0;
    tlsdial_conn *conn = NULL;
    tlsdial_client *client = argc == 5 ? tlsdial_client_new(&error) : NULL;
    if (client == NULL ||
        tlsdial_client_add_ca_file(client, argv[3], &error) != TLSDIAL_OK) {
        fprintf(stderr, "usage: metrics HOST PORT CAFILE LIMIT. %s\n", error.message);
        return EXIT_FAILURE;
    }
    while (fgets(line, sizeof line, stdin) != NULL) {
        snprintf(request, sizeof request,
                 "POST /metrics HTTP/1.1\r\nHost: %s\r\nContent-Length: %zu\r\n\r\n%s",
                 argv[1], strlen(line), line);
        if (conn == NULL) {
            conn = tlsdial_dial(client, argv[1], argv[2], NULL, &error);
            connections += conn != NULL;
        }
        if (conn != NULL && post(conn, request, strtol(argv[4], NULL, 10))) {
            sent++;
            continue;
        }
        fprintf(stderr, "metrics: %s\n", error.message);
        lost++;
        tlsdial_conn_free(conn);
        conn = NULL;
    }
    if (conn != NULL)
        tlsdial_close(conn, NULL);
    tlsdial_conn_free(conn);
    tlsdial_client_free(client);
    printf("%zu sent, %zu lost, %zu connections\n", sent, lost, connections);
    return lost == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
