/* evidence.h: what a dial and its connection learnt. */
#ifndef TLSDIAL_TLS_EVIDENCE_H
#define TLSDIAL_TLS_EVIDENCE_H

#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "net/address_scope.h"
#include "tlsdial.h"
#include "tls/client_ca.h"
#include "x509/verify.h"

/** Bytes on the connection. */
struct traffic {
    uint64_t received, sent;
};

#define CHAINS (TLSDIAL_CHAIN_BUILT + 1)
#define ISSUER_URLS_MAX 8 /**< of one certificate that are looked at */

struct tlsdial_evidence {
    int64_t start_us;
    tlsdial_observer *observer;
    void *observer_argument;
    int64_t times[TLSDIAL_STEP_CLOSED + 1]; /* -1: did not happen */
    size_t addresses;
    bool has_addresses;
    struct tlsdial_attempt *attempts; /* owns their texts */
    size_t attempt_count;
    enum address_scope
        peer_scope; /* of the target, where no proxy is between; else ADDRESS_ANY */
    struct verification verification;
    struct tlsdial_certificate
        *described[CHAINS];                 /* made when asked for; NULL der: not yet */
    struct tlsdial_finding *findings;       /* likewise; NULL subject: not yet */
    struct trust *trust;                    /* NULL: not loaded */
    char *missing_issuers[ISSUER_URLS_MAX]; /* escaped, made when asked for */
    char *protocol, *cipher, *group, *alpn;
    const char *signature; /* static */
    bool resumed, certificate_requested, certificate_sent;
    struct client_ca_list client_cas; /* that the server accepts */
    struct traffic traffic;
    bool has_traffic;
    bool has_end;
    enum tlsdial_cause end;
    struct tlsdial_error ignored; /* of the verification; TLSDIAL_OK: nothing */
};

void evidence_begin(tlsdial_evidence *evidence);
/** Notes the time of a step and tells the observer. */
void evidence_step(tlsdial_evidence *evidence, enum tlsdial_step step);
/** How many addresses the lookup gave so far. */
void evidence_addresses(tlsdial_evidence *evidence, size_t count);
/** Takes a copy, its reason escaped. False when out of memory. */
bool evidence_attempt(tlsdial_evidence *evidence, const struct tlsdial_attempt *attempt);
/** The bytes on the connection so far, those of hops included. */
void evidence_traffic(tlsdial_evidence *evidence, uint64_t received, uint64_t sent);
/** Application data has come; the first time counts. */
void evidence_first_byte(tlsdial_evidence *evidence);
bool evidence_trust(tlsdial_evidence *evidence, const struct trust *trust);
bool evidence_negotiated(tlsdial_evidence *evidence, SSL *ssl);
void evidence_end(tlsdial_evidence *evidence, enum tlsdial_cause how);

#endif
