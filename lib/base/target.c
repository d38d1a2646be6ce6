/* target.c: what the user calls a server, in the forms that its uses need.  Pure. */
#include <config.h>

#include "base/target.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/idn.h"

#define NAME_MAX_LENGTH 253 /* RFC 1035, 2.3.4, without the trailing dot */
#define LABEL_MAX_LENGTH 63

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Copies length bytes of text and a NUL; false where they do not fit. */
static bool copy_part(char *to, size_t size, const char *text, size_t length)
{
    if (length >= size)
        return false;
    memcpy(to, text, length);
    to[length] = '\0';
    return true;
}

/* "010" is eight to getaddrinfo() and ten to the check of a certificate. */
static bool has_leading_zero(const char *address)
{
    const char *quad = strrchr(address, ':'); /* ::ffff:192.0.2.1 */
    quad = quad != NULL ? quad + 1 : address;
    if (strchr(quad, '.') == NULL)
        return false;
    for (const char *p = quad; *p != '\0'; p++)
        if (*p == '0' && is_digit(p[1]) && (p == quad || p[-1] == '.'))
            return true;
    return false;
}

bool tlsdial_is_ip_literal(const char *host)
{
    char address[TLSDIAL_HOST_SIZE];
    if (host == NULL)
        return false;
    const char *zone = strchr(host, '%'); /* RFC 4007, 11: fe80::1%eth0 */
    size_t length = zone != NULL ? (size_t)(zone - host) : strlen(host);
    if (!copy_part(address, sizeof address, host, length))
        return false;
    /* a2i_IPADDRESS() takes a blank, a sign and what follows a number for parts of it. */
    if (address[strspn(address, "0123456789ABCDEFabcdef.:")] != '\0')
        return false;
    if ((zone != NULL && (strchr(address, ':') == NULL || zone[1] == '\0')) ||
        has_leading_zero(address))
        return false;
    ASN1_OCTET_STRING *octets = a2i_IPADDRESS(address);
    ERR_clear_error(); /* "no literal" is an answer here, not an error */
    ASN1_OCTET_STRING_free(octets);
    return octets != NULL;
}

static enum tlsdial_cause bad_host(const char *text, const char *why,
                                   struct tlsdial_error *error)
{
    return tlsdial_error_set(error, TLSDIAL_USAGE, 0, "'%.128s' is no host name: %s",
                             text, why);
}

/* Internationalised names to A-labels (RFC 5890). */
static enum tlsdial_cause to_ascii(char to[TLSDIAL_HOST_SIZE], const char *text,
                                   struct tlsdial_error *error)
{
    size_t length = strlen(text);
    bool ascii = true;
    for (size_t i = 0; i < length; i++)
        ascii = ascii && (unsigned char)text[i] < 0x80;
    if (ascii)
        return copy_part(to, TLSDIAL_HOST_SIZE, text, length)
                   ? TLSDIAL_OK
                   : bad_host(text, IDN_TOO_LONG, error);
    char why[TLSDIAL_MESSAGE_SIZE];
    return idn_to_ascii(to, TLSDIAL_HOST_SIZE, text, why, sizeof why)
               ? TLSDIAL_OK
               : bad_host(text, why, error);
}

/* A last label that is a number makes the name an attempt at an IPv4 address (RFC 9525, 4.1.4
 * wants the two told apart): getaddrinfo() would take "127.1" or "0x7f.1" for an address that no
 * certificate check knows of. */
static bool ends_in_number(const char *name)
{
    const char *dot = strrchr(name, '.');
    const char *label = dot != NULL ? dot + 1 : name;
    if (label[0] == '0' && (label[1] == 'x' || label[1] == 'X'))
        return label[2 + strspn(label + 2, "0123456789abcdefABCDEF")] == '\0';
    return *label != '\0' && label[strspn(label, "0123456789")] == '\0';
}

/* Letters, digits, hyphens and, seen in practice, underscores; labels of 1 to 63 octets that begin
 * and end with no hyphen (RFC 1123, 2.1): OpenSSL 4.0 checks no certificate for others. */
static const char *name_fault(const char *name)
{
    if (strlen(name) > NAME_MAX_LENGTH)
        return "it is longer than 253 characters";
    const char *label = name;
    for (const char *p = name;; p++) {
        if (*p == '.' || *p == '\0') {
            if (p == label)
                return "it has an empty label";
            if (p - label > LABEL_MAX_LENGTH)
                return "a label is longer than 63 characters";
            if (*label == '-' || p[-1] == '-')
                return "a label begins or ends with '-'";
            label = p + 1;
            if (*p == '\0')
                break;
        } else if (!is_letter(*p) && !is_digit(*p) && *p != '-' && *p != '_') {
            return "letters, digits, '-' and '.' make a name";
        }
    }
    return ends_in_number(name) ? "it ends in a number but is no IPv4 address" : NULL;
}

