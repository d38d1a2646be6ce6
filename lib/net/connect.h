/* connect.h: a socket to the first of several addresses that answers. */
#ifndef TLSDIAL_NET_CONNECT_H
#define TLSDIAL_NET_CONNECT_H

#include "base/deadline.h"
#include "net/resolve.h"
#include "tlsdial.h"

/** Connects to the first of the addresses that answers; *fd is non-blocking. */
enum tlsdial_cause connect_any(const struct address_list *list, struct deadline deadline,
                               tlsdial_evidence *evidence, int *fd,
                               struct tlsdial_error *error);

#endif
