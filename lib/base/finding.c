/* finding.c: what was found wrong, as facts. */
#include <config.h>

#include "base/finding.h"

#include <openssl/crypto.h>

int cause_precedence(enum tlsdial_cause cause)
{
    static const enum tlsdial_cause order[] = {TLSDIAL_INTERNAL,
                                               TLSDIAL_CA_STORE,
                                               TLSDIAL_UNKNOWN_CA,
                                               TLSDIAL_INCOMPLETE_CHAIN,
                                               TLSDIAL_SELF_SIGNED,
                                               TLSDIAL_REVOKED,
                                               TLSDIAL_PIN_MISMATCH,
                                               TLSDIAL_NAME_MISMATCH,
                                               TLSDIAL_NOT_YET_VALID,
                                               TLSDIAL_EXPIRED,
                                               TLSDIAL_PURPOSE,
                                               TLSDIAL_CONSTRAINT,
                                               TLSDIAL_WEAK,
                                               TLSDIAL_STAPLE,
                                               TLSDIAL_REVOCATION_UNKNOWN};
    int count = (int)(sizeof order / sizeof order[0]);
    int place = 0;
    if (cause == TLSDIAL_EXPIRES_SOON) /* a warning: after all that ends a dial */
        return count + 1;
    while (place < count && order[place] != cause)
        place++;
    return place;
}

bool cause_is_of_trust(enum tlsdial_cause cause)
{
    return cause == TLSDIAL_UNKNOWN_CA || cause == TLSDIAL_INCOMPLETE_CHAIN ||
           cause == TLSDIAL_SELF_SIGNED;
}

/* ---- one ---- */

void finding_take(struct finding *finding, char **field, char *text)
{
    OPENSSL_free(*field);
    *field = text;
    finding->failed = finding->failed || text == NULL;
}

void finding_set(struct finding *finding, char **field, const char *text)
{
    if (text != NULL)
        finding_take(finding, field, OPENSSL_strdup(text));
}

void finding_clear(struct finding *finding)
{
    char *const texts[] = {finding->subject,     finding->issuer,
                           finding->trust,       finding->unread,
                           finding->reference,   finding->common_name,
                           finding->url,         finding->algorithm,
                           finding->usage,       finding->extended_usage,
                           finding->pin,         finding->detail,
                           finding->constrainer, finding->wanted_id,
                           finding->found_id,    finding->namesake_place};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        OPENSSL_free(texts[i]);
    for (size_t i = 0; i < FINDING_NAMES; i++)
        OPENSSL_free(finding->names[i]);
    *finding = (struct finding){0};
}

/* ---- several ---- */

bool finding_list_add(struct finding_list *list, struct finding *finding)
{
    struct finding *grown =
        finding->failed ? NULL
                        : OPENSSL_realloc(list->items, (list->count + 1) * sizeof *grown);
    if (grown == NULL) {
        finding_clear(finding);
        return false;
    }
    list->items = grown;
    grown[list->count++] = *finding;
    *finding = (struct finding){0};
    return true;
}

void finding_list_clear(struct finding_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        finding_clear(&list->items[i]);
    OPENSSL_free(list->items);
    *list = (struct finding_list){0};
}

const struct finding *finding_list_find(const struct finding_list *list,
                                        enum tlsdial_cause cause)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].cause == cause)
            return &list->items[i];
    return NULL;
}

const struct finding *finding_list_worst(const struct finding_list *list)
{
    const struct finding *worst = NULL;
    for (size_t i = 0; i < list->count; i++)
        if (worst == NULL ||
            cause_precedence(list->items[i].cause) < cause_precedence(worst->cause))
            worst = &list->items[i];
    return worst;
}
