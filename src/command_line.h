/* command_line.h: from argv to options and a client. */
#ifndef TLSDIAL_COMMAND_LINE_H
#define TLSDIAL_COMMAND_LINE_H

#include "options.h"

/** Fills *options and sets up a new client, which *client (NULL before) then points to, also
 * on failure as far as it came. The client's errors keep their own causes. The options that the
 * client reads files for are applied when all are known, under a watch (os.h) that begins in
 * *watch where there is a deadline and is the caller's to end. */
enum tlsdial_cause options_parse(int argc, char **argv, tlsdial_client **client,
                                 struct options *options, struct os_watch *watch,
                                 struct tlsdial_error *error);

#endif
