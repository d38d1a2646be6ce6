/* resolve_override.c: addresses given by the user in place of a lookup. */
#include <config.h>

#include "net/resolve_override.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

bool resolve_override_next(const char **rest, char *address, size_t size)
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

const struct resolve_override *resolve_override_find(const struct resolve_override *list,
                                                     const struct host *host,
                                                     const char *port)
{
    while (list != NULL &&
           (strcmp(list->host, host->name) != 0 || strcmp(list->port, port) != 0))
        list = list->next;
    return list;
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
    while (valid && resolve_override_next(&rest, address, sizeof address))
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
