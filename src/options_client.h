/* options_client.h: see options_client.c. */
#ifndef TLSDIAL_OPTIONS_CLIENT_H
#define TLSDIAL_OPTIONS_CLIENT_H

#include "options.h"

/** Gives the client what an option says. */
enum tlsdial_cause options_apply_to_client(int code, const char *argument,
                                           tlsdial_client *client,
                                           struct options *options,
                                           struct tlsdial_error *error);

#endif
