/* unit_target.c: targets and host names, in all the forms people write them. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/target.h"
#include "base/text.h"

static void is_parsed(const char *text, const char *port, const char *host,
                      const char *name, const char *expected_port, const char *path)
{
    struct tlsdial_target target;
    struct tlsdial_error error = {0};
    enum tlsdial_cause cause = tlsdial_target_parse(&target, text, port, &error);
    assert_string_equal(error.message, "");
    assert_int_equal(cause, TLSDIAL_OK);
    assert_string_equal(target.host, host);
    assert_string_equal(target.name, name);
    assert_string_equal(target.port, expected_port);
    assert_string_equal(target.path, path);
}

static void is_refused(const char *text, const char *port, const char *reason)
{
    struct tlsdial_target target;
    struct tlsdial_error error = {0};
    assert_int_equal(tlsdial_target_parse(&target, text, port, &error), TLSDIAL_USAGE);
    assert_int_equal(error.cause, TLSDIAL_USAGE);
    if (strstr(error.message, reason) == NULL)
        fail_msg("'%s' is not in: %s", reason, error.message);
    assert_int_equal(tlsdial_target_parse(&target, text, port, NULL), TLSDIAL_USAGE);
}

static void host_and_port(void **state)
{
    (void)state;
    is_parsed("www.example.org", "443", "www.example.org", "www.example.org", "443", "/");
    is_parsed("www.example.org", NULL, "www.example.org", "www.example.org", "443", "/");
    is_parsed("www.example.org:8443", NULL, "www.example.org", "www.example.org", "8443",
              "/");
    is_parsed("www.example.org", "https", "www.example.org", "www.example.org", "https",
              "/");
    is_parsed("a", "00443", "a", "a", "443", "/");
    is_parsed("under_score.example", "1", "under_score.example", "under_score.example",
              "1", "/");
    is_refused("www.example.org:443", "443", "has a port");
    is_refused("www.example.org", "0", "is no port");
    is_refused("www.example.org", "65536", "is no port");
    is_refused("www.example.org", "99999999999999999999999", "is no port");
    is_refused("www.example.org", "-1", "is no port");
    is_refused("www.example.org", "+1", "is no port");
    is_refused("www.example.org", "4 43", "is no port");
    is_refused("www.example.org:", NULL, "is no port");
    is_refused("www.example.org", "", "is no port");
    is_refused("www.example.org", "a-service-name-that-is-far-too-long", "is no port");
}

static void ip_literals(void **state)
{
    (void)state;
    is_parsed("192.0.2.7", "443", "192.0.2.7", "192.0.2.7", "443", "/");
    is_parsed("192.0.2.7:1", NULL, "192.0.2.7", "192.0.2.7", "1", "/");
    is_parsed("::1", "443", "::1", "::1", "443", "/");
    is_parsed("::1", NULL, "::1", "::1", "443", "/");
    is_parsed("[2001:db8::7]", "443", "2001:db8::7", "2001:db8::7", "443", "/");
    is_parsed("[2001:db8::7]:8443", NULL, "2001:db8::7", "2001:db8::7", "8443", "/");
    is_parsed("fe80::1%eth0", "443", "fe80::1%eth0", "fe80::1", "443", "/");
    is_parsed("https://[fe80::1%25eth0]:4433/a", NULL, "fe80::1%eth0", "fe80::1", "4433",
              "/a");
    is_parsed("https://[fe80::1%25]/", NULL, "fe80::1%25", "fe80::1", "443", "/");
    is_refused("[::1", "443", "brackets");
    is_refused("[::1]443", NULL, "must follow");
    is_refused("[]", "443", "brackets");
    is_refused("[example.org]", "443", "brackets");
    is_refused("[192.0.2.7]", "443", "brackets");
    is_refused("[::1]:443", "443", "has a port");
    /* getaddrinfo() would take these for addresses. */
    is_refused("127.1", "443", "number");
    is_refused("2130706433", "443", "number");
    is_refused("0x7f000001", "443", "number");
    is_refused("127.0.0.0x1", "443", "number");
    is_refused("256.1.1.1", "443", "number");
    is_refused("192.0.2.7%eth0", "443", "make a name");
    assert_true(tlsdial_is_ip_literal("192.0.2.7"));
    assert_true(tlsdial_is_ip_literal("::ffff:192.0.2.7"));
    assert_false(tlsdial_is_ip_literal("fe80::1%"));
    assert_false(tlsdial_is_ip_literal("[::1]"));
    assert_false(tlsdial_is_ip_literal(""));
    assert_false(tlsdial_is_ip_literal("192.0.2"));
}

