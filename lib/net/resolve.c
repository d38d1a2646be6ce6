/*
 * resolve.c: names to addresses, within a deadline.
 *
 * getaddrinfo() can neither be given a deadline nor be interrupted, so it runs in a thread that
 * is left behind when the deadline passes.  The only caller of BIO_lookup_ex().
 */
#include <config.h>

#include "net/resolve.h"

#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "net/sock.h"
#include "net/thread.h"

/* One lookup. Owned by one thread at a time, see thread.h. */
struct job {
    char host[TLSDIAL_HOST_SIZE];
    char port[TLSDIAL_PORT_SIZE];
    int family;
    BIO_ADDRINFO *found; /* NULL: it failed, as below */
    enum sock_lookup fault;
    unsigned long native;
    char reason[128];
};

/* Whether the name is there, with addresses of the family that was not asked for: getaddrinfo()
 * says so of some names, and of others that they do not exist. */
static bool has_other_family(const struct job *job)
{
    BIO_ADDRINFO *found = NULL;
    bool has = job->family != sock_any_family &&
               BIO_lookup_ex(job->host, job->port, BIO_LOOKUP_CLIENT, sock_any_family,
                             sock_stream, 0, &found) == 1;
    if (has)
        BIO_ADDRINFO_free(found);
    return has;
}

static void job_work(void *argument)
{
    struct job *job = argument;
    ERR_clear_error();
    if (BIO_lookup_ex(job->host, job->port, BIO_LOOKUP_CLIENT, job->family, sock_stream,
                      0, &job->found) == 1)
        return;
    job->found = NULL;
    const char *text = NULL;
    int flags = 0;
    unsigned long code = ERR_peek_error_all(NULL, NULL, NULL, &text, &flags);
    job->native = code;
    if (ERR_GET_LIB(code) == ERR_LIB_SYS) { /* EAI_SYSTEM: the reason is in errno */
        sock_describe(ERR_GET_REASON(code), job->reason, sizeof job->reason);
        job->fault = SOCK_LOOKUP_FAILED;
    } else {
        bool has_text = (flags & ERR_TXT_STRING) != 0 && text != NULL && *text != '\0';
        snprintf(job->reason, sizeof job->reason, "%s",
                 has_text ? text : error_openssl_reason("the lookup failed"));
        job->fault = sock_lookup_fault(job->reason);
        if (job->fault == SOCK_LOOKUP_NO_NAME && has_other_family(job))
            job->fault = SOCK_LOOKUP_NO_ADDRESS;
    }
}

static void job_discard(void *argument)
{
    struct job *job = argument;
    BIO_ADDRINFO_free(job->found);
    OPENSSL_free(job);
}

static struct job *job_new(const char *host, const char *port, int family)
{
    struct job *job = OPENSSL_zalloc(sizeof *job);
    if (job == NULL)
        return NULL;
    snprintf(job->host, sizeof job->host, "%s", host);
    snprintf(job->port, sizeof job->port, "%s", port);
    job->family = family;
    return job;
}

static enum tlsdial_cause job_failure(const struct job *job, struct tlsdial_error *error)
{
    static const char *const families[] = {"IPv4", "IPv6"};
    switch (job->fault) {
    case SOCK_LOOKUP_NO_NAME:
        return tlsdial_error_set(error, TLSDIAL_NAME_NOT_FOUND, job->native,
                                 "the name does not exist (%s)", job->reason);
    case SOCK_LOOKUP_NO_ADDRESS:
        if (job->family == sock_any_family)
            return tlsdial_error_set(error, TLSDIAL_NAME_NOT_FOUND, job->native,
                                     "the name has no address (%s)", job->reason);
        return tlsdial_error_set(error, TLSDIAL_UNREACHABLE, job->native,
                                 "there is no %s address (%s)",
                                 families[job->family == sock_ipv6], job->reason);
    case SOCK_LOOKUP_NO_SERVICE:
        return tlsdial_error_set(error, TLSDIAL_USAGE, job->native,
                                 "the system knows no service '%s'", job->port);
    default:
        return tlsdial_error_set(error, TLSDIAL_NAME_LOOKUP_FAILED, job->native,
                                 "the name could not be looked up: %s", job->reason);
    }
}

/* Adds what a lookup found to the list. */
static enum tlsdial_cause list_append(struct address_list *list, BIO_ADDRINFO *found,
                                      struct tlsdial_error *error)
{
    size_t count = list->count;
    for (const BIO_ADDRINFO *item = found; item != NULL; item = BIO_ADDRINFO_next(item))
        count++;
    void *lookups =
        OPENSSL_realloc(list->lookups, (list->lookup_count + 1) * sizeof found);
    if (lookups != NULL)
        list->lookups = lookups;
    void *items = OPENSSL_realloc(list->items, count * sizeof *list->items);
    if (items != NULL)
        list->items = items;
    if (lookups == NULL || items == NULL) {
        BIO_ADDRINFO_free(found);
        return error_out_of_memory(error);
    }
    list->lookups[list->lookup_count++] = found;
    for (const BIO_ADDRINFO *item = found; item != NULL; item = BIO_ADDRINFO_next(item))
        list->items[list->count++] = item;
    return TLSDIAL_OK;
}

