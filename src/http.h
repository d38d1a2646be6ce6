/* http.h: HTTP/1.0 requests (RFC 1945). Pure. */
#ifndef TLSDIAL_HTTP_H
#define TLSDIAL_HTTP_H

#include "tlsdial.h"

/** Room for any request that http_get() makes. */
#define HTTP_REQUEST_SIZE                                                                \
    (TLSDIAL_PATH_SIZE + TLSDIAL_HOST_SIZE + TLSDIAL_PORT_SIZE + 128)

/** A GET request for a target; port: its number as it was connected to. Returns its length. */
size_t http_get(char request[HTTP_REQUEST_SIZE], const struct tlsdial_target *target,
                const char *port);

#endif
