/*
 * name_lookup.h: lookups of a name by the system's resolver, in threads.
 *
 * getaddrinfo() can neither be given a deadline nor be interrupted.  So it runs in threads that are
 * left behind when nobody wants their answer any more, at most NAME_LOOKUP_THREADS of them in a
 * process however many lookups hang.  What begins when all of these are busy waits its turn.
 */
#ifndef TLSDIAL_NET_NAME_LOOKUP_H
#define TLSDIAL_NET_NAME_LOOKUP_H

#include <stdbool.h>

#include "net/sock.h"

#define NAME_LOOKUP_THREADS 16

/** The two lookups of a name, which are independent of each other (RFC 8305, 3). */
enum name_lookup_family { NAME_LOOKUP_IPV6, NAME_LOOKUP_IPV4, NAME_LOOKUP_FAMILIES };

struct name_lookup;

enum name_lookup_begun {
    NAME_LOOKUP_BEGUN,
    NAME_LOOKUP_NO_MEMORY,
    NAME_LOOKUP_NO_SOCKETS, /**< see the code */
    NAME_LOOKUP_NO_THREAD   /**< see the code */
};

/** Begins the lookups of the families that are wanted. The texts are copied. */
enum name_lookup_begun name_lookup_begin(const char *host, const char *port,
                                         const bool wanted[NAME_LOOKUP_FAMILIES],
                                         struct name_lookup **lookup, int *code);

/** The socket that becomes readable when an answer has come. */
int name_lookup_fd(const struct name_lookup *lookup);

/** True, once, when the lookup of this family has ended; *found is then the caller's. */
bool name_lookup_take(struct name_lookup *lookup, enum name_lookup_family family,
                      struct sock_found *found);

/** Leaves behind what is under way. NULL is allowed. */
void name_lookup_free(struct name_lookup *lookup);

#endif
