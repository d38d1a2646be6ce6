/* facts_chain.c: facts of a finding that the rest of the chain, or of the trust store, has. */
#include <config.h>

#include <openssl/x509v3.h>
#include <string.h>

#include "base/target.h"
#include "base/text.h"
#include "x509/certificate.h"
#include "x509/facts.h"
#include "x509/trust.h"

/* ---- who has the issuer's name and is not the issuer ---- */

#define MOST_NAMESAKES 8 /* whose keys are compared: each costs a signature check */

static void set_id(struct finding *finding, char **field, const ASN1_STRING *id)
{
    finding_take(finding, field,
                 hexadecimal_text(id != NULL ? ASN1_STRING_get0_data(id) : NULL,
                                  id != NULL ? (size_t)ASN1_STRING_length(id) : 0));
}

/* Why a certificate whose key made the signature is not taken for the issuer: the certificate's
 * authority key identifier (RFC 5280, 4.2.1.1) says another. */
static enum finding_namesake compare_identifiers(struct finding *finding,
                                                 X509 *certificate, X509 *other)
{
    const ASN1_INTEGER *serial = X509_get0_authority_serial(certificate);
    switch (X509_check_issued(other, certificate)) {
    case X509_V_ERR_AKID_SKID_MISMATCH:
        set_id(finding, &finding->wanted_id, X509_get0_authority_key_id(certificate));
        set_id(finding, &finding->found_id, X509_get0_subject_key_id(other));
        return NAMESAKE_KEY_ID;
    case X509_V_ERR_AKID_ISSUER_SERIAL_MISMATCH:
        set_id(finding, &finding->wanted_id, serial);
        set_id(finding, &finding->found_id, X509_get0_serialNumber(other));
        return NAMESAKE_ISSUER_SERIAL;
    default:
        return NAMESAKE_NONE;
    }
}

/* Whether one of the certificates has the issuer's name, and how it differs from the issuer. */
static enum finding_namesake compare(struct finding *finding, X509 *certificate,
                                     STACK_OF(X509) * others)
{
    enum finding_namesake namesake = NAMESAKE_NONE;
    for (int i = 0, compared = 0; i < sk_X509_num(others) && compared < MOST_NAMESAKES;
         i++) {
        X509 *other = sk_X509_value(others, i);
        if (X509_NAME_cmp(X509_get_subject_name(other),
                          X509_get_issuer_name(certificate)) != 0)
            continue;
        compared++;
        char part[160];
        if (certificate_malformed_part(part, sizeof part, other)) {
            finding_set(finding, &finding->detail, part);
            namesake = NAMESAKE_MALFORMED;
            continue;
        }
        if (X509_verify(certificate, X509_get0_pubkey(other)) == 1)
            return compare_identifiers(finding, certificate, other);
        namesake = NAMESAKE_OTHER_KEY;
    }
    return namesake;
}

void facts_of_namesake(struct finding *finding, X509 *certificate,
                       X509_STORE_CTX *store_ctx)
{
    STACK_OF(X509) *trusted =
        X509_STORE_CTX_get1_certs(store_ctx, X509_get_issuer_name(certificate));
    const char *place = finding->trust;
    finding->namesake = compare(finding, certificate, trusted);
    if (finding->namesake == NAMESAKE_NONE) {
        place = "what was sent";
        finding->namesake =
            compare(finding, certificate, X509_STORE_CTX_get0_untrusted(store_ctx));
    }
    if (finding->namesake != NAMESAKE_NONE)
        finding_set(finding, &finding->namesake_place, place);
    char *url = issuer_url(certificate);
    if (url != NULL)
        finding_take(finding, &finding->url, url);
    sk_X509_pop_free(trusted, X509_free);
}

/* ---- what could not be looked into ---- */

void facts_of_unread(struct finding *finding, const struct trust *trust,
                     const X509_NAME *name)
{
    finding_take(finding, &finding->unread, trust_unread(trust, name));
}

/* ---- which name breaks whose constraints ---- */

/* What each type is called; others are not told apart. */
static const char *type_words(int type)
{
    switch (type) {
    case GEN_DNS:
        return "DNS name";
    case GEN_EMAIL:
        return "e-mail address";
    case GEN_URI:
        return "URI";
    case GEN_IPADD:
        return "IP address";
    case GEN_DIRNAME:
        return "directory name";
    default:
        return "other name";
    }
}