enum tlsdial_cause host_parse(struct host *host, const char *text,
                              struct tlsdial_error *error)
{
    memset(host, 0, sizeof *host);
    if (*text == '\0')
        return bad_host(text, "it is empty", error);
    if (tlsdial_is_ip_literal(text)) {
        host->is_ip = true;
        copy_part(host->lookup, sizeof host->lookup, text, strlen(text));
        copy_part(host->name, sizeof host->name, text, strcspn(text, "%"));
        return TLSDIAL_OK;
    }
    enum tlsdial_cause cause = to_ascii(host->lookup, text, error);
    if (cause != TLSDIAL_OK)
        return cause;
    /* The dot says "not relative to a search domain": for the resolver, not for the peer. */
    size_t length = strlen(host->lookup);
    if (length > 1 && host->lookup[length - 1] == '.')
        length--;
    copy_part(host->name, sizeof host->name, host->lookup, length);
    for (char *p = host->name; *p != '\0'; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p | 0x20); /* DNS names have no case (RFC 4343) */
    const char *fault = name_fault(host->name);
    return fault == NULL ? TLSDIAL_OK : bad_host(text, fault, error);
}

enum tlsdial_cause port_parse(char to[TLSDIAL_PORT_SIZE], const char *port,
                              struct tlsdial_error *error)
{
    unsigned long number = 0;
    size_t digits = strspn(port, "0123456789");
    bool numeric = digits > 0 && port[digits] == '\0';
    for (size_t i = 0; numeric && i < digits && number <= 65535; i++)
        number = number * 10 + (unsigned long)(port[i] - '0');
    bool name = is_letter(port[0]) && strlen(port) < TLSDIAL_PORT_SIZE;
    for (const char *p = port; *p != '\0'; p++)
        name = name && (is_letter(*p) || is_digit(*p) || *p == '-' || *p == '_');
    if ((numeric && number >= 1 && number <= 65535) || name) {
        const char *significant = numeric ? port + strspn(port, "0") : port;
        copy_part(to, TLSDIAL_PORT_SIZE, significant, strlen(significant));
        return TLSDIAL_OK;
    }
    return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                             "'%.64s' is no port: 1 to 65535, or a service name", port);
}

/* The target with this host and port; the path is left as it is. */
static enum tlsdial_cause set_host_port(struct tlsdial_target *target, const char *host,
                                        size_t host_length, const char *port,
                                        struct tlsdial_error *error)
{
    struct host parsed;
    if (!copy_part(target->host, sizeof target->host, host, host_length))
        return bad_host(host, "it is longer than 253 characters", error);
    enum tlsdial_cause cause = host_parse(&parsed, target->host, error);
    if (cause == TLSDIAL_OK)
        cause = port_parse(target->port, port, error);
    memcpy(target->name, parsed.name, sizeof target->name);
    return cause;
}

static enum tlsdial_cause two_ports(const char *text, const char *port,
                                    struct tlsdial_error *error)
{
    return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                             "'%.128s' has a port and '%.32s' is another", text, port);
}

/* "host", "host:port", "[v6]", "[v6]:port" or a bare IPv6 literal. */
static enum tlsdial_cause parse_authority(struct tlsdial_target *target, const char *text,
                                          const char *port, const char *default_port,
                                          struct tlsdial_error *error)
{
    const char *host = text;
    size_t length;
    const char *rest;
    if (*text == '[') {
        const char *end = strchr(text, ']');
        host = text + 1;
        length = end != NULL ? (size_t)(end - host) : 0;
        char literal[TLSDIAL_HOST_SIZE];
        if (!copy_part(literal, sizeof literal, host, length) ||
            strchr(literal, ':') == NULL || !tlsdial_is_ip_literal(literal))
            return bad_host(text, "brackets are for IPv6 addresses", error);
        rest = end + 1;
    } else {
        length = strchr(text, ':') != NULL && tlsdial_is_ip_literal(text)
                     ? strlen(text)
                     : strcspn(text, ":");
        rest = text + length;
    }
    if (*rest == '\0')
        return set_host_port(target, host, length, port != NULL ? port : default_port,
                             error);
    if (*rest != ':')
        return bad_host(text, "a ':' and a port, or nothing, must follow the ']'", error);
    if (port != NULL)
        return two_ports(text, port, error);
    return set_host_port(target, host, length, rest + 1, error);
}

/* Path and query as they are sent: without the fragment, and with nothing in them that would end
 * the request line. */
