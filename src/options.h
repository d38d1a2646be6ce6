/* options.h: the command line. */
#ifndef TLSDIAL_OPTIONS_H
#define TLSDIAL_OPTIONS_H

#include <stdio.h>

#include "base/deadline.h"
#include "options_way.h"
#include "os.h"
#include "tlsdial.h"

enum options_action { OPTIONS_DIAL, OPTIONS_CHECK, OPTIONS_HELP, OPTIONS_VERSION };
enum options_format { OPTIONS_TEXT, OPTIONS_JSON };

/** What the command line says beyond the policy, which options_parse() puts into the client.
 * Strings are argv's. */
struct options {
    enum options_action action;
    struct tlsdial_target target;
    const char
        *send; /**< file with the request, "-" for standard input; NULL: HTTP GET */
    const char *output; /**< NULL: standard output */
    bool raw;           /**< a terminal, too, gets the response as it is */
    const char *servername, *verify_hostname, *alpn; /**< of each dial; NULL: not given */
    struct options_way way;
    bool verbose, quiet;
    /** Milliseconds, 0: none. The client has the first two already. */
    int64_t connect_timeout, idle_timeout, max_time;
    struct deadline deadline; /**< max_time from the beginning of the run */
    int64_t attime; /**< seconds since 1970, -1: now; the client has it already */
    bool insecure;  /**< the client is; to be warned of */
    bool untrusted; /**< --untrusted was given; the client has the certificates */
    enum options_format format;
    int warn_days;          /**< 0: none */
    const char *save_chain; /**< NULL: nowhere */
    bool fetch_missing;
};

/** Fills *options and sets up a new client, which *client (NULL before) then points to, also
 * on failure as far as it came. The client's errors keep their own causes. The options that the
 * client reads files for are applied when all are known, under a watch (os.h) that begins in
 * *watch where there is a deadline and is the caller's to end. */
enum tlsdial_cause options_parse(int argc, char **argv, tlsdial_client **client,
                                 struct options *options, struct os_watch *watch,
                                 struct tlsdial_error *error);

/** Milliseconds until the deadline, at least 1; 0 where there is none. */
int64_t options_time_left(const struct options *options);

/** A file that was not read for being late is late, and not what its beginning seems to be: changes
 * the error of reading it where the deadline has passed. what: such as "the file of --cacert was". */
enum tlsdial_cause options_judge_file(enum tlsdial_cause cause, const char *what,
                                      const struct options *options,
                                      struct tlsdial_error *error);

/** What each dial is given of it; the caller may change more. */
struct tlsdial_options dial_options(const struct options *options,
                                    tlsdial_evidence *evidence);

void options_print_help(FILE *to);

/** A line for each option that this OpenSSL is not enough for. */
void options_print_lacks(FILE *to);

#endif
