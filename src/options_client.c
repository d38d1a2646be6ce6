/* options_client.c: the options that are the client's policy. */
#include <config.h>

#include "options_client.h"

#include "options_table.h"
#include "options_values.h"

#define MAX_ATTIME INT64_C(253402300799) /* the last second of the year 9999 */

/* "HOST:PORT:ADDR[,ADDR]..." */
static enum tlsdial_cause add_resolve(tlsdial_client *client, const char *text,
                                      struct tlsdial_error *error)
{
    char host[TLSDIAL_HOST_SIZE], port[TLSDIAL_PORT_SIZE];
    int host_end = 0, port_end = 0;
    if (sscanf(text, "%255[^:]:%n%31[^:]:%n", host, &host_end, port, &port_end) != 2 ||
        port_end == 0)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "--resolve: '%s' is not HOST:PORT:ADDR[,ADDR]...", text);
    return tlsdial_client_add_resolve(client, host, port, text + port_end, error);
}

static enum tlsdial_cause parse_attime(const char *text, tlsdial_client *client,
                                       struct options *options,
                                       struct tlsdial_error *error)
{
    if (!options_parse_number(&options->attime, text, MAX_ATTIME))
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "--attime: '%s' is no number of seconds since 1970",
                                 text);
    return tlsdial_client_set_verify_time(client, options->attime, error);
}

struct tlsdial_options dial_options(const struct options *options,
                                    tlsdial_evidence *evidence)
{
    struct tlsdial_options dial = {.size = sizeof dial,
                                   .evidence = evidence,
                                   .servername = options->servername,
                                   .verify_hostname = options->verify_hostname,
                                   .alpn = options->alpn};
    options_way_give(&options->way, &dial);
    return dial;
}

enum tlsdial_cause options_apply_to_client(int code, const char *argument,
                                           tlsdial_client *client,
                                           struct options *options,
                                           struct tlsdial_error *error)
{
    switch (code) {
    case '4':
        return tlsdial_client_set_family(client, TLSDIAL_IPV4, error);
    case '6':
        return tlsdial_client_set_family(client, TLSDIAL_IPV6, error);
    case OPTION_RESOLVE:
        return add_resolve(client, argument, error);
    case OPTION_CACERT:
        return tlsdial_client_add_ca_file(client, argument, error);
    case OPTION_CAPATH:
        return tlsdial_client_add_ca_path(client, argument, error);
    case OPTION_UNTRUSTED:
        options->untrusted = true;
        return tlsdial_client_add_untrusted(client, argument, error);
    case OPTION_PARTIAL_CHAIN:
        return tlsdial_client_set_partial_chain(client, true, error);
    case OPTION_ATTIME:
        return parse_attime(argument, client, options, error);
    case OPTION_CRLFILE:
        return tlsdial_client_add_crl_file(client, argument, error);
    case OPTION_CRL_CHECK_ALL:
        return tlsdial_client_set_crl_check_all(client, true, error);
    case OPTION_REQUIRE_STAPLE:
        return tlsdial_client_set_require_staple(client, true, error);
    case OPTION_PINNEDPUBKEY:
        return tlsdial_client_add_pinned_keys(client, argument, error);
    case OPTION_TLSA:
        return tlsdial_client_add_tlsa(client, argument, error);
    case OPTION_GROUPS:
        return tlsdial_client_set_groups(client, argument, error);
    case OPTION_SIGALGS:
        return tlsdial_client_set_sigalgs(client, argument, error);
    case OPTION_CIPHERS:
        return tlsdial_client_set_ciphers(client, argument, error);
    case OPTION_INSECURE:
        options->insecure = true;
        return tlsdial_client_set_insecure(client, true, error);
    default:
        return tlsdial_error_set(error, TLSDIAL_INTERNAL, 0, "an option does nothing");
    }
}
