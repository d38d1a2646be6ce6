/*
 * hop_machine.h: how a machine is written.  For the hop_*.c files alone.
 *
 * A machine sees one line or one octet more at a time, in memory of its own, and speaks through the
 * functions below.  Limits, injection, ends and causes are hop.c's part.
 */
#ifndef TLSDIAL_HOP_MACHINE_H
#define TLSDIAL_HOP_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/hop.h"

struct hop_machine {
    size_t memory_size; /**< of the machine's own struct, which begins as zeros */
    /** Says the first words, or what is to be waited for. Gives what is wrong with the parameters,
     * or NULL. */
    const char *(*begin)(struct hop *hop, void *memory);
    /** One of these two. A line is without its CR LF and ends with NUL; it may hold no NUL. */
    void (*line)(struct hop *hop, void *memory, const char *line, size_t length);
    /** Called with each octet that is added to the unit; true: it is complete, begin the next. */
    bool (*octet)(struct hop *hop, void *memory, const unsigned char *unit,
                  size_t length);
    const char *farewell; /**< or NULL */
    size_t farewell_length;
};

const struct hop_parameters *hop_given(const struct hop *hop);
const struct hop_kind *hop_kind(const struct hop *hop);

/* ---- speaking ---- */

/** Adds to the output. */
void hop_say(struct hop *hop, const char *text);
void hop_say_octets(struct hop *hop, const void *data, size_t length);
/** What comes next from the peer: the words of hop_waiting_for(). A new reply begins. */
void hop_expect(struct hop *hop, const char *what);
/** hop_say() and hop_expect(). */
void hop_ask(struct hop *hop, const char *command, const char *expected);
/** So many octets follow the line, whatever they are (RFC 5804, 2.6): then the machine gets the line
 * again, with LF, the literal, and the rest up to the next line's end. */
void hop_expect_literal(struct hop *hop, size_t length);

/* ---- ends ---- */

/** The peer's go-ahead, in answer to what was said last. */
void hop_go_ahead(struct hop *hop);
/** We have the last word: done when the output is sent. */
void hop_last_word(struct hop *hop);

/** NUL-terminated words or NULL; code -1 for none. */
void hop_fail(struct hop *hop, enum hop_fault fault, int code, const char *words);
void hop_fail_octets(struct hop *hop, enum hop_fault fault, int code, const void *words,
                     size_t length);
/** Refused, and the peer says that it closes: no farewell. */
void hop_dismissed(struct hop *hop, int code, const char *words);
/** After hop_fail(): the protocol's name for the code, a static text or NULL. */
void hop_meaning(struct hop *hop, const char *meaning);
/** Not the grammar: another protocol where it is the first thing that the peer said. */
void hop_malformed(struct hop *hop, const void *unit, size_t length);

/* ---- hop_text.c: grammar that several have ---- */

/** Whether text begins with this word, its case aside: a blank or the end follows. */
bool hop_begins_with_word(const char *text, const char *word);
/** Whether the word, its case aside, is one of those that the separators divide. */
bool hop_has_word(const char *text, const char *word, const char *separators);
/** Behind the word and the blanks after it. */
const char *hop_after_word(const char *text);
/** A target's port; 0 where it is no number from 1 to 65535 without leading zeros. */
unsigned hop_port(const char *text);
/** 4 or 16 octets of an IP literal; 0 where it is none. */
size_t hop_address(unsigned char to[16], const char *literal);
/** No control characters, blanks, quotes or angle brackets, 1 to 255 octets: fit for a command, an
 * attribute or a SOCKS request. */
bool hop_is_plain_name(const char *text);
/** Big-endian. */
unsigned hop_number(const unsigned char *octets, size_t length);

/* ---- hop_reply.c: replies with a code of three digits ---- */

struct reply_line {
    int code;
    bool last;
    const char *text; /**< behind the code and its ' ' or '-' */
};

/** RFC 5321, 4.2.1. False where the line is none. */
bool reply_parse(struct reply_line *reply, const char *line);
/** For a reply that is neither what was asked for nor a refusal (4xx, 5xx). */
void reply_unexpected(struct hop *hop, const struct reply_line *reply);

extern const struct hop_machine hop_smtp, hop_lmtp, hop_imap, hop_pop3, hop_nntp, hop_ftp,
    hop_sieve, hop_ldap, hop_xmpp_client, hop_xmpp_server, hop_postgres, hop_mysql,
    hop_irc, hop_rdp, hop_http, hop_socks5, hop_socks5h, hop_socks4a, hop_proxy_v1,
    hop_proxy_v2;

#endif
