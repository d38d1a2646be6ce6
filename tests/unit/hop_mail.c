/* hop_mail.c: what servers of mail and news, and those between, do wrong. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hop_dialogue.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define NOT_OFFERED .fault = HOP_NOT_OFFERED, TLSDIAL_STARTTLS_REFUSED
#define REFUSED .fault = HOP_REFUSED, TLSDIAL_STARTTLS_REFUSED
#define MALFORMED .fault = HOP_MALFORMED, TLSDIAL_MALFORMED_RESPONSE
#define WRONG .fault = HOP_WRONG_PROTOCOL, TLSDIAL_NOT_TLS
#define INJECTION .fault = HOP_INJECTION, TLSDIAL_STARTTLS_INJECTION
#define EMPTY .fault = HOP_CLOSED, TLSDIAL_EMPTY_REPLY
#define CLOSED .fault = HOP_CLOSED, TLSDIAL_TRUNCATED

#define SMTP_GREETED S("220 mx.example ESMTP\r\n"), C("EHLO client.example\r\n")
#define SMTP_ASKED                                                                       \
    SMTP_GREETED, S("250-mx.example\r\n250 STARTTLS\r\n"), C("STARTTLS\r\n")
#define IMAP_GREETED S("* OK ready\r\n"), C("A1 CAPABILITY\r\n")
#define IMAP_ASKED                                                                       \
    IMAP_GREETED, S("* CAPABILITY STARTTLS\r\nA1 OK x\r\n"), C("A2 STARTTLS\r\n")
#define POP3_GREETED S("+OK ready\r\n"), C("CAPA\r\n")
#define POP3_ASKED POP3_GREETED, S("+OK\r\nSTLS\r\n.\r\n"), C("STLS\r\n")
#define NNTP_GREETED S("200 ready\r\n"), C("CAPABILITIES\r\n")
#define NNTP_ASKED NNTP_GREETED, S("101 x\r\nSTARTTLS\r\n.\r\n"), C("STARTTLS\r\n")
#define FTP_GREETED S("220 (vsFTPd)\r\n"), C("FEAT\r\n")
#define FTP_ASKED FTP_GREETED, S("211-F\r\n AUTH TLS\r\n211 End\r\n"), C("AUTH TLS\r\n")
#define SIEVE_ASKED                                                                      \
    S("\"IMPLEMENTATION\" \"x\"\r\n\"STARTTLS\"\r\nOK\r\n"), C("STARTTLS\r\n")

/* clang-format off */
static const struct misbehaviour smtp[] = {
    {"closed at once", "smtp", NULL, {END}, EMPTY, -1, "", .step = "the greeting"},
    {"closed in the greeting", "smtp", NULL, {S("220 m"), END}, CLOSED, -1, "220 m", .step = "the greeting"},
    {"closed after EHLO", "smtp", NULL, {SMTP_GREETED, END}, CLOSED, -1, "",
     .step = "the reply to EHLO"},
    {"closed amid the reply", "smtp", NULL, {SMTP_GREETED, S("250-x\r\n250 STAR"), END},
     CLOSED, -1, "250 STAR"},
    {"closed after STARTTLS", "smtp", NULL, {SMTP_ASKED, END}, CLOSED, -1, "",
     .step = "the reply to STARTTLS"},
    {"closed before the end of the line", "smtp", NULL, {SMTP_ASKED, S("220 go\r"), END},
     CLOSED, -1, "220 go\r"},
    {"greeting 554", "smtp", NULL, {S("554 no service\r\n")}, REFUSED, 554, "no service",
     .step = "the greeting"},
    {"greeting 554 of several lines", "smtp", NULL, {S("554-a\r\n"), S("554 b\r\n")},
     REFUSED, 554, "b"},
    {"greeting 421", "smtp", NULL, {S("421 too busy\r\n")}, REFUSED, 421, "too busy"},
    {"421 after the greeting", "smtp", NULL, {S("220 x SMTP\r\n421 timeout\r\n")}, REFUSED, 421,
     "timeout"},
    {"greeting with another code", "smtp", NULL, {S("250 hello\r\n")}, WRONG, -1, "hello"},
    {"greeting without a code", "smtp", NULL, {S("hello\r\n")}, WRONG, -1, "hello"},
    {"greeting of POP3", "smtp", NULL, {S("+OK ready\r\n")}, WRONG, -1, "+OK ready", "POP3"},
    {"greeting of IMAP", "smtp", NULL, {S("* OK ready\r\n")}, WRONG, -1, "* OK ready", "IMAP"},
    {"greeting of SSH", "smtp", NULL, {S("SSH-2.0-x\r\n")}, WRONG, -1, "SSH-2.0-x", "SSH"},
    {"an FTP server", "smtp", NULL,
     {S("220 x FTP\r\n"), C("EHLO client.example\r\n"), S("500 unknown\r\n")}, NOT_OFFERED,
     500, "unknown", "FTP"},
    {"TLS from the start", "smtp", NULL, {S("\x15\x03\x01\0"), S("\x02")}, WRONG, -1, "\x15\x03\x01", "TLS"},
    {"codes that differ", "smtp", NULL, {SMTP_GREETED, S("250-x\r\n"), S("251 y\r\n")},
     MALFORMED, -1, "251 y"},
    {"a line that is no reply", "smtp", NULL, {SMTP_GREETED, S("250-x\r\n"), S("y\r\n")},
     MALFORMED, -1, "y"},
    {"an empty line", "smtp", NULL, {SMTP_GREETED, S("\r\n")}, MALFORMED, -1, ""},
    {"code of two digits", "smtp", NULL, {SMTP_GREETED, S("25 x\r\n")}, MALFORMED, -1, "25 x"},
    {"code of four digits", "smtp", NULL, {SMTP_GREETED, S("2500 x\r\n")}, MALFORMED, -1,
     "2500 x"},
    {"code of class 6", "smtp", NULL, {SMTP_GREETED, S("650 x\r\n")}, MALFORMED, -1, "650 x"},
    {"code with a sign", "smtp", NULL, {SMTP_GREETED, S("+50 x\r\n")}, MALFORMED, -1,
     "+50 x"},
    {"a blank before the code", "smtp", NULL, {SMTP_GREETED, S(" 250 x\r\n")}, MALFORMED, -1,
     " 250 x"},
    {"a NUL in a line", "smtp", NULL, {SMTP_GREETED, S("250 x\0")}, MALFORMED, -1, "250 x"},
    {"not offered", "smtp", NULL, {SMTP_GREETED, S("250-x\r\n250 SIZE\r\n")}, NOT_OFFERED,
     -1, "", .step = "the reply to EHLO"},
    {"offered as the start of a word", "smtp", NULL,
     {SMTP_GREETED, S("250-x\r\n250 STARTTLSX\r\n")}, NOT_OFFERED, -1, ""},
    {"offered as the end of a word", "smtp", NULL,
     {SMTP_GREETED, S("250-x\r\n250 XSTARTTLS\r\n")}, NOT_OFFERED, -1, ""},
    {"offered with a hyphen", "smtp", NULL, {SMTP_GREETED, S("250-x\r\n250 STARTTLS-X\r\n")},
     NOT_OFFERED, -1, ""},
    {"offered as a parameter", "smtp", NULL,
     {SMTP_GREETED, S("250-x\r\n250 AUTH STARTTLS\r\n")}, NOT_OFFERED, -1, ""},
    {"offered behind two blanks", "smtp", NULL,
     {SMTP_GREETED, S("250-x\r\n250  STARTTLS\r\n")}, NOT_OFFERED, -1, ""},
    {"offered in the line of the name", "smtp", NULL,
     {SMTP_GREETED, S("250-STARTTLS\r\n250 SIZE\r\n")}, NOT_OFFERED, -1, ""},
    {"offered in the greeting", "smtp", NULL,
     {S("220-mx SMTP\r\n220 STARTTLS\r\n"), C("EHLO client.example\r\n"), S("250 x\r\n")},
     NOT_OFFERED, -1, ""},
    {"offered in a refusal", "smtp", NULL, {SMTP_GREETED, S("550-x\r\n550 STARTTLS\r\n")},
     REFUSED, 550, "STARTTLS"},
    {"offered but cut by an odd byte", "smtp", NULL,
     {SMTP_GREETED, S("250-x\r\n250 START\rTLS\r\n")}, NOT_OFFERED, -1, ""},
    {"EHLO unknown", "smtp", NULL, {SMTP_GREETED, S("502 what?\r\n")}, NOT_OFFERED, 502,
     "what?"},
    {"EHLO put off", "smtp", NULL, {SMTP_GREETED, S("450 later\r\n")}, REFUSED, 450, "later"},
    {"EHLO answered with 220", "smtp", NULL, {SMTP_GREETED, S("220 x\r\n")}, MALFORMED, -1,
     "x"},
    {"refused", "smtp", NULL, {SMTP_ASKED, S("454 TLS not available\r\n")}, REFUSED, 454,
     "TLS not available", .step = "the reply to STARTTLS"},
    {"refused for good", "smtp", NULL, {SMTP_ASKED, S("501 syntax\r\n")}, REFUSED, 501,
     "syntax"},
    {"refused with bytes to escape", "smtp", NULL,
     {SMTP_ASKED, S("454 a\033[2Jb\r\n")}, REFUSED, 454, "a\033[2Jb"},
    {"agreed with 250", "smtp", NULL, {SMTP_ASKED, S("250 ok\r\n")}, MALFORMED, -1, "ok"},
    {"agreed with 354", "smtp", NULL, {SMTP_ASKED, S("354 go\r\n")}, MALFORMED, -1, "go"},
    {"agreed in two codes", "smtp", NULL, {SMTP_ASKED, S("220-a\r\n"), S("250 b\r\n")},
     MALFORMED, -1, "250 b"},
    {"a line injected", "smtp", NULL, {SMTP_ASKED, S("220 go\r\n250 EVIL\r\n")}, INJECTION,
     -1, NULL},
    {"a byte injected", "smtp", NULL, {SMTP_ASKED, S("220 go\r\nX")}, INJECTION, -1, "X"},
    {"a NUL injected", "smtp", NULL, {SMTP_ASKED, S("220 go\r\n\0")}, INJECTION, -1, ""},
    {"a blank line injected", "smtp", NULL, {SMTP_ASKED, S("220 go\n\n")}, INJECTION, -1,
     "\n"},
    {"go-ahead before STARTTLS", "smtp", NULL,
     {SMTP_GREETED, S("250-x\r\n250 STARTTLS\r\n220 go\r\n")}, INJECTION, -1, NULL},
    {"all before EHLO", "smtp", NULL,
     {S("220 x SMTP\r\n250-x\r\n250 STARTTLS\r\n220 go\r\n")}, INJECTION, -1, NULL},
    {"LHLO unknown", "lmtp", NULL,
     {S("220 x LMTP\r\n"), C("LHLO client.example\r\n"), S("500 what?\r\n")}, NOT_OFFERED, 500,
     "what?", .step = "the reply to LHLO"},
    {"an SMTP server", "lmtp", NULL,
     {S("220 x ESMTP\r\n"), C("LHLO client.example\r\n"), S("500 what?\r\n")}, NOT_OFFERED, 500,
     "what?", "SMTP"},
};

