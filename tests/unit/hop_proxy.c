/* hop_proxy.c: what proxies do wrong, and what we must not ask them. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hop_dialogue.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define REFUSED .fault = HOP_REFUSED, TLSDIAL_PROXY
#define MALFORMED .fault = HOP_MALFORMED, TLSDIAL_MALFORMED_RESPONSE
#define WRONG .fault = HOP_WRONG_PROTOCOL, TLSDIAL_PROXY
#define INJECTION .fault = HOP_INJECTION, TLSDIAL_STARTTLS_INJECTION
#define CLOSED .fault = HOP_CLOSED, TLSDIAL_PROXY

static const struct hop_parameters with_password = {.host = "target.example",
                                                    .port = "443",
                                                    .user = "Aladdin",
                                                    .password = "open sesame"};

#define CONNECT                                                                          \
    C("CONNECT target.example:443 HTTP/1.1\r\nHost: target.example:443\r\n\r\n")
#define SOCKS5_ASKED                                                                     \
    C("\x05\x01\0"), S("\x05\0"), C("\x05\x01\0\x03\x0etarget.example\x01\xbb")
#define SOCKS5_PASSWORD                                                                  \
    C("\x05\x02\0\x02"), S("\x05\x02"),                                                  \
        C("\x01\x07"                                                                     \
          "Aladdin\x0bopen sesame")
#define SOCKS4_ASKED C("\x04\x01\x01\xbb\0\0\0\x01\0target.example\0")

/* clang-format off */
static const struct misbehaviour http[] = {
    {"closed at once", "http", NULL, {CONNECT, END}, CLOSED, -1, "", .step = "the response to CONNECT"},
    {"closed amid the status", "http", NULL, {CONNECT, S("HTTP/1.1 200"), END}, CLOSED, -1,
     "HTTP/1.1 200"},
    {"closed amid the headers", "http", NULL, {CONNECT, S("HTTP/1.1 200 OK\r\nVia: x\r\n"), END}, CLOSED,
     -1, ""},
    {"closed after an interim response", "http", NULL, {CONNECT, S("HTTP/1.1 100 x\r\n\r\n"), END}, CLOSED,
     -1, ""},
    {"credentials wanted", "http", NULL, {CONNECT, S("HTTP/1.1 407 Proxy Authentication Required\r\n")},
     REFUSED, 407, "Proxy Authentication Required"},
    {"forbidden", "http", NULL, {CONNECT, S("HTTP/1.0 403 Not \033[1m you\r\n")}, REFUSED, 403,
     "Not \033[1m you"},
    {"not reached", "http", NULL, {CONNECT, S("HTTP/1.1 502\r\n")}, REFUSED, 502, ""},
    {"elsewhere", "http", NULL, {CONNECT, S("HTTP/1.1 302 Found\r\n")}, REFUSED, 302, "Found"},
    {"refused after an interim response", "http", NULL,
     {CONNECT, S("HTTP/1.1 100 x\r\n\r\nHTTP/1.1 503 no\r\n")}, REFUSED, 503, "no"},
    {"HTTP/2", "http", NULL, {CONNECT, S("HTTP/2 200\r\n")}, WRONG, -1, "HTTP/2 200"},
    {"HTTP/1.2", "http", NULL, {CONNECT, S("HTTP/1.2 200 OK\r\n")}, WRONG, -1, "HTTP/1.2 200 OK"},
    {"HTTP/1.10", "http", NULL, {CONNECT, S("HTTP/1.10 200 OK\r\n")}, WRONG, -1, "HTTP/1.10 200 OK"},
    {"a short status line", "http", NULL, {CONNECT, S("HTTP/1.1\r\n")}, WRONG, -1, "HTTP/1.1"},
    {"half a version", "http", NULL, {CONNECT, S("HTTP/1.\r\n")}, WRONG, -1, "HTTP/1."},
    {"an empty line", "http", NULL, {CONNECT, S("\r\n")}, WRONG, -1, ""},
    {"ICY", "http", NULL, {CONNECT, S("ICY 200 OK\r\n")}, WRONG, -1, "ICY 200 OK"},
    {"a status of two digits", "http", NULL, {CONNECT, S("HTTP/1.1 20 OK\r\n")}, WRONG, -1,
     "HTTP/1.1 20 OK"},
    {"a status of four digits", "http", NULL, {CONNECT, S("HTTP/1.1 2000 OK\r\n")}, WRONG, -1,
     "HTTP/1.1 2000 OK"},
    {"a status of class 9", "http", NULL, {CONNECT, S("HTTP/1.1 900 OK\r\n")}, WRONG, -1,
     "HTTP/1.1 900 OK"},
    {"two blanks", "http", NULL, {CONNECT, S("HTTP/1.1  200 OK\r\n")}, WRONG, -1, "HTTP/1.1  200 OK"},
    {"a status with a hyphen", "http", NULL, {CONNECT, S("HTTP/1.1 200-OK\r\n")}, WRONG, -1,
     "HTTP/1.1 200-OK"},
    {"a header without a colon", "http", NULL, {CONNECT, S("HTTP/1.1 200 OK\r\nhello\r\n")}, MALFORMED,
     -1, "hello"},
    {"a header without a name", "http", NULL, {CONNECT, S("HTTP/1.1 200 OK\r\n: x\r\n")}, MALFORMED, -1,
     ": x"},
    {"a folded header", "http", NULL, {CONNECT, S("HTTP/1.1 200 OK\r\nA: b\r\n"), S(" c: d\r\n")},
     MALFORMED, -1, " c: d"},
    {"a blank before the colon", "http", NULL, {CONNECT, S("HTTP/1.1 200 OK\r\nA : b\r\n")}, MALFORMED,
     -1, "A : b"},
    {"a NUL in a header", "http", NULL, {CONNECT, S("HTTP/1.1 200 OK\r\nA: b\0")}, MALFORMED, -1,
     "A: b"},
    {"a mail server", "http", NULL, {CONNECT, S("220 x ESMTP\r\n")}, WRONG, -1, "220 x ESMTP", "SMTP"},
    {"a proxy that speaks TLS", "http", NULL, {CONNECT, S("\x15\x03\x01\0\x02")}, WRONG, -1, NULL, "TLS"},
    {"a body behind the go-ahead", "http", NULL,
     {CONNECT, S("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nX")}, INJECTION, -1, "X"},
    {"a second response", "http", NULL,
     {CONNECT, S("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n")}, INJECTION, -1, NULL},
};

