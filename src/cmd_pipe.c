/* cmd_pipe.c: `tlsdial pipe`: standard input and output, or a program, over a connection. */
#include <config.h>

#include <string.h>

#include "base/clock.h"
#include "pipe_ends.h"
#include "pipe_flow.h"
#include "tlsdial_program.h"

#define GRACE                                                                            \
    2000 /* milliseconds that a program has to end once the connection has failed */

static struct pipe_ends *open_ends(const struct options *options,
                                   struct tlsdial_error *error)
{
    char *const *program = options->pipe.program;
    int code = 0;
    struct pipe_ends *ends =
        program != NULL ? pipe_ends_program(program, &code) : pipe_ends_standard(&code);
    if (ends == NULL)
        tlsdial_error_set(error, TLSDIAL_INPUT, (unsigned long)code, "%s: %s",
                          program != NULL ? program[0] : "standard input",
                          strerror(code));
    return ends;
}

/* The program's own status counts where the connection was in order. */
static enum tlsdial_cause close_ends(const struct options *options,
                                     struct pipe_ends *ends, enum tlsdial_cause cause,
                                     int *status, struct tlsdial_error *error)
{
    struct deadline limit = options->deadline;
    if (cause != TLSDIAL_OK)
        limit = deadline_after(clock_now_us(), GRACE);
    enum os_result result = pipe_ends_close(ends, limit, status);
    if (cause == TLSDIAL_OK && result == OS_LATE)
        return tlsdial_error_set(error, TLSDIAL_DEADLINE_TRANSFER, 0,
                                 "%s did not end in time", options->pipe.program[0]);
    return cause;
}

/* A program is started only when the server is verified. */
static enum tlsdial_cause run(tlsdial_conn *conn, const struct options *options,
                              int *status, struct tlsdial_error *error)
{
    struct pipe_ends *ends = open_ends(options, error);
    if (ends == NULL)
        return error->cause;
    enum tlsdial_cause cause = pipe_flow_run(options, conn, ends, error);
    return close_ends(options, ends, cause, status, error);
}

static tlsdial_conn *dial(tlsdial_client *client, const struct options *options,
                          tlsdial_evidence *evidence, struct tlsdial_error *error)
{
    struct tlsdial_options dialled = dial_options(options, evidence);
    dialled.max_time = options_time_left(options);
    warn_insecure(options, NULL);
    tlsdial_conn *conn =
        tlsdial_dial(client, options->target.host, options->target.port, &dialled, error);
    if (error->cause == TLSDIAL_CA_STORE) /* the system's, which is read now */
        options_judge_file(error->cause, "the trusted certificates were", options, error);
    if (conn != NULL)
        warn_insecure(options, evidence);
    return conn;
}

enum tlsdial_cause cmd_pipe(tlsdial_client *client, const struct options *options,
                            int *status, struct tlsdial_error *error)
{
    tlsdial_conn *conn = NULL;
    if (options->pipe.program != NULL && !pipe_ends_can_run())
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "--exec is not available on this system");
    tlsdial_evidence *evidence = tlsdial_evidence_new();
    if (evidence == NULL)
        return tlsdial_error_set(error, TLSDIAL_INTERNAL, 0, "out of memory");
    if (options->verbose)
        verbose_begin(options, evidence);
    conn = dial(client, options, evidence, error);
    enum tlsdial_cause cause =
        conn != NULL ? run(conn, options, status, error) : error->cause;
    tlsdial_conn_free(conn);
    tlsdial_evidence_free(evidence);
    return cause;
}
