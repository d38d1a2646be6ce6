/*
 * hop_ftp.c: AUTH TLS of FTP (RFC 4217).
 *
 * Greeting, FEAT (RFC 2389), AUTH TLS.  A server that answers FEAT has to list AUTH with TLS there
 * (RFC 4217, 6); one that does not know FEAT is asked AUTH TLS all the same.
 */
#include <config.h>

#include <string.h>

#include "net/hop_machine.h"

struct ftp {
    enum { GREETING, FEAT, AUTH } state;
    int code; /* of the multi-line reply under way, or 0 */
    bool offered;
};

static const char *ftp_begin(struct hop *hop, void *memory)
{
    (void)memory;
    hop_expect(hop, "the greeting");
    return NULL;
}

/* " AUTH TLS", " AUTH SSL;TLS;" and, from some, "211-AUTH TLS". */
static bool offers_tls(const char *line)
{
    if (strncmp(line, "211-", 4) == 0)
        line += 4;
    line += strspn(line, " ");
    return hop_begins_with_word(line, "AUTH") &&
           (hop_has_word(hop_after_word(line), "TLS", " ;,") ||
            hop_has_word(hop_after_word(line), "TLS-C", " ;,"));
}

static void ask_auth(struct hop *hop, struct ftp *ftp)
{
    hop_ask(hop, "AUTH TLS\r\n", "the reply to AUTH TLS");
    ftp->state = AUTH;
}

static void feat_answered(struct hop *hop, struct ftp *ftp,
                          const struct reply_line *reply)
{
    if (reply->code == 211 && !ftp->offered)
        hop_fail(hop, HOP_NOT_OFFERED, -1, NULL);
    else if (reply->code == 211 || reply->code >= 500)
        ask_auth(hop, ftp);
    else
        reply_unexpected(hop, reply);
}

static void auth_answered(struct hop *hop, const struct ftp *ftp,
                          const struct reply_line *reply)
{
    bool unknown = reply->code == 500 || reply->code == 502 || reply->code == 504;
    if (reply->code == 234)
        hop_go_ahead(hop);
    else if (unknown && !ftp->offered)
        hop_fail(hop, HOP_NOT_OFFERED, reply->code, reply->text);
    else
        reply_unexpected(hop, reply);
}

static void greeted(struct hop *hop, struct ftp *ftp, const struct reply_line *reply)
{
    if (reply->code == 220) {
        hop_ask(hop, "FEAT\r\n", "the reply to FEAT");
        ftp->state = FEAT;
    } else if (reply->code != 120) { /* "ready in so many minutes": 220 follows */
        reply_unexpected(hop, reply);
    }
}

static void ftp_line(struct hop *hop, void *memory, const char *line, size_t length)
{
    struct ftp *ftp = memory;
    struct reply_line reply = {0, false, ""};
    bool is_reply = reply_parse(&reply, line);
    if (ftp->code != 0) { /* any text, up to the code and a blank (RFC 959, 4.2) */
        if (ftp->state == FEAT && ftp->code == 211 && offers_tls(line))
            ftp->offered = true;
        if (!is_reply || reply.code != ftp->code)
            return;
    } else if (!is_reply) {
        hop_malformed(hop, line, length);
        return;
    }
    ftp->code = reply.last ? 0 : reply.code;
    if (!reply.last)
        return;
    if (ftp->state == GREETING)
        greeted(hop, ftp, &reply);
    else if (ftp->state == FEAT)
        feat_answered(hop, ftp, &reply);
    else
        auth_answered(hop, ftp, &reply);
}

const struct hop_machine hop_ftp = {sizeof(struct ftp), ftp_begin, ftp_line, NULL,
                                    "QUIT\r\n",         6};