static enum tlsdial_cause set_path(struct tlsdial_target *target, const char *path,
                                   struct tlsdial_error *error)
{
    size_t length = strcspn(path, "#");
    bool slash = *path != '/';
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)path[i] <= ' ' || (unsigned char)path[i] >= 0x7f)
            return tlsdial_error_set(
                error, TLSDIAL_USAGE, 0,
                "a URL has no spaces, control or non-ASCII characters "
                "in its path: percent-encode them");
    target->path[0] = '/';
    if (!copy_part(target->path + slash, sizeof target->path - slash, path, length))
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "the path is longer than %d characters",
                                 TLSDIAL_PATH_SIZE - 2);
    return TLSDIAL_OK;
}

/* In a URL the '%' before a zone is written as "%25" (RFC 6874, 2). */
static void unescape_zone(char *authority)
{
    char *zone = strchr(authority, '%');
    const char *end = strchr(authority, ']');
    if (authority[0] != '[' || zone == NULL || end == NULL || end < zone + 4 ||
        strncmp(zone, "%25", 3) != 0)
        return;
    memmove(zone + 1, zone + 3, strlen(zone + 3) + 1);
}

/* The schemes of URLs, with their ports and what they say of STARTTLS. */
struct scheme {
    const char *name, *port, *starttls;
};

static const struct scheme schemes[] = {
    {"https", "443", NULL},
    {"smtp", "25", "smtp"},
    {"submission", "587", "submission"},
    {"smtps", "465", NULL},
    {"submissions", "465", NULL},
    {"lmtp", "24", "lmtp"},
    {"imap", "143", "imap"},
    {"imaps", "993", NULL},
    {"pop3", "110", "pop3"},
    {"pop3s", "995", NULL},
    {"nntp", "119", "nntp"},
    {"nntps", "563", NULL},
    {"ftp", "21", "ftp"},
    {"ftps", "990", NULL},
    {"sieve", "4190", "sieve"},
    {"ldap", "389", "ldap"},
    {"ldaps", "636", NULL},
    {"xmpp", "5222", "xmpp"},
    {"xmpps", "5223", NULL},
    {"xmpp-server", "5269", "xmpp-server"},
    {"xmpps-server", "5270", NULL},
    {"postgres", "5432", "postgres"},
    {"postgresql", "5432", "postgresql"},
    {"mysql", "3306", "mysql"},
    {"irc", "6667", "irc"},
    {"ircs", "6697", NULL},
    {"rdp", "3389", "rdp"},
};

/* Schemes have no case (RFC 3986, 3.1). */
static bool is_scheme(const char *name, const char *text, size_t length)
{
    if (strlen(name) != length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (text[i] != name[i] && !(is_letter(text[i]) && (text[i] | 0x20) == name[i]))
            return false;
    return true;
}

/* NULL where the text begins with none of them. */
static const struct scheme *find_scheme(const char *text)
{
    const char *end = strstr(text, "://");
    for (size_t i = 0; end != NULL && i < sizeof schemes / sizeof schemes[0]; i++)
        if (is_scheme(schemes[i].name, text, (size_t)(end - text)))
            return &schemes[i];
    return NULL;
}

static enum tlsdial_cause parse_url(struct tlsdial_target *target, const char *text,
                                    const struct scheme *scheme, const char *port,
                                    struct tlsdial_error *error)
{
    char authority[2 * TLSDIAL_HOST_SIZE];
    const char *separator = strstr(text, "://");
    const char *start = separator != NULL ? separator + 3 : text;
    size_t length = strcspn(start, "/?#");
    const char *path = start + length;
    if (length == 0 || !copy_part(authority, sizeof authority, start, length))
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0, "'%.128s' is no URL", text);
    if (strchr(authority, '@') != NULL)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "a user name or password in a URL is not accepted");
    if (scheme != schemes && *path != '\0' && strcmp(path, "/") != 0)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "'%.128s': a path has no meaning with %s", text,
                                 scheme->name);
    unescape_zone(authority);
    enum tlsdial_cause cause =
        parse_authority(target, authority, port, scheme->port, error);
    target->starttls = scheme->starttls;
    return cause == TLSDIAL_OK ? set_path(target, path, error) : cause;
}

enum tlsdial_cause tlsdial_target_parse(struct tlsdial_target *target, const char *text,
                                        const char *port, struct tlsdial_error *error)
{
    if (target == NULL || text == NULL)
        return tlsdial_error_set(error, TLSDIAL_MISUSE, 0, "the target is NULL");
    memset(target, 0, sizeof *target);
    snprintf(target->path, sizeof target->path, "/");
    const struct scheme *scheme = find_scheme(text);
    if (scheme != NULL)
        return parse_url(target, text, scheme, port, error);
    if (strstr(text, "://") != NULL)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "'%.128s': that scheme is not known here; https:// is",
                                 text);
    return parse_authority(target, text, port, "443", error);
}
