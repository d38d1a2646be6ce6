/* loopback.h: sockets on this machine for the unit tests of connections. */
#ifndef TLSDIAL_UNIT_LOOPBACK_H
#define TLSDIAL_UNIT_LOOPBACK_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A listening socket at an IPv4 address; its port goes to `port`. */
static inline int listener(const char *address, int backlog, char port[6])
{
    struct sockaddr_in name = {.sin_family = AF_INET};
    socklen_t size = sizeof name;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    inet_pton(AF_INET, address, &name.sin_addr);
    if (fd < 0 || bind(fd, (struct sockaddr *)&name, size) != 0 ||
        (backlog >= 0 && listen(fd, backlog) != 0) ||
        getsockname(fd, (struct sockaddr *)&name, &size) != 0)
        return -1;
    snprintf(port, 6, "%u", (unsigned)ntohs(name.sin_port));
    return fd;
}

/* The lowest free descriptor: what has leaked one makes it greater. */
static inline int free_descriptor(void)
{
    int fd = dup(0);
    close(fd);
    return fd;
}

#endif
