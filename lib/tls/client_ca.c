/* client_ca.c: the CAs whose client certificates a server accepts. */
#include <config.h>

#include "tls/client_ca.h"

#include <stdio.h>

#include "base/text.h"
#include "x509/certificate.h"

#define MOST_IN_MESSAGE 3

bool client_ca_read(struct client_ca_list *list, SSL *ssl)
{
    const STACK_OF(X509_NAME) *names = SSL_get0_peer_CA_list(ssl);
    int count = sk_X509_NAME_num(names); /* -1 of NULL */
    if (count <= 0)
        return true;
    list->names = OPENSSL_zalloc((size_t)count * sizeof *list->names);
    if (list->names == NULL)
        return false;
    for (int i = 0; i < count; i++) {
        char *name = name_text(sk_X509_NAME_value(names, i));
        if (name == NULL)
            return false;
        list->names[list->count++] = name;
    }
    return true;
}

void client_ca_clear(struct client_ca_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        OPENSSL_free(list->names[i]);
    OPENSSL_free(list->names);
    *list = (struct client_ca_list){0};
}

void client_ca_append(const struct client_ca_list *list, struct tlsdial_error *error)
{
    char more[64];
    if (error == NULL || list->count == 0)
        return;
    text_append(error->message, sizeof error->message,
                "; it accepts certificates of the CA");
    for (size_t i = 0; i < list->count && i < MOST_IN_MESSAGE; i++) {
        text_append(error->message, sizeof error->message, i > 0 ? ", \"" : " \"");
        text_append(error->message, sizeof error->message, list->names[i]);
        text_append(error->message, sizeof error->message, "\"");
    }
    if (list->count <= MOST_IN_MESSAGE)
        return;
    snprintf(more, sizeof more, " and %zu more: -v prints them",
             list->count - MOST_IN_MESSAGE);
    text_append(error->message, sizeof error->message, more);
}
