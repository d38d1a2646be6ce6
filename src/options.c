/* options.c: see options.h. */
#include <config.h>

#include "options.h"

#include "base/clock.h"

enum tlsdial_cause options_judge_file(enum tlsdial_cause cause, const char *what,
                                      const struct options *options,
                                      struct tlsdial_error *error)
{
    if (cause == TLSDIAL_OK || cause == TLSDIAL_DEADLINE_TRANSFER ||
        !deadline_passed(options->deadline))
        return cause;
    return tlsdial_error_set(error, TLSDIAL_DEADLINE_TRANSFER, 0, "%s not read in time",
                             what);
}

int64_t options_time_left(const struct options *options)
{
    if (options->deadline.at == INT64_MAX)
        return 0;
    int64_t left = (options->deadline.at - clock_now_us()) / 1000;
    return left > 0 ? left : 1;
}
