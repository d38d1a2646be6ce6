/* os_posix.c: the contract of os.h on POSIX systems. */
#include <config.h>

#include "os.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#ifdef HAVE_MALLOPT
#include <malloc.h>
#endif
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define HEAP_SIZE (896 * 1024) /* what a fetch needs with the bundle of a distribution */

/* OpenSSL and the bundle fill some two hundred pages of heap, and the kernel would give each on
 * its own, at the price of a page fault; that is a sixth of a small fetch where page faults are
 * dear, as in virtual machines. One call has them all. Where anything of this is not to be had
 * (before Linux 5.14, with another libc), nothing changes. */
static void heap_begin(void)
{
#if defined HAVE_MALLOPT && defined MADV_POPULATE_WRITE
    mallopt(M_TOP_PAD, HEAP_SIZE);
    mallopt(M_MMAP_THRESHOLD, HEAP_SIZE);
    mallopt(M_ARENA_MAX, 1); /* the thread that looks names up needs no heap of its own */
    void *first = malloc(1);
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t begin = (uintptr_t)first / page * page, end = (uintptr_t)sbrk(0);
    free(first);
    /* Another malloc than glibc's may have its memory elsewhere. */
    if (begin < end && end - begin <= 2 * HEAP_SIZE)
        madvise((void *)begin, end - begin, MADV_POPULATE_WRITE);
#endif
}

bool os_begin(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    heap_begin();
    /* Opened the wrong way round, so that using a closed stream still fails. open() takes the
     * lowest free descriptor, which is the one that was found closed. */
    for (int fd = OS_STANDARD_INPUT; fd <= OS_STANDARD_ERROR; fd++)
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == OS_STANDARD_INPUT ? O_WRONLY : O_RDONLY) != fd)
            return false;
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        return false;
#ifdef SIGXFSZ
    if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR)
        return false;
#endif
    return true;
}

int64_t os_clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool os_is_terminal(int fd)
{
    return isatty(fd) == 1;
}

bool os_has_terminal(void)
{
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

bool os_shows_colour(int fd)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    return os_is_terminal(fd) && (no_color == NULL || *no_color == '\0') &&
           term != NULL && *term != '\0' && strcmp(term, "dumb") != 0;
}

int os_open_to_read(const char *path, int *code)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        *code = errno;
    return fd;
}

/* Waits for one descriptor. Files and what cannot be polled are always ready. */
static enum os_result wait_ready(int fd, short events, int64_t deadline_ms, int *code)
{
    struct pollfd polled = {.fd = fd, .events = events};
    for (;;) {
        bool forever = deadline_ms == INT64_MAX;
        int64_t left = forever ? INT64_MAX : deadline_ms - os_clock_ms();
        bool late = left <= 0;
        int ready = poll(&polled, 1,
                         forever          ? -1
                         : late           ? 0
                         : left > INT_MAX ? INT_MAX
                                          : (int)left);
        if (ready > 0) /* even when it is late: what came in time is not lost */
            return OS_DONE;
        if (ready == 0 && late)
            return OS_LATE;
        if (ready < 0 && errno != EINTR && errno != EAGAIN) {
            *code = errno;
            return OS_FAILED;
        }
    }
}

/* The two calls below block where there is no deadline, and wait here where there is one or where
 * somebody else has made the descriptor non-blocking. */
static enum os_result wait_if_needed(int fd, short events, int64_t deadline_ms,
                                     bool again, int *code)
{
    return again || deadline_ms != INT64_MAX ? wait_ready(fd, events, deadline_ms, code)
                                             : OS_DONE;
}

enum os_result os_read(int fd, void *buffer, size_t length, int64_t deadline_ms,
                       size_t *n, int *code)
{
    bool again = false;
    for (;;) {
        enum os_result result = wait_if_needed(fd, POLLIN, deadline_ms, again, code);
        if (result != OS_DONE)
            return result;
        ssize_t got = read(fd, buffer, length);
        if (got >= 0) {
            *n = (size_t)got;
            return OS_DONE;
        }
        again = errno == EAGAIN;
        if (!again && errno != EINTR) {
            *code = errno;
            return OS_FAILED;
        }
    }
}

