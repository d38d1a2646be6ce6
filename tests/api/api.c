/* api.c: see api.h. */
#include <config.h>

#include "api.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

bool check(bool good, const char *what, ...)
{
    va_list arguments;
    va_start(arguments, what);
    fputs(good ? "ok - " : "not ok - ", stdout);
    vprintf(what, arguments);
    putchar('\n');
    fflush(stdout);
    va_end(arguments);
    return good;
}

bool check_cause(enum tlsdial_cause got, enum tlsdial_cause want,
                 const struct tlsdial_error *error, const char *what)
{
    check(got == want, "%s", what);
    if (got != want)
        printf("# expected %s, got %s: %s\n", tlsdial_cause_token(want),
               tlsdial_cause_token(got), error != NULL ? error->message : "");
    return got == want;
}

void give_up(const struct tlsdial_error *error, const char *what)
{
    check(false, "%s", what);
    printf("# %s\n", error != NULL ? error->message : "");
    exit(EXIT_FAILURE);
}

tlsdial_client *client_of(const char *ca_file)
{
    struct tlsdial_error error = {0};
    tlsdial_client *client = tlsdial_client_new(&error);
    if (client == NULL ||
        tlsdial_client_add_ca_file(client, ca_file, &error) != TLSDIAL_OK)
        give_up(&error, "a client is made");
    return client;
}

tlsdial_conn *dialled(tlsdial_client *client, const char *host, const char *port,
                      const struct tlsdial_options *options)
{
    struct tlsdial_error error = {0};
    tlsdial_conn *conn = tlsdial_dial(client, host, port, options, &error);
    if (conn == NULL)
        give_up(&error, "a connection is made");
    return conn;
}

int connected_socket(const char *host, const char *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)atoi(port))};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || inet_pton(AF_INET, host, &address.sin_addr) != 1 ||
        connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        give_up(NULL, "a socket is connected");
    return fd;
}

void fill_pattern(unsigned char *data, size_t length, uint32_t seed)
{
    uint32_t state = seed * 2654435761U + 1;
    for (size_t i = 0; i < length; i++) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        data[i] = (unsigned char)state;
    }
}

void append_file(const char *path, const void *data, size_t length)
{
    FILE *file = fopen(path, "ab");
    if (file == NULL || fwrite(data, 1, length, file) != length || fclose(file) != 0)
        give_up(NULL, "a file is written");
}

void *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *data = malloc(1 << 20);
    if (file == NULL || data == NULL)
        give_up(NULL, "a file is read");
    *length = fread(data, 1, 1 << 20, file);
    fclose(file);
    return data;
}

int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
