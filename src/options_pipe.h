/* options_pipe.h: the options of `tlsdial pipe`. */
#ifndef TLSDIAL_OPTIONS_PIPE_H
#define TLSDIAL_OPTIONS_PIPE_H

#include <stdbool.h>

#include "tlsdial.h"

/** What is done at the end of the input. */
enum options_at_end {
    OPTIONS_WAIT,       /**< nothing: the peer ends the connection */
    OPTIONS_HALF_CLOSE, /**< close_notify, and reading goes on until the peer's */
    OPTIONS_CLOSE       /**< close_notify, and the end */
};

struct options_pipe {
    bool crlf; /**< a line feed of the input is sent as CR LF */
    enum options_at_end at_end;
    char *const
        *program; /**< its name and arguments, ended by NULL; NULL: none. argv's */
};

/** Finds --exec, written in full: what follows is the program's and no option of ours, whatever it
 * looks like. Shortens *argc by it. */
enum tlsdial_cause options_pipe_split(struct options_pipe *pipe, int *argc, char **argv,
                                      struct tlsdial_error *error);
/** Takes one option; *applied is false where it is none of these. */
enum tlsdial_cause options_pipe_apply(struct options_pipe *pipe, int code, bool *applied,
                                      struct tlsdial_error *error);

#endif
