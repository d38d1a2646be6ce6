/* evidence.c: what a dial and its connection learnt. */
#include "internal.h"

#include <string.h>

#include "sock.h"

#define STEPS                                                                            \
    (sizeof((tlsdial_evidence *)0)->times / sizeof((tlsdial_evidence *)0)->times[0])

/* The texts of the public records are const for their readers; evidence owns them. */
static void free_text(const char *text)
{
    OPENSSL_free((void *)(uintptr_t)text);
}

static void clear(tlsdial_evidence *evidence)
{
    for (size_t i = 0; i < evidence->attempt_count; i++) {
        free_text(evidence->attempts[i].address);
        free_text(evidence->attempts[i].port);
        free_text(evidence->attempts[i].reason);
    }
    OPENSSL_free(evidence->attempts);
    for (size_t i = 0; i < evidence->problem_count; i++) {
        free_text(evidence->problems[i].subject);
        free_text(evidence->problems[i].reason);
    }
    OPENSSL_free(evidence->problems);
    OPENSSL_free(evidence->protocol);
    OPENSSL_free(evidence->cipher);
    OPENSSL_free(evidence->group);
    OPENSSL_free(evidence->subject);
    OPENSSL_free(evidence->issuer);
    *evidence = (tlsdial_evidence){.observer = evidence->observer,
                                   .observer_argument = evidence->observer_argument};
    for (size_t i = 0; i < STEPS; i++)
        evidence->times[i] = -1;
}

tlsdial_evidence *tlsdial_evidence_new(void)
{
    tlsdial_evidence *evidence = OPENSSL_zalloc(sizeof *evidence);
    if (evidence != NULL)
        clear(evidence);
    return evidence;
}

void tlsdial_evidence_free(tlsdial_evidence *evidence)
{
    if (evidence == NULL)
        return;
    clear(evidence);
    OPENSSL_free(evidence);
}

void tlsdial_evidence_observe(tlsdial_evidence *evidence, tlsdial_observer *observer,
                              void *argument)
{
    evidence->observer = observer;
    evidence->observer_argument = argument;
}

void evidence_begin(tlsdial_evidence *evidence)
{
    clear(evidence);
    evidence->start_us = sock_clock_us();
}

void evidence_step(tlsdial_evidence *evidence, enum tlsdial_step step)
{
    evidence->times[step] = sock_clock_us() - evidence->start_us;
    if (evidence->observer != NULL)
        evidence->observer(evidence->observer_argument, step, evidence);
}

bool tlsdial_evidence_time(const tlsdial_evidence *evidence, enum tlsdial_step step,
                           int64_t *microseconds)
{
    if ((size_t)step >= STEPS || evidence->times[step] < 0)
        return false;
    *microseconds = evidence->times[step];
    return true;
}

bool evidence_addresses(tlsdial_evidence *evidence, size_t count)
{
    evidence->attempts = OPENSSL_zalloc(count * sizeof *evidence->attempts);
    evidence->addresses = count;
    evidence->has_addresses = true;
    return evidence->attempts != NULL;
}

bool tlsdial_evidence_addresses(const tlsdial_evidence *evidence, size_t *count)
{
    if (evidence->has_addresses)
        *count = evidence->addresses;
    return evidence->has_addresses;
}

bool evidence_attempt(tlsdial_evidence *evidence, const BIO_ADDR *address,
                      enum tlsdial_cause cause, const char *reason, int64_t started_us)
{
    struct tlsdial_attempt attempt = {
        .address = BIO_ADDR_hostname_string(address, 1),
        .port = BIO_ADDR_service_string(address, 1),
        .cause = cause,
        .reason = reason != NULL ? OPENSSL_strdup(reason) : NULL,
        .microseconds = sock_clock_us() - started_us,
    };
    bool whole = attempt.address != NULL && attempt.port != NULL &&
                 (reason == NULL || attempt.reason != NULL);
    if (!whole) {
        free_text(attempt.address);
        free_text(attempt.port);
        free_text(attempt.reason);
        return false;
    }
    evidence->attempts[evidence->attempt_count++] = attempt;
    evidence_step(evidence, TLSDIAL_STEP_ATTEMPT);
    return true;
}

const struct tlsdial_attempt *tlsdial_evidence_attempt(const tlsdial_evidence *evidence,
                                                       size_t index)
{
    return index < evidence->attempt_count ? &evidence->attempts[index] : NULL;
}

