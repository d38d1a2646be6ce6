/* hop_xml.h: as much of XML as a stream of XMPP has before TLS (RFC 6120, 11).  Pure. */
#ifndef TLSDIAL_HOP_XML_H
#define TLSDIAL_HOP_XML_H

#include <stdbool.h>
#include <stddef.h>

enum xml_form { XML_OPEN, XML_EMPTY, XML_CLOSE, XML_DECLARATION };

/** Points into the text that it was parsed from. */
struct xml_tag {
    enum xml_form form;
    const char *name; /**< with its prefix */
    size_t name_length;
    const char *attributes; /**< well-formed */
    size_t attributes_length;
};

/** A text from '<' to '>'. False where it is none of the four forms; comments, CDATA and the like are
 * none (RFC 6120, 11.1). */
bool xml_parse(struct xml_tag *tag, const char *text, size_t length);
/** The value as it is written, without its quotes; false where there is none. */
bool xml_attribute(const struct xml_tag *tag, const char *name, const char **value,
                   size_t *length);
/** Whether it has this local name, and that namespace by its own xmlns attribute or, where it has
 * none, by being of the inherited prefix ("" for none, NULL for no prefix at all). */
bool xml_is(const struct xml_tag *tag, const char *local, const char *uri,
            const char *inherited);

#endif
