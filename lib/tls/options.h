/* options.h: what one dial has of its own, checked and in the forms that its uses need. */
#ifndef TLSDIAL_TLS_OPTIONS_H
#define TLSDIAL_TLS_OPTIONS_H

#include <openssl/x509.h>

#include "base/target.h"
#include "tls/client.h"
#include "tlsdial.h"

struct dial_options {
    tlsdial_evidence *evidence; /**< NULL: none */
    tlsdial_cancel *cancel;     /**< NULL: none */
    tlsdial_session *session;   /**< a reference of our own; NULL: none */
    bool has_servername, has_verify_hostname;
    struct host servername, verify_hostname;
    char *alpn; /**< as it was given; NULL: none */
    unsigned char *alpn_wire;
    size_t alpn_length;
    int64_t connect_timeout, idle_timeout, max_time; /**< milliseconds, 0: none */
    enum tlsdial_family family;
    bool has_socket; /**< false also once the route has it */
    int socket;
};

/** The options as this version knows them: a caller of an older one has a shorter structure, and
 * what it does not know of is not set. NULL: the defaults. False where the size is not set. */
bool dial_options_known(struct tlsdial_options *to, const struct tlsdial_options *from);
/** Fills *to from the options (NULL: the client's), to be cleared also after a failure, and without
 * a client too: the socket is ours then. */
enum tlsdial_cause dial_options_parse(struct dial_options *to,
                                      const struct tlsdial_options *options,
                                      const tlsdial_client *client,
                                      struct tlsdial_error *error);
/** Adds the certificates of the options to the list. */
enum tlsdial_cause dial_options_add_untrusted(STACK_OF(X509) * list,
                                              const struct tlsdial_options *options,
                                              struct tlsdial_error *error);
/** Closes a socket that no route has taken. */
void dial_options_clear(struct dial_options *options);

#endif
