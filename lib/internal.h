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

#ifndef HAVE_BIO_LOOKUP_EX
#include "bio_sock.h"
#endif
#include "deadline.h"
#include "tlsdial.h"

/* ---- error.c ---- */

enum tlsdial_cause error_out_of_memory(struct tlsdial_error *error);
/** Replaces the hint that the cause brought. */
void error_hint(struct tlsdial_error *error, const char *hint);
/** Adds to the end of the message; the text is escaped already. */
void error_append(struct tlsdial_error *error, const char *text);
/** The reason of OpenSSL's first queued error, or the given text where it has none. */
const char *error_openssl_reason(const char *otherwise);
/** The system's reason for a failure, where OpenSSL queued one; it may be the first error or the
 * last. ERR_reason_error_string(3) knows none for these. */
const char *error_system_reason(char *text, size_t size, const char *otherwise);

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

/* ---- certificate.c ---- */

/** A copy with tlsdial_text_escape() done, to be freed with OPENSSL_free(). NULL when out of
 * memory. So for the next three. */
char *escaped_text(const char *from);
/** A name in RFC 2253 order. */
char *name_text(const X509_NAME *name);
/** Where the issuer is to be had (AIA, RFC 5280, 4.2.2.1). NULL also where nothing is said. */
char *issuer_url(const X509 *certificate);

void free_text(const char *text);
/** A DNS name or IP address; false where it is neither. Not escaped. */
bool general_name_text(char *to, size_t size, const GENERAL_NAME *name);
/** Seconds since 1970; 0 where the time is malformed. */
int64_t asn1_time_seconds(const ASN1_TIME *time);
/** "2031-02-03 04:05:06 UTC" */
void time_text(char *to, size_t size, int64_t seconds);
/** False when out of memory; *to is then to be cleared as well. */
bool certificate_describe(struct tlsdial_certificate *to, const X509 *x509);
void certificate_clear(struct tlsdial_certificate *certificate);

/* ---- evidence.c ---- */

struct problem_list {
    struct tlsdial_problem *items; /* owns their texts */
    size_t count;
};

/** False when out of memory; what is there stays. */
bool problem_add(struct problem_list *list, enum tlsdial_cause cause, int depth,
                 const X509 *certificate, const char *reason);
void problem_list_clear(struct problem_list *list);

/** Bytes on the connection. */
struct traffic {
    uint64_t received, sent;
};

#define CHAINS (TLSDIAL_CHAIN_BUILT + 1)

struct trust;

struct tlsdial_evidence {
    int64_t start_us;
    tlsdial_observer *observer;
    void *observer_argument;
    int64_t times[TLSDIAL_STEP_CLOSED + 1]; /* -1: did not happen */
    size_t addresses;
    bool has_addresses;
    struct tlsdial_attempt *attempts; /* owns their texts; room for every address */
    size_t attempt_count;
    struct problem_list problems;
    STACK_OF(X509) * chains[CHAINS];
    struct tlsdial_certificate
        *described[CHAINS]; /* made when asked for; NULL der: not yet */
    struct trust *trust;    /* NULL: not loaded */
    char *missing_issuer;
    char *protocol, *cipher, *group, *alpn, *staple;
    const char *signature; /* static */
    bool resumed, certificate_requested;
    struct traffic traffic;
    bool has_traffic;
    bool has_end;
    enum tlsdial_cause end;
    struct tlsdial_error ignored; /* of the verification; TLSDIAL_OK: nothing */
};

void evidence_begin(tlsdial_evidence *evidence);
/** Notes the time of a step and tells the observer. */
void evidence_step(tlsdial_evidence *evidence, enum tlsdial_step step);
/** Makes room for one attempt an address. False when out of memory. */
bool evidence_addresses(tlsdial_evidence *evidence, size_t count);
bool evidence_attempt(tlsdial_evidence *evidence, const BIO_ADDR *address,
                      enum tlsdial_cause cause, const char *reason, int64_t started_us);
/** Takes a copy of the stack. */
bool evidence_chain(tlsdial_evidence *evidence, enum tlsdial_chain which,
                    STACK_OF(X509) * chain);
bool evidence_trust(tlsdial_evidence *evidence, const struct trust *trust);
bool evidence_negotiated(tlsdial_evidence *evidence, SSL *ssl);
void evidence_end(tlsdial_evidence *evidence, enum tlsdial_cause how);

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
    128 /**< enough to know a TLS record or the greeting of another protocol */

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
    struct traffic *traffic; /**< the evidence's */
};

