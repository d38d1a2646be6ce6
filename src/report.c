/* report.c: the facts that every report and the verdict of check need; see report.h. */
#include <config.h>

#include "report.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PEM_LINE 48 /* octets to a line of 64 characters (RFC 7468, 2) */

int64_t report_days(int64_t from, int64_t to)
{
    int64_t seconds = to - from;
    return seconds >= 0 ? seconds / REPORT_DAY
                        : -((REPORT_DAY - 1 - seconds) / REPORT_DAY);
}

void report_days_text(char *to, size_t size, int64_t days)
{
    if (days == 0)
        snprintf(to, size, "less than a day");
    else
        snprintf(to, size, "%lld day%s", (long long)days, days == 1 ? "" : "s");
}

void report_subject(const struct report *report, char *to, size_t size)
{
    const struct tlsdial_target *target = &report->options->target;
    const struct tlsdial_attempt *attempt;
    bool brackets = strchr(target->host, ':') != NULL;
    char host[4 * TLSDIAL_HOST_SIZE];
    tlsdial_text_escape(host, sizeof host, target->host);
    int used = snprintf(to, size, "%s%s%s:%s", brackets ? "[" : "", host,
                        brackets ? "]" : "", target->port);
    for (size_t i = 0; (attempt = tlsdial_evidence_attempt(report->evidence, i)) != NULL;
         i++)
        if (attempt->cause == TLSDIAL_OK && strcmp(attempt->address, target->host) != 0 &&
            used > 0 && (size_t)used < size)
            snprintf(to + used, size - (size_t)used, " [%s]", attempt->address);
}

const struct tlsdial_finding *report_main_finding(const struct report *report)
{
    const struct tlsdial_finding *finding;
    for (size_t i = 0; (finding = tlsdial_evidence_finding(report->evidence, i)) != NULL;
         i++)
        if (finding->cause == report->verdict.cause)
            return finding;
    return NULL;
}

bool report_is_proven(const struct report *report)
{
    return report->diagnosed && report->diagnosis.dialled_again &&
           report->diagnosis.error.cause == TLSDIAL_OK;
}

bool report_was_sent(const struct report *report,
                     const struct tlsdial_certificate *certificate)
{
    const struct tlsdial_certificate *sent;
    for (size_t i = 0;
         (sent = tlsdial_evidence_certificate(report->evidence, TLSDIAL_CHAIN_SENT, i)) !=
         NULL;
         i++)
        if (sent->der_length == certificate->der_length &&
            memcmp(sent->der, certificate->der, sent->der_length) == 0)
            return true;
    return false;
}

bool report_is_anchored(const struct report *report)
{
    bool anchored = false;
    return tlsdial_evidence_anchored(report->evidence, &anchored) && anchored;
}

size_t report_chain_length(const struct report *report, enum tlsdial_chain chain)
{
    size_t length = 0;
    while (tlsdial_evidence_certificate(report->evidence, chain, length) != NULL)
        length++;
    return length;
}

const struct tlsdial_certificate *report_first_to_expire(const struct report *report)
{
    const struct tlsdial_certificate *first = NULL, *certificate;
    for (size_t i = 0; (certificate = tlsdial_evidence_certificate(
                            report->evidence, TLSDIAL_CHAIN_BUILT, i)) != NULL;
         i++)
        if (certificate->has_not_after &&
            (first == NULL || certificate->not_after < first->not_after))
            first = certificate;
    return first;
}

char *report_pem(const struct tlsdial_certificate *certificate)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----\n";
    static const char end[] = "-----END CERTIFICATE-----\n";
    size_t lines = (certificate->der_length + PEM_LINE - 1) / PEM_LINE;
    char *pem = malloc(sizeof begin + sizeof end + lines * (PEM_LINE / 3 * 4 + 1));
    if (pem == NULL)
        return NULL;
    char *to = pem + strlen(strcpy(pem, begin));
    for (size_t at = 0; at < certificate->der_length; at += PEM_LINE) {
        size_t left = certificate->der_length - at;
        to += EVP_EncodeBlock((unsigned char *)to, certificate->der + at,
                              (int)(left < PEM_LINE ? left : PEM_LINE));
        *to++ = '\n';
    }
    strcpy(to, end);
    return pem;
}
