/* credentials.c: see credentials.h. */
#include <config.h>

#include "credentials.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/ui.h>
#include <stdlib.h>
#include <string.h>

#include "os.h"

static const char *after(const char *prefix, const char *text)
{
    size_t length = strlen(prefix);
    return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

/* -1 where it is no descriptor's number, or NULL. */
static int descriptor(const char *text)
{
    size_t length = text != NULL ? strlen(text) : 0;
    bool number = length > 0 && length < 6 && strspn(text, "0123456789") == length;
    return number ? atoi(text) : -1;
}

enum tlsdial_cause credentials_check_source(const char *option, const char *from,
                                            struct tlsdial_error *error)
{
    const char *variable = after("env:", from), *path = after("file:", from);
    const char *number = after("fd:", from);
    if ((variable != NULL && *variable != '\0') || (path != NULL && *path != '\0') ||
        (number != NULL && descriptor(number) >= 0))
        return TLSDIAL_OK;
    return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                             "--%s takes env:VARIABLE, file:PATH or fd:NUMBER, and never "
                             "the pass phrase itself",
                             option);
}

enum tlsdial_cause credentials_check_name(const char *option, const char *name,
                                          struct tlsdial_error *error)
{
    static const char attribute[] = "pin-value=";
    const char *colon = strchr(name, ':'), *found = colon;
    while (found != NULL && (found = strstr(found + 1, attribute)) != NULL)
        if (strchr(":;?&", found[-1]) != NULL)
            return tlsdial_error_set(
                error, TLSDIAL_USAGE, 0,
                "--%s takes no URI with pin-value, which everybody on this system could "
                "read; use --pass, --ask-pass or pin-source",
                option);
    return TLSDIAL_OK;
}

static enum tlsdial_cause too_late(const char *name, struct tlsdial_error *error)
{
    return tlsdial_error_set(error, TLSDIAL_DEADLINE_TRANSFER, 0,
                             "no pass phrase came from %s in time", name);
}

static enum tlsdial_cause too_long(struct tlsdial_error *error)
{
    return tlsdial_error_set(error, TLSDIAL_PASSPHRASE, 0, "the pass phrase is too long");
}

static enum tlsdial_cause from_environment(const char *name, char *buffer, size_t size,
                                           struct tlsdial_error *error)
{
    const char *value = getenv(name);
    if (value == NULL)
        return tlsdial_error_set(error, TLSDIAL_PASSPHRASE, 0,
                                 "the environment variable '%s' is not set", name);
    if (strlen(value) >= size)
        return too_long(error);
    strcpy(buffer, value);
    return TLSDIAL_OK;
}

/* Byte by byte: what follows the line in a descriptor is somebody else's. */
static enum tlsdial_cause from_descriptor(int fd, const char *name,
                                          struct deadline deadline, char *buffer,
                                          size_t size, struct tlsdial_error *error)
{
    for (size_t used = 0; used < size; used++) {
        size_t n;
        int code = 0;
        enum os_result result = os_read(fd, buffer + used, 1, deadline, &n, &code);
        if (result == OS_LATE)
            return too_late(name, error);
        if (result == OS_FAILED)
            return tlsdial_error_set(error, TLSDIAL_PASSPHRASE, (unsigned long)code,
                                     "pass phrase from %s: %s", name, strerror(code));
        if (n == 0 || buffer[used] == '\n') {
            used -= used > 0 && n > 0 && buffer[used - 1] == '\r' ? 1 : 0;
            buffer[used] = '\0';
            return TLSDIAL_OK;
        }
    }
    return too_long(error);
}

static enum tlsdial_cause from_file(const char *path, struct deadline deadline,
                                    char *buffer, size_t size,
                                    struct tlsdial_error *error)
{
    int fd, code;
    enum os_result result = os_open_to_read(path, deadline, &fd, &code);
    if (result == OS_LATE)
        return too_late(path, error);
    if (result == OS_FAILED)
        return tlsdial_error_set(error, TLSDIAL_PASSPHRASE, (unsigned long)code,
                                 "pass phrase from '%s': %s", path, strerror(code));
    enum tlsdial_cause cause = from_descriptor(fd, path, deadline, buffer, size, error);
    os_close(fd);
    return cause;
}

/* OpenSSL's dialogue, which turns echo off and back on, also when a signal comes. Without a
 * terminal it would read standard input. */
static enum tlsdial_cause from_terminal(struct deadline deadline, char *buffer,
                                        size_t size, struct tlsdial_error *error)
{
    UI *ui = os_has_terminal() ? UI_new() : NULL;
    bool got =
        ui != NULL &&
        UI_add_input_string(ui, "Pass phrase: ", 0, buffer, 0, (int)size - 1) >= 0 &&
        UI_process(ui) == 0;
    UI_free(ui);
    if (got)
        return TLSDIAL_OK;
    if (ui != NULL && deadline_passed(deadline))
        return too_late("the terminal", error);
    return tlsdial_error_set(error, TLSDIAL_PASSPHRASE, 0, "%s",
                             ui != NULL
                                 ? "no pass phrase was given"
                                 : "there is no terminal to ask for the pass phrase");
}

enum tlsdial_cause credentials_read_source(const char *from, struct deadline deadline,
                                           char *buffer, size_t size,
                                           struct tlsdial_error *error)
{
    enum tlsdial_cause cause;
    if (after("env:", from) != NULL)
        cause = from_environment(after("env:", from), buffer, size, error);
    else if (after("file:", from) != NULL)
        cause = from_file(after("file:", from), deadline, buffer, size, error);
    else
        cause = from_descriptor(descriptor(after("fd:", from)), from, deadline, buffer,
                                size, error);
    if (cause != TLSDIAL_OK)
        OPENSSL_cleanse(buffer, size);
    return cause;
}

/* A tlsdial_passphrase; its argument is the struct passphrase_options. The first line, without its end. */
static enum tlsdial_cause get_passphrase(void *argument, char *buffer, size_t size,
                                         struct tlsdial_error *error)
{
    const struct passphrase_options *credentials = argument;
    if (credentials->passphrase != NULL)
        return credentials_read_source(credentials->passphrase, credentials->deadline,
                                       buffer, size, error);
    enum tlsdial_cause cause = from_terminal(credentials->deadline, buffer, size, error);
    if (cause != TLSDIAL_OK)
        OPENSSL_cleanse(buffer, size);
    return cause;
}

enum tlsdial_cause credentials_apply(const struct passphrase_options *credentials,
                                     tlsdial_client *client, struct tlsdial_error *error)
{
    bool has_source = credentials->ask || credentials->passphrase != NULL;
    if (credentials->ask && credentials->passphrase != NULL)
        return tlsdial_error_set(error, TLSDIAL_USAGE, 0,
                                 "--pass or --ask-pass, not both");
    if (credentials->certificate != NULL)
        return tlsdial_client_set_certificate(
            client, credentials->certificate, credentials->key,
            has_source ? get_passphrase : NULL, (void *)(uintptr_t)credentials, error);
    if (credentials->key == NULL && !has_source)
        return TLSDIAL_OK;
    return tlsdial_error_set(error, TLSDIAL_USAGE, 0, "--%s goes with --cert",
                             credentials->key != NULL          ? "key"
                             : credentials->passphrase != NULL ? "pass"
                                                               : "ask-pass");
}
