/* hop_limits.c: too much, too little memory, and other protocols than the hop's. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#include "hop_dialogue.h"

/* ---- limits ---- */

static void must_be_too_large(struct hop *hop)
{
    assert_int_equal(hop_status(hop), HOP_FAILED);
    assert_int_equal(hop_failure(hop)->fault, HOP_OVER_LIMIT);
    assert_int_equal(hop_failure(hop)->cause, TLSDIAL_TOO_LARGE);
}

static void line_limit(void **state)
{
    (void)state;
    static char line[HOP_LINE_MAX + 1];
    memset(line, 'a', sizeof line);
    memcpy(line, "220 ", 4);
    struct hop *hop = new_hop("smtp", NULL);
    assert_int_equal(give(hop, line, HOP_LINE_MAX, 0), HOP_MORE);
    hop_receive(hop, "a", 1);
    must_be_too_large(hop);
    hop_free(hop);
    memcpy(line + HOP_LINE_MAX - 2, "\r\n", 2);
    hop = new_hop("smtp", NULL);
    assert_int_equal(give(hop, line, HOP_LINE_MAX, 0), HOP_MORE);
    assert_true(says(hop, "EHLO client.example\r\n", 21));
    hop_free(hop);
}

static void lines_limit(void **state)
{
    (void)state;
    struct hop *hop = new_hop("smtp", NULL);
    for (int i = 0; i < HOP_LINES_MAX - 1; i++)
        assert_int_equal(give(hop, "220-x\r\n", 7, 0), HOP_MORE);
    assert_int_equal(give(hop, "220 x\r\n", 7, 0), HOP_MORE);
    assert_true(
        says(hop, "EHLO client.example\r\n", 21)); /* and the next reply has 100 again */
    for (int i = 0; i < HOP_LINES_MAX; i++)
        assert_int_equal(give(hop, "250-x\r\n", 7, 0), HOP_MORE);
    give(hop, "250 x\r\n", 7, 0);
    must_be_too_large(hop);
    hop_free(hop);
}

/* Each line and reply is within its limit, but there is no end. */
static void total_limit(void **state)
{
    (void)state;
    char spaces[1024];
    memset(spaces, ' ', sizeof spaces);
    struct hop *hop = new_hop("xmpp", NULL);
    for (int i = 0; i < HOP_TOTAL_MAX / 1024; i++)
        assert_int_equal(give(hop, spaces, sizeof spaces, 0), HOP_MORE);
    hop_receive(hop, " ", 1);
    must_be_too_large(hop);
    hop_free(hop);
    hop = new_hop("proxy-v1", &(const struct hop_parameters){.another_follows = true});
    for (int i = 0; i < HOP_TOTAL_MAX / 1024; i++)
        assert_int_equal(give(hop, spaces, sizeof spaces, 0), HOP_DONE);
    hop_receive(hop, " ", 1);
    must_be_too_large(hop);
    hop_free(hop);
}

/* Lines without end, of each kind that has lines. */
static void endless_lines(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *line;
    } endless[] = {{"smtp", "220-x\r\n"}, {"lmtp", "220-x\r\n"},
                   {"ftp", "220-x\r\n"},  {"irc", "NOTICE x\r\n"},
                   {"irc", "\r\n"},       {"sieve", "\"A\"\r\n"}};
    for (size_t i = 0; i < sizeof endless / sizeof endless[0]; i++) {
        struct hop *hop = new_hop(endless[i].kind, NULL);
        for (int line = 0; line < HOP_LINES_MAX; line++)
            assert_int_equal(give(hop, endless[i].line, strlen(endless[i].line), 0),
                             HOP_MORE);
        give(hop, endless[i].line, strlen(endless[i].line), 0);
        must_be_too_large(hop);
        hop_free(hop);
    }
}

static void words_are_bounded(void **state)
{
    (void)state;
    static char line[HOP_LINE_MAX];
    memset(line, 'a', sizeof line);
    memcpy(line, "554 ", 4);
    line[2000] = '\n';
    struct hop *hop = new_hop("smtp", NULL);
    assert_int_equal(give(hop, line, 2001, 0), HOP_FAILED);
    assert_int_equal(hop_failure(hop)->words_length, HOP_WORDS_MAX);
    assert_memory_equal(hop_failure(hop)->words, line + 4, HOP_WORDS_MAX);
    hop_free(hop);
}

/* ---- a wrong protocol ---- */

static void protocols_are_known(void **state)
{
    (void)state;
    static const struct {
        const char *first, *protocol;
    } seen[] = {{"HTTP/1.1 400 Bad\r\n", "HTTP"},
                {"<!DOCTYPE html>", "HTTP"},
                {"<html>", "HTTP"},
                {"SSH-2.0-x\r\n", "SSH"},
                {"220 x FTP y\r\n", "FTP"},
                {"220 x ESMTP\r\n", "SMTP"},
                {"220 x LMTP\r\n", "LMTP"},
                {"220 x\r\nFTP", "SMTP, LMTP or FTP"},
                {"+OK\r\n", "POP3"},
                {"* OK\r\n", "IMAP"},
                {"* BYE\r\n", "IMAP"},
                {"* PREAUTH\r\n", "IMAP"},
                {"201 x", "NNTP"},
                {"\"IMPLEMENTATION\" ", "ManageSieve"},
                {"<?xml ", "XMPP"},
                {":x NOTICE ", "IRC"},
                {"RFB 003.008\n", "VNC"},
                {"-ERR x", "POP3 or Redis"},
                {"\x15\x03\x01", "TLS"},
                {"\x16\x03", "TLS"},
                {"\x15\x04", NULL},
                {"hello", NULL},
                {"", NULL}};
    for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++) {
        const char *protocol = hop_protocol_of(seen[i].first, strlen(seen[i].first));
        if (seen[i].protocol == NULL)
            assert_null(protocol);
        else
            assert_string_equal(protocol, seen[i].protocol);
    }
    assert_string_equal(hop_protocol_of("\x4a\0\0\0\x0a", 5), "MySQL");
    assert_string_equal(hop_protocol_of("E\0\0\0", 4), "PostgreSQL");
    assert_string_equal(hop_protocol_of("\x30\x0c\x02\x01\x01", 5), "LDAP");
}

