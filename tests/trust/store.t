# shellcheck shell=sh
# Where trust comes from, and that an indexed bundle means what OpenSSL takes it for.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires openssl python
cd "$T" || bail_out "no scratch folder"

same() { # same CODE DESC [--partial-chain|--crl-check] BUNDLE CHAIN: both say this
    same_code=$1 same_desc=$2
    shift 2
    run built tests/tools/trust_equality "$@"
    status_is 0 "both ways are of one mind: $same_desc"
    out_matches "^$same_code" "$same_desc"
}
TRUSTED='0 ' ABSENT='20 ' UNTRUSTED='2[78] ' REVOKED='23 ' NO_CRL='3 '

make_usual
make_ca other 'Another CA'
SUBJECT='/CN=Issuing CA'
make_intermediate issuing ca
make_cert below issuing DNS:localhost
make_cert gone ca DNS:localhost
revoke gone ca
make_crl ca ca
cat below.pem issuing.pem >below.chain

# --- what a bundle may look like --------------------------------------------------------

same "$TRUSTED" 'one certificate' ca.pem server.pem
same "$ABSENT" 'another one' other.pem server.pem
cat other.pem ca.pem issuing.pem >three.pem
same "$TRUSTED" 'one of three' three.pem server.pem
same "$TRUSTED" 'below an intermediate' three.pem below.chain
cat ca.pem ca.pem other.pem ca.pem >twice.pem
same "$TRUSTED" 'the same one several times' twice.pem server.pem

make_ca namesake 'tlsdial test CA'
cat namesake.pem ca.pem >namesakes.pem
same "$TRUSTED" 'a namesake before it' namesakes.pem server.pem
cat ca.pem namesake.pem >namesakes.pem
same "$TRUSTED" 'a namesake after it' namesakes.pem server.pem
same '[1-9]' 'a namesake only' namesake.pem server.pem

same "$ABSENT|2 " 'an intermediate only' issuing.pem below.pem
same "$TRUSTED" 'an intermediate as anchor' --partial-chain issuing.pem below.pem
same "$TRUSTED" 'the leaf itself as anchor' --partial-chain server.pem server.pem

sed 's/$/\r/' three.pem >crlf.pem
same "$TRUSTED" 'CRLF' crlf.pem server.pem
{
    printf '# A comment\n\n   -----BEGIN CERTIFICATE-----\nAAAA\nRoot: %s\n=====\n' 'caf\303\251'
    cat other.pem
    printf 'text -----END CERTIFICATE-----\n\t\n'
    cat ca.pem
    printf 'the end, without a line break'
} >text.pem
same "$TRUSTED" 'text between the blocks' text.pem server.pem
"$OPENSSL" x509 -in ca.pem -text >with-text.pem
same "$TRUSTED" 'what openssl x509 -text says' with-text.pem server.pem
sed 's/CERTIFICATE/X509 CERTIFICATE/' three.pem >old-label.pem
same "$TRUSTED" 'the old label' old-label.pem server.pem
printf '%s' "$(cat ca.pem)" >no-newline.pem
same "$TRUSTED" 'no line break at the end' no-newline.pem server.pem

rewrapped() { # rewrapped WIDTH: ca.pem with lines of that length
    echo '-----BEGIN CERTIFICATE-----'
    grep -v -e '-----' ca.pem | tr -d '\n' | fold -w "$1"
    printf '\n-----END CERTIFICATE-----\n'
}
for width in 1 3 63 65 76 200 253 254 255 2000; do
    rewrapped $width >wrapped.pem
    same '0 |unreadable' "base64 in lines of $width" wrapped.pem server.pem
done
rewrapped 64 | sed '3s/$/  /' >blanks.pem
same '0 |unreadable' 'blanks at the end of a line' blanks.pem server.pem
rewrapped 64 | sed '3s/^/ /' >blanks.pem
same '0 |unreadable' 'a blank at the start of a line' blanks.pem server.pem
rewrapped 64 | sed '3s/$/\n/' >blanks.pem
same 'unreadable' 'an empty line in a block' blanks.pem server.pem
sed '1s/$/ /' ca.pem >blanks.pem
same "$TRUSTED" 'a blank after the label' blanks.pem server.pem

# --- what is no bundle, or not quite ----------------------------------------------------

