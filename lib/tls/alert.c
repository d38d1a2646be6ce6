/* alert.c: the alerts of RFC 8446, section 6, in words. */
#include <config.h>

#include "tls/alert.h"

#include <openssl/ssl.h>

bool alert_is_about_certificate(unsigned char alert)
{
    switch (alert) {
    case SSL_AD_HANDSHAKE_FAILURE:
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_ACCESS_DENIED:
    case SSL_AD_DECRYPT_ERROR:
    case SSL_AD_CERTIFICATE_REQUIRED:
        return true;
    default:
        return false;
    }
}

const char *alert_name(unsigned char alert)
{
    switch (alert) { /* what OpenSSL 3.0 has no words for */
    case SSL_AD_NO_APPLICATION_PROTOCOL:
        return "no application protocol";
    case SSL_AD_CERTIFICATE_REQUIRED:
        return "certificate required";
    case SSL_AD_MISSING_EXTENSION:
        return "missing extension";
    case SSL_AD_INAPPROPRIATE_FALLBACK:
        return "inappropriate fallback";
    default:
        return SSL_alert_desc_string_long(alert);
    }
}
