/*
 * transfer.c: data over a connection, both ways at once.
 *
 * A call of OpenSSL that could not send a whole record must be made again with the same data.  So
 * what was begun is kept here until it is gone: the caller's data is taken once, never asked for
 * again, and cannot be mixed with what follows.
 */
#include <config.h>

#include <limits.h>
#include <openssl/err.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "net/cancel.h"
#include "net/wait.h"
#include "tls/conn.h"
#include "tls/diagnose.h"

#define RECORDS_A_TURN                                                                   \
    16 /* then reading has its turn, however fast the peer takes them */

/* ---- failures ---- */

static enum tlsdial_cause with_subject(const tlsdial_conn *conn, enum tlsdial_cause cause,
                                       struct tlsdial_error *error)
{
    tlsdial_error_prefix(error, "%s", conn->subject);
    return cause;
}

/* A failure that ends the connection: reported once here, with its subject. */
static enum tlsdial_cause transfer_failed(tlsdial_conn *conn, enum conn_outcome outcome,
                                          struct ending ending,
                                          struct tlsdial_error *error)
{
    enum tlsdial_cause cause = diagnose_transfer(conn, outcome, ending, error);
    conn->state = CONN_BROKEN;
    conn_note_traffic(conn);
    if (outcome != CONN_LATE)
        evidence_end(conn->evidence, cause);
    return with_subject(conn, cause, error);
}

/* What the caller may not do, NULL for none. */
static const char *misuse_of(const tlsdial_conn *conn,
                             const struct tlsdial_transfer *transfer, int64_t wait_ms)
{
    if (conn == NULL || transfer == NULL)
        return conn == NULL ? "the connection is NULL" : "the transfer is NULL";
    if ((transfer->out == NULL && transfer->out_length > 0) ||
        (transfer->in == NULL && transfer->in_length > 0))
        return "the data is NULL";
    if (wait_ms < TLSDIAL_NO_LIMIT)
        return "a negative limit";
    if (conn->state == CONN_BROKEN)
        return "the connection failed before";
    if (conn->state == CONN_CLOSED)
        return "the connection was closed before";
    if (conn->end_wanted && transfer->out_length > 0)
        return "data after the end that was announced";
    return NULL;
}

/* ---- reading ---- */

/* Whether OpenSSL may hold a record. It also holds the beginning of one, which SSL_has_pending(3) counts
 * too, but of which nothing comes before the rest. */
static bool holds_record(const tlsdial_conn *conn)
{
    return SSL_has_pending(conn->ssl) == 1 && !conn->starved;
}

/* A read that finds nothing costs more: OpenSSL gets a buffer for it. */
static bool has_arrived(const tlsdial_conn *conn)
{
    const struct deadline at_once = {.at = 0};
    struct sock_wait wait = {.fd = stream_fd(conn->stream), .want_read = true};
    int code;
    return holds_record(conn) || sock_wait(&wait, 1, at_once, &code) == SOCK_DONE;
}

/* One SSL_read_ex(), at most one record. */
static enum conn_outcome read_some(tlsdial_conn *conn, struct tlsdial_transfer *transfer)
{
    ERR_clear_error();
    stream_reopen(conn->stream);
    conn->starved = false;
    enum conn_outcome outcome =
        conn_outcome(conn, SSL_read_ex(conn->ssl, transfer->in, transfer->in_length,
                                       &transfer->in_done));
    if (outcome == CONN_DONE)
        evidence_first_byte(conn->evidence);
    if (outcome == CONN_PEER_CLOSED) {
        conn->peer_closed = true;
        transfer->in_end = true;
        evidence_end(conn->evidence, TLSDIAL_OK);
    }
    return outcome;
}

/* A write that fails because the peer has gone leaves the peer's last words unread: a response,
 * or the alert that says why. They explain more than the reset does; the end of the stream, which
 * recv() reports after the reset, does not, nor does an OpenSSL (4.0) that reads no more after such
 * a write. */
static enum tlsdial_cause read_last_words(tlsdial_conn *conn,
                                          struct tlsdial_transfer *transfer,
                                          struct tlsdial_error *error)
{
    enum conn_outcome outcome;
    bool ended_before = conn->peer_closed;
    if (transfer->in_length > 0 && !ended_before) {
        outcome = read_some(conn, transfer);
    } else {
        char byte;
        size_t n;
        ERR_clear_error();
        stream_reopen(conn->stream);
        outcome = conn_outcome(conn, SSL_peek_ex(conn->ssl, &byte, 1, &n));
    }
    if (transfer->in_done > 0 || (transfer->in_end && !ended_before))
        return TLSDIAL_OK;
    if (ended_before && conn->end_wanted && transfer->out_length == 0) {
        /* The peer wanted no more, and neither does the caller: our end need not arrive. */
        conn->write_failed = false;
        conn->end_sent = true;
        return TLSDIAL_OK;
    }
    struct ending ending = conn_ending(conn);
    if (outcome != CONN_FAILED || ending.end != STREAM_OPEN || ERR_peek_error() == 0)
        ending = conn->write_ending;
    return transfer_failed(conn, CONN_FAILED, ending, error);
}

