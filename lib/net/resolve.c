/*
 * resolve.c: names to addresses, in steps.
 *
 * The only caller of BIO_lookup_ex(), which gets nothing but addresses in digits: those that the
 * user gave, and those that name_lookup.c found, since only it knows how to make a BIO_ADDR with
 * a zone.
 */
#include <config.h>

#include "net/resolve.h"

#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "net/name_lookup.h"
#include "net/sock.h"

struct resolving {
    struct resolve_query query;
    struct deadline deadline;
    struct address_list list;
    struct name_lookup *lookup; /* NULL: there is none, or none any more */
    struct sock_found failed[NAME_LOOKUP_FAMILIES]; /* FOUND: it did not fail */
    char outside
        [SOCK_ADDRESS_SIZE]; /* the first address that is not of the scope, or "" */
};

/* ---- the list ---- */

static bool list_append(struct address_list *list, BIO_ADDRINFO *found)
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
    if (lookups == NULL || items == NULL)
        return false;
    list->lookups[list->lookup_count++] = found;
    for (const BIO_ADDRINFO *item = found; item != NULL; item = BIO_ADDRINFO_next(item))
        list->items[list->count++] = item;
    return true;
}

enum address_added address_list_add(struct address_list *list, const char *host,
                                    const char *port)
{
    BIO_ADDRINFO *found = NULL;
    int family = strchr(host, ':') != NULL ? sock_ipv6 : sock_ipv4;
    if (list->count >= RESOLVE_ADDRESSES_MAX)
        return ADDRESS_ADDED;
    ERR_clear_error();
    if (BIO_lookup_ex(host, port, BIO_LOOKUP_CLIENT, family, sock_stream, 0, &found) != 1)
        return ADDRESS_UNKNOWN;
    if (list_append(list, found))
        return ADDRESS_ADDED;
    BIO_ADDRINFO_free(found);
    return ADDRESS_NO_MEMORY;
}

void address_list_free(struct address_list *list)
{
    for (size_t i = 0; i < list->lookup_count; i++)
        BIO_ADDRINFO_free(list->lookups[i]);
    OPENSSL_free(list->lookups);
    OPENSSL_free(list->items);
    *list = (struct address_list){0};
}

/* ---- addresses in digits ---- */

/* The one way into the list: no address is connected to that is not of the scope, wherever it is
 * from. */
static enum address_added add_in_scope(struct resolving *resolving, const char *host,
                                       const char *port)
{
    enum address_scope allowed = resolving->query.scope;
    if (allowed == ADDRESS_ANY || address_scope_allows(allowed, address_scope(host)))
        return address_list_add(&resolving->list, host, port);
    if (*resolving->outside == '\0')
        snprintf(resolving->outside, sizeof resolving->outside, "%s", host);
    return ADDRESS_ADDED;
}

static enum tlsdial_cause out_of_scope(const struct resolving *resolving,
                                       struct tlsdial_error *error)
{
    return tlsdial_error_set(
        error, TLSDIAL_UNREACHABLE, 0, "%s is %s, which may not be connected to here",
        resolving->outside, address_scope_words(address_scope(resolving->outside)));
}

/* Why BIO_lookup_ex() does not take an address in digits. */
static enum tlsdial_cause literal_failed(const char *host, const char *port,
                                         struct tlsdial_error *error)
{
    unsigned long code = ERR_peek_error();
    const char *zone = strchr(host, '%');
    char reason[128];
    struct sock_found found;
    if (zone != NULL)
        return tlsdial_error_set(error, TLSDIAL_UNREACHABLE, code,
                                 "%s: there is no network interface '%s'", host,
                                 zone + 1);
    /* OpenSSL keeps the text alone of the resolver's code: ask again for the code. */
    sock_lookup(host, port, sock_any_family, &found);
    snprintf(reason, sizeof reason, "%s", found.reason);
    sock_found_clear(&found);
    if (found.result == SOCK_LOOKUP_NO_SERVICE)
        return tlsdial_error_set(error, TLSDIAL_USAGE, code,
                                 "the system knows no service '%s'", port);
    return tlsdial_error_set(
        error, TLSDIAL_NAME_LOOKUP_FAILED, code, "the address %s cannot be used: %s",
        host, *reason != '\0' ? reason : error_openssl_reason("no reason given"));
}

static enum tlsdial_cause add_literal(struct resolving *resolving, const char *host,
                                      struct tlsdial_error *error)
{
    switch (add_in_scope(resolving, host, resolving->query.port)) {
    case ADDRESS_ADDED:
        return TLSDIAL_OK;
    case ADDRESS_NO_MEMORY:
        return error_out_of_memory(error);
    default:
        return literal_failed(host, resolving->query.port, error);
    }
}

static bool family_fits(const char *address, enum tlsdial_family family)
{
    bool v6 = strchr(address, ':') != NULL;
    return family == TLSDIAL_ANY_FAMILY || (family == TLSDIAL_IPV6) == v6;
}

