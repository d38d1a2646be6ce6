/* hop_dialogue.c: plays a dialogue. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hop_dialogue.h"

const struct hop_parameters usual = {
    .host = "target.example", .port = "443", .name = "client.example"};

struct hop *new_hop(const char *kind, const struct hop_parameters *parameters)
{
    const char *why = NULL;
    const struct hop_kind *row = hop_find(kind);
    assert_non_null(row);
    struct hop *hop = hop_new(row, parameters != NULL ? parameters : &usual, &why);
    if (why != NULL)
        print_error("%s: %s\n", kind, why);
    assert_non_null(hop);
    return hop;
}

enum hop_status give(struct hop *hop, const char *data, size_t length, size_t cut)
{
    size_t piece = cut == 0 ? length : cut;
    for (size_t at = 0; at < length; at += piece)
        hop_receive(hop, data + at, length - at < piece ? length - at : piece);
    return hop_status(hop);
}

bool says(struct hop *hop, const char *data, size_t length)
{
    const void *output;
    size_t output_length;
    hop_output(hop, &output, &output_length);
    if (output_length != length || (length > 0 && memcmp(output, data, length) != 0))
        return false;
    if (length > 1) { /* in two parts, as a socket may take it */
        hop_sent(hop, 1);
        hop_output(hop, &output, &output_length);
        if (output_length != length - 1 || memcmp(output, data + 1, length - 1) != 0)
            return false;
        hop_sent(hop, length - 1);
    } else {
        hop_sent(hop, length);
    }
    hop_output(hop, &output, &output_length);
    return output_length == 0;
}

static void same_text(const char *what, const char *is, const char *expected)
{
    if (is == NULL || expected == NULL) {
        if (is != expected)
            fail_msg("%s is %s, not %s", what, is != NULL ? is : "nothing",
                     expected != NULL ? expected : "nothing");
    } else if (strcmp(is, expected) != 0) {
        fail_msg("%s is \"%s\", not \"%s\"", what, is, expected);
    }
}

void must_have_failed(const struct hop *hop, const struct misbehaviour *expected)
{
    char words[HOP_WORDS_MAX + 1] = "";
    const struct hop_failure *failure = hop_failure(hop);
    assert_non_null(failure);
    memcpy(words, failure->words, failure->words_length);
    if (failure->fault != expected->fault || failure->cause != expected->cause ||
        failure->code != expected->code)
        fail_msg("fault %d, cause %d, code %d with \"%s\"", failure->fault,
                 failure->cause, failure->code, words);
    if (expected->words != NULL) /* else how they arrive decides how many */
        same_text("the words", words, expected->words);
    same_text("the protocol", failure->protocol, expected->protocol);
    same_text("the meaning", failure->meaning, expected->meaning);
    assert_true(failure->step[0] != '\0');
    if (expected->step != NULL)
        same_text("the step", failure->step, expected->step);
}

static void misbehave(const struct misbehaviour *wrong, size_t cut)
{
    struct hop *hop = new_hop(wrong->kind, wrong->parameters);
    for (const struct turn *turn = wrong->turns; turn->who != '\0'; turn++) {
        if (hop_status(hop) == HOP_FAILED)
            fail_msg("failed before its time");
        if (turn->who == 'E')
            hop_end(hop);
        else if (turn->who != 'C')
            give(hop, turn->data, turn->length, cut);
        else if (!says(hop, turn->data, turn->length))
            fail_msg("says something else than %s", turn->data);
    }
    must_have_failed(hop, wrong);
    assert_int_equal(hop_end(hop), HOP_FAILED); /* and stays so */
    must_have_failed(hop, wrong);
    hop_free(hop);
}

void must_misbehave(const struct misbehaviour *misbehaviours, size_t count)
{
    static const size_t cuts[] = {0, 1, 2, 3, 7};
    for (size_t i = 0; i < count; i++) {
        print_message("# %s: %s\n", misbehaviours[i].kind, misbehaviours[i].name);
        for (size_t cut = 0; cut < sizeof cuts / sizeof cuts[0]; cut++)
            misbehave(&misbehaviours[i], cuts[cut]);
    }
}