damaged() { # damaged DESC: damaged.pem, good certificates before and after
    cat other.pem damaged.pem ca.pem >damaged.bundle
    same "$TRUSTED|$ABSENT|unreadable" "$1" damaged.bundle server.pem
    cat ca.pem damaged.pem >damaged.bundle
    same "$TRUSTED|unreadable" "$1, at the end" damaged.bundle server.pem
}
head -n 4 other.pem >damaged.pem
damaged 'a block cut off'
head -n 1 other.pem >damaged.pem
damaged 'a first line only'
sed '$d' other.pem >damaged.pem
damaged 'a block without its end'
sed '3s/./!/' other.pem >damaged.pem
damaged 'a character that is not base64'
sed '3s/.$/=/' other.pem >damaged.pem
damaged 'padding in the middle'
sed '3s/.$//' other.pem >damaged.pem
damaged 'a character lost'
sed '$s/CERTIFICATE/CRL/' other.pem >damaged.pem
damaged 'an end of another label'
printf -- '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n' >damaged.pem
damaged 'an empty block'
printf -- '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n' >damaged.pem
damaged 'a block of an empty sequence'
printf -- '-----BEGIN CERTIFICATE-----\nProc-Type: 4\n\n%s\n' "$(sed 1d other.pem)" >damaged.pem
damaged 'a header'
cp other.key damaged.pem
damaged 'a private key'
printf -- '-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n' >damaged.pem
damaged 'a public key'
printf 'a\0b\n' >damaged.pem
damaged 'a NUL'
printf '%0300d\n' 0 >damaged.pem
damaged 'a long line'
printf '%0254d-----BEGIN CERTIFICATE-----\n%s\n' 0 "$(sed 1d ca.pem)" >damaged.pem
damaged 'a first line at the end of a long one'

: >empty.pem
mkdir directory
printf 'no certificate\n' >words.pem
for nothing in empty.pem words.pem directory none.pem; do
    same unreadable "nothing to trust: $nothing" $nothing server.pem
    run tlsdial --cacert "$nothing" localhost 1
    failed_as 10 ca-store "$nothing" "nothing to trust: $nothing: told"
done

# --- names that are equal and not the same ----------------------------------------------

retyped() { # retyped MASK SUBJECT: the root's key under that name, in that string type
    printf '[req]\nstring_mask = MASK:%s\ndistinguished_name = n\nx509_extensions = e\n[n]\n[e]\nbasicConstraints = critical,CA:TRUE\nsubjectKeyIdentifier = hash\n' \
        "$1" >retyped.cnf
    quietly retyped.log "$OPENSSL" req -x509 -new -key ca.key -subj "$2" -days 30 \
        -config retyped.cnf -out retyped.pem
    cat other.pem retyped.pem >retyped.bundle
}
for mask in 0x2 0x4 0x10 0x100 0x800 0x2000; do
    for subject in '/CN=tlsdial test CA' '/CN=  TLSDIAL   Test ca '; do
        retyped $mask "$subject"
        same "$TRUSTED" "string type $mask, '$subject'" retyped.bundle server.pem
    done
done
retyped 0x2000 '/CN=tlsdial test C A'
same "$ABSENT" 'a blank where there is none' retyped.bundle server.pem
retyped 0x2000 '/O=tlsdial test CA'
same "$ABSENT" 'another attribute' retyped.bundle server.pem

# Of the same length, and the same name: a UTF8String that is constructed of one (BER).
retyped 0x2000 '/CN=tlsdial  test  CA'
"$OPENSSL" x509 -in retyped.pem -outform DER |
    LC_ALL=C sed 's/\x0c\x11tlsdial  test  CA/\x2c\x11\x0c\x0ftlsdial test CA/g' >constructed.der
"$OPENSSL" x509 -in constructed.der -inform DER -out retyped.pem
"$OPENSSL" asn1parse -in retyped.pem | grep -q 'cons: UTF8STRING'
judge $? 'a CA whose name has a constructed string' 'asn1parse does not show one'
cat other.pem retyped.pem >retyped.bundle
same "$TRUSTED" 'a constructed string' retyped.bundle server.pem

# --- trust settings and CRLs --------------------------------------------------------------