/* The certificate with one of its names and no other: NULL for the subject. */
static X509 *with_one_name(const X509 *certificate, GENERAL_NAME *name)
{
    X509 *copy = X509_dup((X509 *)(uintptr_t)certificate);
    X509_NAME *nobody = X509_NAME_new();
    GENERAL_NAMES *one = sk_GENERAL_NAME_new_null();
    int index = copy != NULL ? X509_get_ext_by_NID(copy, NID_subject_alt_name, -1) : -1;
    bool made = copy != NULL && nobody != NULL && one != NULL;
    if (index >= 0)
        X509_EXTENSION_free(X509_delete_ext(copy, index));
    if (made && name != NULL)
        made = sk_GENERAL_NAME_push(one, name) > 0 &&
               X509_set_subject_name(copy, nobody) == 1 &&
               X509_add1_ext_i2d(copy, NID_subject_alt_name, one, 0, 0) == 1;
    sk_GENERAL_NAME_free(one);
    X509_NAME_free(nobody);
    if (!made) {
        X509_free(copy);
        copy = NULL;
    }
    /* Has OpenSSL read the extensions; nothing is asked of them here. */
    if (copy != NULL)
        X509_check_purpose(copy, -1, 0);
    return copy;
}

static bool breaks(const X509 *certificate, GENERAL_NAME *name, NAME_CONSTRAINTS *limits)
{
    X509 *copy = with_one_name(certificate, name);
    bool broken = copy != NULL && NAME_CONSTRAINTS_check(copy, limits) != X509_V_OK;
    X509_free(copy);
    return broken;
}

static char *general_name_value(GENERAL_NAME *name)
{
    char text[TLSDIAL_HOST_SIZE];
    int type;
    const void *value = GENERAL_NAME_get0_value(name, &type);
    if (type == GEN_DIRNAME)
        return name_text(value);
    if (type == GEN_EMAIL || type == GEN_URI) {
        char *copy = OPENSSL_strndup((const char *)ASN1_STRING_get0_data(value),
                                     (size_t)ASN1_STRING_length(value));
        char *escaped = copy != NULL ? escaped_text(copy) : NULL;
        OPENSSL_free(copy);
        return escaped;
    }
    return OPENSSL_strdup(general_name_text(text, sizeof text, name) ? text : "");
}

static void forget_names(struct finding *finding)
{
    for (size_t i = 0; i < FINDING_NAMES; i++) {
        OPENSSL_free(finding->names[i]);
        finding->names[i] = NULL;
    }
    finding->name_count = 1;
}

/* Finds the name that the constraints are broken by, and notes it. */
static bool set_broken(struct finding *finding, const X509 *certificate,
                       NAME_CONSTRAINTS *limits)
{
    GENERAL_NAMES *names =
        X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    bool found = breaks(certificate, NULL, limits);
    if (found) {
        forget_names(finding);
        finding_set(finding, &finding->detail, "subject");
        finding_take(finding, &finding->names[0],
                     name_text(X509_get_subject_name(certificate)));
    }
    for (int i = 0; !found && i < sk_GENERAL_NAME_num(names); i++) {
        GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        found = breaks(certificate, name, limits);
        if (!found)
            continue;
        forget_names(finding);
        finding_set(finding, &finding->detail, type_words(name->type));
        finding_take(finding, &finding->names[0], general_name_value(name));
    }
    GENERAL_NAMES_free(names);
    return found;
}

void facts_of_constraint(struct finding *finding, const X509 *certificate,
                         STACK_OF(X509) * chain)
{
    for (int i = finding->depth + 1; i < sk_X509_num(chain); i++) {
        const X509 *above = sk_X509_value(chain, i);
        NAME_CONSTRAINTS *limits =
            X509_get_ext_d2i(above, NID_name_constraints, NULL, NULL);
        bool found = limits != NULL && set_broken(finding, certificate, limits);
        NAME_CONSTRAINTS_free(limits);
        if (!found)
            continue;
        finding_take(finding, &finding->constrainer,
                     name_text(X509_get_subject_name(above)));
        return;
    }
}
