/* os_windows.c: the contract of os.h on Windows. */
#include <config.h>

#include "os.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <limits.h>
#include <process.h>
#include <share.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <windows.h>

#include <shellapi.h> /* after windows.h */

/* Both conversions replace what is no text, and give NULL when out of memory. */
static char *to_utf8(const wchar_t *wide)
{
    int size = WideCharToMultiByte(CP_UTF8, 0, wide, -1, NULL, 0, NULL, NULL);
    char *text = malloc((size_t)size);
    if (text != NULL)
        WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, size, NULL, NULL);
    return text;
}

static wchar_t *to_wide(const char *text)
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
    /* Sockets are no descriptors here: a closed stream cannot become one. */
    for (int fd = OS_STANDARD_INPUT; fd <= OS_STANDARD_ERROR; fd++)
        _setmode(fd, _O_BINARY);
    return arguments_in_utf8(argc, argv);
}

int64_t os_clock_ms(void)
{
    return (int64_t)GetTickCount64();
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

int os_open_to_read(const char *path, int *code)
{
    wchar_t *wide = to_wide(path);
    int fd = wide == NULL ? -1 : _wopen(wide, _O_RDONLY | _O_BINARY | _O_NOINHERIT);
    *code = wide == NULL ? ENOMEM : errno;
    free(wide);
    return fd;
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
static enum os_result call_until(struct call *call, int64_t deadline_ms)
{
    int64_t left = deadline_ms - os_clock_ms();
    DWORD wait = left < LEAST_MS ? LEAST_MS : left > INT_MAX ? INT_MAX : (DWORD)left;
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
                                     int64_t deadline_ms, size_t *n, int *code)
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
    enum os_result result = call_until(call, deadline_ms);
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
                               int64_t deadline_ms, size_t *n, int *code)
{
    unsigned part = length > LARGEST_CALL ? LARGEST_CALL : (unsigned)length;
    bool is_file = GetFileType((HANDLE)_get_osfhandle(fd)) == FILE_TYPE_DISK;
    if (deadline_ms != INT64_MAX && !is_file)
        return transfer_until(fd, to, from, part, deadline_ms, n, code);
    int done = to != NULL ? _read(fd, to, part) : _write(fd, from, part);
    *code = errno;
    *n = done < 0 ? 0 : (size_t)done;
    return done < 0 ? OS_FAILED : OS_DONE;
}

enum os_result os_read(int fd, void *buffer, size_t length, int64_t deadline_ms,
                       size_t *n, int *code)
{
    return transfer(fd, buffer, NULL, length, deadline_ms, n, code);
}

enum os_result os_write(int fd, const void *data, size_t length, int64_t deadline_ms,
                        int *code)
{
    const char *rest = data;
    while (length > 0) {
        size_t n;
        enum os_result result = transfer(fd, NULL, rest, length, deadline_ms, &n, code);
        if (result != OS_DONE)
            return result;
        rest += n;
        length -= n;
    }
    return OS_DONE;
}

void os_close(int fd)
{
    _close(fd);
}

/* ---- new files ---- */

/* -1 and a code on failure. _O_EXCL: what is already there under that name is not ours. */
static int create(const char *path, bool in_place, int *code)
{
    int fd = -1;
    wchar_t *wide = to_wide(path);
    errno_t error = wide == NULL
                        ? ENOMEM
                        : _wsopen_s(&fd, wide,
                                    _O_WRONLY | _O_CREAT | _O_BINARY | _O_NOINHERIT |
                                        (in_place ? _O_TRUNC : _O_EXCL),
                                    _SH_DENYNO, _S_IREAD | _S_IWRITE);
    free(wide);
    *code = error;
    return error == 0 ? fd : -1;
}

/* A device, such as NUL, has nothing that _wstat64() finds. */
static bool is_device(const wchar_t *path)
{
    HANDLE file = CreateFileW(path, 0, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                              OPEN_EXISTING, 0, NULL);
    bool device = file != INVALID_HANDLE_VALUE && GetFileType(file) != FILE_TYPE_DISK;
    if (file != INVALID_HANDLE_VALUE)
        CloseHandle(file);
    return device;
}

static bool is_regular_or_absent(const char *path)
{
    struct _stat64 existing;
    wchar_t *wide = to_wide(path);
    bool other = wide != NULL &&
                 (is_device(wide) ||
                  (_wstat64(wide, &existing) == 0 && (existing.st_mode & _S_IFREG) == 0));
    free(wide);
    return !other;
}

bool os_new_file(struct os_new_file *file, const char *path, int *code)
{
    size_t size = strlen(path) + 32;
    *file = (struct os_new_file){.fd = -1};
    if (!is_regular_or_absent(path)) {
        file->fd = create(path, true, code);
        return file->fd >= 0;
    }
    file->path = _strdup(path);
    char *temporary = malloc(size);
    *code = ENOMEM;
    if (file->path != NULL && temporary != NULL) {
        snprintf(temporary, size, "%s.%lu.part", path, GetCurrentProcessId());
        file->fd = create(temporary, false, code);
    }
    if (file->fd >= 0) {
        file->temporary = temporary;
        return true;
    }
    free(temporary);
    os_new_file_discard(file);
    return false;
}

/* Gives the complete file its name, over what was there. */
static bool publish(const struct os_new_file *file)
{
    wchar_t *from = to_wide(file->temporary), *to = to_wide(file->path);
    bool ok =
        from != NULL && to != NULL && MoveFileExW(from, to, MOVEFILE_REPLACE_EXISTING);
    free(from);
    free(to);
    return ok;
}

bool os_new_file_commit(struct os_new_file *file, int *code)
{
    int fd = file->fd;
    file->fd = -1;
    bool ok = file->path == NULL || _commit(fd) == 0;
    *code = errno;
    if (_close(fd) != 0 && ok) {
        *code = errno;
        ok = false;
    }
    if (ok && file->path != NULL) {
        ok = publish(file);
        *code = EACCES; /* the usual one: somebody has the old file open */
        if (ok) {
            free(file->temporary);
            file->temporary = NULL;
        }
    }
    os_new_file_discard(file);
    return ok;
}

void os_new_file_discard(struct os_new_file *file)
{
    wchar_t *temporary = file->temporary != NULL ? to_wide(file->temporary) : NULL;
    if (file->fd >= 0)
        _close(file->fd);
    if (temporary != NULL)
        _wunlink(temporary);
    free(temporary);
    free(file->temporary);
    free(file->path);
    *file = (struct os_new_file){.fd = -1};
}
