/* options_values.c: see options_values.h. */
#include <config.h>

#include "options_values.h"

#include <string.h>

#define MAX_SECONDS 100000000 /* three years */

bool options_parse_number(int64_t *number, const char *text, int64_t maximum)
{
    const char *p = text;
    *number = 0;
    for (; *p >= '0' && *p <= '9' && *number <= maximum; p++)
        *number = *number * 10 + (*p - '0');
    return p > text && *p == '\0' && *number <= maximum;
}

enum tlsdial_cause options_parse_seconds(int64_t *milliseconds, const char *name,
                                         const char *text, struct tlsdial_error *error)
{
    const char *p = text;
    int64_t whole = 0, fraction = 0, unit = 100;
    bool digits = false, rest = false;
    for (; *p >= '0' && *p <= '9' && whole <= MAX_SECONDS; p++, digits = true)
        whole = whole * 10 + (*p - '0');
    if (*p == '.')
        for (p++; *p >= '0' && *p <= '9'; p++, unit /= 10, digits = true) {
            fraction += unit * (*p - '0');
            rest = rest || (unit == 0 && *p != '0');
        }
    *milliseconds = whole * 1000 + fraction + (rest ? 1 : 0);
    if (digits && *p == '\0' && whole <= MAX_SECONDS)
        return TLSDIAL_OK;
    return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                             "--%s: '%s' is no number of seconds", name, text);
}

enum tlsdial_cause options_parse_protocol(enum tlsdial_protocol *protocol,
                                          const char *name, const char *text,
                                          struct tlsdial_error *error)
{
    *protocol = strcmp(text, "TLSv1.2") == 0   ? TLSDIAL_TLS_1_2
                : strcmp(text, "TLSv1.3") == 0 ? TLSDIAL_TLS_1_3
                                               : TLSDIAL_PROTOCOL_DEFAULT;
    if (*protocol != TLSDIAL_PROTOCOL_DEFAULT)
        return TLSDIAL_OK;
    return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                             "--%s: '%s' is not TLSv1.2 or TLSv1.3", name, text);
}
