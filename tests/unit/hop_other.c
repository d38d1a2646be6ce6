/* hop_other.c: what directories, chat servers, databases and desktops do wrong. */
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
#define ERROR_PACKET .fault = HOP_ERROR_PACKET, TLSDIAL_STARTTLS_REFUSED
#define MALFORMED .fault = HOP_MALFORMED, TLSDIAL_MALFORMED_RESPONSE
#define WRONG .fault = HOP_WRONG_PROTOCOL, TLSDIAL_NOT_TLS
#define INJECTION .fault = HOP_INJECTION, TLSDIAL_STARTTLS_INJECTION
#define TOO_LARGE .fault = HOP_OVER_LIMIT, TLSDIAL_TOO_LARGE
#define EMPTY .fault = HOP_CLOSED, TLSDIAL_EMPTY_REPLY
#define CLOSED .fault = HOP_CLOSED, TLSDIAL_TRUNCATED

#define LDAP_ASKED                                                                       \
    C("\x30\x1d\x02\x01\x01\x77\x18\x80\x16"                                             \
      "1.3.6.1.4.1.1466.20037")
#define STREAMS "http://etherx.jabber.org/streams"
#define TLS_NAMESPACE "urn:ietf:params:xml:ns:xmpp-tls"
#define XMPP_OPENED                                                                      \
    C("<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='" STREAMS \
      "' to='client.example' version='1.0'>")
#define STREAM "<stream:stream xmlns:stream='" STREAMS "' version='1.0'>"
#define STARTTLS "<starttls xmlns='" TLS_NAMESPACE "'/>"
#define XMPP_ASKED                                                                       \
    XMPP_OPENED, S(STREAM "<stream:features>" STARTTLS "</stream:features>"), C(STARTTLS)
#define PROCEED "<proceed xmlns='" TLS_NAMESPACE "'/>"
#define POSTGRES_ASKED C("\0\0\0\x08\x04\xd2\x16\x2f")
#define IRC_BEGUN C("CAP LS 302\r\n")
#define IRC_ASKED IRC_BEGUN, S("CAP * LS :tls\r\n"), C("STARTTLS\r\n")
#define RDP_BEGUN C("\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x0b\0\0\0")
#define RDP_CONFIRM "\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0"

