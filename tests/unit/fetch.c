/* fetch.c: what --fetch-missing is made of: scopes of addresses, http URLs, and the reader of answers. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/http_url.h"
#include "net/address_scope.h"
#include "tls/http_reader.h"
#include "tlsdial.h"

/* ---- scopes ---- */

static const struct {
    const char *digits;
    enum address_scope scope;
} scopes[] = {
    {"0.0.0.0", ADDRESS_UNUSABLE},
    {"0.1.2.3", ADDRESS_UNUSABLE},
    {"1.0.0.0", ADDRESS_PUBLIC},
    {"9.255.255.255", ADDRESS_PUBLIC},
    {"10.0.0.0", ADDRESS_PRIVATE},
    {"10.255.255.255", ADDRESS_PRIVATE},
    {"11.0.0.0", ADDRESS_PUBLIC},
    {"100.63.255.255", ADDRESS_PUBLIC},
    {"100.64.0.0", ADDRESS_PRIVATE},
    {"100.127.255.255", ADDRESS_PRIVATE},
    {"100.128.0.0", ADDRESS_PUBLIC},
    {"126.255.255.255", ADDRESS_PUBLIC},
    {"127.0.0.1", ADDRESS_LOOPBACK},
    {"127.255.255.255", ADDRESS_LOOPBACK},
    {"128.0.0.0", ADDRESS_PUBLIC},
    {"169.253.255.255", ADDRESS_PUBLIC},
    {"169.254.169.254", ADDRESS_LINK_LOCAL},
    {"169.255.0.0", ADDRESS_PUBLIC},
    {"172.15.255.255", ADDRESS_PUBLIC},
    {"172.16.0.0", ADDRESS_PRIVATE},
    {"172.31.255.255", ADDRESS_PRIVATE},
    {"172.32.0.0", ADDRESS_PUBLIC},
    {"192.0.0.8", ADDRESS_PRIVATE},
    {"192.0.2.1", ADDRESS_PUBLIC},
    {"192.167.255.255", ADDRESS_PUBLIC},
    {"192.168.0.0", ADDRESS_PRIVATE},
    {"192.169.0.0", ADDRESS_PUBLIC},
    {"198.17.255.255", ADDRESS_PUBLIC},
    {"198.19.255.255", ADDRESS_PRIVATE},
    {"198.20.0.0", ADDRESS_PUBLIC},
    {"223.255.255.255", ADDRESS_PUBLIC},
    {"224.0.0.1", ADDRESS_UNUSABLE},
    {"240.0.0.1", ADDRESS_UNUSABLE},
    {"255.255.255.255", ADDRESS_UNUSABLE},
    {"::", ADDRESS_UNUSABLE},
    {"::1", ADDRESS_LOOPBACK},
    {"::2", ADDRESS_UNUSABLE},
    {"::127.0.0.1", ADDRESS_UNUSABLE},
    {"::ffff:127.0.0.1", ADDRESS_LOOPBACK},
    {"::ffff:7f00:1", ADDRESS_LOOPBACK},
    {"::ffff:10.0.0.1", ADDRESS_PRIVATE},
    {"::ffff:169.254.1.1", ADDRESS_LINK_LOCAL},
    {"::ffff:0.0.0.0", ADDRESS_UNUSABLE},
    {"::ffff:192.0.2.1", ADDRESS_PUBLIC},
    {"64:ff9b::10.0.0.1", ADDRESS_PRIVATE},
    {"64:ff9b::192.0.2.1", ADDRESS_PUBLIC},
    {"64:ff9b:1::1", ADDRESS_PRIVATE},
    {"2002:7f00:1::1", ADDRESS_LOOPBACK},
    {"2002:c000:201::1", ADDRESS_PUBLIC},
    {"2001:db8::1", ADDRESS_PUBLIC},
    {"100::1", ADDRESS_UNUSABLE},
    {"100:0:0:1::1", ADDRESS_PUBLIC},
    {"fbff::1", ADDRESS_PUBLIC},
    {"fc00::1", ADDRESS_PRIVATE},
    {"fdff::1", ADDRESS_PRIVATE},
    {"fe00::1", ADDRESS_PUBLIC},
    {"fe80::1", ADDRESS_LINK_LOCAL},
    {"fe80::1%eth0", ADDRESS_LINK_LOCAL},
    {"febf::1", ADDRESS_LINK_LOCAL},
    {"fec0::1", ADDRESS_PRIVATE},
    {"ff02::1", ADDRESS_UNUSABLE},
    {"", ADDRESS_UNUSABLE},
    {"a.example", ADDRESS_UNUSABLE},
    {"127.1", ADDRESS_UNUSABLE},
    {"010.0.0.1", ADDRESS_UNUSABLE},
    {"/run/socket", ADDRESS_UNUSABLE},
};