static const struct misbehaviour imap[] = {
    {"closed at once", "imap", NULL, {END}, EMPTY, -1, ""},
    {"closed in the greeting", "imap", NULL, {S("* OK"), END}, CLOSED, -1, "* OK"},
    {"closed after CAPABILITY", "imap", NULL, {IMAP_GREETED, END}, CLOSED, -1, "",
     .step = "the reply to CAPABILITY"},
    {"closed amid the reply", "imap", NULL, {IMAP_GREETED, S("* CAPABILITY STARTTLS\r\n"), END},
     CLOSED, -1, ""},
    {"closed after STARTTLS", "imap", NULL, {IMAP_ASKED, END}, CLOSED, -1, "",
     .step = "the reply to STARTTLS"},
    {"PREAUTH", "imap", NULL, {S("* PREAUTH welcome\r\n")}, .fault = HOP_PREAUTH,
     TLSDIAL_STARTTLS_REFUSED, -1, "welcome"},
    {"PREAUTH that offers it", "imap", NULL, {S("* PREAUTH [CAPABILITY STARTTLS] x\r\n")},
     .fault = HOP_PREAUTH, TLSDIAL_STARTTLS_REFUSED, -1, "[CAPABILITY STARTTLS] x"},
    {"BYE for a greeting", "imap", NULL, {S("* BYE too many\r\n")}, REFUSED, -1, "too many"},
    {"BYE later", "imap", NULL, {IMAP_GREETED, S("* BYE idle\r\n")}, REFUSED, -1, "idle"},
    {"BYE for a go-ahead", "imap", NULL, {IMAP_ASKED, S("* BYE no\r\n")}, REFUSED, -1, "no"},
    {"NO for a greeting", "imap", NULL, {S("* NO x\r\n")}, WRONG, -1, "NO x"},
    {"greeting with a tag", "imap", NULL, {S("A1 OK x\r\n")}, WRONG, -1, "A1 OK x"},
    {"greeting of a star", "imap", NULL, {S("*\r\n")}, WRONG, -1, "*"},
    {"greeting that is empty", "imap", NULL, {S("\r\n")}, WRONG, -1, ""},
    {"greeting of SMTP", "imap", NULL, {S("220 x ESMTP\r\n")}, WRONG, -1, "220 x ESMTP", "SMTP"},
    {"greeting of HTTP", "imap", NULL, {S("HTTP/1.0 400 x\r\n")}, WRONG, -1, "HTTP/1.0 400 x", "HTTP"},
    {"greeting of OKAY", "imap", NULL, {S("* OKAY\r\n")}, WRONG, -1, "OKAY"},
    {"not offered", "imap", NULL, {IMAP_GREETED, S("* CAPABILITY IMAP4rev1\r\nA1 OK x\r\n")},
     NOT_OFFERED, -1, ""},
    {"no list at all", "imap", NULL, {IMAP_GREETED, S("A1 OK x\r\n")}, NOT_OFFERED, -1, ""},
    {"offered as the start of a word", "imap", NULL,
     {IMAP_GREETED, S("* CAPABILITY STARTTLSX\r\nA1 OK x\r\n")}, NOT_OFFERED, -1, ""},
    {"offered as the end of a word", "imap", NULL,
     {IMAP_GREETED, S("* CAPABILITY XSTARTTLS\r\nA1 OK x\r\n")}, NOT_OFFERED, -1, ""},
    {"offered as a value", "imap", NULL,
     {IMAP_GREETED, S("* CAPABILITY AUTH=STARTTLS\r\nA1 OK x\r\n")}, NOT_OFFERED, -1, ""},
    {"offered in another response", "imap", NULL,
     {IMAP_GREETED, S("* OK STARTTLS\r\n* CAPABILITYX STARTTLS\r\nA1 OK STARTTLS\r\n")},
     NOT_OFFERED, -1, ""},
    {"offered behind the bracket of the greeting", "imap", NULL,
     {S("* OK [CAPABILITY IMAP4rev1] STARTTLS\r\n"), C("A1 CAPABILITY\r\n"), S("A1 OK\r\n")},
     NOT_OFFERED, -1, ""},
    {"a bracket without an end", "imap", NULL,
     {S("* OK [CAPABILITY STARTTLS\r\n"), C("A1 CAPABILITY\r\n"), S("A1 OK\r\n")},
     NOT_OFFERED, -1, ""},
    {"offered, then taken back", "imap", NULL,
     {IMAP_GREETED, S("* CAPABILITY STARTTLS\r\n* CAPABILITY X\r\nA1 OK\r\n")}, NOT_OFFERED, -1,
     ""},
    {"CAPABILITY refused", "imap", NULL, {IMAP_GREETED, S("A1 BAD what?\r\n")}, REFUSED, -1,
     "what?"},
    {"refused", "imap", NULL, {IMAP_ASKED, S("A2 NO not now\r\n")}, REFUSED, -1, "not now",
     .step = "the reply to STARTTLS"},
    {"not understood", "imap", NULL, {IMAP_ASKED, S("A2 BAD what?\r\n")}, REFUSED, -1, "what?"},
    {"a tag that is not ours", "imap", NULL, {IMAP_ASKED, S("A9 OK x\r\n")}, MALFORMED, -1,
     "A9 OK x"},
    {"the tag of before", "imap", NULL, {IMAP_ASKED, S("A1 OK x\r\n")}, MALFORMED, -1,
     "A1 OK x"},
    {"a longer tag", "imap", NULL, {IMAP_ASKED, S("A22 OK x\r\n")}, MALFORMED, -1, "A22 OK x"},
    {"an untagged OK for a go-ahead", "imap", NULL, {IMAP_ASKED, S("* OK begin TLS\r\n"), END},
     CLOSED, -1, ""},
    {"a continuation", "imap", NULL, {IMAP_ASKED, S("+ go\r\n")}, MALFORMED, -1, "+ go"},
    {"neither OK nor NO", "imap", NULL, {IMAP_ASKED, S("A2 YES\r\n")}, MALFORMED, -1, "A2 YES"},
    {"OKAY", "imap", NULL, {IMAP_ASKED, S("A2 OKAY\r\n")}, MALFORMED, -1, "A2 OKAY"},
    {"a tag alone", "imap", NULL, {IMAP_ASKED, S("A2\r\n")}, MALFORMED, -1, "A2"},
    {"a line injected", "imap", NULL, {IMAP_ASKED, S("A2 OK go\r\n* CAPABILITY X\r\n")},
     INJECTION, -1, NULL},
    {"go-ahead before STARTTLS", "imap", NULL,
     {IMAP_GREETED, S("* CAPABILITY STARTTLS\r\nA1 OK\r\nA2 OK go\r\n")}, INJECTION, -1,
     NULL},
};

