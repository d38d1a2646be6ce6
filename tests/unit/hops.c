/* hops.c: what must be true of every hop, over good dialogues of all kinds. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hop_dialogue.h"

/* One octet of the peer's is another. */
struct change {
    size_t at;
    unsigned char value;
};

static bool is_peer(const struct turn *turn)
{
    return turn->who == 'S' || turn->who == 'I' || turn->who == 'F';
}

static size_t peer_octets(const struct dialogue *dialogue)
{
    size_t length = 0;
    for (const struct turn *turn = dialogue->turns; turn->who != '\0'; turn++)
        length += is_peer(turn) ? turn->length : 0;
    return length;
}

/* Plays up to so many octets of the peer's. Ends early where the hop does not say what comes next in
 * the dialogue: a real peer would not go on as written. With `deaf` nothing of the output is
 * sent. */
struct play {
    size_t cut, limit;
    const struct change *change;
    bool deaf;
};

static struct hop *play(const struct dialogue *dialogue, struct play how)
{
    struct hop *hop = new_hop(dialogue->kind, dialogue->parameters);
    static char together[HOP_TOTAL_MAX];
    size_t given = 0;
    for (const struct turn *turn = dialogue->turns; turn->who != '\0';) {
        size_t length = 0, start = given;
        if (turn->who == 'C') {
            if (!how.deaf && !says(hop, turn->data, turn->length))
                break;
            turn++;
            continue;
        }
        if (given == how.limit)
            break;
        for (; is_peer(turn); turn++) {
            memcpy(together + length, turn->data, turn->length);
            length += turn->length;
        }
        if (how.change != NULL && how.change->at >= start &&
            how.change->at < start + length)
            together[how.change->at - start] = (char)how.change->value;
        if (length > how.limit - given)
            length = how.limit - given;
        give(hop, together, length, how.cut);
        given += length;
    }
    return hop;
}

static const struct play everything = {0, SIZE_MAX, NULL, false};

static void for_each(void (*check)(const struct dialogue *dialogue))
{
    for (const struct dialogue *dialogue = good_dialogues; dialogue->kind != NULL;
         dialogue++) {
        print_message("# %s: %s\n", dialogue->kind, dialogue->name);
        check(dialogue);
    }
}

/* ---- good dialogues ---- */

static void must_be_done(const struct dialogue *dialogue)
{
    for (size_t cut = 0; cut < 20; cut++) {
        struct play how = everything;
        how.cut = cut;
        struct hop *hop = play(dialogue, how);
        const struct hop_failure *failure = hop_failure(hop);
        const void *data;
        size_t length;
        if (failure != NULL)
            print_error("fault %d at %s, cut %zu\n", failure->fault, failure->step, cut);
        if (hop_status(hop) == HOP_MORE)
            print_error("waits for %s, cut %zu\n", hop_waiting_for(hop), cut);
        assert_int_equal(hop_status(hop), HOP_DONE);
        assert_null(failure);
        hop_output(hop, &data, &length);
        assert_int_equal(length, 0); /* all that was said is in the dialogue */
        hop_rest(hop, &data, &length);
        assert_int_equal(length, 0);
        assert_false(hop_farewell(hop, &data, &length));
        assert_int_equal(hop_end(hop), HOP_DONE);
        hop_free(hop);
    }
}

static void good_dialogues_are_done(void **state)
{
    (void)state;
    for_each(must_be_done);
}

static void every_kind_has_a_dialogue(void **state)
{
    (void)state;
    const struct hop_kind *kind;
    for (size_t i = 0; (kind = hop_kind_at(i)) != NULL; i++) {
        const struct dialogue *dialogue = good_dialogues;
        while (dialogue->kind != NULL && strcmp(dialogue->kind, kind->name) != 0)
            dialogue++;
        if (dialogue->kind == NULL)
            fail_msg("%s has none", kind->name);
        assert_ptr_equal(hop_find(kind->name), kind);
        assert_true(kind->type == HOP_HEADER ? kind->port == NULL : kind->port != NULL);
    }
    assert_null(hop_find("telnet"));
    assert_null(hop_find(""));
    assert_null(hop_find("SMTP "));
}

/* ---- cut short ---- */

