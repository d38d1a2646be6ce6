# shellcheck shell=sh
# The certificate store of Windows, which is the default trust where OpenSSL can ask it.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
[ "$EXEEXT" = .exe ] || skip_all 'this system has no certificate store of Windows'
grep -q '^#define TLSDIAL_CA_\(BUNDLE\|PATH\) "' "$TOP_BUILDDIR/config.h" &&
    skip_all 'this build was configured to trust something else'
requires openssl

make_usual
make_ca windows-root 'A root in the store of Windows'
make_ca elsewhere 'A root elsewhere'
make_cert trusted windows-root DNS:localhost
quietly "$T/der.log" "$OPENSSL" x509 -in "$T/windows-root.pem" -outform DER -out "$T/root.der"
offer trusted

run tlsdial --version
status_is 0 'which OpenSSL it is'
if grep -q 'OpenSSL 3\.[01]\.' "$T/out"; then
    dial trust=none localhost "$port"
    failed_as 10 ca-store 'the default trust store is not set up' 'OpenSSL cannot ask the store'
    err_has 'hint: --cacert FILE' 'the hint names --cacert'
    skip 'the store' 'this OpenSSL cannot ask it' 10
    done_testing 13
    exit
fi

dial trust=none localhost "$port"
failed_as 45 incomplete-chain 'or the Windows certificate store' 'a CA that is not in the store'

within 60 built tests/tools/certstore "$T/root.der"
status_is 0 'a CA is put into the store' || bail_out 'the store takes no certificate'
dial trust=none -v localhost "$port"
status_is 0 'a CA that is in the store'
err_has '* trusted: the Windows certificate store' 'the store is told, -v'
err_lacks 'trusted: /etc/ssl' 'no place of a distribution is looked at'
if has_check; then
    check trust=none localhost "$port"
    status_is 0 'check, too'
    out_has 'CN=A root in the store of Windows' 'the anchor is in the report'
else
    skip 'check, too' "this tlsdial was built without 'check'" 2
fi
dial trust="$T/elsewhere.pem" localhost "$port"
failed_as 45 incomplete-chain "nor found in $T/elsewhere.pem" '--cacert replaces the store'
err_lacks 'Windows certificate store' 'it is then not looked at'
run with_env SSL_CERT_FILE="$T/elsewhere.pem" tlsdial localhost "$port"
status_is 45 'SSL_CERT_FILE replaces it, too'
err_lacks 'Windows certificate store' 'it is then not looked at either'

offer
dial trust=none localhost "$port"
failed_as 45 incomplete-chain 'or the Windows certificate store' 'another CA than the one in it'

done_testing 13