static const struct misbehaviour pop3[] = {
    {"closed at once", "pop3", NULL, {END}, EMPTY, -1, ""},
    {"closed after CAPA", "pop3", NULL, {POP3_GREETED, END}, CLOSED, -1, "",
     .step = "the reply to CAPA"},
    {"closed amid the list", "pop3", NULL, {POP3_GREETED, S("+OK\r\nSTLS\r\n"), END}, CLOSED, -1,
     ""},
    {"closed after STLS", "pop3", NULL, {POP3_ASKED, END}, CLOSED, -1, "",
     .step = "the reply to STLS"},
    {"greeting -ERR", "pop3", NULL, {S("-ERR locked\r\n")}, REFUSED, -1, "locked"},
    {"greeting in small letters", "pop3", NULL, {S("+ok x\r\n")}, WRONG, -1, "+ok x"},
    {"greeting +OKAY", "pop3", NULL, {S("+OKAY\r\n")}, WRONG, -1, "+OKAY"},
    {"greeting of SMTP", "pop3", NULL, {S("220 x ESMTP\r\n")}, WRONG, -1, "220 x ESMTP", "SMTP"},
    {"CAPA unknown", "pop3", NULL, {POP3_GREETED, S("-ERR what?\r\n")}, NOT_OFFERED, -1, "what?"},
    {"not offered", "pop3", NULL, {POP3_GREETED, S("+OK\r\nTOP\r\nUIDL\r\n.\r\n")}, NOT_OFFERED,
     -1, ""},
    {"an empty list", "pop3", NULL, {POP3_GREETED, S("+OK\r\n.\r\n")}, NOT_OFFERED, -1, ""},
    {"offered as the start of a word", "pop3", NULL, {POP3_GREETED, S("+OK\r\nSTLSX\r\n.\r\n")},
     NOT_OFFERED, -1, ""},
    {"offered as the end of a word", "pop3", NULL, {POP3_GREETED, S("+OK\r\nXSTLS\r\n.\r\n")},
     NOT_OFFERED, -1, ""},
    {"offered as a parameter", "pop3", NULL,
     {POP3_GREETED, S("+OK\r\nSASL STLS\r\n STLS\r\n.STLS\r\n.\r\n")}, NOT_OFFERED, -1, ""},
    {"offered in the status line", "pop3", NULL, {POP3_GREETED, S("+OK STLS\r\n.\r\n")},
     NOT_OFFERED, -1, ""},
    {"refused", "pop3", NULL, {POP3_ASKED, S("-ERR no TLS\r\n")}, REFUSED, -1, "no TLS"},
    {"neither", "pop3", NULL, {POP3_ASKED, S("+ go\r\n")}, MALFORMED, -1, "+ go"},
    {"an empty line", "pop3", NULL, {POP3_ASKED, S("\r\n")}, MALFORMED, -1, ""},
    {"a byte injected", "pop3", NULL, {POP3_ASKED, S("+OK\r\nX")}, INJECTION, -1, "X"},
    {"go-ahead before STLS", "pop3", NULL,
     {POP3_GREETED, S("+OK\r\nSTLS\r\n.\r\n+OK\r\n")}, INJECTION, -1, NULL},
};

