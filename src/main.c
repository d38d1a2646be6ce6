/* main.c: from argv to a command to an exit status; the only place that prints errors. */
#include <config.h>

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "command_line.h"
#include "options_table.h"
#include "os.h"
#include "tlsdial_program.h"

#define INFORMATION_SIZE 65536 /* octets: more than --help has */

/* One line, and at most one more with the hint. */
static void print_error(const struct tlsdial_error *error)
{
    fprintf(stderr, "tlsdial: %s\n", error->message);
    if (*error->hint != '\0')
        fprintf(stderr, "tlsdial: hint: %s\n", error->hint);
}

static void print_version(void)
{
    printf("tlsdial %s\n", tlsdial_version());
    printf("libtlsdial %s, %s\n", TLSDIAL_VERSION, OpenSSL_version(OPENSSL_VERSION));
#ifdef HAVE_LIBIDN2
    puts("with libidn2 for internationalised names");
#else
    puts("without libidn2: no internationalised names");
#endif
#ifndef HAVE_CHECK
    puts("without 'check'");
#elif defined HAVE_JANSSON
    puts("with jansson for --format json");
#else
    puts("without jansson: no --format json");
#endif
    options_print_lacks(stdout);
}

/* --help and --version are data, and what cannot be written is an error; that the reader has seen
 * enough and gone, as head(1) does, is none. */
static enum tlsdial_cause print_information(enum options_action action,
                                            struct tlsdial_error *error)
{
    setvbuf(stdout, NULL, _IOFBF, INFORMATION_SIZE); /* one write, whose errno is known */
    if (action == OPTIONS_HELP)
        options_print_help(stdout);
    else
        print_version();
    if ((fflush(stdout) == 0 && !ferror(stdout)) || os_reader_has_gone(errno))
        return TLSDIAL_OK;
    return tlsdial_error_set(error, TLSDIAL_OUTPUT, 0,
                             "standard output could not be written");
}

/* *status is that of a program that was run (pipe --exec). */
static enum tlsdial_cause act(tlsdial_client *client, const struct options *options,
                              int *status, struct tlsdial_error *error)
{
    switch (options->action) {
    case OPTIONS_DIAL:
        return cmd_dial(client, options, error);
    case OPTIONS_CHECK:
        return cmd_check(client, options, error);
    case OPTIONS_PIPE:
        return cmd_pipe(client, options, status, error);
    default:
        return print_information(options->action, error);
    }
}

static enum tlsdial_cause run(int argc, char **argv, struct options *options, int *status,
                              struct tlsdial_error *error)
{
    tlsdial_client *client = NULL;
    struct os_watch watch = {NULL, NULL};
    enum tlsdial_cause cause = options_parse(argc, argv, &client, options, &watch, error);
    if (!options->quiet && tlsdial_client_warning(client) != NULL)
        fprintf(stderr,
                "tlsdial: warning: OpenSSL ignores a fault of its configuration: %s\n",
                tlsdial_client_warning(client));
    if (cause == TLSDIAL_OK)
        cause = act(client, options, status, error);
    os_watch_end(&watch);
    tlsdial_client_free(client);
    options_way_clear(&options->way);
    return cause;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    struct tlsdial_error error = {0};
    int status = 0;
    if (!os_begin(&argc, &argv))
        return TLSDIAL_INTERNAL; /* there is nowhere to say it */
    enum tlsdial_cause cause = run(argc, argv, &options, &status, &error);
    if (cause != TLSDIAL_OK && !options.quiet) {
        if (options.verbose)
            verbose_openssl_errors();
        print_error(&error);
    }
    return cause != TLSDIAL_OK ? (int)cause : status;
}
