/*
 * pipe_flow.c: see pipe_flow.h.
 *
 * One loop: what can be moved without waiting is moved, then one wait for all that could come next.
 * Each direction has a buffer of its own and stops only when the other side of it does.
 */
#include <config.h>

#include "pipe_flow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "terminal_text.h"
#include "tlsdial_program.h"

#define ROOM 65536 /* octets of each direction: four TLS records */
#define PIECE 4096 /* octets that are made fit for a terminal at once */
#define GRACE                                                                            \
    2000 /* milliseconds that a program has to end once the connection has failed */

_Static_assert(TERMINAL_TEXT_ROOM(PIECE) <= ROOM, "a piece must fit when it is escaped");

/* Octets on their way. */
struct buffer {
    char *data; /* ROOM octets */
    size_t begin, end;
};

struct pipe_flow {
    const struct options *options;
    tlsdial_conn *conn;
    struct pipe_ends *ends;

    struct buffer out; /* from the input, for the connection */
    bool input_ready, input_ended;
    char last_input; /* octet; for --crlf */
    bool
        flushed; /* the connection has sent all that it has taken, close_notify included */

    struct buffer in; /* from the connection, for the output */
    bool peer_ended, reader_gone;
    bool shown; /* to somebody at a terminal, by way of the text */
    struct terminal_text text;

    int64_t moved_at; /* microseconds: the last time that anything moved */
};

static size_t held(const struct buffer *buffer)
{
    return buffer->end - buffer->begin;
}

static void drop(struct buffer *buffer, size_t length)
{
    buffer->begin += length;
    if (buffer->begin == buffer->end)
        buffer->begin = buffer->end = 0;
}

static enum options_at_end at_end(const struct pipe_flow *flow)
{
    return flow->options->pipe.at_end;
}

static const char *input_name(const struct pipe_flow *flow)
{
    char *const *program = flow->options->pipe.program;
    return program != NULL ? program[0] : "standard input";
}

static const char *output_name(const struct pipe_flow *flow)
{
    char *const *program = flow->options->pipe.program;
    return program != NULL ? program[0] : "standard output";
}

/* ---- from the input ---- */

/* A line feed that has no CR before it gets one. */
static void take_lines(struct pipe_flow *flow, const char *data, size_t length)
{
    struct buffer *out = &flow->out;
    for (size_t i = 0; i < length; i++) {
        if (data[i] == '\n' && flow->last_input != '\r')
            out->data[out->end++] = '\r';
        out->data[out->end++] = flow->last_input = data[i];
    }
}

/* With --crlf the data is read into the second half of the buffer: it is twice as long at most, and
 * never overtakes what is still to be looked at. */
static enum tlsdial_cause read_turn(struct pipe_flow *flow, struct tlsdial_error *error)
{
    bool lines = flow->options->pipe.crlf;
    char *data = flow->out.data + (lines ? ROOM / 2 : 0);
    size_t n = 0;
    int code = 0;
    if (!flow->input_ready || flow->input_ended || held(&flow->out) > 0)
        return TLSDIAL_OK;
    flow->input_ready = false;
    switch (pipe_ends_read(flow->ends, data, lines ? ROOM / 2 : ROOM, &n, &code)) {
    case PIPE_ENDS_DONE:
        break;
    case PIPE_ENDS_AGAIN:
        return TLSDIAL_OK;
    default:
        return tlsdial_error_set(error, TLSDIAL_INPUT, (unsigned long)code, "%s: %s",
                                 input_name(flow), strerror(code));
    }
    flow->moved_at = clock_now_us();
    flow->input_ended = n == 0;
    if (lines)
        take_lines(flow, data, n);
    else
        flow->out.end = n;
    return TLSDIAL_OK;
}

/* ---- the connection ---- */

/* Room for what the peer sends; 0 while the output must take something first. */
static size_t room_for_data(const struct pipe_flow *flow)
{
    if (flow->peer_ended)
        return 0;
    if (flow->shown)
        return held(&flow->in) == 0 ? PIECE : 0;
    return ROOM - flow->in.end;
}

/* close_notify is due once the input has ended and all of it is taken. */
static bool end_is_due(const struct pipe_flow *flow)
{
    return flow->input_ended && held(&flow->out) == 0 && at_end(flow) != OPTIONS_WAIT;
}

static void take_data(struct pipe_flow *flow, const char *data, size_t length, bool last)
{
    struct buffer *in = &flow->in;
    if (flow->shown)
        in->end += terminal_text(&flow->text, in->data + in->end, data, length, last);
    else
        in->end += length; /* it is there already */
}

/* The peer has ended its direction and taken no more of ours. */
static enum tlsdial_cause lost_input(const struct pipe_flow *flow,
                                     struct tlsdial_error *error)
{
    tlsdial_error_set(error, TLSDIAL_RESET, 0,
                      "the peer closed before all of the input was sent");
    tlsdial_error_prefix(error, "%s", tlsdial_conn_subject(flow->conn));
    return TLSDIAL_RESET;
}