static const struct misbehaviour nntp[] = {
    {"closed at once", "nntp", NULL, {END}, EMPTY, -1, ""},
    {"closed after CAPABILITIES", "nntp", NULL, {NNTP_GREETED, END}, CLOSED, -1, "",
     .step = "the reply to CAPABILITIES"},
    {"closed after STARTTLS", "nntp", NULL, {NNTP_ASKED, END}, CLOSED, -1, "",
     .step = "the reply to STARTTLS"},
    {"greeting 400", "nntp", NULL, {S("400 full\r\n")}, REFUSED, 400, "full"},
    {"greeting 502", "nntp", NULL, {S("502 not you\r\n")}, REFUSED, 502, "not you"},
    {"greeting 220", "nntp", NULL, {S("220 x ESMTP\r\n")}, WRONG, -1, "x ESMTP", "SMTP"},
    {"greeting of several lines", "nntp", NULL, {S("200-x\r\n")}, WRONG, -1, "200-x"},
    {"CAPABILITIES unknown", "nntp", NULL, {NNTP_GREETED, S("500 what?\r\n")}, NOT_OFFERED, 500,
     "what?"},
    {"not offered", "nntp", NULL, {NNTP_GREETED, S("101 x\r\nREADER\r\n.\r\n")}, NOT_OFFERED, -1,
     ""},
    {"offered as the start of a word", "nntp", NULL,
     {NNTP_GREETED, S("101 x\r\nSTARTTLS2\r\n.\r\n")}, NOT_OFFERED, -1, ""},
    {"offered as a parameter", "nntp", NULL,
     {NNTP_GREETED, S("101 STARTTLS\r\nX STARTTLS\r\n STARTTLS\r\n.\r\n")}, NOT_OFFERED, -1, ""},
    {"not offered after MODE READER", "nntp", NULL,
     {NNTP_GREETED, S("101 x\r\nMODE-READER\r\n.\r\n"), C("MODE READER\r\n"), S("200 x\r\n"),
      C("CAPABILITIES\r\n"), S("101 x\r\nMODE-READER\r\n.\r\n")}, NOT_OFFERED, -1, ""},
    {"MODE READER refused", "nntp", NULL,
     {NNTP_GREETED, S("101 x\r\nMODE-READER\r\n.\r\n"), C("MODE READER\r\n"),
      S("502 no reading\r\n")}, REFUSED, 502, "no reading", .step = "the reply to MODE READER"},
    {"refused", "nntp", NULL, {NNTP_ASKED, S("580 cannot\r\n")}, REFUSED, 580, "cannot"},
    {"refused in other words", "nntp", NULL, {NNTP_ASKED, S("502 already\r\n")}, REFUSED, 502,
     "already"},
    {"agreed with 200", "nntp", NULL, {NNTP_ASKED, S("200 ok\r\n")}, MALFORMED, -1, "ok"},
    {"agreed in several lines", "nntp", NULL, {NNTP_ASKED, S("382-go\r\n")}, MALFORMED, -1,
     "382-go"},
    {"a byte injected", "nntp", NULL, {NNTP_ASKED, S("382 go\r\nX")}, INJECTION, -1, "X"},
    {"go-ahead before STARTTLS", "nntp", NULL,
     {NNTP_GREETED, S("101 x\r\nSTARTTLS\r\n.\r\n382 go\r\n")}, INJECTION, -1, NULL},
};