static const struct misbehaviour socks5[] = {
    {"closed at once", "socks5h", NULL, {C("\x05\x01\0"), END}, CLOSED, -1, "",
     .step = "the choice of a SOCKS method"},
    {"closed after the method", "socks5h", NULL, {SOCKS5_ASKED, END}, CLOSED, -1, "",
     .step = "the reply to the SOCKS request"},
    {"closed after the password", "socks5h", &with_password, {SOCKS5_PASSWORD, END}, CLOSED, -1, "",
     .step = "the reply to user name and password"},
    {"closed amid the reply", "socks5h", NULL, {SOCKS5_ASKED, S("\x05\0\0\x01\0\0"), END}, CLOSED, -1,
     "\x05"},
    {"no method will do", "socks5h", NULL, {C("\x05\x01\0"), S("\x05\xff")}, REFUSED, 255, "",
     .meaning = "no acceptable authentication method"},
    {"a method not offered", "socks5h", NULL, {C("\x05\x01\0"), S("\x05\x02"), END}, WRONG, -1,
     "\x05\x02"},
    {"GSSAPI", "socks5h", &with_password, {C("\x05\x02\0\x02"), S("\x05\x01"), END}, WRONG, -1,
     "\x05\x01"},
    {"SOCKS4", "socks5h", NULL, {C("\x05\x01\0"), S("\0\x5b\0\0\0")}, WRONG, -1, ""},
    {"HTTP", "socks5h", NULL, {C("\x05\x01\0"), S("HTTP/1.1 400 x\r\n")}, WRONG, -1, "HTTP/", "HTTP"},
    {"the password is wrong", "socks5h", &with_password, {SOCKS5_PASSWORD, S("\x01\x01")}, REFUSED, 1, "",
     .meaning = "user name or password not accepted"},
    {"another version of the password's reply", "socks5h", &with_password, {SOCKS5_PASSWORD, S("\x05")},
     MALFORMED, -1, "\x05"},
    {"general failure", "socks5h", NULL, {SOCKS5_ASKED, S("\x05\x01")}, REFUSED, 1, "",
     .meaning = "general SOCKS server failure"},
    {"not allowed", "socks5h", NULL, {SOCKS5_ASKED, S("\x05\x02")}, REFUSED, 2, "",
     .meaning = "connection not allowed by ruleset"},
    {"refused by the target", "socks5h", NULL, {SOCKS5_ASKED, S("\x05\x05\0\x01\0\0\0\0\0\0")}, REFUSED, 5, "",
     .meaning = "Connection refused"},
    {"a code without a name", "socks5h", NULL, {SOCKS5_ASKED, S("\x05\x09")}, REFUSED, 9, ""},
    {"another version of the reply", "socks5h", NULL, {SOCKS5_ASKED, S("\x04")}, MALFORMED, -1, "\x04"},
    {"a reserved octet", "socks5h", NULL, {SOCKS5_ASKED, S("\x05\0\x01")}, MALFORMED, -1, "\x05"},
    {"an unknown address type", "socks5h", NULL, {SOCKS5_ASKED, S("\x05\0\0\x02")}, MALFORMED, -1, "\x05"},
    {"a byte injected", "socks5h", NULL, {SOCKS5_ASKED, S("\x05\0\0\x01\0\0\0\0\0\0X")}, INJECTION, -1,
     "X"},
    {"the reply before the request", "socks5h", NULL,
     {C("\x05\x01\0"), S("\x05\0\x05\0\0\x01\0\0\0\0\0\0")}, INJECTION, -1, NULL},
};

