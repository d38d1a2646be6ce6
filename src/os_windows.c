/* os_windows.c: the contract of os.h on Windows. */
#include <config.h>

#include "os_windows.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <limits.h>
#include <process.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include <shellapi.h> /* after windows.h */

/* Replaces what is no text, and gives NULL when out of memory. */
static char *to_utf8(const wchar_t *wide)
{
    int size = WideCharToMultiByte(CP_UTF8, 0, wide, -1, NULL, 0, NULL, NULL);
    char *text = malloc((size_t)size);
    if (text != NULL)
        WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, size, NULL, NULL);
    return text;
}

wchar_t *os_wide(const char *text)
{
    int length = MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0);
    wchar_t *wide = malloc((size_t)length * sizeof *wide);
    if (wide != NULL)
        MultiByteToWideChar(CP_UTF8, 0, text, -1, wide, length);
    return wide;
}

/* main() has the arguments in the ANSI code page, where most characters have no place. What is made
 * here lives as long as the program. */
static bool arguments_in_utf8(int *argc, char ***argv)
{
    int count = 0;
    wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), &count);
    char **texts = wide == NULL ? NULL : calloc((size_t)count + 1, sizeof *texts);
    bool ok = texts != NULL;
    for (int i = 0; ok && i < count; i++)
        ok = (texts[i] = to_utf8(wide[i])) != NULL;
    LocalFree(wide);
    if (ok) {
        *argc = count;
        *argv = texts;
    }
    return ok;
}

bool os_begin(int *argc, char ***argv)
{
    /* Nothing is inherited here that is not asked for, and no report of a crash has our memory. */
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
    /* Sockets are no descriptors here: a closed stream cannot become one. */
    for (int fd = OS_STANDARD_INPUT; fd <= OS_STANDARD_ERROR; fd++)
        _setmode(fd, _O_BINARY);
    return arguments_in_utf8(argc, argv);
}

bool os_is_terminal(int fd)
{
    DWORD mode;
    return GetConsoleMode((HANDLE)_get_osfhandle(fd), &mode) != 0;
}

bool os_has_terminal(void)
{
    int fd = _open("CONIN$", _O_RDWR);
    if (fd >= 0)
        _close(fd);
    return fd >= 0;
}

bool os_shows_colour(int fd)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    HANDLE console = (HANDLE)_get_osfhandle(fd);
    DWORD mode;
    /* A console knows the sequences since Windows 10 1511, when it is told to. */
    return (no_color == NULL || *no_color == '\0') &&
           (term == NULL || strcmp(term, "dumb") != 0) &&
           GetConsoleMode(console, &mode) &&
           SetConsoleMode(console, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
}

/* ---- an end to waiting ---- */

#define TICK_MS 20 /* between the interruptions of a call that is late */

struct watched {
    HANDLE thread, end; /* the thread that may have to wait; set when the watch ends */
    struct deadline deadline;
};

static unsigned __stdcall watch_run(void *argument)
{
    struct watched *watched = argument;
    int left;
    while ((left = deadline_poll_timeout(watched->deadline)) > 0)
        if (WaitForSingleObject(watched->end, (DWORD)left) == WAIT_OBJECT_0)
            break;
    while (WaitForSingleObject(watched->end, TICK_MS) != WAIT_OBJECT_0)
        CancelSynchronousIo(watched->thread);
    CloseHandle(watched->thread);
    free(watched);
    return 0;
}

/* Without it, which takes a lack of memory, the program only waits longer. */
void os_watch_begin(struct os_watch *watch, struct deadline deadline)
{
    HANDLE process = GetCurrentProcess();
    *watch = (struct os_watch){NULL, NULL};
    struct watched *watched =
        deadline.at == INT64_MAX ? NULL : calloc(1, sizeof *watched);
    if (watched == NULL)
        return;
    watched->deadline = deadline;
    watched->end = watch->end = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (watch->end != NULL &&
        DuplicateHandle(process, GetCurrentThread(), process, &watched->thread, 0, FALSE,
                        DUPLICATE_SAME_ACCESS))
        watch->thread = (HANDLE)_beginthreadex(NULL, 0, watch_run, watched, 0, NULL);
    if (watch->thread != NULL)
        return;
    if (watched->thread != NULL)
        CloseHandle(watched->thread);
    free(watched);
}

void os_watch_end(struct os_watch *watch)
{
    if (watch->thread != NULL) {
        SetEvent(watch->end);
        WaitForSingleObject(watch->thread, INFINITE);
        CloseHandle(watch->thread);
    }
    if (watch->end != NULL)
        CloseHandle(watch->end);
    *watch = (struct os_watch){NULL, NULL};
}

