/* client.h: trust and policy of many dials. */
#ifndef TLSDIAL_TLS_CLIENT_H
#define TLSDIAL_TLS_CLIENT_H

#include "tls/policy.h"
#include "tlsdial.h"

/** Before each dial: seals the client and loads the default trust store, unless there is other
 * trust: reading it costs more than a handshake. Thread-safe. */
enum tlsdial_cause client_seal(tlsdial_client *client, struct tlsdial_error *error);
/** TLSDIAL_MISUSE without a client, and once it is sealed. For each function that sets something. */
enum tlsdial_cause client_check_open(tlsdial_client *client, struct tlsdial_error *error);
/** The same, and without a setting. */
enum tlsdial_cause client_check_setting(tlsdial_client *client, const void *setting,
                                        struct tlsdial_error *error);
/** Before the first trust of the user's own: drops the default trust. False when out of memory. */
bool client_begin_own_trust(tlsdial_client *client);
bool client_is_family(enum tlsdial_family family);

#endif