static const struct misbehaviour socks4a[] = {
    {"closed at once", "socks4a", NULL, {SOCKS4_ASKED, END}, CLOSED, -1, ""},
    {"closed amid the reply", "socks4a", NULL, {SOCKS4_ASKED, S("\0\x5a\0\0\0\0\0"), END}, CLOSED, -1, ""},
    {"refused", "socks4a", NULL, {SOCKS4_ASKED, S("\0\x5b")}, REFUSED, 91, "",
     .meaning = "request rejected or failed"},
    {"no identd", "socks4a", NULL, {SOCKS4_ASKED, S("\0\x5c\0\0")}, REFUSED, 92, "",
     .meaning = "the client runs no identd"},
    {"another user", "socks4a", NULL, {SOCKS4_ASKED, S("\0\x5d")}, REFUSED, 93, "",
     .meaning = "identd names another user"},
    {"another code", "socks4a", NULL, {SOCKS4_ASKED, S("\0\x5e\0\0\0")}, WRONG, -1, ""},
    {"version 5", "socks4a", NULL, {SOCKS4_ASKED, S("\x05\0\0\x01\0")}, WRONG, -1, "\x05"},
    {"a byte injected", "socks4a", NULL, {SOCKS4_ASKED, S("\0\x5a\0\0\0\0\0\0X")}, INJECTION, -1, "X"},
};
/* clang-format on */

static void http_misbehaves(void **state)
{
    (void)state;
    must_misbehave(http, COUNT(http));
}

static void socks5_misbehaves(void **state)
{
    (void)state;
    must_misbehave(socks5, COUNT(socks5));
}

static void socks4a_misbehaves(void **state)
{
    (void)state;
    must_misbehave(socks4a, COUNT(socks4a));
}

static void endless_headers(void **state)
{
    (void)state;
    struct hop *hop = new_hop("http", NULL);
    const void *data;
    size_t length;
    hop_output(hop, &data, &length);
    hop_sent(hop, length);
    assert_int_equal(give(hop, "HTTP/1.1 200 OK\r\n", 17, 0), HOP_MORE);
    for (int i = 1; i < HOP_LINES_MAX; i++)
        assert_int_equal(give(hop, "A: b\r\n", 6, 0), HOP_MORE);
    assert_int_equal(give(hop, "A: b\r\n", 6, 0), HOP_FAILED);
    assert_int_equal(hop_failure(hop)->cause, TLSDIAL_TOO_LARGE);
    hop_free(hop);
}

/* ---- what we are asked to send ---- */

static void must_refuse(const char *kind, struct hop_parameters parameters,
                        const char *about)
{
    const char *why = NULL;
    assert_null(hop_new(hop_find(kind), &parameters, &why));
    assert_non_null(why);
    if (strstr(why, about) == NULL)
        fail_msg("%s: \"%s\" is not about %s", kind, why, about);
}

