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
    is_escaped("plain text, 100% fine", "plain text, 100% fine");
    is_escaped("\\", "\\\\");
    is_escaped("\\x1B", "\\\\x1B");
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
    is_escaped("\xc2\xad", "\\xC2\\xAD");            /* soft hyphen */
    is_escaped("\xe1\xa0\x8e", "\\xE1\\xA0\\x8E");   /* Mongolian vowel separator */
    is_escaped("\xef\xbf\xb9", "\\xEF\\xBF\\xB9");   /* interlinear annotation */
    is_escaped("\xef\xb8\x8f", "\\xEF\\xB8\\x8F");   /* variation selector */
    is_escaped("\xf3\xa0\x81\x81", "\\xF3\\xA0\\x81\\x81"); /* tag letter A */
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

/* What the header promises, asked of an independent decoder: RFC 3629's own table. */
static size_t well_formed(const unsigned char *p, unsigned *code)
{
    static const struct {
        unsigned char first, last, second_first, second_last, length;
    } rows[] = {{0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2},
                {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
                {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
                {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4},
                {0xf4, 0xf4, 0x80, 0x8f, 4}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (*p < rows[i].first || *p > rows[i].last)
            continue;
        *code = rows[i].length == 1 ? *p : *p & (0x7fU >> rows[i].length);
        for (size_t j = 1; j < rows[i].length; j++) {
            unsigned char low = j == 1 ? rows[i].second_first : 0x80;
            unsigned char high = j == 1 ? rows[i].second_last : 0xbf;
            if (p[j] < low || p[j] > high)
                return 0;
            *code = *code << 6 | (p[j] & 0x3f);
        }
        return rows[i].length;
    }
    return 0;
}

static bool may_be_seen(unsigned code)
{
    return code >= 0x20 && !(code >= 0x7f && code < 0xa0) && code != 0xad &&
           code != 0x61c && code != 0x180e && !(code >= 0x200b && code <= 0x200f) &&
           !(code >= 0x2028 && code <= 0x202e) && !(code >= 0x2060 && code <= 0x206f) &&
           code != 0xfeff && !(code >= 0xfff9 && code <= 0xfffb);
}

static int digit(unsigned char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Checks that the text is what may be printed, and undoes the escapes. */
static void unescape(char *to, const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    while (*p != '\0') {
        unsigned code = 0;
        size_t length = well_formed(p, &code);
        if (length == 0 || !may_be_seen(code))
            fail_msg("not fit to be printed: %s", text);
        if (*p != '\\') {
            memcpy(to, p, length);
            to += length;
            p += length;
        } else if (p[1] == '\\') {
            *to++ = '\\';
            p += 2;
        } else {
            if (p[1] != 'x' || digit(p[2]) < 0 || digit(p[3]) < 0)
                fail_msg("no escape: %s", text);
            *to++ = (char)(digit(p[2]) * 16 + digit(p[3]));
            p += 4;
        }
    }
    *to = '\0';
}

static void any_octets_come_back(void **state)
{
    char from[5] = "", text[32], back[32];
    (void)state;
    for (unsigned i = 1; i < 256 * 256 * 256; i++) {
        from[0] = (char)(i >> 16);
        from[1] = (char)(i >> 8);
        from[2] = (char)i;
        const char *begin = from + (i < 256 ? 2 : i < 65536 ? 1 : 0);
        if (strlen(begin) != (size_t)(from + 3 - begin))
            continue; /* there is a NUL in it */
        tlsdial_text_escape(text, sizeof text, begin);
        unescape(back, text);
        if (strcmp(back, begin) != 0)
            fail_msg("%s does not come back", text);
    }
}

static void long_text_is_cut_between_escapes(void **state)
{
    struct tlsdial_error error;
    char text[1200], back[4 * TLSDIAL_MESSAGE_SIZE];
    (void)state;
    for (size_t begin = 0; begin < 8; begin++) {
        memset(text, '\x1b', sizeof text);
        memset(text, 'a', begin);
        memcpy(text + begin, "\\\xe2\x82\xac", 4);
        text[sizeof text - 1] = '\0';
        tlsdial_error_set(&error, TLSDIAL_RESET, 0, "%s", text);
        unescape(back, error.message);
        assert_string_equal(error.message + strlen(error.message) - 3, "...");
        tlsdial_error_prefix(&error, "%s", "host\\");
        unescape(back, error.message);
        assert_memory_equal(back, "host\\: reset: ", 14);
        assert_memory_equal(error.message + error.sentence, text, begin);
    }
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
        cmocka_unit_test(any_octets_come_back),
        cmocka_unit_test(long_text_is_cut_between_escapes),
        cmocka_unit_test(cuts_between_characters),
    };
    return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
