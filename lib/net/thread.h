/*
 * thread.h: what the library asks of the platform's threads: one thing.
 *
 * thread_posix.c and thread_windows.c keep this contract.
 */
#ifndef TLSDIAL_THREAD_H
#define TLSDIAL_THREAD_H

#include "base/deadline.h"

enum thread_outcome {
    THREAD_DONE, /**< work(job) returned: the job is the caller's again */
    THREAD_LATE, /**< the deadline passed: the thread calls discard(job) when work returns */
    THREAD_NOT_BEGUN /**< there is no thread to be had: work was not called */
};

/** Runs work(job) in a thread of its own, with all signals blocked, and waits for it until the
 * deadline. For calls that cannot be given a deadline and cannot be interrupted. */
enum thread_outcome thread_run_until(void (*work)(void *job), void (*discard)(void *job),
                                     void *job, struct deadline deadline);

#endif
