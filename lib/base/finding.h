/* finding.h: one thing that was found wrong: its cause, its place, and the facts that prove it. */
#ifndef TLSDIAL_BASE_FINDING_H
#define TLSDIAL_BASE_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tlsdial.h"

#define FINDING_NAMES 8 /**< of a certificate, in a message */

/** What the facts mean. words.c makes the sentence of each. */
enum finding_kind {
    FINDING_OTHER, /**< what OpenSSL's code says, in its words: detail */
    FINDING_UNEXPLAINED,
    FINDING_EMPTY_TRUST,
    FINDING_ABSENT_ISSUER,
    FINDING_UNTRUSTED_ROOT,
    FINDING_SELF_SIGNED,
    FINDING_REJECTED,      /**< by its trust settings */
    FINDING_BAD_SIGNATURE, /**< issuer: the CA whose key did not make it */
    FINDING_MALFORMED,     /**< detail: the part that is at fault */
    FINDING_UNPARSED,      /**< detail: why. It is not known which certificate it is. */
    FINDING_CRITICAL_EXTENSION,
    FINDING_EXPIRED,
    FINDING_NOT_YET_VALID,
    FINDING_EXPIRES_SOON,
    FINDING_NAME_MISMATCH,
    FINDING_PURPOSE,
    FINDING_NO_CA,
    FINDING_PATH_LENGTH,
    FINDING_NAME_NOT_PERMITTED,
    FINDING_NAME_EXCLUDED,
    FINDING_WEAK_KEY,
    FINDING_WEAK_SIGNATURE,
    FINDING_REVOKED,
    FINDING_CRL_ABSENT,
    FINDING_CRL_EXPIRED,
    FINDING_CRL_NOT_YET_VALID,
    FINDING_CRL_UNUSABLE,
    FINDING_CRL_OUT_OF_SCOPE, /**< detail: what it is for; "": its distribution point, url */
    FINDING_STAPLE_REVOKED,
    FINDING_STAPLE_MISSING, /**< detail: what came instead */
    FINDING_NOT_PINNED,
    FINDING_NO_TLSA,
    FINDING_UNSOUND_CHAIN /**< a TLSA record alone does not vouch for it */
};

/** How an authority key identifier differs from the CA that has the issuer's name. */
enum finding_namesake {
    NAMESAKE_NONE,
    NAMESAKE_MALFORMED,    /**< detail: the part that is at fault */
    NAMESAKE_OTHER_KEY,    /**< its key did not make the signature */
    NAMESAKE_KEY_ID,       /**< its key did; the identifiers differ */
    NAMESAKE_ISSUER_SERIAL /**< its key did; issuer and serial number differ */
};

/** A plain value. Text is as the peer, the user or OpenSSL wrote it: words.c escapes it. The names of certificates
 * alone are escaped, as certificate.h has them: in a list, one must not look like two.
 * NULL, 0 and false stand for what is not known or does not matter. */
struct finding {
    enum tlsdial_cause cause;
    enum finding_kind kind;
    int depth;     /**< of the certificate, 0: the server's own; -1: of none */
    int native;    /**< X509_V_ERR_ code; 0: OpenSSL said nothing */
    bool demanded; /**< the staple: by the certificate itself (must-staple) */
    bool
        chain_unverified; /**< the pins: of the chain the server's own key alone counts */
    bool failed;          /**< memory ran out while the facts were noted */
    char *subject;        /**< of the certificate; NULL: the finding is of none */
    char *issuer;         /**< of the certificate or of the CRL */
    char *trust;          /**< where the trusted certificates come from */
    char *unread;         /**< what of that could not be read, and why */
    char *reference;      /**< the name or address that the certificate must be for */
    bool is_dns_name_only;      /**< the address: the certificate has it as a DNS name */
    char *names[FINDING_NAMES]; /**< that it is for */
    size_t name_count; /**< more than there are in names, where those are not all */
    char *common_name; /**< of a certificate without other names */
    char *
        constrainer; /**< the CA whose name constraints break on names[0], of type detail */
    char *url;       /**< where the issuer (AIA) or the CRL is to be had */
    char *algorithm; /**< of the key or of the signature */
    char *usage, *extended_usage;
    char *pin;    /**< "sha256//BASE64" of the key, or the hash in hexadecimal digits */
    char *detail; /**< see the kinds */
    char *wanted_id, *found_id; /**< key identifiers, or serial numbers */
    char *namesake_place;
    enum finding_namesake namesake;
    bool has_time;
    int64_t time; /**< seconds since 1970: of expiry, of revocation, of a CRL's update */
    int64_t now;  /**< that was verified for */
    bool has_verify_time; /**< which the user has set */
    int sent;             /**< certificates that the server sent */
    int key_bits, level;
    long path_length;
    int revocation_reason; /**< CRLReason, -1: none */
};

/** A plain value: findings, in the order they were made. */
struct finding_list {
    struct finding *items;
    size_t count;
};

/** Sets a text of the finding to a copy; notes a failure in it. NULL is allowed. */
void finding_set(struct finding *finding, char **field, const char *text);
/** The same with text that OPENSSL_free() frees, which the finding takes over. NULL: no memory. */
void finding_take(struct finding *finding, char **field, char *text);
void finding_clear(struct finding *finding);

/** Takes the finding over. False when out of memory, also where it has failed before. */
bool finding_list_add(struct finding_list *list, struct finding *finding);
void finding_list_clear(struct finding_list *list);
/** The first one of this cause; NULL: there is none. */
const struct finding *finding_list_find(const struct finding_list *list,
                                        enum tlsdial_cause cause);
/** The one that explains most; NULL where the list is empty. */
const struct finding *finding_list_worst(const struct finding_list *list);

/** Of several causes that of the lowest precedence is the verdict. */
int cause_precedence(enum tlsdial_cause cause);
/** Whether it says that the chain ends at no certificate that is trusted. */
bool cause_is_of_trust(enum tlsdial_cause cause);

#endif
