/* certificate.c: what a certificate says, in the forms that messages and reports have it. */
#include <config.h>

#include "x509/certificate.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define DAY 86400 /* seconds */

char *name_text(const X509_NAME *name)
{
    /* RFC 2253 order and escapes, a space after each comma, and UTF-8 left as it is. */
    unsigned long flags = (ASN1_STRFLGS_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) |
                          XN_FLAG_SEP_CPLUS_SPC | XN_FLAG_DN_REV | XN_FLAG_FN_SN;
    char *printed = NULL, *text = NULL;
    BIO *memory = BIO_new(BIO_s_mem());
    if (memory == NULL || X509_NAME_print_ex(memory, name, 0, flags) < 0 ||
        BIO_write(memory, "", 1) != 1 || BIO_get_mem_data(memory, &printed) <= 0)
        goto end;
    text = hidden_escaped_text(printed);
end:
    BIO_free(memory);
    return text;
}

static bool is_of_dns_name(unsigned char c)
{
    unsigned char lower = c | 0x20;
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr(".-*_", c) != NULL);
}

/* Octets of a dNSName that no name has, a NUL or a comma among them, as \xHH: in a list of names one
 * must not look like two, nor like a shorter one. */
static void print_dns_name(char *to, size_t size, const unsigned char *octets, int length)
{
    size_t used = 0;
    *to = '\0';
    for (int i = 0; i < length && used + sizeof "\\xHH" <= size; i++)
        used += (size_t)snprintf(to + used, size - used,
                                 is_of_dns_name(octets[i]) ? "%c" : "\\x%02X", octets[i]);
}

bool general_name_text(char *to, size_t size, const GENERAL_NAME *name)
{
    int type;
    const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);
    int length = type == GEN_DNS || type == GEN_IPADD ? ASN1_STRING_length(value) : 0;
    const unsigned char *octets = length > 0 ? ASN1_STRING_get0_data(value) : NULL;
    if (length > 0 && type == GEN_DNS)
        print_dns_name(to, size, octets, length);
    else if (length == 4)
        snprintf(to, size, "%u.%u.%u.%u", octets[0], octets[1], octets[2], octets[3]);
    else if (length == 16)
        snprintf(to, size, "%x:%x:%x:%x:%x:%x:%x:%x", octets[0] << 8 | octets[1],
                 octets[2] << 8 | octets[3], octets[4] << 8 | octets[5],
                 octets[6] << 8 | octets[7], octets[8] << 8 | octets[9],
                 octets[10] << 8 | octets[11], octets[12] << 8 | octets[13],
                 octets[14] << 8 | octets[15]);
    else
        return false;
    return true;
}

static bool is_http(const ASN1_STRING *url)
{
    static const char scheme[] = "http://";
    const unsigned char *text = ASN1_STRING_get0_data(url);
    if (ASN1_STRING_length(url) <= (int)strlen(scheme))
        return false;
    for (size_t i = 0; i < strlen(scheme); i++)
        if ((text[i] | 0x20) != scheme[i]) /* schemes have no case */
            return false;
    return true;
}

/* The value of a way to the issuer; NULL: it is another way, or no URL, as a text with a NUL. */
static const ASN1_STRING *issuer_way(const ACCESS_DESCRIPTION *way)
{
    int type;
    const ASN1_STRING *value = GENERAL_NAME_get0_value(way->location, &type);
    if (OBJ_obj2nid(way->method) != NID_ad_ca_issuers || type != GEN_URI ||
        memchr(ASN1_STRING_get0_data(value), '\0', (size_t)ASN1_STRING_length(value)) !=
            NULL)
        return NULL;
    return value;
}

/* Some CAs have an ldap:// address first, which cannot be fetched from. */
char *issuer_url_at(const X509 *certificate, size_t index)
{
    AUTHORITY_INFO_ACCESS *access =
        X509_get_ext_d2i(certificate, NID_info_access, NULL, NULL);
    char *url = NULL;
    for (int of_http = 1; of_http >= 0 && url == NULL; of_http--)
        for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access) && url == NULL; i++) {
            const ASN1_STRING *value = issuer_way(sk_ACCESS_DESCRIPTION_value(access, i));
            if (value != NULL && is_http(value) == (of_http == 1) && index-- == 0)
                url = OPENSSL_strndup((const char *)ASN1_STRING_get0_data(value),
                                      (size_t)ASN1_STRING_length(value));
        }
    AUTHORITY_INFO_ACCESS_free(access);
    return url;
}

