/* session.c: see session.h. */
#include <config.h>

#include "tls/session.h"

#include <openssl/err.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "base/error.h"

struct tlsdial_session {
    atomic_int references;
    CRYPTO_RWLOCK *lock;            /* of the sessions; the rest never changes */
    struct session_content content; /* its chain is of one certificate at least */
};

/* Takes over the content. */
static tlsdial_session *session_of(struct session_content *content)
{
    tlsdial_session *session = OPENSSL_zalloc(sizeof *session);
    CRYPTO_RWLOCK *lock = session != NULL ? CRYPTO_THREAD_lock_new() : NULL;
    if (lock == NULL) {
        OPENSSL_free(session);
        session_content_clear(content);
        return NULL;
    }
    atomic_init(&session->references, 1);
    session->lock = lock;
    session->content = *content;
    return session;
}

static bool is_once_only(const SSL_SESSION *session)
{
    return SSL_SESSION_get_protocol_version(session) >= TLS1_3_VERSION;
}

tlsdial_session *session_new(const struct session_place *place, STACK_OF(X509) * chain,
                             struct session_list *list)
{
    struct session_content content = {.place = *place, .chain = X509_chain_up_ref(chain)};
    struct session_list kept = {0};
    for (size_t i = 0; content.chain != NULL && i < list->count; i++) {
        X509 *peer = SSL_SESSION_get0_peer(list->items[i]);
        SSL_SESSION *copy = peer != NULL &&
                                    X509_cmp(peer, sk_X509_value(chain, 0)) == 0 &&
                                    SSL_SESSION_is_resumable(list->items[i])
                                ? SSL_SESSION_dup(list->items[i])
                                : NULL;
        if (copy != NULL)
            session_list_add(&content.sessions, copy);
        if (is_once_only(list->items[i]))
            SSL_SESSION_free(list->items[i]);
        else
            session_list_add(&kept, list->items[i]);
    }
    if (content.chain != NULL)
        *list = kept;
    if (content.sessions.count > 0)
        return session_of(&content);
    session_content_clear(&content);
    return NULL;
}

tlsdial_session *session_up_ref(tlsdial_session *session)
{
    if (session != NULL)
        atomic_fetch_add(&session->references, 1);
    return session;
}

void tlsdial_session_free(tlsdial_session *session)
{
    if (session == NULL || atomic_fetch_sub(&session->references, 1) > 1)
        return;
    session_content_clear(&session->content);
    CRYPTO_THREAD_lock_free(session->lock);
    OPENSSL_free(session);
}

bool session_is_for(const tlsdial_session *session, const struct session_place *place)
{
    const struct session_place *own = &session->content.place;
    return strcmp(own->host, place->host) == 0 && strcmp(own->port, place->port) == 0 &&
           strcmp(own->servername, place->servername) == 0 &&
           memcmp(own->identity, place->identity, sizeof own->identity) == 0;
}

STACK_OF(X509) * session_chain(const tlsdial_session *session)
{
    return session->content.chain;
}

/* Seconds since 1970; the older function has a long, and is deprecated from OpenSSL 3.4 on. */
static int64_t begun_at(const SSL_SESSION *session)
{
#ifdef HAVE_SSL_SESSION_GET_TIME_EX
    return (int64_t)SSL_SESSION_get_time_ex(session);
#else
    return SSL_SESSION_get_time(session);
#endif
}

static bool has_expired(const SSL_SESSION *session)
{
    int64_t age = (int64_t)time(NULL) - begun_at(session);
    return age < 0 || age >= SSL_SESSION_get_timeout(session);
}

SSL_SESSION *session_take(tlsdial_session *session)
{
    struct session_list *list = &session->content.sessions;
    SSL_SESSION *taken = NULL;
    if (!CRYPTO_THREAD_write_lock(session->lock))
        return NULL;
    while (taken == NULL && list->count > 0) {
        SSL_SESSION *newest = list->items[list->count - 1];
        if (has_expired(newest)) {
            SSL_SESSION_free(newest);
            list->count--;
        } else if (is_once_only(newest)) {
            taken = newest;
            list->count--;
        } else if ((taken = SSL_SESSION_dup(newest)) == NULL) {
            break;
        }
    }
    CRYPTO_THREAD_unlock(session->lock);
    return taken;
}

/* ---- as octets ---- */

enum tlsdial_cause tlsdial_session_save(tlsdial_session *session, void **data,
                                        size_t *length, struct tlsdial_error *error)
{
    if (session == NULL || data == NULL || length == NULL)
        return tlsdial_error_set(error, TLSDIAL_MISUSE, 0, "something needed is NULL");
    *data = NULL;
    *length = 0;
    if (!CRYPTO_THREAD_read_lock(session->lock))
        return error_out_of_memory(error);
    bool empty = session->content.sessions.count == 0;
    if (!empty)
        *data = session_encode(&session->content, length);
    CRYPTO_THREAD_unlock(session->lock);
    if (empty)
        return tlsdial_error_set(
            error, TLSDIAL_USAGE, 0,
            "the session has been used: nothing is left to be saved");
    return *data != NULL ? TLSDIAL_OK : error_out_of_memory(error);
}

tlsdial_session *tlsdial_session_load(const void *data, size_t length,
                                      struct tlsdial_error *error)
{
    struct session_content content;
    if (data == NULL) {
        tlsdial_error_set(error, TLSDIAL_MISUSE, 0, "the octets are NULL");
        return NULL;
    }
    const char *fault = session_decode(&content, data, length);
    if (fault != NULL) {
        session_content_clear(&content);
        tlsdial_error_set(error, TLSDIAL_USAGE, 0, "the session cannot be read: %s",
                          fault);
        return NULL;
    }
    tlsdial_session *session = session_of(&content);
    if (session == NULL)
        error_out_of_memory(error);
    return session;
}
