/* options_way.h: the options that say how to get to the server: STARTTLS, proxies, a Unix socket. */
#ifndef TLSDIAL_OPTIONS_WAY_H
#define TLSDIAL_OPTIONS_WAY_H

#include "base/deadline.h"
#include "proxy_environment.h"
#include "tlsdial.h"

#define OPTIONS_WAY_HEADERS 32 /**< --proxy-header, at most */

/** Strings are argv's but for the credentials; NULL: not given. */
struct options_way {
    const char *starttls, *starttls_name;
    const char *proxy;   /**< of --proxy, or the environment's */
    const char *noproxy; /**< of --noproxy */
    struct proxy_environment environment;
    const char
        *exception; /**< what made it go without a proxy: "--noproxy", "no_proxy" */
    const char
        *credentials_source; /**< of --proxy-pass: "env:VAR", "file:PATH", "fd:N" */
    char *user;              /**< "USER:PASSWORD" cut in two; the memory of both */
    char *password;
    const char *headers[OPTIONS_WAY_HEADERS + 1]; /**< ends with NULL */
    size_t header_count;
    int haproxy_protocol; /**< 0: none */
    const char *unix_path;
};

/** Takes one option; *applied is false where it is none of these. */
enum tlsdial_cause options_way_apply(struct options_way *way, int code,
                                     const char *argument, bool *applied,
                                     struct tlsdial_error *error);
/** The port that the protocol of --starttls has where none is said; NULL: none. */
const char *options_way_port(const struct options_way *way);
/** Once all are known, with the target: its URL can say STARTTLS too. Reads the credentials, and
 * the environment for a proxy where the command line names none. */
enum tlsdial_cause options_way_finish(struct options_way *way,
                                      const struct tlsdial_target *target,
                                      struct deadline deadline,
                                      struct tlsdial_error *error);
/** Gives them to a dial. */
void options_way_give(const struct options_way *way, struct tlsdial_options *dial);
/** Cleanses the credentials. */
void options_way_clear(struct options_way *way);

#endif