char *issuer_url(const X509 *certificate)
{
    return issuer_url_at(certificate, 0);
}

/* In the one form that RFC 5280, 4.1.2.5, allows, and RFC 6960 after it: with seconds, in UTC,
 * without fractions. OpenSSL reads others, and does not verify with them. */
static bool has_time_form(const ASN1_TIME *time)
{
    const char *text = (const char *)ASN1_STRING_get0_data(time);
    size_t digits = ASN1_STRING_type(time) == V_ASN1_UTCTIME ? 12 : 14;
    size_t length = (size_t)ASN1_STRING_length(time);
    return length == digits + 1 && text[digits] == 'Z' &&
           strspn(text, "0123456789") == digits;
}

bool asn1_time_seconds(const ASN1_TIME *time, int64_t *seconds)
{
    /* By way of a difference: time_t may have 32 bits, and mktime() knows no UTC. */
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    int days = 0, rest = 0;
    bool known = epoch != NULL && time != NULL && has_time_form(time) &&
                 ASN1_TIME_diff(&days, &rest, epoch, time) == 1;
    ASN1_TIME_free(epoch);
    *seconds = known ? (int64_t)days * DAY + rest : 0;
    return known;
}

/* ---- what is malformed ---- */

static bool is_there_twice(const X509 *x509, int nid)
{
    int index = X509_get_ext_by_NID(x509, nid, -1);
    return index >= 0 && X509_get_ext_by_NID(x509, nid, index) >= 0;
}

bool certificate_malformed_part(char *to, size_t size, X509 *x509)
{
    if ((X509_get_extension_flags(x509) & EXFLAG_INVALID) == 0)
        return false;
    snprintf(to, size, "OpenSSL does not say what part of it");
    for (int i = 0; i < X509_get_ext_count(x509); i++) {
        /* OpenSSL 3.0 wants it without const, and 4.0 gives it with. */
        X509_EXTENSION *extension = (X509_EXTENSION *)(uintptr_t)X509_get_ext(x509, i);
        int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
        const X509V3_EXT_METHOD *method = X509V3_EXT_get(extension);
        void *value = method != NULL ? X509V3_EXT_d2i(extension) : NULL;
        bool twice = nid != NID_undef && is_there_twice(x509, nid);
        if ((method != NULL && value == NULL) || twice)
            snprintf(to, size, "its extension \"%s\" %s", OBJ_nid2ln(nid),
                     twice ? "is there twice" : "cannot be read");
        if (value != NULL && method->it != NULL)
            ASN1_item_free(value, ASN1_ITEM_ptr(method->it));
        else if (value != NULL)
            method->ext_free(value);
        if (twice || (method != NULL && value == NULL))
            break;
    }
    return true;
}

/* ---- the details of one, all at once ---- */

static char *serial_text(const X509 *x509)
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(x509);
    char *digits = hexadecimal_text(ASN1_STRING_get0_data(serial),
                                    (size_t)ASN1_STRING_length(serial));
    if (digits == NULL || ASN1_STRING_type(serial) != V_ASN1_NEG_INTEGER)
        return digits;
    size_t size = strlen(digits) + 2;
    char *negative = OPENSSL_malloc(size);
    if (negative != NULL)
        snprintf(negative, size, "-%s", digits);
    OPENSSL_free(digits);
    return negative;
}

bool key_hash(const X509_PUBKEY *key, unsigned char sha256[KEY_HASH_LENGTH])
{
    unsigned char *spki = NULL;
    int length = i2d_X509_PUBKEY(key, &spki);
    bool hashed = length > 0 &&
                  EVP_Digest(spki, (size_t)length, sha256, NULL, EVP_sha256(), NULL) == 1;
    OPENSSL_free(spki);
    return hashed;
}

char *pin_text(const X509 *x509)
{
    unsigned char sha256[KEY_HASH_LENGTH];
    char *text = OPENSSL_zalloc(sizeof PIN_PREFIX + PIN_TEXT_LENGTH);
    if (text != NULL && key_hash(X509_get_X509_PUBKEY(x509), sha256)) {
        strcpy(text, PIN_PREFIX);
        EVP_EncodeBlock((unsigned char *)text + strlen(PIN_PREFIX), sha256,
                        sizeof sha256);
    }
    return text;
}

