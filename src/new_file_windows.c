/* new_file_windows.c: the contract of new_file.h on Windows. */
#include <config.h>

#include "new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <share.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <windows.h>

#include "os_windows.h"

/* -1 and a code on failure. _O_EXCL: what is already there under that name is not ours. */
static int create(const char *path, bool in_place, int *code)
{
    int fd = -1;
    wchar_t *wide = os_wide(path);
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
    wchar_t *wide = os_wide(path);
    bool other = wide != NULL &&
                 (is_device(wide) ||
                  (_wstat64(wide, &existing) == 0 && (existing.st_mode & _S_IFREG) == 0));
    free(wide);
    return !other;
}

/* Whether nobody keeps the file that is there from being replaced: it is not read-only, and nobody
 * has it open without sharing that. */
static bool may_replace(const char *path)
{
    wchar_t *wide = os_wide(path);
    HANDLE file =
        wide == NULL ? INVALID_HANDLE_VALUE
                     : CreateFileW(wide, DELETE | GENERIC_WRITE,
                                   FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                   NULL, OPEN_EXISTING, 0, NULL);
    bool may = file != INVALID_HANDLE_VALUE || GetLastError() == ERROR_FILE_NOT_FOUND ||
               GetLastError() == ERROR_PATH_NOT_FOUND;
    if (file != INVALID_HANDLE_VALUE)
        CloseHandle(file);
    free(wide);
    return may;
}

static void set_fault(struct new_file_fault *fault, int code, int of, const char *path)
{
    size_t length = strlen(path);
    while (length > 0 && strchr("/\\:", path[length - 1]) == NULL)
        length--;
    *fault = (struct new_file_fault){.code = code, .of = of};
    snprintf(fault->folder, sizeof fault->folder, "%.*s", length > 0 ? (int)length : 1,
             length > 0 ? path : ".");
}

static bool begin(struct new_file *file, const char *path, struct new_file_fault *fault)
{
    size_t size = strlen(path) + 32;
    int code = ENOMEM;
    file->path = _strdup(path);
    char *temporary = malloc(size);
    if (file->path != NULL && temporary != NULL && !may_replace(path)) {
        code = EACCES;
    } else if (file->path != NULL && temporary != NULL) {
        snprintf(temporary, size, "%s.%lu.part", path, GetCurrentProcessId());
        file->fd = create(temporary, false, &code);
        if (file->fd < 0 && code == EACCES) {
            set_fault(fault, code, NEW_FILE_FOLDER, path);
            free(temporary);
            return false;
        }
    }
    if (file->fd >= 0) {
        file->temporary = temporary;
        return true;
    }
    set_fault(fault, code, NEW_FILE_PATH, path);
    free(temporary);
    return false;
}

/* Opening a pipe does not wait here. */
enum os_result new_file_begin(struct new_file *file, const char *path,
                              struct deadline deadline, struct new_file_fault *fault)
{
    int code;
    (void)deadline;
    *file = (struct new_file){.fd = -1};
    if (is_regular_or_absent(path))
        return begin(file, path, fault) ? OS_DONE : OS_FAILED;
    file->fd = create(path, true, &code);
    if (file->fd < 0)
        set_fault(fault, code, NEW_FILE_PATH, path);
    return file->fd >= 0 ? OS_DONE : OS_FAILED;
}

/* Gives the complete file its name, over what was there. */
static bool publish(const struct new_file *file)
{
    wchar_t *from = os_wide(file->temporary), *to = os_wide(file->path);
    bool ok =
        from != NULL && to != NULL && MoveFileExW(from, to, MOVEFILE_REPLACE_EXISTING);
    free(from);
    free(to);
    return ok;
}

bool new_file_commit(struct new_file *file, struct new_file_fault *fault)
{
    int fd = file->fd;
    file->fd = -1;
    bool ok = file->path == NULL || _commit(fd) == 0;
    int code = errno;
    if (_close(fd) != 0 && ok) {
        code = errno;
        ok = false;
    }
    if (ok && file->path != NULL) {
        ok = publish(file);
        code = EACCES; /* the usual one: somebody has the old file open */
        if (ok) {
            free(file->temporary);
            file->temporary = NULL;
        }
    }
    if (!ok)
        set_fault(fault, code, NEW_FILE_PATH, "");
    new_file_discard(file);
    return ok;
}

void new_file_discard(struct new_file *file)
{
    wchar_t *temporary = file->temporary != NULL ? os_wide(file->temporary) : NULL;
    if (file->fd >= 0)
        _close(file->fd);
    if (temporary != NULL)
        _wunlink(temporary);
    free(temporary);
    free(file->temporary);
    free(file->path);
    *file = (struct new_file){.fd = -1};
}
