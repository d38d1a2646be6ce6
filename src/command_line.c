/* command_line.c: from argv to what is to be done, and to a client with its policy. */
#include <config.h>

#include "command_line.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "credentials.h"
#include "options_client.h"
#include "options_table.h"
#include "options_values.h"
#include "report.h"

#define MAX_WARN_DAYS 36525           /* a hundred years */
#define DEFAULT_CONNECT_TIMEOUT 30000 /* milliseconds */
#define DEFAULT_IDLE_TIMEOUT 60000
#define DEFAULT_CHECK_TIME 30000 /* of the whole run; without check there is no limit */

/* An option that is the client's. */
struct client_option {
    int code;
    const char *name, *argument;
};

/* What must be known whole before it is applied. */
struct pending {
    struct client_option *for_client; /* in their order */
    size_t count;                     /* of them */
    enum tlsdial_protocol minimum, maximum;
    struct passphrase_options credentials;
    const char *name; /* of the option at hand */
    /* The first option of each use (enum option_use), NULL: none. */
    const char *first[OPTION_USES];
    /* The first that needs what this OpenSSL was built without, NULL: none. */
    const struct option_entry *lacking;
};

static enum tlsdial_cause parse_warn_days(const char *text, struct options *options,
                                          struct tlsdial_error *error)
{
    int64_t days;
    if (!options_parse_number(&days, text, MAX_WARN_DAYS))
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "--warn-days: '%s' is no number of days up to %d", text,
                                 MAX_WARN_DAYS);
    options->warn_days = (int)days;
    return TLSDIAL_OK;
}

static enum tlsdial_cause parse_format(const char *text, struct options *options,
                                       struct tlsdial_error *error)
{
    if (strcmp(text, "json") == 0) {
        options->format = OPTIONS_JSON;
        return report_json_usable(error);
    }
    options->format = OPTIONS_TEXT;
    return strcmp(text, "text") == 0
               ? TLSDIAL_OK
               : tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                   "--format: '%s' is not text or json", text);
}

/* Standard output has the report, and must not have both. */
static enum tlsdial_cause parse_save_chain(const char *text, struct options *options,
                                           struct tlsdial_error *error)
{
    options->save_chain = text;
    return strcmp(text, "-") != 0
               ? TLSDIAL_OK
               : tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                   "--save-chain: '-' is no file: standard output is "
                                   "for the report");
}

/* The options that are the program's own affair; *applied is false for those of the client. */
static enum tlsdial_cause apply_to_program(int code, const char *argument,
                                           struct options *options,
                                           struct pending *pending, bool *applied,
                                           struct tlsdial_error *error)
{
    *applied = true;
    switch (code) {
    case OPTION_CONNECT_TIMEOUT:
        return options_parse_seconds(&options->connect_timeout, pending->name, argument,
                                     error);
    case OPTION_IDLE_TIMEOUT:
        options->idle_given = true;
        return options_parse_seconds(&options->idle_timeout, pending->name, argument,
                                     error);
    case OPTION_MAX_TIME:
        return options_parse_seconds(&options->max_time, pending->name, argument, error);
    case OPTION_MIN_PROTOCOL:
        return options_parse_protocol(&pending->minimum, pending->name, argument, error);
    case OPTION_MAX_PROTOCOL:
        return options_parse_protocol(&pending->maximum, pending->name, argument, error);
    case OPTION_CERT:
        pending->credentials.certificate = argument;
        return credentials_check_name(pending->name, argument, error);
    case OPTION_KEY:
        pending->credentials.key = argument;
        return credentials_check_name(pending->name, argument, error);
    case OPTION_PASS:
        pending->credentials.passphrase = argument;
        return credentials_check_source("pass", argument, error);
    case OPTION_ASK_PASS:
        pending->credentials.ask = true;
        break;
    case OPTION_FORMAT:
        return parse_format(argument, options, error);
    case OPTION_WARN_DAYS:
        return parse_warn_days(argument, options, error);
    case OPTION_SAVE_CHAIN:
        return parse_save_chain(argument, options, error);
    case OPTION_FETCH_MISSING:
        options->fetch_missing = true;
        break;
    case OPTION_SERVERNAME:
        options->servername = argument;
        break;
    case OPTION_VERIFY_HOSTNAME:
        options->verify_hostname = argument;
        break;
    case OPTION_ALPN:
        options->alpn = argument;
        break;
    case OPTION_SEND:
        options->send = argument;
        break;
    case OPTION_RAW:
        options->raw = true;
        break;
    case 'o':
        options->output = strcmp(argument, "-") == 0 ? NULL : argument;
        break;
    case 'v':
        options->verbose = true;
        break;
    case 'q':
        options->quiet = true;
        break;
    case OPTION_HELP:
        options->action = OPTIONS_HELP;
        break;
    case OPTION_VERSION:
        options->action = OPTIONS_VERSION;
        break;
    default: {
        enum tlsdial_cause cause =
            options_pipe_apply(&options->pipe, code, applied, error);
        return *applied
                   ? cause
                   : options_way_apply(&options->way, code, argument, applied, error);
    }
    }
    return TLSDIAL_OK;
}

