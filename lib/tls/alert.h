/* alert.h: the alerts of TLS. */
#ifndef TLSDIAL_TLS_ALERT_H
#define TLSDIAL_TLS_ALERT_H

#include <stdbool.h>

/** In words, such as "handshake failure". Static. */
const char *alert_name(unsigned char alert);
/** Alerts by which servers refuse what came, or did not come, in answer to a CertificateRequest;
 * they are not of one mind which it is. */
bool alert_is_about_certificate(unsigned char alert);

#endif
