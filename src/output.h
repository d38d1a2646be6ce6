/* output.h: where the response goes: standard output, or a file that appears when complete. */
#ifndef TLSDIAL_OUTPUT_H
#define TLSDIAL_OUTPUT_H

#include "new_file.h"
#include "terminal_text.h"
#include "tlsdial.h"

struct output {
    const char *name; /**< for messages */
    bool is_file;
    struct new_file file;
    struct deadline deadline; /**< for every write */
    uint64_t bytes;           /**< taken so far */
    char last;                /**< the last one of them */
    bool shown;               /**< to somebody at a terminal, by way of the text */
    struct terminal_text text;
};

/** path: NULL for standard output. */
enum tlsdial_cause output_open(struct output *output, const char *path,
                               struct deadline deadline, struct tlsdial_error *error);
/** What comes is a peer's: if it goes to a terminal, its control characters are escaped. */
void output_distrust(struct output *output);
/** A tlsdial_sink; its argument is the output. */
enum tlsdial_cause output_write(void *output, const void *data, size_t length,
                                struct tlsdial_error *error);
/** The response is complete: a file gets its name, a terminal a line end if there was none. */
enum tlsdial_cause output_commit(struct output *output, struct tlsdial_error *error);
/** What output_commit() did not complete is dropped; the standard output keeps what it got. */
void output_discard(struct output *output);

#endif
