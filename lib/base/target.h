/* target.h: hosts and ports as people write them. */
#ifndef TLSDIAL_BASE_TARGET_H
#define TLSDIAL_BASE_TARGET_H

#include "tlsdial.h"

/** A host in the forms that its uses need. A plain value. */
struct host {
    bool is_ip;
    char lookup
        [TLSDIAL_HOST_SIZE]; /**< for getaddrinfo: A-labels, trailing dot or zone kept */
    char name
        [TLSDIAL_HOST_SIZE]; /**< for SNI and certificate: without the dot or the zone */
};

enum tlsdial_cause host_parse(struct host *host, const char *text,
                              struct tlsdial_error *error);
/** 1 to 65535 without leading zeros, or a service name (RFC 6335, 5.1, without its finer
 * rules): getaddrinfo() would take 70007 for 4471. */
enum tlsdial_cause port_parse(char to[TLSDIAL_PORT_SIZE], const char *port,
                              struct tlsdial_error *error);

#endif
