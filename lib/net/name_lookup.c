/*
 * name_lookup.c: lookups of a name by the system's resolver, in threads.
 *
 * What a thread touches has a count of references, and goes when the last of caller and threads
 * has left; it is of malloc(), not of OpenSSL, whose memory may be gone by then.
 */
#include <config.h>

#include "net/name_lookup.h"

#include <stdio.h>
#include <stdlib.h>

#include "net/thread.h"
#include "tlsdial.h"

enum job_state { JOB_UNWANTED, JOB_QUEUED, JOB_RUNNING, JOB_DONE, JOB_TAKEN };

/* The lookup of one family. */
struct job {
    struct name_lookup *lookup; /* that it is a part of */
    struct job *next;           /* in the queue */
    enum job_state state;
    struct sock_found found; /* the thread's until JOB_DONE */
};

struct name_lookup {
    char host[TLSDIAL_HOST_SIZE];
    char port[TLSDIAL_PORT_SIZE];
    int wake[2];    /* the caller's end, and the threads' */
    int references; /* of the caller, and of each job that runs */
    bool one_family;
    struct job jobs[NAME_LOOKUP_FAMILIES];
};

/*
 * The one mutable state that lookups share: who waits for a thread, and how many there are.  Like
 * states and references of jobs it is guarded by thread_lock().
 */
static struct {
    struct job *first, *last;
    int threads;
    unsigned generation;
} queue;

/* ---- the queue; the lock is held ---- */

/* In the child of a fork() there are none of the threads, and none wait that the child knows of. */
static void queue_check_generation(void)
{
    unsigned generation = thread_generation();
    if (queue.generation == generation)
        return;
    queue.generation = generation;
    queue.first = queue.last = NULL;
    queue.threads = 0;
}

static void queue_add(struct job *job)
{
    job->state = JOB_QUEUED;
    job->next = NULL;
    if (queue.first == NULL)
        queue.first = job;
    else
        queue.last->next = job;
    queue.last = job;
}

static void queue_remove(struct job *job)
{
    struct job *before = NULL;
    struct job *other = queue.first;
    while (other != NULL && other != job) {
        before = other;
        other = other->next;
    }
    if (other == NULL)
        return;
    if (before == NULL)
        queue.first = job->next;
    else
        before->next = job->next;
    if (queue.last == job)
        queue.last = before;
}

/* The next job, which then runs; NULL: there is none. */
static struct job *queue_take(void)
{
    struct job *job = queue.first;
    if (job == NULL)
        return NULL;
    queue_remove(job);
    job->state = JOB_RUNNING;
    job->lookup->references++;
    return job;
}

/* ---- the threads ---- */

static int system_family(enum name_lookup_family family)
{
    return family == NAME_LOOKUP_IPV6 ? sock_ipv6 : sock_ipv4;
}

/* Whether the name is there, with addresses of the family that was not asked for: getaddrinfo()
 * says so of some names, and of others that they do not exist. */
static bool has_other_family(const struct name_lookup *lookup)
{
    struct sock_found other;
    sock_lookup(lookup->host, lookup->port, sock_any_family, &other);
    sock_found_clear(&other);
    return other.result == SOCK_LOOKUP_FOUND;
}

static void job_run(struct job *job)
{
    const struct name_lookup *lookup = job->lookup;
    sock_lookup(lookup->host, lookup->port,
                system_family((enum name_lookup_family)(job - lookup->jobs)),
                &job->found);
    if (job->found.result == SOCK_LOOKUP_NO_NAME && lookup->one_family &&
        has_other_family(lookup))
        job->found.result = SOCK_LOOKUP_NO_ADDRESS;
}

static void destroy(struct name_lookup *lookup)
{
    for (size_t i = 0; i < NAME_LOOKUP_FAMILIES; i++)
        sock_found_clear(&lookup->jobs[i].found);
    for (size_t i = 0; i < 2; i++)
        if (lookup->wake[i] >= 0)
            sock_close(lookup->wake[i]);
    free(lookup);
}