/* Each greeting to each hop that does not speak its protocol: never done, and no wait for more
 * where five octets or a line came. */
static void wrong_protocols(void **state)
{
    (void)state;
    static const struct turn greetings[] = {S("HTTP/1.1 400 Bad Request\r\n"),
                                            S("SSH-2.0-OpenSSH\r\n"),
                                            S("\x15\x03\x03\0\x02\x02\x28"),
                                            S("\x4a\0\0\0\x0a"
                                              "8.0\0"),
                                            S("RFB 003.008\n"),
                                            S("\0\0\0\0\0"),
                                            S("\xff\xfb\x01\xff\xfb\x03\r\n"),
                                            S("login: what?\r\n")};
    const struct hop_kind *kind;
    for (size_t i = 0; (kind = hop_kind_at(i)) != NULL; i++) {
        for (size_t j = 0;
             kind->type != HOP_HEADER && j < sizeof greetings / sizeof greetings[0];
             j++) {
            bool own = (strcmp(kind->name, "http") == 0 && j == 0) ||
                       (strcmp(kind->name, "mysql") == 0 && j == 3) ||
                       (strncmp(kind->name, "postgres", 8) == 0 && j == 1); /* 'S' */
            struct hop *hop = new_hop(
                kind->name,
                strcmp(kind->name, "socks5") == 0
                    ? &(const struct hop_parameters){.host = "192.0.2.1", .port = "1"}
                    : NULL);
            for (size_t at = 0; !own && at < greetings[j].length; at++)
                hop_receive(hop, greetings[j].data + at, 1);
            if (!own) {
                if (hop_status(hop) != HOP_FAILED ||
                    hop_failure(hop)->fault != HOP_WRONG_PROTOCOL)
                    fail_msg("%s takes greeting %zu", kind->name, j);
                assert_int_equal(hop_failure(hop)->cause, kind->type == HOP_PROXY
                                                              ? TLSDIAL_PROXY
                                                              : TLSDIAL_NOT_TLS);
            }
            if (!own && j < 5)
                assert_non_null(hop_failure(hop)->protocol);
            hop_free(hop);
        }
    }
}

/* ---- no memory ---- */

static long allocations_left = -1; /* -1: as many as are asked for */

static bool may_allocate(void)
{
    if (allocations_left > 0)
        allocations_left--;
    return allocations_left != 0;
}

static void *failing_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return may_allocate() ? malloc(size) : NULL;
}

static void *failing_realloc(void *old, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return may_allocate() ? realloc(old, size) : NULL;
}

static void plain_free(void *block, const char *file, int line)
{
    (void)file;
    (void)line;
    free(block);
}

static struct hop *play_with_memory(const struct dialogue *dialogue, long allocations)
{
    const char *why = NULL;
    const struct hop_kind *kind = hop_find(dialogue->kind);
    allocations_left = allocations;
    struct hop *hop =
        hop_new(kind, dialogue->parameters != NULL ? dialogue->parameters : &usual, &why);
    for (const struct turn *turn = dialogue->turns; hop != NULL && turn->who != '\0';
         turn++) {
        if (turn->who != 'C')
            give(hop, turn->data, turn->length, 0);
        else if (!says(hop, turn->data, turn->length))
            break;
    }
    return hop;
}

/* Whatever allocation fails: no hop, one that failed for that reason, or one that says something
 * else (an address that could not be parsed is taken for a name). */
static void fail_each_allocation(const struct dialogue *dialogue)
{
    bool enough = false;
    for (long allocations = 1; !enough; allocations++) {
        struct hop *hop = play_with_memory(dialogue, allocations);
        enough = allocations_left > 0;
        allocations_left = -1;
        if (enough)
            assert_int_equal(hop_status(hop), HOP_DONE);
        else if (hop != NULL && hop_status(hop) == HOP_FAILED) {
            assert_int_equal(hop_failure(hop)->fault, HOP_OUT_OF_MEMORY);
            assert_int_equal(hop_failure(hop)->cause, TLSDIAL_INTERNAL);
        }
        hop_free(hop);
        ERR_clear_error();
    }
}

static void without_memory(void **state)
{
    (void)state;
    for (const struct dialogue *dialogue = good_dialogues; dialogue->kind != NULL;
         dialogue++)
        fail_each_allocation(dialogue);
}

int main(void)
{
    if (CRYPTO_set_mem_functions(failing_malloc, failing_realloc, plain_free) != 1)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_limit),        cmocka_unit_test(lines_limit),
        cmocka_unit_test(total_limit),       cmocka_unit_test(endless_lines),
        cmocka_unit_test(words_are_bounded), cmocka_unit_test(protocols_are_known),
        cmocka_unit_test(wrong_protocols),   cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests_name("limits of hops", tests, NULL, NULL);
}
