/*
 * pipe_ends_windows.c: the contract of pipe_ends.h on Windows.
 *
 * Nothing waits for pipes and consoles there as select() does for sockets.  So each standard stream has
 * a thread that makes one call at a time, and an event that says that the call has ended; the socket
 * of the connection has an event too, and one wait is for all of them.
 */
#include <config.h>

#include "pipe_ends.h"

#include <winsock2.h> /* before windows.h */

#include <errno.h>
#include <io.h>
#include <process.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#define LARGEST_CALL 65536u /* octets */
#define CANCEL_MS 200       /* that a call has to end when it is told to */

enum stage { IDLE, UNDER_WAY, ENDED };

/* What one thread does. While a call is under way its fields are the thread's. */
struct worker {
    HANDLE thread, begin,
        ended; /* events: a call is wanted (or quit), the call has ended */
    int fd;
    bool writes;
    volatile bool quit;
    enum stage stage; /* as the other thread knows it */
    unsigned length, taken;
    int result, code; /* as _read() or _write() gave them */
    char data[LARGEST_CALL];
};

struct pipe_ends {
    struct worker input, output;
    WSAEVENT network;
};

static unsigned __stdcall work(void *argument)
{
    struct worker *worker = argument;
    while (WaitForSingleObject(worker->begin, INFINITE) == WAIT_OBJECT_0 &&
           !worker->quit) {
        worker->result = worker->writes ? _write(worker->fd, worker->data, worker->length)
                                        : _read(worker->fd, worker->data, worker->length);
        worker->code = errno;
        SetEvent(worker->ended);
    }
    return 0;
}

static bool worker_begin(struct worker *worker, int fd, bool writes)
{
    worker->fd = fd;
    worker->writes = writes;
    worker->begin = CreateEventW(NULL, FALSE, FALSE, NULL);
    worker->ended = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (worker->begin != NULL && worker->ended != NULL)
        worker->thread = (HANDLE)_beginthreadex(NULL, 0, work, worker, 0, NULL);
    return worker->thread != NULL;
}

static void worker_call(struct worker *worker, size_t length)
{
    worker->length = length > LARGEST_CALL ? LARGEST_CALL : (unsigned)length;
    worker->taken = 0;
    worker->stage = UNDER_WAY;
    ResetEvent(worker->ended);
    SetEvent(worker->begin);
}

static bool worker_has_ended(struct worker *worker)
{
    if (worker->stage == UNDER_WAY &&
        WaitForSingleObject(worker->ended, 0) == WAIT_OBJECT_0)
        worker->stage = ENDED;
    return worker->stage == ENDED;
}

/* False for a call that does not end when it is cancelled: what it uses stays. */
static bool worker_end(struct worker *worker)
{
    if (worker->thread != NULL) {
        worker->quit = true;
        SetEvent(worker->begin);
        if (worker->stage == UNDER_WAY)
            CancelSynchronousIo(worker->thread);
        if (WaitForSingleObject(worker->thread, CANCEL_MS) != WAIT_OBJECT_0)
            return false;
        CloseHandle(worker->thread);
    }
    if (worker->begin != NULL)
        CloseHandle(worker->begin);
    if (worker->ended != NULL)
        CloseHandle(worker->ended);
    return true;
}

struct pipe_ends *pipe_ends_standard(int *code)
{
    struct pipe_ends *ends = calloc(1, sizeof *ends);
    int status;
    *code = ENOMEM;
    if (ends == NULL)
        return NULL;
    ends->network = WSACreateEvent();
    if (ends->network != WSA_INVALID_EVENT &&
        worker_begin(&ends->input, OS_STANDARD_INPUT, false) &&
        worker_begin(&ends->output, OS_STANDARD_OUTPUT, true))
        return ends;
    pipe_ends_close(ends, deadline_never(), &status);
    return NULL;
}

bool pipe_ends_can_run(void)
{
    return false;
}

/* Not built: a program's arguments would have to be quoted as it unquotes them. */
struct pipe_ends *pipe_ends_program(char *const *arguments, int *code)
{
    (void)arguments;
    *code = ENOSYS;
    return NULL;
}

