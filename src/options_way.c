/* options_way.c: see options_way.h. */
#include <config.h>

#include "options_way.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "credentials.h"
#include "no_proxy.h"
#include "options_table.h"

static enum tlsdial_cause take_version(struct options_way *way, const char *text,
                                       struct tlsdial_error *error)
{
    if (strcmp(text, "1") != 0 && strcmp(text, "2") != 0)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "--haproxy-protocol: '%s' is not 1 or 2", text);
    way->haproxy_protocol = *text - '0';
    return TLSDIAL_OK;
}

static enum tlsdial_cause take_header(struct options_way *way, const char *line,
                                      struct tlsdial_error *error)
{
    if (way->header_count == OPTIONS_WAY_HEADERS)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "--proxy-header: more than %d of them",
                                 OPTIONS_WAY_HEADERS);
    way->headers[way->header_count++] = line;
    return TLSDIAL_OK;
}

enum tlsdial_cause options_way_apply(struct options_way *way, int code,
                                     const char *argument, bool *applied,
                                     struct tlsdial_error *error)
{
    *applied = true;
    switch (code) {
    case OPTION_STARTTLS:
        way->starttls = argument;
        break;
    case OPTION_STARTTLS_NAME:
        way->starttls_name = argument;
        break;
    case 'x':
        way->proxy = argument;
        break;
    case OPTION_PROXY_PASS:
        way->credentials_source = argument;
        return credentials_check_source("proxy-pass", argument, error);
    case OPTION_PROXY_HEADER:
        return take_header(way, argument, error);
    case OPTION_NOPROXY:
        way->noproxy = argument;
        break;
    case OPTION_HAPROXY_PROTOCOL:
        return take_version(way, argument, error);
    case OPTION_UNIX:
        way->unix_path = argument;
        break;
    default:
        *applied = false;
    }
    return TLSDIAL_OK;
}

const char *options_way_port(const struct options_way *way)
{
    const char *name, *port = NULL;
    for (size_t i = 0;
         way->starttls != NULL && (name = tlsdial_starttls_name(i, &port)) != NULL; i++)
        if (strcmp(name, way->starttls) == 0)
            return port;
    return NULL;
}

static enum tlsdial_cause read_credentials(struct options_way *way,
                                           struct deadline deadline,
                                           struct tlsdial_error *error)
{
    char *buffer = OPENSSL_zalloc(CREDENTIALS_SIZE);
    if (buffer == NULL)
        return tlsdial_error_set(error, TLSDIAL_INTERNAL, 0, "out of memory");
    way->user = buffer;
    enum tlsdial_cause cause = credentials_read_source(way->credentials_source, deadline,
                                                       buffer, CREDENTIALS_SIZE, error);
    if (cause != TLSDIAL_OK)
        return cause;
    char *colon = strchr(buffer, ':');
    if (colon == NULL)
        return tlsdial_error_set(error, TLSDIAL_PASSPHRASE, 0,
                                 "--proxy-pass: there is no USER:PASSWORD");
    *colon = '\0';
    way->password = colon + 1;
    return TLSDIAL_OK;
}

/* As curl: a list of exceptions holds for a proxy of the command line, too; --noproxy takes the place
 * of the environment's; an empty --proxy is none. */
static enum tlsdial_cause choose_proxy(struct options_way *way,
                                       const struct tlsdial_target *target,
                                       struct tlsdial_error *error)
{
    const char *which = "--noproxy", *list = way->noproxy;
    enum tlsdial_cause cause = TLSDIAL_OK;
    if (way->proxy == NULL)
        cause = proxy_environment_find(
            &way->environment, way->starttls != NULL ? way->starttls : "https", error);
    if (way->proxy == NULL)
        way->proxy = way->environment.url;
    if (list == NULL)
        list = proxy_environment_exceptions(&which);
    if (cause != TLSDIAL_OK || way->proxy == NULL || list == NULL ||
        !no_proxy_covers(list, target->name, target->port))
        return cause;
    way->exception = which;
    way->proxy = NULL;
    return TLSDIAL_OK;
}

enum tlsdial_cause options_way_finish(struct options_way *way,
                                      const struct tlsdial_target *target,
                                      struct deadline deadline,
                                      struct tlsdial_error *error)
{
    if (way->starttls != NULL && target->starttls != NULL &&
        strcmp(way->starttls, target->starttls) != 0)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "the target says %s and --starttls %s", target->starttls,
                                 way->starttls);
    if (way->starttls == NULL)
        way->starttls = target->starttls;
    if (way->starttls_name != NULL && way->starttls == NULL)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "--starttls-name goes with --starttls");
    if (way->unix_path != NULL && way->proxy != NULL)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0, "--unix or --proxy, not both");
    if (way->unix_path == NULL) {
        enum tlsdial_cause cause = choose_proxy(way, target, error);
        if (cause != TLSDIAL_OK)
            return cause;
    }
    return way->credentials_source != NULL ? read_credentials(way, deadline, error)
                                           : TLSDIAL_OK;
}

void options_way_give(const struct options_way *way, struct tlsdial_options *dial)
{
    dial->starttls = way->starttls;
    dial->starttls_name = way->starttls_name;
    dial->proxy = way->proxy;
    bool given = way->user != NULL;
    dial->proxy_user = given ? way->user : way->environment.user;
    dial->proxy_password = given ? way->password : way->environment.password;
    dial->proxy_headers = way->header_count > 0 ? way->headers : NULL;
    dial->haproxy_protocol = way->haproxy_protocol;
    dial->unix_path = way->unix_path;
}

void options_way_clear(struct options_way *way)
{
    OPENSSL_clear_free(way->user, CREDENTIALS_SIZE);
    way->user = way->password = NULL;
    proxy_environment_clear(&way->environment);
}
