/* unit_error.c: causes in words, errors, and text that must not reach a terminal as it is. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"

static void causes_have_words(void **state)
{
    (void)state;
    assert_string_equal(tlsdial_cause_token(TLSDIAL_OK), "ok");
    assert_string_equal(tlsdial_cause_token(TLSDIAL_UNKNOWN_CA), "unknown-ca");
    assert_string_equal(tlsdial_cause_token(TLSDIAL_DEADLINE_TRANSFER),
                        "deadline-transfer");
    assert_int_equal(TLSDIAL_UNKNOWN_CA, 44);
    assert_int_equal(TLSDIAL_DEADLINE_TRANSFER, 74);
    assert_true(strlen(tlsdial_cause_phrase(TLSDIAL_TRUNCATED)) > 0);
    assert_true(strlen(tlsdial_cause_hint(TLSDIAL_TRUNCATED)) > 0);
    /* Numbers that are no cause, within the table and beyond. */
    assert_string_equal(tlsdial_cause_token((enum tlsdial_cause)5), "internal");
    assert_string_equal(tlsdial_cause_token((enum tlsdial_cause)1000), "internal");
}

static void an_error_is_filled(void **state)
{
    (void)state;
    struct tlsdial_error error;
    memset(&error, 'x', sizeof error);
    assert_int_equal(tlsdial_error_set(&error, TLSDIAL_REFUSED, 111, "%s %d", "no", 1),
                     TLSDIAL_REFUSED);
    assert_int_equal(error.cause, TLSDIAL_REFUSED);
    assert_int_equal(error.native, 111);
    assert_string_equal(error.message, "refused: no 1");
    assert_string_equal(error.hint, tlsdial_cause_hint(TLSDIAL_REFUSED));
    tlsdial_error_prefix(&error, "%s:%s", "host", "443");
    assert_string_equal(error.message, "host:443: refused: no 1");
    error_hint(&error, "do this");
    assert_string_equal(error.hint, "do this");
}

static void nobody_needs_an_error(void **state)
{
    (void)state;
    assert_int_equal(tlsdial_error_set(NULL, TLSDIAL_RESET, 0, "x"), TLSDIAL_RESET);
    tlsdial_error_prefix(NULL, "x");
    error_hint(NULL, "x");
    assert_int_equal(error_out_of_memory(NULL), TLSDIAL_INTERNAL);
}

static void long_messages_are_cut(void **state)
{
    (void)state;
    struct tlsdial_error error;
    char text[4000];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    tlsdial_error_set(&error, TLSDIAL_INTERNAL, 0, "%s", text);
    assert_true(strlen(error.message) >= 900);
    assert_true(strlen(error.message) < TLSDIAL_MESSAGE_SIZE);
    tlsdial_error_prefix(&error, "%s", text);
    assert_true(strlen(error.message) >= 900);
    assert_true(strlen(error.message) < TLSDIAL_MESSAGE_SIZE);
}

static void is_escaped(const char *from, const char *to)
{
    char text[128];
    tlsdial_text_escape(text, sizeof text, from);
    assert_string_equal(text, to);
}

static void controls_are_escaped(void **state)
{
    (void)state;
    is_escaped("plain text, 100% \\ fine", "plain text, 100% \\ fine");
    is_escaped("\x1b[31mred\x1b[0m", "\\x1B[31mred\\x1B[0m");
    is_escaped("a\r\nb\tc\x7f", "a\\x0D\\x0Ab\\x09c\\x7F");
    is_escaped("M\xc3\xbcller \xe2\x82\xac \xf0\x9f\x94\x92",
               "M\xc3\xbcller \xe2\x82\xac \xf0\x9f\x94\x92");
    is_escaped("\xc2\x9b"
               "31m",
               "\\xC2\\x9B31m"); /* CSI as a C1 control */
    is_escaped("a\xe2\x80\xae"
               "b",
               "a\\xE2\\x80\\xAEb");                 /* right-to-left override */
    is_escaped("\xe2\x81\xa6", "\\xE2\\x81\\xA6");   /* isolate */
    is_escaped("\xef\xbb\xbfx", "\\xEF\\xBB\\xBFx"); /* byte order mark */
}

static void bad_utf8_is_escaped(void **state)
{
    (void)state;
    is_escaped("\xff", "\\xFF");
    is_escaped("\x80", "\\x80");
    is_escaped("\xc3", "\\xC3");                            /* cut off */
    is_escaped("\xc0\x9b", "\\xC0\\x9B");                   /* overlong ESC */
    is_escaped("\xe0\x80\x9b", "\\xE0\\x80\\x9B");          /* likewise */
    is_escaped("\xed\xa0\x80", "\\xED\\xA0\\x80");          /* surrogate */
    is_escaped("\xf4\x90\x80\x80", "\\xF4\\x90\\x80\\x80"); /* beyond U+10FFFF */
    is_escaped("\xf8\x88\x80\x80\x80", "\\xF8\\x88\\x80\\x80\\x80");
}

static void cuts_between_characters(void **state)
{
    (void)state;
    char text[8];
    tlsdial_text_escape(text, 1, "abc");
    assert_string_equal(text, "");
    tlsdial_text_escape(text, 4, "abc");
    assert_string_equal(text, "abc");
    tlsdial_text_escape(text, 3, "abc");
    assert_string_equal(text, "ab");
    tlsdial_text_escape(text, 3, "a\xc3\xbc");
    assert_string_equal(text, "a");
    tlsdial_text_escape(text, 5, "a\x1b");
    assert_string_equal(text, "a");
    tlsdial_text_escape(text, 6, "a\x1b");
    assert_string_equal(text, "a\\x1B");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(causes_have_words),
        cmocka_unit_test(an_error_is_filled),
        cmocka_unit_test(nobody_needs_an_error),
        cmocka_unit_test(long_messages_are_cut),
        cmocka_unit_test(controls_are_escaped),
        cmocka_unit_test(bad_utf8_is_escaped),
        cmocka_unit_test(cuts_between_characters),
    };
    return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
