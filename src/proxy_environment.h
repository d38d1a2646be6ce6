/* proxy_environment.h: the proxy that the environment names, as curl reads it. The library does not
 * look there. */
#ifndef TLSDIAL_PROXY_ENVIRONMENT_H
#define TLSDIAL_PROXY_ENVIRONMENT_H

#include "tlsdial.h"

/** All NULL: none. Free with proxy_environment_clear(). */
struct proxy_environment {
    char variable[40]; /**< its name; "": none */
    char *url;         /**< without user name and password */
    char *user, *password;
};

/** Looks for SCHEME_proxy, all_proxy, each in lower case and then in capitals; scheme is "https" or
 * a protocol of STARTTLS, '-' in it becomes '_'. A value that is empty is none. TLSDIAL_USAGE for
 * credentials that cannot be decoded. */
enum tlsdial_cause proxy_environment_find(struct proxy_environment *proxy,
                                          const char *scheme,
                                          struct tlsdial_error *error);
/** The value of no_proxy or NO_PROXY, and which; NULL: none. The environment's. */
const char *proxy_environment_exceptions(const char **variable);
/** Also cleanses. */
void proxy_environment_clear(struct proxy_environment *proxy);

/** "SCHEME://USER:PASSWORD@REST" to "SCHEME://REST", the user and the password, which are
 * percent-decoded (RFC 3986, 2.1) and NULL where the URL has none; without a colon the password is
 * empty. Pure; false where a '%' is not followed by two digits or they make a NUL, or memory is
 * short. Free with OPENSSL_free(). */
bool proxy_url_split(const char *text, char **url, char **user, char **password);

#endif
