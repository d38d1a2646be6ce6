/*
 * internal.h: what the files of the library know of each other.
 *
 * Dependencies point one way: client, conn -> verify, diagnose, bio, connect, resolve -> sock,
 * thread.  error, target and evidence are below all of them.
 */
#ifndef TLSDIAL_INTERNAL_H
#define TLSDIAL_INTERNAL_H

#include <config.h>

#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "deadline.h"
#include "tlsdial.h"

/* ---- error.c ---- */

enum tlsdial_cause error_out_of_memory(struct tlsdial_error *error);
/** Replaces the hint that the cause brought. */
void error_hint(struct tlsdial_error *error, const char *hint);
/** The reason of OpenSSL's first queued error, or the given text where it has none. */
const char *error_openssl_reason(const char *otherwise);

/* ---- target.c ---- */

/** A host in the forms that its uses need. */
struct host {
    bool is_ip;
    char lookup
        [TLSDIAL_HOST_SIZE]; /**< for getaddrinfo: A-labels, trailing dot or zone kept */
    char name
        [TLSDIAL_HOST_SIZE]; /**< for SNI and certificate: without the dot or the zone */
};

enum tlsdial_cause host_parse(struct host *host, const char *text,
                              struct tlsdial_error *error);
/** 1 to 65535 without leading zeros, or a service name (RFC 6335, 5.1, without its finer
 * rules): getaddrinfo() would take 70007 for 4471. */
enum tlsdial_cause port_parse(char to[TLSDIAL_PORT_SIZE], const char *port,
                              struct tlsdial_error *error);
/** "host:port", the host in brackets where it has colons. */
void host_port_format(char *to, size_t size, const char *host, const char *port);

/* ---- evidence.c ---- */

struct tlsdial_evidence {
    int64_t start_us;
    tlsdial_observer *observer;
    void *observer_argument;
    int64_t times[TLSDIAL_STEP_CLOSED + 1]; /* -1: did not happen */
    size_t addresses;
    bool has_addresses;
    struct tlsdial_attempt *attempts; /* owns their texts; room for every address */
    size_t attempt_count;
    struct tlsdial_problem *problems; /* owns their texts */
    size_t problem_count;
    char *protocol, *cipher, *group, *subject, *issuer;
    bool has_end;
    enum tlsdial_cause end;
};

void evidence_begin(tlsdial_evidence *evidence);
/** Notes the time of a step and tells the observer. */
void evidence_step(tlsdial_evidence *evidence, enum tlsdial_step step);
/** Makes room for one attempt an address. False when out of memory. */
bool evidence_addresses(tlsdial_evidence *evidence, size_t count);
bool evidence_attempt(tlsdial_evidence *evidence, const BIO_ADDR *address,
                      enum tlsdial_cause cause, const char *reason, int64_t started_us);
bool evidence_problem(tlsdial_evidence *evidence, enum tlsdial_cause cause, int depth,
                      const X509 *certificate, const char *reason);
bool evidence_certificate(tlsdial_evidence *evidence, const X509 *leaf);
bool evidence_negotiated(tlsdial_evidence *evidence, SSL *ssl);
void evidence_end(tlsdial_evidence *evidence, enum tlsdial_cause how);

/** A name in RFC 2253 order as escaped UTF-8; to be freed with OPENSSL_free(). NULL when out of
 * memory. */
char *name_text(const X509_NAME *name);

/* ---- resolve.c ---- */

/** Addresses given by the user in place of a lookup. */
struct resolve_override {
    struct resolve_override *next;
    char *host, *port, *addresses;
};

enum tlsdial_cause resolve_override_add(struct resolve_override **list, const char *host,
                                        const char *port, const char *addresses,
                                        struct tlsdial_error *error);
void resolve_override_free(struct resolve_override *list);

struct address_list {
    BIO_ADDRINFO **lookups; /* own what items point to */
    size_t lookup_count;
    const BIO_ADDRINFO **items;
    size_t count;
};

enum tlsdial_cause resolve(const tlsdial_client *client, const struct host *host,
                           const char *port, struct deadline deadline,
                           struct address_list *list, struct tlsdial_error *error);
void address_list_free(struct address_list *list);

/* ---- connect.c ---- */

/** Connects to the first of the addresses that answers; *fd is non-blocking. */
enum tlsdial_cause connect_any(const struct address_list *list, struct deadline deadline,
                               tlsdial_evidence *evidence, int *fd,
                               struct tlsdial_error *error);

