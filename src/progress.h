/* progress.h: a line on the terminal for whoever waits for a long transfer. */
#ifndef TLSDIAL_PROGRESS_H
#define TLSDIAL_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/deadline.h"

#define PROGRESS_WIDTH 79 /* columns: a console of 80 does not go to the next line */

enum progress_direction { PROGRESS_SENT, PROGRESS_RECEIVED };

struct progress {
    bool wanted;
    enum progress_direction direction;
    int64_t begin_us;         /**< of all */
    int64_t since_us;         /**< in this direction, for the rate */
    int64_t next_us;          /**< when to draw again */
    struct deadline deadline; /**< of the whole run: a terminal may be stopped */
    size_t width;             /**< of the line that is there */
};

/** Nothing is drawn unless it is wanted. Times are those of clock_now_us(). */
void progress_begin(struct progress *progress, bool wanted, struct deadline deadline);
/** So many bytes so far. To be called whenever some have passed: nothing else drives it. */
void progress_tell(struct progress *progress, enum progress_direction direction,
                   uint64_t bytes);
/** The line goes, and what is printed next has its place. */
void progress_end(struct progress *progress);

#endif
