/* pipe_ends_posix.c: the contract of pipe_ends.h on POSIX systems. */
#include <config.h>

#include "pipe_ends.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK_MS                                                                          \
    20 /* between two looks whether a program has ended, where there is a deadline */
#define SIGNAL_STATUS 128 /* and its number, as shells have it */

extern char **environ;

/* How a call on a descriptor that is shared, and so may block, is kept from blocking. */
enum manner {
    AS_SOCKET,      /* MSG_DONTWAIT */
    AS_NONBLOCKING, /* the descriptor is ours alone, and O_NONBLOCK */
    AS_PIPE,        /* ready for PIPE_BUF octets when poll() says so (POSIX, write) */
    AS_FILE         /* it never waits long */
};

struct end {
    int fd; /* -1: closed */
    enum manner manner;
    bool is_ours;
};

struct pipe_ends {
    struct end input, output;
    pid_t program; /* -1: none */
};

/* ---- the standard streams ---- */

static enum manner manner_of(int fd)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return AS_FILE; /* the call will tell */
    return S_ISSOCK(status.st_mode)                             ? AS_SOCKET
           : S_ISREG(status.st_mode) || S_ISBLK(status.st_mode) ? AS_FILE
                                                                : AS_PIPE;
}

/* A terminal can be full though poll() says that there is room, and a write would then block both
 * directions. Opened once more it is a description of our own, which may be O_NONBLOCK. */
