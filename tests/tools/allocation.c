/*
 * allocation.c: the library when memory runs out.
 *
 *   allocation HOST PORT CAFILE STATUS [CERTIFICATE KEY [CRL]]
 *
 * Does one exchange, which ends in STATUS, again and again: in the n-th round the n-th of
 * the library's own allocations fails.  Each round must end in INTERNAL or in STATUS, say
 * why it failed, and free what the library allocated.  OpenSSL's own allocations are left
 * alone, told apart by the name of the source file that each brings.
 */
#include <config.h>

#include <openssl/crypto.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tlsdial.h"

#define MOST_ROUNDS 1000

/* Before each block. As large as the strictest alignment asks for. */
union header {
    max_align_t alignment;
    bool ours;
};

/* The lookup's thread allocates too. */
static atomic_size_t asked, fail_at, in_use;

/* Whether the file is one of a room of lib/. OpenSSL has no such folders. With --enable-small the
 * library gives no names, nor would this file; otherwise OpenSSL (3.6) sometimes does not. */
static bool is_ours(const char *file)
{
    static const char *const here = OPENSSL_FILE;
    if (file == NULL)
        return here == NULL;
    static const char *const rooms[] = {"lib/base/", "lib/net/", "lib/x509/", "lib/tls/"};
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        const char *room = strstr(file, rooms[i]);
        if (room != NULL && (room == file || room[-1] == '/'))
            return true;
    }
    return false;
}

static bool must_fail(const char *file)
{
    return is_ours(file) && atomic_fetch_add(&asked, 1) + 1 == atomic_load(&fail_at);
}

static void *give(union header *header, const char *file)
{
    if (header == NULL)
        return NULL;
    header->ours = is_ours(file);
    if (header->ours)
        atomic_fetch_add(&in_use, 1);
    return header + 1;
}

static union header *take_back(void *block)
{
    union header *header = (union header *)block - 1;
    if (header->ours)
        atomic_fetch_sub(&in_use, 1);
    return header;
}

static void *allocate(size_t size, const char *file, int line)
{
    (void)line;
    return must_fail(file) ? NULL : give(malloc(sizeof(union header) + size), file);
}

static void release(void *block, const char *file, int line)
{
    (void)file;
    (void)line;
    if (block != NULL)
        free(take_back(block));
}

static void *reallocate(void *block, size_t size, const char *file, int line)
{
    if (block == NULL)
        return allocate(size, file, line);
    if (must_fail(file))
        return NULL;
    return give(realloc(take_back(block), sizeof(union header) + size), file);
}

/* What the exchange needs, all of it optional. */
struct round {
    tlsdial_client *client;
    tlsdial_evidence *evidence;
    tlsdial_conn *conn;
    struct tlsdial_error error;
};

static enum tlsdial_cause set_up(struct round *round, char **arguments)
{
    round->client = tlsdial_client_new(&round->error);
    if (round->client == NULL)
        return round->error.cause;
    enum tlsdial_cause cause =
        tlsdial_client_add_ca_file(round->client, arguments[3], &round->error);
    if (cause == TLSDIAL_OK)
        cause = tlsdial_client_add_resolve(round->client, "given.example", arguments[2],
                                           "127.0.0.1,127.0.0.1", &round->error);
    return cause;
}

/* The client's own certificate, which also serves as one more issuer that is not trusted. */
static enum tlsdial_cause set_certificate(struct round *round, char **arguments)
{
    if (arguments[5] == NULL)
        return TLSDIAL_OK;
    enum tlsdial_cause cause = tlsdial_client_set_certificate(
        round->client, arguments[5], arguments[6], NULL, NULL, &round->error);
    if (cause == TLSDIAL_OK)
        cause = tlsdial_client_add_untrusted(round->client, arguments[5], &round->error);
    return cause;
}

/* What the server must have besides a chain; the pin is of its CA. */
static enum tlsdial_cause set_demands(struct round *round, char **arguments)
{
    if (arguments[5] == NULL || arguments[6] == NULL || arguments[7] == NULL)
        return TLSDIAL_OK;
    enum tlsdial_cause cause =
        tlsdial_client_add_crl_file(round->client, arguments[7], &round->error);
    if (cause == TLSDIAL_OK)
        cause = tlsdial_client_add_pinned_keys(
            round->client,
            "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=;"
            "sha256//BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA=",
            &round->error);
    if (cause == TLSDIAL_OK)
        cause =
            tlsdial_client_add_pinned_keys(round->client, arguments[3], &round->error);
    return cause;
}

