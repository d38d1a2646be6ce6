/*
 * http_reader.c: the answer to one GET of HTTP/1.0, as its bytes arrive.  Pure.
 *
 * OpenSSL's own client (OSSL_HTTP_REQ_CTX_nbio(3)) does not serve here: of a status other than 200
 * it says that there was an error, and not which; it follows or refuses redirects before the caller
 * can look at them; with "expect_asn1" it takes no PEM, and without it, it gives no length limit
 * of its own and a body that was cut off for a complete one.
 */
#include <config.h>

#include "tls/http_reader.h"

#include <openssl/crypto.h>
#include <string.h>

struct http_reader {
    enum http_progress progress;
    enum http_fault fault;
    size_t used;
    size_t body_at;     /* 0: the head is not complete */
    size_t body_length; /* of Content-Length */
    bool has_length;
    int status;
    const char *location;
    /* The NULs of lines are put into the head; the last octet is one, too. */
    char data[HTTP_HEAD_MAX + HTTP_BODY_MAX + 1];
};

struct http_reader *http_reader_new(void)
{
    return OPENSSL_zalloc(sizeof(struct http_reader));
}

void http_reader_free(struct http_reader *reader)
{
    OPENSSL_free(reader);
}

static enum http_progress end_with(struct http_reader *reader, enum http_fault fault)
{
    reader->fault = fault;
    reader->progress = fault == HTTP_FINE ? HTTP_DONE : HTTP_WRONG;
    return reader->progress;
}

/* ---- the head ---- */

/* The length of the head with the empty line that ends it; 0: that is not there. A line may end with
 * LF alone (RFC 9112, 2.2). */
static size_t head_length(const char *data, size_t length)
{
    for (size_t i = 0; i + 1 < length; i++) {
        if (data[i] != '\n')
            continue;
        if (data[i + 1] == '\n')
            return i + 2;
        if (data[i + 1] == '\r' && i + 2 < length && data[i + 2] == '\n')
            return i + 3;
    }
    return 0;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* The value of the line where it has that name, else NULL. The blanks around it are cut. */
static char *field(char *line, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < length; i++)
        if (lower(line[i]) != name[i])
            return NULL;
    if (line[length] != ':')
        return NULL;
    char *value = line + length + 1;
    value += strspn(value, " \t");
    for (size_t end = strlen(value); end > 0 && strchr(" \t", value[end - 1]) != NULL;)
        value[--end] = '\0';
    return value;
}

static enum http_fault set_length(struct http_reader *reader, const char *value)
{
    size_t length = 0, digits = strspn(value, "0123456789");
    if (digits == 0 || value[digits] != '\0')
        return HTTP_NOT_HTTP;
    for (size_t i = 0; i < digits && length <= HTTP_BODY_MAX; i++)
        length = length * 10 + (size_t)(value[i] - '0');
    if (length > HTTP_BODY_MAX)
        return HTTP_BODY_TOO_LARGE;
    if (reader->has_length && reader->body_length != length)
        return HTTP_NOT_HTTP; /* RFC 9112, 6.3 */
    reader->has_length = true;
    reader->body_length = length;
    return HTTP_FINE;
}

static enum http_fault take_field(struct http_reader *reader, char *line)
{
    char *value = field(line, "location");
    if (value != NULL && reader->location == NULL)
        reader->location = value;
    if (reader->status != 200)
        return HTTP_FINE;
    if ((value = field(line, "transfer-encoding")) != NULL)
        return HTTP_CODED;
    if ((value = field(line, "content-length")) != NULL)
        return set_length(reader, value);
    return HTTP_FINE;
}