static struct end terminal_output(int fd)
{
    const char *name = ttyname(fd);
    int own =
        name == NULL ? -1 : open(name, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    return own >= 0 ? (struct end){own, AS_NONBLOCKING, true}
                    : (struct end){fd, AS_PIPE, false};
}

struct pipe_ends *pipe_ends_standard(int *code)
{
    struct pipe_ends *ends = calloc(1, sizeof *ends);
    *code = ENOMEM;
    if (ends == NULL)
        return NULL;
    ends->program = -1;
    ends->input = (struct end){OS_STANDARD_INPUT, manner_of(OS_STANDARD_INPUT), false};
    ends->output =
        isatty(OS_STANDARD_OUTPUT)
            ? terminal_output(OS_STANDARD_OUTPUT)
            : (struct end){OS_STANDARD_OUTPUT, manner_of(OS_STANDARD_OUTPUT), false};
    return ends;
}

/* ---- a program ---- */

bool pipe_ends_can_run(void)
{
    return true;
}

static void close_end(struct end *end)
{
    if (end->is_ours && end->fd >= 0)
        close(end->fd);
    end->fd = -1;
}

/* A pipe whose end `ours` is for us alone and never blocks. */
static bool make_pipe(int fds[2], int ours)
{
    if (pipe(fds) != 0)
        return false;
    for (int i = 0; i < 2; i++)
        fcntl(fds[i], F_SETFD, FD_CLOEXEC);
    return fcntl(fds[ours], F_SETFL, O_NONBLOCK) == 0;
}

/* Signals that os_begin() has ignored are the program's again. Returns an errno value. */
static int spawn(pid_t *program, char *const *arguments, int input, int output)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
#ifdef SIGXFSZ
    sigaddset(&defaults, SIGXFSZ);
#endif
    int code = posix_spawn_file_actions_init(&actions);
    if (code != 0)
        return code;
    code = posix_spawnattr_init(&attributes);
    if (code != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return code;
    }
    code = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    if (code == 0)
        code = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    if (code == 0)
        code = posix_spawnattr_setsigdefault(&attributes, &defaults);
    if (code == 0)
        code = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    if (code == 0)
        code = posix_spawnp(program, arguments[0], &actions, &attributes, arguments,
                            environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return code;
}

struct pipe_ends *pipe_ends_program(char *const *arguments, int *code)
{
    struct pipe_ends *ends = calloc(1, sizeof *ends);
    int to[2] = {-1, -1}, from[2] = {-1, -1};
    bool started = false;
    *code = ENOMEM;
    if (ends == NULL)
        return NULL;
    if (make_pipe(to, 1) && make_pipe(from, 0)) {
        *code = spawn(&ends->program, arguments, to[0], from[1]);
        started = *code == 0;
    } else {
        *code = errno;
    }
    ends->input = (struct end){from[0], AS_NONBLOCKING, true};
    ends->output = (struct end){to[1], AS_NONBLOCKING, true};
    if (to[0] >= 0)
        close(to[0]);
    if (from[1] >= 0)
        close(from[1]);
    if (started)
        return ends;
    close_end(&ends->input);
    close_end(&ends->output);
    free(ends);
    return NULL;
}

/* ---- reading and writing ---- */

static bool is_ready(int fd, short events)
{
    struct pollfd polled = {.fd = fd, .events = events};
    return poll(&polled, 1, 0) > 0;
}

/* What a call that returned `done` says. */
static enum pipe_ends_result judge(ssize_t done, size_t *n, int *code)
{
    *n = done > 0 ? (size_t)done : 0;
    *code = done < 0 ? errno : 0;
    if (done >= 0)
        return PIPE_ENDS_DONE;
    return *code == EAGAIN || *code == EINTR ? PIPE_ENDS_AGAIN
                                                                     : PIPE_ENDS_FAILED;
}

/* pipe_ends_wait() has found it ready; a socket can be empty even so. */
enum pipe_ends_result pipe_ends_read(struct pipe_ends *ends, void *buffer, size_t length,
                                     size_t *n, int *code)
{
    const struct end *end = &ends->input;
    return judge(end->manner == AS_SOCKET ? recv(end->fd, buffer, length, MSG_DONTWAIT)
                                          : read(end->fd, buffer, length),
                 n, code);
}

enum pipe_ends_result pipe_ends_write(struct pipe_ends *ends, const void *data,
                                      size_t length, size_t *n, int *code)
{
    const struct end *end = &ends->output;
    *n = 0;
    if (end->manner == AS_SOCKET)
        return judge(send(end->fd, data, length, MSG_DONTWAIT), n, code);
    if (end->manner == AS_PIPE) {
        if (!is_ready(end->fd, POLLOUT))
            return PIPE_ENDS_AGAIN;
        length = length < PIPE_BUF ? length : PIPE_BUF;
    }
    return judge(write(end->fd, data, length), n, code);
}

/* ---- waiting ---- */

/* Descriptors that poll() ignores are negative. */
enum os_result pipe_ends_wait(struct pipe_ends *ends, struct pipe_ends_wait *wait,
                              struct deadline deadline, int *code)
{
    struct pollfd polled[2 + PIPE_ENDS_WANTS];
    nfds_t count = 2;
    polled[0] = (struct pollfd){.fd = wait->read ? ends->input.fd : -1, .events = POLLIN};
    polled[1] = (struct pollfd){.fd = wait->write || wait->gone ? ends->output.fd : -1,
                                .events = wait->write ? POLLOUT : 0};
    for (size_t i = 0; i < wait->count && i < PIPE_ENDS_WANTS; i++)
        polled[count++] =
            (struct pollfd){.fd = wait->wants[i].fd,
                            .events = (short)((wait->wants[i].read ? POLLIN : 0) |
                                              (wait->wants[i].write ? POLLOUT : 0))};
    bool late = deadline_passed(deadline);
    int found = poll(polled, count, deadline_poll_timeout(deadline));
    *code = errno;
    wait->ready = found > 0 && polled[0].revents != 0;
    wait->reader_gone =
        found > 0 && wait->gone && (polled[1].revents & (POLLERR | POLLHUP)) != 0;
    if (found < 0)
        return *code == EINTR || *code == EAGAIN ? OS_DONE : OS_FAILED;
    return found == 0 && late ? OS_LATE : OS_DONE;
}

/* ---- the end ---- */

static enum os_result wait_for_program(pid_t program, struct deadline deadline,
                                       int *wait_status)
{
    bool blocks = deadline.at == INT64_MAX;
    for (;;) {
        pid_t ended = waitpid(program, wait_status, blocks ? 0 : WNOHANG);
        if (ended == program)
            return OS_DONE;
        if (ended < 0 && errno != EINTR)
            return OS_FAILED;
        if (ended < 0)
            continue;
        if (deadline_passed(deadline)) {
            kill(program, SIGTERM);
            return OS_LATE;
        }
        poll(NULL, 0, TICK_MS);
    }
}

enum os_result pipe_ends_close(struct pipe_ends *ends, struct deadline deadline,
                               int *status)
{
    enum os_result result = OS_DONE;
    int wait_status = 0;
    *status = 0;
    if (ends == NULL)
        return OS_DONE;
    close_end(&ends->input);
    close_end(&ends->output);
    if (ends->program > 0)
        result = wait_for_program(ends->program, deadline, &wait_status);
    if (result == OS_DONE)
        *status = WIFSIGNALED(wait_status) ? SIGNAL_STATUS + WTERMSIG(wait_status)
                                           : WEXITSTATUS(wait_status);
    free(ends);
    return result;
}
