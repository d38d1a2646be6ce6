/* hops.h: the driver of hops: takes them one after the other over a stream, in steps. */
#ifndef TLSDIAL_NET_HOPS_H
#define TLSDIAL_NET_HOPS_H

#include "base/deadline.h"
#include "net/hop.h"
#include "net/stream.h"
#include "net/wait.h"
#include "tlsdial.h"

/** One hop to take. A plain value; what it points to must live as long as the hops. */
struct hop_spec {
    const struct hop_kind *kind;
    struct hop_parameters parameters;
};

struct hops;

/** Both must live as long as the hops, and so must the stream. NULL when out of memory. */
struct hops *hops_new(const struct hop_spec *specs, size_t count, struct stream *stream,
                      struct deadline deadline);
/** Goes on as far as possible without waiting. STEP_DONE: the way is free, and nothing has come that is
 * not TLS's. On a failure the peer was told a polite end, where its protocol has one. */
enum step hops_step(struct hops *hops, struct tlsdial_error *error);
void hops_wants(const struct hops *hops, struct wait_set *set);
/** NULL is allowed. */
void hops_free(struct hops *hops);

#endif
