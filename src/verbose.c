/* verbose.c: what -v tells, from the evidence as it grows. */
#include <config.h>

#include <openssl/err.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include "tlsdial_program.h"

void verbose_line(const char *format, ...)
{
    char line[2048], escaped[4 * sizeof line];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    tlsdial_text_escape(escaped, sizeof escaped, line);
    fprintf(stderr, "* %s\n", escaped);
}

void verbose_escaped(const char *format, ...)
{
    va_list arguments;
    fputs("* ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

void warn_insecure(const struct options *options, const tlsdial_evidence *evidence)
{
    struct tlsdial_error ignored;
    if (!options->insecure || options->quiet)
        return;
    if (evidence == NULL)
        fputs("tlsdial: warning: --insecure: a certificate that cannot be verified does "
              "not "
              "end this\n",
              stderr);
    else if (tlsdial_evidence_ignored(evidence, &ignored))
        fprintf(stderr, "tlsdial: warning: --insecure: ignored: %s\n", ignored.message);
}

static double milliseconds(int64_t microseconds)
{
    return (double)microseconds / 1000.0;
}

static void tell_trust(const tlsdial_evidence *evidence)
{
    const struct tlsdial_trust *place;
    for (size_t i = 0; (place = tlsdial_evidence_trust(evidence, i)) != NULL; i++) {
        if (place->kind == TLSDIAL_TRUST_STORE)
            verbose_line("trusted: %s", place->path);
        else
            verbose_line("trusted: %s, with %lu certificate%s", place->path,
                         (unsigned long)place->certificates,
                         place->certificates == 1 ? "" : "s");
        if (place->unread != NULL)
            verbose_line("unreadable: %s (%s)", place->path, place->unread);
    }
}

static void tell_addresses(const struct options *options,
                           const tlsdial_evidence *evidence)
{
    int64_t time = 0;
    tlsdial_evidence_time(evidence, TLSDIAL_STEP_RESOLVE, &time);
    verbose_line("looked up %s, port %s (%.1f ms)", options->target.host,
                 options->target.port, milliseconds(time));
}

static void tell_last_attempt(const tlsdial_evidence *evidence)
{
    const struct tlsdial_attempt *last = NULL, *attempt;
    for (size_t i = 0; (attempt = tlsdial_evidence_attempt(evidence, i)) != NULL; i++)
        last = attempt;
    if (last == NULL)
        return;
    verbose_escaped("%s port %s: %s (%.1f ms)", last->address, last->port,
                    last->cause == TLSDIAL_OK ? "connected" : last->reason,
                    milliseconds(last->microseconds));
}

static void tell_client_certificate(const tlsdial_evidence *evidence)
{
    const char *name;
    if (!tlsdial_evidence_certificate_requested(evidence))
        return;
    verbose_line("the server asked for a client certificate; %s",
                 tlsdial_evidence_certificate_sent(evidence)
                     ? "one was sent, whether it is accepted is not known yet"
                     : "none was sent");
    for (size_t i = 0; (name = tlsdial_evidence_client_ca(evidence, i)) != NULL; i++)
        verbose_escaped("it accepts client certificates of the CA \"%s\"", name);
}

static void tell_handshake(const tlsdial_evidence *evidence)
{
    const struct tlsdial_finding *finding;
    const char *protocol = tlsdial_evidence_protocol(evidence);
    const char *group = tlsdial_evidence_group(evidence);
    int64_t time = 0;
    const struct tlsdial_certificate *certificate =
        tlsdial_evidence_certificate(evidence, TLSDIAL_CHAIN_SENT, 0);
    if (certificate != NULL) {
        verbose_escaped("certificate subject: %s", certificate->subject);
        verbose_escaped("certificate issuer: %s", certificate->issuer);
    }
    for (size_t i = 0; (finding = tlsdial_evidence_finding(evidence, i)) != NULL; i++)
        if (finding->depth < 0)
            verbose_escaped("problem: %s: %s", tlsdial_cause_token(finding->cause),
                            finding->reason);
        else
            verbose_escaped("problem: %s: certificate %d, \"%s\": %s",
                            tlsdial_cause_token(finding->cause), finding->depth,
                            finding->subject, finding->reason);
    tell_client_certificate(evidence);
    tlsdial_evidence_time(evidence, TLSDIAL_STEP_HANDSHAKE, &time);
    if (protocol != NULL)
        verbose_line(
            "%s; %s, %s%s%s (%.1f ms since the start)",
            tlsdial_evidence_ignored(evidence, NULL) ? "not verified" : "verified",
            protocol, tlsdial_evidence_cipher(evidence), group != NULL ? ", " : "",
            group != NULL ? group : "", milliseconds(time));
    else
        verbose_line("the handshake failed (%.1f ms since the start)",
                     milliseconds(time));
}

static void tell_end(const tlsdial_evidence *evidence)
{
    enum tlsdial_cause how;
    if (tlsdial_evidence_end(evidence, &how))
        verbose_line("the peer ended the connection: %s",
                     how == TLSDIAL_OK ? "close_notify" : tlsdial_cause_token(how));
}

/* Nobody has to wonder why a proxy is used, or is not. */
static void tell_proxy(const struct options_way *way)
{
    if (way->exception != NULL)
        verbose_line("no proxy: %s covers the host", way->exception);
    else if (way->proxy != NULL && way->proxy == way->environment.url)
        verbose_line("proxy: %s, from %s of the environment", way->proxy,
                     way->environment.variable);
    else if (way->proxy != NULL && *way->proxy != '\0')
        verbose_line("proxy: %s", way->proxy);
}

static void tell_step(void *argument, enum tlsdial_step step,
                      const tlsdial_evidence *evidence)
{
    switch (step) {
    case TLSDIAL_STEP_RESOLVE:
        tell_trust(evidence);
        tell_addresses(argument, evidence);
        break;
    case TLSDIAL_STEP_ATTEMPT:
        tell_last_attempt(evidence);
        break;
    case TLSDIAL_STEP_HANDSHAKE:
        tell_handshake(evidence);
        break;
    case TLSDIAL_STEP_PEER_CLOSED:
        tell_end(evidence);
        break;
    case TLSDIAL_STEP_CLOSED:
        verbose_line("close_notify sent");
        break;
    default:
        break;
    }
}

void verbose_begin(const struct options *options, tlsdial_evidence *evidence)
{
    tell_proxy(&options->way);
    tlsdial_evidence_observe(evidence, tell_step, (void *)(uintptr_t)options);
}

static int tell_error(const char *text, size_t length, void *unused)
{
    (void)unused;
    while (length > 0 && text[length - 1] == '\n')
        length--;
    verbose_line("OpenSSL: %.*s", (int)length, text);
    return 1;
}

void verbose_openssl_errors(void)
{
    ERR_print_errors_cb(tell_error, NULL);
}