static void prefixes_must_wait(const struct dialogue *dialogue)
{
    enum hop_type type = hop_find(dialogue->kind)->type;
    for (size_t limit = 0; limit < peer_octets(dialogue); limit++) {
        struct play how = everything;
        how.limit = limit;
        struct hop *hop = play(dialogue, how);
        assert_int_equal(hop_status(hop), HOP_MORE);
        assert_null(hop_failure(hop));
        assert_true(hop_waiting_for(hop)[0] != '\0');
        assert_int_equal(hop_end(hop), HOP_FAILED);
        assert_int_equal(hop_failure(hop)->fault, HOP_CLOSED);
        assert_int_equal(hop_failure(hop)->cause, type == HOP_PROXY ? TLSDIAL_PROXY
                                                  : limit == 0      ? TLSDIAL_EMPTY_REPLY
                                                                    : TLSDIAL_TRUNCATED);
        assert_string_equal(hop_failure(hop)->step, hop_waiting_for(hop));
        assert_int_equal(hop_receive(hop, "220 go\r\n", 8), HOP_FAILED);
        hop_free(hop);
    }
}

static void prefixes_are_never_done(void **state)
{
    (void)state;
    for_each(prefixes_must_wait);
}

/* ---- an octet more ---- */

static void must_be_injection(struct hop *hop)
{
    assert_int_equal(hop_status(hop), HOP_FAILED);
    assert_int_equal(hop_failure(hop)->fault, HOP_INJECTION);
    assert_int_equal(hop_failure(hop)->cause, TLSDIAL_STARTTLS_INJECTION);
    assert_int_equal(hop_failure(hop)->words_length, 1);
    assert_memory_equal(hop_failure(hop)->words, "X", 1);
}

/* The last turns of the peer with an X behind them, in one call. */
static void inject_at_once(const struct dialogue *dialogue)
{
    struct play how = everything;
    char last[512];
    size_t length = 0;
    const struct turn *turn = dialogue->turns, *first = NULL;
    for (; turn->who != '\0'; turn++)
        if (is_peer(turn) && (turn == dialogue->turns || !is_peer(turn - 1)))
            first = turn;
    for (turn = first; turn != NULL && is_peer(turn); turn++) {
        memcpy(last + length, turn->data, turn->length);
        length += turn->length;
    }
    how.limit = peer_octets(dialogue) - length;
    last[length++] = 'X';
    struct hop *hop = play(dialogue, how);
    if (how.limit == 0 && dialogue->turns[0].who == 'C' && length > 1)
        assert_int_equal(hop_status(hop), HOP_MORE);
    give(hop, last, length, 0);
    must_be_injection(hop);
    hop_free(hop);
}

static void one_more_is_injection(const struct dialogue *dialogue)
{
    struct hop *hop = play(dialogue, everything);
    assert_int_equal(hop_receive(hop, "", 0), HOP_DONE);
    hop_receive(hop, "X", 1);
    must_be_injection(hop);
    hop_free(hop);
    inject_at_once(dialogue);
}

static void an_octet_more_is_injection(void **state)
{
    (void)state;
    for_each(one_more_is_injection);
}

/* Where another hop follows a proxy, what is left over is that hop's. */
static void rest_is_for_the_next(const struct dialogue *dialogue)
{
    struct dialogue followed = *dialogue;
    struct hop_parameters parameters =
        dialogue->parameters != NULL ? *dialogue->parameters : usual;
    const void *data;
    size_t length;
    parameters.another_follows = true;
    followed.parameters = &parameters;
    struct hop *hop = play(&followed, everything);
    assert_int_equal(hop_status(hop), HOP_DONE);
    hop_receive(hop, "220 m", 5);
    hop_receive(hop, "x\r\n", 3);
    if (hop_find(dialogue->kind)->type == HOP_STARTTLS) {
        assert_int_equal(hop_failure(hop)->fault, HOP_INJECTION);
    } else {
        assert_int_equal(hop_status(hop), HOP_DONE);
        hop_rest(hop, &data, &length);
        assert_int_equal(length, 8);
        assert_memory_equal(data, "220 mx\r\n", 8);
    }
    hop_free(hop);
}

