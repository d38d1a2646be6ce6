/* bundle_name.c: as much DER as it takes to find a name in a certificate or CRL; see bundle.h. */
#include <config.h>

#include "x509/bundle.h"

/* What is left to read. */
struct der {
    const unsigned char *at;
    size_t left;
};

/* Takes the head of an element. False where it is not DER, or not all there; *content is then
 * not told from "the rest is elsewhere". */
static bool take_head(struct der *der, unsigned char *tag, size_t *content)
{
    size_t length, octets;
    if (der->left < 2 || (der->at[0] & 0x1f) == 0x1f)
        return false;
    *tag = der->at[0];
    length = der->at[1];
    octets = length & 0x7f;
    der->at += 2;
    der->left -= 2;
    if (length >= 0x80) {
        if (octets == 0 || octets > 4 || octets > der->left || der->at[0] == 0)
            return false;
        for (length = 0; octets > 0; octets--, der->at++, der->left--)
            length = length << 8 | der->at[0];
        if (length < 0x80)
            return false;
    }
    *content = length;
    return true;
}

/* Takes a whole element. */
static bool take(struct der *der, unsigned char *tag, struct der *content)
{
    if (!take_head(der, tag, &content->left) || content->left > der->left)
        return false;
    content->at = der->at;
    der->at += content->left;
    der->left -= content->left;
    return true;
}

static bool skip(struct der *der, unsigned char wanted)
{
    unsigned char tag;
    struct der content;
    return take(der, &tag, &content) && tag == wanted;
}

#define TAG_CONSTRUCTED 0x20 /* the bit */
#define TAG_INTEGER 0x02
#define TAG_SEQUENCE 0x30
#define TAG_VERSION 0xa0 /* [0] */

/* Goes on to the subject of a certificate (RFC 5280, 4.1) or the issuer of a CRL (5.1). */
static bool skip_to_name(struct der *der, enum bundle_kind kind)
{
    unsigned char tag;
    size_t length;
    if (!take_head(der, &tag, &length) || tag != TAG_SEQUENCE)
        return false;
    if (!take_head(der, &tag, &length) || tag != TAG_SEQUENCE || der->left == 0)
        return false;
    if (kind == BUNDLE_CRL)
        return (der->at[0] != TAG_INTEGER || skip(der, TAG_INTEGER)) &&
               skip(der, TAG_SEQUENCE);
    return (der->at[0] != TAG_VERSION || skip(der, TAG_VERSION)) &&
           skip(der, TAG_INTEGER) && skip(der, TAG_SEQUENCE) && skip(der, TAG_SEQUENCE) &&
           skip(der, TAG_SEQUENCE);
}

/* Whether the outermost lengths are those of what was decoded: one element; after it, in a
 * TRUSTED CERTIFICATE, one more at most. */
static bool is_framed(const unsigned char *der, size_t given, size_t whole,
                      enum bundle_kind kind)
{
    struct der rest = {der, given};
    unsigned char tag;
    size_t length;
    if (!take_head(&rest, &tag, &length))
        return false;
    size_t end = given - rest.left + length;
    return end == whole || (kind == BUNDLE_TRUSTED_CERTIFICATE && end < whole);
}

static uint32_t mix(uint32_t hash, unsigned char octet)
{
    return (hash ^ octet) * UINT32_C(16777619); /* FNV-1a */
}

/* Octets to a character; 0 for what is not one of the strings that are compared as text. */
static size_t unit_of(unsigned char tag)
{
    switch (tag) {
    case V_ASN1_UTF8STRING:
    case V_ASN1_PRINTABLESTRING:
    case V_ASN1_T61STRING:
    case V_ASN1_IA5STRING:
    case V_ASN1_VISIBLESTRING:
        return 1;
    case V_ASN1_BMPSTRING:
        return 2;
    case V_ASN1_UNIVERSALSTRING:
        return 4;
    default:
        return 0;
    }
}

/* Letters in lower case and digits. Of all that makes names equal that are not the same octets
 * (string types, case, blanks; in a BIT STRING the unused bits), nothing else is left to look
 * at. */
static uint32_t mix_value(uint32_t hash, unsigned char tag, struct der value)
{
    size_t unit = unit_of(tag);
    for (size_t i = 0; unit > 0 && i + unit <= value.left; i += unit) {
        unsigned char c = value.at[i + unit - 1], high = 0;
        for (size_t j = 0; j + 1 < unit; j++)
            high |= value.at[i + j];
        if (high == 0 && c >= 'A' && c <= 'Z')
            c = (unsigned char)(c + 'a' - 'A');
        if (high == 0 && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
            hash = mix(hash, c);
    }
    return hash;
}

/* AttributeTypeAndValue */
static bool hash_attribute(struct der attribute, uint32_t *sum)
{
    uint32_t hash = UINT32_C(2166136261);
    struct der type, value;
    unsigned char tag;
    if (!take(&attribute, &tag, &type))
        return false;
    for (size_t i = 0; i < type.left; i++)
        hash = mix(hash, type.at[i]);
    if (!take(&attribute, &tag, &value) || attribute.left > 0)
        return false;
    /* No DER, but OpenSSL reads a string that is put together of several. */
    if ((tag & TAG_CONSTRUCTED) != 0 && tag != TAG_SEQUENCE)
        return false;
    *sum += mix_value(hash, tag, value);
    return true;
}

/* The attributes of a name are added up: those of one RDN have no order. */
bool bundle_name_hash(const unsigned char *der, size_t length, uint32_t *sum)
{
    struct der name = {der, length}, rdns, rdn, attribute;
    unsigned char tag;
    *sum = 0;
    if (!take(&name, &tag, &rdns))
        return false;
    while (rdns.left > 0) {
        if (!take(&rdns, &tag, &rdn))
            return false;
        while (rdn.left > 0)
            if (!take(&rdn, &tag, &attribute) || !hash_attribute(attribute, sum))
                return false;
    }
    return true;
}

bool bundle_hash_entry(const unsigned char *der, size_t length,
                       struct bundle_entry *entry)
{
    struct der at = {der, length};
    unsigned char tag;
    struct der content;
    if (!is_framed(der, length, entry->der_size, entry->kind) ||
        !skip_to_name(&at, entry->kind))
        return false;
    const unsigned char *name = at.at;
    if (!take(&at, &tag, &content) || tag != TAG_SEQUENCE)
        return false;
    return bundle_name_hash(name, (size_t)(at.at - name), &entry->name);
}
