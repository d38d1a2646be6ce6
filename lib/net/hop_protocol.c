/* hop_protocol.c: which protocol a peer's first bytes are of.  Pure. */
#include <config.h>

#include <string.h>

#include "net/hop.h"

/* What a server's greeting begins with and, where that is not enough, what its line contains. The
 * first that fits counts. */
struct beginning {
    const char *prefix, *contains, *protocol;
};

static const struct beginning beginnings[] = {
    {"HTTP/", NULL, "HTTP"},
    {"<!DOCTYPE", NULL, "HTTP"},
    {"<", "html", "HTTP"},
    {"SSH-", NULL, "SSH"},
    {"220", "FTP", "FTP"},
    {"220", "LMTP", "LMTP"},
    {"220", "SMTP", "SMTP"},
    {"220", NULL, "SMTP, LMTP or FTP"},
    {"200 ", NULL, "NNTP"},
    {"201 ", NULL, "NNTP"},
    {"+OK", NULL, "POP3"},
    {"* OK", NULL, "IMAP"},
    {"* PREAUTH", NULL, "IMAP"},
    {"* BYE", NULL, "IMAP"},
    {"\"IMPLEMENTATION\"", NULL, "ManageSieve"},
    {"<?xml", NULL, "XMPP"},
    {"<stream:", NULL, "XMPP"},
    {"NOTICE ", NULL, "IRC"},
    {"ERROR :", NULL, "IRC"},
    {":", " NOTICE ", "IRC"},
    {"RFB ", NULL, "VNC"},
    {"AMQP", NULL, "AMQP"},
    {"@RSYNCD:", NULL, "rsync"},
    {"-ERR", NULL, "POP3 or Redis"},
};

static const char *binary_protocol(const unsigned char *first, size_t length)
{
    /* An alert or a handshake record of any version (RFC 8446, 5.1). */
    if ((first[0] == 0x15 || first[0] == 0x16) && (length < 2 || first[1] == 3))
        return "TLS";
    /* Length of three bytes, sequence number 0, protocol version 10 or an error. */
    if (length >= 5 && first[2] == 0 && first[3] == 0 &&
        (first[4] == 10 || first[4] == 0xff))
        return "MySQL";
    /* Type, and a length that begins with zeros. */
    if (length >= 3 && (first[0] == 'E' || first[0] == 'R') && first[1] == 0 &&
        first[2] == 0)
        return "PostgreSQL";
    /* A sequence that begins with a message number (RFC 4511, 4.1.1). */
    if (length >= 5 && first[0] == 0x30 &&
        (first[2] == 2 || (first[1] == 0x84 && first[2] == 0)))
        return "LDAP";
    return NULL;
}

const char *hop_protocol_of(const void *first, size_t length)
{
    char line[128] = "";
    if (length == 0)
        return NULL;
    if (length > sizeof line - 1)
        length = sizeof line - 1;
    memcpy(line, first, length);
    line[strcspn(line, "\r\n")] = '\0';
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
        const struct beginning *beginning = &beginnings[i];
        if (strncmp(line, beginning->prefix, strlen(beginning->prefix)) == 0 &&
            (beginning->contains == NULL || strstr(line, beginning->contains) != NULL))
            return beginning->protocol;
    }
    return binary_protocol(first, length);
}
