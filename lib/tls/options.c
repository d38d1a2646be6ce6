/* options.c: see options.h. */
#include <config.h>

#include "tls/options.h"

#include <openssl/err.h>
#include <stddef.h>
#include <string.h>

#include "base/error.h"
#include "net/sock.h"
#include "tls/memory.h"
#include "tls/session.h"

#define ALPN_LONGEST 1024 /* octets of the extension's list */

/* The first version had all up to the cancellation. */
bool dial_options_known(struct tlsdial_options *to, const struct tlsdial_options *from)
{
    memset(to, 0, sizeof *to);
    if (from == NULL)
        return true;
    size_t least = offsetof(struct tlsdial_options, cancel) + sizeof from->cancel;
    if (from->size < least)
        return false;
    memcpy(to, from, from->size < sizeof *to ? from->size : sizeof *to);
    return true;
}

/* "h2,http/1.1" as in the extension: each name after its length. 0 where the text is bad. */
static size_t alpn_wire(unsigned char *wire, size_t size, const char *text)
{
    size_t used = 0;
    while (used < size) {
        size_t length = strcspn(text, ",");
        if (length == 0 || length > 255 || length >= size - used)
            return 0;
        wire[used++] = (unsigned char)length;
        memcpy(wire + used, text, length);
        used += length;
        if (text[length] == '\0')
            return used;
        text += length + 1;
    }
    return 0;
}

static enum tlsdial_cause set_alpn(struct dial_options *to, const char *protocols,
                                   struct tlsdial_error *error)
{
    unsigned char wire[ALPN_LONGEST];
    size_t length = protocols != NULL ? alpn_wire(wire, sizeof wire, protocols) : 0;
    if (protocols == NULL)
        return TLSDIAL_OK;
    if (length == 0)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "'%.64s' is no list of ALPN protocols", protocols);
    to->alpn = OPENSSL_strdup(protocols);
    to->alpn_wire = OPENSSL_memdup(wire, length);
    to->alpn_length = length;
    return to->alpn != NULL && to->alpn_wire != NULL ? TLSDIAL_OK
                                                     : error_out_of_memory(error);
}

static enum tlsdial_cause set_name(struct host *to, bool *has, const char *text,
                                   bool ip_allowed, struct tlsdial_error *error)
{
    *has = text != NULL;
    if (text == NULL)
        return TLSDIAL_OK;
    enum tlsdial_cause cause = host_parse(to, text, error);
    if (cause == TLSDIAL_OK && to->is_ip && !ip_allowed)
        cause = tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                  "'%.64s' is an address: SNI carries names only", text);
    return cause;
}

static enum tlsdial_cause set_limit(int64_t *to, int64_t limit, int64_t of_client,
                                    struct tlsdial_error *error)
{
    *to = limit == 0 ? of_client : limit == TLSDIAL_NO_LIMIT ? 0 : limit;
    return limit >= TLSDIAL_NO_LIMIT
               ? TLSDIAL_OK
               : tlsdial_error_set(error, TLSDIAL_MISUSE, 0, "a negative limit: %lld",
                                   (long long)limit);
}

enum tlsdial_cause dial_options_parse(struct dial_options *to,
                                      const struct tlsdial_options *given,
                                      const tlsdial_client *client,
                                      struct tlsdial_error *error)
{
    struct tlsdial_options options;
    *to = (struct dial_options){0};
    if (!dial_options_known(&options, given))
        return tlsdial_error_set(error, TLSDIAL_MISUSE, 0,
                                 "the size of the options is not set");
    to->has_socket = options.socket != NULL;
    to->socket = options.socket != NULL ? *options.socket : -1;
    to->evidence = options.evidence;
    to->cancel = options.cancel;
    to->session = session_up_ref(options.session);
    if (client == NULL)
        return tlsdial_error_set(error, TLSDIAL_MISUSE, 0, "no client was given");
    if (!client_is_family(options.family))
        return tlsdial_error_set(error, TLSDIAL_MISUSE, 0, "%d is not a family",
                                 (int)options.family);
    if (options.untrusted == NULL && options.untrusted_length > 0)
        return tlsdial_error_set(error, TLSDIAL_MISUSE, 0,
                                 "the untrusted certificates are NULL");
    to->family = options.family != TLSDIAL_ANY_FAMILY ? options.family : client->family;
    enum tlsdial_cause cause = set_limit(&to->connect_timeout, options.connect_timeout,
                                         client->connect_timeout, error);
    if (cause == TLSDIAL_OK)
        cause = set_limit(&to->idle_timeout, options.idle_timeout, client->idle_timeout,
                          error);
    if (cause == TLSDIAL_OK)
        cause = set_limit(&to->max_time, options.max_time, client->max_time, error);
    if (cause == TLSDIAL_OK)
        cause = set_name(&to->servername, &to->has_servername, options.servername, false,
                         error);
    if (cause == TLSDIAL_OK)
        cause = set_name(&to->verify_hostname, &to->has_verify_hostname,
                         options.verify_hostname, true, error);
    return cause == TLSDIAL_OK ? set_alpn(to, options.alpn, error) : cause;
}

enum tlsdial_cause dial_options_add_untrusted(STACK_OF(X509) * list,
                                              const struct tlsdial_options *given,
                                              struct tlsdial_error *error)
{
    struct tlsdial_options options;
    if (!dial_options_known(&options, given) || options.untrusted_length == 0)
        return TLSDIAL_OK;
    ERR_clear_error();
    bool ok = memory_add_certificates(list, options.untrusted, options.untrusted_length);
    unsigned long code = ERR_peek_error();
    ERR_clear_error();
    return ok ? TLSDIAL_OK
              : tlsdial_error_set(error, TLSDIAL_CA_STORE, code,
                                  "the certificates of the options cannot be read");
}

void dial_options_clear(struct dial_options *options)
{
    if (options->has_socket)
        sock_close(options->socket);
    tlsdial_session_free(options->session);
    OPENSSL_free(options->alpn);
    OPENSSL_free(options->alpn_wire);
    *options = (struct dial_options){0};
}
