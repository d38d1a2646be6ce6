/*
 * bio_sock.h: what the library uses of OpenSSL's socket helpers, where OpenSSL lacks them (no-sock).
 *
 * The names and contracts are those of BIO_ADDR(3), BIO_ADDRINFO(3), BIO_lookup_ex(3) and
 * BIO_connect(3), so that no other file knows which of the two it calls.  The options of
 * BIO_socket() and all flags and types of lookups that are not here are OpenSSL's alone.
 */
#ifndef TLSDIAL_BIO_SOCK_H
#define TLSDIAL_BIO_SOCK_H

#include <openssl/bio.h>

enum BIO_lookup_type { BIO_LOOKUP_CLIENT };

#define BIO_SOCK_KEEPALIVE 0x04
#define BIO_SOCK_NONBLOCK 0x08
#define BIO_SOCK_NODELAY 0x10

int BIO_lookup_ex(const char *host, const char *service, int lookup_type, int family,
                  int socktype, int protocol, BIO_ADDRINFO **found);
const BIO_ADDRINFO *BIO_ADDRINFO_next(const BIO_ADDRINFO *item);
int BIO_ADDRINFO_family(const BIO_ADDRINFO *item);
int BIO_ADDRINFO_socktype(const BIO_ADDRINFO *item);
int BIO_ADDRINFO_protocol(const BIO_ADDRINFO *item);
const BIO_ADDR *BIO_ADDRINFO_address(const BIO_ADDRINFO *item);
void BIO_ADDRINFO_free(BIO_ADDRINFO *list);

char *BIO_ADDR_hostname_string(const BIO_ADDR *address, int numeric);
char *BIO_ADDR_service_string(const BIO_ADDR *address, int numeric);

int BIO_socket(int domain, int socktype, int protocol, int options);
int BIO_connect(int fd, const BIO_ADDR *address, int options);

#endif