static const struct misbehaviour ftp[] = {
    {"closed at once", "ftp", NULL, {END}, EMPTY, -1, ""},
    {"closed after 120", "ftp", NULL, {S("120 wait\r\n"), END}, CLOSED, -1, ""},
    {"closed after FEAT", "ftp", NULL, {FTP_GREETED, END}, CLOSED, -1, "",
     .step = "the reply to FEAT"},
    {"closed amid the features", "ftp", NULL, {FTP_GREETED, S("211-F\r\n AUTH TLS\r\n"), END},
     CLOSED, -1, ""},
    {"closed after AUTH", "ftp", NULL, {FTP_ASKED, END}, CLOSED, -1, "",
     .step = "the reply to AUTH TLS"},
    {"greeting 421", "ftp", NULL, {S("421 too many users\r\n")}, REFUSED, 421, "too many users"},
    {"greeting 530", "ftp", NULL, {S("530 not you\r\n")}, REFUSED, 530, "not you"},
    {"greeting 230", "ftp", NULL, {S("230 logged in\r\n")}, WRONG, -1, "logged in"},
    {"greeting of IMAP", "ftp", NULL, {S("* OK x\r\n")}, WRONG, -1, "* OK x", "IMAP"},
    {"not offered", "ftp", NULL, {FTP_GREETED, S("211-F\r\n PASV\r\n211 End\r\n")}, NOT_OFFERED,
     -1, ""},
    {"no features", "ftp", NULL, {FTP_GREETED, S("211 none\r\n")}, NOT_OFFERED, -1, ""},
    {"SSL alone", "ftp", NULL, {FTP_GREETED, S("211-F\r\n AUTH SSL\r\n211 End\r\n")}, NOT_OFFERED,
     -1, ""},
    {"offered as the start of a word", "ftp", NULL,
     {FTP_GREETED, S("211-F\r\n AUTH TLSX\r\n211 End\r\n")}, NOT_OFFERED, -1, ""},
    {"offered as the end of a word", "ftp", NULL,
     {FTP_GREETED, S("211-F\r\n AUTH XTLS\r\n211 End\r\n")}, NOT_OFFERED, -1, ""},
    {"XAUTH", "ftp", NULL, {FTP_GREETED, S("211-F\r\n XAUTH TLS\r\n211 End\r\n")}, NOT_OFFERED,
     -1, ""},
    {"offered outside the list", "ftp", NULL,
     {S("220- AUTH TLS\r\n AUTH TLS\r\n220 x FTP\r\n"), C("FEAT\r\n"), S("211-F\r\n211 AUTH\r\n")},
     NOT_OFFERED, -1, ""},
    {"FEAT and AUTH unknown", "ftp", NULL,
     {FTP_GREETED, S("500 what?\r\n"), C("AUTH TLS\r\n"), S("502 what?\r\n")}, NOT_OFFERED, 502,
     "what?"},
    {"FEAT unknown, AUTH refused", "ftp", NULL,
     {FTP_GREETED, S("530 login\r\n"), C("AUTH TLS\r\n"), S("431 no\r\n")}, REFUSED, 431, "no"},
    {"421 for FEAT", "ftp", NULL, {FTP_GREETED, S("421 bye\r\n")}, REFUSED, 421, "bye"},
    {"refused though offered", "ftp", NULL, {FTP_ASKED, S("504 no\r\n")}, REFUSED, 504, "no"},
    {"more to be sent", "ftp", NULL, {FTP_ASKED, S("334 ADAT\r\n")}, MALFORMED, -1, "ADAT"},
    {"agreed with 200", "ftp", NULL, {FTP_ASKED, S("200 ok\r\n")}, MALFORMED, -1, "ok"},
    {"agreed without an end", "ftp", NULL, {FTP_ASKED, S("234-go\r\n235 x\r\n"), END}, CLOSED, -1,
     ""},
    {"a byte injected", "ftp", NULL, {FTP_ASKED, S("234 go\r\nX")}, INJECTION, -1, "X"},
    {"go-ahead before AUTH", "ftp", NULL,
     {FTP_GREETED, S("211-F\r\n AUTH TLS\r\n211 End\r\n234 go\r\n")}, INJECTION, -1, NULL},
};

