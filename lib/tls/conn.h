/* conn.h: a connection, being made or made. */
#ifndef TLSDIAL_TLS_CONN_H
#define TLSDIAL_TLS_CONN_H

#include <openssl/ssl.h>

#include "base/deadline.h"
#include "base/target.h"
#include "net/stream.h"
#include "net/wait.h"
#include "tls/policy.h"
#include "tls/evidence.h"
#include "tls/session.h"
#include "tls/trace.h"

/** How a call to OpenSSL ended. */
enum conn_outcome {
    CONN_DONE,
    CONN_AGAIN,       /**< the stream has to be waited for */
    CONN_LATE,        /**< a deadline passed: the connection's own, or that of all */
    CONN_PEER_CLOSED, /**< close_notify */
    CONN_FAILED       /**< see the stream and OpenSSL's error queue */
};

/** How the stream ended; a copy, since a later call may end otherwise. */
struct ending {
    enum stream_end end;
    int code;
};

struct tlsdial_conn {
    SSL *ssl;
    struct stream *stream;
    BIO_METHOD *bio_method; /**< of the SSL's BIO */
    tlsdial_evidence *evidence;
    bool owns_evidence;
    const tlsdial_cancel *cancel; /**< NULL: none */
    int64_t idle_timeout;         /**< milliseconds, 0: none */
    struct deadline total;
    char *alpn;                   /**< what was offered; NULL: nothing */
    const tlsdial_client *client; /**< while dialling: it may go before the connection */
    STACK_OF(X509) *
        untrusted;            /**< likewise: issuers that the server may have left out */
    struct deadline deadline; /**< likewise */
    struct host reference;    /**< that the certificate must be for */
    const char
        *starttls; /**< the protocol that TLS began within: "SMTP"; NULL: none. Static */
    struct messages messages;
    char subject[2 * TLSDIAL_HOST_SIZE + 64]; /**< of messages: "host:port [address]" */

    struct session_place place;   /**< whom its sessions are of */
    struct session_list sessions; /**< that the server gave and nobody has taken yet */
    struct verification resumed;  /**< of the session that is offered */

    /** What was taken from the caller and not all sent: OpenSSL has begun a record of it, and must
     * be given the same octets again. */
    unsigned char *record;
    size_t record_length;
    bool end_wanted; /**< close_notify is to follow what was taken */
    bool end_sent;   /**< it did */
    bool peer_closed;
    bool write_failed;            /**< the peer's last words are still to be read */
    struct ending write_ending;   /**< how it failed */
    bool wants_read, wants_write; /**< what the last call ended for */
    bool starved;                 /**< OpenSSL has less than a record; more must arrive */
    struct wait_set waits;        /**< of a call that waits */
    enum {
        CONN_USABLE,
        CONN_BROKEN, /**< a fatal failure: nothing can be sent or received any more */
        CONN_CLOSED  /**< by the caller */
    } state;
};

/** The only reading of SSL_get_error(3); notes what the connection wants. */
enum conn_outcome conn_outcome(tlsdial_conn *conn, int result);
/** How the stream ended by now. */
struct ending conn_ending(const tlsdial_conn *conn);
/** Fills the error; the connection may be NULL. */
enum tlsdial_cause conn_misuse(const tlsdial_conn *conn, const char *what,
                               struct tlsdial_error *error);
/** For SSL_CTX_sess_set_new_cb(3): keeps a session of the connection that is the SSL's app data. */
int conn_keep_session(SSL *ssl, SSL_SESSION *session);
/** Brings the evidence's count of bytes up to date. */
void conn_note_traffic(tlsdial_conn *conn);

#endif