/* ---- bio.c ---- */

enum io_end {
    IO_OPEN,
    IO_TIMEOUT, /**< the deadline passed */
    IO_FIN,     /**< the peer ended the TCP stream */
    IO_FAILED   /**< see code */
};

#define IO_FIRST_BYTES                                                                   \
    64 /**< enough to know a TLS record or the greeting of another protocol */

/** The state of the BIO: a socket whose reads and writes wait until the deadline. */
struct io {
    int fd;
    struct deadline deadline; /**< of the operation under way */
    bool wait_to_read;        /**< false: a read takes what is there and asks to retry */
    bool yield_to_read; /**< true: a write that must wait asks to retry as soon as there
                                   is something to read */
    enum io_end end;    /**< why the last operation failed */
    int code;
    unsigned char first[IO_FIRST_BYTES]; /**< the first bytes received */
    size_t first_length;
};

/** A BIO that owns the socket, and its state, which lives as long. NULL when out of memory; the
 * socket is then still the caller's. */
BIO *io_bio_new(int fd, struct io **io);

/* ---- trust.c ---- */

enum tlsdial_cause trust_use_defaults(SSL_CTX *ctx, struct tlsdial_error *error);
enum tlsdial_cause trust_add_file(SSL_CTX *ctx, const char *file,
                                  struct tlsdial_error *error);
enum tlsdial_cause trust_add_path(SSL_CTX *ctx, const char *directory,
                                  struct tlsdial_error *error);
/** Whether the default trust store, loaded, can trust nothing: to be asked only after a failure,
 * for it reads a directory. */
bool trust_defaults_are_empty(SSL_CTX *ctx);
/** Where OpenSSL's defaults are looked for, in words; to be freed with OPENSSL_free(). */
char *trust_describe_defaults(void);

/* ---- client.c ---- */

struct tlsdial_client {
    SSL_CTX *ctx;
    char *trust;         /**< where the trusted certificates come from, in words */
    CRYPTO_RWLOCK *lock; /**< guards has_trust once several threads dial */
    bool has_trust;      /**< the user's trust was added, or the default one loaded */
    bool default_trust;  /**< the default one */
    enum tlsdial_family family;
    int64_t connect_timeout, idle_timeout, max_time; /**< milliseconds, 0: none */
    struct host *servername, *verify_hostname;       /**< NULL: the host dialled */
    struct resolve_override *overrides;
};

/** Loads the default trust store before the first dial, unless there is other trust: reading
 * it costs more than a whole handshake. Thread-safe. */
enum tlsdial_cause client_load_trust(tlsdial_client *client, struct tlsdial_error *error);

/* ---- conn.c ---- */

struct tlsdial_conn {
    SSL *ssl;
    struct io *io; /**< belongs to the SSL's BIO */
    tlsdial_evidence *evidence;
    bool owns_evidence;
    const char *trust; /**< the client's, during the handshake */
    int64_t idle_timeout;
    struct deadline total;
    struct host peer;                         /**< that the certificate must be for */
    struct tlsdial_error verify_error;        /**< set by verify_chain() when it fails */
    char subject[2 * TLSDIAL_HOST_SIZE + 64]; /**< of messages: "host:port [address]" */
    bool peer_closed;                         /**< close_notify came */
    bool broken; /**< a fatal failure: no close_notify can be sent any more */
    bool close_sent;
};

/* ---- verify.c ---- */

/** For SSL_CTX_set_cert_verify_callback(): verifies the whole chain, notes every problem in the
 * evidence of the SSL's tlsdial_conn (its app data), and fails with the worst. */
int verify_chain(X509_STORE_CTX *store_ctx, void *unused);

/* ---- diagnose.c ---- */

/** How a call to OpenSSL ended. */
enum conn_outcome {
    CONN_DONE,
    CONN_AGAIN,       /**< only as struct io was told to */
    CONN_PEER_CLOSED, /**< close_notify */
    CONN_FAILED       /**< see struct io's end and OpenSSL's error queue */
};

/** The cause of a handshake that did not end well. */
enum tlsdial_cause diagnose_handshake(const tlsdial_conn *conn, enum conn_outcome outcome,
                                      struct tlsdial_error *error);
/** The cause of a read or write that failed after the handshake. */
enum tlsdial_cause diagnose_transfer(const tlsdial_conn *conn,
                                     struct tlsdial_error *error);

#endif
