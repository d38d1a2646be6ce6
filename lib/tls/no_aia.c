/* no_aia.c: in place of aia.c where OpenSSL has no HTTP client (no-http). */
#include <config.h>

#include "base/error.h"

enum tlsdial_cause tlsdial_fetch_issuers(tlsdial_client *client, const char *url,
                                         const struct tlsdial_options *options,
                                         void **certificates, size_t *length,
                                         struct tlsdial_error *error)
{
    (void)client;
    (void)options;
    if (url == NULL || certificates == NULL || length == NULL)
        return tlsdial_error_set(error, TLSDIAL_MISUSE, 0, "something needed is NULL");
    *certificates = NULL;
    *length = 0;
    return tlsdial_error_set(
        error, TLSDIAL_USAGE, 0,
        "'%.200s' cannot be fetched: this OpenSSL was built without HTTP", url);
}