/* clang-format off */
static const struct misbehaviour ldap[] = {
    {"closed at once", "ldap", NULL, {LDAP_ASKED, END}, EMPTY, -1, "",
     .step = "the response to StartTLS"},
    {"closed amid the response", "ldap", NULL, {LDAP_ASKED, S("\x30\x0c\x02"), END}, CLOSED, -1, "0\x0c\x02"},
    {"not supported", "ldap", NULL,
     {LDAP_ASKED, S("\x30\x0e\x02\x01\x01\x78\x09\x0a\x01\x02\x04\x00\x04\x02no")}, NOT_OFFERED, 2,
     "no", .meaning = "protocolError"},
    {"refused", "ldap", NULL,
     {LDAP_ASKED, S("\x30\x0f\x02\x01\x01\x78\x0a\x0a\x01\x34\x04\x00\x04\x03no!")}, REFUSED, 52, "no!",
     .meaning = "unavailable"},
    {"refused with a code without a name", "ldap", NULL,
     {LDAP_ASKED, S("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x63\x04\x00\x04\x00")}, REFUSED, 99, ""},
    {"referral", "ldap", NULL,
     {LDAP_ASKED, S("\x30\x13\x02\x01\x01\x78\x0e\x0a\x01\x0a\x04\x00\x04\x00\xa3\x05\x04\x03ref")},
     REFUSED, 10, "", .meaning = "referral"},
    {"notice of disconnection", "ldap", NULL,
     {LDAP_ASKED, S("\x30\x24\x02\x01\x00\x78\x1f\x0a\x01\x33\x04\x00\x04\x00\x8a\x16"
                    "1.3.6.1.4.1.1466.20036")}, REFUSED, 51, "", .meaning = "busy"},
    {"message 0 that is no notice", "ldap", NULL,
     {LDAP_ASKED, S("\x30\x0c\x02\x01\x00\x78\x07\x0a\x01\x00\x04\x00\x04\x00")}, WRONG, -1, NULL},
    {"another message", "ldap", NULL,
     {LDAP_ASKED, S("\x30\x0c\x02\x01\x02\x78\x07\x0a\x01\x00\x04\x00\x04\x00")}, WRONG, -1, NULL},
    {"another operation", "ldap", NULL,
     {LDAP_ASKED, S("\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00")}, WRONG, -1, NULL},
    {"another response's name", "ldap", NULL,
     {LDAP_ASKED, S("\x30\x11\x02\x01\x01\x78\x0c\x0a\x01\x00\x04\x00\x04\x00\x8a\x03" "1.3")}, WRONG, -1, NULL},
    {"a result without octets", "ldap", NULL,
     {LDAP_ASKED, S("\x30\x0b\x02\x01\x01\x78\x06\x0a\x00\x04\x00\x04\x00")}, WRONG, -1, NULL},
    {"a result of five octets", "ldap", NULL,
     {LDAP_ASKED, S("\x30\x10\x02\x01\x01\x78\x0b\x0a\x05\0\0\0\0\0\x04\x00\x04\x00")}, WRONG, -1, NULL},
    {"a negative result", "ldap", NULL,
     {LDAP_ASKED, S("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x80\x04\x00\x04\x00")}, WRONG, -1, NULL},
    {"no diagnostic message", "ldap", NULL,
     {LDAP_ASKED, S("\x30\x0a\x02\x01\x01\x78\x05\x0a\x01\x00\x04\x00")}, WRONG, -1, NULL},
    {"a length beyond its container", "ldap", NULL,
     {LDAP_ASKED, S("\x30\x0c\x02\x01\x01\x78\x08\x0a\x01\x00\x04\x00\x04\x00")}, WRONG, -1, NULL},
    {"a length beyond all", "ldap", NULL,
     {LDAP_ASKED, S("\x30\x0f\x02\x01\x01\x78\x0a\x0a\x01\x00\x04\x84\xff\xff\xff\xff\x04")}, WRONG, -1, NULL},
    {"garbage behind the response", "ldap", NULL,
     {LDAP_ASKED, S("\x30\x0d\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00\x00")}, WRONG, -1, NULL},
    {"an empty sequence", "ldap", NULL, {LDAP_ASKED, S("\x30\x00"), END}, WRONG, -1, NULL},
    {"indefinite length", "ldap", NULL, {LDAP_ASKED, S("\x30\x80\x02\x01\x01")}, WRONG, -1, NULL},
    {"length of five octets", "ldap", NULL, {LDAP_ASKED, S("\x30\x85\0\0\0")}, WRONG, -1, NULL},
    {"too long", "ldap", NULL, {LDAP_ASKED, S("\x30\x82\x20\x00")}, TOO_LARGE, -1, ""},
    {"far too long", "ldap", NULL, {LDAP_ASKED, S("\x30\x84\xff\xff\xff\xff")}, TOO_LARGE, -1, ""},
    {"text", "ldap", NULL, {LDAP_ASKED, S("+OK x")}, WRONG, -1, "+OK x", "POP3"},
    {"a byte injected", "ldap", NULL,
     {LDAP_ASKED, S("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00X")}, INJECTION, -1, "X"},
    {"a notice behind the go-ahead", "ldap", NULL,
     {LDAP_ASKED, S("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00\x30\x03\x02\x01\x00")},
     INJECTION, -1, NULL},
};

