/* options_table.h: the options by name, for options.c. */
#ifndef TLSDIAL_OPTIONS_TABLE_H
#define TLSDIAL_OPTIONS_TABLE_H

#include <getopt.h>
#include <stdio.h>

#include "tlsdial.h"

enum option_code {
    /* Below CHAR_MAX: options with a letter. */
    OPTION_LONG_ONLY = 256,
    OPTION_RESOLVE,
    OPTION_CACERT,
    OPTION_CAPATH,
    OPTION_UNTRUSTED,
    OPTION_PARTIAL_CHAIN,
    OPTION_ATTIME,
    OPTION_CRLFILE,
    OPTION_CRL_CHECK_ALL,
    OPTION_REQUIRE_STAPLE,
    OPTION_PINNEDPUBKEY,
    OPTION_TLSA,
    OPTION_INSECURE,
    OPTION_CERT,
    OPTION_KEY,
    OPTION_PASS,
    OPTION_ASK_PASS,
    OPTION_STARTTLS,
    OPTION_STARTTLS_NAME,
    OPTION_PROXY_PASS,
    OPTION_PROXY_HEADER,
    OPTION_NOPROXY,
    OPTION_HAPROXY_PROTOCOL,
    OPTION_UNIX,
    OPTION_SERVERNAME,
    OPTION_VERIFY_HOSTNAME,
    OPTION_MIN_PROTOCOL,
    OPTION_MAX_PROTOCOL,
    OPTION_GROUPS,
    OPTION_SIGALGS,
    OPTION_CIPHERS,
    OPTION_ALPN,
    OPTION_CONNECT_TIMEOUT,
    OPTION_IDLE_TIMEOUT,
    OPTION_MAX_TIME,
    OPTION_SEND,
    OPTION_RAW,
    OPTION_FORMAT,
    OPTION_WARN_DAYS,
    OPTION_SAVE_CHAIN,
    OPTION_FETCH_MISSING,
    OPTION_CRLF,
    OPTION_HALF_CLOSE,
    OPTION_CLOSE_ON_EOF,
    OPTION_EXEC,
    OPTION_HELP,
    OPTION_VERSION
};

/** The commands that an option makes sense with. */
enum option_use { FOR_ALL, FOR_DIAL, FOR_CHECK, FOR_PIPE, FOR_DIAL_AND_PIPE };
#define OPTION_USES (FOR_DIAL_AND_PIPE + 1)

struct option_entry {
    int code; /**< the letter, where there is one */
    enum option_use use;
    const char *name;
    const char *argument; /**< what its argument is, NULL: none */
    const char *help;     /**< a line break stands for one in --help */
};

/** The entry of a code; NULL where it has none. */
const struct option_entry *options_table_find(int code);

/** What the option needs and this OpenSSL was built without; NULL: nothing. */
const char *options_table_lack(int code);

#define OPTIONS_TABLE_ROOM 64

/** The forms of the table that getopt_long() takes. */
struct getopt_tables {
    struct option longs[OPTIONS_TABLE_ROOM + 1];
    char shorts[2 * OPTIONS_TABLE_ROOM + 2];
};

void options_table_for_getopt(struct getopt_tables *tables);
/** Says what is wrong with the option for which getopt_long() has just returned '?' or ':'. */
enum tlsdial_cause options_table_reject(int found, char **argv,
                                        struct tlsdial_error *error);

void options_print_help(FILE *to);

/** A line for each option that this OpenSSL is not enough for. */
void options_print_lacks(FILE *to);

#endif
