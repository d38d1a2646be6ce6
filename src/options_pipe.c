/* options_pipe.c: see options_pipe.h. */
#include <config.h>

#include "options_pipe.h"

#include <string.h>

#include "options_table.h"

#define EXEC "--exec"

enum tlsdial_cause options_pipe_split(struct options_pipe *pipe, int *argc, char **argv,
                                      struct tlsdial_error *error)
{
    int i = 1;
    while (i < *argc && strcmp(argv[i], "--") != 0 && strcmp(argv[i], EXEC) != 0)
        i++;
    if (i >= *argc || strcmp(argv[i], EXEC) != 0)
        return TLSDIAL_OK;
    if (i + 1 == *argc || *argv[i + 1] == '\0')
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "option '" EXEC "' needs a program");
    pipe->program = argv + i + 1;
    *argc = i;
    return TLSDIAL_OK;
}

static enum tlsdial_cause set_at_end(struct options_pipe *pipe, enum options_at_end what,
                                     struct tlsdial_error *error)
{
    if (pipe->at_end != OPTIONS_WAIT && pipe->at_end != what)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "--half-close or --close-on-eof, not both");
    pipe->at_end = what;
    return TLSDIAL_OK;
}

enum tlsdial_cause options_pipe_apply(struct options_pipe *pipe, int code, bool *applied,
                                      struct tlsdial_error *error)
{
    *applied = true;
    switch (code) {
    case OPTION_CRLF:
        pipe->crlf = true;
        return TLSDIAL_OK;
    case OPTION_HALF_CLOSE:
        return set_at_end(pipe, OPTIONS_HALF_CLOSE, error);
    case OPTION_CLOSE_ON_EOF:
        return set_at_end(pipe, OPTIONS_CLOSE, error);
    case OPTION_EXEC: /* options_pipe_split() has left it here */
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "'" EXEC
                                 "' must be written in full, its program after a "
                                 "space");
    default:
        *applied = false;
        return TLSDIAL_OK;
    }
}