static enum tlsdial_cause take_override(struct resolving *resolving,
                                        const struct resolve_override *override,
                                        struct tlsdial_error *error)
{
    char address[TLSDIAL_HOST_SIZE];
    const char *rest = override->addresses;
    enum tlsdial_cause cause = TLSDIAL_OK;
    while (cause == TLSDIAL_OK && resolve_override_next(&rest, address, sizeof address))
        if (family_fits(address, resolving->query.family))
            cause = add_literal(resolving, address, error);
    if (cause == TLSDIAL_OK && resolving->list.count == 0 && *resolving->outside == '\0')
        cause = tlsdial_error_set(error, TLSDIAL_UNREACHABLE, 0,
                                  "none of the addresses given is of the asked family");
    return cause;
}

static enum tlsdial_cause take_literal(struct resolving *resolving,
                                       struct tlsdial_error *error)
{
    const struct resolve_query *query = &resolving->query;
    if (family_fits(query->host->lookup, query->family))
        return add_literal(resolving, query->host->lookup, error);
    return tlsdial_error_set(error, TLSDIAL_UNREACHABLE, 0,
                             "there is no %s address: %s is of the other family",
                             query->family == TLSDIAL_IPV6 ? "IPv6" : "IPv4",
                             query->host->lookup);
}

/* ---- names ---- */

#define RESOURCES_HINT                                                                   \
    "a limit on threads, memory or descriptors was reached: ulimit -u, -v or -n, "       \
    "pids.max or memory.max of a container, TasksMax= of a unit"

static enum tlsdial_cause no_resources(const char *what, int code, const char *reason,
                                       struct tlsdial_error *error)
{
    char text[128];
    if (reason == NULL) {
        sock_describe(code, text, sizeof text);
        reason = text;
    }
    enum tlsdial_cause cause =
        tlsdial_error_set(error, TLSDIAL_NAME_LOOKUP_FAILED, (unsigned long)code,
                          "the name could not be looked up: %s%s", what, reason);
    error_hint(error, RESOURCES_HINT);
    return cause;
}

static enum tlsdial_cause begin_lookup(struct resolving *resolving,
                                       struct tlsdial_error *error)
{
    const struct resolve_query *query = &resolving->query;
    const bool wanted[NAME_LOOKUP_FAMILIES] = {
        [NAME_LOOKUP_IPV6] = query->family != TLSDIAL_IPV4,
        [NAME_LOOKUP_IPV4] = query->family != TLSDIAL_IPV6,
    };
    int code = 0;
    resolving->list.awaits_ipv6 = wanted[NAME_LOOKUP_IPV6];
    resolving->list.awaits_ipv4 = wanted[NAME_LOOKUP_IPV4];
    switch (name_lookup_begin(query->host->lookup, query->port, wanted,
                              &resolving->lookup, &code)) {
    case NAME_LOOKUP_BEGUN:
        return TLSDIAL_OK;
    case NAME_LOOKUP_NO_SOCKETS:
        return no_resources("", code, NULL, error);
    case NAME_LOOKUP_NO_THREAD:
        return no_resources("no thread can be started for it: ", code, NULL, error);
    default:
        return error_out_of_memory(error);
    }
}

static bool *awaits(struct resolving *resolving, enum name_lookup_family family)
{
    return family == NAME_LOOKUP_IPV6 ? &resolving->list.awaits_ipv6
                                      : &resolving->list.awaits_ipv4;
}

static bool is_awaiting(const struct resolving *resolving)
{
    return resolving->list.awaits_ipv6 || resolving->list.awaits_ipv4;
}

/* An address that BIO_lookup_ex() does not take back is left out: its zone may just have gone. */
static bool take_found(struct resolving *resolving, const struct sock_found *found)
{
    for (size_t i = 0; i < found->count; i++)
        if (add_in_scope(resolving, found->addresses[i].host, found->addresses[i].port) ==
            ADDRESS_NO_MEMORY)
            return false;
    return true;
}

/* False when out of memory. */
static bool take_answers(struct resolving *resolving)
{
    bool ok = true;
    for (int i = 0; i < NAME_LOOKUP_FAMILIES; i++) {
        enum name_lookup_family family = (enum name_lookup_family)i;
        struct sock_found found;
        if (!*awaits(resolving, family) ||
            !name_lookup_take(resolving->lookup, family, &found))
            continue;
        *awaits(resolving, family) = false;
        ok = take_found(resolving, &found) && ok;
        sock_found_clear(&found);
        resolving->failed[family] = found;
    }
    return ok;
}

static void stop_lookup(struct resolving *resolving)
{
    name_lookup_free(resolving->lookup);
    resolving->lookup = NULL;
    resolving->list.awaits_ipv6 = resolving->list.awaits_ipv4 = false;
}

