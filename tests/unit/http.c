/* unit/http.c: the request that is sent. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/http.h"

static void is_request(const char *name, const char *path, const char *port,
                       const char *expected)
{
    struct tlsdial_target target = {.port = "ignored"};
    char request[HTTP_REQUEST_SIZE];
    strcpy(target.name, name);
    strcpy(target.path, path);
    size_t length = http_get(request, &target, port);
    assert_string_equal(request, expected);
    assert_int_equal(length, strlen(expected));
}

static void has_the_usual_port(void **state)
{
    (void)state;
    is_request("h.example", "/", "443",
               "GET / HTTP/1.0\r\nConnection: close\r\nHost: h.example\r\n\r\n");
}

static void has_another_port(void **state)
{
    (void)state;
    is_request("h.example", "/a?b", "8443",
               "GET /a?b HTTP/1.0\r\nConnection: close\r\nHost: h.example:8443\r\n\r\n");
    is_request("h.example", "/", "4430",
               "GET / HTTP/1.0\r\nConnection: close\r\nHost: h.example:4430\r\n\r\n");
}

static void has_an_address(void **state)
{
    (void)state;
    is_request("2001:db8::1", "/", "443",
               "GET / HTTP/1.0\r\nConnection: close\r\nHost: [2001:db8::1]\r\n\r\n");
    is_request("2001:db8::1", "/", "1",
               "GET / HTTP/1.0\r\nConnection: close\r\nHost: [2001:db8::1]:1\r\n\r\n");
    is_request("192.0.2.1", "/", "443",
               "GET / HTTP/1.0\r\nConnection: close\r\nHost: 192.0.2.1\r\n\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(has_the_usual_port),
                                       cmocka_unit_test(has_another_port),
                                       cmocka_unit_test(has_an_address)};
    return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