/** A BIO that owns the socket, and its state, which lives as long. NULL when out of memory; the
 * socket is then still the caller's. */
BIO *io_bio_new(int fd, struct traffic *traffic, struct io **io);
/** Where there is no TLS to go on with: takes what else has come of the first bytes. OpenSSL stops
 * at the head of a record, from 3.2 on. */
void io_read_first(struct io *io);

/* ---- trust.c ---- */

/** Where trusted certificates come from. */
struct trust {
    char *words; /**< "FILE or DIRECTORY", for messages; "": nowhere yet */
    struct tlsdial_trust *places;
    size_t count;
};

void trust_clear(struct trust *trust);
/** Copies the places alone. False when out of memory; *to is to be cleared in any case. */
bool trust_copy_places(struct trust *to, const struct trust *from);
/** How many certificates a directory has, by their names. */
size_t trust_count_directories(const char *directory);
/** Adds what the environment, this build, or OpenSSL's own says. */
enum tlsdial_cause trust_use_defaults(struct trust *trust, X509_STORE *store,
                                      struct tlsdial_error *error);
enum tlsdial_cause trust_add_file(struct trust *trust, X509_STORE *store,
                                  const char *file, struct tlsdial_error *error);
enum tlsdial_cause trust_add_path(struct trust *trust, X509_STORE *store,
                                  const char *directory, struct tlsdial_error *error);
/** Adds the certificates of a PEM file to a list. */
enum tlsdial_cause trust_add_untrusted(STACK_OF(X509) * list, const char *file,
                                       struct tlsdial_error *error);
/** Whether there is nothing to trust. It reads a directory: not for the way of every dial. */
bool trust_is_empty(const struct trust *trust);

/* ---- pin.c ---- */

/** A hash of a SubjectPublicKeyInfo. */
struct pin {
    unsigned char sha256[32];
};

struct tlsa {
    uint8_t usage, selector, matching;
    unsigned char *data;
    size_t length;
};

struct path;

void pins_clear(tlsdial_client *client);
/** Adds a problem where keys are pinned and none of the path's is one of them. */
void pin_check(const tlsdial_conn *conn, struct path *path);
/** What is wrong with a certificate that no TLSA record is of, and the record that would be. */
void pin_describe_tlsa(char *to, size_t size, X509 *leaf);
/** Before the names are set: it sets them too. */
bool pin_set_up_tlsa(SSL *ssl, const tlsdial_client *client, const char *name);

/* ---- revocation.c ---- */

/** The name of a CRLReason, or words for none. */
const char *revocation_reason_name(int reason);
/** What a CRL says of a certificate, or why none can be asked, as problem_reason() does. */
void revocation_reason(char *to, size_t size, X509_STORE_CTX *store_ctx, int code);

/* ---- client.c ---- */

struct tlsdial_client {
    SSL_CTX *ctx;
    struct trust trust;  /**< where the trusted certificates come from */
    CRYPTO_RWLOCK *lock; /**< guards has_trust once several threads dial */
    bool has_trust;      /**< the user's trust was added, or the default one loaded */
    bool default_trust;  /**< the default one */
    enum tlsdial_family family;
    int64_t connect_timeout, idle_timeout, max_time; /**< milliseconds, 0: none */
    struct host *servername, *verify_hostname;       /**< NULL: the host dialled */
    struct resolve_override *overrides;
    STACK_OF(X509) * untrusted; /**< issuers that the server may leave out */
    bool has_verify_time;
    int64_t verify_time;       /**< seconds since 1970 */
    char *alpn;                /**< as it was given; NULL: none */
    STACK_OF(X509_CRL) * crls; /**< NULL: none */
    bool require_staple;
    struct pin *pins;
    size_t pin_count;
    struct tlsa *tlsa;
    size_t tlsa_count;
    bool insecure;
};

/** Loads the default trust store before the first dial, unless there is other trust: reading
 * it costs more than a whole handshake. Thread-safe. */
enum tlsdial_cause client_load_trust(tlsdial_client *client, struct tlsdial_error *error);

/* ---- messages.c ---- */

/** What passes by in a handshake that OpenSSL does not tell afterwards. */
struct messages {
    unsigned char *client_hello; /**< the handshake message, header included */
    size_t client_hello_length;
    bool server_hello;          /**< came */
    bool certificate_requested; /**< by the server */
    bool certificate_sent;      /**< ours, and not an empty one */
    bool renegotiation_refused; /**< by us: the server wanted one */
    bool alerted;               /**< a fatal alert came */
    unsigned char alert;        /**< its number */
    uint16_t signature;         /**< SignatureScheme of the server's, 0: none seen */
};

