#include <stdio.h>
#include <tlsdial.h>

/* Nobody listens on port 1: a library that works says that the connection was refused. */
int main(void)
{
    struct tlsdial_error err;
    tlsdial_client *client = tlsdial_client_new(&err);
    tlsdial_conn *conn =
        client ? tlsdial_dial(client, "127.0.0.1", "1", NULL, &err) : NULL;
    int as_expected = client && !conn && err.cause == TLSDIAL_REFUSED;
    printf("libtlsdial %s: cause %d\n", tlsdial_version(), (int)err.cause);
    tlsdial_conn_free(conn);
    tlsdial_client_free(client);
    return as_expected ? 0 : 1;
}
