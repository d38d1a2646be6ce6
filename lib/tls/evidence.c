/* evidence.c: what a dial and its connection learnt. */
#include <config.h>

#include "tls/evidence.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "x509/certificate.h"
#include "x509/trust.h"
#include "x509/words.h"

#define STEPS                                                                            \
    (sizeof((tlsdial_evidence *)0)->times / sizeof((tlsdial_evidence *)0)->times[0])

static STACK_OF(X509) *
    chain_of(const tlsdial_evidence *evidence, enum tlsdial_chain which)
{
    return which == TLSDIAL_CHAIN_SENT ? evidence->verification.sent
                                       : evidence->verification.built;
}

static void clear_descriptions(tlsdial_evidence *evidence)
{
    for (int which = 0; which < CHAINS; which++) {
        int count = sk_X509_num(chain_of(evidence, (enum tlsdial_chain)which));
        for (int i = 0; evidence->described[which] != NULL && i < count; i++)
            certificate_clear(&evidence->described[which][i]);
        OPENSSL_free(evidence->described[which]);
    }
    for (size_t i = 0;
         evidence->findings != NULL && i < evidence->verification.findings.count; i++)
        words_describe_clear(&evidence->findings[i]);
    OPENSSL_free(evidence->findings);
    for (size_t i = 0; i < ISSUER_URLS_MAX; i++)
        OPENSSL_free(evidence->missing_issuers[i]);
}

static void clear(tlsdial_evidence *evidence)
{
    for (size_t i = 0; i < evidence->attempt_count; i++) {
        free_text(evidence->attempts[i].address);
        free_text(evidence->attempts[i].port);
        free_text(evidence->attempts[i].reason);
    }
    OPENSSL_free(evidence->attempts);
    clear_descriptions(evidence);
    verification_clear(&evidence->verification);
    if (evidence->trust != NULL)
        trust_clear(evidence->trust);
    OPENSSL_free(evidence->trust);
    OPENSSL_free(evidence->protocol);
    OPENSSL_free(evidence->cipher);
    OPENSSL_free(evidence->group);
    OPENSSL_free(evidence->alpn);
    client_ca_clear(&evidence->client_cas);
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
    evidence->start_us = clock_now_us();
}