trusted() { # trusted NAME ARGS...: ca.pem as TRUSTED CERTIFICATE
    trusted_file=$1.pem
    shift
    "$OPENSSL" x509 -in ca.pem -trustout "$@" >"$trusted_file"
    cat other.pem "$trusted_file" >"$trusted_file.bundle"
}
trusted plain
same "$TRUSTED" 'TRUSTED CERTIFICATE without settings' plain.pem.bundle server.pem
trusted for-servers -addtrust serverAuth -setalias 'A name'
same "$TRUSTED" 'trusted for servers' for-servers.pem.bundle server.pem
trusted for-mail -addtrust emailProtection
same "$UNTRUSTED" 'trusted for mail' for-mail.pem.bundle server.pem
trusted rejected -addreject serverAuth
same "$UNTRUSTED" 'rejected for servers' rejected.pem.bundle server.pem
cat ca.pem rejected.pem >both.pem
same "$TRUSTED" 'plain, and rejected for servers' both.pem server.pem

same "$NO_CRL" 'no CRL' --crl-check three.pem server.pem
cat three.pem ca.crl >with-crl.pem
same "$TRUSTED" 'a CRL in the bundle' --crl-check with-crl.pem server.pem
same "$REVOKED" 'a CRL in the bundle, and revoked' --crl-check with-crl.pem gone.pem
cat ca.crl >crl-only.pem
same "$ABSENT" 'a CRL only' crl-only.pem server.pem
sed '3s/./!/' ca.crl >broken.crl
cat ca.pem broken.crl >damaged.bundle
same unreadable 'a CRL that is damaged' damaged.bundle server.pem

# --- many ---------------------------------------------------------------------------------

# OpenSSL's own lookup parses each of them: fewer, where an emulator does so.
many=10001
[ -z "$EMULATOR" ] || many=1001
"$PYTHON" - "$many" <<'END'
import base64, sys
pem = open("other.pem").read().split("-----")[2]
der = base64.b64decode(pem)
def block(n):
    # A name of the same length for each; nobody verifies the signature of an anchor.
    text = base64.encodebytes(der.replace(b"Another CA", b"CA %07d" % n)).decode()
    return text.replace("\n", "")
with open("many.pem", "w") as out:
    for n in range(int(sys.argv[1]) - 1):
        body = block(n)
        lines = "\n".join(body[i:i + 64] for i in range(0, len(body), 64))
        out.write("-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n" % lines)
    out.write(open("ca.pem").read())
END
run built tests/tools/trust_equality many.pem server.pem below.pem
status_is 0 "both ways are of one mind: $many certificates"
is "$(wc -l <"$T/out" | tr -d ' ')" 2 "$many certificates: two chains"
sed -n 1p "$T/out" | grep -q "^$TRUSTED"
judge $? "$many certificates" "expected line 1: $TRUSTED"
sed -n 2p "$T/out" | grep -q "^$ABSENT"
judge $? "$many certificates without the right one" "expected line 2: $ABSENT"

# --- the program ----------------------------------------------------------------------------

offer
run tlsdial -v --cacert many.pem localhost "$port"
status_is 0 "a bundle of $many"
err_has "trusted: many.pem, with $many certificates" 'how many there are is told'
mkfifo fifo
cat three.pem >fifo &
remember $!
dial trust=fifo localhost "$port"
status_is 0 'a FIFO'
mkdir hashed
cp other.pem hashed
quietly rehash.log "$OPENSSL" rehash hashed
run tlsdial -v --capath hashed --cacert ca.pem --cacert other.pem localhost "$port"
status_is 0 'a directory and two files'
err_has 'trusted: hashed, with 1 certificate' 'the directory is told'
err_has 'trusted: ca.pem, with 1 certificate' 'the first file'
err_has 'trusted: other.pem, with 1 certificate' 'the second file'
separator=:
[ "$EXEEXT" != .exe ] || separator=';'
cp -R hashed "hashed${separator}more"
run tlsdial --capath "hashed${separator}more" localhost "$port"
failed_as 10 ca-store 'take this name for a list' 'a directory whose name OpenSSL would take for two'
beyond=$(printf 'gr\303\274n')
cp -R hashed "$beyond"
cp ca.pem "$beyond"
quietly rehash.log "$OPENSSL" rehash "$beyond"
run tlsdial -v --capath "$beyond" localhost "$port"
status_is 0 'a directory with a name beyond ASCII'
err_has "trusted: $beyond, with 2 certificates" 'and it is told'
run with_env SSL_CERT_DIR="$beyond" SSL_CERT_FILE=none tlsdial localhost "$port"
status_is 0 'such a directory in the environment'
run with_env SSL_CERT_FILE="$T/three.pem" SSL_CERT_DIR="$T/hashed" tlsdial -v localhost "$port"
status_is 0 'the environment'
err_has "trusted: $T/three.pem, with 3 certificates" 'SSL_CERT_FILE is told'
err_has "trusted: $T/hashed, with 1 certificate" 'SSL_CERT_DIR is told'
mkdir "$T/bare"
both=$T/bare$separator$separator$T/hashed$separator$beyond
run with_env SSL_CERT_FILE=none SSL_CERT_DIR="$both" tlsdial -v localhost "$port"
status_is 0 'several directories in the environment'
err_has "trusted: $both, with 3 certificates" 'several directories: all are counted'
run with_env SSL_CERT_FILE=none SSL_CERT_DIR="$T/bare$separator$T/none" tlsdial localhost "$port"
failed_as 10 ca-store "there is no CA certificate in none or $T/bare" 'several directories, and nothing in them'
run with_env SSL_CERT_FILE="$T/words.pem" SSL_CERT_DIR="$T/none" tlsdial localhost "$port"
failed_as 10 ca-store "there is no CA certificate in $T/words.pem" 'nothing where the environment says'

