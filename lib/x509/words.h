/* words.h: one thing that is wrong with a certificate: its cause, and the facts in words. */
#ifndef TLSDIAL_X509_WORDS_H
#define TLSDIAL_X509_WORDS_H

#include <openssl/x509.h>

#include "tlsdial.h"

/** The cause that an X509_V_ERR_ code of a certificate stands for. */
enum tlsdial_cause problem_cause(int code, X509 *certificate);
/** Of several causes, that of the lowest precedence is told. */
int problem_precedence(enum tlsdial_cause cause);
/** What is wrong, to be read after the certificate's subject. Not escaped. */
void problem_reason(char *to, size_t size, const tlsdial_conn *conn,
                    X509_STORE_CTX *store_ctx, int code);
/** The error that says it whole. */
void problem_describe(struct tlsdial_error *error, const tlsdial_conn *conn,
                      X509_STORE_CTX *store_ctx, int code, const char *reason);

/** Where the dates of a certificate are at fault and the system's clock cannot be right, the hint
 * says so. */
void problem_suspect_clock(const tlsdial_conn *conn, struct tlsdial_error *error);

#endif
