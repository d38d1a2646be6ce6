/* distrust.c: trust settings that reject a certificate; see distrust.h. */
#include <config.h>

#include "x509/distrust.h"

#include <openssl/x509v3.h>

/* Whether its trust settings reject it for servers. */
static bool has_rejection(X509 *certificate)
{
    STACK_OF(ASN1_OBJECT) *uses = X509_get0_reject_objects(certificate);
    for (int i = 0; i < sk_ASN1_OBJECT_num(uses); i++) {
        int use = OBJ_obj2nid(sk_ASN1_OBJECT_value(uses, i));
        if (use == NID_server_auth || use == NID_anyExtendedKeyUsage)
            return true;
    }
    return false;
}

bool distrust_covers(X509 *trusted, const X509 *certificate)
{
    return has_rejection(trusted) &&
           X509_NAME_cmp(X509_get_subject_name(trusted),
                         X509_get_subject_name(certificate)) == 0 &&
           X509_PUBKEY_eq(X509_get_X509_PUBKEY(trusted),
                          X509_get_X509_PUBKEY(certificate)) == 1;
}