/* Keeps an option for the client until all are known: reading files takes time, which an option
 * that comes later may limit. */
static enum tlsdial_cause postpone(int code, const char *argument,
                                   struct pending *pending, struct tlsdial_error *error)
{
    struct client_option *options =
        realloc(pending->for_client, (pending->count + 1) * sizeof *options);
    if (options == NULL)
        return tlsdial_error_set(error, TLSDIAL_INTERNAL, 0, "out of memory");
    options[pending->count++] =
        (struct client_option){.code = code, .name = pending->name, .argument = argument};
    pending->for_client = options;
    return TLSDIAL_OK;
}

/* One option that getopt_long() found. */
static enum tlsdial_cause apply(int code, const char *argument, struct options *options,
                                struct pending *pending, struct tlsdial_error *error)
{
    bool applied;
    enum tlsdial_cause cause =
        apply_to_program(code, argument, options, pending, &applied, error);
    return cause != TLSDIAL_OK || applied ? cause
                                          : postpone(code, argument, pending, error);
}

/* Notes the option for messages, and as one that belongs to one command only. */
static void note_option(struct pending *pending, const struct option_entry *entry)
{
    pending->name = entry->name;
    if (pending->first[entry->use] == NULL)
        pending->first[entry->use] = entry->name;
    if (options_table_lack(entry->code) != NULL && pending->lacking == NULL)
        pending->lacking = entry;
}

/* Whether an option of this use makes sense with the command. */
static bool fits(enum option_use use, enum options_action action)
{
    switch (use) {
    case FOR_DIAL:
        return action == OPTIONS_DIAL;
    case FOR_CHECK:
        return action == OPTIONS_CHECK;
    case FOR_PIPE:
        return action == OPTIONS_PIPE;
    case FOR_DIAL_AND_PIPE:
        return action != OPTIONS_CHECK;
    default:
        return true;
    }
}

static enum tlsdial_cause misfit(const char *name, enum option_use use,
                                 enum options_action action, struct tlsdial_error *error)
{
    if (action == OPTIONS_DIAL)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "option '--%s' is for 'tlsdial %s' only", name,
                                 use == FOR_CHECK ? "check" : "pipe");
    return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                             "option '--%s' cannot be used with '%s'", name,
                             action == OPTIONS_CHECK ? "check" : "pipe");
}

/* The command is known only now: options may stand before it. */
static enum tlsdial_cause match_command(const struct pending *pending,
                                        enum options_action action,
                                        struct tlsdial_error *error)
{
    for (int use = 0; use < OPTION_USES; use++)
        if (pending->first[use] != NULL && !fits((enum option_use)use, action))
            return misfit(pending->first[use], (enum option_use)use, action, error);
    if (pending->lacking != NULL)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "option '--%s' cannot be used: this OpenSSL was built "
                                 "without %s",
                                 pending->lacking->name,
                                 options_table_lack(pending->lacking->code));
    return TLSDIAL_OK;
}

static enum tlsdial_cause parse_target(int count, char **operands,
                                       struct options *options,
                                       struct tlsdial_error *error)
{
    if (count == 0)
        return tlsdial_error_set(
            error, TLSDIAL_USAGE, 0, "a host is missing%s",
            options->action == OPTIONS_CHECK  ? "; if 'check' is one, say check:443"
            : options->action == OPTIONS_PIPE ? "; if 'pipe' is one, say pipe:443"
                                              : "");
    if (count > 2)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0, "'%s' is one argument too many",
                                 operands[2]);
    const char *port = options_way_port(&options->way);
    if (count == 1 && port != NULL && strstr(operands[0], "://") == NULL &&
        tlsdial_target_parse(&options->target, operands[0], port, NULL) == TLSDIAL_OK)
        return TLSDIAL_OK; /* the text has no port of its own */
    return tlsdial_target_parse(&options->target, operands[0],
                                count == 2 ? operands[1] : NULL, error);
}