static void no_target(void **state)
{
    (void)state;
    static const char *const kinds[] = {"http", "socks5", "socks5h", "socks4a"};
    static const char *const ports[] = {NULL,     "",      "0",    "65536", "70007",
                                        "100000", "https", "0443", "+443",  "4 43"};
    static const char *const hosts[] = {NULL, "", "a b", "a\r\nX: y", "a\x7f"};
    for (size_t kind = 0; kind < COUNT(kinds); kind++) {
        for (size_t i = 0; i < COUNT(ports); i++)
            must_refuse(kinds[kind],
                        (struct hop_parameters){.host = "192.0.2.1", .port = ports[i]},
                        "port");
        for (size_t i = 0; i < COUNT(hosts); i++)
            must_refuse(kinds[kind],
                        (struct hop_parameters){.host = hosts[i], .port = "443"}, "host");
    }
    must_refuse("socks5", usual, "socks5h");
    must_refuse("socks4a", (struct hop_parameters){.host = "::1", .port = "1"}, "IPv6");
}

static void bad_credentials(void **state)
{
    (void)state;
    static char octets[1026];
    struct hop_parameters parameters = with_password;
    memset(octets, 'a', 1025);
    parameters.user = "a:b";
    must_refuse("http", parameters, "colon");
    parameters.user = "a\n";
    must_refuse("http", parameters, "user name");
    parameters.user = octets;
    must_refuse("http", parameters, "1024");
    parameters.user = "a";
    parameters.password = "b\r\nX: y";
    must_refuse("http", parameters, "password");
    parameters.password = octets;
    must_refuse("http", parameters, "1024");
    parameters.user = parameters.password = octets + 1; /* the longest */
    hop_free(new_hop("http", &parameters));
    parameters.user = octets + 1025 - 256;
    parameters.password = "b";
    must_refuse("socks5h", parameters, "255");
    must_refuse("socks4a", parameters, "255");
    parameters.password = parameters.user;
    parameters.user = "a";
    must_refuse("socks5h", parameters, "255");
    parameters.password = "";
    must_refuse("socks5h", parameters, "255");
    parameters.password = NULL;
    must_refuse("socks5h", parameters, "255");
    parameters.user = parameters.password = octets + 1025 - 255;
    hop_free(new_hop("socks5h", &parameters));
}

static void bad_headers(void **state)
{
    (void)state;
    static const char *const bad[] = {"",      "a",        ": b",        " a: b",
                                      "a : b", "a: b\r\n", "a: b\nc: d", "a: \x01"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *const headers[] = {"Good: x", bad[i], NULL};
        struct hop_parameters parameters = usual;
        parameters.headers = headers;
        must_refuse("http", parameters, "header");
    }
}

static void a_user_without_a_password(void **state)
{
    (void)state;
    struct hop_parameters parameters = with_password;
    parameters.password = NULL;
    struct hop *hop = new_hop("http", &parameters);
    static const char request[] =
        "CONNECT target.example:443 HTTP/1.1\r\nHost: target.example:443\r\n"
        "Proxy-Authorization: Basic QWxhZGRpbjo=\r\n\r\n";
    assert_true(says(hop, request, sizeof request - 1));
    hop_free(hop);
}

static void bad_addresses(void **state)
{
    (void)state;
    static const char *const kinds[] = {"proxy-v1", "proxy-v2"};
    static const struct hop_parameters good = {.source = "192.0.2.1",
                                               .source_port = "1",
                                               .destination = "192.0.2.2",
                                               .destination_port = "2"};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct hop_parameters parameters = good;
        hop_free(new_hop(kinds[i], &parameters));
        parameters.source = "2001:db8::1";
        must_refuse(kinds[i], parameters, "one family");
        parameters.source = "a.example";
        must_refuse(kinds[i], parameters, "addresses");
        parameters.source = "192.0.2.1 TCP4";
        must_refuse(kinds[i], parameters, "addresses");
        parameters.source = NULL;
        must_refuse(kinds[i], parameters, "addresses");
        parameters = good;
        parameters.destination = NULL;
        must_refuse(kinds[i], parameters, "addresses");
        parameters = good;
        parameters.source_port = NULL;
        must_refuse(kinds[i], parameters, "port");
        parameters.source_port = "1";
        parameters.destination_port = "1\r\n";
        must_refuse(kinds[i], parameters, "port");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(http_misbehaves),    cmocka_unit_test(socks5_misbehaves),
        cmocka_unit_test(socks4a_misbehaves), cmocka_unit_test(endless_headers),
        cmocka_unit_test(no_target),          cmocka_unit_test(bad_credentials),
        cmocka_unit_test(bad_headers),        cmocka_unit_test(a_user_without_a_password),
        cmocka_unit_test(bad_addresses),
    };
    return cmocka_run_group_tests_name("hops of proxies", tests, NULL, NULL);
}
