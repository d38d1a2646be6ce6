/*
 * hop.h: what is spoken between the connection and the ClientHello.
 *
 * A hop is a pure machine: it takes the peer's bytes, gives bytes to send, and says more, done or
 * failed.  It knows no socket, no clock and no TLS.  The driver's part:
 *
 *   hop = hop_new(hop_find("smtp"), &parameters, &why);
 *   loop:
 *     send all of hop_output(), and say so with hop_sent()
 *     leave when hop_status() is not HOP_MORE
 *     hop_receive() what arrives, hop_end() where the peer closes
 *
 * Output comes before the status: some hops have the last word (MySQL's SSLRequest, a PROXY
 * header), and are done with bytes still to send.  The outcome depends on the bytes, not on how
 * they are cut into calls of hop_receive().
 *
 * A byte left over after the go-ahead is plain text that TLS would take for its own
 * (TLSDIAL_STARTTLS_INJECTION), and so is a go-ahead that comes before its command has gone out.
 * Where another hop follows a proxy (CONNECT to a mail server, then STARTTLS) the bytes left over
 * are that hop's: set parameters.another_follows, and give it what hop_rest() has.
 *
 * No function blocks, prints or changes OpenSSL's error queue.  A hop is one thread's.
 */
#ifndef TLSDIAL_HOP_H
#define TLSDIAL_HOP_H

#include <stdbool.h>
#include <stddef.h>

#include "tlsdial.h"

/* Limits of what a peer may send before TLS: TLSDIAL_TOO_LARGE beyond them. */
#define HOP_LINE_MAX 8192   /* octets of a line with its end, a packet or an XML tag */
#define HOP_LINES_MAX 100   /* lines of one reply */
#define HOP_TOTAL_MAX 65536 /* octets of a hop */
#define HOP_WORDS_MAX 512   /* octets kept of what the peer said */

enum hop_type {
    HOP_STARTTLS, /**< the server's protocol begins TLS itself; always the last hop */
    HOP_PROXY,    /**< another machine is asked to connect to the target */
    HOP_HEADER    /**< written before all else, never answered */
};

struct hop_machine;

/** A row of the table of hops. A plain value. */
struct hop_kind {
    const char *name; /**< of --starttls, or a URL's scheme */
    enum hop_type type;
    const char *port;     /**< where none is given; NULL: no port of its own */
    const char *protocol; /**< as people write it: "SMTP" */
    const struct hop_machine *machine;
};

/** NULL where there is none of that name. */
const struct hop_kind *hop_find(const char *name);
/** All rows in turn, beginning with index 0; NULL behind the last. */
const struct hop_kind *hop_kind_at(size_t index);

/** What a hop says of us and the target. Strings are the caller's, live as long as the hop, and
 * are NULL where unused. */
struct hop_parameters {
    const char
        *host; /**< the target: a name in A-labels, or an IP literal without brackets */
    const char *port; /**< the target's, 1 to 65535; for proxies */
    const char *name; /**< for EHLO and LHLO, or the `to` of XMPP; NULL: derived */
    const char *user, *password; /**< for the proxy; NULL: none */
    const char *const *headers; /**< "Name: value" for CONNECT, ends with NULL; or NULL */
    /** For a PROXY header: IP literals and ports; all NULL: the connection is our own. */
    const char *source, *source_port, *destination, *destination_port;
    bool
        another_follows; /**< a hop, not TLS, comes after this one; not for HOP_STARTTLS */
};

enum hop_status {
    HOP_MORE,  /**< waits for the peer, see hop_waiting_for() */
    HOP_DONE,  /**< the way is free, once the output is sent */
    HOP_FAILED /**< see hop_failure() */
};

enum hop_fault {
    HOP_NO_FAULT,
    HOP_NOT_OFFERED,    /**< the peer speaks the protocol but does not offer TLS */
    HOP_REFUSED,        /**< asked for, and the answer was no */
    HOP_PREAUTH,        /**< IMAP: authenticated already, where STARTTLS is not allowed */
    HOP_ERROR_PACKET,   /**< the server's error came in place of an answer */
    HOP_WRONG_PROTOCOL, /**< the first thing said is of another protocol */
    HOP_MALFORMED,      /**< a later thing said breaks the protocol's grammar */
    HOP_OVER_LIMIT,     /**< see the limits above */
    HOP_INJECTION,      /**< bytes after the go-ahead, or a go-ahead before its command */
    HOP_CLOSED,         /**< the peer closed before it was done */
    HOP_OUT_OF_MEMORY
};

/** The facts of a failure; the text is made elsewhere. */
struct hop_failure {
    enum hop_fault fault;
    enum tlsdial_cause cause;
    const char *step; /**< what was waited for: "the reply to STARTTLS" */
    int code;         /**< the protocol's number (SMTP reply, HTTP status ...), or -1 */
    const char
        *meaning; /**< the protocol's name for a code that comes without words, or NULL */
    const char
        *protocol; /**< what the peer seems to speak, where that is not ours; or NULL */
    /** The peer's words, as they came: not escaped, maybe cut, maybe with NULs. */
    char words[HOP_WORDS_MAX];
    size_t words_length;
};

struct hop;

/** NULL with *why where the parameters do not suit (a static text), NULL with *why NULL when out of
 * memory. Free with hop_free(). */
struct hop *hop_new(const struct hop_kind *kind, const struct hop_parameters *parameters,
                    const char **why);
void hop_free(struct hop *hop);

enum hop_status hop_status(const struct hop *hop);
/** Takes bytes, however they are cut. After HOP_DONE every further byte is left over. */
enum hop_status hop_receive(struct hop *hop, const void *data, size_t length);
/** The peer closed. A hop that is done stays done: TLS reports the end. */
enum hop_status hop_end(struct hop *hop);

/** What is to be sent; length 0: nothing now. Valid until the next call with this hop. */
void hop_output(const struct hop *hop, const void **data, size_t *length);
/** So many bytes of it are sent. Call it as soon as they are. */
void hop_sent(struct hop *hop, size_t length);

/** For a deadline's message, with an article: "the reply to STARTTLS". */
const char *hop_waiting_for(const struct hop *hop);
/** NULL unless hop_status() is HOP_FAILED. The hop's. */
const struct hop_failure *hop_failure(const struct hop *hop);
/** Bytes that came after the go-ahead and are the next hop's. Valid as for hop_output(). */
void hop_rest(const struct hop *hop, const void **data, size_t *length);
/** What to send before closing, where negotiation failed and the protocol has a polite end; false
 * where there is none, or no dialogue left to end. Static. */
bool hop_farewell(const struct hop *hop, const void **data, size_t *length);

/** What protocol a peer's first bytes look like ("HTTP", "TLS"), or NULL. */
const char *hop_protocol_of(const void *first, size_t length);
/** What helps where it is spoken in place of TLS; NULL: nothing in particular. Static. */
const char *hop_protocol_hint(const char *protocol);

#endif
