/* thread_posix.c: the contract of thread.h with POSIX threads. */
#include <config.h>

#include "net/thread.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

/* The mutable state of this file: a lock, and a count that it guards. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned generation;
static pthread_once_t set_up_once = PTHREAD_ONCE_INIT;

static void take_lock(void)
{
    pthread_mutex_lock(&lock);
}

void thread_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

unsigned thread_generation(void)
{
    return generation;
}

static void after_fork_in_child(void)
{
    generation++;
    pthread_mutex_unlock(&lock);
}

/* Without what it returns a dlclose() unmaps nothing any more. In a program that has the library
 * linked into it, there is nothing to unload and dlopen() finds nothing. */
static void stay_loaded(void)
{
#ifdef RTLD_NODELETE
    Dl_info here;
    if (dladdr(&lock, &here) != 0 && here.dli_fname != NULL)
        (void)dlopen(here.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
#endif
}

/* Before the handlers of fork(), which must not be unmapped either. */
static void set_up(void)
{
    stay_loaded();
    (void)pthread_atfork(take_lock, thread_unlock, after_fork_in_child);
}

void thread_lock(void)
{
    pthread_once(&set_up_once, set_up);
    take_lock();
}

struct start {
    void (*work)(void *argument);
    void *argument;
};

static void *run(void *argument)
{
    struct start start = *(struct start *)argument;
    free(argument);
    start.work(start.argument);
    return NULL;
}

/* A thread inherits the mask of signals. */
static int create(struct start *start)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all, before;
    int code = pthread_attr_init(&attributes);
    if (code != 0)
        return code;
    sigfillset(&all);
    code = pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (code == 0)
        code = pthread_sigmask(SIG_SETMASK, &all, &before);
    if (code == 0) {
        code = pthread_create(&thread, &attributes, run, start);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    pthread_attr_destroy(&attributes);
    return code;
}

bool thread_start(void (*work)(void *argument), void *argument, int *code)
{
    struct start *start = malloc(sizeof *start);
    if (start == NULL) {
        *code = ENOMEM;
        return false;
    }
    *start = (struct start){.work = work, .argument = argument};
    *code = create(start);
    if (*code != 0)
        free(start);
    return *code == 0;
}
