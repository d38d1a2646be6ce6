/* options_table.c: one table of options feeds getopt_long(), --help and the tests. */
#include <config.h>

#include "options_table.h"

#include <stdbool.h>
#include <string.h>

static const struct option_entry entries[] = {
    {'4', FOR_ALL, "ipv4", NULL, "use IPv4 addresses only"},
    {'6', FOR_ALL, "ipv6", NULL, "use IPv6 addresses only"},
    {OPTION_RESOLVE, FOR_ALL, "resolve", "HOST:PORT:ADDR[,ADDR]...",
     "connect to these addresses, without a name lookup"},
    {OPTION_STARTTLS, FOR_ALL, "starttls", "PROTOCOL",
     "have the server begin TLS within PROTOCOL: smtp, lmtp,\nimap, pop3, nntp, ftp, "
     "sieve, ldap, xmpp, xmpp-server,\npostgres, mysql, irc or rdp"},
    {OPTION_STARTTLS_NAME, FOR_ALL, "starttls-name", "NAME",
     "say NAME with EHLO, or as the `to' of XMPP"},
    {'x', FOR_ALL, "proxy", "URL[,URL]...",
     "go through proxies: http://, socks5://, socks5h:// or\nsocks4a://HOST[:PORT], the "
     "nearest first"},
    {OPTION_PROXY_PASS, FOR_ALL, "proxy-pass", "SOURCE",
     "USER:PASSWORD for the proxy is in env:VAR, file:PATH\nor fd:N"},
    {OPTION_PROXY_HEADER, FOR_ALL, "proxy-header", "LINE",
     "send this header to an http proxy; repeatable"},
    {OPTION_NOPROXY, FOR_ALL, "noproxy", "LIST",
     "names, addresses and networks to connect to without\na proxy; '*': all"},
    {OPTION_HAPROXY_PROTOCOL, FOR_ALL, "haproxy-protocol", "VERSION",
     "begin with a PROXY protocol header, version 1 or 2"},
    {OPTION_UNIX, FOR_ALL, "unix", "PATH",
     "connect to this Unix socket, instead of HOST"},
    {OPTION_CACERT, FOR_ALL, "cacert", "FILE",
     "trust the CA certificates in FILE (PEM); repeatable"},
    {OPTION_CAPATH, FOR_ALL, "capath", "DIR",
     "trust the CA certificates in DIR, named by c_rehash;\nrepeatable"},
    {OPTION_UNTRUSTED, FOR_ALL, "untrusted", "FILE",
     "certificates (PEM) that the server may have left\nout, not trusted; repeatable"},
    {OPTION_PARTIAL_CHAIN, FOR_ALL, "partial-chain", NULL,
     "trust what --cacert and --capath name even if it is\nan intermediate"},
    {OPTION_ATTIME, FOR_ALL, "attime", "SECONDS",
     "verify for this time, in seconds since 1970"},
    {OPTION_CRLFILE, FOR_ALL, "crlfile", "FILE",
     "the server's certificate must not be revoked by the\nCRLs in FILE (PEM); "
     "repeatable"},
    {OPTION_CRL_CHECK_ALL, FOR_ALL, "crl-check-all", NULL,
     "nor one of the CA certificates of the chain"},
    {OPTION_REQUIRE_STAPLE, FOR_ALL, "require-staple", NULL,
     "the server must staple a good OCSP response"},
    {OPTION_PINNEDPUBKEY, FOR_ALL, "pinnedpubkey", "PINS",
     "the chain must have a key of PINS, which are\nsha256//BASE64[;...] or a file; "
     "repeatable"},
    {OPTION_TLSA, FOR_ALL, "tlsa", "RECORD",
     "trust what a TLSA record names, such as\n\"3 1 1 HEX\"; repeatable"},
    {OPTION_INSECURE, FOR_ALL, "insecure", NULL,
     "go on when the certificate cannot be verified:\nfor finding out what is wrong, no "
     "more"},
    {OPTION_CERT, FOR_ALL, "cert", "FILE",
     "show the certificate in FILE (PEM, DER, PKCS#12) to\nservers that ask for one"},
    {OPTION_KEY, FOR_ALL, "key", "FILE", "its key, where FILE of --cert has it not"},
    {OPTION_PASS, FOR_ALL, "pass", "SOURCE",
     "the pass phrase of either is in env:VAR, file:PATH\nor fd:N"},
    {OPTION_ASK_PASS, FOR_ALL, "ask-pass", NULL,
     "ask for the pass phrase on the terminal"},
    {OPTION_SERVERNAME, FOR_ALL, "servername", "NAME",
     "ask for NAME by SNI, instead of HOST"},
    {OPTION_VERIFY_HOSTNAME, FOR_ALL, "verify-hostname", "NAME",
     "the certificate must be for NAME, instead of HOST"},
    {OPTION_MIN_PROTOCOL, FOR_ALL, "min-protocol", "VERSION",
     "TLSv1.2 (the default) or TLSv1.3"},
    {OPTION_MAX_PROTOCOL, FOR_ALL, "max-protocol", "VERSION", "TLSv1.2 or TLSv1.3"},
    {OPTION_GROUPS, FOR_ALL, "groups", "LIST",
     "offer only these groups, such as X25519:P-256"},
    {OPTION_SIGALGS, FOR_ALL, "sigalgs", "LIST",
     "offer only these signature algorithms, such as\nECDSA+SHA256:rsa_pss_rsae_sha256"},
    {OPTION_CIPHERS, FOR_ALL, "ciphers", "LIST",
     "offer only these ciphers, such as\n"
     "ECDHE+AESGCM:TLS_AES_128_GCM_SHA256"},
    {OPTION_ALPN, FOR_ALL, "alpn", "PROTOCOL[,PROTOCOL]...",
     "offer these application protocols, such as\nh2,http/1.1; the server must choose "
     "one"},
    {OPTION_CONNECT_TIMEOUT, FOR_ALL, "connect-timeout", "SECONDS",
     "limit from name lookup to handshake (30; 0: none)"},
    {OPTION_IDLE_TIMEOUT, FOR_ALL, "idle-timeout", "SECONDS",
     "limit for silence while data is exchanged (60; 0: none)"},
    {OPTION_MAX_TIME, FOR_ALL, "max-time", "SECONDS",
     "limit for the whole run (0: none, the default; check:\n30)"},
    {'v', FOR_ALL, "verbose", NULL, "tell each step on standard error"},
    {'q', FOR_ALL, "quiet", NULL, "tell nothing, the exit status alone"},
    {OPTION_HELP, FOR_ALL, "help", NULL, "print this and exit"},
    {OPTION_VERSION, FOR_ALL, "version", NULL, "print the versions and exit"},
    {OPTION_SEND, FOR_DIAL, "send", "FILE",
     "send FILE ('-': standard input) as the request"},
    {'o', FOR_DIAL, "output", "FILE",
     "write the response to FILE, which appears only\nwhen it is complete ('-': standard "
     "output)"},
    {OPTION_RAW, FOR_DIAL_AND_PIPE, "raw", NULL,
     "write control characters to a terminal as they are"},
    {OPTION_FORMAT, FOR_CHECK, "format", "FORMAT", "text (the default) or json"},
    {OPTION_WARN_DAYS, FOR_CHECK, "warn-days", "N",
     "fail when a certificate expires within N days"},
    {OPTION_SAVE_CHAIN, FOR_CHECK, "save-chain", "FILE",
     "write the certificates to FILE (PEM), as the server\nsent them"},
    {OPTION_FETCH_MISSING, FOR_CHECK, "fetch-missing", NULL,
     "where an issuer is missing, fetch it from where the\ncertificate says, by HTTP"},
    {OPTION_CRLF, FOR_PIPE, "crlf", NULL, "send each line feed of the input as CR LF"},
    {OPTION_HALF_CLOSE, FOR_PIPE, "half-close", NULL,
     "at the end of the input send close_notify and go on\nreading"},
    {OPTION_CLOSE_ON_EOF, FOR_PIPE, "close-on-eof", NULL,
     "at the end of the input end the connection"},
    {OPTION_EXEC, FOR_PIPE, "exec", "PROGRAM [ARG]...",
     "run PROGRAM on the connection; ends the options"},
};

