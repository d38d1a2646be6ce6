/* path_queue.h: the paths that are still to be tried: each is what it goes without. */
#ifndef TLSDIAL_X509_PATH_QUEUE_H
#define TLSDIAL_X509_PATH_QUEUE_H

#include <openssl/x509.h>
#include <stdbool.h>

#define MOST_PATHS 64   /**< to be tried for one server */
#define MOST_EXCLUDED 8 /**< certificates that a path goes without */

struct path_queue;

/** A queue at the first path, which goes without nothing. NULL when out of memory. */
struct path_queue *path_queue_new(void);
/** NULL is allowed. */
void path_queue_free(struct path_queue *queue);
/** Goes on to the next path. False when there is none. */
bool path_queue_next(struct path_queue *queue);
/** Whether the path that the queue is at goes without the certificate. */
bool path_queue_excludes(const struct path_queue *queue, const X509 *certificate);
/** Puts "what this path goes without, and this one too" at the end, unless that is queued already or
 * a limit is reached. The queue takes a reference. False when out of memory. */
bool path_queue_add(struct path_queue *queue, X509 *certificate);

#endif
