/* output.c: see output.h. */
#include <config.h>

#include "output.h"

#include <string.h>

#define PIECE 4096 /* octets that are made fit for a terminal at once */

static enum tlsdial_cause output_failed(const struct output *output, int code,
                                        struct tlsdial_error *error)
{
    return tlsdial_error_set(error, TLSDIAL_OUTPUT, (unsigned long)code, "%s: %s",
                             output->name, strerror(code));
}

/* Why the file cannot be made, or cannot get its name. */
static enum tlsdial_cause file_failed(const struct output *output,
                                      const struct new_file_fault *fault,
                                      struct tlsdial_error *error)
{
    const char *reason = strerror(fault->code);
    unsigned long code = (unsigned long)fault->code;
    if (fault->of == NEW_FILE_PATH)
        return output_failed(output, fault->code, error);
    if (fault->of == NEW_FILE_MOUNT_POINT)
        tlsdial_error_set(error, TLSDIAL_OUTPUT, code,
                          "%s: it is a mount point, which no new file can replace: %s",
                          output->name, reason);
    else if (fault->of == NEW_FILE_STICKY)
        tlsdial_error_set(error, TLSDIAL_OUTPUT, code,
                          "%s: the folder '%s' is sticky: only the owner of the file may "
                          "replace it: %s",
                          output->name, fault->folder, reason);
    else
        tlsdial_error_set(error, TLSDIAL_OUTPUT, code,
                          "%s: no new file can be made in the folder '%s': %s",
                          output->name, fault->folder, reason);
    tlsdial_text_escape(
        error->hint, sizeof error->hint,
        "name a file in another folder, or instead of -o use standard output: > FILE, "
        "which writes over what is there");
    return TLSDIAL_OUTPUT;
}

enum tlsdial_cause output_open(struct output *output, const char *path,
                               struct deadline deadline, struct tlsdial_error *error)
{
    struct new_file_fault fault;
    *output = (struct output){.name = path != NULL ? path : "standard output",
                              .file = {.fd = OS_STANDARD_OUTPUT},
                              .deadline = deadline};
    if (path == NULL)
        return TLSDIAL_OK;
    output->is_file = true;
    switch (new_file_begin(&output->file, path, deadline, &fault)) {
    case OS_DONE:
        return TLSDIAL_OK;
    case OS_LATE:
        return tlsdial_error_set(error, TLSDIAL_DEADLINE_TRANSFER, 0,
                                 "%s: nobody opened its other end in time", path);
    default:
        return file_failed(output, &fault, error);
    }
}

void output_distrust(struct output *output)
{
    output->shown = os_is_terminal(output->file.fd);
}

static enum tlsdial_cause write_out(const struct output *output, const void *data,
                                    size_t length, struct tlsdial_error *error)
{
    int code = 0;
    switch (os_write(output->file.fd, data, length, output->deadline, &code)) {
    case OS_DONE:
        return TLSDIAL_OK;
    case OS_LATE:
        return tlsdial_error_set(error, TLSDIAL_DEADLINE_TRANSFER, 0,
                                 "%s did not take the data in time", output->name);
    default:
        return output_failed(output, code, error);
    }
}

static enum tlsdial_cause write_shown(struct output *output, const char *data,
                                      size_t length, bool last,
                                      struct tlsdial_error *error)
{
    char text[TERMINAL_TEXT_ROOM(PIECE)];
    enum tlsdial_cause cause;
    do {
        size_t part = length < PIECE ? length : PIECE;
        size_t shown =
            terminal_text(&output->text, text, data, part, last && part == length);
        cause = write_out(output, text, shown, error);
        data += part;
        length -= part;
    } while (cause == TLSDIAL_OK && length > 0);
    return cause;
}

enum tlsdial_cause output_write(void *argument, const void *data, size_t length,
                                struct tlsdial_error *error)
{
    struct output *output = argument;
    if (length == 0)
        return TLSDIAL_OK;
    enum tlsdial_cause cause = output->shown
                                   ? write_shown(output, data, length, false, error)
                                   : write_out(output, data, length, error);
    if (cause == TLSDIAL_OK) {
        output->bytes += length;
        output->last = ((const char *)data)[length - 1];
    }
    return cause;
}

/* The guide's last touch, for people: scripts get the exact bytes. */
static enum tlsdial_cause end_line(struct output *output, struct tlsdial_error *error)
{
    enum tlsdial_cause cause =
        output->shown ? write_shown(output, "", 0, true, error) : TLSDIAL_OK;
    if (cause == TLSDIAL_OK && output->bytes > 0 && output->last != '\n' &&
        os_is_terminal(output->file.fd))
        cause = write_out(output, "\n", 1, error);
    return cause;
}

enum tlsdial_cause output_commit(struct output *output, struct tlsdial_error *error)
{
    struct new_file_fault fault;
    enum tlsdial_cause cause =
        !output->is_file || output->shown ? end_line(output, error) : TLSDIAL_OK;
    if (cause != TLSDIAL_OK || !output->is_file)
        return cause;
    output->is_file = false;
    return new_file_commit(&output->file, &fault) ? TLSDIAL_OK
                                                  : file_failed(output, &fault, error);
}

void output_discard(struct output *output)
{
    if (output->is_file)
        new_file_discard(&output->file);
    output->is_file = false;
}
