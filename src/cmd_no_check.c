/* cmd_no_check.c: in place of check and its reports where configure said --disable-check. */
#include <config.h>

#include "report.h"
#include "tlsdial_program.h"

static enum tlsdial_cause built_without(struct tlsdial_error *error)
{
    return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                             "this tlsdial was built without 'check'");
}

enum tlsdial_cause cmd_check(tlsdial_client *client, const struct options *options,
                             struct tlsdial_error *error)
{
    (void)client;
    (void)options;
    return built_without(error);
}

enum tlsdial_cause report_json_usable(struct tlsdial_error *error)
{
    return built_without(error);
}
