/*
 * resolve.c: lookups, with a getaddrinfo() of the test's own in place of the system's.
 *
 * What a name says is what comes of it: "four.", "six." and "both." have such addresses, "none."
 * does not exist, "hang." waits until the test lets go, "late." takes a little longer than the
 * children of the last test have, "files." has no descriptors left.
 */
#include <config.h>

#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "net/name_lookup.h"
#include "net/resolve.h"
#include "net/sock.h"
#include "loopback.h"

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

/* ---- the resolver ---- */

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t main;
    int inside, most_inside, calls_in_threads;
    int to_release; /* how many of those that hang may go */
    bool open_signals;
    unsigned late_us; /* how long "late." takes, and */
    bool late_fails;  /* what comes of it */
    bool outlives;    /* in a child */
} resolver = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static int real_lookup(const char *host, const char *port, const struct addrinfo *hints,
                       struct addrinfo **found)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    void *symbol = dlsym(RTLD_NEXT, "getaddrinfo");
    memcpy(&real, &symbol, sizeof real);
    return real(host, port, hints, found);
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static void hang(void)
{
    while (resolver.to_release == 0)
        pthread_cond_wait(&resolver.changed, &resolver.lock);
    resolver.to_release--;
}

static void enter(const char *host)
{
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    pthread_mutex_lock(&resolver.lock);
    resolver.calls_in_threads++;
    for (int i = 1; i < 32; i++)
        if (i != SIGKILL && i != SIGSTOP && !sigismember(&blocked, i))
            resolver.open_signals = true;
    if (++resolver.inside > resolver.most_inside)
        resolver.most_inside = resolver.inside;
    if (begins(host, "hang."))
        hang();
    pthread_mutex_unlock(&resolver.lock);
}

static void leave(void)
{
    pthread_mutex_lock(&resolver.lock);
    resolver.inside--;
    pthread_mutex_unlock(&resolver.lock);
}

static void set_late(int microseconds, bool fails)
{
    pthread_mutex_lock(&resolver.lock);
    resolver.late_us = (unsigned)microseconds;
    resolver.late_fails = fails;
    pthread_mutex_unlock(&resolver.lock);
}

static bool is_found_late(void)
{
    pthread_mutex_lock(&resolver.lock);
    unsigned microseconds = resolver.late_us;
    bool fails = resolver.late_fails;
    pthread_mutex_unlock(&resolver.lock);
    usleep(microseconds);
    return !fails;
}

static int answer(const char *host, const char *port, const struct addrinfo *hints,
                  struct addrinfo **found)
{
    if (begins(host, "late.") && !is_found_late())
        return EAI_NONAME;
    if (begins(host, "files.")) {
        errno = EMFILE;
        return EAI_NONAME;
    }
    if (begins(host, "again."))
        return hints->ai_family == AF_INET6 ? EAI_NONAME : EAI_AGAIN;
    if (begins(host, "none."))
        return EAI_NONAME;
    bool six = hints->ai_family != AF_INET && !begins(host, "four.");
    bool four = hints->ai_family != AF_INET6 && !begins(host, "six.");
    if (six)
        return real_lookup("::ffff:127.0.0.1", port, hints, found);
    return four ? real_lookup("127.0.0.1", port, hints, found) : EAI_NONAME;
}

int getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
                struct addrinfo **found)
{
    if (pthread_equal(pthread_self(), resolver.main))
        return real_lookup(host, port, hints, found);
    enter(host);
    int result = answer(host, port, hints, found);
    leave();
    return result;
}

static void release(int count)
{
    pthread_mutex_lock(&resolver.lock);
    resolver.to_release = count;
    pthread_cond_broadcast(&resolver.changed);
    pthread_mutex_unlock(&resolver.lock);
}

static int inside(void)
{
    pthread_mutex_lock(&resolver.lock);
    int count = resolver.inside;
    pthread_mutex_unlock(&resolver.lock);
    return count;
}

