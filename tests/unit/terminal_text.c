/* unit/terminal_text.c: what a terminal gets of a peer's octets. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/terminal_text.h"

/* Wherever the text is cut in two, the same comes out. */
static void shows(const char *from, size_t length, const char *expected)
{
    for (size_t cut = 0; cut <= length; cut++) {
        struct terminal_text text = {0};
        char to[1024];
        size_t used = terminal_text(&text, to, from, cut, false);
        used += terminal_text(&text, to + used, from + cut, length - cut, true);
        assert_int_equal(used, strlen(expected));
        assert_memory_equal(to, expected, used);
    }
}

#define SHOWS(from, expected) shows(from, sizeof(from) - 1, expected)

static void text_stays(void **state)
{
    (void)state;
    SHOWS("", "");
    SHOWS("GET / \\ \t~\n", "GET / \\ \t~\n");
    SHOWS("a\r\nb\r\n\r\n", "a\r\nb\r\n\r\n");
    SHOWS("\303\274\342\202\254\360\237\230\200", "\303\274\342\202\254\360\237\230\200");
}

static void controls_do_not(void **state)
{
    (void)state;
    SHOWS("\033[2J\a\b\177", "\\x1B[2J\\x07\\x08\\x7F");
    SHOWS("a\0b", "a\\x00b");
    SHOWS("a\rb\r", "a\\x0Db\\x0D");
    SHOWS("\r\r\n", "\\x0D\r\n");
    SHOWS("\302\233", "\\xC2\\x9B");
    SHOWS("\342\200\256", "\\xE2\\x80\\xAE");
}

static void nor_does_what_is_no_text(void **state)
{
    (void)state;
    SHOWS("\377\376", "\\xFF\\xFE");
    SHOWS("\303", "\\xC3");
    SHOWS("\303\303\274", "\\xC3\303\274");
    SHOWS("\342\202x", "\\xE2\\x82x");
    SHOWS("\342\202\n", "\\xE2\\x82\n");
    SHOWS("\200\274", "\\x80\\xBC");
    SHOWS("\300\200", "\\xC0\\x80");
    SHOWS("\355\240\200", "\\xED\\xA0\\x80");
    SHOWS("\360\237\230", "\\xF0\\x9F\\x98");
    SHOWS("\360\237\r\n", "\\xF0\\x9F\r\n");
}

/* Of any three octets: nothing comes out but text, line ends and tabs, and there is room for it. */
static void any_octets(void **state)
{
    (void)state;
    for (unsigned long number = 0; number < 0x1000000; number += 7) {
        struct terminal_text text = {0};
        const char from[3] = {(char)(number >> 16), (char)(number >> 8), (char)number};
        char to[TERMINAL_TEXT_ROOM(sizeof from)];
        size_t used = terminal_text(&text, to, from, sizeof from, true);
        assert_true(used < sizeof to);
        for (size_t i = 0; i < used; i++) {
            unsigned char octet = (unsigned char)to[i];
            assert_true(octet >= ' ' ? octet != 127
                                     : octet == '\n' || octet == '\t' ||
                                           (octet == '\r' && to[i + 1] == '\n'));
            assert_false(octet == 0xC2 && (unsigned char)to[i + 1] < 0xA0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_stays), cmocka_unit_test(controls_do_not),
        cmocka_unit_test(nor_does_what_is_no_text), cmocka_unit_test(any_octets)};
    return cmocka_run_group_tests_name("terminal_text", tests, NULL, NULL);
}
