/*
 * hop_xmpp.c: STARTTLS of XMPP, client to server and server to server (RFC 6120, 5).
 *
 * Both sides open a stream (4.2); <starttls/> among the server's <stream:features/> is the offer,
 * <proceed/> the go-ahead, which ends with its '>' (5.4.2.3: not even a blank may follow).  A server
 * whose stream has no version has no features either (4.7.5).
 */
#include <config.h>

#include <string.h>

#include "net/hop_machine.h"
#include "net/hop_xml.h"

#define STREAMS "http://etherx.jabber.org/streams"
#define TLS "urn:ietf:params:xml:ns:xmpp-tls"
#define DEPTH_MAX 8
#define NAME_MAX_LENGTH 63 /* of an element and of a prefix */

enum element { OTHER, FEATURES, ERROR, PROCEED, FAILURE };

struct xmpp {
    bool asked;                       /* <starttls/> is sent */
    bool offered;                     /* in the features */
    char quote;                       /* that the tag under way is in, or NUL */
    char prefix[NAME_MAX_LENGTH + 1]; /* of the stream's own elements */
    enum element current;             /* the element in the stream */
    size_t depth;
    char names[DEPTH_MAX][NAME_MAX_LENGTH + 1]; /* of what is open */
};

static const char *begin(struct hop *hop, const char *content)
{
    const struct hop_parameters *given = hop_given(hop);
    const char *to = given->name != NULL ? given->name : given->host;
    if (!hop_is_plain_name(to))
        return "XMPP needs a domain name without blanks, quotes and angle brackets";
    hop_say(hop, "<?xml version='1.0'?><stream:stream xmlns='");
    hop_say(hop, content);
    hop_say(hop, "' xmlns:stream='" STREAMS "' to='");
    hop_say(hop, to);
    hop_ask(hop, "' version='1.0'>", "the stream and its features");
    return NULL;
}

static const char *client_begin(struct hop *hop, void *memory)
{
    (void)memory;
    return begin(hop, "jabber:client");
}

static const char *server_begin(struct hop *hop, void *memory)
{
    (void)memory;
    return begin(hop, "jabber:server");
}

/* ---- elements ---- */

/* The stream itself: its prefix is that of <features/> and <error/>. */
static void stream_opened(struct hop *hop, struct xmpp *xmpp, const struct xml_tag *tag)
{
    const char *version;
    size_t length;
    const char *colon = memchr(tag->name, ':', tag->name_length);
    size_t prefix = colon != NULL ? (size_t)(colon - tag->name) : 0;
    if (tag->form != XML_OPEN || !xml_is(tag, "stream", STREAMS, NULL)) {
        hop_malformed(hop, tag->name, tag->name_length);
        return;
    }
    memcpy(xmpp->prefix, tag->name, prefix); /* shorter than the name */
    if (!xml_attribute(tag, "version", &version, &length) || length == 0 ||
        version[0] < '1' || version[0] > '9')
        hop_fail(hop, HOP_NOT_OFFERED, -1, NULL);
}

static void element_opened(struct hop *hop, struct xmpp *xmpp, const struct xml_tag *tag)
{
    xmpp->current = xml_is(tag, "error", STREAMS, xmpp->prefix) ? ERROR
                    : !xmpp->asked && xml_is(tag, "features", STREAMS, xmpp->prefix)
                        ? FEATURES
                    : xmpp->asked && xml_is(tag, "proceed", TLS, NULL) ? PROCEED
                    : xmpp->asked && xml_is(tag, "failure", TLS, NULL) ? FAILURE
                                                                       : OTHER;
    if (xmpp->current == OTHER)
        hop_malformed(hop, tag->name, tag->name_length);
}

static void child_opened(struct hop *hop, struct xmpp *xmpp, const struct xml_tag *tag)
{
    if (xmpp->current == FEATURES && xml_is(tag, "starttls", TLS, NULL)) {
        xmpp->offered = true;
    } else if (xmpp->current == ERROR) { /* 4.9.2: the condition is the child's name */
        hop_fail_octets(hop, HOP_REFUSED, -1, tag->name, tag->name_length);
    }
}