/** Has the messages of the SSL noted; to be freed with messages_clear(). */
void messages_watch(SSL *ssl, struct messages *messages);
void messages_clear(struct messages *messages);
/** The name of a SignatureScheme in the IANA registry; NULL for one that is not known. */
const char *signature_scheme_name(uint16_t scheme);
/** What the ClientHello offered, in words; "" where there was none. */
void messages_describe_offer(const struct messages *messages, SSL *ssl, char *to,
                             size_t size);

/* ---- conn.c ---- */

struct tlsdial_conn {
    SSL *ssl;
    struct io *io; /**< belongs to the SSL's BIO */
    tlsdial_evidence *evidence;
    bool owns_evidence;
    const tlsdial_client *client; /**< while dialling: it may go before the connection */
    int64_t idle_timeout;
    struct deadline total;
    struct host peer; /**< that the certificate must be for */
    struct messages messages;
    struct verification *verification;        /**< under way */
    struct tlsdial_error verify_error;        /**< set by verify_chain() when it fails */
    char subject[2 * TLSDIAL_HOST_SIZE + 64]; /**< of messages: "host:port [address]" */
    bool peer_closed;                         /**< close_notify came */
    bool broken; /**< a fatal failure: no close_notify can be sent any more */
    bool close_sent;
};

/* ---- problem.c ---- */

/** The cause that an X509_V_ERR_ code of a certificate stands for. */
enum tlsdial_cause problem_cause(int code, X509 *certificate);
/** Of several causes, that of the lowest precedence is told. */
int problem_precedence(enum tlsdial_cause cause);
/** What is wrong, to be read after the certificate's subject. Not escaped. */
void problem_reason(char *to, size_t size, const tlsdial_conn *conn,
                    X509_STORE_CTX *store_ctx, int code);
/** The error that says it whole. */
void problem_describe(struct tlsdial_error *error, const tlsdial_conn *conn,
                      X509_STORE_CTX *store_ctx, int code, const char *reason);

/** Where the dates of a certificate are at fault and the system's clock cannot be right, the hint
 * says so. */
void problem_suspect_clock(const tlsdial_conn *conn, struct tlsdial_error *error);

/* ---- verify.c, verdict.c ---- */

/** Says what the certificate must be for. */
bool verify_expect(SSL *ssl, const struct host *peer);
/** For SSL_CTX_set_cert_verify_callback(): verifies the whole chain, notes every problem in the
 * evidence of the SSL's tlsdial_conn (its app data), and fails with the worst. */
int verify_chain(X509_STORE_CTX *store_ctx, void *unused);
/** Whether conn->verify_error ends the handshake. If not, for the client is insecure, the evidence
 * has it instead. */
bool verdict_is_fatal(tlsdial_conn *conn);
/** Lets verify_chain() try several paths through the certificates of this store. */
void verify_prepare_store(X509_STORE *store);

/* ---- staple.c ---- */

/** What the OCSP response that the server stapled says of its certificate, as
 * tlsdial_evidence_staple() tells it; to be freed with OPENSSL_free(). NULL when none came, and
 * when out of memory. */
char *staple_text(const tlsdial_conn *conn);
/** For SSL_CTX_set_tlsext_status_cb(3): fails the handshake where the staple says that the
 * certificate is revoked, and where one is required and none is good. */
int staple_check(SSL *ssl, void *unused);

/* ---- diagnose.c ---- */

/** How a call to OpenSSL ended. */
enum conn_outcome {
    CONN_DONE,
    CONN_AGAIN,       /**< only as struct io was told to */
    CONN_PEER_CLOSED, /**< close_notify */
    CONN_FAILED       /**< see struct io's end and OpenSSL's error queue */
};

/** The cause of a handshake that did not end well. So for the rest; each is called right after
 * the failure, while OpenSSL's error queue tells of it. */
enum tlsdial_cause diagnose_handshake(const tlsdial_conn *conn, enum conn_outcome outcome,
                                      struct tlsdial_error *error);
/** A failed verification's cause, or TLSDIAL_CA_STORE where the default trust store is empty. */
enum tlsdial_cause diagnose_trust(const tlsdial_client *client, enum tlsdial_cause cause,
                                  struct tlsdial_error *error);
/** The cause of a read or write that failed after the handshake. */
enum tlsdial_cause diagnose_transfer(const tlsdial_conn *conn,
                                     struct tlsdial_error *error);

#endif