/* What the arguments beside the options say: the command, if it is named, and the target. */
static enum tlsdial_cause parse_operands(int count, char **operands,
                                         const struct pending *pending,
                                         struct options *options,
                                         struct tlsdial_error *error)
{
    bool check = count > 0 && strcmp(operands[0], "check") == 0;
    bool pipe = count > 0 && strcmp(operands[0], "pipe") == 0;
    bool named = check || pipe;
    options->action = check ? OPTIONS_CHECK : pipe ? OPTIONS_PIPE : OPTIONS_DIAL;
    if (options->max_time < 0)
        options->max_time = check ? DEFAULT_CHECK_TIME : 0;
    enum tlsdial_cause cause =
        parse_target(count - named, operands + named, options, error);
    return cause == TLSDIAL_OK ? match_command(pending, options->action, error) : cause;
}

static enum tlsdial_cause apply_to_client(const struct pending *pending,
                                          tlsdial_client *client, struct options *options,
                                          struct tlsdial_error *error)
{
    enum tlsdial_cause cause = TLSDIAL_OK;
    char what[64];
    for (size_t i = 0; cause == TLSDIAL_OK && i < pending->count; i++) {
        const struct client_option *option = &pending->for_client[i];
        cause = options_apply_to_client(option->code, option->argument, client, options,
                                        error);
        snprintf(what, sizeof what, "the file of --%s was", option->name);
        cause = options_judge_file(cause, what, options, error);
    }
    return cause;
}

/* Sets up the client. */
static enum tlsdial_cause finish_client(tlsdial_client **client,
                                        const struct pending *pending,
                                        struct options *options,
                                        struct tlsdial_error *error)
{
    struct tlsdial_error reason = {0};
    *client =
        tlsdial_client_new(&reason); /* --help works where OpenSSL cannot be set up */
    if (*client == NULL) {
        *error = reason;
        return reason.cause;
    }
    enum tlsdial_cause cause = apply_to_client(pending, *client, options, error);
    if (cause != TLSDIAL_OK)
        return cause;
    cause = tlsdial_client_set_connect_timeout(*client, options->connect_timeout, error);
    if (cause == TLSDIAL_OK)
        cause = tlsdial_client_set_idle_timeout(*client, options->idle_timeout, error);
    if (cause == TLSDIAL_OK)
        cause = tlsdial_client_set_protocols(*client, pending->minimum, pending->maximum,
                                             error);
    return cause == TLSDIAL_OK
               ? options_judge_file(
                     credentials_apply(&pending->credentials, *client, error),
                     "the files of --cert and --key were", options, error)
               : cause;
}

/* Reads all the options, up to --help or --version. */
static enum tlsdial_cause read_options(int argc, char **argv, struct options *options,
                                       struct pending *pending,
                                       struct tlsdial_error *error)
{
    struct getopt_tables tables;
    enum tlsdial_cause cause = TLSDIAL_OK;
    int found;
    options_table_for_getopt(&tables);
    opterr = 0;
    while (cause == TLSDIAL_OK && options->action == OPTIONS_DIAL &&
           (found = getopt_long(argc, argv, tables.shorts, tables.longs, NULL)) != -1) {
        const struct option_entry *entry = options_table_find(found);
        if (entry == NULL) /* '?' or ':' */
            return options_table_reject(found, argv, error);
        note_option(pending, entry);
        cause = apply(found, optarg, options, pending, error);
    }
    return cause;
}

enum tlsdial_cause options_parse(int argc, char **argv, tlsdial_client **client,
                                 struct options *options, struct os_watch *watch,
                                 struct tlsdial_error *error)
{
    struct pending pending = {0};
    int64_t start_us = clock_now_us();
    *options = (struct options){.connect_timeout = DEFAULT_CONNECT_TIMEOUT,
                                .idle_timeout = DEFAULT_IDLE_TIMEOUT,
                                .max_time = -1,
                                .attime = -1};
    enum tlsdial_cause cause = options_pipe_split(&options->pipe, &argc, argv, error);
    if (options->pipe.program != NULL)
        pending.first[FOR_PIPE] = options_table_find(OPTION_EXEC)->name;
    if (cause == TLSDIAL_OK)
        cause = read_options(argc, argv, options, &pending, error);
    if (cause == TLSDIAL_OK && options->action == OPTIONS_DIAL) {
        cause = parse_operands(argc - optind, argv + optind, &pending, options, error);
        options->deadline = deadline_after(start_us, options->max_time);
        pending.credentials.deadline = options->deadline;
        os_watch_begin(watch, options->deadline);
        if (cause == TLSDIAL_OK)
            cause = options_way_finish(&options->way, &options->target, options->deadline,
                                       error);
        if (cause == TLSDIAL_OK)
            cause = finish_client(client, &pending, options, error);
    }
    free(pending.for_client);
    return cause;
}
