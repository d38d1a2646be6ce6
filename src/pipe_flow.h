/* pipe_flow.h: both directions of a connection at once, in one thread. */
#ifndef TLSDIAL_PIPE_FLOW_H
#define TLSDIAL_PIPE_FLOW_H

#include "options.h"
#include "pipe_ends.h"

/** Moves what the ends give to the connection and what the connection gives to the ends until both
 * sides agree that it is over, or something fails or is late. What came before a failure is still
 * written. The connection can then only be freed. */
enum tlsdial_cause pipe_flow_run(const struct options *options, tlsdial_conn *conn,
                                 struct pipe_ends *ends, struct tlsdial_error *error);

#endif
