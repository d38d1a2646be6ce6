/* way.c: see way.h. */
#include <config.h>

#include "tls/way.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

const char *tlsdial_starttls_name(size_t index, const char **port)
{
    const struct hop_kind *kind;
    for (size_t i = 0; (kind = hop_kind_at(i)) != NULL; i++)
        if (kind->type == HOP_STARTTLS && index-- == 0)
            break;
    if (kind != NULL && port != NULL)
        *port = kind->port;
    return kind != NULL ? kind->name : NULL;
}

static bool copy_text(char **to, const char *from)
{
    *to = from != NULL ? OPENSSL_strdup(from) : NULL;
    return from == NULL || *to != NULL;
}

static bool copy_headers(struct way *way, const char *const *headers)
{
    size_t count = 0;
    if (headers == NULL)
        return true;
    while (headers[count] != NULL)
        count++;
    way->headers = OPENSSL_zalloc((count + 1) * sizeof *way->headers);
    for (size_t i = 0; way->headers != NULL && i < count; i++)
        if (!copy_text(&way->headers[i], headers[i]))
            return false;
    return way->headers != NULL;
}

/* Adds a hop, unless its machine will not have the parameters. */
static enum tlsdial_cause add_hop(struct way *way, const struct hop_kind *kind,
                                  const struct hop_parameters *parameters,
                                  struct tlsdial_error *error)
{
    const char *why = NULL;
    struct hop *trial = hop_new(kind, parameters, &why);
    bool usable = trial != NULL;
    hop_free(trial);
    if (!usable)
        return why != NULL ? tlsdial_error_set(error, TLSDIAL_USAGE, 0, "%s", why)
                           : error_out_of_memory(error);
    way->hops[way->hop_count++] =
        (struct hop_spec){.kind = kind, .parameters = *parameters};
    return TLSDIAL_OK;
}

/* ---- proxies ---- */

/* "http://HOST[:PORT]", and a slash at the end where somebody likes one. */
static enum tlsdial_cause parse_proxy(struct way *way, const char *url, size_t length,
                                      const struct hop_kind **kind,
                                      struct tlsdial_error *error)
{
    char text[2 * TLSDIAL_HOST_SIZE], scheme[16];
    struct tlsdial_target target;
    size_t index = way->proxy_count;
    const char *separator = strstr(url, "://");
    bool has_scheme = separator != NULL && (size_t)(separator - url) < length;
    size_t scheme_length = has_scheme ? (size_t)(separator - url) : 0;
    const char *host = has_scheme ? separator + 3 : url;
    size_t host_length = length - (size_t)(host - url);
    if (host_length > 0 && host[host_length - 1] == '/')
        host_length--;
    if (scheme_length >= sizeof scheme || host_length == 0 || host_length >= sizeof text)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0, "'%.*s' is no proxy's URL",
                                 (int)(length < 128 ? length : 128), url);
    snprintf(scheme, sizeof scheme, "%.*s", (int)scheme_length, url);
    snprintf(text, sizeof text, "%.*s", (int)host_length, host);
    if (strcmp(scheme, "https") == 0)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "an https:// proxy: TLS to the proxy itself is not "
                                 "supported; http:// is");
    *kind = hop_find(has_scheme ? scheme : "http");
    if (*kind == NULL || (*kind)->type != HOP_PROXY)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "'%.16s' is no kind of proxy: http, socks5, socks5h and "
                                 "socks4a are",
                                 scheme);
    if (strchr(text, '@') != NULL)
        return tlsdial_error_set(
            error, TLSDIAL_USAGE, 0,
            "a user name or password in a proxy's URL is not accepted");
    bool has_port = *text == '[' ? strstr(text, "]:") != NULL : strchr(text, ':') != NULL;
    enum tlsdial_cause cause =
        tlsdial_target_parse(&target, text, has_port ? NULL : (*kind)->port, error);
    if (cause == TLSDIAL_OK)
        cause = host_parse(&way->proxies[index], target.host, error);
    memcpy(way->proxy_ports[index], target.port, sizeof target.port);
    way->proxy_count += cause == TLSDIAL_OK;
    return cause;
}

