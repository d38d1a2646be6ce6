/* bounded.c: runs a command, and ends it when it takes too long.
 *
 *   bounded SECONDS COMMAND [ARGUMENT]...
 *
 * Exits as the command does, and with 128 plus the number of the signal that ended it, as a
 * shell does; with 124 after SIGKILL at the end of the SECONDS; with 127 if there is no such
 * command. Descriptors, environment, limits and ignored signals stay as they are. A test makes
 * some fifty runs; in a shell each would need a subshell, a sleep and a shell that execs. */
#include <config.h>

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OVERRUN = 124, NOT_FOUND = 127, KILLED_BY = 128 };

/* A signal handler has no other way to them. */
static volatile pid_t child;
static volatile sig_atomic_t overrun;

static void end_child(int number)
{
    (void)number;
    overrun = 1;
    kill(child, SIGKILL);
}

static void limit(unsigned seconds)
{
    struct sigaction action = {.sa_handler = end_child};

    sigemptyset(&action.sa_mask);
    sigaction(SIGALRM, &action, NULL);
    alarm(seconds);
}

/* The child stays a zombie until the alarm is off: its number cannot be another's by then. */
static int await(pid_t pid)
{
    siginfo_t info;
    int status = 0;

    while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) != 0 && errno == EINTR)
        continue;
    alarm(0);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (overrun)
        return OVERRUN;
    return WIFSIGNALED(status) ? KILLED_BY + WTERMSIG(status) : WEXITSTATUS(status);
}

static bool parse_seconds(const char *text, unsigned *seconds)
{
    char *end;
    unsigned long number;

    errno = 0;
    number = strtoul(text, &end, 10);
    *seconds = (unsigned)number;
    return errno == 0 && end != text && *end == '\0' && number > 0 && number <= 86400;
}

int main(int argc, char *argv[])
{
    unsigned seconds;

    if (argc < 3 || !parse_seconds(argv[1], &seconds)) {
        fputs("usage: bounded SECONDS COMMAND [ARGUMENT]...\n", stderr);
        return NOT_FOUND;
    }
    child = fork();
    if (child < 0) {
        perror("bounded: fork");
        return NOT_FOUND;
    }
    if (child == 0) {
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(NOT_FOUND);
    }
    limit(seconds);
    return await(child);
}
