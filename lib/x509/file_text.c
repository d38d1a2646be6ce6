/* file_text.c: a file of certificates as it is read; see file_text.h. */
#include <config.h>

#include "x509/file_text.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <stdbool.h>
#include <string.h>

#define FIRST_READ (256 * 1024) /* octets; the bundles of distributions fit */

/* Reads on into *text, of room octets, until the end. */
static enum file_text_result read_on(BIO *bio, char **text, size_t room, size_t *length)
{
    for (;;) {
        size_t n;
        if (*length == room) {
            char *larger =
                room > FILE_TEXT_LARGEST ? NULL : OPENSSL_realloc(*text, 2 * room);
            if (larger == NULL)
                return room > FILE_TEXT_LARGEST ? FILE_TEXT_TOO_LARGE
                                                : FILE_TEXT_OUT_OF_MEMORY;
            *text = larger;
            room *= 2;
        }
        ERR_set_mark();
        if (BIO_read_ex(bio, *text + *length, room - *length, &n) != 1) {
            bool at_end = ERR_peek_last_error() == 0 || BIO_eof(bio);
            ERR_clear_last_mark();
            return at_end ? FILE_TEXT_READ : FILE_TEXT_UNREADABLE;
        }
        ERR_pop_to_mark();
        *length += n;
    }
}

static void skip_mark(char *text, size_t *length)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t size = sizeof mark - 1;
    if (*length < size || memcmp(text, mark, size) != 0)
        return;
    *length -= size;
    memmove(text, text + size, *length);
}

enum file_text_result file_text_read(const char *file, char **text, size_t *length)
{
    BIO *bio = BIO_new_file(file, "rb");
    if (bio == NULL)
        return FILE_TEXT_UNREADABLE;
    *length = 0;
    *text = OPENSSL_malloc(FIRST_READ);
    enum file_text_result result =
        *text != NULL ? read_on(bio, text, FIRST_READ, length) : FILE_TEXT_OUT_OF_MEMORY;
    BIO_free(bio);
    if (result == FILE_TEXT_READ && *length > FILE_TEXT_LARGEST)
        result = FILE_TEXT_TOO_LARGE;
    if (result != FILE_TEXT_READ)
        OPENSSL_free(*text);
    else
        skip_mark(*text, length);
    return result;
}
