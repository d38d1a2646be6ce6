/*
 * pipe_ends.h: what `tlsdial pipe` reads from and writes to: the standard streams, or a program that
 * it runs. Nothing here waits but pipe_ends_wait() and pipe_ends_close().
 *
 * pipe_ends_posix.c and pipe_ends_windows.c keep this contract. Codes are errno values. The standard
 * streams stay as they are for others who have them too: O_NONBLOCK is neither set nor needed.
 */
#ifndef TLSDIAL_PIPE_ENDS_H
#define TLSDIAL_PIPE_ENDS_H

#include "base/deadline.h"
#include "os.h"
#include "tlsdial.h"

struct pipe_ends;

/** The standard streams; NULL when out of memory. */
struct pipe_ends *pipe_ends_standard(int *code);
/** Whether programs can be run here. */
bool pipe_ends_can_run(void);
/** Runs a program, found by PATH, whose standard input and output are to be written and read. It has
 * no descriptor of this process but its standard streams. NULL with *code when it cannot be run. */
struct pipe_ends *pipe_ends_program(char *const *arguments, int *code);

enum pipe_ends_result { PIPE_ENDS_DONE, PIPE_ENDS_AGAIN, PIPE_ENDS_FAILED };

/** Reads what is there; done with *n of 0 is the end. */
enum pipe_ends_result pipe_ends_read(struct pipe_ends *ends, void *buffer, size_t length,
                                     size_t *n, int *code);
/** Writes what goes. PIPE_ENDS_AGAIN: the reader must take something first. */
enum pipe_ends_result pipe_ends_write(struct pipe_ends *ends, const void *data,
                                      size_t length, size_t *n, int *code);

/** What to wait for, and the answer. */
struct pipe_ends_wait {
    bool read;  /**< for something to read; *ready then says that there is */
    bool write; /**< for room to write */
    bool gone;  /**< for the reader to go */
    const struct tlsdial_want *wants; /**< of a connection */
    size_t count;

    bool ready;       /**< pipe_ends_read() has something to say */
    bool reader_gone; /**< what is written from now on reaches nobody */
};

#define PIPE_ENDS_WANTS 8 /**< of a connection, at most */

/** Waits until one of these is so, or a signal came. */
enum os_result pipe_ends_wait(struct pipe_ends *ends, struct pipe_ends_wait *wait,
                              struct deadline deadline, int *code);

/** Closes what a program reads and writes and waits until it has ended; *status is its exit status, 128
 * and the signal's number where one ended it, as for a shell. OS_LATE: it has not ended by the
 * deadline and was asked to (SIGTERM). The standard streams stay open and have status 0. Frees. */
enum os_result pipe_ends_close(struct pipe_ends *ends, struct deadline deadline,
                               int *status);

#endif
