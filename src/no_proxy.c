/* no_proxy.c: see no_proxy.h. */
#include <config.h>

#include "no_proxy.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "tlsdial.h"

#define SEPARATORS ", \t\r\n"
#define ENTRY_SIZE 512 /* a name of 253, a port; what is longer covers nothing */

struct address {
    unsigned char octets[16];
    size_t length; /* 4, 16, or 0: none */
};

static struct address parse_address(const char *text)
{
    struct address address = {{0}, 0};
    if (!tlsdial_is_ip_literal(text))
        return address;
    ASN1_OCTET_STRING *octets = a2i_IPADDRESS(text);
    if (octets != NULL && ASN1_STRING_length(octets) <= (int)sizeof address.octets) {
        address.length = (size_t)ASN1_STRING_length(octets);
        memcpy(address.octets, ASN1_STRING_get0_data(octets), address.length);
    }
    ASN1_OCTET_STRING_free(octets);
    ERR_clear_error();
    return address;
}

/* "24" of "/24"; false for what is no number of bits in such an address. */
static bool parse_bits(const char *text, size_t length, size_t *bits)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 3 || text[digits] != '\0')
        return false;
    *bits = (size_t)strtoul(text, NULL, 10);
    return *bits <= 8 * length;
}

static bool in_network(const struct address *host, const char *network, const char *bits)
{
    struct address address = parse_address(network);
    size_t count = 8 * address.length;
    if (address.length == 0 || address.length != host->length ||
        (bits != NULL && !parse_bits(bits, address.length, &count)))
        return false;
    if (memcmp(address.octets, host->octets, count / 8) != 0)
        return false;
    unsigned mask = 0xffU << (8 - count % 8) & 0xffU;
    return count % 8 == 0 ||
           ((address.octets[count / 8] ^ host->octets[count / 8]) & mask) == 0;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Names have no case (RFC 4343). */
static bool same_name(const char *one, const char *other, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (lower(one[i]) != lower(other[i]))
            return false;
    return true;
}

/* "example.org" covers itself and "www.example.org", not "myexample.org". */
static bool covers_name(const char *entry, const char *host)
{
    size_t length, host_length = strlen(host);
    if (*entry == '.')
        entry++;
    length = strlen(entry);
    if (length > 0 && entry[length - 1] == '.')
        length--;
    if (length == 0 || length > host_length)
        return false;
    return same_name(entry, host + host_length - length, length) &&
           (length == host_length || host[host_length - length - 1] == '.');
}

/* Cuts the port off: what is behind the ']' or the only ':'. "" where there is none. */
static const char *cut_port(char *entry)
{
    char *colon = strchr(entry, ':');
    if (*entry == '[') {
        char *end = strchr(entry, ']');
        colon = end != NULL && end[1] == ':' ? end + 1 : NULL;
    } else if (colon != NULL && strchr(colon + 1, ':') != NULL) {
        colon = NULL;
    }
    if (colon == NULL)
        return "";
    *colon = '\0';
    return colon + 1;
}

/* "[2001:db8::1]" and "[2001:db8::]/32" without the brackets; false where they are no pair. */
static bool strip_brackets(char *entry)
{
    char *end = strchr(entry, ']');
    if (*entry != '[')
        return end == NULL;
    if (end == NULL || (end[1] != '\0' && end[1] != '/'))
        return false;
    memmove(end, end + 1, strlen(end + 1) + 1);
    memmove(entry, entry + 1, strlen(entry));
    return true;
}

static bool covers(char *entry, const char *host, const char *port)
{
    struct address address = parse_address(host);
    const char *only = cut_port(entry);
    if (*only != '\0' && strcmp(only + strspn(only, "0"), port) != 0)
        return false;
    if (!strip_brackets(entry))
        return false;
    if (strcmp(entry, "*") == 0)
        return true;
    if (address.length == 0)
        return covers_name(entry, host);
    char *slash = strchr(entry, '/');
    if (slash != NULL)
        *slash = '\0';
    return in_network(&address, entry, slash != NULL ? slash + 1 : NULL);
}

bool no_proxy_covers(const char *list, const char *host, const char *port)
{
    char entry[ENTRY_SIZE];
    size_t length;
    for (list += strspn(list, SEPARATORS); *list != '\0';
         list += length, list += strspn(list, SEPARATORS)) {
        length = strcspn(list, SEPARATORS);
        if (length >= sizeof entry)
            continue;
        memcpy(entry, list, length);
        entry[length] = '\0';
        if (covers(entry, host, port))
            return true;
    }
    return false;
}