/* Looks up in a thread; IP literals, which do not wait for anybody, without one. */
static enum tlsdial_cause lookup(const char *host, const char *port, int family,
                                 struct deadline deadline, struct address_list *list,
                                 struct tlsdial_error *error)
{
    struct job *job = job_new(host, port, family);
    if (job == NULL)
        return error_out_of_memory(error);
    enum thread_outcome outcome = THREAD_DONE;
    if (tlsdial_is_ip_literal(host))
        job_work(job);
    else
        outcome = thread_run_until(job_work, job_discard, job, deadline);
    if (outcome == THREAD_LATE)
        return tlsdial_error_set(error, TLSDIAL_DEADLINE_RESOLVE, 0,
                                 "the name lookup did not end in time");
    enum tlsdial_cause cause;
    if (outcome == THREAD_NOT_BEGUN)
        cause = tlsdial_error_set(error, TLSDIAL_INTERNAL, 0,
                                  "no thread can be started for the name lookup");
    else if (job->found == NULL)
        cause = job_failure(job, error);
    else
        cause = list_append(list, job->found, error);
    OPENSSL_free(job);
    return cause;
}

/* The next of the comma-separated addresses at *rest, without brackets; false after the last. */
static bool next_address(const char **rest, char *address, size_t size)
{
    const char *text = *rest;
    if (*text == '\0')
        return false;
    size_t length = strcspn(text, ",");
    *rest = text[length] == ',' ? text + length + 1 : text + length;
    if (length >= 2 && text[0] == '[' && text[length - 1] == ']') {
        text++;
        length -= 2;
    }
    snprintf(address, size, "%.*s", (int)(length < size ? length : size - 1), text);
    return true;
}

static const struct resolve_override *find_override(const struct resolve_query *query)
{
    const struct resolve_override *override = query->overrides;
    while (override != NULL && (strcmp(override->host, query->host->name) != 0 ||
                                strcmp(override->port, query->port) != 0))
        override = override->next;
    return override;
}

static bool family_fits(const char *address, enum tlsdial_family family)
{
    bool v6 = strchr(address, ':') != NULL;
    return family == TLSDIAL_ANY_FAMILY || (family == TLSDIAL_IPV6) == v6;
}

enum tlsdial_cause resolve(const struct resolve_query *query, struct deadline deadline,
                           struct address_list *list, struct tlsdial_error *error)
{
    const int families[] = {sock_any_family, sock_ipv4, sock_ipv6};
    const struct resolve_override *override = find_override(query);
    if (override == NULL && tlsdial_is_ip_literal(query->host->lookup) &&
        !family_fits(query->host->lookup, query->family))
        return tlsdial_error_set(error, TLSDIAL_UNREACHABLE, 0,
                                 "there is no %s address: %s is of the other family",
                                 query->family == TLSDIAL_IPV6 ? "IPv6" : "IPv4",
                                 query->host->lookup);
    if (override == NULL)
        return lookup(query->host->lookup, query->port, families[query->family], deadline,
                      list, error);
    char address[TLSDIAL_HOST_SIZE];
    const char *rest = override->addresses;
    enum tlsdial_cause cause = TLSDIAL_OK;
    while (cause == TLSDIAL_OK && next_address(&rest, address, sizeof address))
        if (family_fits(address, query->family))
            cause = lookup(address, query->port, sock_any_family, deadline, list, error);
    if (cause == TLSDIAL_OK && list->count == 0)
        cause = tlsdial_error_set(error, TLSDIAL_UNREACHABLE, 0,
                                  "none of the addresses given is of the asked family");
    return cause;
}

void address_list_free(struct address_list *list)
{
    for (size_t i = 0; i < list->lookup_count; i++)
        BIO_ADDRINFO_free(list->lookups[i]);
    OPENSSL_free(list->lookups);
    OPENSSL_free(list->items);
    *list = (struct address_list){0};
}

static struct resolve_override *override_new(const char *host, const char *port,
                                             const char *addresses)
{
    struct resolve_override *override = OPENSSL_zalloc(sizeof *override);
    if (override == NULL)
        return NULL;
    override->host = OPENSSL_strdup(host);
    override->port = OPENSSL_strdup(port);
    override->addresses = OPENSSL_strdup(addresses);
    if (override->host != NULL && override->port != NULL && override->addresses != NULL)
        return override;
    resolve_override_free(override);
    return NULL;
}

enum tlsdial_cause resolve_override_add(struct resolve_override **list, const char *host,
                                        const char *port, const char *addresses,
                                        struct tlsdial_error *error)
{
    struct tlsdial_target target;
    enum tlsdial_cause cause = tlsdial_target_parse(&target, host, port, error);
    if (cause != TLSDIAL_OK)
        return cause;
    char address[TLSDIAL_HOST_SIZE] = "";
    const char *rest = addresses;
    bool valid = *addresses != '\0';
    while (valid && next_address(&rest, address, sizeof address))
        valid = tlsdial_is_ip_literal(address);
    if (!valid)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0, "'%.64s' is no IP address",
                                 address);
    struct resolve_override *override = override_new(target.name, target.port, addresses);
    if (override == NULL)
        return error_out_of_memory(error);
    override->next = *list;
    *list = override;
    return TLSDIAL_OK;
}

void resolve_override_free(struct resolve_override *list)
{
    while (list != NULL) {
        struct resolve_override *next = list->next;
        OPENSSL_free(list->host);
        OPENSSL_free(list->port);
        OPENSSL_free(list->addresses);
        OPENSSL_free(list);
        list = next;
    }
}
