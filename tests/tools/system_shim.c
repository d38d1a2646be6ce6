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
 *
 * TLSDIAL_TEST_SERVICE, NAME=PORT, is a service that the resolver knows beside the system's.
 * TLSDIAL_TEST_FILES says what goes wrong with files that are written: named (none can be without a
 * name), taken (and somebody was there first), fsync or close.  TLSDIAL_TEST_STATE is a file for
 * what a process that connects keeps to itself.  TLSDIAL_TEST_ALPN is what a server chooses,
 * whatever was offered.
 */
#undef _FORTIFY_SOURCE /* its open() is a macro */
#include <config.h>

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
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

static const char *number_of_service(const char *service)
{
    const char *known = getenv("TLSDIAL_TEST_SERVICE");
    size_t length = service != NULL ? strlen(service) : 0;
    bool same = known != NULL && length > 0 && strncmp(known, service, length) == 0 &&
                known[length] == '=';
    return same ? known + length + 1 : service;
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
    service = number_of_service(service);
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

static void describe_descriptors(FILE *to)
{
    struct stat status;
    for (int fd = 3; fd < 64; fd++) {
        int flags = fd == fileno(to) ? -1 : fcntl(fd, F_GETFD);
        if (flags >= 0 && fstat(fd, &status) == 0)
            fprintf(to, "descriptor %d %s %s %o\n", fd,
                    (flags & FD_CLOEXEC) != 0 ? "close-on-exec" : "inheritable",
                    S_ISREG(status.st_mode) ? "file" : "other",
                    (unsigned)status.st_mode & 07777);
    }
}

static void describe_state(const char *path)
{
    struct rlimit core = {0};
    FILE *to = fopen(path, "w");
    if (to == NULL)
        return;
    getrlimit(RLIMIT_CORE, &core);
    fprintf(to, "core %llu\n", (unsigned long long)core.rlim_cur);
#ifdef PR_GET_DUMPABLE
    fprintf(to, "dumpable %d\n", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
#endif
    describe_descriptors(to);
    fclose(to);
}

int connect(int socket, const struct sockaddr *address, socklen_t length)
{
    int (*real)(int, const struct sockaddr *, socklen_t);
    void *found = dlsym(RTLD_NEXT, "connect");
    memcpy(&real, &found, sizeof real);
    if (getenv("TLSDIAL_TEST_STATE") != NULL)
        describe_state(getenv("TLSDIAL_TEST_STATE"));
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

/* ---- files ---- */

static bool goes_wrong(const char *what)
{
    const char *wanted = getenv("TLSDIAL_TEST_FILES");
    return wanted != NULL && strstr(wanted, what) != NULL;
}

typedef int opener(const char *path, int flags, ...);

static int open_as_wanted(const char *symbol, const char *path, int flags, unsigned mode)
{
    opener *real;
    void *found = dlsym(RTLD_NEXT, symbol);
    memcpy(&real, &found, sizeof real);
#ifdef O_TMPFILE
    if ((flags & O_TMPFILE) == O_TMPFILE && goes_wrong("named")) {
        errno = EOPNOTSUPP;
        return -1;
    }
#endif
    const char *end = strrchr(path, '.');
    if (end != NULL && strcmp(end, ".part") == 0 && goes_wrong("taken"))
        close(real(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    return real(path, flags, mode);
}

static bool has_mode(int flags)
{
#ifdef O_TMPFILE
    if ((flags & O_TMPFILE) == O_TMPFILE)
        return true;
#endif
    return (flags & O_CREAT) != 0;
}

/* The names are the linker's: with large files the header has another one for open(). */
opener shim_open __asm__("open");
opener shim_open64 __asm__("open64");

int shim_open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    unsigned mode = has_mode(flags) ? va_arg(arguments, unsigned) : 0;
    va_end(arguments);
    return open_as_wanted("open", path, flags, mode);
}

int shim_open64(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    unsigned mode = has_mode(flags) ? va_arg(arguments, unsigned) : 0;
    va_end(arguments);
    return open_as_wanted("open64", path, flags, mode);
}

int fsync(int fd)
{
    int (*real)(int);
    void *found = dlsym(RTLD_NEXT, "fsync");
    memcpy(&real, &found, sizeof real);
    if (found == NULL || goes_wrong("fsync")) {
        errno = EIO;
        return -1;
    }
    return real(fd);
}

int close(int fd)
{
    int (*real)(int);
    struct stat status;
    void *found = dlsym(RTLD_NEXT, "close");
    memcpy(&real, &found, sizeof real);
    bool lost = goes_wrong("close") && fstat(fd, &status) == 0 &&
                S_ISREG(status.st_mode) && (fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY;
    int result = found != NULL ? real(fd) : -1;
    if (lost)
        errno = EIO;
    return lost ? -1 : result;
}

/* ---- a server that does as it likes ---- */

int SSL_select_next_proto(unsigned char **chosen, unsigned char *length,
                          const unsigned char *server, unsigned server_length,
                          const unsigned char *client, unsigned client_length);

int SSL_select_next_proto(unsigned char **chosen, unsigned char *length,
                          const unsigned char *server, unsigned server_length,
                          const unsigned char *client, unsigned client_length)
{
    int (*real)(unsigned char **, unsigned char *, const unsigned char *, unsigned,
                const unsigned char *, unsigned);
    char *wanted = getenv("TLSDIAL_TEST_ALPN");
    void *found = dlsym(RTLD_NEXT, "SSL_select_next_proto");
    memcpy(&real, &found, sizeof real);
    if (wanted == NULL)
        return real(chosen, length, server, server_length, client, client_length);
    *chosen = (unsigned char *)wanted;
    *length = (unsigned char)strlen(wanted);
    return 1; /* OPENSSL_NPN_NEGOTIATED */
}
