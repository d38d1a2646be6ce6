# shellcheck shell=sh
# The client's own certificate: read from every format, its pass phrase from everywhere but the
# command line, shown to servers that ask; and what is wrong with it told apart.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires openssl

make_usual
make_intermediate client-ca ca 'Client CA'
make_client_cert client client-ca
make_client_cert other client-ca
cat "$T/client.pem" "$T/client-ca.pem" >"$T/chain.pem"
cat "$T/client.key" "$T/chain.pem" >"$T/all.pem"
make() { quietly "$T/make.log" "$OPENSSL" "$@"; }
make ec -in "$T/client.key" -aes256 -passout pass:swordfish -out "$T/locked.key"
make pkcs8 -topk8 -in "$T/client.key" -passout pass:swordfish -out "$T/locked8.key"
cat "$T/locked.key" "$T/chain.pem" >"$T/locked.pem"
make pkcs12 -export -in "$T/chain.pem" -inkey "$T/client.key" -passout pass:swordfish \
    -out "$T/locked.p12"
make pkcs12 -export -in "$T/chain.pem" -inkey "$T/client.key" -passout pass: -out "$T/open.p12"
make x509 -in "$T/client.pem" -outform DER -out "$T/client.der"
make pkey -in "$T/client.key" -outform DER -out "$T/client.key.der"
printf 'swordfish\nsecond line\n' >"$T/phrase"
printf 'swordfish\r\n' >"$T/phrase-crlf"
printf 'swordfish' >"$T/phrase-bare"
printf 'wrong\n' >"$T/wrong-phrase"
mkdir "$T/a:b"
cp "$T/all.pem" "$T/a:b/c:d.pem"

# --- shown to a server that asks ----------------------------------------------------

asks() { # asks TLS-OPTION ARGS...: a server that wants a certificate of our CA
    offer "$@" -Verify 3 -verify_return_error -CAfile "$T/ca.pem"
}
shown() { # shown DESC ARGS...: and accepted
    shown_desc=$1
    shift
    dial "$@" localhost "$port"
    status_is 0 "$shown_desc"
    out_has 'Client certificate' "$shown_desc: it is shown"
    holds "$shown_desc: it is the one" 'expected in the output: CN=client' \
        matches "$T/out" 'Subject: CN *= *client$'
}
for tls in tls1_2 tls1_3; do
    asks -$tls
    shown "$tls: PEM, certificate and key apart" --cert "$T/chain.pem" --key "$T/client.key"
    peer_log_lacks 'unable to get' "$tls: the intermediate is sent too"
    shown "$tls: PEM, all in one" --cert "$T/all.pem"
    stop_peer
done
asks
shown 'a path with colons' --cert "$T/a:b/c:d.pem"
beyond=$T/$(printf 'gr\303\274n')
cp "$T/chain.pem" "$beyond.pem"
cp "$T/client.key" "$beyond.key"
shown 'names beyond ASCII' --cert "$beyond.pem" --key "$beyond.key"
shown 'PKCS#12' --cert "$T/locked.p12" --pass "file:$T/phrase"
shown 'PKCS#12 without a pass phrase' --cert "$T/open.p12"
shown 'a key in PKCS#12' --cert "$T/chain.pem" --key "$T/locked.p12" --pass "file:$T/phrase"
shown 'an encrypted key' --cert "$T/chain.pem" --key "$T/locked.key" --pass "file:$T/phrase"
shown 'an encrypted PKCS#8 key' --cert "$T/chain.pem" --key "$T/locked8.key" \
    --pass "file:$T/phrase"
shown 'all in one, the key encrypted' --cert "$T/locked.pem" --pass "file:$T/phrase"
shown 'a certificate beside an encrypted key that is not used' --cert "$T/locked.pem" \
    --key "$T/client.key"
shown 'the line may end in CR LF' --cert "$T/locked.pem" --pass "file:$T/phrase-crlf"
shown 'the line may lack its end' --cert "$T/locked.pem" --pass "file:$T/phrase-bare"
SECRET=swordfish && export SECRET
shown 'a pass phrase from the environment' --cert "$T/locked.pem" --pass env:SECRET
if [ "$EXEEXT" != .exe ]; then
    dial redirect="3<'$T/phrase'" --cert "$T/locked.pem" --pass fd:3 localhost "$port"
    status_is 0 'a pass phrase from a descriptor'
