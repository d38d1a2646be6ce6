/* issuer_body.c: the certificates in what an issuer's address gives. */
#include <config.h>

#include "tls/issuer_body.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <stdbool.h>
#include <string.h>

static const char no_memory[] = "out of memory";

/* Takes the certificate. */
static bool add(STACK_OF(X509) * list, X509 *certificate)
{
    if (certificate != NULL && sk_X509_push(list, certificate) > 0)
        return true;
    X509_free(certificate);
    return false;
}

static const char *add_pkcs7(STACK_OF(X509) * list, const PKCS7 *message)
{
    /* PKCS7_type_is_signed() wants it without const in OpenSSL 3.0. */
    bool is_signed = OBJ_obj2nid(message->type) == NID_pkcs7_signed;
    STACK_OF(X509) *certificates =
        is_signed && message->d.sign != NULL ? message->d.sign->cert : NULL;
    if (sk_X509_num(certificates) <= 0)
        return "PKCS#7 without a certificate";
    for (int i = 0; i < sk_X509_num(certificates); i++) {
        X509 *certificate = sk_X509_value(certificates, i);
        if (X509_up_ref(certificate) != 1 || !add(list, certificate))
            return no_memory;
    }
    return NULL;
}

static const char *add_der(STACK_OF(X509) * list, const unsigned char *body,
                           size_t length)
{
    const unsigned char *at = body;
    const char *why = "it is neither a certificate nor PKCS#7, or damaged";
    X509 *certificate = d2i_X509(NULL, &at, (long)length);
    if (certificate != NULL)
        return add(list, certificate) ? NULL : no_memory;
    at = body;
    PKCS7 *message = d2i_PKCS7(NULL, &at, (long)length);
    if (message != NULL)
        why = add_pkcs7(list, message);
    PKCS7_free(message);
    return why;
}

static bool is_label(const char *name, const char *a, const char *b)
{
    return strcmp(name, a) == 0 || strcmp(name, b) == 0;
}

static const char *add_pem(STACK_OF(X509) * list, const unsigned char *body,
                           size_t length)
{
    BIO *bio = BIO_new_mem_buf(body, (int)length);
    char *name = NULL, *header = NULL;
    unsigned char *data = NULL;
    long size = 0;
    const char *why = bio != NULL ? NULL : no_memory;
    while (why == NULL && PEM_read_bio(bio, &name, &header, &data, &size) == 1) {
        if (is_label(name, PEM_STRING_X509, PEM_STRING_X509_OLD) ||
            is_label(name, PEM_STRING_PKCS7, "CMS"))
            why = add_der(list, data, (size_t)size);
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_free(data);
        name = header = NULL;
        data = NULL;
    }
    if (why == NULL && bio != NULL &&
        ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
        why = "its PEM is damaged";
    else if (why == NULL && sk_X509_num(list) == 0)
        why = "PEM without a certificate";
    BIO_free(bio);
    return why;
}

static bool has(const unsigned char *body, size_t length, const char *text)
{
    size_t size = strlen(text);
    for (size_t i = 0; i + size <= length; i++)
        if (memcmp(body + i, text, size) == 0)
            return true;
    return false;
}

static bool is_markup(const unsigned char *body, size_t length)
{
    static const unsigned char mark[] = {0xef, 0xbb, 0xbf}; /* a byte order mark */
    size_t i =
        length >= sizeof mark && memcmp(body, mark, sizeof mark) == 0 ? sizeof mark : 0;
    while (i < length && strchr(" \t\r\n", body[i]) != NULL && body[i] != '\0')
        i++;
    return i < length && body[i] == '<';
}

static const char *read_into(STACK_OF(X509) * list, const unsigned char *body,
                             size_t length)
{
    if (list == NULL || length > INT_MAX)
        return no_memory;
    if (length == 0)
        return "the body of the response is empty";
    if (body[0] != 0x30 && has(body, length, "-----BEGIN "))
        return add_pem(list, body, length);
    if (is_markup(body, length))
        return "it is a page of HTML or XML";
    return add_der(list, body, length);
}

STACK_OF(X509) *
    issuer_body_read(const unsigned char *body, size_t length, const char **why)
{
    STACK_OF(X509) *list = sk_X509_new_null();
    *why = read_into(list, body, length);
    ERR_clear_error();
    if (*why == NULL)
        return list;
    sk_X509_pop_free(list, X509_free);
    return NULL;
}
