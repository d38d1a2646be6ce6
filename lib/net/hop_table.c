/* hop_table.c: the hops, a row each. */
#include <config.h>

#include <string.h>

#include "net/hop_machine.h"

static const struct hop_kind kinds[] = {
    {"smtp", HOP_STARTTLS, "25", "SMTP", &hop_smtp},
    {"submission", HOP_STARTTLS, "587", "SMTP", &hop_smtp},
    {"lmtp", HOP_STARTTLS, "24", "LMTP", &hop_lmtp},
    {"imap", HOP_STARTTLS, "143", "IMAP", &hop_imap},
    {"pop3", HOP_STARTTLS, "110", "POP3", &hop_pop3},
    {"nntp", HOP_STARTTLS, "119", "NNTP", &hop_nntp},
    {"ftp", HOP_STARTTLS, "21", "FTP", &hop_ftp},
    {"sieve", HOP_STARTTLS, "4190", "ManageSieve", &hop_sieve},
    {"ldap", HOP_STARTTLS, "389", "LDAP", &hop_ldap},
    {"xmpp", HOP_STARTTLS, "5222", "XMPP", &hop_xmpp_client},
    {"xmpp-server", HOP_STARTTLS, "5269", "XMPP", &hop_xmpp_server},
    {"postgres", HOP_STARTTLS, "5432", "PostgreSQL", &hop_postgres},
    {"postgresql", HOP_STARTTLS, "5432", "PostgreSQL", &hop_postgres},
    {"mysql", HOP_STARTTLS, "3306", "MySQL", &hop_mysql},
    {"irc", HOP_STARTTLS, "6667", "IRC", &hop_irc},
    {"rdp", HOP_STARTTLS, "3389", "RDP", &hop_rdp},
    {"http", HOP_PROXY, "1080", "HTTP", &hop_http}, /* the port as curl has it */
    {"socks5", HOP_PROXY, "1080", "SOCKS5", &hop_socks5},
    {"socks5h", HOP_PROXY, "1080", "SOCKS5", &hop_socks5h},
    {"socks4a", HOP_PROXY, "1080", "SOCKS4", &hop_socks4a},
    {"proxy-v1", HOP_HEADER, NULL, "PROXY", &hop_proxy_v1},
    {"proxy-v2", HOP_HEADER, NULL, "PROXY", &hop_proxy_v2},
};

const struct hop_kind *hop_kind_at(size_t index)
{
    return index < sizeof kinds / sizeof kinds[0] ? &kinds[index] : NULL;
}

const struct hop_kind *hop_find(const char *name)
{
    const struct hop_kind *kind;
    for (size_t i = 0; (kind = hop_kind_at(i)) != NULL; i++)
        if (strcmp(kind->name, name) == 0)
            break;
    return kind;
}
