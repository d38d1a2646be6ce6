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

static bool is_regular_or_absent(const char *path)
{
    struct _stat64 existing;
    wchar_t *wide = to_wide(path);
    bool other = wide != NULL && _wstat64(wide, &existing) == 0 &&
                 (existing.st_mode & _S_IFREG) == 0;
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
