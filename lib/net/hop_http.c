/*
 * hop_http.c: CONNECT through an HTTP proxy (RFC 9110, 9.3.6; RFC 9112).
 *
 * OSSL_HTTP_proxy_connect(3) does the same over a BIO, waits in it, and keeps neither what follows
 * the go-ahead nor the status: a hop must not wait and has to give both.
 */
#include <config.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "net/hop_machine.h"

#define CREDENTIAL_MAX 1024 /* octets of user name and password each */

struct http {
    enum { STATUS, HEADERS } state;
    int status;
};

static bool has_controls(const char *text, const char *allowed)
{
    for (; *text != '\0'; text++)
        if (((unsigned char)*text < ' ' || *text == 0x7f) &&
            strchr(allowed, *text) == NULL)
            return true;
    return false;
}

/* RFC 9110, 5.6.2 */
static size_t token_length(const char *text)
{
    return strspn(text, "!#$%&'*+-.^_`|~0123456789"
                        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

static const char *parameters_fault(const struct hop_parameters *given)
{
    if (!hop_is_plain_name(given->host) || hop_port(given->port) == 0)
        return "CONNECT needs a host name or address and a port number";
    if (given->user != NULL &&
        (strchr(given->user, ':') != NULL || has_controls(given->user, "") ||
         strlen(given->user) > CREDENTIAL_MAX))
        return "a user name for basic authentication has up to 1024 octets, no colon and "
               "no "
               "control characters";
    if (given->password != NULL &&
        (has_controls(given->password, "") || strlen(given->password) > CREDENTIAL_MAX))
        return "a password for basic authentication has up to 1024 octets and no control "
               "characters";
    for (const char *const *header = given->headers; header != NULL && *header != NULL;
         header++) {
        size_t name = token_length(*header);
        if (name == 0 || (*header)[name] != ':' || has_controls(*header, "\t"))
            return "a header is \"Name: value\" on one line";
    }
    return NULL;
}

/* RFC 7617 */
static void say_credentials(struct hop *hop, const struct hop_parameters *given)
{
    char plain[2 * CREDENTIAL_MAX + 2];
    unsigned char encoded[4 * ((sizeof plain + 2) / 3) + 1];
    plain[0] = '\0';
    strcat(strcat(plain, given->user), ":");
    strcat(plain, given->password != NULL ? given->password : "");
    EVP_EncodeBlock(encoded, (const unsigned char *)plain, (int)strlen(plain));
    hop_say(hop, "Proxy-Authorization: Basic ");
    hop_say(hop, (const char *)encoded);
    hop_say(hop, "\r\n");
    OPENSSL_cleanse(plain, sizeof plain);
    OPENSSL_cleanse(encoded, sizeof encoded);
}

static void say_authority(struct hop *hop, const struct hop_parameters *given)
{
    bool brackets = strchr(given->host, ':') != NULL;
    hop_say(hop, brackets ? "[" : "");
    hop_say(hop, given->host);
    hop_say(hop, brackets ? "]:" : ":");
    hop_say(hop, given->port);
}

static const char *http_begin(struct hop *hop, void *memory)
{
    const struct hop_parameters *given = hop_given(hop);
    const char *fault = parameters_fault(given);
    (void)memory;
    if (fault != NULL)
        return fault;
    hop_say(hop, "CONNECT ");
    say_authority(hop, given);
    hop_say(hop, " HTTP/1.1\r\nHost: ");
    say_authority(hop, given);
    hop_say(hop, "\r\n");
    if (given->user != NULL)
        say_credentials(hop, given);
    for (const char *const *header = given->headers; header != NULL && *header != NULL;
         header++) {
        hop_say(hop, *header);
        hop_say(hop, "\r\n");
    }
    hop_ask(hop, "\r\n", "the response to CONNECT");
    return NULL;
}

/* "HTTP/1.1 200 Connection established"; some leave out the blank before no reason. */
static void status_line(struct hop *hop, struct http *http, const char *line)
{
    static const char version[] = "HTTP/1.";
    const char *code = line + sizeof version + 1;
    struct reply_line reply;
    if (strncmp(line, version, sizeof version - 1) != 0 ||
        (line[7] != '0' && line[7] != '1') || line[8] != ' ' ||
        !reply_parse(&reply, code) || !reply.last) {
        hop_malformed(hop, line, strlen(line));
    } else if (reply.code >= 300) {
        hop_fail(hop, HOP_REFUSED, reply.code, reply.text);
    } else {
        http->status = reply.code;
        http->state = HEADERS;
    }
}

static void http_line(struct hop *hop, void *memory, const char *line, size_t length)
{
    struct http *http = memory;
    size_t name = token_length(line);
    if (http->state == STATUS) {
        status_line(hop, http, line);
    } else if (length > 0) { /* a length is of no body here (RFC 9110, 9.3.6) */
        if (name == 0 || line[name] != ':')
            hop_malformed(hop, line, length);
    } else if (http->status >= 200) {
        hop_go_ahead(hop);
    } else { /* RFC 9110, 15.2: an interim response */
        http->state = STATUS;
    }
}

const struct hop_machine hop_http = {
    sizeof(struct http), http_begin, http_line, NULL, NULL, 0};
