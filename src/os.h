/*
 * os.h: what the program asks of the operating system beyond ISO C: standard streams, files,
 * signals and a clock.
 *
 * os_posix.c and os_windows.c keep this contract, the build picks one, and no other file of the
 * program knows which.  Codes are errno values.  File names are UTF-8 on Windows, as OpenSSL takes
 * them there, and bytes elsewhere.
 */
#ifndef TLSDIAL_OS_H
#define TLSDIAL_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OS_STANDARD_INPUT 0
#define OS_STANDARD_OUTPUT 1
#define OS_STANDARD_ERROR 2

/** To be called before anything is opened, with what main() was given: argv becomes UTF-8 where it is
 * not what the system has at heart. Makes sure of descriptors 0, 1 and 2: one that is
 * closed would be given to a socket, and what the program prints would go there in plain text.
 * Has signals that a failing write would raise ignored, so that the write tells. */
bool os_begin(int *argc, char ***argv);

/** Milliseconds on a clock that never jumps. */
int64_t os_clock_ms(void);

bool os_is_terminal(int fd);
/** Whether there is somebody to ask, wherever the standard streams go. */
bool os_has_terminal(void);

/** Whether what is written there may be coloured by the sequences of ECMA-48: it is a terminal that
 * knows them, and its user has not said otherwise (NO_COLOR, no-color.org). */
bool os_shows_colour(int fd);

/** -1 and a code on failure. */
int os_open_to_read(const char *path, int *code);

enum os_result { OS_DONE, OS_LATE, OS_FAILED };

/** Reads what is there, waiting for it until deadline_ms (on os_clock_ms(); INT64_MAX: for
 * ever). *n is 0 at the end. */
enum os_result os_read(int fd, void *buffer, size_t length, int64_t deadline_ms,
                       size_t *n, int *code);

/** Writes all of it, waiting until deadline_ms for a slow reader. */
enum os_result os_write(int fd, const void *data, size_t length, int64_t deadline_ms,
                        int *code);

/** A file under construction. */
struct os_new_file {
    int fd;
    char *path; /**< where it will appear; NULL: written in place (a device, a pipe) */
    char *temporary; /**< its name until then; NULL: none */
};

/** Begins a file that appears under its name only when it is committed; until then what was
 * there stays. A path that is no regular file is written in place. */
bool os_new_file(struct os_new_file *file, const char *path, int *code);
bool os_new_file_commit(struct os_new_file *file, int *code);
void os_new_file_discard(struct os_new_file *file);

void os_close(int fd);

#endif
