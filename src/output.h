/* output.h: where the response goes: standard output, or a file that appears when complete. */
#ifndef TLSDIAL_OUTPUT_H
#define TLSDIAL_OUTPUT_H

#include "os.h"
#include "tlsdial.h"

struct output {
    const char *name; /**< for messages */
    bool is_file;
    struct os_new_file file;
    int64_t deadline_ms;
    uint64_t bytes; /**< written so far */
    char last;      /**< the last one of them */
};

/** path: NULL for standard output. deadline_ms: on os_clock_ms(), for every write. */
enum tlsdial_cause output_open(struct output *output, const char *path,
                               int64_t deadline_ms, struct tlsdial_error *error);
/** A tlsdial_sink; its argument is the output. */
enum tlsdial_cause output_write(void *output, const void *data, size_t length,
                                struct tlsdial_error *error);
/** The response is complete: a file gets its name, a terminal a line end if there was none. */
enum tlsdial_cause output_commit(struct output *output, struct tlsdial_error *error);
/** What output_commit() did not complete is dropped; the standard output keeps what it got. */
void output_discard(struct output *output);

#endif
