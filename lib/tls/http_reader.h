/* http_reader.h: the answer to one GET of HTTP/1.0, as its bytes arrive. */
#ifndef TLSDIAL_TLS_HTTP_READER_H
#define TLSDIAL_TLS_HTTP_READER_H

#include <stdbool.h>
#include <stddef.h>

#define HTTP_HEAD_MAX 16384 /**< octets of the status line and the header fields */
#define HTTP_BODY_MAX (100L * 1024L) /**< octets of a body */

enum http_progress { HTTP_MORE, HTTP_DONE, HTTP_WRONG };

enum http_fault {
    HTTP_FINE,
    HTTP_NOT_HTTP, /**< no HTTP/1.x, or its length makes no sense */
    HTTP_HEAD_TOO_LARGE,
    HTTP_BODY_TOO_LARGE,
    HTTP_CODED,   /**< a transfer coding, which HTTP/1.0 does not have */
    HTTP_NOTHING, /**< it ended before it began */
    HTTP_CUT_OFF  /**< it ended before its end */
};

/** What came; lives as long as the reader. */
struct http_answer {
    int status;           /**< 100 to 599 */
    const char *location; /**< not escaped; NULL: none */
    const unsigned char *body;
    size_t body_length;
};

struct http_reader;

/** NULL when out of memory. */
struct http_reader *http_reader_new(void);
/** NULL is allowed. */
void http_reader_free(struct http_reader *reader);

/** Takes what arrived. HTTP_DONE: the answer is there, the body of any other status than 200 is not
 * waited for. Nothing is taken after HTTP_DONE or HTTP_WRONG. */
enum http_progress http_reader_take(struct http_reader *reader, const void *data,
                                    size_t length);
/** The peer ended the stream: HTTP_DONE or HTTP_WRONG. */
enum http_progress http_reader_end(struct http_reader *reader);

/** After HTTP_WRONG. */
enum http_fault http_reader_fault(const struct http_reader *reader);
/** After HTTP_DONE. */
struct http_answer http_reader_answer(const struct http_reader *reader);

#endif
