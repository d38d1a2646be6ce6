/* output.c: see output.h. */
#include <config.h>

#include "output.h"

#include <string.h>

static enum tlsdial_cause output_failed(const struct output *output, int code,
                                        struct tlsdial_error *error)
{
    return tlsdial_error_set(error, TLSDIAL_OUTPUT, (unsigned long)code, "%s: %s",
                             output->name, strerror(code));
}

enum tlsdial_cause output_open(struct output *output, const char *path,
                               int64_t deadline_ms, struct tlsdial_error *error)
{
    int code = 0;
    *output = (struct output){.name = path != NULL ? path : "standard output",
                              .is_file = path != NULL,
                              .file = {.fd = OS_STANDARD_OUTPUT},
                              .deadline_ms = deadline_ms};
    if (path == NULL || os_new_file(&output->file, path, &code))
        return TLSDIAL_OK;
    output->is_file = false;
    return output_failed(output, code, error);
}

enum tlsdial_cause output_write(void *argument, const void *data, size_t length,
                                struct tlsdial_error *error)
{
    struct output *output = argument;
    int code = 0;
    if (length == 0)
        return TLSDIAL_OK;
    switch (os_write(output->file.fd, data, length, output->deadline_ms, &code)) {
    case OS_DONE:
        output->bytes += length;
        output->last = ((const char *)data)[length - 1];
        return TLSDIAL_OK;
    case OS_LATE:
        return tlsdial_error_set(error, TLSDIAL_DEADLINE_TRANSFER, 0,
                                 "%s did not take the data in time", output->name);
    default:
        return output_failed(output, code, error);
    }
}

enum tlsdial_cause output_commit(struct output *output, struct tlsdial_error *error)
{
    int code = 0;
    if (output->is_file) {
        output->is_file = false;
        return os_new_file_commit(&output->file, &code)
                   ? TLSDIAL_OK
                   : output_failed(output, code, error);
    }
    /* The guide's last touch, for people: scripts get the exact bytes. */
    if (output->bytes > 0 && output->last != '\n' && os_is_terminal(OS_STANDARD_OUTPUT))
        return output_write(output, "\n", 1, error);
    return TLSDIAL_OK;
}

void output_discard(struct output *output)
{
    if (output->is_file)
        os_new_file_discard(&output->file);
    output->is_file = false;
}
