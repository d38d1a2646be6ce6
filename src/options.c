/* options.c: one table of options feeds getopt_long(), --help and the tests. */
#include <config.h>

#include "options.h"

#include <getopt.h>
#include <string.h>

#define MAX_SECONDS 100000000 /* three years */

enum option_code {
    /* Below CHAR_MAX: options with a letter. */
    OPTION_LONG_ONLY = 256,
    OPTION_RESOLVE,
    OPTION_CACERT,
    OPTION_CAPATH,
    OPTION_SERVERNAME,
    OPTION_VERIFY_HOSTNAME,
    OPTION_MIN_PROTOCOL,
    OPTION_MAX_PROTOCOL,
    OPTION_CONNECT_TIMEOUT,
    OPTION_IDLE_TIMEOUT,
    OPTION_MAX_TIME,
    OPTION_SEND,
    OPTION_HELP,
    OPTION_VERSION
};

struct option_entry {
    int code; /* the letter, where there is one */
    const char *name;
    const char *argument; /* what its argument is, NULL: none */
    const char *help;     /* a line break stands for one in --help */
};

static const struct option_entry entries[] = {
    {'4', "ipv4", NULL, "use IPv4 addresses only"},
    {'6', "ipv6", NULL, "use IPv6 addresses only"},
    {OPTION_RESOLVE, "resolve", "HOST:PORT:ADDR[,ADDR]...",
     "connect to these addresses, without a name lookup"},
    {OPTION_CACERT, "cacert", "FILE",
     "trust the CA certificates in FILE (PEM); repeatable"},
    {OPTION_CAPATH, "capath", "DIR",
     "trust the CA certificates in DIR, named by c_rehash;\nrepeatable"},
    {OPTION_SERVERNAME, "servername", "NAME", "ask for NAME by SNI, instead of HOST"},
    {OPTION_VERIFY_HOSTNAME, "verify-hostname", "NAME",
     "the certificate must be for NAME, instead of HOST"},
    {OPTION_MIN_PROTOCOL, "min-protocol", "VERSION", "TLSv1.2 (the default) or TLSv1.3"},
    {OPTION_MAX_PROTOCOL, "max-protocol", "VERSION", "TLSv1.2 or TLSv1.3"},
    {OPTION_CONNECT_TIMEOUT, "connect-timeout", "SECONDS",
     "limit from name lookup to handshake (30; 0: none)"},
    {OPTION_IDLE_TIMEOUT, "idle-timeout", "SECONDS",
     "limit for silence while data is exchanged (60; 0: none)"},
    {OPTION_MAX_TIME, "max-time", "SECONDS",
     "limit for the whole run (0: none, the default)"},
    {OPTION_SEND, "send", "FILE", "send FILE ('-': standard input) as the request"},
    {'o', "output", "FILE",
     "write the response to FILE, which appears only\nwhen it is complete ('-': standard "
     "output)"},
    {'v', "verbose", NULL, "tell each step on standard error"},
    {'q', "quiet", NULL, "tell nothing, the exit status alone"},
    {OPTION_HELP, "help", NULL, "print this and exit"},
    {OPTION_VERSION, "version", NULL, "print the versions and exit"},
};

#define ENTRIES (sizeof entries / sizeof entries[0])

/* The forms of the table that getopt_long() takes. */
struct getopt_tables {
    struct option longs[ENTRIES + 1];
    char shorts[2 * ENTRIES + 2];
};

static void make_getopt_tables(struct getopt_tables *tables)
{
    memset(tables, 0, sizeof *tables);
    size_t used = 0;
    tables->shorts[used++] =
        ':'; /* a missing argument is told apart from an unknown option */
    for (size_t i = 0; i < ENTRIES; i++) {
        bool has_argument = entries[i].argument != NULL;
        tables->longs[i] =
            (struct option){.name = entries[i].name,
                            .has_arg = has_argument ? required_argument : no_argument,
                            .val = entries[i].code};
        if (entries[i].code > OPTION_LONG_ONLY)
            continue;
        tables->shorts[used++] = (char)entries[i].code;
        if (has_argument)
            tables->shorts[used++] = ':';
    }
}