void evidence_step(tlsdial_evidence *evidence, enum tlsdial_step step)
{
    evidence->times[step] = clock_now_us() - evidence->start_us;
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

void evidence_addresses(tlsdial_evidence *evidence, size_t count)
{
    evidence->addresses = count;
    evidence->has_addresses = true;
}

bool tlsdial_evidence_addresses(const tlsdial_evidence *evidence, size_t *count)
{
    if (evidence->has_addresses)
        *count = evidence->addresses;
    return evidence->has_addresses;
}

static bool copy_attempt(struct tlsdial_attempt *to, const struct tlsdial_attempt *from)
{
    *to = *from;
    to->address = OPENSSL_strdup(from->address);
    to->port = OPENSSL_strdup(from->port);
    to->reason = from->reason != NULL ? escaped_text(from->reason) : NULL;
    if (to->address != NULL && to->port != NULL &&
        (from->reason == NULL || to->reason != NULL))
        return true;
    free_text(to->address);
    free_text(to->port);
    free_text(to->reason);
    return false;
}

bool evidence_attempt(tlsdial_evidence *evidence, const struct tlsdial_attempt *attempt)
{
    struct tlsdial_attempt *grown = OPENSSL_realloc(
        evidence->attempts, (evidence->attempt_count + 1) * sizeof *grown);
    if (grown == NULL)
        return false;
    evidence->attempts = grown;
    if (!copy_attempt(&grown[evidence->attempt_count], attempt))
        return false;
    evidence->attempt_count++;
    evidence_step(evidence, TLSDIAL_STEP_ATTEMPT);
    return true;
}

const struct tlsdial_attempt *tlsdial_evidence_attempt(const tlsdial_evidence *evidence,
                                                       size_t index)
{
    return index < evidence->attempt_count ? &evidence->attempts[index] : NULL;
}

const struct tlsdial_finding *tlsdial_evidence_finding(const tlsdial_evidence *evidence,
                                                       size_t index)
{
    tlsdial_evidence *cache = (tlsdial_evidence *)(uintptr_t)evidence;
    const struct finding_list *findings = &evidence->verification.findings;
    if (index >= findings->count)
        return NULL;
    if (cache->findings == NULL)
        cache->findings = OPENSSL_zalloc(findings->count * sizeof *cache->findings);
    if (cache->findings == NULL)
        return NULL;
    struct tlsdial_finding *described = &cache->findings[index];
    if (described->subject == NULL &&
        !words_describe(described, &findings->items[index])) {
        words_describe_clear(described);
        return NULL;
    }
    return described;
}

bool tlsdial_evidence_warning(const tlsdial_evidence *evidence,
                              struct tlsdial_error *error)
{
    const struct finding_list *findings = &evidence->verification.findings;
    const struct finding *warning = finding_list_find(findings, TLSDIAL_EXPIRES_SOON);
    bool warned = warning != NULL && evidence->verification.verified &&
                  verification_failure(&evidence->verification) == NULL;
    if (warned)
        words_error(error, findings, warning);
    return warned;
}

bool tlsdial_evidence_anchored(const tlsdial_evidence *evidence, bool *anchored)
{
    bool known = sk_X509_num(evidence->verification.built) > 0;
    if (known)
        *anchored = evidence->verification.anchored;
    return known;
}

/* Described when asked for: a dial that nobody asks about does not pay for it. */
const struct tlsdial_certificate *tlsdial_evidence_certificate(
    const tlsdial_evidence *evidence, enum tlsdial_chain chain, size_t index)
{
    tlsdial_evidence *cache = (tlsdial_evidence *)(uintptr_t)evidence;
    STACK_OF(X509) *certificates =
        (unsigned)chain < CHAINS ? chain_of(evidence, chain) : NULL;
    size_t count = certificates != NULL ? (size_t)sk_X509_num(certificates) : 0;
    if (index >= count)
        return NULL;
    if (cache->described[chain] == NULL)
        cache->described[chain] = OPENSSL_zalloc(count * sizeof *cache->described[chain]);
    if (cache->described[chain] == NULL)
        return NULL;
    struct tlsdial_certificate *described = &cache->described[chain][index];
    if (described->der == NULL &&
        !certificate_describe(described, sk_X509_value(certificates, (int)index))) {
        certificate_clear(described);
        *described = (struct tlsdial_certificate){0};
        return NULL;
    }
    return described;
}

const char *tlsdial_evidence_missing_issuer(const tlsdial_evidence *evidence,
                                            size_t index)
{
    tlsdial_evidence *cache = (tlsdial_evidence *)(uintptr_t)evidence;
    const STACK_OF(X509) *built = evidence->verification.built;
    if (evidence->verification.missing_issuer == NULL || index >= ISSUER_URLS_MAX)
        return NULL;
    if (cache->missing_issuers[index] == NULL) {
        char *url = issuer_url_at(sk_X509_value(built, sk_X509_num(built) - 1), index);
        cache->missing_issuers[index] = url != NULL ? escaped_text(url) : NULL;
        OPENSSL_free(url);
    }
    return cache->missing_issuers[index];
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

bool evidence_trust(tlsdial_evidence *evidence, const struct trust *trust)
{
    evidence->trust = OPENSSL_zalloc(sizeof *evidence->trust);
    return evidence->trust != NULL && trust_copy_places(evidence->trust, trust);
}

/* Counting those of a directory means reading it: done when they are asked for. */
const struct tlsdial_trust *tlsdial_evidence_trust(const tlsdial_evidence *evidence,
                                                   size_t index)
{
    if (evidence->trust == NULL || index >= evidence->trust->count)
        return NULL;
    struct tlsdial_trust *place = &evidence->trust->places[index];
    return trust_look(place) ? place : NULL;
}

bool evidence_negotiated(tlsdial_evidence *evidence, SSL *ssl)
{
    const char *group = group_name(ssl);
    const unsigned char *protocol;
    unsigned length;
    SSL_get0_alpn_selected(ssl, &protocol, &length);
    evidence->protocol = OPENSSL_strdup(SSL_get_version(ssl));
    evidence->cipher = OPENSSL_strdup(SSL_get_cipher_name(ssl));
    evidence->group = group != NULL ? OPENSSL_strdup(group) : NULL;
    char *alpn = length > 0 ? OPENSSL_strndup((const char *)protocol, length) : NULL;
    evidence->alpn = alpn != NULL ? escaped_text(alpn) : NULL;
    OPENSSL_free(alpn);
    evidence->resumed = SSL_session_reused(ssl) != 0;
    return evidence->protocol != NULL && evidence->cipher != NULL &&
           (group == NULL || evidence->group != NULL) &&
           (length == 0 || evidence->alpn != NULL);
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

const char *tlsdial_evidence_signature(const tlsdial_evidence *evidence)
{
    return evidence->signature;
}

const char *tlsdial_evidence_alpn(const tlsdial_evidence *evidence)
{
    return evidence->alpn;
}

const char *tlsdial_evidence_staple(const tlsdial_evidence *evidence)
{
    return evidence->verification.staple;
}

bool tlsdial_evidence_resumed(const tlsdial_evidence *evidence, bool *resumed)
{
    bool whole = evidence->protocol != NULL;
    if (whole)
        *resumed = evidence->resumed;
    return whole;
}

bool tlsdial_evidence_certificate_requested(const tlsdial_evidence *evidence)
{
    return evidence->certificate_requested;
}

bool tlsdial_evidence_certificate_sent(const tlsdial_evidence *evidence)
{
    return evidence->certificate_sent;
}

const char *tlsdial_evidence_client_ca(const tlsdial_evidence *evidence, size_t index)
{
    return index < evidence->client_cas.count ? evidence->client_cas.names[index] : NULL;
}

void evidence_traffic(tlsdial_evidence *evidence, uint64_t received, uint64_t sent)
{
    evidence->traffic = (struct traffic){.received = received, .sent = sent};
    evidence->has_traffic = true;
}

void evidence_first_byte(tlsdial_evidence *evidence)
{
    if (evidence->times[TLSDIAL_STEP_FIRST_BYTE] < 0)
        evidence_step(evidence, TLSDIAL_STEP_FIRST_BYTE);
}

bool tlsdial_evidence_bytes(const tlsdial_evidence *evidence, uint64_t *received,
                            uint64_t *sent)
{
    if (evidence->has_traffic) {
        *received = evidence->traffic.received;
        *sent = evidence->traffic.sent;
    }
    return evidence->has_traffic;
}

bool tlsdial_evidence_ignored(const tlsdial_evidence *evidence,
                              struct tlsdial_error *error)
{
    if (evidence->ignored.cause != TLSDIAL_OK && error != NULL)
        *error = evidence->ignored;
    return evidence->ignored.cause != TLSDIAL_OK;
}
