/* session_format.c: see session_format.h. */
#include <config.h>

#include "tls/session_format.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <string.h>

#define MAGIC_SIZE 16
#define DIGEST_SIZE 32

static const unsigned char magic[MAGIC_SIZE] = "tlsdial session\1";

void session_list_add(struct session_list *list, SSL_SESSION *session)
{
    if (list->count == SESSIONS_KEPT) {
        SSL_SESSION_free(list->items[0]);
        memmove(&list->items[0], &list->items[1],
                (SESSIONS_KEPT - 1) * sizeof list->items[0]);
        list->count--;
    }
    list->items[list->count++] = session;
}

void session_list_clear(struct session_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        SSL_SESSION_free(list->items[i]);
    *list = (struct session_list){0};
}

void session_content_clear(struct session_content *content)
{
    sk_X509_pop_free(content->chain, X509_free);
    session_list_clear(&content->sessions);
    *content = (struct session_content){0};
}

/* ---- writing ---- */

/* Where octets go; with no place they are only counted. */
struct writer {
    unsigned char *data;
    size_t length;
    bool failed;
};

static unsigned char *put_length(struct writer *writer, size_t length)
{
    unsigned char *at = writer->data != NULL ? writer->data + writer->length : NULL;
    for (int i = 0; at != NULL && i < 4; i++)
        *at++ = (unsigned char)(length >> (24 - 8 * i));
    writer->length += 4 + length;
    return at;
}

static void put(struct writer *writer, const void *data, size_t length)
{
    unsigned char *at = put_length(writer, length);
    if (at != NULL && length > 0)
        memcpy(at, data, length);
}

static void put_certificate(struct writer *writer, const X509 *certificate)
{
    int length = i2d_X509(certificate, NULL);
    writer->failed = writer->failed || length <= 0;
    if (writer->failed)
        return;
    unsigned char *at = put_length(writer, (size_t)length);
    if (at != NULL)
        i2d_X509(certificate, &at);
}

static void put_session(struct writer *writer, const SSL_SESSION *session)
{
    int length = i2d_SSL_SESSION(session, NULL);
    writer->failed = writer->failed || length <= 0;
    if (writer->failed)
        return;
    unsigned char *at = put_length(writer, (size_t)length);
    if (at != NULL)
        i2d_SSL_SESSION(session, &at);
}

static void put_all(struct writer *writer, const struct session_content *content)
{
    const struct session_place *place = &content->place;
    if (writer->data != NULL)
        memcpy(writer->data, magic, MAGIC_SIZE);
    writer->length = MAGIC_SIZE;
    put(writer, place->host, strlen(place->host));
    put(writer, place->port, strlen(place->port));
    put(writer, place->servername, strlen(place->servername));
    put(writer, place->identity, sizeof place->identity);
    for (int i = 0; i < sk_X509_num(content->chain); i++)
        put_certificate(writer, sk_X509_value(content->chain, i));
    put(writer, NULL, 0);
    for (size_t i = 0; i < content->sessions.count; i++)
        put_session(writer, content->sessions.items[i]);
    put(writer, NULL, 0);
}

static bool digest(const unsigned char *data, size_t length,
                   unsigned char result[DIGEST_SIZE])
{
    return EVP_Digest(data, length, result, NULL, EVP_sha256(), NULL) == 1;
}

unsigned char *session_encode(const struct session_content *content, size_t *length)
{
    struct writer writer = {0};
    put_all(&writer, content);
    size_t size = writer.length;
    unsigned char *data = writer.failed ? NULL : OPENSSL_malloc(size + DIGEST_SIZE);
    if (data == NULL)
        return NULL;
    writer = (struct writer){.data = data};
    put_all(&writer, content);
    if (writer.failed || !digest(data, size, data + size)) {
        OPENSSL_clear_free(data, size + DIGEST_SIZE);
        return NULL;
    }
    *length = size + DIGEST_SIZE;
    return data;
}