else
    skip 'a pass phrase from a descriptor' 'Windows hands down no descriptors above 2'
fi
shown 'a pass phrase that nobody needs is not looked for' --cert "$T/all.pem" --pass env:UNSET_
stop_peer

offer -Verify 3 -verify_return_error -CAfile "$T/ca.pem" -verifyCAfile "$T/client-ca.pem" \
    -partial_chain
shown 'DER' --cert "$T/client.der" --key "$T/client.key.der"
stop_peer

# --- the server's word on it --------------------------------------------------------

make_ca strange-ca 'A strange CA'
make_client_cert stranger strange-ca
START=20200101000000Z END=20210203040506Z
make_client_cert old ca
make_cert wrong-use ca DNS:client.example
make_client_cert withdrawn ca
revoke withdrawn ca
make_crl list ca

rejected() { # rejected DESC NAME
    dial --cert "$T/$2.pem" --key "$T/$2.key" localhost "$port"
    failed_as 36 client-certificate-rejected 'after it got the client certificate' "$1"
    err_has 'the server sent the alert "' "$1: the alert is named"
    err_has 'it accepts certificates of the CA "CN=tlsdial test CA"' "$1: by whom"
}
for tls in tls1_2 tls1_3; do
    asks -$tls
    dial localhost "$port"
    failed_as 35 client-certificate-required \
        'it asked for a client certificate, and got none' "$tls: none is given"
    err_has 'hint: --cert FILE' "$tls: none is given: the hint"
    err_has 'it accepts certificates of the CA "CN=tlsdial test CA"' "$tls: none is given: by whom"
    dial -v localhost "$port"
    any_status 'what -v prints counts'
    err_has 'for a client certificate; none was sent' "$tls: -v: none was sent"
    dial -v --cert "$T/all.pem" localhost "$port"
    status_is 0 "$tls: -v: status"
    err_has 'one was sent, whether it is accepted is not known yet' "$tls: -v: one was sent"
    err_has 'accepts client certificates of the CA "CN=tlsdial test CA"' "$tls: -v: by whom"
    rejected "$tls: an unknown CA" stranger
    rejected "$tls: expired" old
    rejected "$tls: not for clients" wrong-use
    stop_peer
    asks -$tls -CRL "$T/list.crl" -crl_check
    rejected "$tls: revoked" withdrawn
    stop_peer
    offer -$tls -verify 3
    dial localhost "$port"
    status_is 0 "$tls: a server that asks and does not insist"
    stop_peer
done

# --- the files ----------------------------------------------------------------------

: >"$T/empty"
printf '%s\n' '-----BEGIN CERTIFICATE-----' 'AAAA' '-----END CERTIFICATE-----' >"$T/broken"
sed 's/^\(.....\)./\1/' "$T/client.key" >"$T/broken.key"
KEY=rsa:1024
make_client_cert weak ca
bad_file() { # bad_file STATUS TOKEN WORDS DESC ARGS...
    bad_status=$1 bad_token=$2 bad_words=$3 bad_desc=$4
    shift 4
    run tlsdial "$@" localhost 1
    failed_as "$bad_status" "$bad_token" "$bad_words" "$bad_desc"
}
bad_file 12 certificate-file 'No such file' 'no certificate file' --cert "$T/none"
bad_file 12 certificate-file 'it has no certificate that can be read' 'an empty one' \
    --cert "$T/empty"
bad_file 12 certificate-file 'it has no certificate that can be read' 'a broken one' \
    --cert "$T/broken"
bad_file 12 certificate-file 'it has no certificate that can be read' 'a key for a certificate' \
    --cert "$T/client.key"
bad_file 12 certificate-file 'not fit for use: ee key too small' 'a weak key' \
    --cert "$T/weak.pem" --key "$T/weak.key"
bad_file 13 key-file "'$T/client.pem': it has no private key" 'a certificate without its key' \
    --cert "$T/client.pem"
