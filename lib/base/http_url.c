/* http_url.c: http URLs, strictly.  Pure. */
#include <config.h>

#include "base/http_url.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"

#define HTTP_PORT "80" /* RFC 9110, 4.2.1 */

/* Schemes have no case (RFC 3986, 3.1). */
static bool has_scheme(const char *text, const char *scheme)
{
    for (; *scheme != '\0'; text++, scheme++)
        if (*text != *scheme && (*text < 'A' || *text > 'Z' || (*text | 0x20) != *scheme))
            return false;
    return true;
}

static enum tlsdial_cause bad_url(const char *text, const char *why,
                                  struct tlsdial_error *error)
{
    return tlsdial_error_set(error, TLSDIAL_USAGE, 0, "'%.200s' %s", text, why);
}

/* Path and query. False where there is no room. */
static bool set_path(char to[HTTP_URL_SIZE], const char *from)
{
    static const char encoded[] = " \"<>^`{|}";
    size_t used = 0;
    if (*from != '/')
        to[used++] = '/';
    for (; *from != '\0' && *from != '#'; from++) {
        bool plain = strchr(encoded, *from) == NULL;
        if (used + (plain ? 1 : 3) >= HTTP_URL_SIZE)
            return false;
        if (plain)
            to[used++] = *from;
        else
            used += (size_t)snprintf(to + used, HTTP_URL_SIZE - used, "%%%02X",
                                     (unsigned)(unsigned char)*from);
    }
    to[used] = '\0';
    return true;
}

/* "host", "host:port", "[v6]" or "[v6]:port", changed in place. */
static enum tlsdial_cause set_authority(struct http_url *url, char *authority,
                                        struct tlsdial_error *error)
{
    bool brackets = authority[0] == '[';
    char *host = authority + brackets;
    char *end = brackets ? strchr(host, ']') : host + strcspn(host, ":");
    if (end == NULL || (end[brackets] != ':' && end[brackets] != '\0'))
        return bad_url(authority, "is no host with a port or without", error);
    char *port = end[brackets] == ':' ? end + brackets + 1 : NULL;
    *end = '\0';
    if (brackets && (strchr(host, ':') == NULL || !tlsdial_is_ip_literal(host)))
        return bad_url(host, "is no IPv6 address", error);
    /* The name of a service is none of a URL (RFC 3986, 3.2.3); that of nothing is the default. */
    if (port != NULL && port[strspn(port, "0123456789")] != '\0')
        return bad_url(port, "is no port", error);
    enum tlsdial_cause cause =
        port_parse(url->port, port != NULL && *port != '\0' ? port : HTTP_PORT, error);
    return cause == TLSDIAL_OK ? host_parse(&url->host, host, error) : cause;
}

/* What is printable, and no backslash, which some programs take for a slash. */
static bool has_characters_of_url(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text < ' ' || *text > '~' || *text == '\\')
            return false;
    return true;
}

enum tlsdial_cause http_url_parse(struct http_url *url, const char *text,
                                  struct tlsdial_error *error)
{
    static const char scheme[] = "http://";
    char authority[2 * TLSDIAL_HOST_SIZE];
    *url = (struct http_url){0};
    if (has_scheme(text, "https://"))
        return bad_url(text,
                       "is an https URL: a certificate that is needed to verify "
                       "a server cannot be had by verifying one",
                       error);
    if (!has_scheme(text, scheme))
        return bad_url(text, "is no http URL", error);
    if (!has_characters_of_url(text))
        return bad_url(text, "has characters that no URL has", error);
    const char *start = text + strlen(scheme);
    size_t length = strcspn(start, "/?#");
    if (length == 0 || length >= sizeof authority)
        return bad_url(text, "has no host", error);
    memcpy(authority, start, length);
    authority[length] = '\0';
    if (strchr(authority, '@') != NULL)
        return bad_url(text, "has a user name or password, which is not sent", error);
    if (!set_path(url->path, start + length))
        return bad_url(text, "is too long", error);
    return set_authority(url, authority, error);
}

enum tlsdial_cause http_url_redirect(struct http_url *url, const struct http_url *base,
                                     const char *location, struct tlsdial_error *error)
{
    char absolute[HTTP_URL_SIZE];
    if (location[0] == '/' && location[1] != '/') {
        *url = *base;
        if (!has_characters_of_url(location))
            return bad_url(location, "has characters that no URL has", error);
        return set_path(url->path, location) ? TLSDIAL_OK
                                             : bad_url(location, "is too long", error);
    }
    if (location[0] != '/')
        return http_url_parse(url, location, error);
    int n = snprintf(absolute, sizeof absolute, "http:%s", location);
    return n > 0 && (size_t)n < sizeof absolute ? http_url_parse(url, absolute, error)
                                                : bad_url(location, "is too long", error);
}