/* Moves what goes, in both directions. */
static enum tlsdial_cause transfer_turn(struct pipe_flow *flow, bool *moved,
                                        struct tlsdial_error *error)
{
    char piece[PIECE];
    bool was_flushed = flow->flushed;
    struct tlsdial_transfer transfer = {
        .out = flow->out.data + flow->out.begin,
        .out_length = held(&flow->out),
        .in = flow->shown ? piece : flow->in.data + flow->in.end,
        .in_length = room_for_data(flow),
        .out_end = end_is_due(flow),
    };
    enum tlsdial_cause cause = tlsdial_transfer(flow->conn, &transfer, 0, error);
    drop(&flow->out, transfer.out_done);
    flow->flushed = transfer.out_flushed && (transfer.out_end || !end_is_due(flow));
    if (transfer.in_done > 0)
        take_data(flow, piece, transfer.in_done, false);
    if (transfer.in_end && !flow->peer_ended && flow->shown)
        take_data(flow, "", 0, true);
    bool progress = transfer.out_done > 0 || transfer.in_done > 0 ||
                    (transfer.in_end && !flow->peer_ended) ||
                    (flow->flushed && !was_flushed);
    *moved = *moved || progress;
    if (cause == TLSDIAL_OK && !progress && flow->peer_ended && !flow->flushed &&
        held(&flow->out) == 0)
        return lost_input(flow, error);
    flow->peer_ended = flow->peer_ended || transfer.in_end;
    return cause == TLSDIAL_AGAIN ? TLSDIAL_OK : cause;
}

/* ---- to the output ---- */

/* A program may do without what the peer sends, and ends when it likes; standard output that nobody
 * reads is an error. */
static enum tlsdial_cause write_failed(struct pipe_flow *flow, int code,
                                       struct tlsdial_error *error)
{
    if (flow->options->pipe.program != NULL && os_reader_has_gone(code)) {
        flow->reader_gone = true;
        drop(&flow->in, held(&flow->in));
        return TLSDIAL_OK;
    }
    return tlsdial_error_set(error, TLSDIAL_OUTPUT, (unsigned long)code, "%s: %s",
                             output_name(flow), strerror(code));
}

static enum tlsdial_cause write_turn(struct pipe_flow *flow, bool *moved,
                                     struct tlsdial_error *error)
{
    if (flow->reader_gone)
        drop(&flow->in, held(&flow->in));
    while (held(&flow->in) > 0) {
        size_t n = 0;
        int code = 0;
        switch (pipe_ends_write(flow->ends, flow->in.data + flow->in.begin,
                                held(&flow->in), &n, &code)) {
        case PIPE_ENDS_DONE:
            drop(&flow->in, n);
            *moved = true;
            break;
        case PIPE_ENDS_AGAIN:
            return TLSDIAL_OK;
        default:
            return write_failed(flow, code, error);
        }
    }
    return TLSDIAL_OK;
}

/* ---- waiting, and its limits ---- */

/* It is the peer's turn: it is to take data, or nothing else can come than what it sends. */
static bool peer_is_awaited(const struct pipe_flow *flow)
{
    return held(&flow->out) > 0 || !flow->flushed ||
           (flow->input_ended && held(&flow->in) == 0);
}

/* Silence is normal while the input is open, unless --idle-timeout was given. */
static struct deadline idle_deadline(const struct pipe_flow *flow)
{
    return flow->options->idle_given || peer_is_awaited(flow)
               ? deadline_after(flow->moved_at, flow->options->idle_timeout)
               : deadline_never();
}

static enum tlsdial_cause too_late(const struct pipe_flow *flow,
                                   struct tlsdial_error *error)
{
    bool idle = deadline_passed(idle_deadline(flow));
    const char *limit = idle ? "within the idle limit" : "in time";
    if (held(&flow->in) > 0)
        return tlsdial_error_set(error, TLSDIAL_DEADLINE_TRANSFER, 0,
                                 "%s did not take the data %s", output_name(flow), limit);
    tlsdial_error_set(error, TLSDIAL_DEADLINE_TRANSFER, 0, "%s %s",
                      held(&flow->out) > 0 || !flow->flushed
                          ? "the peer did not take the data"
                      : idle ? "nothing was sent or received"
                             : "the connection did not end",
                      limit);
    tlsdial_error_prefix(error, "%s", tlsdial_conn_subject(flow->conn));
    return TLSDIAL_DEADLINE_TRANSFER;
}

/* What the connection wants counts only where there is something to do with it: with the room of
 * both directions used up, its descriptor may be ready for ever. */