char *name_text(const X509_NAME *name)
{
    /* RFC 2253 order and escapes, a space after each comma, and UTF-8 left as it is. */
    unsigned long flags = (ASN1_STRFLGS_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) |
                          XN_FLAG_SEP_CPLUS_SPC | XN_FLAG_DN_REV | XN_FLAG_FN_SN;
    char *printed = NULL, *text = NULL;
    BIO *memory = BIO_new(BIO_s_mem());
    if (memory == NULL || X509_NAME_print_ex(memory, name, 0, flags) < 0 ||
        BIO_write(memory, "", 1) != 1 || BIO_get_mem_data(memory, &printed) <= 0)
        goto end;
    size_t size = 4 * strlen(printed) + 1; /* every byte escaped */
    text = OPENSSL_malloc(size);
    if (text != NULL)
        tlsdial_text_escape(text, size, printed);
end:
    BIO_free(memory);
    return text;
}

bool evidence_problem(tlsdial_evidence *evidence, enum tlsdial_cause cause, int depth,
                      const X509 *certificate, const char *reason)
{
    struct tlsdial_problem problem = {.cause = cause, .depth = depth};
    size_t size = (evidence->problem_count + 1) * sizeof problem;
    struct tlsdial_problem *grown = OPENSSL_realloc(evidence->problems, size);
    if (grown == NULL)
        return false;
    evidence->problems = grown;
    problem.subject = certificate != NULL ? name_text(X509_get_subject_name(certificate))
                                          : OPENSSL_strdup("");
    char escaped[1024]; /* a mismatch names what the peer wrote into its certificate */
    tlsdial_text_escape(escaped, sizeof escaped, reason);
    problem.reason = OPENSSL_strdup(escaped);
    grown[evidence->problem_count++] = problem;
    return problem.subject != NULL && problem.reason != NULL;
}

const struct tlsdial_problem *tlsdial_evidence_problem(const tlsdial_evidence *evidence,
                                                       size_t index)
{
    return index < evidence->problem_count ? &evidence->problems[index] : NULL;
}

bool evidence_certificate(tlsdial_evidence *evidence, const X509 *leaf)
{
    evidence->subject = name_text(X509_get_subject_name(leaf));
    evidence->issuer = name_text(X509_get_issuer_name(leaf));
    return evidence->subject != NULL && evidence->issuer != NULL;
}

/* The key exchange group by its OpenSSL name; older servers without one have none. */
static const char *group_name(SSL *ssl)
{
#ifdef HAVE_SSL_GET0_GROUP_NAME
    return SSL_get0_group_name(ssl);
#else
    int group = (int)SSL_get_negotiated_group(ssl);
    return group != 0 ? SSL_group_to_name(ssl, group) : NULL;
#endif
}

bool evidence_negotiated(tlsdial_evidence *evidence, SSL *ssl)
{
    const char *group = group_name(ssl);
    evidence->protocol = OPENSSL_strdup(SSL_get_version(ssl));
    evidence->cipher = OPENSSL_strdup(SSL_get_cipher_name(ssl));
    evidence->group = group != NULL ? OPENSSL_strdup(group) : NULL;
    return evidence->protocol != NULL && evidence->cipher != NULL &&
           (group == NULL || evidence->group != NULL);
}

void evidence_end(tlsdial_evidence *evidence, enum tlsdial_cause how)
{
    if (evidence->has_end)
        return;
    evidence->has_end = true;
    evidence->end = how;
    evidence_step(evidence, TLSDIAL_STEP_PEER_CLOSED);
}

bool tlsdial_evidence_end(const tlsdial_evidence *evidence, enum tlsdial_cause *how)
{
    if (evidence->has_end)
        *how = evidence->end;
    return evidence->has_end;
}

const char *tlsdial_evidence_protocol(const tlsdial_evidence *evidence)
{
    return evidence->protocol;
}

const char *tlsdial_evidence_cipher(const tlsdial_evidence *evidence)
{
    return evidence->cipher;
}

const char *tlsdial_evidence_group(const tlsdial_evidence *evidence)
{
    return evidence->group;
}

const char *tlsdial_evidence_subject(const tlsdial_evidence *evidence)
{
    return evidence->subject;
}

const char *tlsdial_evidence_issuer(const tlsdial_evidence *evidence)
{
    return evidence->issuer;
}