bad_file 13 key-file 'No such file' 'no key file' --cert "$T/client.pem" --key "$T/none"
bad_file 13 key-file 'it has no private key' 'an empty key file' --cert "$T/client.pem" \
    --key "$T/empty"
bad_file 13 key-file 'it has no private key' 'a broken key' --cert "$T/client.pem" \
    --key "$T/broken.key"
bad_file 13 key-file 'does not belong to the certificate' "another's key" \
    --cert "$T/client.pem" --key "$T/other.key"
bad_file 13 key-file 'does not belong to the certificate' 'a key of another type' \
    --cert "$T/client.pem" --key "$T/weak.key"

cat "$T/client-ca.pem" "$T/client.pem" >"$T/ca-first.pem"
bad_file 12 certificate-file 'begins with another certificate than that of the key: "CN=client-ca"' \
    'the CA first' --cert "$T/ca-first.pem" --key "$T/client.key"
err_has "hint: put the client's own certificate first" 'the CA first: the hint'
printf '%s\n' '-----BEGIN OPENSSH PRIVATE KEY-----' 'b3BlbnNzaC1rZXktdjE=' \
    '-----END OPENSSH PRIVATE KEY-----' >"$T/openssh"
bad_file 13 key-file "'$T/openssh' is a private key of OpenSSH" 'a key of OpenSSH' \
    --cert "$T/client.pem" --key "$T/openssh"
err_has 'hint: ssh-keygen -p -m PEM' 'a key of OpenSSH: the hint'
bad_file 12 certificate-file "'$T/openssh' is a private key of OpenSSH" \
    'a key of OpenSSH for a certificate' --cert "$T/openssh"
printf '\376\355\376\355\000\000\000\002\000\000\000\001' >"$T/store.jks"
bad_file 12 certificate-file 'is a Java keystore (JKS)' 'a Java keystore' --cert "$T/store.jks"
err_has 'keytool -importkeystore' 'a Java keystore: the hint'

# --- the pass phrase ----------------------------------------------------------------

for locked in locked.pem locked.p12; do
    bad_file 14 passphrase 'is encrypted, and no pass phrase is given' "$locked: none is given" \
        --cert "$T/$locked"
    bad_file 14 passphrase "the pass phrase for '$T/$locked' is wrong" "$locked: a wrong one" \
        --cert "$T/$locked" --pass "file:$T/wrong-phrase"
    bad_file 14 passphrase 'is wrong' "$locked: an empty one" \
        --cert "$T/$locked" --pass "file:$T/empty"
done
make pkcs12 -export -nokeys -in "$T/chain.pem" -passout pass:swordfish -out "$T/keyless.p12"
bad_file 13 key-file 'it has no private key' 'a PKCS#12 that opens and has no key' \
    --cert "$T/keyless.p12" --pass "file:$T/phrase"
bad_file 12 certificate-file 'it has no certificate' 'a key that opens and is no certificate' \
    --cert "$T/locked.key" --pass "file:$T/phrase"
if "$OPENSSL" pkcs12 -export -legacy -in "$T/chain.pem" -inkey "$T/client.key" \
    -passout pass:swordfish -out "$T/old.p12" 2>"$T/make.log"; then
    bad_file 12 certificate-file 'is encrypted with RC2-40-CBC, which this OpenSSL does not have' \
        'a PKCS#12 of an old program' --cert "$T/old.p12" --pass "file:$T/phrase"
    err_has "hint: OpenSSL's legacy provider may have it" 'a PKCS#12 of an old program: the hint'
    bad_file 14 passphrase 'is wrong' 'a PKCS#12 of an old program, and a wrong pass phrase' \
        --cert "$T/old.p12" --pass "file:$T/wrong-phrase"
else
    skip 'a PKCS#12 of an old program' 'this openssl cannot make one' 3
fi
bad_file 14 passphrase "variable 'UNSET_' is not set" 'an unset variable' \
    --cert "$T/locked.pem" --pass env:UNSET_
bad_file 14 passphrase 'No such file' 'no such file' --cert "$T/locked.pem" \
    --pass "file:$T/none"
