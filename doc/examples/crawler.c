/*
 * crawler.c: 64 threads that share one client, and the sessions of the host.
 *
 *   crawler HOST PORT CAFILE PAGES
 *
 * The client is set up once and then only read. A session that one thread has got lets another
 * begin with less: its certificate was verified, and is verified again before it is used.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tlsdial.h>

#define THREADS 64

struct crawl {
    tlsdial_client *client;
    const char *host, *port;
    pthread_mutex_t lock; /* of what follows */
    size_t left, fetched, failed, resumed;
    tlsdial_session *session; /* the newest */
};

/* Fetches a page, and takes its session. */
static bool fetch(struct crawl *crawl, tlsdial_evidence *evidence,
                  tlsdial_session **session)
{
    static const char request[] = "GET / HTTP/1.0\r\n\r\n";
    char page[16384];
    size_t n = 1;
    struct tlsdial_error error;
    struct tlsdial_options options = {
        .size = sizeof options, .evidence = evidence, .session = *session};
    tlsdial_conn *conn =
        tlsdial_dial(crawl->client, crawl->host, crawl->port, &options, &error);
    bool ok = conn != NULL && tlsdial_write(conn, request, sizeof request - 1, NULL,
                                            &error) == TLSDIAL_OK;
    while (ok && n > 0)
        ok = tlsdial_read(conn, page, sizeof page, &n, &error) == TLSDIAL_OK;
    tlsdial_session_free(*session);
    *session = ok ? tlsdial_conn_session(conn) : NULL;
    if (!ok)
        fprintf(stderr, "crawler: %s\n", error.message);
    tlsdial_conn_free(conn);
    return ok;
}

static void *work(void *argument)
{
    struct crawl *crawl = argument;
    tlsdial_evidence *evidence = tlsdial_evidence_new();
    pthread_mutex_lock(&crawl->lock);
    while (evidence != NULL && crawl->left > 0) {
        tlsdial_session *session = crawl->session;
        bool resumed = false;
        crawl->session = NULL; /* ours: one is for one dial, as a rule */
        crawl->left--;
        pthread_mutex_unlock(&crawl->lock);
        bool ok = fetch(crawl, evidence, &session);
        tlsdial_evidence_resumed(evidence, &resumed);
        pthread_mutex_lock(&crawl->lock);
        crawl->fetched += ok;
        crawl->failed += !ok;
        crawl->resumed += ok && resumed;
        if (session != NULL) {
            tlsdial_session_free(crawl->session);
            crawl->session = session;
        }
    }
    pthread_mutex_unlock(&crawl->lock);
    tlsdial_evidence_free(evidence);
    return NULL;
}

int main(int argc, char **argv)
{
    struct tlsdial_error error = {0};
    pthread_t threads[THREADS];
    size_t started = 0;
    tlsdial_client *client = argc == 5 ? tlsdial_client_new(&error) : NULL;
    if (client == NULL ||
        tlsdial_client_add_ca_file(client, argv[3], &error) != TLSDIAL_OK) {
        fprintf(stderr, "usage: crawler HOST PORT CAFILE PAGES. %s\n", error.message);
        return EXIT_FAILURE;
    }
    struct crawl crawl = {.client = client,
                          .host = argv[1],
                          .port = argv[2],
                          .left = strtoul(argv[4], NULL, 10)};
    pthread_mutex_init(&crawl.lock, NULL);
    while (started < THREADS &&
           pthread_create(&threads[started], NULL, work, &crawl) == 0)
        started++;
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    printf("%zu pages, %zu failed, %zu resumed\n", crawl.fetched, crawl.failed,
           crawl.resumed);
    tlsdial_session_free(crawl.session);
    tlsdial_client_free(client);
    pthread_mutex_destroy(&crawl.lock);
    return crawl.failed == 0 && crawl.left == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
