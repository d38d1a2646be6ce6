/* thread_posix.c: the contract of thread.h with POSIX threads. */
#include <config.h>

#include "net/thread.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

/* Shared by the caller and the thread; whoever leaves last frees it. */
struct run {
    void (*work)(void *job);
    void (*discard)(void *job);
    void *job;
    pthread_mutex_t mutex; /* guards the two below */
    pthread_cond_t changed;
    bool done;
    bool abandoned;
};

static void run_free(struct run *run)
{
    pthread_cond_destroy(&run->changed);
    pthread_mutex_destroy(&run->mutex);
    free(run);
}

/* On the clock of deadlines where the system lets a condition have one; Darwin does not, and
 * there a clock that jumps moves the deadline. */
static bool condition_init(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes) != 0)
        return false;
#ifndef __APPLE__
    bool ok = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0;
#else
    bool ok = true;
#endif
    ok = ok && pthread_cond_init(condition, &attributes) == 0;
    pthread_condattr_destroy(&attributes);
    return ok;
}

static struct run *run_new(void (*work)(void *), void (*discard)(void *), void *job)
{
    struct run *run = calloc(1, sizeof *run);
    if (run == NULL)
        return NULL;
    *run = (struct run){.work = work, .discard = discard, .job = job};
    if (pthread_mutex_init(&run->mutex, NULL) == 0) {
        if (condition_init(&run->changed))
            return run;
        pthread_mutex_destroy(&run->mutex);
    }
    free(run);
    return NULL;
}

static void *run_thread(void *argument)
{
    struct run *run = argument;
    run->work(run->job);
    pthread_mutex_lock(&run->mutex);
    run->done = true;
    bool abandoned = run->abandoned;
    pthread_cond_signal(&run->changed);
    pthread_mutex_unlock(&run->mutex);
    if (abandoned) {
        run->discard(run->job);
        run_free(run);
    }
    return NULL;
}

/* A thread that inherits no open signal: the program's handlers run in its own threads. */
static bool start(struct run *run, pthread_t *thread)
{
    sigset_t all, before;
    sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
        return false;
    bool started = pthread_create(thread, NULL, run_thread, run) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

static struct timespec wall_time(struct deadline deadline)
{
    struct timespec now, until;
#ifndef __APPLE__
    clock_gettime(CLOCK_MONOTONIC, &now);
#else
    clock_gettime(CLOCK_REALTIME, &now);
#endif
    int64_t left = deadline_poll_timeout(deadline);
    int64_t nanoseconds = now.tv_nsec + left % 1000 * 1000000;
    until.tv_sec = now.tv_sec + (time_t)(left / 1000 + nanoseconds / 1000000000);
    until.tv_nsec = (long)(nanoseconds % 1000000000);
    return until;
}

enum thread_outcome thread_run_until(void (*work)(void *job), void (*discard)(void *job),
                                     void *job, struct deadline deadline)
{
    pthread_t thread;
    struct run *run = run_new(work, discard, job);
    if (run == NULL)
        return THREAD_NOT_BEGUN;
    if (!start(run, &thread)) {
        run_free(run);
        return THREAD_NOT_BEGUN;
    }
    bool forever = deadline_poll_timeout(deadline) < 0;
    pthread_mutex_lock(&run->mutex);
    while (!run->done && !deadline_passed(deadline)) {
        struct timespec until = wall_time(deadline);
        if (forever)
            pthread_cond_wait(&run->changed, &run->mutex);
        else
            pthread_cond_timedwait(&run->changed, &run->mutex, &until);
    }
    bool done = run->done;
    run->abandoned = !done;
    pthread_mutex_unlock(&run->mutex);
    if (!done) {
        pthread_detach(thread);
        return THREAD_LATE;
    }
    pthread_join(thread, NULL);
    run_free(run);
    return THREAD_DONE;
}