static const struct misbehaviour xmpp[] = {
    {"closed at once", "xmpp", NULL, {XMPP_OPENED, END}, EMPTY, -1, "",
     .step = "the stream and its features"},
    {"closed amid a tag", "xmpp", NULL, {XMPP_OPENED, S("<stream:st"), END}, CLOSED, -1,
     "<stream:st"},
    {"closed before the features", "xmpp", NULL, {XMPP_OPENED, S(STREAM), END}, CLOSED, -1, ""},
    {"closed after <starttls/>", "xmpp", NULL, {XMPP_ASKED, END}, CLOSED, -1, "",
     .step = "the reply to <starttls/>"},
    {"closed amid <proceed>", "xmpp", NULL,
     {XMPP_ASKED, S("<proceed xmlns='" TLS_NAMESPACE "'>"), END}, CLOSED, -1, ""},
    {"the stream is ended", "xmpp", NULL, {XMPP_OPENED, S(STREAM "</stream:stream>")}, REFUSED, -1,
     ""},
    {"the stream is empty", "xmpp", NULL,
     {XMPP_OPENED, S("<stream:stream xmlns:stream='" STREAMS "' version='1.0'/>")}, WRONG, -1,
     "stream:stream"},
    {"stream error", "xmpp", NULL,
     {XMPP_OPENED, S(STREAM "<stream:error><host-unknown xmlns='x'/>")}, REFUSED, -1, "host-unknown"},
    {"stream error later", "xmpp", NULL, {XMPP_ASKED, S("<stream:error><reset xmlns='x'/>")},
     REFUSED, -1, "reset", .step = "the reply to <starttls/>"},
    {"stream error without a condition", "xmpp", NULL, {XMPP_OPENED, S(STREAM "<stream:error/>")},
     REFUSED, -1, ""},
    {"stream without a version", "xmpp", NULL,
     {XMPP_OPENED, S("<stream:stream xmlns:stream='" STREAMS "'>")}, NOT_OFFERED, -1, ""},
    {"stream of version 0.9", "xmpp", NULL,
     {XMPP_OPENED, S("<stream:stream xmlns:stream='" STREAMS "' version='0.9'>")}, NOT_OFFERED, -1, ""},
    {"stream of another namespace", "xmpp", NULL,
     {XMPP_OPENED, S("<stream:stream xmlns:stream='http://x' version='1.0'>")}, WRONG, -1,
     "stream:stream"},
    {"stream with an unknown prefix", "xmpp", NULL,
     {XMPP_OPENED, S("<s:stream xmlns:stream='" STREAMS "' version='1.0'>")}, WRONG, -1, "s:stream"},
    {"another root", "xmpp", NULL,
     {XMPP_OPENED, S("<streams xmlns='" STREAMS "' version='1.0'>")}, WRONG, -1, "streams"},
    {"no features", "xmpp", NULL, {XMPP_OPENED, S(STREAM "<stream:features/>")}, NOT_OFFERED, -1, ""},
    {"not offered", "xmpp", NULL,
     {XMPP_OPENED, S(STREAM "<stream:features><bind xmlns='x'/></stream:features>")}, NOT_OFFERED,
     -1, ""},
    {"offered in another namespace", "xmpp", NULL,
     {XMPP_OPENED, S(STREAM "<stream:features><starttls xmlns='urn:x'/></stream:features>")},
     NOT_OFFERED, -1, ""},
    {"offered without a namespace", "xmpp", NULL,
     {XMPP_OPENED, S(STREAM "<stream:features><starttls/></stream:features>")}, NOT_OFFERED, -1, ""},
    {"offered as part of a name", "xmpp", NULL,
     {XMPP_OPENED, S(STREAM "<stream:features><starttls2 xmlns='" TLS_NAMESPACE
                     "'/></stream:features>")}, NOT_OFFERED, -1, ""},
    {"offered one level down", "xmpp", NULL,
     {XMPP_OPENED, S(STREAM "<stream:features><x>" STARTTLS "</x></stream:features>")}, NOT_OFFERED,
     -1, ""},
    {"offered in text", "xmpp", NULL,
     {XMPP_OPENED, S(STREAM "<stream:features><x>starttls</x></stream:features>")}, NOT_OFFERED, -1,
     ""},
    {"offered outside the features", "xmpp", NULL, {XMPP_OPENED, S(STREAM STARTTLS)}, MALFORMED, -1,
     "starttls"},
    {"offered in a comment", "xmpp", NULL,
     {XMPP_OPENED, S(STREAM "<stream:features><!--" "-->")}, MALFORMED, -1, "<!---->"},
    {"CDATA", "xmpp", NULL, {XMPP_OPENED, S(STREAM "<stream:features><x><![CDATA[x]]>")}, MALFORMED, -1,
     "<![CDATA[x]]>"},
    {"a document type", "xmpp", NULL, {XMPP_OPENED, S("<!DOCTYPE x>")}, WRONG, -1, "<!DOCTYPE x>", "HTTP"},
    {"a processing instruction", "xmpp", NULL, {XMPP_OPENED, S("<?xml-x y='z'?>")}, WRONG, -1, NULL},
    {"a declaration in the stream", "xmpp", NULL, {XMPP_OPENED, S(STREAM "<?xml version='1.0'?>")},
     MALFORMED, -1, "<?xml version='1.0'?>"},
    {"a wrong end tag", "xmpp", NULL,
     {XMPP_OPENED, S(STREAM "<stream:features>" STARTTLS "</stream:feature>")}, MALFORMED, -1,
     "stream:feature"},
    {"an end tag first", "xmpp", NULL, {XMPP_OPENED, S("</stream:stream>")}, WRONG, -1,
     "stream:stream"},
    {"an end tag with an attribute", "xmpp", NULL, {XMPP_OPENED, S(STREAM "</stream:stream a='b'>")},
     MALFORMED, -1, "</stream:stream a='b'>"},
    {"an attribute without quotes", "xmpp", NULL, {XMPP_OPENED, S(STREAM "<a b=c>")}, MALFORMED, -1,
     "<a b=c>"},
    {"attributes without a blank", "xmpp", NULL, {XMPP_OPENED, S(STREAM "<a b='c'd='e'>")},
     MALFORMED, -1, "<a b='c'd='e'>"},
    {"a tag in a value", "xmpp", NULL, {XMPP_OPENED, S(STREAM "<a b='<'>")}, MALFORMED, -1, "<a b='<'>"},
    {"a tag without a name", "xmpp", NULL, {XMPP_OPENED, S(STREAM "<>")}, MALFORMED, -1, "<>"},
    {"a tag in a tag", "xmpp", NULL, {XMPP_OPENED, S(STREAM "<a <b>")}, MALFORMED, -1, "<a <b>"},
    {"a quote that does not end", "xmpp", NULL, {XMPP_OPENED, S(STREAM "<a b='c>"), END}, CLOSED, -1,
     "<a b='c>"},
    {"text in the stream", "xmpp", NULL, {XMPP_OPENED, S(STREAM "x")}, MALFORMED, -1, "x"},
    {"a control character", "xmpp", NULL, {XMPP_OPENED, S(STREAM "<stream:features><x>\x01")},
     MALFORMED, -1, "\x01"},
    {"not too deep", "xmpp", NULL,
     {XMPP_OPENED, S(STREAM "<stream:features><a><a><a><a><a><a>" "</a></a></a></a></a></a></stream:features>")},
     NOT_OFFERED, -1, ""},
    {"too deep", "xmpp", NULL,
     {XMPP_OPENED, S(STREAM "<stream:features><a><a><a><a><a><a><a>")}, TOO_LARGE, -1, ""},
    {"too long a name", "xmpp", NULL,
     {XMPP_OPENED, S("<aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa>")},
     TOO_LARGE, -1, ""},
    {"a mail server", "xmpp", NULL, {XMPP_OPENED, S("220 x")}, WRONG, -1, "220 x", "SMTP, LMTP or FTP"},
    {"refused", "xmpp", NULL, {XMPP_ASKED, S("<failure xmlns='" TLS_NAMESPACE "'/>")}, REFUSED, -1,
     "", .step = "the reply to <starttls/>"},
    {"the go-ahead of another namespace", "xmpp", NULL,
     {XMPP_ASKED, S("<proceed xmlns='urn:x'/>")}, MALFORMED, -1, "proceed"},
    {"the go-ahead without a namespace", "xmpp", NULL, {XMPP_ASKED, S("<proceed/>")}, MALFORMED, -1,
     "proceed"},
    {"<proceeds/>", "xmpp", NULL, {XMPP_ASKED, S("<proceeds xmlns='" TLS_NAMESPACE "'/>")}, MALFORMED,
     -1, "proceeds"},
    {"the features again", "xmpp", NULL, {XMPP_ASKED, S("<stream:features>")}, MALFORMED, -1,
     "stream:features"},
    {"a stanza for a go-ahead", "xmpp", NULL, {XMPP_ASKED, S("<message>")}, MALFORMED, -1, "message"},
    {"a byte injected", "xmpp", NULL, {XMPP_ASKED, S(PROCEED "X")}, INJECTION, -1, "X"},
    {"a blank injected", "xmpp", NULL, {XMPP_ASKED, S(PROCEED " ")}, INJECTION, -1, " "},
    {"a stanza injected", "xmpp", NULL, {XMPP_ASKED, S(PROCEED "<message/>")}, INJECTION, -1, NULL},
    {"go-ahead before <starttls/>", "xmpp", NULL,
     {XMPP_OPENED, S(STREAM "<stream:features>" STARTTLS "</stream:features>" PROCEED)}, INJECTION,
     -1, NULL},
};

