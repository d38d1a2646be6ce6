/*
 * os.h: what the program asks of the operating system beyond ISO C: standard streams, files to
 * read, signals, and an end to waiting.  For files to write see new_file.h, for the clock
 * base/clock.h.
 *
 * os_posix.c and os_windows.c keep this contract, the build picks one, and no other file of the
 * program knows which.  Codes are errno values.  File names are UTF-8 on Windows, as OpenSSL takes
 * them there, and bytes elsewhere.
 */
#ifndef TLSDIAL_OS_H
#define TLSDIAL_OS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/deadline.h"

#define OS_STANDARD_INPUT 0
#define OS_STANDARD_OUTPUT 1
#define OS_STANDARD_ERROR 2

/** To be called before anything is opened, with what main() was given: argv becomes UTF-8 where it is
 * not what the system has at heart. Makes sure of descriptors 0, 1 and 2: one that is
 * closed would be given to a socket, and what the program prints would go there in plain text.
 * Those above 2 are not for any program that this one starts. Its memory, which may have a private
 * key, is dumped nowhere and shown to no other process of the user, where the system can be asked.
 * Has signals that a failing write would raise ignored, so that the write tells. */
bool os_begin(int *argc, char ***argv);

bool os_is_terminal(int fd);
/** Whether there is somebody to ask, wherever the standard streams go. */
bool os_has_terminal(void);

/** Whether what is written there may be coloured by the sequences of ECMA-48: it is a terminal that
 * knows them, and its user has not said otherwise (NO_COLOR, no-color.org). */
bool os_shows_colour(int fd);

/** What ends calls that wait in the system and know no deadline, such as fopen() on a FIFO in
 * OpenSSL. */
struct os_watch {
    void *thread, *end; /**< on Windows; NULL elsewhere */
};

/** From the deadline on, whatever call of this thread waits in the system is interrupted (EINTR on
 * POSIX), again and again, until the watch ends. So it fails, and whoever made it looks at the
 * deadline. One at a time, for the thread that begins it. */
void os_watch_begin(struct os_watch *watch, struct deadline deadline);
/** A watch that is all zero has not begun. */
void os_watch_end(struct os_watch *watch);

enum os_result { OS_DONE, OS_LATE, OS_FAILED };

/** Opens a file. OS_LATE where that waits, as for a FIFO that nobody writes to, and a watch with
 * the same deadline or an earlier one ends the wait. */
enum os_result os_open_to_read(const char *path, struct deadline deadline, int *fd,
                               int *code);

/** Reads what is there, waiting for it until the deadline. *n is 0 at the end. */
enum os_result os_read(int fd, void *buffer, size_t length, struct deadline deadline,
                       size_t *n, int *code);

/** Writes all of it, waiting until the deadline for a slow reader. */
enum os_result os_write(int fd, const void *data, size_t length, struct deadline deadline,
                        int *code);

/** Whether a write failed with this code because whoever reads has closed his end. To be asked before
 * any other call. */
bool os_reader_has_gone(int code);

void os_close(int fd);

#endif
