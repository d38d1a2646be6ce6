/*
 * certstore_windows.c: puts a CA certificate into the certificate store of Windows, for a test.
 *
 *     certstore FILE     FILE is a certificate in DER
 *
 * It comes to the root certificates of the user, where it stays. Windows itself asks the user
 * first, and should be told no: this is for a wine of the build's own.
 */
#include <config.h>

#include <stdio.h>
#include <windows.h>

#include <wincrypt.h> /* after windows.h */

#define LARGEST_CERTIFICATE 65536

int main(int argc, char **argv)
{
    static BYTE der[LARGEST_CERTIFICATE];
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    DWORD length = file == NULL ? 0 : (DWORD)fread(der, 1, sizeof der, file);
    HCERTSTORE store = CertOpenSystemStoreW(0, L"ROOT");
    BOOL ok = length > 0 && store != NULL &&
              CertAddEncodedCertificateToStore(store, X509_ASN_ENCODING, der, length,
                                               CERT_STORE_ADD_REPLACE_EXISTING, NULL);
    if (!ok)
        fprintf(stderr, "certstore: error %lu\n", GetLastError());
    if (store != NULL)
        CertCloseStore(store, 0);
    if (file != NULL)
        fclose(file);
    return ok ? 0 : 1;
}