static enum tlsdial_cause plan_proxies(struct way *way, const char *urls,
                                       const struct hop_parameters *to_target,
                                       struct tlsdial_error *error)
{
    const struct hop_kind *kinds[WAY_PROXIES_MAX];
    enum tlsdial_cause cause = TLSDIAL_OK;
    while (cause == TLSDIAL_OK && *urls != '\0') {
        size_t length = strcspn(urls, ",");
        if (way->proxy_count == WAY_PROXIES_MAX)
            return tlsdial_error_set(error, TLSDIAL_USAGE, 0, "more than %d proxies",
                                     WAY_PROXIES_MAX);
        cause = parse_proxy(way, urls, length, &kinds[way->proxy_count], error);
        urls += length + (urls[length] == ',');
    }
    for (size_t i = 0; cause == TLSDIAL_OK && i < way->proxy_count; i++) {
        struct hop_parameters parameters = *to_target;
        if (i + 1 < way->proxy_count) {
            parameters.host = way->proxies[i + 1].name;
            parameters.port = way->proxy_ports[i + 1];
        }
        parameters.user = way->user;
        parameters.password = way->password;
        parameters.headers = (const char *const *)way->headers;
        cause = add_hop(way, kinds[i], &parameters, error);
    }
    return cause;
}

/* ---- all ---- */

static enum tlsdial_cause plan_header(struct way *way, int version,
                                      struct tlsdial_error *error)
{
    const struct hop_parameters ours = {0};
    if (version != 1 && version != 2)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "the PROXY protocol has the versions 1 and 2");
    return add_hop(way, hop_find(version == 1 ? "proxy-v1" : "proxy-v2"), &ours, error);
}

static enum tlsdial_cause plan_starttls(struct way *way, const char *protocol,
                                        const struct hop_parameters *parameters,
                                        struct tlsdial_error *error)
{
    const struct hop_kind *kind = hop_find(protocol);
    if (kind == NULL || kind->type != HOP_STARTTLS)
        return tlsdial_error_set(
            error, TLSDIAL_USAGE, 0,
            "'%.32s' is no protocol with STARTTLS that is known here", protocol);
    return add_hop(way, kind, parameters, error);
}

enum tlsdial_cause way_plan(struct way *way, const struct tlsdial_options *options,
                            const struct host *target, const char *port,
                            struct tlsdial_error *error)
{
    *way = (struct way){.host = *target};
    memcpy(way->port, port, sizeof way->port);
    if (!copy_text(&way->starttls_name, options->starttls_name) ||
        !copy_text(&way->user, options->proxy_user) ||
        !copy_text(&way->password, options->proxy_password) ||
        !copy_text(&way->unix_path, options->unix_path) ||
        !copy_headers(way, options->proxy_headers))
        return error_out_of_memory(error);
    const struct hop_parameters parameters = {
        .host = target->name, .port = port, .name = way->starttls_name};
    enum tlsdial_cause cause = TLSDIAL_OK;
    if (options->proxy != NULL)
        cause = plan_proxies(way, options->proxy, &parameters, error);
    if (cause == TLSDIAL_OK && options->haproxy_protocol != 0)
        cause = plan_header(way, options->haproxy_protocol, error);
    if (cause == TLSDIAL_OK && options->starttls != NULL)
        cause = plan_starttls(way, options->starttls, &parameters, error);
    if (cause == TLSDIAL_OK && way->proxy_count > 0) {
        way->host = way->proxies[0];
        memcpy(way->port, way->proxy_ports[0], sizeof way->port);
    }
    return cause;
}

const char *way_starttls(const struct way *way)
{
    const struct hop_kind *last =
        way->hop_count > 0 ? way->hops[way->hop_count - 1].kind : NULL;
    return last != NULL && last->type == HOP_STARTTLS ? last->protocol : NULL;
}

void way_clear(struct way *way)
{
    for (size_t i = 0; way->headers != NULL && way->headers[i] != NULL; i++)
        OPENSSL_free(way->headers[i]);
    OPENSSL_free(way->headers);
    OPENSSL_free(way->starttls_name);
    OPENSSL_free(way->unix_path);
    OPENSSL_free(way->user);
    if (way->password != NULL)
        OPENSSL_clear_free(way->password, strlen(way->password));
    *way = (struct way){0};
}
