/* unit/options_values.c: the arguments of options. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../src/options_values.h"

static void is_time(const char *text, int64_t expected)
{
    struct tlsdial_error error = {0};
    int64_t milliseconds = -1;
    assert_int_equal(options_parse_seconds(&milliseconds, "limit", text, &error),
                     TLSDIAL_OK);
    assert_int_equal(milliseconds, expected);
}

static void seconds(void **state)
{
    (void)state;
    is_time("0", 0);
    is_time("0.0", 0);
    is_time("0.000000", 0);
    is_time("12", 12000);
    is_time("1.25", 1250);
    is_time(".5", 500);
    is_time("3.", 3000);
    is_time("0.001", 1);
    is_time("100000000", INT64_C(100000000000));
}

static void a_limit_never_becomes_none(void **state)
{
    (void)state;
    is_time("0.0001", 1);
    is_time("0.0000000000000000000001", 1);
    is_time("0.0010001", 2);
}

static void no_seconds(void **state)
{
    static const char *const texts[] = {
        "",    ".",   "-1",  "+1",    "1s",        " 1",
        "1,5", "1e3", "0x1", "1.5.5", "100000001", "99999999999999999999999"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct tlsdial_error error = {0};
        int64_t milliseconds;
        assert_int_equal(options_parse_seconds(&milliseconds, "limit", texts[i], &error),
                         TLSDIAL_USAGE);
    }
}

static void numbers(void **state)
{
    int64_t number;
    (void)state;
    assert_true(options_parse_number(&number, "0", 10) && number == 0);
    assert_true(options_parse_number(&number, "10", 10) && number == 10);
    assert_false(options_parse_number(&number, "11", 10));
    assert_false(options_parse_number(&number, "", 10));
    assert_false(options_parse_number(&number, "-1", 10));
    assert_false(options_parse_number(&number, "1 ", 10));
    assert_false(
        options_parse_number(&number, "99999999999999999999999", INT64_MAX / 20));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seconds), cmocka_unit_test(a_limit_never_becomes_none),
        cmocka_unit_test(no_seconds), cmocka_unit_test(numbers)};
    return cmocka_run_group_tests_name("options_values", tests, NULL, NULL);
}