static void wait_for_inside(int count)
{
    struct deadline patience = deadline_after(clock_now_us(), 20000);
    while (inside() != count && !deadline_passed(patience))
        usleep(1000);
    assert_int_equal(inside(), count);
}

/* Lets all go that hang, and waits until no thread is in a lookup. */
static void quiet(void)
{
    release(10000);
    wait_for_inside(0);
    release(0);
    resolver.most_inside = 0;
}

/* ---- lookups ---- */

struct lookup {
    struct host host;
    struct resolving *resolving;
};

static bool begin(struct lookup *lookup, const char *name, enum tlsdial_family family,
                  int milliseconds, struct tlsdial_error *error)
{
    const struct resolve_query query = {
        .host = &lookup->host, .port = "443", .family = family};
    assert_int_equal(host_parse(&lookup->host, name, error), TLSDIAL_OK);
    lookup->resolving =
        resolve_begin(&query, deadline_after(clock_now_us(), milliseconds), error);
    return lookup->resolving != NULL;
}

static void wait_once(struct resolving *resolving)
{
    struct wait_set set = {0};
    int code;
    wait_set_begin(&set);
    resolve_wants(resolving, &set);
    assert_int_equal(set.count, 1);
    assert_int_not_equal(wait_for(&set, &code), SOCK_FAILED);
    wait_set_clear(&set);
}

static enum step run(struct resolving *resolving, struct tlsdial_error *error)
{
    enum step result;
    while ((result = resolve_step(resolving, error)) == STEP_AGAIN)
        wait_once(resolving);
    return result;
}

/* How many addresses a name has; -1 and the error: none. */
static int count(const char *name, enum tlsdial_family family, int milliseconds,
                 struct tlsdial_error *error)
{
    struct lookup lookup;
    if (!begin(&lookup, name, family, milliseconds, error))
        return -1;
    int result = run(lookup.resolving, error) == STEP_DONE
                     ? (int)resolve_addresses(lookup.resolving)->count
                     : -1;
    resolve_free(lookup.resolving);
    return result;
}

static void fails_with(const char *name, enum tlsdial_family family,
                       enum tlsdial_cause cause, const char *words)
{
    struct tlsdial_error error;
    assert_int_equal(count(name, family, 10000, &error), -1);
    assert_int_equal(error.cause, cause);
    assert_non_null(strstr(error.message, words));
}

/* ---- tests ---- */

static void a_literal_needs_no_thread(void **state)
{
    (void)state;
    struct tlsdial_error error;
    struct lookup lookup;
    int before = resolver.calls_in_threads, descriptor = free_descriptor();
    assert_int_equal(count("192.0.2.1", TLSDIAL_ANY_FAMILY, 1, &error), 1);
    assert_true(begin(&lookup, "2001:db8::1", TLSDIAL_ANY_FAMILY, 1, &error));
    assert_int_equal(free_descriptor(), descriptor);
    assert_int_equal(resolve_step(lookup.resolving, &error), STEP_DONE);
    resolve_free(lookup.resolving);
    assert_int_equal(resolver.calls_in_threads, before);
    fails_with("192.0.2.1", TLSDIAL_IPV6, TLSDIAL_UNREACHABLE,
               "there is no IPv6 address");
    fails_with("fe80::1%nowhere0", TLSDIAL_ANY_FAMILY, TLSDIAL_UNREACHABLE,
               "there is no network interface 'nowhere0'");
}

static void an_override_needs_no_thread(void **state)
{
    (void)state;
    struct tlsdial_error error;
    struct host host;
    struct resolve_override *overrides = NULL;
    int before = resolver.calls_in_threads;
    const struct resolve_query query = {
        .host = &host, .port = "443", .overrides = overrides};
    struct resolve_query with = query;
    assert_int_equal(host_parse(&host, "hang.example", &error), TLSDIAL_OK);
    assert_int_equal(resolve_override_add(&overrides, "hang.example", "443",
                                          "192.0.2.1,[2001:db8::1]", &error),
                     TLSDIAL_OK);
    assert_int_equal(
        resolve_override_add(&overrides, "hang.example", "444", "192.0.2.7", &error),
        TLSDIAL_OK);
    with.overrides = overrides;
    struct resolving *resolving = resolve_begin(&with, deadline_never(), &error);
    assert_non_null(resolving);
    assert_int_equal(resolve_step(resolving, &error), STEP_DONE);
    assert_int_equal(resolve_addresses(resolving)->count, 2);
    assert_int_equal(resolver.calls_in_threads, before);
    resolve_free(resolving);
    resolve_override_free(overrides);
}