static const struct misbehaviour postgres[] = {
    {"closed at once", "postgres", NULL, {POSTGRES_ASKED, END}, EMPTY, -1, "",
     .step = "the answer to SSLRequest"},
    {"closed amid an error", "postgres", NULL, {POSTGRES_ASKED, S("E\0\0\0\x20S"), END}, CLOSED, -1, "E"},
    {"not offered", "postgres", NULL, {POSTGRES_ASKED, S("N")}, NOT_OFFERED, -1, ""},
    {"an error of protocol 3", "postgres", NULL,
     {POSTGRES_ASKED, S("E\0\0\0\x24SFATAL\0C53300\0Mtoo many clients\0\0")}, ERROR_PACKET, -1,
     "53300 too many clients"},
    {"an error without a message", "postgres", NULL, {POSTGRES_ASKED, S("E\0\0\0\x05\0")}, ERROR_PACKET, -1,
     ""},
    {"an error with a field that does not end", "postgres", NULL,
     {POSTGRES_ASKED, S("E\0\0\0\x08Mabc")}, ERROR_PACKET, -1, ""},
    {"an error of protocol 2", "postgres", NULL, {POSTGRES_ASKED, S("EFATAL:  no\n\0")}, ERROR_PACKET,
     -1, "FATAL:  no\n"},
    {"an error of length 4", "postgres", NULL, {POSTGRES_ASKED, S("E\0\0\0\x04")}, WRONG, -1, "E"},
    {"an error that is too long", "postgres", NULL, {POSTGRES_ASKED, S("E\0\0\x20\0")}, TOO_LARGE, -1, ""},
    {"a small s", "postgres", NULL, {POSTGRES_ASKED, S("s"), END}, WRONG, -1, "s"},
    {"text", "postgres", NULL, {POSTGRES_ASKED, S("220 x")}, WRONG, -1, "220 x", "SMTP, LMTP or FTP"},
    {"a byte injected", "postgres", NULL, {POSTGRES_ASKED, S("SX")}, INJECTION, -1, "X"},
    {"a packet injected", "postgres", NULL, {POSTGRES_ASKED, S("SR\0\0\0\x08\0\0\0\0")}, INJECTION, -1, NULL},
};