/* "HTTP/1.1 200 OK" */
static bool take_status(struct http_reader *reader, const char *line)
{
    static const char version[] = "HTTP/1.";
    if (strncmp(line, version, strlen(version)) != 0)
        return false;
    const char *code = line + strlen(version);
    if (*code != '0' && *code != '1')
        return false;
    code++;
    if (code[0] != ' ' || strspn(code + 1, "0123456789") != 3 ||
        (code[4] != ' ' && code[4] != '\0') || code[1] < '1' || code[1] > '5')
        return false;
    reader->status = (code[1] - '0') * 100 + (code[2] - '0') * 10 + (code[3] - '0');
    return true;
}

/* Ends the line with a NUL and gives where the next begins. */
static char *cut_line(char *line)
{
    char *end = line + strcspn(line, "\n");
    *end = '\0';
    if (end > line && end[-1] == '\r')
        end[-1] = '\0';
    return end + 1;
}

static enum http_fault take_head(struct http_reader *reader)
{
    char *line = reader->data, *end = reader->data + reader->body_at;
    enum http_fault fault = HTTP_FINE;
    if (memchr(line, '\0', reader->body_at) != NULL)
        return HTTP_NOT_HTTP;
    char *next = cut_line(line);
    if (!take_status(reader, line))
        return HTTP_NOT_HTTP;
    while (fault == HTTP_FINE && (line = next) < end) {
        next = cut_line(line);
        fault = take_field(reader, line);
    }
    return fault;
}

/* ---- what arrives ---- */

/* Whether it can still become HTTP: another protocol's greeting is not waited out. */
static bool may_be_http(const struct http_reader *reader)
{
    static const char version[] = "HTTP/1.";
    size_t length = strlen(version);
    return memcmp(reader->data, version, reader->used < length ? reader->used : length) ==
           0;
}

static enum http_progress look(struct http_reader *reader)
{
    if (reader->body_at == 0) {
        if (!may_be_http(reader))
            return end_with(reader, HTTP_NOT_HTTP);
        size_t seen = reader->used < HTTP_HEAD_MAX ? reader->used : HTTP_HEAD_MAX;
        reader->body_at = head_length(reader->data, seen);
        if (reader->body_at == 0)
            return reader->used >= HTTP_HEAD_MAX ? end_with(reader, HTTP_HEAD_TOO_LARGE)
                                                 : HTTP_MORE;
        enum http_fault fault = take_head(reader);
        if (fault != HTTP_FINE || reader->status != 200)
            return end_with(reader, fault);
    }
    size_t body = reader->used - reader->body_at;
    if (reader->has_length)
        return body >= reader->body_length ? end_with(reader, HTTP_FINE) : HTTP_MORE;
    return body > HTTP_BODY_MAX ? end_with(reader, HTTP_BODY_TOO_LARGE) : HTTP_MORE;
}

enum http_progress http_reader_take(struct http_reader *reader, const void *data,
                                    size_t length)
{
    const char *from = data;
    while (reader->progress == HTTP_MORE && length > 0) {
        size_t room = sizeof reader->data - 1 - reader->used;
        size_t n = length < room ? length : room;
        if (n == 0) /* look() ends it before: there is room for both parts */
            return end_with(reader, HTTP_BODY_TOO_LARGE);
        memcpy(reader->data + reader->used, from, n);
        reader->used += n;
        from += n;
        length -= n;
        look(reader);
    }
    return reader->progress;
}

enum http_progress http_reader_end(struct http_reader *reader)
{
    if (reader->progress != HTTP_MORE)
        return reader->progress;
    if (reader->used == 0)
        return end_with(reader, HTTP_NOTHING);
    if (reader->body_at == 0 || reader->has_length)
        return end_with(reader, HTTP_CUT_OFF);
    reader->body_length = reader->used - reader->body_at;
    return end_with(reader, HTTP_FINE);
}

enum http_fault http_reader_fault(const struct http_reader *reader)
{
    return reader->fault;
}

struct http_answer http_reader_answer(const struct http_reader *reader)
{
    return (struct http_answer){
        .status = reader->status,
        .location = reader->location,
        .body = (const unsigned char *)reader->data + reader->body_at,
        .body_length = reader->status == 200 ? reader->body_length : 0};
}