static void addresses_have_scopes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++)
        if (address_scope(scopes[i].digits) != scopes[i].scope)
            fail_msg("'%s' is %s", scopes[i].digits,
                     address_scope_words(address_scope(scopes[i].digits)));
}

static void scopes_allow(void **state)
{
    (void)state;
    for (int scope = ADDRESS_PUBLIC; scope <= ADDRESS_UNUSABLE; scope++)
        for (int allowed = ADDRESS_ANY; allowed <= ADDRESS_UNUSABLE; allowed++) {
            bool expected = allowed == ADDRESS_ANY || scope == ADDRESS_PUBLIC ||
                            (scope == allowed && scope != ADDRESS_UNUSABLE);
            assert_int_equal(address_scope_allows((enum address_scope)allowed,
                                                  (enum address_scope)scope),
                             expected);
        }
}

/* Without a dial that says that the target is such, no address of this machine is asked: nothing
 * listens there, which would be another cause. */
static void nothing_private_is_asked(void **state)
{
    (void)state;
    static const char *const urls[] = {
        "http://127.0.0.1:1/",          "http://[::1]:1/",
        "http://[::ffff:127.0.0.1]:1/", "http://localhost.example:1/",
        "http://10.0.0.1:1/",           "http://0.0.0.0:1/"};
    struct tlsdial_error error = {0};
    void *certificates = &error;
    size_t length = 1;
    tlsdial_client *client = tlsdial_client_new(&error);
    tlsdial_evidence *evidence = tlsdial_evidence_new();
    const struct tlsdial_options options = {.size = sizeof options, .evidence = evidence};
    assert_non_null(client);
    assert_int_equal(
        tlsdial_client_add_resolve(client, "localhost.example", "1", "127.0.0.1", &error),
        TLSDIAL_OK);
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++)
        for (int with = 0; with < 2; with++) {
            assert_int_equal(tlsdial_fetch_issuers(client, urls[i],
                                                   with ? &options : NULL, &certificates,
                                                   &length, &error),
                             TLSDIAL_UNREACHABLE);
            assert_non_null(strstr(error.message, "which may not be connected to here"));
            assert_null(certificates);
            assert_int_equal(length, 0);
        }
    tlsdial_evidence_free(evidence);
    tlsdial_client_free(client);
}

/* ---- URLs ---- */