#define AFTER_VERSION "\x01\0\0\0abcdefgh\0"
static const struct misbehaviour mysql[] = {
    {"closed at once", "mysql", NULL, {END}, EMPTY, -1, "", .step = "the greeting"},
    {"closed amid the greeting", "mysql", NULL, {S("\x2a\0\0\0\x0a" "8.0"), END}, CLOSED, -1, "*"},
    {"not offered", "mysql", NULL, {S("\x14\0\0\0\x0a" "8.0\0" AFTER_VERSION "\xff\xf7")}, NOT_OFFERED, -1,
     ""},
    {"an old protocol", "mysql", NULL, {S("\x05\0\0\0\x09" "3.2\0")}, NOT_OFFERED, -1, ""},
    {"a newer protocol", "mysql", NULL, {S("\x05\0\0\0\x0b" "9.2\0")}, WRONG, -1, NULL},
    {"too many connections", "mysql", NULL, {S("\x17\0\0\x01\xff\x10\x04Too many connections")},
     ERROR_PACKET, 1040, "Too many connections"},
    {"host is blocked", "mysql", NULL, {S("\x12\0\0\0\xff\x69\x04#08004blocked!!")}, ERROR_PACKET, 1129,
     "blocked!!"},
    {"an error without words", "mysql", NULL, {S("\x03\0\0\0\xff\x69\x04")}, ERROR_PACKET, 1129, ""},
    {"an error without a code", "mysql", NULL, {S("\x01\0\0\0\xff")}, WRONG, -1, "\xff", .protocol = NULL},
    {"a version that does not end", "mysql", NULL, {S("\x05\0\0\0\x0a" "8.0x")}, WRONG, -1, "\n8.0x"},
    {"a greeting that ends before the capabilities", "mysql", NULL,
     {S("\x13\0\0\0\x0a" "8.0\0" AFTER_VERSION "\xff")}, WRONG, -1, NULL},
    {"another number", "mysql", NULL, {S("\x05\0\0\x02\x0a")}, WRONG, -1, NULL},
    {"length 0", "mysql", NULL, {S("\0\0\0\0\x0a")}, WRONG, -1, "", .protocol = NULL},
    {"too long", "mysql", NULL, {S("\0\x20\0\0\x0a")}, TOO_LARGE, -1, ""},
    {"far too long", "mysql", NULL, {S("\xff\xff\xff\0\x0a")}, TOO_LARGE, -1, ""},
    {"text", "mysql", NULL, {S("220 x")}, WRONG, -1, "220 x", "SMTP, LMTP or FTP"},
    {"a byte injected", "mysql", NULL, {S("\x14\0\0\0\x0a" "8.0\0" AFTER_VERSION "\xff\xffX")}, INJECTION,
     -1, "X"},
    {"two greetings", "mysql", NULL,
     {S("\x14\0\0\0\x0a" "8.0\0" AFTER_VERSION "\xff\xff\x14\0\0")}, INJECTION, -1, NULL},
};

