/* tlsdial_program.h: the commands of the program, and what they share. */
#ifndef TLSDIAL_PROGRAM_H
#define TLSDIAL_PROGRAM_H

#include "options.h"
#include "tlsdial.h"

/** The guide's flow: request, response, orderly end. Sets *error on failure. */
enum tlsdial_cause cmd_dial(tlsdial_client *client, const struct options *options,
                            struct tlsdial_error *error);

/** The report on a server. Sets *error on failure, also where that is the server's. */
enum tlsdial_cause cmd_check(tlsdial_client *client, const struct options *options,
                             struct tlsdial_error *error);

/** Standard input and output, or a program, over the connection, both ways at once. Sets *error on
 * failure; else *status is that of the program, 0 where there is none. */
enum tlsdial_cause cmd_pipe(tlsdial_client *client, const struct options *options,
                            int *status, struct tlsdial_error *error);

/** From now on each step of the evidence's dial is told on standard error (-v), and at once which
 * proxy is used. The options must live as long as the evidence. */
void verbose_begin(const struct options *options, tlsdial_evidence *evidence);
/** One more line of that kind, escaped here; the other one's text is escaped already. */
void verbose_line(const char *format, ...) TLSDIAL_PRINTF(1, 2);
void verbose_escaped(const char *format, ...) TLSDIAL_PRINTF(1, 2);
/** With --insecure, warns: before a dial (evidence: NULL) that it is so, and after it of what was
 * ignored. */
void warn_insecure(const struct options *options, const tlsdial_evidence *evidence);

/** Prints OpenSSL's error queue. */
void verbose_openssl_errors(void);

#endif
