/* no_aia.c: in place of aia.c where OpenSSL has no HTTP client (no-http). */
#include <config.h>

#include "base/error.h"

enum tlsdial_cause tlsdial_client_fetch_untrusted(tlsdial_client *client, const char *url,
                                                  struct tlsdial_error *error)
{
    (void)client;
    return tlsdial_error_set(
        error, TLSDIAL_USAGE, 0,
        "'%.200s' cannot be fetched: this OpenSSL was built without HTTP", url);
}
