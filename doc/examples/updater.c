/*
 * updater.c: a download that goes on where it ended, however often the connection breaks.
 *
 *   updater HOST PORT PATH CAFILE FILE
 *
 * FILE.part grows; FILE appears when it is complete. That an end is no end of data is known, since
 * a read gives it only after close_notify: a cut connection is never taken for a short file.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tlsdial.h>

#define TRIES 10

static struct tlsdial_error error;

static long size_of(FILE *file)
{
    return fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
}

static bool ask(tlsdial_conn *conn, char **argv, long from)
{
    char request[2048];
    snprintf(
        request, sizeof request,
        "GET %s HTTP/1.1\r\nHost: %s\r\nRange: bytes=%ld-\r\nConnection: close\r\n\r\n",
        argv[3], argv[1], from);
    return tlsdial_write(conn, request, strlen(request), NULL, &error) == TLSDIAL_OK;
}

/* The head of the response: whether it has what was asked for. What follows it goes to the file. */
static bool read_head(tlsdial_conn *conn, FILE *part, long from)
{
    char head[8192], expected[64];
    size_t used = 0, n;
    const char *end = NULL;
    while (end == NULL && used < sizeof head - 1) {
        if (tlsdial_read(conn, head + used, sizeof head - 1 - used, &n, &error) !=
                TLSDIAL_OK ||
            n == 0)
            return false;
        used += n;
        head[used] = '\0';
        end = strstr(head, "\r\n\r\n");
    }
    snprintf(expected, sizeof expected, "Content-Range: bytes %ld-", from);
    if (end == NULL || strstr(head, expected) == NULL ||
        strncmp(head, "HTTP/1.1 206 ", 13) != 0) {
        fprintf(stderr, "updater: the server does not go on there\n");
        exit(EXIT_FAILURE);
    }
    size_t rest = used - (size_t)(end + 4 - head);
    return fwrite(end + 4, 1, rest, part) == rest;
}

/* To the end of the response; what came before a failure is kept. */
static bool go_on(tlsdial_client *client, char **argv, FILE *part)
{
    char buffer[16384];
    size_t n = 1;
    long from = size_of(part);
    tlsdial_conn *conn = tlsdial_dial(client, argv[1], argv[2], NULL, &error);
    bool ok =
        conn != NULL && from >= 0 && ask(conn, argv, from) && read_head(conn, part, from);
    while (ok && n > 0) {
        ok = tlsdial_read(conn, buffer, sizeof buffer, &n, &error) == TLSDIAL_OK;
        if (ok && fwrite(buffer, 1, n, part) != n) {
            perror("updater");
            exit(EXIT_FAILURE);
        }
    }
    tlsdial_conn_free(conn);
    return ok;
}

int main(int argc, char **argv)
{
    char name[4096];
    bool complete = false;
    tlsdial_client *client = argc == 6 ? tlsdial_client_new(&error) : NULL;
    if (client == NULL ||
        tlsdial_client_add_ca_file(client, argv[4], &error) != TLSDIAL_OK) {
        fprintf(stderr, "usage: updater HOST PORT PATH CAFILE FILE. %s\n", error.message);
        return EXIT_FAILURE;
    }
    snprintf(name, sizeof name, "%s.part", argv[5]);
    FILE *part = fopen(name, "ab");
    for (int i = 0; part != NULL && !complete && i < TRIES; i++) {
        complete = go_on(client, argv, part);
        if (!complete)
            fprintf(stderr, "updater: %s: goes on at %ld\n",
                    tlsdial_cause_token(error.cause), size_of(part));
    }
    bool ok = part != NULL && fclose(part) == 0 && complete && rename(name, argv[5]) == 0;
    tlsdial_client_free(client);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