/* Which of two failures says more of the name: one that would have hidden it comes first. */
static const struct sock_found *worse(const struct sock_found *a,
                                      const struct sock_found *b)
{
    static const enum sock_lookup order[] = {
        SOCK_LOOKUP_NO_SERVICE, SOCK_LOOKUP_NO_RESOURCES, SOCK_LOOKUP_SYSTEM,
        SOCK_LOOKUP_FAILED,     SOCK_LOOKUP_NO_ADDRESS,   SOCK_LOOKUP_NO_NAME,
    };
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if (a->result == order[i])
            return a;
        if (b->result == order[i])
            return b;
    }
    return a;
}

static enum tlsdial_cause no_address(enum tlsdial_family family,
                                     const struct sock_found *failed,
                                     struct tlsdial_error *error)
{
    if (family == TLSDIAL_ANY_FAMILY)
        return tlsdial_error_set(error, TLSDIAL_NAME_NOT_FOUND,
                                 (unsigned long)failed->code,
                                 "the name has no address (%s)", failed->reason);
    return tlsdial_error_set(error, TLSDIAL_UNREACHABLE, (unsigned long)failed->code,
                             "there is no %s address (%s)",
                             family == TLSDIAL_IPV6 ? "IPv6" : "IPv4", failed->reason);
}

static enum tlsdial_cause lookup_failed(const struct resolving *resolving,
                                        struct tlsdial_error *error)
{
    const struct sock_found *failed =
        worse(&resolving->failed[NAME_LOOKUP_IPV6], &resolving->failed[NAME_LOOKUP_IPV4]);
    unsigned long code = (unsigned long)failed->code;
    switch (failed->result) {
    case SOCK_LOOKUP_NO_NAME:
        return tlsdial_error_set(error, TLSDIAL_NAME_NOT_FOUND, code,
                                 "the name does not exist (%s)", failed->reason);
    case SOCK_LOOKUP_NO_ADDRESS:
        return no_address(resolving->query.family, failed, error);
    case SOCK_LOOKUP_NO_SERVICE:
        return tlsdial_error_set(error, TLSDIAL_USAGE, code,
                                 "the system knows no service '%s'",
                                 resolving->query.port);
    case SOCK_LOOKUP_NO_RESOURCES:
        return no_resources("", failed->code, failed->reason, error);
    default:
        return tlsdial_error_set(error, TLSDIAL_NAME_LOOKUP_FAILED, code,
                                 "the name could not be looked up: %s",
                                 *failed->reason != '\0' ? failed->reason
                                                         : "no address can be used");
    }
}

/* ---- the steps ---- */

static enum tlsdial_cause begin(struct resolving *resolving, struct tlsdial_error *error)
{
    const struct resolve_query *query = &resolving->query;
    const struct resolve_override *override =
        resolve_override_find(query->overrides, query->host, query->port);
    enum tlsdial_cause cause;
    if (override != NULL)
        cause = take_override(resolving, override, error);
    else if (tlsdial_is_ip_literal(query->host->lookup))
        cause = take_literal(resolving, error);
    else
        cause = begin_lookup(resolving, error);
    ERR_clear_error(); /* the message has what is of use in it */
    return cause;
}

struct resolving *resolve_begin(const struct resolve_query *query,
                                struct deadline deadline, struct tlsdial_error *error)
{
    struct resolving *resolving = OPENSSL_zalloc(sizeof *resolving);
    if (resolving == NULL) {
        error_out_of_memory(error);
        return NULL;
    }
    resolving->query = *query;
    resolving->deadline = deadline;
    if (begin(resolving, error) == TLSDIAL_OK)
        return resolving;
    resolve_free(resolving);
    return NULL;
}

enum step resolve_step(struct resolving *resolving, struct tlsdial_error *error)
{
    if (is_awaiting(resolving) && !take_answers(resolving)) {
        error_out_of_memory(error);
        return STEP_FAILED;
    }
    bool late = is_awaiting(resolving) && deadline_passed(resolving->deadline);
    if (is_awaiting(resolving) && !late)
        return STEP_AGAIN;
    stop_lookup(resolving);
    if (resolving->list.count > 0)
        return STEP_DONE;
    if (*resolving->outside != '\0')
        out_of_scope(resolving, error);
    else if (late)
        tlsdial_error_set(error, TLSDIAL_DEADLINE_RESOLVE, 0,
                          "the name lookup did not end in time");
    else
        lookup_failed(resolving, error);
    return STEP_FAILED;
}

void resolve_wants(const struct resolving *resolving, struct wait_set *set)
{
    if (!is_awaiting(resolving))
        return;
    wait_set_add(set, name_lookup_fd(resolving->lookup), true, false);
    wait_set_until(set, resolving->deadline);
}

const struct address_list *resolve_addresses(const struct resolving *resolving)
{
    return &resolving->list;
}

void resolve_free(struct resolving *resolving)
{
    if (resolving == NULL)
        return;
    stop_lookup(resolving);
    address_list_free(&resolving->list);
    OPENSSL_free(resolving);
}