/* Evidence is described when asked for; NULL is what it gives when out of memory. */
static void look_at_evidence(const tlsdial_evidence *evidence)
{
    for (int chain = TLSDIAL_CHAIN_SENT; chain <= TLSDIAL_CHAIN_BUILT; chain++)
        for (size_t i = 0; i < 3; i++)
            tlsdial_evidence_certificate(evidence, (enum tlsdial_chain)chain, i);
}

/* Where arguments[1] is given.example, the addresses above are used. */
static enum tlsdial_cause dial(struct round *round, char **arguments)
{
    struct tlsdial_target target;
    enum tlsdial_cause cause =
        tlsdial_target_parse(&target, arguments[1], arguments[2], &round->error);
    if (cause != TLSDIAL_OK)
        return cause;
    round->evidence = tlsdial_evidence_new();
    if (round->evidence == NULL)
        return tlsdial_error_set(&round->error, TLSDIAL_INTERNAL, 0, "no evidence");
    const struct tlsdial_options options = {.size = sizeof options,
                                            .evidence = round->evidence,
                                            .servername = "localhost",
                                            .verify_hostname = "localhost",
                                            .alpn =
                                                arguments[5] != NULL ? "http/1.0" : NULL};
    round->conn =
        tlsdial_dial(round->client, target.host, target.port, &options, &round->error);
    return round->conn != NULL ? TLSDIAL_OK : round->error.cause;
}

static enum tlsdial_cause converse(struct round *round)
{
    static const char request[] = "GET / HTTP/1.0\r\n\r\n";
    char buffer[16384];
    size_t n = 1, received = 0;
    enum tlsdial_cause cause =
        tlsdial_write(round->conn, request, sizeof request - 1, NULL, &round->error);
    while (cause == TLSDIAL_OK && n > 0) {
        cause = tlsdial_read(round->conn, buffer, sizeof buffer, &n, &round->error);
        received += n;
    }
    if (cause == TLSDIAL_OK)
        cause = tlsdial_close(round->conn, &round->error);
    if (cause == TLSDIAL_OK && received == 0)
        cause = tlsdial_error_set(&round->error, TLSDIAL_EMPTY_REPLY, 0, "nothing came");
    return cause;
}

static enum tlsdial_cause do_round(struct round *round, char **arguments)
{
    enum tlsdial_cause cause = set_up(round, arguments);
    if (cause == TLSDIAL_OK)
        cause = set_certificate(round, arguments);
    if (cause == TLSDIAL_OK)
        cause = set_demands(round, arguments);
    if (cause == TLSDIAL_OK)
        cause = dial(round, arguments);
    if (round->evidence != NULL)
        look_at_evidence(round->evidence);
    if (cause == TLSDIAL_OK)
        cause = converse(round);
    tlsdial_conn_free(round->conn);
    tlsdial_evidence_free(round->evidence);
    tlsdial_client_free(round->client);
    return cause;
}

/* Whether the round ended as it must. */
static bool judge(size_t number, enum tlsdial_cause cause, enum tlsdial_cause expected,
                  bool failed, const struct tlsdial_error *error)
{
    if (cause != expected && !(failed && cause == TLSDIAL_INTERNAL)) {
        printf("round %zu ended in %s: %s\n", number, tlsdial_cause_token(cause),
               error->message);
        return false;
    }
    if (cause != TLSDIAL_OK && (error->cause != cause || *error->message == '\0')) {
        printf("round %zu ended in %s, unexplained\n", number,
               tlsdial_cause_token(cause));
        return false;
    }
    if (atomic_load(&in_use) != 0) {
        printf("round %zu left %zu blocks behind\n", number, atomic_load(&in_use));
        return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    size_t number = 0;
    bool failed = true;
    int status = EXIT_SUCCESS;
    if ((argc != 5 && argc != 7 && argc != 8) ||
        !CRYPTO_set_mem_functions(allocate, reallocate, release)) {
        fputs("usage: allocation HOST PORT CAFILE STATUS [CERTIFICATE KEY [CRL]]\n",
              stderr);
        return EXIT_FAILURE;
    }
    enum tlsdial_cause expected = (enum tlsdial_cause)atoi(argv[4]);
    while (failed && ++number <= MOST_ROUNDS) {
        struct round round = {0};
        atomic_store(&asked, 0);
        atomic_store(&fail_at, number);
        enum tlsdial_cause cause = do_round(&round, argv);
        failed = atomic_load(&asked) >= number;
        if (!judge(number, cause, expected, failed, &round.error))
            status = EXIT_FAILURE;
    }
    printf("%zu allocations failed in turn\n", number - 1);
    return status;
}