static void element_closed(struct hop *hop, struct xmpp *xmpp)
{
    switch (xmpp->current) {
    case FEATURES:
        if (!xmpp->offered) {
            hop_fail(hop, HOP_NOT_OFFERED, -1, NULL);
            break;
        }
        hop_ask(hop, "<starttls xmlns='" TLS "'/>", "the reply to <starttls/>");
        xmpp->asked = true;
        break;
    case PROCEED:
        hop_go_ahead(hop);
        break;
    case OTHER:
        break;
    default: /* and the peer closes the stream (5.4.2.2, 4.9.1.1) */
        hop_dismissed(hop, -1, NULL);
    }
}

/* ---- tags ---- */

static void opened(struct hop *hop, struct xmpp *xmpp, const struct xml_tag *tag)
{
    if (xmpp->depth == DEPTH_MAX || tag->name_length > NAME_MAX_LENGTH) {
        hop_fail(hop, HOP_OVER_LIMIT, -1, NULL);
        return;
    }
    memcpy(xmpp->names[xmpp->depth], tag->name, tag->name_length);
    xmpp->names[xmpp->depth][tag->name_length] = '\0';
    if (xmpp->depth == 0)
        stream_opened(hop, xmpp, tag);
    else if (xmpp->depth == 1)
        element_opened(hop, xmpp, tag);
    else if (xmpp->depth == 2)
        child_opened(hop, xmpp, tag);
    xmpp->depth++;
}

static void closed(struct hop *hop, struct xmpp *xmpp, const struct xml_tag *tag)
{
    if (xmpp->depth == 0 || strlen(xmpp->names[xmpp->depth - 1]) != tag->name_length ||
        memcmp(xmpp->names[xmpp->depth - 1], tag->name, tag->name_length) != 0) {
        hop_malformed(hop, tag->name, tag->name_length);
        return;
    }
    xmpp->depth--;
    if (xmpp->depth == 0)
        hop_dismissed(hop, -1, NULL);
    else if (xmpp->depth == 1)
        element_closed(hop, xmpp);
}

static void tag_received(struct hop *hop, struct xmpp *xmpp, const char *text,
                         size_t length)
{
    struct xml_tag tag;
    if (!xml_parse(&tag, text, length)) {
        hop_malformed(hop, text, length);
    } else if (tag.form == XML_DECLARATION) {
        if (xmpp->depth > 0)
            hop_malformed(hop, text, length);
    } else if (tag.form == XML_CLOSE) {
        closed(hop, xmpp, &tag);
    } else {
        opened(hop, xmpp, &tag);
        if (tag.form == XML_EMPTY)
            closed(hop, xmpp, &tag);
    }
}

/* Text counts for nothing, and only blanks may be outside the elements of the stream. */
static bool text_received(struct hop *hop, const struct xmpp *xmpp,
                          const unsigned char *octet)
{
    bool blank = *octet != '\0' && strchr(" \t\r\n", *octet) != NULL;
    if (!blank && (*octet < ' ' || xmpp->depth < 2)) /* XML 1.0, 2.2 */
        hop_malformed(hop, octet, 1);
    return true;
}

static bool xmpp_octet(struct hop *hop, void *memory, const unsigned char *unit,
                       size_t length)
{
    struct xmpp *xmpp = memory;
    char octet = (char)unit[length - 1];
    if (unit[0] != '<')
        return text_received(hop, xmpp, unit);
    if (xmpp->quote != '\0')
        xmpp->quote = octet == xmpp->quote ? '\0' : xmpp->quote;
    else if (octet == '"' || octet == '\'')
        xmpp->quote = octet;
    else if (octet == '>')
        tag_received(hop, xmpp, (const char *)unit, length);
    return xmpp->quote == '\0' && octet == '>';
}

#define FAREWELL "</stream:stream>"
const struct hop_machine hop_xmpp_client = {
    sizeof(struct xmpp), client_begin, NULL, xmpp_octet, FAREWELL, sizeof FAREWELL - 1};
const struct hop_machine hop_xmpp_server = {
    sizeof(struct xmpp), server_begin, NULL, xmpp_octet, FAREWELL, sizeof FAREWELL - 1};
