/* progress.h: a line on the terminal for whoever waits for a long transfer. */
#ifndef TLSDIAL_PROGRESS_H
#define TLSDIAL_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROGRESS_WIDTH 79 /* columns: a console of 80 does not go to the next line */

enum progress_direction { PROGRESS_SENT, PROGRESS_RECEIVED };

struct progress {
    bool wanted;
    enum progress_direction direction;
    int64_t begin_ms;    /**< of all */
    int64_t since_ms;    /**< in this direction, for the rate */
    int64_t next_ms;     /**< when to draw again */
    int64_t deadline_ms; /**< of the whole run: a terminal may be stopped */
    size_t width;        /**< of the line that is there */
};

/** Nothing is drawn unless it is wanted. Times are those of os_clock_ms(). */
void progress_begin(struct progress *progress, bool wanted, int64_t deadline_ms);
/** So many bytes so far. To be called whenever some have passed: nothing else drives it. */
void progress_tell(struct progress *progress, enum progress_direction direction,
                   uint64_t bytes);
/** The line goes, and what is printed next has its place. */
void progress_end(struct progress *progress);

#endif