static const struct misbehaviour irc[] = {
    {"closed at once", "irc", NULL, {IRC_BEGUN, END}, EMPTY, -1, "", .step = "the reply to CAP LS"},
    {"closed amid the capabilities", "irc", NULL, {IRC_BEGUN, S("CAP * LS * :tls\r\n"), END}, CLOSED, -1,
     ""},
    {"closed after STARTTLS", "irc", NULL, {IRC_ASKED, END}, CLOSED, -1, "",
     .step = "the reply to STARTTLS"},
    {"not offered", "irc", NULL, {IRC_BEGUN, S(":x CAP * LS :sasl\r\n")}, NOT_OFFERED, -1, ""},
    {"no capabilities", "irc", NULL, {IRC_BEGUN, S(":x CAP * LS :\r\n")}, NOT_OFFERED, -1, ""},
    {"offered as the start of a word", "irc", NULL, {IRC_BEGUN, S(":x CAP * LS :tlsx\r\n")},
     NOT_OFFERED, -1, ""},
    {"offered as the end of a word", "irc", NULL, {IRC_BEGUN, S(":x CAP * LS :a/tls\r\n")},
     NOT_OFFERED, -1, ""},
    {"offered as a value", "irc", NULL, {IRC_BEGUN, S(":x CAP * LS :sasl=tls\r\n")}, NOT_OFFERED, -1,
     ""},
    {"offered in a notice", "irc", NULL,
     {IRC_BEGUN, S("NOTICE * LS :tls\r\n:x CAP * ACK :tls\r\n:x CAP * LS :a\r\n")}, NOT_OFFERED, -1, ""},
    {"CAP unknown", "irc", NULL, {IRC_BEGUN, S(":x 421 * CAP :Unknown command\r\n")}, NOT_OFFERED, 421,
     "Unknown command"},
    {"registration wanted", "irc", NULL, {IRC_BEGUN, S(":x 451 * :You have not registered\r\n")},
     NOT_OFFERED, 451, "You have not registered"},
    {"error", "irc", NULL, {IRC_BEGUN, S("ERROR :Closing Link: too many\r\n")}, REFUSED, -1,
     "Closing Link: too many"},
    {"banned", "irc", NULL, {IRC_BEGUN, S(":x 465 * :You are banned\r\n")}, REFUSED, 465,
     "You are banned"},
    {"refused", "irc", NULL, {IRC_ASKED, S(":x 691 * :no TLS\r\n")}, REFUSED, 691, "no TLS"},
    {"STARTTLS unknown", "irc", NULL, {IRC_ASKED, S(":x 421 * STARTTLS :what?\r\n")}, REFUSED, 421,
     "what?"},
    {"a go-ahead that nobody asked for", "irc", NULL, {IRC_BEGUN, S(":x 670 * :go\r\n")}, WRONG, -1,
     "* :go"},
    {"a code of two digits", "irc", NULL, {IRC_ASKED, S(":x 67 * :go\r\n")}, MALFORMED, -1,
     ":x 67 * :go"},
    {"a code of four digits", "irc", NULL, {IRC_ASKED, S(":x 6700 * :go\r\n")}, MALFORMED, -1,
     ":x 6700 * :go"},
    {"another command", "irc", NULL, {IRC_ASKED, S(":x STARTTLS\r\n")}, MALFORMED, -1, ":x STARTTLS"},
    {"another code", "irc", NULL, {IRC_ASKED, S(":x 671 * :go\r\n"), END}, CLOSED, -1, ""},
    {"an XMPP server that closes", "irc", NULL, {IRC_BEGUN, S("<?xml version='1.0'?>"), END}, WRONG, -1,
     "<?xml version='1.0'?>", "XMPP"},
    {"a mail server", "irc", NULL, {IRC_BEGUN, S("+OK x\r\n")}, WRONG, -1, "+OK x", "POP3"},
    {"a byte injected", "irc", NULL, {IRC_ASKED, S(":x 670 * :go\r\nX")}, INJECTION, -1, "X"},
    {"go-ahead before STARTTLS", "irc", NULL,
     {IRC_BEGUN, S("CAP * LS :tls\r\n:x 670 * :go\r\n")}, INJECTION, -1, NULL},
};

