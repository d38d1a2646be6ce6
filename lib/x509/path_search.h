/* path_search.h: the search for a path that verifies. */
#ifndef TLSDIAL_X509_PATH_SEARCH_H
#define TLSDIAL_X509_PATH_SEARCH_H

#include <openssl/x509.h>

#include "tls/evidence.h"
#include "tlsdial.h"

#define MOST_PATHS 64   /* to be tried for one server */
#define MOST_EXCLUDED 8 /* certificates that a path goes without */

/** What one path came to. */
struct path {
    struct problem_list problems;
    size_t worst;               /* of them */
    struct tlsdial_error error; /* of the worst, in words */
    bool faulty; /* with a problem that is not the server's own certificate's */
    bool
        barred; /* the trust store has a certificate of it that is trusted for other uses, or
                    none: the user's word, not to be evaded by another path */
    STACK_OF(X509) * chain;
};

/* The certificates that a path must do without. */
struct exclusion {
    X509 *certificates[MOST_EXCLUDED];
    size_t count;
};

struct verification {
    X509_STORE_CTX *given;      /* by OpenSSL; its result counts */
    STACK_OF(X509) * untrusted; /* what was sent, and the user's own */
    STACK_OF(X509) * held;      /* keeps the excluded ones */
    struct exclusion queue[MOST_PATHS];
    size_t queued, next;
    struct path path; /* under way */
};

/** The connection whose chain it is; NULL where it is of something else. */
tlsdial_conn *verify_conn(X509_STORE_CTX *store_ctx);

/** Whether a problem of this cause is to be told before those that there are. */
bool path_is_worse(const struct path *path, enum tlsdial_cause cause);
/** False when out of memory, which is then the path's error. So for the next. */
bool path_add(struct path *path, enum tlsdial_cause cause, int depth,
              const X509 *certificate, const char *reason);
/** Adds a problem of the server's own certificate that is not OpenSSL's finding. */
bool path_add_own(struct path *path, enum tlsdial_cause cause, X509 *leaf,
                  const char *reason, int code);
void path_clear(struct path *path);

/** Finds the path that is told: the first that is good but for the server's own certificate, else
 * the one that OpenSSL found first. It is left in verification->path. */
void verify_search(tlsdial_conn *conn, struct verification *verification);

#endif