static enum tlsdial_cause wait_turn(struct pipe_flow *flow, bool moved,
                                    struct tlsdial_error *error)
{
    struct tlsdial_want wants[PIPE_ENDS_WANTS];
    struct deadline limit =
        deadline_earlier(idle_deadline(flow), flow->options->deadline);
    int timeout, code;
    struct pipe_ends_wait wait = {
        .read = !flow->input_ended && held(&flow->out) == 0,
        .write = held(&flow->in) > 0,
        .gone = flow->input_ended && !flow->reader_gone,
        .wants = wants,
    };
    if (room_for_data(flow) > 0 || held(&flow->out) > 0 || !flow->flushed)
        wait.count = tlsdial_conn_wants(flow->conn, wants, PIPE_ENDS_WANTS, &timeout);
    if (moved) {
        flow->moved_at = clock_now_us();
        limit.at = flow->moved_at;
    }
    enum os_result result = pipe_ends_wait(flow->ends, &wait, limit, &code);
    flow->input_ready = wait.ready;
    flow->reader_gone = flow->reader_gone || wait.reader_gone;
    if (result == OS_FAILED)
        return tlsdial_error_set(error, TLSDIAL_INTERNAL, (unsigned long)code, "%s",
                                 strerror(code));
    /* Also where nothing had to be waited for: a peer that never stops must not outstay it. */
    return deadline_passed(flow->options->deadline) || (result == OS_LATE && !moved)
               ? too_late(flow, error)
               : TLSDIAL_OK;
}

/* ---- the run ---- */

static bool is_over(const struct pipe_flow *flow)
{
    bool all_sent = flow->input_ended && held(&flow->out) == 0 && flow->flushed;
    if (held(&flow->in) > 0)
        return false;
    if (flow->peer_ended)
        return at_end(flow) != OPTIONS_HALF_CLOSE || all_sent;
    return all_sent && (at_end(flow) == OPTIONS_CLOSE || flow->reader_gone);
}

static enum tlsdial_cause converse(struct pipe_flow *flow, struct tlsdial_error *error)
{
    enum tlsdial_cause cause = TLSDIAL_OK;
    flow->moved_at = clock_now_us();
    for (;;) {
        bool moved = false;
        cause = transfer_turn(flow, &moved, error);
        if (cause == TLSDIAL_OK)
            cause = write_turn(flow, &moved, error);
        if (cause != TLSDIAL_OK || is_over(flow))
            return cause;
        cause = wait_turn(flow, moved, error);
        if (cause == TLSDIAL_OK)
            cause = read_turn(flow, error);
        if (cause != TLSDIAL_OK)
            return cause;
    }
}

/* What came before a failure is written all the same, as long as the limits allow. */
static void write_rest(struct pipe_flow *flow)
{
    struct tlsdial_error ignored = {0};
    struct pipe_ends_wait wait = {.write = true};
    bool moved = false;
    int code;
    if (flow->shown && !flow->peer_ended)
        take_data(flow, "", 0, true);
    flow->moved_at = clock_now_us();
    while (write_turn(flow, &moved, &ignored) == TLSDIAL_OK && held(&flow->in) > 0) {
        struct deadline limit =
            deadline_earlier(deadline_after(flow->moved_at, flow->options->idle_timeout),
                             flow->options->deadline);
        if (pipe_ends_wait(flow->ends, &wait, limit, &code) != OS_DONE)
            return;
        if (moved)
            flow->moved_at = clock_now_us();
        moved = false;
    }
}

/* The end that both sides agree on. Standard output that has lost its reader while the peer was
 * waited for is an error: what would have come is lost. */
static enum tlsdial_cause finish(struct pipe_flow *flow, struct tlsdial_error *error)
{
    if (flow->peer_ended && held(&flow->out) > 0 && flow->options->verbose)
        verbose_line("the peer closed before all of the input was sent");
    if (flow->reader_gone && !flow->peer_ended && flow->options->pipe.program == NULL &&
        at_end(flow) != OPTIONS_CLOSE)
        return write_failed(flow, EPIPE, error);
    return tlsdial_close(flow->conn, error);
}

enum tlsdial_cause pipe_flow_run(const struct options *options, tlsdial_conn *conn,
                                 struct pipe_ends *ends, struct tlsdial_error *error)
{
    struct pipe_flow flow = {.options = options,
                             .conn = conn,
                             .ends = ends,
                             .flushed = true,
                             .out = {.data = malloc(ROOM)},
                             .in = {.data = malloc(ROOM)}};
    enum tlsdial_cause cause;
    flow.shown = options->pipe.program == NULL && !options->raw &&
                 os_is_terminal(OS_STANDARD_OUTPUT);
    if (flow.out.data == NULL || flow.in.data == NULL)
        cause = tlsdial_error_set(error, TLSDIAL_INTERNAL, 0, "out of memory");
    else
        cause = converse(&flow, error);
    if (cause == TLSDIAL_OK)
        cause = finish(&flow, error);
    else if (cause != TLSDIAL_OUTPUT && flow.in.data != NULL)
        write_rest(&flow);
    free(flow.out.data);
    free(flow.in.data);
    return cause;
}
