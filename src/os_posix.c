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
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"

#define MOST_DESCRIPTORS 4096  /* looked at one by one, where there is no other way */
#define TICK_US 20000          /* between the interruptions of a call that is late */
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

/* What was left open by whoever started the program stays usable here (--pass fd:N, /dev/fd/N) and
 * goes no further. */
static void keep_inherited_descriptors(void)
{
    const int first = OS_STANDARD_ERROR + 1;
#if defined HAVE_CLOSE_RANGE && defined CLOSE_RANGE_CLOEXEC
    if (close_range((unsigned)first, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
        return; /* since Linux 5.11 */
#endif
    long limit = sysconf(_SC_OPEN_MAX);
    if (limit < 0 || limit > MOST_DESCRIPTORS)
        limit = MOST_DESCRIPTORS;
    for (int fd = first; fd < limit; fd++) {
        int flags = fcntl(fd, F_GETFD);
        if (flags >= 0)
            fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
    }
}

/* Neither a core file nor a debugger of the same user gets at keys and pass phrases. */
static void keep_memory(void)
{
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
#ifdef PR_SET_DUMPABLE
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

bool os_begin(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    keep_memory();
    heap_begin();
    keep_inherited_descriptors();
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

/* ---- an end to waiting ---- */

/* That there is a handler, and SA_RESTART is not set, ends the call. */
static void interrupt(int number)
{
    (void)number;
}

/* The timer goes on after the first time: that may come just before the call that is to end. */
void os_watch_begin(struct os_watch *watch, struct deadline deadline)
{
    *watch = (struct os_watch){NULL, NULL};
    if (deadline.at == INT64_MAX)
        return;
    struct sigaction action = {.sa_handler = interrupt};
    sigset_t alarm;
    sigemptyset(&action.sa_mask);
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    sigaction(SIGALRM, &action, NULL);
    sigprocmask(SIG_UNBLOCK, &alarm, NULL);
    int64_t left = deadline.at - clock_now_us();
    left = left > 0 ? left : 1;
    struct itimerval timer = {.it_value = {.tv_sec = (time_t)(left / 1000000),
                                           .tv_usec = (suseconds_t)(left % 1000000)},
                              .it_interval = {.tv_usec = TICK_US}};
    setitimer(ITIMER_REAL, &timer, NULL);
}

void os_watch_end(struct os_watch *watch)
{
    const struct itimerval none = {{0, 0}, {0, 0}};
    (void)watch;
    setitimer(ITIMER_REAL, &none, NULL);
}

/* ---- reading and writing ---- */

enum os_result os_open_to_read(const char *path, struct deadline deadline, int *fd,
                               int *code)
{
    while ((*fd = open(path, O_RDONLY | O_CLOEXEC)) < 0) {
        *code = errno;
        if (*code != EINTR)
            return OS_FAILED;
        if (deadline_passed(deadline))
            return OS_LATE;
    }
    return OS_DONE;
}

/* Waits for one descriptor. Files and what cannot be polled are always ready. */
static enum os_result wait_ready(int fd, short events, struct deadline deadline,
                                 int *code)
{
    struct pollfd polled = {.fd = fd, .events = events};
    for (;;) {
        bool late = deadline_passed(deadline);
        int ready = poll(&polled, 1, deadline_poll_timeout(deadline));
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
static enum os_result wait_if_needed(int fd, short events, struct deadline deadline,
                                     bool again, int *code)
{
    return again || deadline.at != INT64_MAX ? wait_ready(fd, events, deadline, code)
                                             : OS_DONE;
}

enum os_result os_read(int fd, void *buffer, size_t length, struct deadline deadline,
                       size_t *n, int *code)
{
    bool again = false;
    for (;;) {
        enum os_result result = wait_if_needed(fd, POLLIN, deadline, again, code);
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

enum os_result os_write(int fd, const void *data, size_t length, struct deadline deadline,
                        int *code)
{
    const char *rest = data;
    bool again = false;
    while (length > 0) {
        enum os_result result = wait_if_needed(fd, POLLOUT, deadline, again, code);
        if (result != OS_DONE)
            return result;
        /* A pipe that is ready takes PIPE_BUF bytes without blocking, not more (POSIX, write). */
        size_t part = deadline.at != INT64_MAX && length > PIPE_BUF ? PIPE_BUF : length;
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

bool os_reader_has_gone(int code)
{
    return code == EPIPE;
}

void os_close(int fd)
{
    close(fd);
}