offer below
run tlsdial --cacert issuing.pem localhost "$port"
status_is 44 'an intermediate is no anchor'
run tlsdial --cacert issuing.pem --partial-chain localhost "$port"
status_is 0 '--partial-chain makes it one'

# What this build was configured to trust; verify.t has the default.
bundle=$(sed -n 's/^#define TLSDIAL_CA_BUNDLE "\(.*\)"/\1/p' "$TOP_BUILDDIR/config.h")
if [ -n "$bundle" ] && [ ! -e "$bundle" ]; then
    run tlsdial localhost "$port"
    failed_as 10 ca-store "there is no CA certificate in $bundle" '--with-ca-bundle'
fi

# --- distrust, and CAs of one name, in several places --------------------------------------

SUBJECT='/CN=Split CA'
make_ca split-a
SUBJECT='/CN=Split CA'
make_ca split-b
make_cert by-a split-a DNS:localhost
make_cert by-b split-b DNS:localhost
quietly "$T/reject.log" "$OPENSSL" x509 -in "$T/split-a.pem" -addreject serverAuth -trustout \
    -out "$T/rejected.pem"
# Another label makes a file one that OpenSSL reads at once.
{
    cat "$T/split-a.pem"
    cat "$T/split-b.key"
} >"$T/odd-a.pem"
mkdir "$T/hashed-a" "$T/hashed-reject"
hashed="$("$OPENSSL" x509 -in "$T/split-a.pem" -noout -subject_hash).0"
cp "$T/split-a.pem" "$T/hashed-a/$hashed"
cp "$T/rejected.pem" "$T/hashed-reject/$hashed"

trusting() { # trusting PLACE...: tlsdial trusts these files and directories, in this order
    trusted_places=
    for place; do
        if [ -d "$T/$place" ]; then
            trusted_places="$trusted_places --capath $T/$place"
        else
            trusted_places="$trusted_places --cacert $T/$place"
        fi
    done
    # shellcheck disable=SC2086 # options
    within 30 tlsdial $trusted_places localhost "$port"
}

offer by-a
for places in split-a.pem odd-a.pem hashed-a; do
    trusting $places
    status_is 0 "trusted: $places"
done
for places in rejected.pem 'rejected.pem split-a.pem' 'split-a.pem rejected.pem' \
    'rejected.pem odd-a.pem' 'odd-a.pem rejected.pem' 'hashed-a rejected.pem' \
    'hashed-reject split-a.pem' 'odd-a.pem hashed-reject'; do
    # shellcheck disable=SC2086 # several places
    trusting $places
    failed_as 40 certificate 'is not trusted for this use by its trust settings' \
        "rejected, whatever else there is: $places"
done
stop_peer
offer by-b
for places in 'odd-a.pem split-b.pem' 'split-b.pem odd-a.pem' 'hashed-a split-b.pem' \
    'split-a.pem split-b.pem' 'rejected.pem split-b.pem'; do
    # shellcheck disable=SC2086 # several places
    trusting $places
    status_is 0 "two CAs of one name: $places"
done
stop_peer

done_testing 223