static void urls(void **state)
{
    (void)state;
    is_parsed("https://h.example", NULL, "h.example", "h.example", "443", "/");
    is_parsed("https://h.example/", NULL, "h.example", "h.example", "443", "/");
    is_parsed("HTTPS://h.example:8443/a/b?c=d&e", NULL, "h.example", "h.example", "8443",
              "/a/b?c=d&e");
    is_parsed("https://h.example?q", NULL, "h.example", "h.example", "443", "/?q");
    is_parsed("https://h.example/a#fragment", NULL, "h.example", "h.example", "443",
              "/a");
    is_parsed("https://h.example#fragment", NULL, "h.example", "h.example", "443", "/");
    is_parsed("https://[::1]:1/x", NULL, "::1", "::1", "1", "/x");
    is_parsed("https://h.example/", "8443", "h.example", "h.example", "8443", "/");
    is_refused("https://", NULL, "no URL");
    is_refused("https:///path", NULL, "no URL");
    is_refused("http://h.example/", NULL, "not known here");
    is_refused("gopher://h.example/", NULL, "not known here");
    is_refused("smtp://h.example/path", NULL, "no meaning with smtp");
    is_parsed("smtp://h.example", NULL, "h.example", "h.example", "25", "/");
    is_parsed("IMAPS://h.example/", NULL, "h.example", "h.example", "993", "/");
    is_parsed("xmpp-server://[::1]:1", NULL, "::1", "::1", "1", "/");
    is_refused("https://user@h.example/", NULL, "user name");
    is_refused("https://user:word@h.example/", NULL, "user name");
    is_refused("https://h.example:1/", "1", "has a port");
    is_refused("https://h.example/a b", NULL, "percent-encode");
    is_refused("https://h.example/a\r\nX: y", NULL, "percent-encode");
    is_refused("https://h.example/\xc3\xa9", NULL, "percent-encode");
}

static void path_bounds(void **state)
{
    (void)state;
    char url[TLSDIAL_PATH_SIZE + 64] = "https://h.example/";
    size_t start = strlen("https://h.example");
    struct tlsdial_target target;
    memset(url + start + 1, 'a', TLSDIAL_PATH_SIZE - 2);
    assert_int_equal(tlsdial_target_parse(&target, url, NULL, NULL), TLSDIAL_OK);
    assert_int_equal(strlen(target.path), TLSDIAL_PATH_SIZE - 1);
    url[start + TLSDIAL_PATH_SIZE - 1] = 'a';
    is_refused(url, NULL, "longer");
    url[start] = '?'; /* and a slash is put before it */
    is_refused(url, NULL, "longer");
}

static void name_rules(void **state)
{
    (void)state;
    char label64[80] = "", long_name[300] = "", shorter[300] = "";
    memset(label64, 'a', 64);
    is_refused(label64, "443", "63");
    label64[63] = '\0';
    is_parsed(label64, "443", label64, label64, "443", "/");
    for (int i = 0; i < 127; i++)
        memcpy(long_name + 2 * i, "a.", 2);
    is_parsed(long_name, "443", long_name, memcpy(shorter, long_name, 253), "443", "/");
    memcpy(long_name + 254, "a", 2);
    is_refused(long_name, "443", "253");
    memset(long_name, 'a', 299);
    is_refused(long_name, "443", "253");
    is_parsed("Example.ORG.", "443", "Example.ORG.", "example.org", "443", "/");
    is_refused("", "443", "empty");
    is_refused(".", "443", "empty label");
    is_refused("a..b", "443", "empty label");
    is_refused(".a", "443", "empty label");
    is_refused("a..", "443", "empty label");
    is_refused("-a.example", "443", "begins or ends with '-'");
    is_refused("a.b-.example", "443", "begins or ends with '-'");
    is_refused("example-", "443", "begins or ends with '-'");
    is_parsed("a--b.c", "443", "a--b.c", "a--b.c", "443", "/");
    is_refused("a b", "443", "make a name");
    is_refused("a/b", "443", "make a name");
    is_refused("*.example", "443", "make a name");
    is_refused("a\nb", "443", "make a name");
}

static void international_names(void **state)
{
    (void)state;
#ifdef HAVE_LIBIDN2
    is_parsed("b\xc3\xbc"
              "cher.example",
              "443",
              "b\xc3\xbc"
              "cher.example",
              "xn--bcher-kva.example", "443", "/");
    is_parsed("B\xc3\x9c"
              "CHER.example.",
              "443",
              "B\xc3\x9c"
              "CHER.example.",
              "xn--bcher-kva.example", "443", "/");
    is_refused("\xff\xfe.example", "443", "is no host name");
#else
    is_refused("b\xc3\xbc"
               "cher.example",
               "443", "libidn2");
#endif
    is_parsed("xn--bcher-kva.example", "443", "xn--bcher-kva.example",
              "xn--bcher-kva.example", "443", "/");
}

static void forms_of_a_host(void **state)
{
    (void)state;
    struct host host;
    char text[64];
    assert_int_equal(host_parse(&host, "Example.ORG.", NULL), TLSDIAL_OK);
    assert_string_equal(host.lookup, "Example.ORG."); /* absolute for the resolver */
    assert_string_equal(host.name, "example.org");
    assert_false(host.is_ip);
    assert_int_equal(host_parse(&host, "fe80::1%lo", NULL), TLSDIAL_OK);
    assert_true(host.is_ip);
    assert_string_equal(host.lookup, "fe80::1%lo");
    assert_string_equal(host.name, "fe80::1");
    host_port_format(text, sizeof text, "::1", "443");
    assert_string_equal(text, "[::1]:443");
    host_port_format(text, sizeof text, "a.example", "443");
    assert_string_equal(text, "a.example:443");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(host_and_port),
        cmocka_unit_test(ip_literals),
        cmocka_unit_test(urls),
        cmocka_unit_test(path_bounds),
        cmocka_unit_test(name_rules),
        cmocka_unit_test(international_names),
        cmocka_unit_test(forms_of_a_host),
    };
    return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
