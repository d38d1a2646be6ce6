/*
 * threads.c: many threads with one client, each with its own dials.
 *
 *   threads HOST PORT CAFILE THREADS DIALS
 *
 * The peer sends back what it gets. ThreadSanitizer has most to say of this one.
 */
#include <config.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"

#define MOST_THREADS 256

struct work {
    tlsdial_client *client;
    const char *host, *port;
    size_t dials, number, done;
    struct tlsdial_error error;
};

static bool go_round(struct work *work, tlsdial_evidence *evidence)
{
    unsigned char out[3000], in[3000];
    size_t got = 0, n = 1;
    bool is_wrong = work->number % 8 == 7; /* some fail, beside those that do not */
    struct tlsdial_options options = {.size = sizeof options,
                                      .evidence = evidence,
                                      .verify_hostname =
                                          is_wrong ? "wrong.example" : NULL};
    fill_pattern(out, sizeof out, (uint32_t)work->number);
    tlsdial_conn *conn =
        tlsdial_dial(work->client, work->host, work->port, &options, &work->error);
    bool ok = conn != NULL &&
              tlsdial_write(conn, out, sizeof out, NULL, &work->error) == TLSDIAL_OK;
    while (ok && got < sizeof in && n > 0) {
        ok =
            tlsdial_read(conn, in + got, sizeof in - got, &n, &work->error) == TLSDIAL_OK;
        got += n;
    }
    ok = is_wrong ? work->error.cause == TLSDIAL_NAME_MISMATCH
                  : ok && got == sizeof in && memcmp(in, out, sizeof in) == 0 &&
                        tlsdial_evidence_protocol(evidence) != NULL;
    if (conn != NULL)
        tlsdial_close(conn, NULL);
    tlsdial_conn_free(conn);
    return ok;
}

static void *work_through(void *argument)
{
    struct work *work = argument;
    tlsdial_evidence *evidence = tlsdial_evidence_new();
    while (work->done < work->dials && go_round(work, evidence))
        work->done++;
    tlsdial_evidence_free(evidence);
    return NULL;
}

int main(int argc, char **argv)
{
    static struct work works[MOST_THREADS];
    static pthread_t threads[MOST_THREADS];
    size_t count = argc == 6 ? strtoul(argv[4], NULL, 10) : 0, right = 0;
    if (count == 0 || count > MOST_THREADS)
        give_up(NULL, "usage: threads HOST PORT CAFILE THREADS DIALS");
    tlsdial_client *client = client_of(argv[3]);
    for (size_t i = 0; i < count; i++) {
        works[i] = (struct work){.client = client,
                                 .host = argv[1],
                                 .port = argv[2],
                                 .number = i,
                                 .dials = strtoul(argv[5], NULL, 10)};
        if (pthread_create(&threads[i], NULL, work_through, &works[i]) != 0)
            give_up(NULL, "there is a thread");
    }
    for (size_t i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
        right += works[i].done == works[i].dials;
        if (works[i].done < works[i].dials)
            printf("# thread %zu: %s\n", i, works[i].error.message);
    }
    check(right == count, "%zu of %zu threads with one client have the right verdicts",
          right, count);
    tlsdial_client_free(client);
    return EXIT_SUCCESS;
}