why='Is a directory'
[ "$EXEEXT" != .exe ] || why='Permission denied'
bad_file 14 passphrase "$why" 'a directory' --cert "$T/locked.pem" --pass "file:$T"
bad_file 14 passphrase 'fd:99: Bad file descriptor' 'a closed descriptor' \
    --cert "$T/locked.pem" --pass fd:99
"$AWK" 'BEGIN { while (n++ < 3000) printf "x" }' >"$T/long-phrase"
bad_file 14 passphrase 'too long' 'a long one' --cert "$T/locked.pem" \
    --pass "file:$T/long-phrase"
for form in hunter2 pass:hunter2 env: file: fd: fd:x fd:-1; do
    bad_file 2 usage 'never the pass phrase itself' "--pass $form" --cert "$T/locked.pem" \
        --pass "$form"
    err_lacks hunter2 "--pass $form: it is not repeated"
done
bad_file 2 usage '--key goes with --cert' '--key alone' --key "$T/client.key"
bad_file 2 usage '--pass goes with --cert' '--pass alone' --pass env:SECRET
if has_ui_console; then
    bad_file 2 usage '--pass or --ask-pass, not both' 'two ways to give it' --cert "$T/locked.pem" \
        --pass env:SECRET --ask-pass
else
    skip 'two ways to give it' 'this OpenSSL was built without the UI console'
fi

# --- asked for on the terminal ------------------------------------------------------

cat >"$T/terminal.py" <<'END'
import os, pty, sys, termios, time
typed, command = sys.argv[1], sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
seen = b""
answered = False
while True:
    try:
        data = os.read(terminal, 1024)
    except OSError:
        break
    if not data:
        break
    seen += data
    if b"Pass phrase: " in seen and not answered:
        answered = True
        while termios.tcgetattr(terminal)[3] & termios.ECHO:
            time.sleep(0.01)  # the prompt comes a moment before echo goes
        os.write(terminal, typed.encode() + b"\n")
sys.stdout.write(seen.decode("latin-1"))
sys.exit(os.WEXITSTATUS(os.waitpid(pid, 0)[1]))
END
at_terminal() { within 30 "$PYTHON" "$T/terminal.py" "$typed" "$@"; }
types() { # types PHRASE ARGS...
    typed=$1
    shift
    expand at_terminal tlsdial "$@"
}
in_new_session() { within 30 setsid -w "$@"; }
if [ "$EXEEXT" = .exe ]; then
    skip '--ask-pass' 'a pseudo-terminal is no console' 6
elif ! has_ui_console; then
    skip '--ask-pass' 'this OpenSSL was built without the UI console' 6
elif [ -n "$PYTHON" ] && "$PYTHON" -c 'import os; os.openpty()' 2>/dev/null; then
    asks
    types swordfish --cacert "$T/ca.pem" --cert "$T/locked.pem" --ask-pass localhost "$port"
    status_is 0 '--ask-pass: the right one'
    out_has 'Pass phrase: ' '--ask-pass: the prompt'
    out_lacks swordfish '--ask-pass: what is typed is not shown'
    types wrong --cacert "$T/ca.pem" --cert "$T/locked.p12" --ask-pass localhost "$port"
    status_is 14 '--ask-pass: a wrong one'
    types swordfish --cacert "$T/ca.pem" --cert "$T/all.pem" --ask-pass localhost "$port"
    status_is 0 '--ask-pass: nothing is encrypted'
    out_lacks 'Pass phrase' '--ask-pass: nothing is encrypted, nothing is asked'
    stop_peer
else
    skip '--ask-pass' 'no pseudo-terminal is to be had' 6
fi
if ! has_ui_console; then
    skip '--ask-pass: without a terminal' 'this OpenSSL was built without the UI console'
elif command -v setsid >"$T/which"; then
    expand in_new_session tlsdial --cert "$T/locked.pem" --ask-pass localhost 1
    failed_as 14 passphrase 'no terminal to ask' '--ask-pass: without a terminal'
else
    skip '--ask-pass: without a terminal' 'setsid is not here'
fi

done_testing 155
