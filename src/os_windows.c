/* os_windows.c: the contract of os.h on Windows. */
#include <config.h>

#include "os.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <limits.h>
#include <share.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <windows.h>

bool os_begin(void)
{
    /* Sockets are no descriptors here: a closed stream cannot become one. */
    for (int fd = OS_STANDARD_INPUT; fd <= OS_STANDARD_ERROR; fd++)
        _setmode(fd, _O_BINARY);
    return true;
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
    int fd = _open(path, _O_RDONLY | _O_BINARY | _O_NOINHERIT);
    if (fd < 0)
        *code = errno;
    return fd;
}

static bool is_late(int64_t deadline_ms)
{
    return deadline_ms != INT64_MAX && os_clock_ms() >= deadline_ms;
}

/* Pipes and consoles cannot be waited for like sockets; the deadline is looked at between calls,
 * and a call that blocks outstays it. */
enum os_result os_read(int fd, void *buffer, size_t length, int64_t deadline_ms,
                       size_t *n, int *code)
{
    if (is_late(deadline_ms))
        return OS_LATE;
    int got = _read(fd, buffer, length > INT_MAX ? INT_MAX : (unsigned)length);
    if (got < 0) {
        *code = errno;
        return OS_FAILED;
    }
    *n = (size_t)got;
    return OS_DONE;
}

enum os_result os_write(int fd, const void *data, size_t length, int64_t deadline_ms,
                        int *code)
{
    const char *rest = data;
    while (length > 0) {
        if (is_late(deadline_ms))
            return OS_LATE;
        int put = _write(fd, rest, length > INT_MAX ? INT_MAX : (unsigned)length);
        if (put < 0) {
            *code = errno;
            return OS_FAILED;
        }
        rest += put;
        length -= (size_t)put;
    }
    return OS_DONE;
}

void os_close(int fd)
{
    _close(fd);
}

/* ---- new files ---- */

bool os_new_file(struct os_new_file *file, const char *path, int *code)
{
    struct _stat64 existing;
    bool in_place = _stat64(path, &existing) == 0 && (existing.st_mode & _S_IFREG) == 0;
    size_t size = strlen(path) + 32;
    *file = (struct os_new_file){.fd = -1};
    if (!in_place) {
        file->path = _strdup(path);
        file->temporary = malloc(size);
        if (file->path == NULL || file->temporary == NULL) {
            *code = ENOMEM;
            goto failed;
        }
        snprintf(file->temporary, size, "%s.%lu.part", path, GetCurrentProcessId());
    }
    /* _O_EXCL: what is already there under the temporary name is not ours. */
    errno_t error = _sopen_s(&file->fd, in_place ? path : file->temporary,
                             _O_WRONLY | _O_CREAT | _O_BINARY | _O_NOINHERIT |
                                 (in_place ? _O_TRUNC : _O_EXCL),
                             _SH_DENYNO, _S_IREAD | _S_IWRITE);
    if (error == 0)
        return true;
    *code = error;
    file->fd = -1;
    free(file->temporary);
    file->temporary = NULL;
failed:
    os_new_file_discard(file);
    return false;
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
        ok = MoveFileExA(file->temporary, file->path, MOVEFILE_REPLACE_EXISTING) != 0;
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
    if (file->fd >= 0)
        _close(file->fd);
    if (file->temporary != NULL)
        DeleteFileA(file->temporary);
    free(file->temporary);
    free(file->path);
    *file = (struct os_new_file){.fd = -1};
}
