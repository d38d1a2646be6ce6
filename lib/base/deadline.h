/* deadline.h: a point in time by which something must be done. */
#ifndef TLSDIAL_DEADLINE_H
#define TLSDIAL_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

/** Absolute, on the monotonic clock of sock.h, so that waiting in several steps, or being
 * interrupted, cannot stretch it. */
struct deadline {
    int64_t at; /**< microseconds, or INT64_MAX: never */
};

struct deadline deadline_never(void);
/** 0 milliseconds or less: never, as the timeouts of tlsdial.h have it. */
struct deadline deadline_after(int64_t start_us, int64_t milliseconds);
struct deadline deadline_earlier(struct deadline a, struct deadline b);
bool deadline_passed(struct deadline deadline);
/** For poll(2): milliseconds left, rounded up so that the wait does not end before the deadline;
 * 0 when it passed, -1 for never, at most INT_MAX. */
int deadline_poll_timeout(struct deadline deadline);

#endif
