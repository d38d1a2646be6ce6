/* file_parse.c: the certificates and CRLs of a file; see file_parse.h. */
#include <config.h>

#include "x509/file_parse.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>

/* Takes the certificate over. */
static bool take(struct file_content *content, X509 *certificate)
{
    if (sk_X509_push(content->certificates, certificate) > 0)
        return true;
    X509_free(certificate);
    return false;
}

static bool take_crl(struct file_content *content, X509_CRL *crl)
{
    if (sk_X509_CRL_push(content->crls, crl) > 0)
        return true;
    X509_CRL_free(crl);
    return false;
}

static bool add_infos(struct file_content *content, STACK_OF(X509_INFO) * all)
{
    for (int i = 0; i < sk_X509_INFO_num(all); i++) {
        X509_INFO *info = sk_X509_INFO_value(all, i);
        X509 *certificate = info->x509;
        X509_CRL *crl = info->crl;
        info->x509 = NULL;
        info->crl = NULL;
        bool added = certificate == NULL || take(content, certificate);
        if (crl != NULL)
            added = take_crl(content, crl) && added;
        if (!added)
            return false;
    }
    return true;
}

/* What a message of certificates alone has: RFC 2315, 9.1. */
static bool add_message(struct file_content *content, const PKCS7 *message)
{
    if (!PKCS7_type_is_signed(message) || message->d.sign == NULL)
        return true;
    STACK_OF(X509) *certificates = message->d.sign->cert;
    STACK_OF(X509_CRL) *crls = message->d.sign->crl;
    for (int i = 0; i < sk_X509_num(certificates); i++) {
        X509 *certificate = sk_X509_value(certificates, i);
        if (X509_up_ref(certificate) != 1 || !take(content, certificate))
            return false;
    }
    for (int i = 0; i < sk_X509_CRL_num(crls); i++) {
        X509_CRL *crl = sk_X509_CRL_value(crls, i);
        if (X509_CRL_up_ref(crl) != 1 || !take_crl(content, crl))
            return false;
    }
    return true;
}

static bool add_pem(struct file_content *content, const char *text, size_t length)
{
    BIO *bio = BIO_new_mem_buf(text, (int)length);
    char no_passphrase[] = ""; /* a private key in the file is not ours to ask about */
    STACK_OF(X509_INFO) *all =
        bio != NULL ? PEM_X509_INFO_read_bio(bio, NULL, NULL, no_passphrase) : NULL;
    bool added = all != NULL && add_infos(content, all);
    sk_X509_INFO_pop_free(all, X509_INFO_free);
    BIO_free(bio);
    return added;
}

static bool add_pem_messages(struct file_content *content, const char *text,
                             size_t length)
{
    BIO *bio = BIO_new_mem_buf(text, (int)length);
    bool added = bio != NULL;
    PKCS7 *message;
    ERR_clear_error();
    while (added && (message = PEM_read_bio_PKCS7(bio, NULL, NULL, (void *)"")) != NULL) {
        added = add_message(content, message);
        PKCS7_free(message);
    }
    if (ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE)
        ERR_clear_error();
    added = added && ERR_peek_error() == 0;
    BIO_free(bio);
    return added;
}

/* Only what is of that length and no longer is DER. */
static bool add_der(struct file_content *content, const char *text, size_t length)
{
    const unsigned char *at = (const unsigned char *)text, *end = at + length;
    bool added = true;
    ERR_set_mark();
    X509 *certificate = d2i_X509(NULL, &at, (long)length);
    if (certificate != NULL && at == end) {
        added = take(content, certificate);
        certificate = NULL;
    }
    at = (const unsigned char *)text;
    X509_CRL *crl = certificate == NULL ? d2i_X509_CRL(NULL, &at, (long)length) : NULL;
    if (crl != NULL && at == end) {
        added = take_crl(content, crl) && added;
        crl = NULL;
    }
    at = (const unsigned char *)text;
    PKCS7 *message = d2i_PKCS7(NULL, &at, (long)length);
    if (message != NULL && at == end)
        added = add_message(content, message) && added;
    PKCS7_free(message);
    X509_CRL_free(crl);
    X509_free(certificate);
    ERR_pop_to_mark();
    return added;
}

size_t file_content_size(const struct file_content *content)
{
    int certificates = sk_X509_num(content->certificates);
    int crls = sk_X509_CRL_num(content->crls); /* -1: NULL */
    return (size_t)(certificates > 0 ? certificates : 0) + (size_t)(crls > 0 ? crls : 0);
}

bool file_parse(struct file_content *content, const char *text, size_t length)
{
    content->certificates = sk_X509_new_null();
    content->crls = sk_X509_CRL_new_null();
    bool ok = content->certificates != NULL && content->crls != NULL &&
              add_pem(content, text, length);
    if (ok && file_content_size(content) == 0)
        ok = add_pem_messages(content, text, length);
    if (ok && file_content_size(content) == 0 && length > 0 && *text == 0x30)
        ok = add_der(content, text, length);
    if (!ok)
        file_content_clear(content);
    return ok;
}

void file_content_clear(struct file_content *content)
{
    sk_X509_pop_free(content->certificates, X509_free);
    sk_X509_CRL_pop_free(content->crls, X509_CRL_free);
    *content = (struct file_content){0};
}