/* Options for what this OpenSSL was built without. */
static const struct {
    int code;
    const char *what;
} lacks[] = {
#ifndef HAVE_OCSP_BASIC_VERIFY
    {OPTION_REQUIRE_STAPLE, "OCSP"},
#endif
#ifndef HAVE_UI_OPENSSL
    {OPTION_ASK_PASS, "the UI console"},
#endif
    {0, NULL}};

#define ENTRIES (sizeof entries / sizeof entries[0])
_Static_assert(ENTRIES <= OPTIONS_TABLE_ROOM, "OPTIONS_TABLE_ROOM is too small");

const struct option_entry *options_table_find(int code)
{
    for (size_t i = 0; i < ENTRIES; i++)
        if (entries[i].code == code)
            return &entries[i];
    return NULL;
}

const char *options_table_lack(int code)
{
    size_t i = 0;
    while (lacks[i].what != NULL && lacks[i].code != code)
        i++;
    return lacks[i].what;
}

void options_print_lacks(FILE *to)
{
    for (size_t i = 0; lacks[i].what != NULL; i++)
        fprintf(to, "OpenSSL without %s: no --%s\n", lacks[i].what,
                options_table_find(lacks[i].code)->name);
}

void options_table_for_getopt(struct getopt_tables *tables)
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

