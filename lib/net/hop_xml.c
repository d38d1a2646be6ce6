/* hop_xml.c: tags, their attributes and namespaces.  Pure. */
#include <config.h>

#include "net/hop_xml.h"

#include <string.h>

#define ATTRIBUTE_NAME_MAX 64

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* ASCII as XML 1.0, 2.3, has it; every octet of UTF-8 beyond. */
static size_t name_length(const char *text, size_t length)
{
    size_t i = 0;
    while (i < length &&
           ((unsigned char)text[i] >= 0x80 || (text[i] >= 'a' && text[i] <= 'z') ||
            (text[i] >= 'A' && text[i] <= 'Z') || text[i] == '_' || text[i] == ':' ||
            (i > 0 &&
             ((text[i] >= '0' && text[i] <= '9') || text[i] == '-' || text[i] == '.'))))
        i++;
    return i;
}

struct attribute {
    const char *name, *value;
    size_t name_length, value_length;
};

/* Takes a blank and an attribute off the text. False at the end, or where there is none. */
static bool next_attribute(const char **text, size_t *left, struct attribute *attribute)
{
    const char *at = *text, *end = *text + *left;
    while (at < end && is_blank(*at))
        at++;
    attribute->name = at;
    attribute->name_length = name_length(at, (size_t)(end - at));
    if (at == *text || attribute->name_length == 0)
        return false;
    at += attribute->name_length;
    while (at < end && is_blank(*at))
        at++;
    if (at == end || *at++ != '=')
        return false;
    while (at < end && is_blank(*at))
        at++;
    if (at == end || (*at != '"' && *at != '\''))
        return false;
    attribute->value = at + 1;
    const char *quote = memchr(at + 1, *at, (size_t)(end - at) - 1);
    if (quote == NULL)
        return false;
    attribute->value_length = (size_t)(quote - attribute->value);
    *text = quote + 1;
    *left = (size_t)(end - *text);
    return true;
}

static bool are_attributes(const char *text, size_t left)
{
    struct attribute attribute;
    while (next_attribute(&text, &left, &attribute))
        ;
    while (left > 0 && is_blank(*text))
        text++, left--;
    return left == 0;
}

bool xml_parse(struct xml_tag *tag, const char *text, size_t length)
{
    if (length < 3 || text[0] != '<' || text[length - 1] != '>' ||
        memchr(text + 1, '<', length - 1) != NULL || memchr(text, '\0', length) != NULL)
        return false;
    text++;
    length -= 2; /* what is between the two */
    tag->form = XML_OPEN;
    if (*text == '?' && length >= 2 && text[length - 1] == '?') {
        tag->form = XML_DECLARATION;
        length--;
    } else if (*text == '/') {
        tag->form = XML_CLOSE;
    } else if (text[length - 1] == '/') {
        tag->form = XML_EMPTY;
        length--;
    }
    if (tag->form == XML_DECLARATION || tag->form == XML_CLOSE)
        text++, length--;
    tag->name = text;
    tag->name_length = name_length(text, length);
    tag->attributes = text + tag->name_length;
    tag->attributes_length = length - tag->name_length;
    if (tag->form == XML_DECLARATION &&
        (tag->name_length != 3 || memcmp(tag->name, "xml", 3) != 0))
        return false;
    if (tag->form == XML_CLOSE) { /* no attributes: blanks alone */
        for (size_t i = 0; i < tag->attributes_length; i++)
            if (!is_blank(tag->attributes[i]))
                return false;
    }
    return tag->name_length > 0 &&
           are_attributes(tag->attributes, tag->attributes_length);
}

bool xml_attribute(const struct xml_tag *tag, const char *name, const char **value,
                   size_t *length)
{
    const char *text = tag->attributes;
    size_t left = tag->attributes_length;
    struct attribute attribute;
    while (next_attribute(&text, &left, &attribute)) {
        if (attribute.name_length == strlen(name) &&
            memcmp(attribute.name, name, attribute.name_length) == 0) {
            *value = attribute.value;
            *length = attribute.value_length;
            return true;
        }
    }
    return false;
}

bool xml_is(const struct xml_tag *tag, const char *local, const char *uri,
            const char *inherited)
{
    char declaration[ATTRIBUTE_NAME_MAX] = "xmlns";
    const char *colon = memchr(tag->name, ':', tag->name_length);
    size_t prefix = colon != NULL ? (size_t)(colon - tag->name) : 0;
    size_t skipped = colon != NULL ? prefix + 1 : 0;
    const char *value;
    size_t length;
    if (tag->name_length - skipped != strlen(local) ||
        memcmp(tag->name + skipped, local, strlen(local)) != 0 ||
        prefix > sizeof declaration - sizeof "xmlns:")
        return false;
    if (colon != NULL)
        strncat(strcat(declaration, ":"), tag->name, prefix);
    if (xml_attribute(tag, declaration, &value, &length))
        return length == strlen(uri) && memcmp(value, uri, length) == 0;
    return inherited != NULL && strlen(inherited) == prefix &&
           memcmp(inherited, tag->name, prefix) == 0;
}
