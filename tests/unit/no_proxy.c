/* unit/no_proxy.c: which targets go without a proxy, and the URLs of proxies in the environment. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/crypto.h>

#include "../../src/no_proxy.h"
#include "../../src/proxy_environment.h"

struct row {
    const char *list, *host, *port;
    bool covered;
};

static void look(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (no_proxy_covers(rows[i].list, rows[i].host, rows[i].port) != rows[i].covered)
            fail_msg("'%s' and %s port %s: expected %d", rows[i].list, rows[i].host,
                     rows[i].port, rows[i].covered);
}
#define LOOK(rows) look(rows, sizeof(rows) / sizeof((rows)[0]))

static void names(void **state)
{
    static const struct row rows[] = {
        {"", "a.example", "443", false},
        {" , ,", "a.example", "443", false},
        {"*", "a.example", "443", true},
        {"b.example, *", "a.example", "443", true},
        {"a.example", "a.example", "443", true},
        {"A.Example", "a.example", "443", true},
        {"example", "a.example", "443", true},
        {".example", "a.example", "443", true},
        {".a.example", "a.example", "443", true},
        {"a.example.", "a.example", "443", true},
        {".", "a.example", "443", false},
        {"..example", "a.example", "443", false},
        {"xample", "a.example", "443", false},
        {"a.example", "example", "443", false},
        {"a.example", "ba.example", "443", false},
        {"*.example", "a.example", "443", false},
        {"x,a.example,y", "a.example", "443", true},
        {"x a.example\ty", "a.example", "443", true},
        {"a.example/8", "a.example", "443", false},
        {"localhost", "localhost", "443", true},
        {"127.0.0.1", "localhost", "443", false},
        {"::1", "localhost", "443", false},
    };
    (void)state;
    LOOK(rows);
}

static void addresses(void **state)
{
    static const struct row rows[] = {
        {"192.0.2.1", "192.0.2.1", "443", true},
        {"192.0.2.1", "192.0.2.10", "443", false},
        {"2.1", "192.0.2.1", "443", false},
        {".1", "192.0.2.1", "443", false},
        {"192.0.2.0/24", "192.0.2.77", "443", true},
        {"192.0.2.0/24", "192.0.3.77", "443", false},
        {"192.0.2.128/25", "192.0.2.127", "443", false},
        {"192.0.2.128/25", "192.0.2.128", "443", true},
        {"192.0.2.129/25", "192.0.2.255", "443", true},
        {"192.0.2.1/32", "192.0.2.1", "443", true},
        {"192.0.2.1/32", "192.0.2.0", "443", false},
        {"0.0.0.0/0", "192.0.2.1", "443", true},
        {"192.0.2.1/33", "192.0.2.1", "443", false},
        {"192.0.2.1/", "192.0.2.1", "443", false},
        {"192.0.2.1/-1", "192.0.2.1", "443", false},
        {"192.0.2.1/24x", "192.0.2.1", "443", false},
        {"192.0.2.1/4294967328", "192.0.2.1", "443", false},
        {"192.0.2/24", "192.0.2.1", "443", false},
        {"2001:db8::1", "2001:db8::1", "443", true},
        {"2001:DB8:0::1", "2001:db8::1", "443", true},
        {"[2001:db8::1]", "2001:db8::1", "443", true},
        {"[2001:db8::1", "2001:db8::1", "443", false},
        {"2001:db8::1]", "2001:db8::1", "443", false},
        {"[2001:db8::1]x", "2001:db8::1", "443", false},
        {"2001:db8::/32", "2001:db8:7::1", "443", true},
        {"[2001:db8::]/32", "2001:db8:7::1", "443", true},
        {"2001:db8::/33", "2001:db8:8000::1", "443", false},
        {"::/0", "2001:db8::1", "443", true},
        {"::/0", "192.0.2.1", "443", false},
        {"0.0.0.0/0", "2001:db8::1", "443", false},
        {"2001:db8::/129", "2001:db8::", "443", false},
        {"*", "2001:db8::1", "443", true},
        {"example", "192.0.2.1", "443", false},
    };
    (void)state;
    LOOK(rows);
}

static void ports(void **state)
{
    static const struct row rows[] = {
        {"a.example:443", "a.example", "443", true},
        {"a.example:0443", "a.example", "443", true},
        {"a.example:443", "a.example", "8443", false},
        {"a.example:443", "b.a.example", "443", true},
        {"a.example:smtp", "a.example", "smtp", true},
        {"*:25", "a.example", "25", true},
        {"*:25", "a.example", "26", false},
        {"192.0.2.1:443", "192.0.2.1", "443", true},
        {"192.0.2.1:443", "192.0.2.1", "444", false},
        {"192.0.2.0/24:443", "192.0.2.9", "443", true},
        {"192.0.2.0/24:443", "192.0.2.9", "444", false},
        {"[2001:db8::1]:443", "2001:db8::1", "443", true},
        {"[2001:db8::1]:443", "2001:db8::1", "444", false},
        {"::443", "::443", "25", true}, /* an address, not a port */
        {"a.example:", "a.example", "443", true},
    };
    (void)state;
    LOOK(rows);
}

static void a_long_entry_covers_nothing(void **state)
{
    char list[2000];
    (void)state;
    memset(list, 'a', sizeof list);
    snprintf(list + 1000, sizeof list - 1000, ",b.example");
    assert_true(no_proxy_covers(list, "b.example", "443"));
    list[1000] = '\0';
    assert_false(no_proxy_covers(list, "a", "443"));
}

static void split(const char *text, const char *url, const char *user,
                  const char *password)
{
    char *parts[3] = {NULL, NULL, NULL};
    assert_int_equal(proxy_url_split(text, &parts[0], &parts[1], &parts[2]), url != NULL);
    const char *wanted[] = {url, user, password};
    for (size_t i = 0; i < 3; i++) {
        if (wanted[i] == NULL)
            assert_null(parts[i]);
        else
            assert_string_equal(parts[i], wanted[i]);
        OPENSSL_free(parts[i]);
    }
}

static void urls(void **state)
{
    (void)state;
    split("http://proxy:3128", "http://proxy:3128", NULL, NULL);
    split("proxy", "proxy", NULL, NULL);
    split("http://me:open@proxy:3128/", "http://proxy:3128/", "me", "open");
    split("me:open@proxy", "proxy", "me", "open");
    split("http://me@proxy", "http://proxy", "me", "");
    split("http://:x@proxy", "http://proxy", "", "x");
    split("http://m%65:%6Fp%3Aen%40@proxy", "http://proxy", "me", "op:en@");
    split("http://me:o@pen@proxy", "http://proxy", "me", "o@pen");
    split("http://me:open:sesame@proxy", "http://proxy", "me", "open:sesame");
    split("http://proxy/a@b", "http://proxy/a@b", NULL, NULL);
    split("http://me:%00@proxy", NULL, NULL, NULL);
    split("http://me:%4@proxy", NULL, NULL, NULL);
    split("http://me:%@proxy", NULL, NULL, NULL);
    split("http://%zz:a@proxy", NULL, NULL, NULL);
    split("http://me%4:1@proxy", NULL, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names), cmocka_unit_test(addresses),
        cmocka_unit_test(ports), cmocka_unit_test(a_long_entry_covers_nothing),
        cmocka_unit_test(urls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