static void rests_are_for_the_next_hop(void **state)
{
    (void)state;
    for_each(rest_is_for_the_next);
}

/* All that the peer ever says at once, before we said anything: a yes that nobody asked for. */
static void unasked_is_never_done(const struct dialogue *dialogue)
{
    struct play how = everything;
    how.deaf = true;
    struct hop *hop = play(dialogue, how);
    if (hop_find(dialogue->kind)->type != HOP_HEADER &&
        strcmp(dialogue->kind, "mysql") != 0) {
        assert_int_equal(hop_status(hop), HOP_FAILED);
        assert_int_equal(hop_failure(hop)->fault, HOP_INJECTION);
        assert_int_equal(hop_failure(hop)->cause, TLSDIAL_STARTTLS_INJECTION);
    }
    hop_free(hop);
}

static void answers_before_their_commands(void **state)
{
    (void)state;
    for_each(unasked_is_never_done);
}

/* ---- an octet changed ---- */

static unsigned char lower(unsigned char octet)
{
    return octet >= 'A' && octet <= 'Z' ? (unsigned char)(octet | 0x20) : octet;
}

/* Whether it ends done, the same in one piece and octet by octet. */
static bool is_done_with(const struct dialogue *dialogue, struct change change)
{
    enum hop_status status[2];
    enum hop_fault fault[2];
    for (size_t cut = 0; cut < 2; cut++) {
        struct play how = everything;
        how.cut = cut;
        how.change = &change;
        struct hop *hop = play(dialogue, how);
        status[cut] = hop_status(hop);
        hop_end(hop);
        fault[cut] = hop_failure(hop) != NULL ? hop_failure(hop)->fault : HOP_NO_FAULT;
        assert_true(hop_status(hop) != HOP_MORE);
        hop_free(hop);
    }
    assert_int_equal(status[0], status[1]);
    assert_int_equal(fault[0], fault[1]);
    return status[0] == HOP_DONE;
}

/* Counts the changes of this octet that are done, and those that must not be. */
static void change_octet(const struct dialogue *dialogue, const struct turn *turn,
                         size_t offset, size_t at, size_t *done, size_t *wrong)
{
    static const unsigned char fixed[] = {0,   1,   9,   '\n', '\r', ' ', '-',
                                          '0', 'A', '<', '>',  0x80, 0xff};
    unsigned char original = (unsigned char)turn->data[offset];
    unsigned char values[sizeof fixed + 3];
    memcpy(values, fixed, sizeof fixed);
    values[sizeof fixed] = original ^ 1;
    values[sizeof fixed + 1] = original ^ 0x20;
    values[sizeof fixed + 2] = (unsigned char)(original + 1);
    for (size_t i = 0; i < sizeof values; i++) {
        if (values[i] == original ||
            !is_done_with(dialogue, (struct change){at, values[i]}))
            continue;
        (*done)++;
        if (turn->who == 'S' ||
            (turn->who == 'I' && lower(values[i]) != lower(original))) {
            print_error("done though octet %zu, 0x%02x of \"%s\", is 0x%02x\n", at,
                        original, turn->data, values[i]);
            (*wrong)++;
        }
    }
}

static void changed_octets(const struct dialogue *dialogue)
{
    size_t at = 0, wrong = 0;
    for (const struct turn *turn = dialogue->turns; turn->who != '\0'; turn++) {
        size_t done = 0;
        for (size_t offset = 0; is_peer(turn) && offset < turn->length; offset++)
            change_octet(dialogue, turn, offset, at++, &done, &wrong);
        if (turn->who == 'F' && done == 0) { /* it would not be free text */
            print_error("no change of \"%s\" before %zu is allowed\n", turn->data, at);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static void changed_octets_count(void **state)
{
    (void)state;
    for_each(changed_octets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_dialogues_are_done),
        cmocka_unit_test(every_kind_has_a_dialogue),
        cmocka_unit_test(prefixes_are_never_done),
        cmocka_unit_test(an_octet_more_is_injection),
        cmocka_unit_test(rests_are_for_the_next_hop),
        cmocka_unit_test(answers_before_their_commands),
        cmocka_unit_test(changed_octets_count),
    };
    return cmocka_run_group_tests_name("hops", tests, NULL, NULL);
}