/* ---- writing ---- */

/* Keeps what OpenSSL has begun a record of. False when out of memory. */
static bool keep_record(tlsdial_conn *conn, const unsigned char *data, size_t length)
{
    if (conn->record == NULL)
        conn->record = OPENSSL_malloc(TLS_RECORD_SIZE);
    if (conn->record == NULL)
        return false;
    memcpy(conn->record, data, length);
    conn->record_length = length;
    return true;
}

/* Sends on what was taken before. */
static enum conn_outcome flush_record(tlsdial_conn *conn)
{
    while (conn->record_length > 0) {
        size_t n = 0;
        ERR_clear_error();
        stream_reopen(conn->stream);
        enum conn_outcome outcome = conn_outcome(
            conn, SSL_write_ex(conn->ssl, conn->record, conn->record_length, &n));
        if (outcome != CONN_DONE)
            return outcome;
        conn->record_length -= n;
        memmove(conn->record, conn->record + n, conn->record_length);
    }
    return CONN_DONE;
}

/* Takes and sends some records of the caller's data. */
static enum conn_outcome write_some(tlsdial_conn *conn, struct tlsdial_transfer *transfer)
{
    const unsigned char *data = transfer->out;
    enum conn_outcome outcome = flush_record(conn);
    for (int i = 0; outcome == CONN_DONE && i < RECORDS_A_TURN &&
                    transfer->out_done < transfer->out_length;
         i++) {
        size_t left = transfer->out_length - transfer->out_done, n = 0;
        size_t length = left < TLS_RECORD_SIZE ? left : TLS_RECORD_SIZE;
        ERR_clear_error();
        stream_reopen(conn->stream);
        outcome = conn_outcome(
            conn, SSL_write_ex(conn->ssl, data + transfer->out_done, length, &n));
        if (outcome == CONN_AGAIN) {
            if (!keep_record(conn, data + transfer->out_done, length))
                return CONN_FAILED;
            n = length;
        }
        transfer->out_done += n;
    }
    return outcome;
}

/* close_notify, once all that was taken is gone. */
static enum conn_outcome send_end(tlsdial_conn *conn)
{
    ERR_clear_error();
    stream_reopen(conn->stream);
    /* 0: ours is sent and the peer's has not come, which is not waited for. */
    int result = SSL_shutdown(conn->ssl);
    enum conn_outcome outcome = result >= 0 ? CONN_DONE : conn_outcome(conn, result);
    if ((outcome == CONN_FAILED || outcome == CONN_PEER_CLOSED) && conn->peer_closed)
        outcome = CONN_DONE; /* the peer may be gone, and nothing is lost */
    if (outcome == CONN_DONE) {
        conn->end_sent = true;
        evidence_step(conn->evidence, TLSDIAL_STEP_CLOSED);
    }
    return outcome;
}

static bool is_flushed(const tlsdial_conn *conn)
{
    return conn->record_length == 0 && !conn->write_failed &&
           (!conn->end_wanted || conn->end_sent);
}

/* ---- a turn: as much as is possible without waiting ---- */

/* *moved says whether anything came of it. */
static enum tlsdial_cause write_turn(tlsdial_conn *conn,
                                     struct tlsdial_transfer *transfer, bool *moved,
                                     struct tlsdial_error *error)
{
    bool begun = conn->record_length > 0;
    enum conn_outcome outcome = write_some(conn, transfer);
    *moved = *moved || transfer->out_done > 0 || (begun && conn->record_length == 0);
    if (outcome == CONN_DONE && transfer->out_done == transfer->out_length &&
        conn->end_wanted && !conn->end_sent) {
        outcome = send_end(conn);
        *moved = *moved || conn->end_sent;
    }
    if (outcome != CONN_FAILED && outcome != CONN_PEER_CLOSED)
        return TLSDIAL_OK;
    conn->write_ending = conn_ending(conn);
    if (conn->write_ending.end == STREAM_OPEN)
        return transfer_failed(conn, outcome, conn->write_ending, error);
    conn->write_failed = true;
    conn->record_length = 0;
    return TLSDIAL_OK;
}

