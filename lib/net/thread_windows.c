/* thread_windows.c: the contract of thread.h with Windows threads. */
#include <config.h>

#include "net/thread.h"

#include <process.h>
#include <stdlib.h>
#include <windows.h>

/* Shared by the caller and the thread; whoever leaves last frees it. */
struct run {
    void (*work)(void *job);
    void (*discard)(void *job);
    void *job;
    CRITICAL_SECTION mutex; /* guards the two below */
    CONDITION_VARIABLE changed;
    bool done;
    bool abandoned;
};

static void run_free(struct run *run)
{
    DeleteCriticalSection(&run->mutex);
    free(run);
}

static unsigned __stdcall run_thread(void *argument)
{
    struct run *run = argument;
    run->work(run->job);
    EnterCriticalSection(&run->mutex);
    run->done = true;
    bool abandoned = run->abandoned;
    WakeConditionVariable(&run->changed);
    LeaveCriticalSection(&run->mutex);
    if (abandoned) {
        run->discard(run->job);
        run_free(run);
    }
    return 0;
}

enum thread_outcome thread_run_until(void (*work)(void *job), void (*discard)(void *job),
                                     void *job, struct deadline deadline)
{
    struct run *run = calloc(1, sizeof *run);
    if (run == NULL)
        return THREAD_NOT_BEGUN;
    *run = (struct run){.work = work, .discard = discard, .job = job};
    InitializeCriticalSection(&run->mutex);
    InitializeConditionVariable(&run->changed);
    HANDLE thread = (HANDLE)_beginthreadex(NULL, 0, run_thread, run, 0, NULL);
    if (thread == NULL) {
        run_free(run);
        return THREAD_NOT_BEGUN;
    }
    EnterCriticalSection(&run->mutex);
    while (!run->done && !deadline_passed(deadline)) {
        int left = deadline_poll_timeout(deadline);
        SleepConditionVariableCS(&run->changed, &run->mutex,
                                 left < 0 ? INFINITE : (DWORD)left);
    }
    bool done = run->done;
    run->abandoned = !done;
    LeaveCriticalSection(&run->mutex);
    if (done) {
        WaitForSingleObject(thread, INFINITE);
        run_free(run);
    }
    CloseHandle(thread);
    return done ? THREAD_DONE : THREAD_LATE;
}