static char *fingerprint_text(const X509 *x509)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    if (X509_digest(x509, EVP_sha256(), digest, &length) != 1)
        length = 0;
    return hexadecimal_text(digest, length);
}

/* NULL-terminated; the array and each name are to be freed. */
static const char **names_of(const X509 *x509)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
    int count = names != NULL ? sk_GENERAL_NAME_num(names) : 0, used = 0;
    const char **texts = OPENSSL_zalloc(((size_t)count + 1) * sizeof *texts);
    for (int i = 0; texts != NULL && i < count; i++) {
        char name[TLSDIAL_HOST_SIZE];
        if (!general_name_text(name, sizeof name, sk_GENERAL_NAME_value(names, i)))
            continue;
        texts[used] = OPENSSL_strdup(name);
        if (texts[used++] == NULL)
            break;
    }
    GENERAL_NAMES_free(names);
    return texts;
}

static void describe_key(struct tlsdial_certificate *to, const X509 *x509)
{
    const EVP_PKEY *key = X509_get0_pubkey(x509);
    char group[64];
    size_t length;
    if (key == NULL) { /* of a type that OpenSSL does not know */
        to->key_type = OPENSSL_strdup("");
        return;
    }
    const char *type = EVP_PKEY_get0_type_name(key);
    to->key_type = OPENSSL_strdup(type != NULL ? type : "");
    to->key_bits = EVP_PKEY_get_bits(key);
    if (EVP_PKEY_is_a(key, "EC") &&
        EVP_PKEY_get_group_name(key, group, sizeof group, &length) == 1)
        to->key_group = OPENSSL_strdup(group);
}

static char *signature_text(const X509 *x509)
{
    char text[128];
    const X509_ALGOR *algorithm = X509_get0_tbs_sigalg(x509);
    const ASN1_OBJECT *object;
    X509_ALGOR_get0(&object, NULL, NULL, algorithm);
    return OPENSSL_strdup(OBJ_obj2txt(text, sizeof text, object, 0) > 0 ? text : "");
}

/* Escaped; takes the text over. NULL stays NULL. */
static char *escaped_in_place(char *text)
{
    char *escaped = text != NULL ? escaped_text(text) : NULL;
    OPENSSL_free(text);
    return escaped;
}

bool certificate_describe(struct tlsdial_certificate *to, const X509 *x509)
{
    unsigned char *der = NULL;
    int length;
    *to = (struct tlsdial_certificate){0};
    ERR_set_mark(); /* an odd certificate is no failure of the connection's */
    to->has_not_before = asn1_time_seconds(X509_get0_notBefore(x509), &to->not_before);
    to->has_not_after = asn1_time_seconds(X509_get0_notAfter(x509), &to->not_after);
    to->subject = name_text(X509_get_subject_name(x509));
    to->issuer = name_text(X509_get_issuer_name(x509));
    to->serial = serial_text(x509);
    to->names = names_of(x509);
    describe_key(to, x509);
    to->signature_algorithm = signature_text(x509);
    to->fingerprint = fingerprint_text(x509);
    to->pin = pin_text(x509);
    to->issuer_url = escaped_in_place(issuer_url(x509));
    to->self_issued =
        X509_NAME_cmp(X509_get_subject_name(x509), X509_get_issuer_name(x509)) == 0;
    length = i2d_X509(x509, &der);
    to->der = der;
    to->der_length = length > 0 ? (size_t)length : 0;
    ERR_pop_to_mark();
    return to->subject != NULL && to->issuer != NULL && to->serial != NULL &&
           to->names != NULL && to->key_type != NULL && to->signature_algorithm != NULL &&
           to->fingerprint != NULL && to->pin != NULL && to->der != NULL;
}

void certificate_clear(struct tlsdial_certificate *certificate)
{
    free_text(certificate->subject);
    free_text(certificate->issuer);
    free_text(certificate->serial);
    for (size_t i = 0; certificate->names != NULL && certificate->names[i] != NULL; i++)
        free_text(certificate->names[i]);
    OPENSSL_free((void *)(uintptr_t)certificate->names);
    free_text(certificate->key_type);
    free_text(certificate->key_group);
    free_text(certificate->signature_algorithm);
    free_text(certificate->fingerprint);
    free_text(certificate->pin);
    free_text(certificate->issuer_url);
    OPENSSL_free((void *)(uintptr_t)certificate->der);
}
