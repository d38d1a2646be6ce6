/* options.h: what the command line says. */
#ifndef TLSDIAL_OPTIONS_H
#define TLSDIAL_OPTIONS_H

#include "base/deadline.h"
#include "options_pipe.h"
#include "options_way.h"
#include "os.h"
#include "tlsdial.h"

enum options_action {
    OPTIONS_DIAL,
    OPTIONS_CHECK,
    OPTIONS_PIPE,
    OPTIONS_HELP,
    OPTIONS_VERSION
};
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
    struct options_pipe pipe;
    bool verbose, quiet;
    /** Milliseconds, 0: none. The client has the first two already. */
    int64_t connect_timeout, idle_timeout, max_time;
    bool idle_given;          /**< --idle-timeout was */
    struct deadline deadline; /**< max_time from the beginning of the run */
    int64_t attime; /**< seconds since 1970, -1: now; the client has it already */
    bool insecure;  /**< the client is; to be warned of */
    bool untrusted; /**< --untrusted was given; the client has the certificates */
    enum options_format format;
    int warn_days;          /**< 0: none */
    const char *save_chain; /**< NULL: nowhere */
    bool fetch_missing;
};

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

#endif
