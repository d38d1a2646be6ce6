/* http.c: see http.h. */
#include <config.h>

#include "http.h"

#include <stdio.h>
#include <string.h>

size_t http_get(char request[HTTP_REQUEST_SIZE], const struct tlsdial_target *target,
                const char *port)
{
    /* RFC 9110, 7.2: brackets as in a URI, and the port where it is not the scheme's own. */
    bool brackets = strchr(target->name, ':') != NULL;
    bool default_port = strcmp(port, "443") == 0;
    int length =
        snprintf(request, HTTP_REQUEST_SIZE,
                 "GET %s HTTP/1.0\r\n"
                 "Connection: close\r\n"
                 "Host: %s%s%s%s%s\r\n"
                 "\r\n",
                 target->path, brackets ? "[" : "", target->name, brackets ? "]" : "",
                 default_port ? "" : ":", default_port ? "" : port);
    return length > 0 ? (size_t)length : 0;
}
