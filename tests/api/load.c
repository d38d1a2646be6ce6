/*
 * load.c: the library loaded and unloaded over and over, as plugins have it.
 *
 *   load LIBRARY HOST PORT CAFILE TIMES
 *
 * Each time it dials. Memory, descriptors and threads must not grow. This program links neither the
 * library nor OpenSSL.
 */
#include <config.h>

#include <dirent.h>
#include <dlfcn.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"

#define SETTLED 20       /* rounds until caches of the system's are full */
#define MOST_GROWTH 4000 /* octets, over all rounds that follow */

static void *find(void *library, const char *name)
{
    void *found = dlsym(library, name);
    if (found == NULL)
        fprintf(stderr, "%s: %s\n", name, dlerror());
    return found;
}

/* ISO C has no conversion of a pointer to one of a function. */
#define FIND(library, function)                                                          \
    do {                                                                                 \
        void *found = find(library, "tlsdial_" #function);                               \
        if (found == NULL)                                                               \
            return false;                                                                \
        memcpy(&function, &found, sizeof function);                                      \
    } while (0)

static bool dial_once(void *library, char **argv, struct tlsdial_error *error)
{
    tlsdial_client *(*client_new)(struct tlsdial_error *);
    enum tlsdial_cause (*client_add_ca_file)(tlsdial_client *, const char *,
                                             struct tlsdial_error *);
    tlsdial_conn *(*dial)(tlsdial_client *, const char *, const char *,
                          const struct tlsdial_options *, struct tlsdial_error *);
    enum tlsdial_cause (*close)(tlsdial_conn *, struct tlsdial_error *);
    void (*conn_free)(tlsdial_conn *), (*client_free)(tlsdial_client *);
    FIND(library, client_new);
    FIND(library, client_add_ca_file);
    FIND(library, dial);
    FIND(library, close);
    FIND(library, conn_free);
    FIND(library, client_free);
    tlsdial_client *client = client_new(error);
    if (client == NULL || client_add_ca_file(client, argv[4], error) != TLSDIAL_OK)
        return false;
    tlsdial_conn *conn = dial(client, argv[2], argv[3], NULL, error);
    bool ok = conn != NULL && close(conn, error) == TLSDIAL_OK;
    conn_free(conn);
    client_free(client);
    return ok;
}

static size_t entries(const char *directory)
{
    size_t count = 0;
    DIR *opened = opendir(directory);
    while (opened != NULL && readdir(opened) != NULL)
        count++;
    if (opened != NULL)
        closedir(opened);
    return count;
}

int main(int argc, char **argv)
{
    size_t times = argc == 6 ? strtoul(argv[5], NULL, 10) : 0;
    size_t right = 0, memory = 0, descriptors = 0, threads = 0;
    struct tlsdial_error error = {0};
    for (size_t i = 0; i < times; i++) {
        void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
        if (library == NULL) {
            fprintf(stderr, "%s\n", dlerror());
            return EXIT_FAILURE;
        }
        right += dial_once(library, argv, &error);
        dlclose(library);
        if (i == SETTLED) {
            memory = mallinfo2().uordblks;
            descriptors = entries("/proc/self/fd");
            threads = entries("/proc/self/task");
        }
    }
    size_t grown = mallinfo2().uordblks > memory ? mallinfo2().uordblks - memory : 0;
    printf("%s - loaded %zu times, and %zu dials went well\n",
           times > SETTLED && right == times ? "ok" : "not ok", times, right);
    if (right < times)
        printf("# %s\n", error.message);
    printf("%s - memory grows by no more than %d octets: %zu\n",
           grown <= MOST_GROWTH ? "ok" : "not ok", MOST_GROWTH, grown);
    printf("%s - descriptors and threads do not grow\n",
           entries("/proc/self/fd") == descriptors &&
                   entries("/proc/self/task") == threads
               ? "ok"
               : "not ok");
    return EXIT_SUCCESS;
}
