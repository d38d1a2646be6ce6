/* http_url.h: the grammar of http URLs in certificates and redirects (RFC 3986, RFC 9110, 4.2.1). */
#ifndef TLSDIAL_BASE_HTTP_URL_H
#define TLSDIAL_BASE_HTTP_URL_H

#include "base/target.h"

#define HTTP_URL_SIZE 2048 /**< of a URL and of a path with its NUL */

/** A plain value. */
struct http_url {
    struct host host;
    char port[TLSDIAL_PORT_SIZE]; /**< in digits; 80 unless said */
    char path
        [HTTP_URL_SIZE]; /**< with the query, without the fragment; what may not be in a request
                                 line is percent-encoded */
};

/** TLSDIAL_USAGE, with what is wrong, for anything but such a URL without a user name. Blanks and
 * the delimiters "<>^`{|} are taken and encoded, as some CAs have them. */
enum tlsdial_cause http_url_parse(struct http_url *url, const char *text,
                                  struct tlsdial_error *error);
/** The URL that a Location header means on the answer of *base: absolute, or a path from the root
 * (RFC 3986, 4.2). Errors as above. base and url may be the same. */
enum tlsdial_cause http_url_redirect(struct http_url *url, const struct http_url *base,
                                     const char *location, struct tlsdial_error *error);

#endif
