/*
 * fuzz_hop: whatever a peer sends before TLS, in whatever pieces.
 *
 * For libFuzzer; "make fuzz" builds and runs it.  The first octet picks the hop, the second how it is
 * fed, the others are what the peer sends.
 */
#include <config.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/hop.h"

#define OUTPUT_MAX 1024 /* of any hop with these parameters */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct outcome {
    enum hop_status status;
    enum hop_fault fault;
    enum tlsdial_cause cause;
    int code;
};

/* How it is fed: octets a piece; whether our output goes out between the pieces. */
struct feed {
    size_t piece;
    bool sends, followed, password;
};

static void require(bool condition)
{
    if (!condition)
        abort();
}

static struct hop *begin(const struct hop_kind *kind, struct feed feed)
{
    const char *why = NULL;
    struct hop_parameters parameters = {.host = "192.0.2.1",
                                        .port = "443",
                                        .name = "a.example",
                                        .another_follows = feed.followed};
    if (feed.password)
        parameters.user = parameters.password = "secret";
    struct hop *hop = hop_new(kind, &parameters, &why);
    require(hop != NULL);
    return hop;
}

static void send_all(struct hop *hop, size_t *sent)
{
    const void *output;
    size_t length;
    hop_output(hop, &output, &length);
    hop_sent(hop, length);
    *sent += length;
    require(*sent <= OUTPUT_MAX);
}

/* All that must be true of a hop at any time. */
static void check(const struct hop *hop, size_t given)
{
    const struct hop_failure *failure = hop_failure(hop);
    const void *bytes;
    size_t length;
    require((failure != NULL) == (hop_status(hop) == HOP_FAILED));
    require(hop_status(hop) != HOP_MORE || given <= HOP_TOTAL_MAX);
    require(hop_status(hop) != HOP_MORE || hop_waiting_for(hop)[0] != '\0');
    if (failure != NULL) {
        require(failure->fault != HOP_NO_FAULT && failure->cause != TLSDIAL_OK);
        require(failure->words_length <= HOP_WORDS_MAX && failure->step != NULL);
    }
    hop_rest(hop, &bytes, &length);
    require(length <= given);
    if (hop_farewell(hop, &bytes, &length))
        require(failure != NULL && length > 0);
}

/* A hop that is done takes nothing more. */
static void check_end(struct hop *hop, const struct hop_kind *kind, bool followed)
{
    const void *rest;
    size_t before, after;
    if (hop_status(hop) == HOP_DONE) {
        hop_rest(hop, &rest, &before);
        require(before == 0 || (followed && kind->type != HOP_STARTTLS));
        hop_receive(hop, "X", 1);
        hop_rest(hop, &rest, &after);
        if (followed && kind->type != HOP_STARTTLS)
            require(after == before + 1 || hop_failure(hop)->fault == HOP_OVER_LIMIT);
        else
            require(hop_failure(hop) != NULL && hop_failure(hop)->fault == HOP_INJECTION);
    } else {
        require(hop_end(hop) == HOP_FAILED);
    }
}

static struct outcome feed_all(const struct hop_kind *kind, struct feed feed,
                               const uint8_t *data, size_t size)
{
    struct outcome outcome = {0};
    struct hop *hop = begin(kind, feed);
    size_t sent = 0;
    for (size_t at = 0; at < size; at += feed.piece) {
        if (feed.sends)
            send_all(hop, &sent);
        hop_receive(hop, data + at, size - at < feed.piece ? size - at : feed.piece);
        check(hop, size);
    }
    outcome.status = hop_status(hop);
    if (hop_failure(hop) != NULL) {
        outcome.fault = hop_failure(hop)->fault;
        outcome.cause = hop_failure(hop)->cause;
        outcome.code = hop_failure(hop)->code;
    }
    check_end(hop, kind, feed.followed);
    hop_free(hop);
    return outcome;
}

static bool has_last_word(const struct hop_kind *kind)
{
    return kind->type == HOP_HEADER || strcmp(kind->name, "mysql") == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t kinds = 0;
    while (hop_kind_at(kinds) != NULL)
        kinds++;
    if (size < 2)
        return 0;
    const struct hop_kind *kind = hop_kind_at(data[0] % kinds);
    struct feed feed = {1 + data[1] % 16, true, (data[1] & 0x40) != 0,
                        (data[1] & 0x80) != 0};
    feed_all(kind, feed, data + 2, size - 2);
    feed.piece = 1;
    feed_all(kind, feed, data + 2, size - 2);

    /* The cuts make no difference, and nobody agrees to what has not been said. */
    feed.sends = false;
    struct outcome one = feed_all(kind, feed, data + 2, size - 2);
    feed.piece = size;
    struct outcome other = feed_all(kind, feed, data + 2, size - 2);
    require(one.status == other.status && one.fault == other.fault &&
            one.cause == other.cause && one.code == other.code);
    require(one.status != HOP_DONE || has_last_word(kind));
    return 0;
}
