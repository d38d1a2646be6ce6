/* proxy_environment.c: see proxy_environment.h. */
#include <config.h>

#include "proxy_environment.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- URLs ---- */

static int digit_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* A copy of length characters, percent-decoded; NULL where that cannot be. */
static char *decode(const char *text, size_t length)
{
    char *decoded = OPENSSL_zalloc(length + 1);
    bool good = decoded != NULL;
    for (size_t i = 0, used = 0; good && i < length; i++) {
        int octet = (unsigned char)text[i];
        if (octet == '%') {
            int high = i + 2 < length ? digit_of(text[i + 1]) : -1;
            int low = i + 2 < length ? digit_of(text[i + 2]) : -1;
            octet = 16 * high + low;
            good = high >= 0 && low >= 0 && octet != 0;
            i += 2;
        }
        if (good)
            decoded[used++] = (char)octet;
    }
    if (!good)
        OPENSSL_clear_free(decoded, length + 1);
    return good ? decoded : NULL;
}

static void cleanse(char **text)
{
    if (*text != NULL)
        OPENSSL_clear_free(*text, strlen(*text));
    *text = NULL;
}

/* The '@' behind user name and password: the last one of the authority; NULL: none. */
static const char *find_at(const char *authority)
{
    const char *at = NULL;
    size_t length = strcspn(authority, "/?#");
    for (size_t i = 0; i < length; i++)
        if (authority[i] == '@')
            at = authority + i;
    return at;
}

bool proxy_url_split(const char *text, char **url, char **user, char **password)
{
    const char *separator = strstr(text, "://");
    const char *authority = separator != NULL ? separator + 3 : text;
    const char *at = find_at(authority);
    size_t scheme = (size_t)(authority - text);
    *user = *password = NULL;
    *url = OPENSSL_strdup(text);
    if (*url == NULL || at == NULL)
        return *url != NULL;
    memcpy(*url + scheme, at + 1, strlen(at + 1) + 1);
    size_t length = (size_t)(at - authority);
    const char *colon = memchr(authority, ':', length);
    size_t user_length = colon != NULL ? (size_t)(colon - authority) : length;
    *user = decode(authority, user_length);
    *password =
        colon != NULL ? decode(colon + 1, length - user_length - 1) : decode("", 0);
    if (*user != NULL && *password != NULL)
        return true;
    OPENSSL_free(*url);
    *url = NULL;
    cleanse(user);
    cleanse(password);
    return false;
}

/* ---- the environment ---- */

/* An empty value is none, as for curl. */
static const char *value_of(const char *variable)
{
    const char *value = getenv(variable);
    return value != NULL && *value != '\0' ? value : NULL;
}

/* NAME_proxy or, where that is not set, NAME_PROXY; variable is the one found. */
static const char *find(const char *name, char *variable, size_t size)
{
    snprintf(variable, size, "%s_proxy", name);
    for (char *p = variable; *p != '\0'; p++)
        if (*p == '-')
            *p = '_';
    const char *value = value_of(variable);
    if (value != NULL)
        return value;
    for (char *p = variable; *p != '\0'; p++)
        if (*p >= 'a' && *p <= 'z')
            *p = (char)(*p & ~0x20);
    return value_of(variable);
}

enum tlsdial_cause proxy_environment_find(struct proxy_environment *proxy,
                                          const char *scheme, struct tlsdial_error *error)
{
    *proxy = (struct proxy_environment){.url = NULL};
    const char *value = find(scheme, proxy->variable, sizeof proxy->variable);
    if (value == NULL)
        value = find("all", proxy->variable, sizeof proxy->variable);
    if (value == NULL) {
        proxy->variable[0] = '\0';
        return TLSDIAL_OK;
    }
    if (proxy_url_split(value, &proxy->url, &proxy->user, &proxy->password))
        return TLSDIAL_OK;
    return tlsdial_error_set(
        error, TLSDIAL_USAGE, 0,
        "the environment variable %s: its user name and password are "
        "not percent-encoded as they should be",
        proxy->variable);
}

const char *proxy_environment_exceptions(const char **variable)
{
    const char *value = value_of(*variable = "no_proxy");
    return value != NULL ? value : value_of(*variable = "NO_PROXY");
}

void proxy_environment_clear(struct proxy_environment *proxy)
{
    OPENSSL_free(proxy->url);
    cleanse(&proxy->user);
    cleanse(&proxy->password);
    *proxy = (struct proxy_environment){.url = NULL};
}