/* ---- reading ---- */

struct reader {
    const unsigned char *at;
    size_t left;
};

/* The next field, within the octets. */
static bool get(struct reader *reader, const unsigned char **data, size_t *length)
{
    if (reader->left < 4)
        return false;
    const unsigned char *at = reader->at;
    *length = (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
    if (*length > reader->left - 4)
        return false;
    *data = at + 4;
    reader->at = at + 4 + *length;
    reader->left -= 4 + *length;
    return true;
}

static bool get_text(struct reader *reader, char *to, size_t size)
{
    const unsigned char *data;
    size_t length;
    if (!get(reader, &data, &length) || length >= size ||
        memchr(data, '\0', length) != NULL)
        return false;
    memcpy(to, data, length);
    to[length] = '\0';
    return true;
}

static bool get_place(struct reader *reader, struct session_place *place)
{
    const unsigned char *data;
    size_t length;
    if (!get_text(reader, place->host, sizeof place->host) ||
        !get_text(reader, place->port, sizeof place->port) ||
        !get_text(reader, place->servername, sizeof place->servername) ||
        !get(reader, &data, &length) || length != sizeof place->identity)
        return false;
    memcpy(place->identity, data, length);
    return true;
}

static bool get_chain(struct reader *reader, STACK_OF(X509) * chain)
{
    const unsigned char *data;
    size_t length;
    while (get(reader, &data, &length)) {
        if (length == 0)
            return sk_X509_num(chain) > 0;
        const unsigned char *end = data + length;
        X509 *certificate = d2i_X509(NULL, &data, (long)length);
        if (certificate == NULL || data != end ||
            sk_X509_num(chain) == SESSION_MOST_CERTIFICATES ||
            sk_X509_push(chain, certificate) <= 0) {
            X509_free(certificate);
            return false;
        }
    }
    return false;
}

/* Each must be of the chain's own certificate: that is what will be verified again. */
static bool get_sessions(struct reader *reader, struct session_content *content)
{
    const unsigned char *data;
    size_t length;
    while (get(reader, &data, &length)) {
        if (length == 0)
            return content->sessions.count > 0 && reader->left == 0;
        const unsigned char *end = data + length;
        SSL_SESSION *session = d2i_SSL_SESSION(NULL, &data, (long)length);
        X509 *peer = session != NULL ? SSL_SESSION_get0_peer(session) : NULL;
        if (peer == NULL || data != end || content->sessions.count == SESSIONS_KEPT ||
            X509_cmp(peer, sk_X509_value(content->chain, 0)) != 0) {
            SSL_SESSION_free(session);
            return false;
        }
        session_list_add(&content->sessions, session);
    }
    return false;
}

const char *session_decode(struct session_content *content, const unsigned char *data,
                           size_t length)
{
    unsigned char sum[DIGEST_SIZE];
    *content = (struct session_content){.chain = sk_X509_new_null()};
    if (length < MAGIC_SIZE + DIGEST_SIZE || memcmp(data, magic, MAGIC_SIZE - 1) != 0)
        return "these are not the octets of one";
    if (data[MAGIC_SIZE - 1] != magic[MAGIC_SIZE - 1])
        return "another version of this library saved it";
    if (length > SESSION_LARGEST)
        return "it is too large";
    if (!digest(data, length - DIGEST_SIZE, sum) ||
        memcmp(sum, data + length - DIGEST_SIZE, DIGEST_SIZE) != 0)
        return "it is damaged";
    struct reader reader = {data + MAGIC_SIZE, length - MAGIC_SIZE - DIGEST_SIZE};
    ERR_set_mark();
    bool ok = content->chain != NULL && get_place(&reader, &content->place) &&
              get_chain(&reader, content->chain) && get_sessions(&reader, content);
    ERR_pop_to_mark();
    return ok ? NULL : "it is malformed";
}