static const struct misbehaviour sieve[] = {
    {"closed at once", "sieve", NULL, {END}, EMPTY, -1, ""},
    {"closed amid the greeting", "sieve", NULL, {S("\"STARTTLS\"\r\n"), END}, CLOSED, -1, ""},
    {"closed in a literal", "sieve", NULL, {S("\"A\" {9}\r\nabc"), END}, CLOSED, -1, NULL},
    {"closed after STARTTLS", "sieve", NULL, {SIEVE_ASKED, END}, CLOSED, -1, ""},
    {"BYE", "sieve", NULL, {S("BYE \"busy\"\r\n")}, REFUSED, -1, "\"busy\""},
    {"greeting of POP3", "sieve", NULL, {S("+OK\r\n")}, WRONG, -1, "+OK", "POP3"},
    {"greeting of IMAP", "sieve", NULL, {S("* OK\r\n")}, WRONG, -1, "* OK", "IMAP"},
    {"not offered", "sieve", NULL, {S("\"SASL\" \"\"\r\nOK\r\n")}, NOT_OFFERED, -1, ""},
    {"OK alone", "sieve", NULL, {S("OK\r\n")}, NOT_OFFERED, -1, ""},
    {"offered as the start of a word", "sieve", NULL, {S("\"STARTTLS2\"\r\nOK\r\n")}, NOT_OFFERED,
     -1, ""},
    {"offered as a value", "sieve", NULL, {S("\"SASL\" \"STARTTLS\"\r\nOK\r\n")}, NOT_OFFERED, -1,
     ""},
    {"offered without quotes", "sieve", NULL, {S("STARTTLS\r\n")}, WRONG, -1, "STARTTLS"},
    {"offered in a literal", "sieve", NULL,
     {S("\"SASL\" {12}\r\n\r\n\"STARTTLS\"\r\nOK\r\n")}, NOT_OFFERED, -1, ""},
    {"an OK in a literal", "sieve", NULL, {S("\"A\" {6}\r\n\r\nOK\r\n"), END}, CLOSED, -1, NULL},
    {"a literal that no line can hold", "sieve", NULL,
     {S("\"A\" {99999999999999999999999}\r\n"), END}, CLOSED, -1, NULL},
    {"refused", "sieve", NULL, {SIEVE_ASKED, S("NO \"no TLS\"\r\n")}, REFUSED, -1, "\"no TLS\""},
    {"refused in a literal", "sieve", NULL, {SIEVE_ASKED, S("NO {5}\r\na\r\nbc\r\n")}, REFUSED,
     -1, "{5}\na\r\nbc"},
    {"refused in a literal that ends like another's line", "sieve", NULL,
     {SIEVE_ASKED, S("NO {7}\r\nabc {5}\r\n")}, REFUSED, -1, "{7}\nabc {5}"},
    {"refused in two literals", "sieve", NULL, {SIEVE_ASKED, S("NO {1}\r\na{2}\r\nbc\r\n")}, REFUSED,
     -1, "{1}\na{2}\nbc"},
    {"NOPE", "sieve", NULL, {SIEVE_ASKED, S("NOPE\r\n")}, MALFORMED, -1, "NOPE"},
    {"a list for a go-ahead", "sieve", NULL, {SIEVE_ASKED, S("\"STARTTLS\"\r\n")}, MALFORMED, -1,
     "\"STARTTLS\""},
    {"a byte injected", "sieve", NULL, {SIEVE_ASKED, S("OK\r\nX")}, INJECTION, -1, "X"},
    {"the list again in plain text", "sieve", NULL,
     {SIEVE_ASKED, S("OK\r\n\"STARTTLS\"\r\nOK\r\n")}, INJECTION, -1, NULL},
    {"go-ahead before STARTTLS", "sieve", NULL, {S("\"STARTTLS\"\r\nOK\r\nOK\r\n")}, INJECTION, -1,
     NULL},
};
/* clang-format on */