static const struct misbehaviour rdp[] = {
    {"closed at once", "rdp", NULL, {RDP_BEGUN, END}, EMPTY, -1, "",
     .step = "the connection confirm"},
    {"closed amid it", "rdp", NULL, {RDP_BEGUN, S("\x03\0\0\x13\x0e"), END}, CLOSED, -1, "\x03"},
    {"no negotiation", "rdp", NULL, {RDP_BEGUN, S("\x03\0\0\x0b\x06\xd0\0\0\x12\x34\0")}, NOT_OFFERED,
     -1, ""},
    {"its own security chosen", "rdp", NULL,
     {RDP_BEGUN, S(RDP_CONFIRM "\x02\0\x08\0\0\0\0\0")}, NOT_OFFERED, -1, ""},
    {"refused", "rdp", NULL, {RDP_BEGUN, S(RDP_CONFIRM "\x03\0\x08\0\x02\0\0\0")}, REFUSED, 2, "",
     .meaning = "SSL_NOT_ALLOWED_BY_SERVER"},
    {"refused for no known reason", "rdp", NULL,
     {RDP_BEGUN, S(RDP_CONFIRM "\x03\0\x08\0\x63\0\0\0")}, REFUSED, 99, ""},
    {"a protocol not asked for", "rdp", NULL, {RDP_BEGUN, S(RDP_CONFIRM "\x02\0\x08\0\x04\0\0\0")},
     WRONG, -1, NULL},
    {"two protocols", "rdp", NULL, {RDP_BEGUN, S(RDP_CONFIRM "\x02\0\x08\0\x03\0\0\0")}, WRONG, -1,
     NULL},
    {"a large number", "rdp", NULL, {RDP_BEGUN, S(RDP_CONFIRM "\x02\0\x08\0\x01\0\0\x01")}, WRONG, -1,
     NULL},
    {"another answer", "rdp", NULL, {RDP_BEGUN, S(RDP_CONFIRM "\x04\0\x08\0\x01\0\0\0")}, WRONG, -1,
     NULL},
    {"an answer of length 9", "rdp", NULL, {RDP_BEGUN, S(RDP_CONFIRM "\x02\0\x09\0\x01\0\0\0")}, WRONG,
     -1, NULL},
    {"no confirm", "rdp", NULL, {RDP_BEGUN, S("\x03\0\0\x0b\x06\x80\0\0\x12\x34\0")}, WRONG, -1, NULL},
    {"lengths that differ", "rdp", NULL, {RDP_BEGUN, S("\x03\0\0\x0b\x07\xd0\0\0\x12\x34\0")}, WRONG, -1,
     NULL},
    {"too short", "rdp", NULL, {RDP_BEGUN, S("\x03\0\0\x04\x01")}, WRONG, -1, NULL},
    {"too long", "rdp", NULL, {RDP_BEGUN, S("\x03\0\x20\0\x01")}, WRONG, -1, NULL},
    {"a byte injected", "rdp", NULL, {RDP_BEGUN, S(RDP_CONFIRM "\x02\0\x08\0\x01\0\0\0X")}, INJECTION,
     -1, "X"},
};
/* clang-format on */

