/* fuzz_session.c: saved sessions, whose checksum is made right, so that the rest is read. */
#include <config.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "tls/session_format.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct session_content content, second;
    unsigned char *whole = malloc(size + 32), *again = NULL;
    size_t length = 0;
    if (whole == NULL)
        return 0;
    memcpy(whole, data, size);
    EVP_Digest(data, size, whole + size, NULL, EVP_sha256(), NULL);
    if (session_decode(&content, whole, size + 32) == NULL) {
        /* What was read can be written, and that be read. */
        again = session_encode(&content, &length);
        if (again == NULL || session_decode(&second, again, length) != NULL)
            abort();
        session_content_clear(&second);
    }
    session_content_clear(&content);
    OPENSSL_free(again);
    free(whole);
    ERR_clear_error();
    return 0;
}