/* Opening a pipe does not wait here. */
enum os_result os_open_to_read(const char *path, struct deadline deadline, int *fd,
                               int *code)
{
    (void)deadline;
    wchar_t *wide = os_wide(path);
    *fd = wide == NULL ? -1 : _wopen(wide, _O_RDONLY | _O_BINARY | _O_NOINHERIT);
    *code = wide == NULL ? ENOMEM : errno;
    free(wide);
    return *fd >= 0 ? OS_DONE : OS_FAILED;
}

/* ---- reading and writing ---- */

#define LARGEST_CALL 65536u /* octets */
#define CANCEL_MS 200       /* that a call has to end when it is told to */
#define LEAST_MS 100        /* that it has when it is late: what need not wait is done */

/* A call of _read() or _write() that a thread makes. */
struct call {
    int fd;
    bool writes;
    unsigned length;
    int result, code; /* as it gave them */
    char data[LARGEST_CALL];
};

static unsigned __stdcall call_run(void *argument)
{
    struct call *call = argument;
    call->result = call->writes ? _write(call->fd, call->data, call->length)
                                : _read(call->fd, call->data, call->length);
    call->code = errno;
    return 0;
}

/* Frees the call when it is late. One that does not end when it is told to keeps what it uses until
 * the program ends. */
static enum os_result call_until(struct call *call, struct deadline deadline)
{
    int left = deadline_poll_timeout(deadline);
    DWORD wait = left < LEAST_MS ? LEAST_MS : (DWORD)left;
    HANDLE thread = (HANDLE)_beginthreadex(NULL, 0, call_run, call, 0, NULL);
    if (thread == NULL) {
        call->result = -1;
        call->code = errno;
        return OS_FAILED;
    }
    bool in_time = WaitForSingleObject(thread, wait) == WAIT_OBJECT_0;
    if (!in_time) {
        CancelSynchronousIo(thread);
        if (WaitForSingleObject(thread, CANCEL_MS) == WAIT_OBJECT_0)
            free(call);
    }
    CloseHandle(thread);
    return !in_time ? OS_LATE : call->result < 0 ? OS_FAILED : OS_DONE;
}

/* Pipes and consoles cannot be waited for like sockets. */
static enum os_result transfer_until(int fd, char *to, const char *from, unsigned length,
                                     struct deadline deadline, size_t *n, int *code)
{
    struct call *call = malloc(sizeof *call);
    *code = ENOMEM;
    if (call == NULL)
        return OS_FAILED;
    call->fd = fd;
    call->writes = from != NULL;
    call->length = length;
    if (from != NULL)
        memcpy(call->data, from, length);
    enum os_result result = call_until(call, deadline);
    if (result == OS_LATE)
        return OS_LATE;
    *code = call->code;
    *n = result == OS_DONE ? (size_t)call->result : 0;
    if (to != NULL)
        memcpy(to, call->data, *n);
    free(call);
    return result;
}

/* Reads to, or writes from, which of the two is not NULL, as much as goes at once. */
static enum os_result transfer(int fd, char *to, const char *from, size_t length,
                               struct deadline deadline, size_t *n, int *code)
{
    unsigned part = length > LARGEST_CALL ? LARGEST_CALL : (unsigned)length;
    bool is_file = GetFileType((HANDLE)_get_osfhandle(fd)) == FILE_TYPE_DISK;
    if (deadline.at != INT64_MAX && !is_file)
        return transfer_until(fd, to, from, part, deadline, n, code);
    int done = to != NULL ? _read(fd, to, part) : _write(fd, from, part);
    *code = errno;
    *n = done < 0 ? 0 : (size_t)done;
    return done < 0 ? OS_FAILED : OS_DONE;
}

enum os_result os_read(int fd, void *buffer, size_t length, struct deadline deadline,
                       size_t *n, int *code)
{
    return transfer(fd, buffer, NULL, length, deadline, n, code);
}

enum os_result os_write(int fd, const void *data, size_t length, struct deadline deadline,
                        int *code)
{
    const char *rest = data;
    while (length > 0) {
        size_t n;
        enum os_result result = transfer(fd, NULL, rest, length, deadline, &n, code);
        if (result != OS_DONE)
            return result;
        rest += n;
        length -= n;
    }
    return OS_DONE;
}

/* The run-time library has EINVAL for one of the two. */
bool os_reader_has_gone(int code)
{
    return code == EPIPE || (code == EINVAL && (_doserrno == ERROR_NO_DATA ||
                                                _doserrno == ERROR_BROKEN_PIPE));
}

void os_close(int fd)
{
    _close(fd);
}