static void ldap_misbehaves(void **state)
{
    (void)state;
    must_misbehave(ldap, COUNT(ldap));
}

static void xmpp_misbehaves(void **state)
{
    (void)state;
    must_misbehave(xmpp, COUNT(xmpp));
}

static void postgres_misbehaves(void **state)
{
    (void)state;
    must_misbehave(postgres, COUNT(postgres));
}

static void mysql_misbehaves(void **state)
{
    (void)state;
    must_misbehave(mysql, COUNT(mysql));
}

static void irc_misbehaves(void **state)
{
    (void)state;
    must_misbehave(irc, COUNT(irc));
}

static void rdp_misbehaves(void **state)
{
    (void)state;
    must_misbehave(rdp, COUNT(rdp));
}

static void farewells(void **state)
{
    (void)state;
    const void *data;
    size_t length;
    struct hop *hop = new_hop("ldap", NULL);
    hop_output(hop, &data, &length);
    hop_sent(hop, length);
    give(hop, "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x02\x04\x00\x04\x00", 14, 0);
    assert_int_equal(hop_status(hop), HOP_FAILED);
    assert_true(hop_farewell(hop, &data, &length));
    assert_int_equal(length, 7);
    assert_memory_equal(data, "\x30\x05\x02\x01\x02\x42\x00", 7);
    hop_free(hop);
    hop = new_hop("irc", NULL);
    hop_output(hop, &data, &length);
    hop_sent(hop, length);
    give(hop, "CAP * LS :\r\n", 12, 0);
    assert_true(hop_farewell(hop, &data, &length));
    assert_memory_equal(data, "QUIT\r\n", length);
    hop_free(hop);
    hop = new_hop("xmpp", NULL);
    hop_output(hop, &data, &length);
    hop_sent(hop, length);
    give(hop, STREAM "<stream:features/>", sizeof STREAM + 17, 0);
    assert_true(hop_farewell(hop, &data, &length));
    assert_memory_equal(data, "</stream:stream>", length);
    hop_free(hop);
    hop = new_hop("postgres", NULL); /* has none */
    hop_output(hop, &data, &length);
    hop_sent(hop, length);
    give(hop, "N", 1, 0);
    assert_int_equal(hop_status(hop), HOP_FAILED);
    assert_false(hop_farewell(hop, &data, &length));
    hop_free(hop);
}

static void names_for_xmpp(void **state)
{
    (void)state;
    static const char *const bad[] = {NULL, "",   "a b", "a'", "a\"",
                                      "a>", "a<", "a&",  "a\n"};
    const char *why = NULL;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct hop_parameters parameters = {.host = bad[i]};
        assert_null(hop_new(hop_find("xmpp"), &parameters, &why));
        assert_non_null(why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ldap_misbehaves),     cmocka_unit_test(xmpp_misbehaves),
        cmocka_unit_test(postgres_misbehaves), cmocka_unit_test(mysql_misbehaves),
        cmocka_unit_test(irc_misbehaves),      cmocka_unit_test(rdp_misbehaves),
        cmocka_unit_test(farewells),           cmocka_unit_test(names_for_xmpp),
    };
    return cmocka_run_group_tests_name("hops of other protocols", tests, NULL, NULL);
}