static void print_entry(FILE *to, const struct option_entry *entry)
{
    char synopsis[80];
    bool has_letter = entry->code < OPTION_LONG_ONLY;
    snprintf(synopsis, sizeof synopsis, "%c%c%c --%s%s%s", has_letter ? '-' : ' ',
             has_letter ? entry->code : ' ', has_letter ? ',' : ' ', entry->name,
             entry->argument != NULL ? " " : "",
             entry->argument != NULL ? entry->argument : "");
    const char *help = entry->help;
    size_t width = 28;
    if (strlen(synopsis) > width)
        fprintf(to, "  %s\n  %*s  ", synopsis, (int)width, "");
    else
        fprintf(to, "  %-*s  ", (int)width, synopsis);
    for (size_t line; *help != '\0'; help += line + (help[line] == '\n')) {
        line = strcspn(help, "\n");
        fprintf(to, "%*s%.*s\n", help == entry->help ? 0 : (int)width + 4, "", (int)line,
                help);
    }
}

void options_print_help(FILE *to)
{
    fputs(
        "Usage: tlsdial [OPTION]... HOST PORT\n"
        "       tlsdial [OPTION]... HOST:PORT | [IPV6]:PORT | "
        "https://HOST[:PORT][/PATH]\n"
        "\n"
        "Connects to HOST by verified TLS, sends an HTTP/1.0 GET request and prints the\n"
        "response as it is. A response that is cut off is an error.\n"
        "\n",
        to);
    for (size_t i = 0; i < ENTRIES; i++)
        print_entry(to, &entries[i]);
    fputs("\n"
          "The exit status says what went wrong: see tlsdial-causes(7).\n",
          to);
}