static const char *name_of(int code)
{
    const struct option_entry *entry = options_table_find(code);
    return entry != NULL ? entry->name : "";
}

/* The option is in optopt or, where it is long, not. */
enum tlsdial_cause options_table_reject(int found, char **argv,
                                        struct tlsdial_error *error)
{
    /* NULL with musl, where the last argument is an option that lacks its own. */
    const char *text = argv[optind - 1] != NULL ? argv[optind - 1] : "";
    bool is_long = strncmp(text, "--", 2) == 0;
    /* First, for the getopt_long() of BSD and MinGW says ':' here too. */
    if (is_long && strchr(text, '=') != NULL && *name_of(optopt) != '\0')
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "option '--%s' takes no argument", name_of(optopt));
    if (found == ':' && !is_long && optopt < OPTION_LONG_ONLY)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "option '-%c' needs an argument", optopt);
    if (found == ':')
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "option '--%s' needs an argument", name_of(optopt));
    if (optopt != 0)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0, "option '-%c' is unknown",
                                 optopt);
    return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                             "option '%s' is unknown or ambiguous", text);
}

/* ---- --help ---- */

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

static void print_entries(FILE *to, enum option_use use, const char *title)
{
    fprintf(to, "\n%s:\n", title);
    for (size_t i = 0; i < ENTRIES; i++)
        if (entries[i].use == use)
            print_entry(to, &entries[i]);
}

void options_print_help(FILE *to)
{
    fputs(
        "Usage: tlsdial [OPTION]... TARGET\n"
#ifdef HAVE_CHECK
        "       tlsdial check [OPTION]... TARGET\n"
#endif
        "       tlsdial pipe [OPTION]... TARGET\n"
        "where TARGET is HOST PORT, HOST[:PORT], [IPV6]:PORT or "
        "https://HOST[:PORT][/PATH].\n"
        "\n"
        "Connects to HOST by verified TLS, sends an HTTP/1.0 GET request and prints the\n"
        "response as it is. A response that is cut off is an error.\n"
#ifdef HAVE_CHECK
        "With the word 'check', sends nothing and reports on the server instead: what "
        "is\n"
        "wrong, its certificates and the connection.\n"
#endif
        "With the word 'pipe', connects standard input and output to the server, both "
        "ways\n"
        "at once.\n",
        to);
    print_entries(to, FOR_ALL, "Options");
#ifdef HAVE_CHECK
    print_entries(to, FOR_DIAL, "Without 'check' and 'pipe'");
    print_entries(to, FOR_DIAL_AND_PIPE, "Without 'check'");
    print_entries(to, FOR_CHECK, "With 'check'");
#else
    print_entries(to, FOR_DIAL, "For the request and the response");
    print_entries(to, FOR_DIAL_AND_PIPE, "For what is received");
#endif
    print_entries(to, FOR_PIPE, "With 'pipe'");
    fputs("\n"
          "The exit status says what went wrong: see tlsdial-causes(7).\n",
          to);
}