static const struct {
    const char *text, *host, *port, *path; /* NULL host: no URL */
} urls[] = {
    {"http://a.example", "a.example", "80", "/"},
    {"http://a.example/", "a.example", "80", "/"},
    {"HTTP://A.example/B", "a.example", "80", "/B"},
    {"http://a.example:8080/x", "a.example", "8080", "/x"},
    {"http://a.example:/x", "a.example", "80", "/x"},
    {"http://a.example:0080/x", "a.example", "80", "/x"},
    {"http://a.example?x=y", "a.example", "80", "/?x=y"},
    {"http://a.example/x#y", "a.example", "80", "/x"},
    {"http://a.example#y/z", "a.example", "80", "/"},
    {"http://a.example/a b", "a.example", "80", "/a%20b"},
    {"http://a.example/a%20b", "a.example", "80", "/a%20b"},
    {"http://a.example/\"<>^`{|}", "a.example", "80", "/%22%3C%3E%5E%60%7B%7C%7D"},
    {"http://a.example/x HTTP/1.0 y", "a.example", "80", "/x%20HTTP/1.0%20y"},
    {"http://a.example/u@h", "a.example", "80", "/u@h"},
    {"http://192.0.2.1:1/", "192.0.2.1", "1", "/"},
    {"http://[2001:db8::1]/", "2001:db8::1", "80", "/"},
    {"http://[2001:db8::1]:81/", "2001:db8::1", "81", "/"},
    {"", NULL, NULL, NULL},
    {"http:", NULL, NULL, NULL},
    {"http:/a.example/", NULL, NULL, NULL},
    {"http://", NULL, NULL, NULL},
    {"http:///x", NULL, NULL, NULL},
    {"http://:80/", NULL, NULL, NULL},
    {" http://a.example/", NULL, NULL, NULL},
    {"http://a example/", NULL, NULL, NULL},
    {"https://a.example/", NULL, NULL, NULL},
    {"HTTPS://a.example/", NULL, NULL, NULL},
    {"ldap://a.example/", NULL, NULL, NULL},
    {"file:///etc/passwd", NULL, NULL, NULL},
    {"a.example/x", NULL, NULL, NULL},
    {"http://u@a.example/", NULL, NULL, NULL},
    {"http://u:p@a.example/", NULL, NULL, NULL},
    {"http://a.example:http/", NULL, NULL, NULL},
    {"http://a.example:0/", NULL, NULL, NULL},
    {"http://a.example:65536/", NULL, NULL, NULL},
    {"http://a.example:-1/", NULL, NULL, NULL},
    {"http://a.example:80:80/", NULL, NULL, NULL},
    {"http://2001:db8::1/", NULL, NULL, NULL},
    {"http://[2001:db8::1/", NULL, NULL, NULL},
    {"http://[2001:db8::1]80/", NULL, NULL, NULL},
    {"http://[a.example]/", NULL, NULL, NULL},
    {"http://[192.0.2.1]/", NULL, NULL, NULL},
    {"http://0x7f.1/", NULL, NULL, NULL},
    {"http://2130706433/", NULL, NULL, NULL},
    {"http://a.example/\r\nX: y", NULL, NULL, NULL},
    {"http://a.example/a\\b", NULL, NULL, NULL},
    {"http://a.example/\xc3\xa4", NULL, NULL, NULL},
    {"http://a.example/\x7f", NULL, NULL, NULL},
    {"http://a%2eexample/", NULL, NULL, NULL},
};

static void urls_are_parsed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        struct http_url url;
        struct tlsdial_error error = {0};
        enum tlsdial_cause cause = http_url_parse(&url, urls[i].text, &error);
        if ((cause == TLSDIAL_OK) != (urls[i].host != NULL))
            fail_msg("'%s': %s", urls[i].text, error.message);
        if (urls[i].host == NULL) {
            assert_int_equal(cause, TLSDIAL_USAGE);
            continue;
        }
        assert_string_equal(url.host.name, urls[i].host);
        assert_string_equal(url.port, urls[i].port);
        assert_string_equal(url.path, urls[i].path);
    }
}

/* A URL of a length, of which each character is one of the path. */
static bool takes_length(size_t length, char character)
{
    static const char begin[] = "http://a.example/";
    struct http_url url;
    struct tlsdial_error error;
    char *text = malloc(length + sizeof begin);
    assert_non_null(text);
    memcpy(text, begin, sizeof begin);
    memset(text + strlen(begin), character, length);
    text[strlen(begin) + length] = '\0';
    bool taken = http_url_parse(&url, text, &error) == TLSDIAL_OK;
    free(text);
    return taken;
}

static void urls_have_a_length(void **state)
{
    (void)state;
    assert_true(takes_length(HTTP_URL_SIZE - 2, 'x'));
    assert_false(takes_length(HTTP_URL_SIZE - 1, 'x'));
    assert_true(takes_length((HTTP_URL_SIZE - 2) / 3, ' '));
    assert_false(takes_length((HTTP_URL_SIZE - 2) / 3 + 1, ' '));
}