/* What a thread does: a job after the other, while there are any. */
static void work(void *argument)
{
    (void)argument;
    struct job *job;
    thread_lock();
    while ((job = queue_take()) != NULL) {
        struct name_lookup *lookup = job->lookup;
        thread_unlock();
        job_run(job);
        thread_lock();
        job->state = JOB_DONE;
        sock_wake(lookup->wake[1]);
        if (--lookup->references == 0)
            destroy(lookup);
    }
    queue.threads--;
    thread_unlock();
}

/* A thread for a job that was queued, unless there are enough. Where none can be had, a thread
 * that runs will come to the job; false: there is none either. The lock is held. */
static bool ensure_thread(int *code)
{
    if (queue.threads >= NAME_LOOKUP_THREADS)
        return true;
    if (thread_start(work, NULL, code))
        queue.threads++;
    return queue.threads > 0;
}

/* ---- the caller ---- */

static struct name_lookup *lookup_new(const char *host, const char *port)
{
    struct name_lookup *lookup = calloc(1, sizeof *lookup);
    if (lookup == NULL)
        return NULL;
    snprintf(lookup->host, sizeof lookup->host, "%s", host);
    snprintf(lookup->port, sizeof lookup->port, "%s", port);
    lookup->wake[0] = lookup->wake[1] = -1;
    lookup->references = 1;
    for (size_t i = 0; i < NAME_LOOKUP_FAMILIES; i++)
        lookup->jobs[i].lookup = lookup;
    return lookup;
}

static bool start_jobs(struct name_lookup *lookup,
                       const bool wanted[NAME_LOOKUP_FAMILIES], int *code)
{
    bool ok = true;
    thread_lock();
    queue_check_generation();
    for (size_t i = 0; ok && i < NAME_LOOKUP_FAMILIES; i++)
        if (wanted[i]) {
            queue_add(&lookup->jobs[i]);
            ok = ensure_thread(code);
        }
    thread_unlock();
    return ok;
}

enum name_lookup_begun name_lookup_begin(const char *host, const char *port,
                                         const bool wanted[NAME_LOOKUP_FAMILIES],
                                         struct name_lookup **lookup, int *code)
{
    enum name_lookup_begun begun = NAME_LOOKUP_BEGUN;
    struct name_lookup *made = lookup_new(host, port);
    if (made == NULL)
        return NAME_LOOKUP_NO_MEMORY;
    made->one_family = !(wanted[NAME_LOOKUP_IPV6] && wanted[NAME_LOOKUP_IPV4]);
    if (!sock_pair(made->wake, code)) {
        made->wake[0] = made->wake[1] = -1;
        begun = NAME_LOOKUP_NO_SOCKETS;
    } else if (!start_jobs(made, wanted, code)) {
        begun = NAME_LOOKUP_NO_THREAD;
    }
    if (begun == NAME_LOOKUP_BEGUN)
        *lookup = made;
    else
        name_lookup_free(made);
    return begun;
}

int name_lookup_fd(const struct name_lookup *lookup)
{
    return lookup->wake[0];
}

bool name_lookup_take(struct name_lookup *lookup, enum name_lookup_family family,
                      struct sock_found *found)
{
    struct job *job = &lookup->jobs[family];
    sock_drain(lookup->wake[0]); /* before the look: what comes after it wakes again */
    thread_lock();
    bool done = job->state == JOB_DONE;
    if (done) {
        *found = job->found;
        job->found.addresses = NULL;
        job->state = JOB_TAKEN;
    }
    thread_unlock();
    return done;
}

void name_lookup_free(struct name_lookup *lookup)
{
    if (lookup == NULL)
        return;
    thread_lock();
    queue_check_generation();
    for (size_t i = 0; i < NAME_LOOKUP_FAMILIES; i++)
        if (lookup->jobs[i].state == JOB_QUEUED)
            queue_remove(&lookup->jobs[i]);
    bool last = --lookup->references == 0;
    thread_unlock();
    if (last)
        destroy(lookup);
}
