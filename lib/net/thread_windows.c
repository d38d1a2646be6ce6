/* thread_windows.c: the contract of thread.h with Windows threads. */
#include <config.h>

#include "net/thread.h"

#include <process.h>
#include <stdlib.h>
#include <windows.h>

/* The mutable state of this file. */
static SRWLOCK lock = SRWLOCK_INIT;

void thread_lock(void)
{
    AcquireSRWLockExclusive(&lock);
}

void thread_unlock(void)
{
    ReleaseSRWLockExclusive(&lock);
}

/* There is no fork(). */
unsigned thread_generation(void)
{
    return 0;
}

static void stay_loaded(void)
{
    HMODULE module;
    (void)GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
                                 GET_MODULE_HANDLE_EX_FLAG_PIN,
                             (const char *)&lock, &module);
}

struct start {
    void (*work)(void *argument);
    void *argument;
};

static unsigned __stdcall run(void *argument)
{
    struct start start = *(struct start *)argument;
    free(argument);
    start.work(start.argument);
    return 0;
}

bool thread_start(void (*work)(void *argument), void *argument, int *code)
{
    struct start *start = malloc(sizeof *start);
    if (start == NULL) {
        *code = ERROR_NOT_ENOUGH_MEMORY;
        return false;
    }
    *start = (struct start){.work = work, .argument = argument};
    stay_loaded();
    HANDLE thread = (HANDLE)_beginthreadex(NULL, 0, run, start, 0, NULL);
    if (thread == NULL) {
        *code = (int)_doserrno; /* the system's, where errno has the C library's */
        free(start);
        return false;
    }
    CloseHandle(thread);
    return true;
}
