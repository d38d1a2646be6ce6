/*
 * api.h: what the programs of this folder share.  They know of the library what tlsdial.h says.
 *
 * They print TAP without numbers, which tests/lib/api.sh counts.
 */
#ifndef TLSDIAL_TESTS_API_H
#define TLSDIAL_TESTS_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tlsdial.h"

#define API_SOON 20000 /**< milliseconds: catches a hang, and nothing else */

/** Prints "ok - what" or "not ok - what", from a printf format. Returns good. */
bool check(bool good, const char *what, ...) TLSDIAL_PRINTF(2, 3);
/** The same for a cause, with the error's message where it is another. */
bool check_cause(enum tlsdial_cause got, enum tlsdial_cause want,
                 const struct tlsdial_error *error, const char *what);
/** Prints why the program cannot go on and ends it. */
void give_up(const struct tlsdial_error *error, const char *what);

/** A client that trusts the CA certificates of the file. Ends the program on failure. */
tlsdial_client *client_of(const char *ca_file);
/** A connection. Ends the program on failure. */
tlsdial_conn *dialled(tlsdial_client *client, const char *host, const char *port,
                      const struct tlsdial_options *options);
/** A connected TCP socket that blocks, as applications have them. */
int connected_socket(const char *host, const char *port);

/** Octets of which no two stretches are the same: what is lost, doubled or mixed shows. */
void fill_pattern(unsigned char *data, size_t length, uint32_t seed);
/** Appends to a file. */
void append_file(const char *path, const void *data, size_t length);
/** A file's contents, to be freed. Ends the program on failure. */
void *read_file(const char *path, size_t *length);

int64_t now_ms(void);

#endif
