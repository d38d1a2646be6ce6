# shellcheck shell=sh
# Trust that could not be read is said to be, with the place and the reason, and never counts as empty
# in silence; what is a certificate in another form is taken.
# shellcheck source=tests/lib/check.sh
. "${TOP_SRCDIR:-.}/tests/lib/check.sh"
requires openssl
cd "$T" || bail_out "no scratch folder"

make_usual
make_ca other 'Another CA'
offer

taken() { # taken FILE DESC: the server is verified with that
    run tlsdial --cacert "$1" localhost "$port"
    status_is 0 "$2"
}

named() { # named FILE WORDS: what is said of it
    run tlsdial --cacert "$1" localhost "$port"
    failed_as 10 ca-store "CA file '$1': $2" "$2"
}

# --- another form of the same ------------------------------------------------------------------

"$OPENSSL" x509 -in ca.pem -outform DER -out ca.der
taken ca.der 'a certificate in DER'
for form in PEM DER; do
    quietly p7.log "$OPENSSL" crl2pkcs7 -nocrl -certfile other.pem -certfile ca.pem \
        -outform $form -out ca.p7b
    taken ca.p7b "PKCS #7 in $form"
    run tlsdial -v --cacert ca.p7b localhost "$port"
    status_is 0 "PKCS #7 in $form, with -v"
    err_has 'trusted: ca.p7b, with 2 certificates' "PKCS #7 in $form: all of it"
done
{
    printf '\357\273\277'
    cat ca.pem other.pem
} >mark.pem
taken mark.pem 'a byte-order mark before the first of two certificates'
run tlsdial -v --cacert mark.pem localhost "$port"
status_is 0 'a byte-order mark, with -v'
err_has 'trusted: mark.pem, with 2 certificates' 'none of two is lost'

# --- what is none ---------------------------------------------------------------------------------

awk '{printf "%s\\n", $0}' ca.pem >escaped.pem
named escaped.pem 'its line breaks are written as a backslash and an n'
sed 's/^/    /' ca.pem >indented.pem
named indented.pem 'line 1: BEGIN is not at the start of the line'
"$OPENSSL" base64 -A -in ca.pem >twice.pem
named twice.pem 'it is PEM that was encoded in base64 again'
sed '/-----/d' ca.pem >bare.pem
named bare.pem 'it is base64 without the lines BEGIN and END'
{
    printf '\377\376'
    sed 's/./&\n/g' ca.pem | tr '\n' '\0'
} >utf16.pem
named utf16.pem 'it is UTF-16 text'
tr '\n' '\r' <ca.pem >cr.pem
named cr.pem 'its lines end with CR alone'
named ca.key 'it has a private key'
"$OPENSSL" pkey -in ca.key -outform DER -out key.der
named key.der 'it is a private key in DER'
"$OPENSSL" pkey -in ca.key -pubout -out public.pem
named public.pem 'it has a block "PUBLIC KEY", and no certificate'
quietly p12.log "$OPENSSL" pkcs12 -export -in ca.pem -nokeys -passout pass:x -out ca.p12
named ca.p12 'it is a PKCS #12 store'
printf '\376\355\376\355\0\0\0\2' >ca.jks
named ca.jks 'it is a Java key store'
printf '\n<!DOCTYPE html>\n' >page.html
named page.html 'it is HTML or XML'
printf 'a\0b' >binary
named binary 'it is binary, and neither PEM nor DER'
head -c 100 ca.der >cut.der
named cut.der 'it begins like DER, and cannot be parsed'
: >empty.pem
named empty.pem 'it is empty'
printf 'no certificate\n' >words.pem
named words.pem 'it has no line "-----BEGIN CERTIFICATE-----"'
named none.pem 'No such file'
mkdir folder
named folder ''

# --- damage, and where it is ----------------------------------------------------------------------

lines=$(wc -l <other.pem | tr -d ' ')
damaged() { # damaged LINE WORDS SED: of the second certificate
    sed "$3" ca.pem >second.pem
    cat other.pem second.pem >damaged.pem
    named damaged.pem "line $((lines + $1)): $2"
}
damaged 3 'a character that is not base64' '3s/./!/'
# shellcheck disable=SC2016 # an address of sed
damaged 1 'the block that begins there has no END' '$d'
damaged 3 'an empty line within a block' '3s/.*//'
damaged 1 'the block that begins there cannot be parsed' '3s/.$//'
# shellcheck disable=SC2016 # likewise
damaged "$(wc -l <ca.pem | tr -d ' ')" 'the END is not that of the BEGIN before it' '$s/CERTIFICATE/X509 CRL/'
{
    printf '%s' "$(cat other.pem)"
    cat ca.pem
} >glued.pem
named glued.pem "line $lines: END and BEGIN are on one line"

