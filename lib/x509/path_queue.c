/* path_queue.c: the paths that are still to be tried; see path_queue.h. */
#include <config.h>

#include "x509/path_queue.h"

#include <openssl/crypto.h>

struct exclusion {
    X509 *certificates[MOST_EXCLUDED];
    size_t count;
};

struct path_queue {
    STACK_OF(X509) * excluded; /* keeps those of the items */
    struct exclusion items[MOST_PATHS];
    size_t count;
    size_t at; /* the path under way: 0: without nothing, else items[at - 1] */
};

struct path_queue *path_queue_new(void)
{
    struct path_queue *queue = OPENSSL_zalloc(sizeof *queue);
    if (queue != NULL && (queue->excluded = sk_X509_new_null()) == NULL) {
        OPENSSL_free(queue);
        queue = NULL;
    }
    return queue;
}

void path_queue_free(struct path_queue *queue)
{
    if (queue != NULL)
        sk_X509_pop_free(queue->excluded, X509_free);
    OPENSSL_free(queue);
}

bool path_queue_next(struct path_queue *queue)
{
    if (queue->at == queue->count)
        return false;
    queue->at++;
    return true;
}

static bool excludes(const struct exclusion *exclusion, const X509 *certificate)
{
    for (size_t i = 0; i < exclusion->count; i++)
        if (X509_cmp(exclusion->certificates[i], certificate) == 0)
            return true;
    return false;
}

bool path_queue_excludes(const struct path_queue *queue, const X509 *certificate)
{
    return queue->at > 0 && excludes(&queue->items[queue->at - 1], certificate);
}

static bool same_exclusion(const struct exclusion *a, const struct exclusion *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!excludes(b, a->certificates[i]))
            return false;
    return true;
}

static bool is_queued(const struct path_queue *queue, const struct exclusion *exclusion)
{
    for (size_t i = 0; i < queue->count; i++)
        if (same_exclusion(&queue->items[i], exclusion))
            return true;
    return false;
}

bool path_queue_add(struct path_queue *queue, X509 *certificate)
{
    struct exclusion next = {0};
    if (queue->at > 0)
        next = queue->items[queue->at - 1];
    if (queue->count == MOST_PATHS || next.count == MOST_EXCLUDED)
        return true;
    next.certificates[next.count++] = certificate;
    if (is_queued(queue, &next))
        return true;
    if (X509_up_ref(certificate) != 1)
        return false;
    if (sk_X509_push(queue->excluded, certificate) == 0) {
        X509_free(certificate);
        return false;
    }
    queue->items[queue->count++] = next;
    return true;
}