static enum tlsdial_cause turn(tlsdial_conn *conn, struct tlsdial_transfer *transfer,
                               bool *moved, struct tlsdial_error *error)
{
    bool writes = transfer->out_done < transfer->out_length || !is_flushed(conn);
    bool reads = transfer->in_length > 0 && !conn->peer_closed;
    bool wants_write = false;
    conn->wants_read = conn->wants_write = false;
    /* First, where there is something: a write that fails may lose it (OpenSSL 4.0). */
    if (reads && !conn->write_failed && (!writes || has_arrived(conn))) {
        enum conn_outcome outcome = read_some(conn, transfer);
        if (outcome == CONN_FAILED)
            return transfer_failed(conn, outcome, conn_ending(conn), error);
        wants_write = conn->wants_write;
        *moved = transfer->in_done > 0 || transfer->in_end;
    }
    if (writes && !conn->write_failed) {
        enum tlsdial_cause cause = write_turn(conn, transfer, moved, error);
        if (cause != TLSDIAL_OK)
            return cause;
        /* What was left for the next turn, with room in the socket, is waited for as well. */
        wants_write = wants_write || conn->wants_write ||
                      (!conn->wants_read && transfer->out_done < transfer->out_length);
    }
    if (conn->write_failed && !*moved) {
        *moved = true;
        return read_last_words(conn, transfer, error);
    }
    conn->wants_read = (reads && !conn->peer_closed) || conn->wants_read;
    conn->wants_write = wants_write;
    return TLSDIAL_OK;
}

/* ---- waiting ---- */

static void add_wants(const tlsdial_conn *conn, struct wait_set *set)
{
    if (conn->wants_read || conn->wants_write)
        wait_set_add(set, stream_fd(conn->stream), conn->wants_read, conn->wants_write);
    cancel_wants(conn->cancel, set);
    wait_set_until(set, conn->total);
}

/* Waits for what the last turn wants. CONN_AGAIN: the caller's own limit has passed. */
static enum conn_outcome wait_turn(tlsdial_conn *conn, struct deadline limit,
                                   bool is_callers)
{
    int code;
    wait_set_begin(&conn->waits);
    add_wants(conn, &conn->waits);
    wait_set_until(&conn->waits, limit);
    enum sock_result result = wait_for(&conn->waits, &code);
    if (result == SOCK_FAILED)
        return CONN_FAILED;
    if (result == SOCK_DONE)
        return CONN_DONE;
    return is_callers && !deadline_passed(conn->total) ? CONN_AGAIN : CONN_LATE;
}

static enum tlsdial_cause cancelled(tlsdial_conn *conn, struct tlsdial_error *error)
{
    conn->state = CONN_BROKEN;
    conn_note_traffic(conn);
    return with_subject(conn, cancel_failure(error), error);
}

/* Turns until something has moved. */
static enum tlsdial_cause transfer_until(tlsdial_conn *conn,
                                         struct tlsdial_transfer *transfer,
                                         struct deadline limit, bool is_callers,
                                         struct tlsdial_error *error)
{
    const struct ending open = {.end = STREAM_OPEN};
    for (;;) {
        bool moved = false;
        if (cancel_requested(conn->cancel))
            return cancelled(conn, error);
        /* Also when nothing has to be waited for: a peer that never stops must not outstay it. */
        if (deadline_passed(conn->total))
            return transfer_failed(conn, CONN_LATE, open, error);
        enum tlsdial_cause cause = turn(conn, transfer, &moved, error);
        if (cause != TLSDIAL_OK || moved)
            return cause;
        if (is_callers && deadline_passed(limit))
            return TLSDIAL_AGAIN;
        switch (wait_turn(conn, limit, is_callers)) {
        case CONN_DONE:
            break;
        case CONN_AGAIN:
            return TLSDIAL_AGAIN;
        case CONN_LATE:
            return transfer_failed(conn, CONN_LATE, open, error);
        default:
            return with_subject(conn, error_out_of_memory(error), error);
        }
    }
}

enum tlsdial_cause tlsdial_transfer(tlsdial_conn *conn, struct tlsdial_transfer *transfer,
                                    int64_t wait_ms, struct tlsdial_error *error)
{
    const char *fault = misuse_of(conn, transfer, wait_ms);
    bool is_callers = wait_ms >= 0;
    int64_t now = clock_now_us();
    enum tlsdial_cause cause = TLSDIAL_OK;
    if (transfer != NULL)
        transfer->out_done = transfer->in_done = 0;
    if (fault != NULL)
        return conn_misuse(conn, fault, error);
    struct deadline limit =
        deadline_after(now, is_callers ? wait_ms : conn->idle_timeout);
    if (wait_ms == 0)
        limit.at = now; /* where 0 would be no limit */
    transfer->in_end = conn->peer_closed;
    transfer->out_flushed = false;
    conn->end_wanted = conn->end_wanted || transfer->out_end;
    bool nothing_left = transfer->out_length == 0 && is_flushed(conn) &&
                        (transfer->in_length == 0 || conn->peer_closed);
    conn->wants_read = conn->wants_write = false;
    if (!nothing_left)
        cause = transfer_until(conn, transfer, limit, is_callers, error);
    transfer->out_flushed =
        transfer->out_done == transfer->out_length && is_flushed(conn);
    conn_note_traffic(conn);
    return cause;
}