/* Whatever a name has as its address: that is what is looked at, each time. */
static void addresses_out_of_scope_are_left_out(void **state)
{
    (void)state;
    struct tlsdial_error error;
    struct host host;
    static const char *const names[] = {"both.example", "four.example", "127.0.0.1"};
    static const enum address_scope scopes[] = {ADDRESS_PUBLIC, ADDRESS_PRIVATE,
                                                ADDRESS_LOOPBACK};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        for (size_t j = 0; j < sizeof scopes / sizeof scopes[0]; j++) {
            const struct resolve_query query = {
                .host = &host, .port = "443", .scope = scopes[j]};
            assert_int_equal(host_parse(&host, names[i], &error), TLSDIAL_OK);
            struct resolving *resolving =
                resolve_begin(&query, deadline_after(clock_now_us(), 20000), &error);
            assert_non_null(resolving);
            enum step result;
            while ((result = resolve_step(resolving, &error)) == STEP_AGAIN)
                wait_once(resolving);
            bool allowed = scopes[j] == ADDRESS_LOOPBACK;
            assert_int_equal(result, allowed ? STEP_DONE : STEP_FAILED);
            assert_int_equal(resolve_addresses(resolving)->count > 0, allowed);
            if (!allowed) {
                assert_int_equal(error.cause, TLSDIAL_UNREACHABLE);
                assert_non_null(strstr(error.message, "127.0.0.1 is a loopback address"));
            }
            resolve_free(resolving);
        }
}

static void families_are_looked_up_apart(void **state)
{
    (void)state;
    struct tlsdial_error error;
    assert_int_equal(count("both.example", TLSDIAL_ANY_FAMILY, 10000, &error), 2);
    assert_int_equal(count("both.example", TLSDIAL_IPV4, 10000, &error), 1);
    assert_int_equal(count("six.example", TLSDIAL_ANY_FAMILY, 10000, &error), 1);
    assert_int_equal(count("four.example", TLSDIAL_ANY_FAMILY, 10000, &error), 1);
    fails_with("six.example", TLSDIAL_IPV4, TLSDIAL_UNREACHABLE,
               "there is no IPv4 address");
    fails_with("none.example", TLSDIAL_ANY_FAMILY, TLSDIAL_NAME_NOT_FOUND,
               "the name does not exist");
    fails_with("again.example", TLSDIAL_ANY_FAMILY, TLSDIAL_NAME_LOOKUP_FAILED,
               "the name could not be looked up");
    assert_false(resolver.open_signals);
}

static void an_address_comes_while_others_are_awaited(void **state)
{
    (void)state;
    struct tlsdial_error error;
    struct lookup lookup;
    assert_true(begin(&lookup, "hang.example", TLSDIAL_ANY_FAMILY, 20000, &error));
    const struct address_list *list = resolve_addresses(lookup.resolving);
    assert_true(list->awaits_ipv6 && list->awaits_ipv4);
    wait_for_inside(2);
    assert_int_equal(resolve_step(lookup.resolving, &error), STEP_AGAIN);
    release(1);
    while (list->count == 0) {
        wait_once(lookup.resolving);
        assert_int_equal(resolve_step(lookup.resolving, &error), STEP_AGAIN);
    }
    assert_int_equal(list->count, 1);
    assert_true(list->awaits_ipv6 != list->awaits_ipv4);
    release(1);
    assert_int_equal(run(lookup.resolving, &error), STEP_DONE);
    assert_int_equal(list->count, 2);
    resolve_free(lookup.resolving);
    quiet();
}