# What OpenSSL passes over is said, too, though the file is of use.
partial() { # partial FILE LINE WORDS: one of two certificates is lost
    run tlsdial -v --cacert "$1" localhost "$port"
    failed_reason="line $2: $3"
    status_is 45 "lost: $failed_reason"
    err_has "* unreadable: $1 ($failed_reason" "-v: $failed_reason"
    err_has "neither sent nor found in $1; unreadable: $1 ($failed_reason" "message: $failed_reason"
}
sed '1s/$/MIIB/' ca.pem | cat other.pem - >more.pem
partial more.pem $((lines + 1)) 'more follows BEGIN on the line'
sed '$d' other.pem | cat - ca.pem >endless.pem
partial endless.pem "$lines" 'the next block begins before this one has ended'

# --- the default places ---------------------------------------------------------------------------

mkdir hashed
cp other.pem hashed
quietly rehash.log "$OPENSSL" rehash hashed
default() { # default FILE DIRECTORY CMD...
    default_file=$1 default_directory=$2
    shift 2
    run with_env SSL_CERT_FILE="$default_file" SSL_CERT_DIR="$default_directory" "$@"
}
why="$T/glued.pem (line $lines: END and BEGIN are on one line)"
default "$T/glued.pem" "$T/hashed" tlsdial -v localhost "$port"
status_is 45 'a damaged default file, and a directory without the issuer'
err_has "was neither sent nor found in $T/glued.pem or $T/hashed; unreadable: $why" \
    'incomplete-chain: the file, and why'
err_has "* unreadable: $why" '-v: the file, and why'
default "$T/none.pem" "$T/hashed" tlsdial localhost "$port"
failed_as 45 incomplete-chain "unreadable: $T/none.pem (No such file" 'a file that is named and absent'
default "$T/glued.pem" "$T/none" tlsdial localhost "$port"
failed_as 10 ca-store "unreadable: $why, $T/none (No such file" 'nothing at all: both places'
default "$T/other.pem" "$T/hashed" tlsdial localhost "$port"
status_is 45 'the issuer is in neither'
err_lacks unreadable 'what was read is not said to be unreadable'
default "$T/ca.pem" "$T/none" tlsdial localhost "$port"
status_is 0 'a good file, whatever the directory'

default "$T/glued.pem" "$T/hashed" tlsdial check --format json localhost "$port"
any_status 'a build without JSON refuses --format'
if grep -q '"trust":' "$T/out"; then
    out_has "\"unread\":\"line $lines: END and BEGIN are on one line\"" 'JSON: the file, and why'
    out_has '"certificates":1,"unread":null' 'JSON: nothing unread is null'
else
    skip 'JSON: what is unread' 'this build has no JSON' 2
fi

# A root that was sent, which is in the store's damaged file: 44.
make_self_signed alone DNS:localhost
stop_peer
offer server ca
default "$T/glued.pem" "$T/hashed" tlsdial localhost "$port"
failed_as 44 unknown-ca "is not in $T/glued.pem or $T/hashed; unreadable: $why" 'a root that was sent'
stop_peer
offer alone
default "$T/glued.pem" "$T/hashed" tlsdial localhost "$port"
failed_as 43 self-signed "$T/hashed; unreadable: $why" 'self-signed'
stop_peer

# --- a hashed file --------------------------------------------------------------------------------

offer
hash=$("$OPENSSL" x509 -in ca.pem -noout -subject_hash)
cp -R hashed hashed-faulty
cp ca.key "hashed-faulty/$hash.0"
run tlsdial --capath hashed-faulty localhost "$port"
failed_as 45 incomplete-chain \
    "found in hashed-faulty; unreadable: hashed-faulty/$hash.0 (it has a private key" \
    'a hashed file that is none'
if [ "$EXEEXT" != .exe ] && ln -sf "$hash.0" "hashed-faulty/$hash.0" 2>/dev/null; then
    run tlsdial -v --capath hashed-faulty localhost "$port"
    status_is 45 'a hashed file that cannot be opened'
    err_matches "issuer .* in hashed-faulty; unreadable: hashed-faulty/$hash.0 \(" 'the message has it'
    err_matches "^\* unreadable: hashed-faulty \(hashed-faulty/$hash.0 \(" '-v has it'
    cp -R hashed elsewhere
    ln -s 01234567.0 elsewhere/01234567.0
    run tlsdial --capath elsewhere localhost "$port"
    status_is 45 'another hashed file that cannot be opened'
    err_lacks unreadable 'it could not have the issuer, and is not in the message'
else
    skip 'a hashed file that cannot be opened' 'there are no symbolic links' 5
fi

# --- the issuers of --untrusted -------------------------------------------------------------------

run tlsdial --untrusted glued.pem --cacert ca.pem localhost "$port"
failed_as 10 ca-store "file 'glued.pem': line $lines: END and BEGIN" '--untrusted: the line of damage'

done_testing 59
