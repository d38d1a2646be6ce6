/*
 * unload.c: a program that loads the library when it needs it, and unloads it while a lookup is
 * still under way.
 *
 *   unload LIBRARY
 *
 * The lookups are those of a getaddrinfo() here, which ends after the library was unloaded.  What
 * grows from one time to the next is memory that was lost.
 */
#include <config.h>

#include <dlfcn.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tlsdial.h"

#define TIMES 200

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                struct addrinfo **found)
{
    (void)host;
    (void)service;
    (void)hints;
    (void)found;
    usleep(40000);
    return EAI_NONAME;
}

struct api {
    __typeof__(tlsdial_client_new) *client_new;
    __typeof__(tlsdial_client_free) *client_free;
    __typeof__(tlsdial_client_set_connect_timeout) *set_connect_timeout;
    __typeof__(tlsdial_dial) *dial;
};

static bool find(void *library, const char *name, void *function)
{
    void *symbol = dlsym(library, name);
    memcpy(function, &symbol, sizeof symbol);
    return symbol != NULL;
}

static bool find_api(void *library, struct api *api)
{
    return find(library, "tlsdial_client_new", &api->client_new) &&
           find(library, "tlsdial_client_free", &api->client_free) &&
           find(library, "tlsdial_client_set_connect_timeout",
                &api->set_connect_timeout) &&
           find(library, "tlsdial_dial", &api->dial);
}

static bool use(const char *file)
{
    struct tlsdial_error error = {0};
    struct api api;
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL || !find_api(library, &api)) {
        printf("%s\n", dlerror());
        return false;
    }
    tlsdial_client *client = api.client_new(&error);
    bool ok = client != NULL &&
              api.set_connect_timeout(client, 10, &error) == TLSDIAL_OK &&
              api.dial(client, "late.example", "443", NULL, &error) == NULL &&
              error.cause == TLSDIAL_DEADLINE_RESOLVE;
    if (!ok)
        printf("%s\n", error.message);
    api.client_free(client);
    dlclose(library);
    return ok;
}

static long resident_pages(void)
{
    long total = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%ld %ld", &total, &resident) != 2)
        resident = 0;
    fclose(file);
    return resident;
}

int main(int count, char **arguments)
{
    long half = 0;
    if (count != 2)
        return 2;
    for (int i = 0; i < TIMES; i++) {
        if (!use(arguments[1]))
            return 1;
        if (i == TIMES / 2)
            half = resident_pages();
    }
    usleep(100000); /* for the last lookup to end */
    printf("%d times, %ld pages more in the second half\n", TIMES,
           resident_pages() - half);
    return 0;
}