/* ---- reading and writing ---- */

enum pipe_ends_result pipe_ends_read(struct pipe_ends *ends, void *buffer, size_t length,
                                     size_t *n, int *code)
{
    struct worker *worker = &ends->input;
    *n = 0;
    if (!worker_has_ended(worker))
        return PIPE_ENDS_AGAIN;
    if (worker->result < 0) {
        /* The writer of a pipe has closed its end. */
        *code = worker->code;
        worker->stage = IDLE;
        return *code == EPIPE ? PIPE_ENDS_DONE : PIPE_ENDS_FAILED;
    }
    size_t left = (size_t)worker->result - worker->taken;
    *n = left < length ? left : length;
    memcpy(buffer, worker->data + worker->taken, *n);
    worker->taken += (unsigned)*n;
    if (worker->taken == (unsigned)worker->result)
        worker->stage = IDLE;
    return PIPE_ENDS_DONE;
}

/* Begins a call, and says what came of it when it has ended: the caller gives the same data until
 * then. So nothing is written that was not said to be. */
enum pipe_ends_result pipe_ends_write(struct pipe_ends *ends, const void *data,
                                      size_t length, size_t *n, int *code)
{
    struct worker *worker = &ends->output;
    *n = 0;
    if (worker->stage == IDLE) {
        memcpy(worker->data, data, length < LARGEST_CALL ? length : LARGEST_CALL);
        worker_call(worker, length);
    }
    if (!worker_has_ended(worker))
        return PIPE_ENDS_AGAIN;
    worker->stage = IDLE;
    *code = worker->code;
    *n = worker->result < 0 ? 0 : (size_t)worker->result;
    return worker->result < 0 ? PIPE_ENDS_FAILED : PIPE_ENDS_DONE;
}

/* ---- waiting ---- */

/* Asking anew has events reported that were so before. With `ask` false nothing is asked for. */
static void select_events(struct pipe_ends *ends, const struct pipe_ends_wait *wait,
                          bool ask)
{
    for (size_t i = 0; i < wait->count; i++) {
        long events = FD_CLOSE | (wait->wants[i].read ? FD_READ : 0) |
                      (wait->wants[i].write ? FD_WRITE : 0);
        WSAEventSelect((SOCKET)wait->wants[i].fd, ask ? ends->network : NULL,
                       ask ? events : 0);
    }
}

/* Nothing says that a reader has gone before something is written to it. */
enum os_result pipe_ends_wait(struct pipe_ends *ends, struct pipe_ends_wait *wait,
                              struct deadline deadline, int *code)
{
    HANDLE events[3];
    DWORD count = 0;
    bool late = deadline_passed(deadline);
    int left = deadline_poll_timeout(deadline);
    wait->reader_gone = false;
    if (wait->read && ends->input.stage == IDLE)
        worker_call(&ends->input, LARGEST_CALL);
    if (wait->read)
        events[count++] = ends->input.ended;
    if (wait->write && ends->output.stage == UNDER_WAY)
        events[count++] = ends->output.ended;
    events[count++] = ends->network;
    WSAResetEvent(ends->network);
    select_events(ends, wait, true);
    DWORD found =
        WaitForMultipleObjects(count, events, FALSE, left < 0 ? INFINITE : (DWORD)left);
    select_events(ends, wait, false);
    wait->ready = wait->read && worker_has_ended(&ends->input);
    *code = EIO;
    if (found == WAIT_FAILED)
        return OS_FAILED;
    return found == WAIT_TIMEOUT && late ? OS_LATE : OS_DONE;
}

enum os_result pipe_ends_close(struct pipe_ends *ends, struct deadline deadline,
                               int *status)
{
    (void)deadline;
    *status = 0;
    if (ends == NULL)
        return OS_DONE;
    bool input_ended = worker_end(&ends->input), output_ended = worker_end(&ends->output);
    if (ends->network != WSA_INVALID_EVENT)
        WSACloseEvent(ends->network);
    if (input_ended && output_ended)
        free(ends);
    return OS_DONE;
}
