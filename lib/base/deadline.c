/* deadline.c: see deadline.h. */
#include <config.h>

#include "base/deadline.h"

#include <limits.h>

#include "base/clock.h"

struct deadline deadline_never(void)
{
    return (struct deadline){.at = INT64_MAX};
}

struct deadline deadline_after(int64_t start_us, int64_t milliseconds)
{
    if (milliseconds <= 0 || milliseconds > (INT64_MAX - start_us) / 1000)
        return deadline_never();
    return (struct deadline){.at = start_us + milliseconds * 1000};
}

struct deadline deadline_earlier(struct deadline a, struct deadline b)
{
    return a.at < b.at ? a : b;
}

bool deadline_passed(struct deadline deadline)
{
    return deadline.at != INT64_MAX && clock_now_us() >= deadline.at;
}

int deadline_poll_timeout(struct deadline deadline)
{
    if (deadline.at == INT64_MAX)
        return -1;
    int64_t left = deadline.at - clock_now_us();
    if (left <= 0)
        return 0;
    left = (left + 999) / 1000;
    return left > INT_MAX ? INT_MAX : (int)left;
}