enum os_result os_write(int fd, const void *data, size_t length, int64_t deadline_ms,
                        int *code)
{
    const char *rest = data;
    bool again = false;
    while (length > 0) {
        enum os_result result = wait_if_needed(fd, POLLOUT, deadline_ms, again, code);
        if (result != OS_DONE)
            return result;
        /* A pipe that is ready takes PIPE_BUF bytes without blocking, not more (POSIX, write). */
        size_t part = deadline_ms != INT64_MAX && length > PIPE_BUF ? PIPE_BUF : length;
        ssize_t put = write(fd, rest, part);
        again = put < 0 && errno == EAGAIN;
        if (put >= 0) {
            rest += put;
            length -= (size_t)put;
        } else if (!again && errno != EINTR) {
            *code = errno;
            return OS_FAILED;
        }
    }
    return OS_DONE;
}

void os_close(int fd)
{
    close(fd);
}

/* ---- new files ---- */

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
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t length = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
    if (length >= sizeof folder)
        return -1;
    snprintf(folder, sizeof folder, "%.*s", (int)length, path);
    int fd = open(length > 0 ? folder : ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
    char link[64];
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

/* Gives a nameless file the name. */
static bool name_nameless(int fd, const char *name)
{
    char link[64];
    return linkat(AT_FDCWD, link_of(link, sizeof link, fd), AT_FDCWD, name,
                  AT_SYMLINK_FOLLOW) == 0;
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

static int open_in_place(const char *path, int *code)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        *code = errno;
    return fd;
}

/* /dev/stdout, say, where the shell has said ">> file": not to be replaced. */
static bool is_standard_output(const struct stat *existing)
{
    struct stat output;
    return fstat(STDOUT_FILENO, &output) == 0 && output.st_dev == existing->st_dev &&
           output.st_ino == existing->st_ino;
}

bool os_new_file(struct os_new_file *file, const char *path, int *code)
{
    struct stat existing;
    bool exists = stat(path, &existing) == 0;
    *file = (struct os_new_file){.fd = -1};
    if (exists && !S_ISREG(existing.st_mode)) {
        file->fd = open_in_place(path, code);
        return file->fd >= 0;
    }
    if (exists && is_standard_output(&existing)) {
        file->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
        *code = errno;
        return file->fd >= 0;
    }
    struct stat link;
    if (!exists &&
        lstat(path, &link) == 0) { /* a link to nothing: which name would appear? */
        *code = ENOENT;
        return false;
    }
    if (exists && access(path, W_OK) != 0) {
        *code = errno;
        return false;
    }
    file->path =
        exists ? realpath(path, NULL) : strdup(path); /* not the link, but its target */
    char *temporary = file->path != NULL ? temporary_name(file->path) : NULL;
    if (temporary == NULL) {
        *code = errno;
        goto failed;
    }
    file->fd = open_nameless(file->path);
    if (file->fd < 0) {
        file->fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        *code = errno;
        if (file->fd < 0)
            goto failed;
        file->temporary = temporary;
    } else {
        free(temporary);
    }
    if (exists)
        (void)!fchmod(file->fd,
                      existing.st_mode & 07777); /* best effort: of another owner */
    return true;
failed:
    free(temporary);
    os_new_file_discard(file);
    return false;
}

/* Gives the complete file its name, over what was there. */
static bool publish(struct os_new_file *file, int *code)
{
    if (file->temporary == NULL) {
        char *temporary = temporary_name(file->path);
        bool named = temporary != NULL && name_nameless(file->fd, temporary);
        *code = errno;
        if (!named) {
            free(temporary);
            return false;
        }
        file->temporary = temporary;
    }
    if (rename(file->temporary, file->path) != 0) {
        *code = errno;
        return false;
    }
    free(file->temporary);
    file->temporary = NULL;
    return true;
}

bool os_new_file_commit(struct os_new_file *file, int *code)
{
    bool ok = true;
    if (file->path != NULL) {
        ok = fsync(file->fd) == 0;
        *code = errno;
        ok = ok && publish(file, code);
    }
    int fd = file->fd;
    file->fd = -1;
    if (close(fd) != 0 && ok) {
        *code = errno;
        ok = false;
    }
    os_new_file_discard(file);
    return ok;
}

void os_new_file_discard(struct os_new_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    if (file->temporary != NULL)
        unlink(file->temporary);
    free(file->temporary);
    free(file->path);
    *file = (struct os_new_file){.fd = -1};
}