static void redirects_are_resolved(void **state)
{
    (void)state;
    static const struct {
        const char *location, *host, *port, *path;
    } cases[] = {
        {"http://b.example/y", "b.example", "80", "/y"},
        {"/y z", "a.example", "81", "/y%20z"},
        {"/", "a.example", "81", "/"},
        {"//b.example:82/y", "b.example", "82", "/y"},
        {"https://a.example/", NULL, NULL, NULL},
        {"//u@b.example/", NULL, NULL, NULL},
        {"y", NULL, NULL, NULL},
        {"", NULL, NULL, NULL},
        {"/\r\n", NULL, NULL, NULL},
    };
    struct http_url base, url;
    struct tlsdial_error error;
    assert_int_equal(http_url_parse(&base, "http://a.example:81/x", &error), TLSDIAL_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum tlsdial_cause cause =
            http_url_redirect(&url, &base, cases[i].location, &error);
        if ((cause == TLSDIAL_OK) != (cases[i].host != NULL))
            fail_msg("'%s'", cases[i].location);
        if (cases[i].host == NULL)
            continue;
        assert_string_equal(url.host.name, cases[i].host);
        assert_string_equal(url.port, cases[i].port);
        assert_string_equal(url.path, cases[i].path);
    }
}

/* ---- answers ---- */

/* HTTP_FINE, and what came in *answer; the reader is to be freed. */
static enum http_fault read_in_pieces(struct http_reader **reader, const char *text,
                                      size_t length, size_t piece,
                                      struct http_answer *answer)
{
    enum http_progress progress = HTTP_MORE;
    *reader = http_reader_new();
    assert_non_null(*reader);
    for (size_t i = 0; i < length && progress == HTTP_MORE; i += piece)
        progress =
            http_reader_take(*reader, text + i, length - i < piece ? length - i : piece);
    if (progress == HTTP_MORE)
        progress = http_reader_end(*reader);
    assert_int_not_equal(progress, HTTP_MORE);
    if (progress == HTTP_DONE)
        *answer = http_reader_answer(*reader);
    return http_reader_fault(*reader);
}

