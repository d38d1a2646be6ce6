/*
 * measure.c: runs a command once and prints, in one line, its wall time and its CPU time
 * (user + system) in microseconds, its peak memory in KiB and its exit status.
 *
 *   measure INPUT OUTPUT COMMAND [ARGUMENT...]
 *
 * MEASURE_PRELOAD is the LD_PRELOAD of the command: a library that is not installed is found at
 * once by it, like one that is; LD_LIBRARY_PATH would have the other libraries looked for there too.
 *
 * A program of its own, since a child's peak memory (ru_maxrss) is at least that of the process
 * that it was forked from: small here, large if that were Python.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long microseconds(long long seconds, long long rest)
{
    return seconds * 1000000 + rest;
}

static long long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return microseconds(t.tv_sec, t.tv_nsec / 1000);
}

static long long cpu_time(const struct rusage *usage)
{
    return microseconds(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec,
                        usage->ru_utime.tv_usec + usage->ru_stime.tv_usec);
}

static void become(char **argv)
{
    const char *preload = getenv("MEASURE_PRELOAD");
    int input = open(argv[1], O_RDONLY);
    int output = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (input < 0 || output < 0 || dup2(input, 0) < 0 || dup2(output, 1) < 0 ||
        dup2(output, 2) < 0 || (preload != NULL && setenv("LD_PRELOAD", preload, 1) != 0))
        _exit(126);
    execvp(argv[3], argv + 3);
    _exit(127);
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("usage: measure INPUT OUTPUT COMMAND [ARGUMENT...]\n", stderr);
        return EXIT_FAILURE;
    }
    long long start = now();
    pid_t child = fork();
    if (child == 0)
        become(argv);
    int status;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) != child) {
        perror("measure");
        return EXIT_FAILURE;
    }
    printf("%lld %lld %ld %d\n", now() - start, cpu_time(&usage), usage.ru_maxrss,
           WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return EXIT_SUCCESS;
}