size_t tlsdial_conn_wants(const tlsdial_conn *conn, struct tlsdial_want *wants,
                          size_t room, int *timeout_ms)
{
    struct wait_set set = {0};
    wait_set_begin(&set);
    if (conn != NULL)
        add_wants(conn, &set);
    size_t count = wait_set_export(&set, wants, room, timeout_ms);
    wait_set_clear(&set);
    if (conn != NULL && timeout_ms != NULL && conn->wants_read && holds_record(conn))
        *timeout_ms = 0;
    return count;
}

/* ---- what is made of it ---- */

enum tlsdial_cause tlsdial_read(tlsdial_conn *conn, void *buffer, size_t length,
                                size_t *received, struct tlsdial_error *error)
{
    struct tlsdial_transfer transfer = {.in = buffer, .in_length = length};
    enum tlsdial_cause cause = TLSDIAL_OK;
    if (received != NULL)
        *received = 0;
    if (received == NULL || length == 0)
        return conn_misuse(
            conn, received == NULL ? "the count is NULL" : "a read of no bytes", error);
    if (conn != NULL && conn->state == CONN_USABLE && conn->peer_closed)
        return TLSDIAL_OK; /* the end, whatever has become of what we sent */
    do /* sending what is left of an earlier call is progress, but not for the reader */
        cause = tlsdial_transfer(conn, &transfer, TLSDIAL_NO_LIMIT, error);
    while (cause == TLSDIAL_OK && transfer.in_done == 0 && !transfer.in_end);
    *received = transfer.in_done;
    return cause;
}

enum tlsdial_cause tlsdial_exchange(tlsdial_conn *conn, const void *data, size_t length,
                                    size_t *sent, tlsdial_sink *sink, void *argument,
                                    struct tlsdial_error *error)
{
    unsigned char received[TLS_RECORD_SIZE];
    size_t done = 0;
    struct tlsdial_transfer transfer = {.in = received};
    if (sent != NULL)
        *sent = 0;
    if (conn == NULL || (data == NULL && length > 0))
        return conn_misuse(conn, "the connection or the data is NULL", error);
    const char *what = misuse_of(conn, &transfer, TLSDIAL_NO_LIMIT);
    enum tlsdial_cause cause = what != NULL ? conn_misuse(conn, what, error) : TLSDIAL_OK;
    transfer.out_flushed = length == 0 && is_flushed(conn);
    /* Also from the beginning: what is sent to a peer that has ended is lost. */
    while (cause == TLSDIAL_OK && !transfer.out_flushed &&
           !(sink != NULL && conn->peer_closed)) {
        transfer.in_length = sink != NULL ? sizeof received : 0;
        transfer.out = data != NULL ? (const unsigned char *)data + done : NULL;
        transfer.out_length = length - done;
        cause = tlsdial_transfer(conn, &transfer, TLSDIAL_NO_LIMIT, error);
        done += transfer.out_done;
        if (cause == TLSDIAL_OK && transfer.in_done > 0)
            cause = sink(argument, received, transfer.in_done, error);
        if (cause != TLSDIAL_OK && transfer.in_done > 0)
            conn->state = CONN_BROKEN; /* what the sink did not take is lost */
    }
    if (sent != NULL)
        *sent = done;
    return cause;
}

enum tlsdial_cause tlsdial_write(tlsdial_conn *conn, const void *data, size_t length,
                                 size_t *sent, struct tlsdial_error *error)
{
    return tlsdial_exchange(conn, data, length, sent, NULL, NULL, error);
}

enum tlsdial_cause tlsdial_half_close(tlsdial_conn *conn, struct tlsdial_error *error)
{
    struct tlsdial_transfer transfer = {.out_end = true};
    enum tlsdial_cause cause;
    do
        cause = tlsdial_transfer(conn, &transfer, TLSDIAL_NO_LIMIT, error);
    while (cause == TLSDIAL_OK && !transfer.out_flushed);
    return cause;
}

enum tlsdial_cause tlsdial_close(tlsdial_conn *conn, struct tlsdial_error *error)
{
    if (conn == NULL)
        return conn_misuse(conn, "the connection is NULL", error);
    enum tlsdial_cause cause =
        conn->state == CONN_CLOSED ? TLSDIAL_OK : tlsdial_half_close(conn, error);
    if (conn->state == CONN_USABLE)
        conn->state = CONN_CLOSED;
    return cause;
}
