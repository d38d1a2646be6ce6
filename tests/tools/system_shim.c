/*
 * system_shim.c: functions for LD_PRELOAD that answer as a test wants.
 *
 * TLSDIAL_TEST_RESOLVER says how the one does: hang, no-name, again, fail, system, no-data,
 * service or only-4.  Anything else, and every numeric host, is left to the real one.  TLSDIAL_TEST_TIME
 * is the time that the other tells, in seconds since 1970.  TLSDIAL_TEST_DEFAULT_TRUST is where
 * OpenSSL says that its trusted certificates are, file and directory.  Libraries whose file
 * names begin with TLSDIAL_TEST_NO_LIBRARY cannot be loaded.  Where TLSDIAL_TEST_SEND
 * is set, whoever sends learns that the peer has reset the connection, and where
 * TLSDIAL_TEST_CONNECT is, whoever connects that the system has waited long enough.
 */
#include <config.h>

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef int resolver(const char *host, const char *service, const struct addrinfo *hints,
                     struct addrinfo **found);

static const struct answer {
    const char *word;
    int code;
} answers[] = {
    {"no-name", EAI_NONAME}, {"again", EAI_AGAIN},     {"fail", EAI_FAIL},
    {"system", EAI_SYSTEM},  {"service", EAI_SERVICE},
#ifdef EAI_NODATA
    {"no-data", EAI_NODATA},
#else
    {"no-data", EAI_NONAME},
#endif
};

static bool is_numeric(const char *host, const struct addrinfo *hints)
{
    unsigned char address[sizeof(struct in6_addr)];
    return host == NULL || (hints != NULL && (hints->ai_flags & AI_NUMERICHOST) != 0) ||
           inet_pton(AF_INET, host, address) == 1 ||
           inet_pton(AF_INET6, host, address) == 1;
}

static const struct answer *wanted_answer(void)
{
    const char *wanted = getenv("TLSDIAL_TEST_RESOLVER");
    if (wanted == NULL)
        return NULL;
    while (strcmp(wanted, "hang") == 0)
        pause();
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
        if (strcmp(wanted, answers[i].word) == 0)
            return &answers[i];
    return NULL;
}

/* The host of a network that has no IPv6: some resolvers then say that there is no such name. */
static bool has_only_4(const char *host, const struct addrinfo *hints)
{
    const char *wanted = getenv("TLSDIAL_TEST_RESOLVER");
    return wanted != NULL && strcmp(wanted, "only-4") == 0 && !is_numeric(host, hints);
}

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                struct addrinfo **found)
{
    const struct answer *answer = is_numeric(host, hints) ? NULL : wanted_answer();
    if (has_only_4(host, hints)) {
        if (hints != NULL && hints->ai_family == AF_INET6)
            return EAI_NONAME;
        host = "127.0.0.1";
    }
    if (answer != NULL) {
        errno = ENOENT; /* what EAI_SYSTEM refers to */
        return answer->code;
    }
    resolver *real;
    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo"); /* the way POSIX has it */
    return real != NULL ? real(host, service, hints, found) : EAI_FAIL;
}

time_t time(time_t *also)
{
    const char *wanted = getenv("TLSDIAL_TEST_TIME");
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    time_t told = wanted != NULL ? (time_t)atoll(wanted) : now.tv_sec;
    if (also != NULL)
        *also = told;
    return told;
}

static bool is_internet(int socket)
{
    struct sockaddr_storage own = {.ss_family = AF_UNSPEC};
    socklen_t size = sizeof own;
    return getsockname(socket, (struct sockaddr *)&own, &size) == 0 &&
           (own.ss_family == AF_INET || own.ss_family == AF_INET6);
}

ssize_t send(int socket, const void *data, size_t length, int flags)
{
    ssize_t (*real)(int, const void *, size_t, int);
    void *found = dlsym(RTLD_NEXT, "send");
    memcpy(&real, &found, sizeof real);
    if (found == NULL || (is_internet(socket) && getenv("TLSDIAL_TEST_SEND") != NULL)) {
        errno = ECONNRESET;
        return -1;
    }
    return real(socket, data, length, flags);
}

int connect(int socket, const struct sockaddr *address, socklen_t length)
{
    int (*real)(int, const struct sockaddr *, socklen_t);
    void *found = dlsym(RTLD_NEXT, "connect");
    memcpy(&real, &found, sizeof real);
    bool internet = address->sa_family == AF_INET || address->sa_family == AF_INET6;
    if (found == NULL || (internet && getenv("TLSDIAL_TEST_CONNECT") != NULL)) {
        errno = ETIMEDOUT;
        return -1;
    }
    return real(socket, address, length);
}

static const char *default_trust(const char *symbol)
{
    const char *(*real)(void);
    const char *wanted = getenv("TLSDIAL_TEST_DEFAULT_TRUST");
    void *found = dlsym(RTLD_NEXT, symbol);
    memcpy(&real, &found, sizeof real);
    return wanted != NULL || found == NULL ? wanted : real();
}

/* OpenSSL has declared them; its header is not needed for more. */
const char *X509_get_default_cert_file(void);
const char *X509_get_default_cert_dir(void);

const char *X509_get_default_cert_file(void)
{
    return default_trust("X509_get_default_cert_file");
}

const char *X509_get_default_cert_dir(void)
{
    return default_trust("X509_get_default_cert_dir");
}

void *dlopen(const char *file, int mode)
{
    void *(*real)(const char *, int);
    const char *missing = getenv("TLSDIAL_TEST_NO_LIBRARY");
    if (missing != NULL && file != NULL && strncmp(file, missing, strlen(missing)) == 0)
        return NULL;
    void *found = dlsym(RTLD_NEXT, "dlopen");
    memcpy(&real, &found, sizeof real);
    return found != NULL ? real(file, mode) : NULL;
}
