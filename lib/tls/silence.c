/* silence.c: how far a handshake came, and who may have kept it from going on. */
#include <config.h>

#include "tls/silence.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"

/* Protocols whose servers wait for a request of their own before TLS, and ignore a ClientHello. */
static const struct {
    const char *number, *service, *protocol, *starttls;
} waiting[] = {
    {"389", "ldap", "LDAP", "ldap"},
    {"3268", "msft-gc", "LDAP", "ldap"},
    {"5432", "postgresql", "PostgreSQL", "postgres"},
    {"3389", "ms-wbt-server", "RDP", "rdp"},
};

static bool suspect_protocol(const tlsdial_conn *conn, struct tlsdial_error *error)
{
    const char *port = conn->place.port;
    char hint[TLSDIAL_HINT_SIZE];
    for (size_t i = 0; i < sizeof waiting / sizeof waiting[0]; i++) {
        if (strcmp(port, waiting[i].number) != 0 && strcmp(port, waiting[i].service) != 0)
            continue;
        snprintf(hint, sizeof hint,
                 "port %s is that of %s, which begins TLS with a request of its own: "
                 "--starttls %s",
                 port, waiting[i].protocol, waiting[i].starttls);
        error_hint(error, hint);
        return true;
    }
    return false;
}

/* Boxes on the way drop or reset a ClientHello that is larger than a packet, or of TLS 1.3. */
static void suspect_client_hello(const tlsdial_conn *conn, unsigned long long size,
                                 struct tlsdial_error *error)
{
    char hint[TLSDIAL_HINT_SIZE];
    long highest = SSL_get_max_proto_version(conn->ssl);
    bool newest = highest == 0 || highest > TLS1_2_VERSION;
    snprintf(hint, sizeof hint,
             "the peer may not speak TLS on this port, or a device on the way drops a "
             "ClientHello of %llu bytes: %sfewer --groups, --sigalgs or --ciphers make "
             "it smaller",
             size, newest ? "--max-protocol TLSv1.2 or " : "");
    error_hint(error, hint);
}

static bool began_with_record(const struct stream *stream)
{
    size_t length;
    const unsigned char *first = stream_first(stream, &length);
    return length > 1 && first[0] >= SSL3_RT_CHANGE_CIPHER_SPEC &&
           first[0] <= SSL3_RT_APPLICATION_DATA && first[1] == SSL3_VERSION_MAJOR;
}

void silence_add(const tlsdial_conn *conn, struct tlsdial_error *error)
{
    char text[100] = "";
    unsigned long long sent = stream_sent(conn->stream);
    unsigned long long received = stream_received(conn->stream);
    if (error == NULL || conn->messages.client_hello == NULL)
        return;
    if (received > 0) {
        snprintf(text, sizeof text, ", after %llu byte%s%s", received,
                 received == 1 ? "" : "s",
                 conn->messages.server_hello ? " with its ServerHello" : " of an answer");
    } else if (sent == 0) {
        snprintf(text, sizeof text, ", before the ClientHello was sent");
    } else {
        snprintf(text, sizeof text, ", after a ClientHello of %llu bytes", sent);
        if (!suspect_protocol(conn, error))
            suspect_client_hello(conn, sent, error);
    }
    error_append(error, text);
}

enum tlsdial_cause silence_late(const tlsdial_conn *conn, struct tlsdial_error *error)
{
    bool answered = stream_received(conn->stream) > 0;
    tlsdial_error_set(error, TLSDIAL_DEADLINE_HANDSHAKE, 0,
                      "the handshake did not end in time: the peer sent %s",
                      answered ? "nothing more" : "nothing");
    silence_add(conn, error);
    if (answered && (conn->messages.server_hello || began_with_record(conn->stream)))
        error_hint(error, "the peer speaks TLS; the network may lose larger packets on "
                          "the way (a path MTU that is too small for them, ICMP that a "
                          "firewall drops), or the peer hangs");
    return TLSDIAL_DEADLINE_HANDSHAKE;
}
