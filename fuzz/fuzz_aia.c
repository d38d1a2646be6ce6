/*
 * fuzz_aia: whatever comes from an issuer's address, in whatever pieces, and whatever addresses are.
 *
 * For libFuzzer; "make fuzz" builds and runs it.  The first octet says what the others are: a URL, or an
 * answer, and then in pieces of how many octets it comes.
 */
#include <config.h>

#include <openssl/crypto.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/http_url.h"
#include "tls/http_reader.h"
#include "tls/issuer_body.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

/* What is sent of a URL cannot end the request line or a header field. */
static void check_url(const struct http_url *url)
{
    require(url->path[0] == '/' && strlen(url->path) < HTTP_URL_SIZE);
    for (const char *p = url->path; *p != '\0'; p++)
        require(*p > ' ' && *p <= '~');
    require(*url->host.name != '\0' && *url->port != '\0');
    for (const char *p = url->host.name; *p != '\0'; p++)
        require(*p > ' ' && *p <= '~' && *p != '/' && *p != '@');
    require(url->port[strspn(url->port, "0123456789")] == '\0');
}

static void try_url(const char *text)
{
    struct http_url url, next;
    struct tlsdial_error error;
    if (http_url_parse(&url, text, &error) == TLSDIAL_OK)
        check_url(&url);
    require(http_url_parse(&url, "http://a.example/", &error) == TLSDIAL_OK);
    if (http_url_redirect(&next, &url, text, &error) == TLSDIAL_OK)
        check_url(&next);
}

static void check_answer(const struct http_reader *reader, const uint8_t *data,
                         size_t size)
{
    struct http_answer answer = http_reader_answer(reader);
    const char *why = NULL;
    require(answer.status >= 100 && answer.status <= 599);
    require(answer.body_length <= HTTP_BODY_MAX && answer.body_length <= size);
    if (answer.location != NULL)
        try_url(answer.location);
    if (answer.status != 200)
        return;
    bool found = answer.body_length == 0;
    for (size_t i = 0; !found && i + answer.body_length <= size; i++)
        found = memcmp(data + i, answer.body, answer.body_length) == 0;
    require(found);
    STACK_OF(X509) *list = issuer_body_read(answer.body, answer.body_length, &why);
    require((list == NULL) == (why != NULL));
    require(list == NULL || sk_X509_num(list) > 0);
    sk_X509_pop_free(list, X509_free);
}

/* How it ended, which is the same in whatever pieces it came. */
static enum http_fault read_answer(const uint8_t *data, size_t size, size_t piece)
{
    struct http_reader *reader = http_reader_new();
    enum http_progress progress = HTTP_MORE;
    require(reader != NULL);
    for (size_t i = 0; i < size && progress == HTTP_MORE; i += piece)
        progress =
            http_reader_take(reader, data + i, size - i < piece ? size - i : piece);
    if (progress == HTTP_MORE)
        progress = http_reader_end(reader);
    enum http_fault fault = http_reader_fault(reader);
    require(progress == (fault == HTTP_FINE ? HTTP_DONE : HTTP_WRONG));
    if (progress == HTTP_DONE)
        check_answer(reader, data, size);
    http_reader_free(reader);
    return fault;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    if (data[0] == 0) {
        char *text = OPENSSL_strndup((const char *)data + 1, size - 1);
        require(text != NULL);
        try_url(text);
        OPENSSL_free(text);
        return 0;
    }
    enum http_fault at_once = read_answer(data + 1, size - 1, size);
    require(at_once == read_answer(data + 1, size - 1, data[0]));
    return 0;
}
