/* new_file_posix.c: the contract of new_file.h on POSIX systems. */
#include <config.h>

#include "new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PRIVATE 0600 /* until the file appears */

/* ---- names ---- */

/* Of the folder that a path is in. */
static void folder_of(char *folder, size_t size, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        snprintf(folder, size, ".");
    else
        snprintf(folder, size, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

/* "PATH.PID-TIME.part": another run, in another container even, makes another one. */
static char *temporary_name(const char *path)
{
    size_t size = strlen(path) + 64;
    char *name = malloc(size);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (name != NULL)
        snprintf(name, size, "%s.%ld-%lld%09ld.part", path, (long)getpid(),
                 (long long)now.tv_sec, now.tv_nsec);
    return name;
}

/* Where Linux shows an open file, so that it can be linked to a name. */
static const char *link_of(char *link, size_t size, int fd)
{
    snprintf(link, size, "/proc/self/fd/%d", fd);
    return link;
}

/* A file without a name, in the folder of path: nothing is left of it if the program is killed.
 * -1 where the system or the file system has none. */
static int open_nameless(const char *path)
{
#ifdef O_TMPFILE
    char folder[PATH_MAX], link[64];
    if (strlen(path) >= sizeof folder)
        return -1;
    folder_of(folder, sizeof folder, path);
    int fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, PRIVATE);
    if (fd >= 0 && access(link_of(link, sizeof link, fd), F_OK) != 0) {
        close(fd); /* no /proc: it could not be given its name later */
        fd = -1;
    }
    return fd;
#else
    (void)path;
    return -1;
#endif
}

/* ---- faults ---- */

static void set_fault(struct new_file_fault *fault, int code, enum new_file_fault_of of,
                      const char *path)
{
    *fault = (struct new_file_fault){.code = code, .of = of};
    folder_of(fault->folder, sizeof fault->folder, path);
}

/* A file is mounted there by itself, as containers do it. Before Linux 5.8 nothing tells but
 * rename(). */
static bool is_mount_point(const char *path)
{
#if defined HAVE_STATX && defined STATX_ATTR_MOUNT_ROOT
    struct statx status;
    return statx(AT_FDCWD, path, 0, STATX_TYPE, &status) == 0 &&
           (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
#else
    (void)path;
    return false;
#endif
}

/* Whether the sticky bit of the folder keeps this user from replacing the file. */
static bool is_kept_by_folder(const char *path, const struct stat *existing)
{
    char folder[PATH_MAX];
    struct stat status;
    folder_of(folder, sizeof folder, path);
    return stat(folder, &status) == 0 && (status.st_mode & S_ISVTX) != 0 &&
           geteuid() != 0 && geteuid() != status.st_uid && geteuid() != existing->st_uid;
}

/* Whether the new file will be able to take the place of what is there. */
static bool may_replace(const char *path, const struct stat *existing,
                        struct new_file_fault *fault)
{
    if (access(path, W_OK) != 0)
        set_fault(fault, errno, NEW_FILE_PATH, path);
    else if (is_mount_point(path))
        set_fault(fault, EBUSY, NEW_FILE_MOUNT_POINT, path);
    else if (is_kept_by_folder(path, existing))
        set_fault(fault, EPERM, NEW_FILE_STICKY, path);
    else
        return true;
    return false;
}

static bool is_of_folder(int code)
{
    return code == EACCES || code == EPERM || code == EROFS;
}

/* ---- beginning ---- */

static enum os_result open_in_place(struct new_file *file, const char *path,
                                    struct deadline deadline,
                                    struct new_file_fault *fault)
{
    while ((file->fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC)) < 0) {
        set_fault(fault, errno, NEW_FILE_PATH, path);
        if (fault->code != EINTR)
            return OS_FAILED;
        if (deadline_passed(deadline))
            return OS_LATE;
    }
    return OS_DONE;
}

/* /dev/stdout, say, where the shell has said ">> file": not to be replaced. */
static bool is_standard_output(const struct stat *existing)
{
    struct stat output;
    return fstat(STDOUT_FILENO, &output) == 0 && output.st_dev == existing->st_dev &&
           output.st_ino == existing->st_ino;
}

static enum os_result append_to_standard_output(struct new_file *file, const char *path,
                                                struct new_file_fault *fault)
{
    file->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    if (file->fd < 0)
        set_fault(fault, errno, NEW_FILE_PATH, path);
    return file->fd >= 0 ? OS_DONE : OS_FAILED;
}

/* The mode that an open file would have been made with. */
static unsigned usual_mode(void)
{
    mode_t mask = umask(077);
    umask(mask);
    return 0666 & ~(unsigned)mask;
}

/* Opens what is to become file->path. */
static bool open_temporary(struct new_file *file, struct new_file_fault *fault)
{
    file->fd = open_nameless(file->path);
    if (file->fd >= 0)
        return true;
    char *temporary = temporary_name(file->path);
    if (temporary != NULL)
        file->fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, PRIVATE);
    if (file->fd >= 0) {
        file->temporary = temporary;
        return true;
    }
    set_fault(fault, errno, is_of_folder(errno) ? NEW_FILE_FOLDER : NEW_FILE_PATH,
              file->path);
    free(temporary);
    return false;
}