/* What has come by the deadline is enough. */
static void half_an_answer_is_one(void **state)
{
    (void)state;
    struct tlsdial_error error;
    struct lookup lookup;
    assert_true(begin(&lookup, "hang.example", TLSDIAL_ANY_FAMILY, 1000, &error));
    release(1);
    assert_int_equal(run(lookup.resolving, &error), STEP_DONE);
    assert_int_equal(resolve_addresses(lookup.resolving)->count, 1);
    assert_false(resolve_addresses(lookup.resolving)->awaits_ipv6);
    assert_false(resolve_addresses(lookup.resolving)->awaits_ipv4);
    resolve_free(lookup.resolving);
    quiet();
}

static void a_late_lookup_is_left_behind(void **state)
{
    (void)state;
    struct tlsdial_error error;
    int64_t start = clock_now_us();
    assert_int_equal(count("hang.example", TLSDIAL_ANY_FAMILY, 50, &error), -1);
    assert_in_range(clock_now_us() - start, 50000, 5000000);
    assert_int_equal(error.cause, TLSDIAL_DEADLINE_RESOLVE);
    quiet();
}

static void threads_are_counted(void **state)
{
    (void)state;
    struct tlsdial_error error;
    struct lookup hanging[20], next;
    for (int i = 0; i < 20; i++)
        assert_true(
            begin(&hanging[i], "hang.example", TLSDIAL_ANY_FAMILY, 60000, &error));
    wait_for_inside(NAME_LOOKUP_THREADS);
    int64_t start = clock_now_us();
    assert_int_equal(count("both.example", TLSDIAL_ANY_FAMILY, 100, &error), -1);
    assert_int_equal(error.cause, TLSDIAL_DEADLINE_RESOLVE);
    assert_in_range(clock_now_us() - start, 100000, 5000000);

    /* Those that nobody wants any more do not keep others waiting, unless a thread is in them. */
    assert_true(begin(&next, "both.example", TLSDIAL_ANY_FAMILY, 20000, &error));
    for (int i = 0; i < 20; i++)
        resolve_free(hanging[i].resolving);
    assert_int_equal(inside(), NAME_LOOKUP_THREADS);
    release(1);
    assert_int_equal(run(next.resolving, &error), STEP_DONE);
    assert_int_equal(resolve_addresses(next.resolving)->count, 2);
    resolve_free(next.resolving);
    assert_int_equal(resolver.most_inside, NAME_LOOKUP_THREADS);
    quiet();
    assert_int_equal(count("both.example", TLSDIAL_ANY_FAMILY, 10000, &error), 2);
}

static void lack_of_descriptors_is_no_missing_name(void **state)
{
    (void)state;
    struct tlsdial_error error;
    struct rlimit limit, low;
    fails_with("files.example", TLSDIAL_ANY_FAMILY, TLSDIAL_NAME_LOOKUP_FAILED,
               "Too many open files");
    getrlimit(RLIMIT_NOFILE, &limit);
    low = limit;
    low.rlim_cur = (rlim_t)free_descriptor() + 1;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
    int result = count("both.example", TLSDIAL_ANY_FAMILY, 10000, &error);
    setrlimit(RLIMIT_NOFILE, &limit);
    assert_int_equal(result, -1);
    assert_int_equal(error.cause, TLSDIAL_NAME_LOOKUP_FAILED);
    assert_non_null(strstr(error.message, "Too many open files"));
    assert_non_null(strstr(error.hint, "ulimit"));
}

/* Runs a child, which must end with status 0. */
static pid_t child(void (*body)(void))
{
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        body();
        exit(1);
    }
    return pid;
}