static const struct {
    const char *text;
    enum http_fault fault;
    int status;
    const char *location, *body;
} answers[] = {
    {"HTTP/1.0 200 OK\r\n\r\nbody", HTTP_FINE, 200, NULL, "body"},
    {"HTTP/1.1 200\n\nbody", HTTP_FINE, 200, NULL, "body"},
    {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody and more", HTTP_FINE, 200, NULL,
     "body"},
    {"HTTP/1.1 200 OK\r\ncontent-length:4 \r\nContent-Length: 04\r\n\r\nbody", HTTP_FINE,
     200, NULL, "body"},
    {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", HTTP_FINE, 200, NULL, ""},
    {"HTTP/1.1 200 OK\r\n\r\n", HTTP_FINE, 200, NULL, ""},
    {"HTTP/1.1 302 x\r\nLOCATION: \t/x \r\nLocation: /y\r\n\r\n", HTTP_FINE, 302, "/x",
     ""},
    {"HTTP/1.1 302 x\r\nLocation:\r\n\r\n", HTTP_FINE, 302, "", ""},
    {"HTTP/1.1 404 x\r\nContent-Length: 999999999\r\n\r\n", HTTP_FINE, 404, NULL, ""},
    {"HTTP/1.1 599 x\r\n\r\nbody", HTTP_FINE, 599, NULL, ""},
    {"", HTTP_NOTHING, 0, NULL, NULL},
    {"H", HTTP_CUT_OFF, 0, NULL, NULL},
    {"HTTP/1.1 200 OK\r\n", HTTP_CUT_OFF, 0, NULL, NULL},
    {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbody", HTTP_CUT_OFF, 0, NULL, NULL},
    {"x", HTTP_NOT_HTTP, 0, NULL, NULL},
    {"HTTP/2 200 OK\r\n\r\n", HTTP_NOT_HTTP, 0, NULL, NULL},
    {"HTTP/1.2 200 OK\r\n\r\n", HTTP_NOT_HTTP, 0, NULL, NULL},
    {"HTTP/1.1 20 OK\r\n\r\n", HTTP_NOT_HTTP, 0, NULL, NULL},
    {"HTTP/1.1 2000 OK\r\n\r\n", HTTP_NOT_HTTP, 0, NULL, NULL},
    {"HTTP/1.1 600 OK\r\n\r\n", HTTP_NOT_HTTP, 0, NULL, NULL},
    {"HTTP/1.1 099 OK\r\n\r\n", HTTP_NOT_HTTP, 0, NULL, NULL},
    {"HTTP/1.1\r\n\r\n", HTTP_NOT_HTTP, 0, NULL, NULL},
    {"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", HTTP_NOT_HTTP, 0, NULL, NULL},
    {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", HTTP_NOT_HTTP, 0, NULL, NULL},
    {"HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n", HTTP_NOT_HTTP, 0, NULL, NULL},
    {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", HTTP_NOT_HTTP,
     0, NULL, NULL},
    {"HTTP/1.1 200 OK\r\nContent-Length: 102401\r\n\r\n", HTTP_BODY_TOO_LARGE, 0, NULL,
     NULL},
    {"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551620\r\n\r\n",
     HTTP_BODY_TOO_LARGE, 0, NULL, NULL},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", HTTP_CODED, 0, NULL, NULL},
};

static void answers_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
        for (size_t piece = 1; piece <= 64; piece *= 4) {
            struct http_reader *reader;
            struct http_answer answer = {0};
            enum http_fault fault = read_in_pieces(
                &reader, answers[i].text, strlen(answers[i].text), piece, &answer);
            if (fault != answers[i].fault)
                fail_msg("'%s' is fault %d", answers[i].text, (int)fault);
            assert_int_equal(answer.status, answers[i].status);
            if (answers[i].location != NULL)
                assert_string_equal(answer.location, answers[i].location);
            else
                assert_null(answer.location);
            if (answers[i].body != NULL) {
                assert_int_equal(answer.body_length, strlen(answers[i].body));
                assert_memory_equal(answer.body, answers[i].body, answer.body_length);
            }
            http_reader_free(reader);
        }
}

/* A head and a body, without a length, of so many octets each. */
static enum http_fault fault_of_size(size_t head, size_t body)
{
    static const char begin[] = "HTTP/1.1 200 OK\r\nX: ";
    struct http_reader *reader;
    struct http_answer answer;
    char *text = malloc(head + body);
    assert_non_null(text);
    memset(text, 'x', head + body);
    memcpy(text, begin, strlen(begin));
    memcpy(text + head - 4, "\r\n\r\n", 4);
    enum http_fault fault = read_in_pieces(&reader, text, head + body, 5000, &answer);
    if (fault == HTTP_FINE)
        assert_int_equal(answer.body_length, body);
    http_reader_free(reader);
    free(text);
    return fault;
}

static void answers_have_limits(void **state)
{
    (void)state;
    assert_int_equal(fault_of_size(100, HTTP_BODY_MAX), HTTP_FINE);
    assert_int_equal(fault_of_size(100, HTTP_BODY_MAX + 1), HTTP_BODY_TOO_LARGE);
    assert_int_equal(fault_of_size(HTTP_HEAD_MAX, HTTP_BODY_MAX), HTTP_FINE);
    assert_int_equal(fault_of_size(HTTP_HEAD_MAX, HTTP_BODY_MAX + 1),
                     HTTP_BODY_TOO_LARGE);
    assert_int_equal(fault_of_size(HTTP_HEAD_MAX + 1, 10), HTTP_HEAD_TOO_LARGE);
}

static void a_head_has_no_nul(void **state)
{
    (void)state;
    static const char text[] = "HTTP/1.1 200 OK\r\nA: \0\r\n\r\n";
    struct http_reader *reader;
    struct http_answer answer;
    assert_int_equal(read_in_pieces(&reader, text, sizeof text - 1, 100, &answer),
                     HTTP_NOT_HTTP);
    http_reader_free(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(addresses_have_scopes),
                                       cmocka_unit_test(scopes_allow),
                                       cmocka_unit_test(nothing_private_is_asked),
                                       cmocka_unit_test(urls_are_parsed),
                                       cmocka_unit_test(urls_have_a_length),
                                       cmocka_unit_test(redirects_are_resolved),
                                       cmocka_unit_test(answers_are_read),
                                       cmocka_unit_test(answers_have_limits),
                                       cmocka_unit_test(a_head_has_no_nul)};
    return cmocka_run_group_tests_name("fetch", tests, NULL, NULL);
}