/* existing: NULL where there is no file yet. */
static enum os_result begin(struct new_file *file, const char *path,
                            const struct stat *existing, struct new_file_fault *fault)
{
    struct stat link;
    if (existing == NULL &&
        lstat(path, &link) == 0) { /* a link to nothing: which name would appear? */
        set_fault(fault, ENOENT, NEW_FILE_PATH, path);
        return OS_FAILED;
    }
    file->mode = existing != NULL ? existing->st_mode & 0777 : usual_mode();
    file->path = existing != NULL
                     ? realpath(path, NULL) /* not the link, but its target */
                     : strdup(path);
    if (file->path == NULL)
        set_fault(fault, errno, NEW_FILE_PATH, path);
    bool ok = file->path != NULL &&
              (existing == NULL || may_replace(file->path, existing, fault)) &&
              open_temporary(file, fault);
    return ok ? OS_DONE : OS_FAILED;
}

enum os_result new_file_begin(struct new_file *file, const char *path,
                              struct deadline deadline, struct new_file_fault *fault)
{
    struct stat existing;
    *file = (struct new_file){.fd = -1};
    if (stat(path, &existing) != 0)
        return begin(file, path, NULL, fault);
    if (!S_ISREG(existing.st_mode))
        return open_in_place(file, path, deadline, fault);
    if (is_standard_output(&existing))
        return append_to_standard_output(file, path, fault);
    return begin(file, path, &existing, fault);
}

/* ---- the end ---- */

/* Gives a nameless file a name. */
static bool name_nameless(struct new_file *file)
{
    char link[64];
    char *temporary = temporary_name(file->path);
    if (temporary != NULL && linkat(AT_FDCWD, link_of(link, sizeof link, file->fd),
                                    AT_FDCWD, temporary, AT_SYMLINK_FOLLOW) == 0) {
        file->temporary = temporary;
        return true;
    }
    free(temporary);
    return false;
}

static bool synchronize(int fd)
{
    int result;
    do
        result = fsync(fd);
    while (result != 0 && errno == EINTR);
    return result == 0;
}

/* Gives the complete file its mode and its name, over what was there. The mode is best effort: some
 * file systems have none, and then the file is closed to others. */
static bool publish(struct new_file *file, struct new_file_fault *fault)
{
    (void)!fchmod(file->fd, (mode_t)file->mode);
    if (!synchronize(file->fd) || (file->temporary == NULL && !name_nameless(file))) {
        set_fault(fault, errno, NEW_FILE_PATH, file->path);
        return false;
    }
    if (rename(file->temporary, file->path) != 0) {
        int code = errno;
        set_fault(fault, code,
                  code == EBUSY        ? NEW_FILE_MOUNT_POINT
                  : is_of_folder(code) ? NEW_FILE_FOLDER
                                       : NEW_FILE_PATH,
                  file->path);
        return false;
    }
    free(file->temporary);
    file->temporary = NULL;
    return true;
}

bool new_file_commit(struct new_file *file, struct new_file_fault *fault)
{
    bool ok = file->path == NULL || publish(file, fault);
    int fd = file->fd;
    file->fd = -1;
    if (close(fd) != 0 && ok) {
        set_fault(fault, errno, NEW_FILE_PATH, "");
        ok = false;
    }
    new_file_discard(file);
    return ok;
}

void new_file_discard(struct new_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    if (file->temporary != NULL)
        unlink(file->temporary);
    free(file->temporary);
    free(file->path);
    *file = (struct new_file){.fd = -1};
}