static void ends_well(pid_t pid)
{
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

/* No room for the stack of a thread. */
static void look_up_without_memory(void)
{
    struct tlsdial_error error;
    const struct rlimit none = {0};
    setrlimit(RLIMIT_AS, &none);
    int result = count("both.example", TLSDIAL_ANY_FAMILY, 10000, &error);
    _exit(result == -1 && error.cause == TLSDIAL_NAME_LOOKUP_FAILED &&
                  strstr(error.message, "no thread can be started") != NULL
              ? 0
              : 1);
}

static void lack_of_threads_is_no_missing_name(void **state)
{
    (void)state;
    if (!SANITIZED) /* which cannot live without memory */
        ends_well(child(look_up_without_memory));
}

static void look_up_in_child(void)
{
    struct tlsdial_error error;
    _exit(count("both.example", TLSDIAL_ANY_FAMILY, 10000, &error) == 2 ? 0 : 1);
}

static void a_child_has_threads_of_its_own(void **state)
{
    (void)state;
    struct tlsdial_error error;
    struct lookup hanging[20];
    for (int i = 0; i < 20; i++)
        assert_true(
            begin(&hanging[i], "hang.example", TLSDIAL_ANY_FAMILY, 60000, &error));
    wait_for_inside(NAME_LOOKUP_THREADS);
    ends_well(child(look_up_in_child));
    for (int i = 0; i < 20; i++)
        resolve_free(hanging[i].resolving);
    quiet();
}

/* In the process: the answer comes as nobody waits for it any more, or just still. */
static void answers_around_the_deadline(void **state)
{
    (void)state;
    struct tlsdial_error error;
    for (int i = 0; i < 500; i++) {
        set_late(1500 + i % 100 * 10, false);
        if (count("late.example", TLSDIAL_ANY_FAMILY, 2, &error) < 0)
            assert_int_equal(error.cause, TLSDIAL_DEADLINE_RESOLVE);
    }
    quiet();
}

#define ENDS (SANITIZED ? 200 : 2000) /* a sanitizer looks for leaks in each */
#define ENDS_AT_ONCE 8

/* Called after OPENSSL_cleanup(), since that was registered later: lets the lookups end. */
static void outlive(void)
{
    struct deadline patience = deadline_after(clock_now_us(), 10000);
    while (resolver.outlives && inside() > 0 && !deadline_passed(patience))
        usleep(100);
    if (resolver.outlives)
        usleep(1000);
}

static void end_around_the_deadline(void)
{
    struct tlsdial_error error;
    resolver.outlives = true;
    count("late.example", TLSDIAL_ANY_FAMILY, 5, &error);
    exit(
        0); /* and with it OPENSSL_cleanup(), before and while and after the lookup ends */
}

static void lookups_outlive_the_process(void **state)
{
    (void)state;
    pid_t children[ENDS_AT_ONCE] = {0};
    for (int i = 0; i < ENDS + ENDS_AT_ONCE; i++) {
        pid_t *slot = &children[i % ENDS_AT_ONCE];
        if (*slot != 0)
            ends_well(*slot);
        *slot = 0;
        set_late(4500 + i % 200 * 10, i / 200 % 2 == 1);
        if (i < ENDS)
            *slot = child(end_around_the_deadline);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        /* First: the stacks of threads that have ended are used again. */
        cmocka_unit_test(lack_of_threads_is_no_missing_name),
        cmocka_unit_test(a_literal_needs_no_thread),
        cmocka_unit_test(an_override_needs_no_thread),
        cmocka_unit_test(addresses_out_of_scope_are_left_out),
        cmocka_unit_test(families_are_looked_up_apart),
        cmocka_unit_test(an_address_comes_while_others_are_awaited),
        cmocka_unit_test(half_an_answer_is_one),
        cmocka_unit_test(a_late_lookup_is_left_behind),
        cmocka_unit_test(threads_are_counted),
        cmocka_unit_test(lack_of_descriptors_is_no_missing_name),
        cmocka_unit_test(a_child_has_threads_of_its_own),
        cmocka_unit_test(answers_around_the_deadline),
        cmocka_unit_test(lookups_outlive_the_process),
    };
    resolver.main = pthread_self();
    if (atexit(outlive) != 0)
        return 1;
    return cmocka_run_group_tests_name("resolve", tests, NULL, NULL);
}
