/* unit_deadline.c: points in time, near, far and never. */
#include <limits.h>
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/deadline.h"
#include "base/clock.h"

static void never_never_passes(void **state)
{
    (void)state;
    assert_false(deadline_passed(deadline_never()));
    assert_int_equal(deadline_poll_timeout(deadline_never()), -1);
}

static void no_limit_is_never(void **state)
{
    (void)state;
    assert_true(deadline_after(1000, 0).at == INT64_MAX);
    assert_true(deadline_after(1000, -5).at == INT64_MAX);
    assert_true(deadline_after(1000, INT64_MAX).at == INT64_MAX);
    assert_true(deadline_after(1000, INT64_MAX / 1000).at == INT64_MAX);
    assert_true(deadline_after(1000, 7).at == 8000);
}

static void past_and_future(void **state)
{
    (void)state;
    int64_t now = clock_now_us();
    struct deadline past = {.at = now - 1};
    struct deadline future = {.at = now + (int64_t)3600 * 1000000};
    assert_true(deadline_passed(past));
    assert_int_equal(deadline_poll_timeout(past), 0);
    assert_false(deadline_passed(future));
    int left = deadline_poll_timeout(future);
    assert_true(left >= 3500 * 1000 && left <= 3600 * 1000);
    assert_true(deadline_earlier(past, future).at == past.at);
    assert_true(deadline_earlier(future, past).at == past.at);
    assert_true(deadline_earlier(deadline_never(), future).at == future.at);
}

static void rounds_up(void **state)
{
    (void)state;
    /* 0 would spin until the last part of a millisecond is over. */
    struct deadline soon = {.at = clock_now_us() + 60 * 1000000 + 1};
    assert_true(deadline_poll_timeout(soon) > 0);
    for (int i = 0; i < 1000; i++) {
        struct deadline next = {.at = clock_now_us() + 900};
        int left = deadline_poll_timeout(next);
        assert_true(left == 1 || deadline_passed(next));
    }
}

static void far_future_fits_an_int(void **state)
{
    (void)state;
    struct deadline far = {.at = INT64_MAX - 1};
    assert_int_equal(deadline_poll_timeout(far), INT_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(never_never_passes),     cmocka_unit_test(no_limit_is_never),
        cmocka_unit_test(past_and_future),        cmocka_unit_test(rounds_up),
        cmocka_unit_test(far_future_fits_an_int),
    };
    return cmocka_run_group_tests_name("deadline", tests, NULL, NULL);
}