static void smtp_misbehaves(void **state)
{
    (void)state;
    must_misbehave(smtp, COUNT(smtp));
}

static void imap_misbehaves(void **state)
{
    (void)state;
    must_misbehave(imap, COUNT(imap));
}

static void pop3_misbehaves(void **state)
{
    (void)state;
    must_misbehave(pop3, COUNT(pop3));
}

static void nntp_misbehaves(void **state)
{
    (void)state;
    must_misbehave(nntp, COUNT(nntp));
}

static void ftp_misbehaves(void **state)
{
    (void)state;
    must_misbehave(ftp, COUNT(ftp));
}

static void sieve_misbehaves(void **state)
{
    (void)state;
    must_misbehave(sieve, COUNT(sieve));
}

/* What is said before leaving: NULL for nothing. */
static void must_leave(const char *kind, const char *greeting, const char *output,
                       const char *answer, const char *farewell)
{
    const void *data;
    size_t length;
    struct hop *hop = new_hop(kind, NULL);
    give(hop, greeting, strlen(greeting), 0);
    assert_true(says(hop, output, strlen(output)));
    give(hop, answer, strlen(answer), 0);
    assert_int_equal(hop_status(hop), HOP_FAILED);
    assert_int_equal(hop_farewell(hop, &data, &length), farewell != NULL);
    if (farewell != NULL) {
        assert_int_equal(length, strlen(farewell));
        assert_memory_equal(data, farewell, length);
    }
    hop_free(hop);
}