/* "12", "0.5" or "1.25" seconds to milliseconds, rounded up, without the locale's ideas. */
static enum tlsdial_cause parse_seconds(int64_t *milliseconds, const char *name,
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

static enum tlsdial_cause parse_protocol(enum tlsdial_protocol *protocol,
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

/* What must be known whole before it is applied. */
struct pending {
    enum tlsdial_protocol minimum, maximum;
    const char *name; /* of the option at hand */
};

static enum tlsdial_cause parse_limit(int code, const char *argument, const char *name,
                                      tlsdial_client *client, struct options *options,
                                      struct tlsdial_error *error)
{
    int64_t limit;
    enum tlsdial_cause cause = parse_seconds(&limit, name, argument, error);
    if (cause != TLSDIAL_OK)
        return cause;
    if (code == OPTION_CONNECT_TIMEOUT)
        tlsdial_client_set_connect_timeout(client, limit);
    else if (code == OPTION_IDLE_TIMEOUT)
        tlsdial_client_set_idle_timeout(client, limit);
    else
        options->max_time = limit;
    return TLSDIAL_OK;
}

/* The options that are the program's own affair; false for those of the client. */
static bool apply_to_program(int code, const char *argument, struct options *options)
{
    switch (code) {
    case OPTION_SEND:
        options->send = argument;
        return true;
    case 'o':
        options->output = strcmp(argument, "-") == 0 ? NULL : argument;
        return true;
    case 'v':
        options->verbose = true;
        return true;
    case 'q':
        options->quiet = true;
        return true;
    case OPTION_HELP:
        options->action = OPTIONS_HELP;
        return true;
    case OPTION_VERSION:
        options->action = OPTIONS_VERSION;
        return true;
    default:
        return false;
    }
}

static enum tlsdial_cause apply_to_client(int code, const char *argument,
                                          tlsdial_client *client, struct options *options,
                                          struct pending *pending,
                                          struct tlsdial_error *error)
{
    switch (code) {
    case '4':
        tlsdial_client_set_family(client, TLSDIAL_IPV4);
        return TLSDIAL_OK;
    case '6':
        tlsdial_client_set_family(client, TLSDIAL_IPV6);
        return TLSDIAL_OK;
    case OPTION_RESOLVE:
        return add_resolve(client, argument, error);
    case OPTION_CACERT:
        return tlsdial_client_add_ca_file(client, argument, error);
    case OPTION_CAPATH:
        return tlsdial_client_add_ca_path(client, argument, error);
    case OPTION_SERVERNAME:
        return tlsdial_client_set_servername(client, argument, error);
    case OPTION_VERIFY_HOSTNAME:
        return tlsdial_client_set_verify_hostname(client, argument, error);
    case OPTION_MIN_PROTOCOL:
        return parse_protocol(&pending->minimum, pending->name, argument, error);
    case OPTION_MAX_PROTOCOL:
        return parse_protocol(&pending->maximum, pending->name, argument, error);
    default:
        return parse_limit(code, argument, pending->name, client, options, error);
    }
}

/* Makes the client when the first option needs it: --help must work, and -q silence, where
 * OpenSSL cannot be set up. */
static enum tlsdial_cause need_client(tlsdial_client **client,
                                      struct tlsdial_error *error)
{
    struct tlsdial_error reason = {0};
    if (*client == NULL)
        *client = tlsdial_client_new(&reason);
    if (*client != NULL)
        return TLSDIAL_OK;
    *error = reason;
    return reason.cause;
}

/* One option that getopt_long() found. */
static enum tlsdial_cause apply(int code, const char *argument, tlsdial_client **client,
                                struct options *options, struct pending *pending,
                                struct tlsdial_error *error)
{
    if (apply_to_program(code, argument, options))
        return TLSDIAL_OK;
    enum tlsdial_cause cause = need_client(client, error);
    return cause == TLSDIAL_OK
               ? apply_to_client(code, argument, *client, options, pending, error)
               : cause;
}

static const char *name_of(int code)
{
    for (size_t i = 0; i < ENTRIES; i++)
        if (entries[i].code == code)
            return entries[i].name;
    return "";
}

/* getopt_long() said '?' or ':', and named the option in optopt or, where it is long, not. */
static enum tlsdial_cause bad_option(int found, char **argv, struct tlsdial_error *error)
{
    const char *text = argv[optind - 1];
    if (found == ':')
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0, "option '%s' needs an argument",
                                 text);
    if (strncmp(text, "--", 2) == 0 && strchr(text, '=') != NULL &&
        *name_of(optopt) != '\0')
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "option '--%s' takes no argument", name_of(optopt));
    if (optopt != 0)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0, "option '-%c' is unknown",
                                 optopt);
    return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                             "option '%s' is unknown or ambiguous", text);
}

static enum tlsdial_cause parse_operands(int count, char **operands,
                                         struct options *options,
                                         struct tlsdial_error *error)
{
    if (count == 0)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0, "a host is missing");
    if (count > 2)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0, "'%s' is one argument too many",
                                 operands[2]);
    return tlsdial_target_parse(&options->target, operands[0],
                                count == 2 ? operands[1] : NULL, error);
}

enum tlsdial_cause options_parse(int argc, char **argv, tlsdial_client **client,
                                 struct options *options, struct tlsdial_error *error)
{
    struct getopt_tables tables;
    struct pending pending = {0};
    enum tlsdial_cause cause = TLSDIAL_OK;
    int found;
    memset(options, 0, sizeof *options);
    make_getopt_tables(&tables);
    opterr = 0;
    while (cause == TLSDIAL_OK && options->action == OPTIONS_DIAL &&
           (found = getopt_long(argc, argv, tables.shorts, tables.longs, NULL)) != -1) {
        if (found == '?' || found == ':')
            return bad_option(found, argv, error);
        pending.name = name_of(found);
        cause = apply(found, optarg, client, options, &pending, error);
    }
    if (cause != TLSDIAL_OK || options->action != OPTIONS_DIAL)
        return cause;
    cause = parse_operands(argc - optind, argv + optind, options, error);
    if (cause == TLSDIAL_OK)
        cause = need_client(client, error);
    if (cause == TLSDIAL_OK)
        cause = tlsdial_client_set_protocols(*client, pending.minimum, pending.maximum,
                                             error);
    return cause;
}