static void farewells(void **state)
{
    (void)state;
    must_leave("smtp", "554 no\r\n", "", "", "QUIT\r\n");
    must_leave("lmtp", "554 no\r\n", "", "", "QUIT\r\n");
    must_leave("smtp", "220 x\r\n", "EHLO client.example\r\n", "250 x\r\n", "QUIT\r\n");
    must_leave("imap", "* PREAUTH x\r\n", "", "", "A3 LOGOUT\r\n");
    must_leave("pop3", "+OK\r\n", "CAPA\r\n", "-ERR\r\n", "QUIT\r\n");
    must_leave("nntp", "200 x\r\n", "CAPABILITIES\r\n", "500 x\r\n", "QUIT\r\n");
    must_leave("ftp", "220 x\r\n", "FEAT\r\n", "211 x\r\n", "QUIT\r\n");
    must_leave("sieve", "OK\r\n", "", "", "LOGOUT\r\n");
    /* Who said that he closes, breaks the grammar or injects is not to be talked to. */
    must_leave("smtp", "421 busy\r\n", "", "", NULL);
    must_leave("imap", "* BYE x\r\n", "", "", NULL);
    must_leave("sieve", "BYE\r\n", "", "", NULL);
    must_leave("nntp", "400 x\r\n", "", "", NULL);
    must_leave("smtp", "hello\r\n", "", "", NULL);
    must_leave("smtp", "220 x\r\n", "EHLO client.example\r\n", "x\r\n", NULL);
    must_leave("pop3", "+OK\r\n", "CAPA\r\n", "+OK\r\nSTLS\r\n.\r\n+OK\r\n", NULL);
    /* Nor in the middle of a command of ours. */
    must_leave("smtp", "220 x\r\n250 x\r\n", "EHLO client.example\r\n", "", "QUIT\r\n");
    const void *data;
    size_t length;
    struct hop *hop = new_hop("smtp", NULL);
    give(hop, "220 x\r\n250 x\r\n", 14, 0);
    assert_int_equal(hop_status(hop), HOP_FAILED);
    assert_false(hop_farewell(hop, &data, &length));
    hop_free(hop);
}

static void names_for_ehlo(void **state)
{
    (void)state;
    static const char *const bad[] = {"",     "a b",   "a\r\nMAIL FROM:<x>",
                                      "a\tb", "a\x7f", "a<b"};
    static char long_name[257];
    const char *why = NULL;
    struct hop_parameters parameters = usual;
    for (size_t i = 0; i < COUNT(bad); i++) {
        parameters.name = bad[i];
        assert_null(hop_new(hop_find("smtp"), &parameters, &why));
        assert_non_null(why);
    }
    memset(long_name, 'a', 256);
    parameters.name = long_name;
    assert_null(hop_new(hop_find("lmtp"), &parameters, &why));
    assert_non_null(why);
    long_name[255] = '\0';
    hop_free(new_hop("smtp", &parameters));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(smtp_misbehaves), cmocka_unit_test(imap_misbehaves),
        cmocka_unit_test(pop3_misbehaves), cmocka_unit_test(nntp_misbehaves),
        cmocka_unit_test(ftp_misbehaves),  cmocka_unit_test(sieve_misbehaves),
        cmocka_unit_test(farewells),       cmocka_unit_test(names_for_ehlo),
    };
    return cmocka_run_group_tests_name("hops of mail", tests, NULL, NULL);
}
