# shellcheck shell=sh
# The floor: what is offered, what is refused, and that the system's OpenSSL configuration
# can raise it and never lower it.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires openssl python
make_usual

# --- what is offered --------------------------------------------------------------------

# ECDHE with AES-GCM or ChaCha20-Poly1305, TLS 1.3, and the signalling value of RFC 5746. Not ARIA and
# CCM, which a configuration can allow.
permitted='1301 1302 1303 00ff cca8 cca9 c02b c02c c02f c030'

offered() { sed -n "s/^$1: //p" "$peer_log" | tail -n 1; }

only_permitted() { # only_permitted IDS
    for id in $(echo "$1" | tr , ' '); do
        # shellcheck disable=SC2086 # several words
        has_word "$id" $permitted || {
            note "not permitted: $id"
            return 1
        }
    done
}

offers_the_floor() { # offers_the_floor DESC
    is "$(offered versions)" 0304,0303 "$1: TLS 1.3 and 1.2 are offered, nothing else"
    case $(offered ciphers) in
    *1301*c02f* | *c02f*1301*) pass "$1: ciphers of both versions are offered" ;;
    *) fail "$1: ciphers of both versions are offered" "$(offered ciphers)" ;;
    esac
    only_permitted "$(offered ciphers)"
    ok $? "$1: only ECDHE with AEAD"
}

start_peer sni
sni_port=$port sni_log=$peer_log
dial localhost "$port"
status_is 0 'a usual server'
offers_the_floor 'by default'
usual_hello=$(offered hello)

# --- servers that have nothing better ---------------------------------------------------

old_servers_fail() { # old_servers_fail DESC: tells of servers below the floor
    offer -tls1_2 -cipher AES128-SHA
    dial localhost "$port"
    failed_as 33 no-shared-parameters '' "$1: a server without forward secrecy"
    stop_peer
    offer -tls1_2 -cipher ECDHE-ECDSA-AES128-SHA
    dial localhost "$port"
    failed_as 33 no-shared-parameters '' "$1: a server without AEAD"
    stop_peer
    offer rsa -tls1_2 -cipher DHE-RSA-AES128-GCM-SHA256
    dial localhost "$port"
    failed_as 33 no-shared-parameters '' "$1: a server with DHE only"
    stop_peer
    offer -tls1_1 -cipher DEFAULT:@SECLEVEL=0
    dial localhost "$port"
    failed_as 32 tls-version '' "$1: a server with TLS 1.1 only"
    stop_peer
}

weak_certificate_fails() { # weak_certificate_fails DESC
    offer weak -cipher DEFAULT:@SECLEVEL=0
    dial localhost "$port"
    failed_as 49 weak '' "$1: a key of 1024 bits"
    stop_peer
}

KEY=rsa:2048
make_cert rsa ca DNS:localhost
KEY=rsa:1024
make_cert weak ca DNS:localhost
old_servers_fail 'by default'
weak_certificate_fails 'by default'

# --- a configuration that is looser -----------------------------------------------------

configure() { # configure LINES: of the system's OpenSSL configuration
    cat >"$T/openssl.cnf" <<END
openssl_conf = init
[init]
ssl_conf = modules
[modules]
system_default = policy
[policy]
$1
END
    export OPENSSL_CONF="$T/openssl.cnf"
}

unset_configuration() { unset OPENSSL_CONF; } # servers read it too, when they start

loose='MinProtocol = TLSv1
CipherString = ALL:@SECLEVEL=0
VerifyMode = None
Options = UnsafeLegacyRenegotiation,UnsafeLegacyServerConnect'

configure "$loose"
# Proof that it is read: openssl's own client takes what tlsdial must not.
offer weak -cipher DEFAULT:@SECLEVEL=0
"$OPENSSL" s_client -connect "127.0.0.1:$port" -CAfile "$T/ca.pem" -verify_return_error \
    </dev/null >"$T/s_client.log" 2>&1
ok $? 'the loose configuration is in force' || show s_client "$T/s_client.log"
stop_peer

port=$sni_port
dial localhost "$port"
status_is 0 'a loose configuration: a usual server'
peer_log=$T/peer1.log
offers_the_floor 'a loose configuration'
old_servers_fail 'a loose configuration'
weak_certificate_fails 'a loose configuration'

offer
dial trust="$T/rsa.pem" localhost "$port"
failed_as 45 incomplete-chain '' 'a loose configuration: verification stays on'
dial --verify-hostname wrong.example localhost "$port"
failed_as 46 name-mismatch '' 'a loose configuration: and the check of the name'
stop_peer

# --- a configuration that allows everything ---------------------------------------------

if "$OPENSSL" ciphers -v 'ALL:@SECLEVEL=0' | grep -q CCM8; then
    everything_offered() { # everything_offered DESC LINES: changes nothing in the ClientHello
        configure "$2"
        fresh_log
        dial localhost "$sni_port"
        any_status 'the ClientHello counts'
        is "$(offered hello)" "$usual_hello" "$1: the ClientHello is the usual one"
    }
    port=$sni_port
    peer_log=$sni_log
    everything_offered 'all ciphers' 'CipherString = ALL:COMPLEMENTOFALL:@SECLEVEL=0
Ciphersuites = TLS_AES_128_CCM_8_SHA256:TLS_AES_128_GCM_SHA256:TLS_AES_128_CCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256'
    everything_offered 'all options' 'Options = -ExtendedMasterSecret,-EncryptThenMac,\
UnsafeLegacyRenegotiation,UnsafeLegacyServerConnect,AllowNoDHEKEX,IgnoreUnexpectedEOF,\
KTLS,Compression,Bugs,-MiddleboxCompat,ServerPreference,PrioritizeChaCha'
    everything_offered 'all signature algorithms' "SignatureAlgorithms = RSA+SHA1:ECDSA+SHA1:RSA+MD5:\
ecdsa_secp256r1_sha256:ecdsa_secp384r1_sha384:ecdsa_secp521r1_sha512:ed25519:ed448:\
rsa_pss_pss_sha256:rsa_pss_pss_sha384:rsa_pss_pss_sha512:rsa_pss_rsae_sha256:\
rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:RSA+SHA256:RSA+SHA384:RSA+SHA512:RSA+SHA224:\
ECDSA+SHA224:DSA+SHA256
CipherString = ALL:@SECLEVEL=0"
    everything_offered 'old versions' 'MinProtocol = None
CipherString = ALL:@SECLEVEL=0'
    configure 'Groups = P-192:secp256k1:P-224:P-256:brainpoolP256r1
CipherString = ALL:@SECLEVEL=0'
    fresh_log
    dial localhost "$sni_port"
    status_is 0 'weak groups: status'
    is "$(offered groups)" 0017 'weak groups are not offered'
    configure 'Groups = P-192:P-224
CipherString = ALL:@SECLEVEL=0'
    dial localhost "$sni_port"
    failed_as 19 configuration 'allows no group that is offered here' 'weak groups alone'
    unset_configuration
else
    skip 'a configuration that allows everything' 'this OpenSSL has no CCM8 to allow' 7
fi

# --- narrower, by options ---------------------------------------------------------------

peer_log=$sni_log
narrowed() { # narrowed LIST IDS DESC ARGS...: LIST of the ClientHello is IDS
    narrowed_list=$1 narrowed_ids=$2 narrowed_desc=$3
    shift 3
    fresh_log
    dial "$@" localhost "$sni_port"
    any_status 'the ClientHello counts'
    # 00ff is no cipher but a signal (RFC 5746), which OpenSSL 3.4 and later send otherwise.
    is "$(offered "$narrowed_list" | sed 's/,00ff$//')" "$narrowed_ids" "$narrowed_desc"
}
narrowed groups 0017,001d '--groups: in its order' --groups P-256:X25519
narrowed groups 0018 '--groups: the last one wins' --groups P-256 --groups P-384
narrowed groups 0017 '--groups: the policy stays' --groups P-224:P-256
narrowed sigalgs 0804,0403 '--sigalgs' --sigalgs rsa_pss_rsae_sha256:ECDSA+SHA256
narrowed sigalgs 0403 '--sigalgs: the policy stays' --sigalgs ECDSA+SHA224:ECDSA+SHA256:RSA+SHA1
narrowed ciphers 1302,1303,1301,c02b,c02f '--ciphers of TLS 1.2' --ciphers ECDHE+AES128
narrowed ciphers 1301,c02c '--ciphers of both' \
    --ciphers TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES256-GCM-SHA384
narrowed ciphers 1302,1303,1301,c02b,c02f,c02c,c030,cca9,cca8 '--ciphers: the policy stays' \
    --ciphers 'AES128:ALL:COMPLEMENTOFALL:@SECLEVEL=0'
offer weak -cipher DEFAULT:@SECLEVEL=0
dial --ciphers ALL:@SECLEVEL=0 localhost "$port"
failed_as 49 weak '' '--ciphers: the security level stays'
stop_peer
unfit() { # unfit WORDS DESC ARGS...
    unfit_words=$1 unfit_desc=$2
    shift 2
    run tlsdial "$@" localhost 1
    failed_as 2 usage "$unfit_words" "$unfit_desc"
}
unfit "none of the groups 'P-224' may be offered" '--groups: none is allowed' --groups P-224
unfit "no such groups: 'P-1'" '--groups: nonsense' --groups P-1
unfit "none of the signature algorithms" '--sigalgs: none is allowed' --sigalgs ECDSA+SHA224
unfit "no such signature algorithms: 'x'" '--sigalgs: nonsense' --sigalgs x
unfit "none of the ciphers 'AES128-SHA' may" '--ciphers: none is allowed' --ciphers AES128-SHA
unfit "no such ciphers: 'x'" '--ciphers: nonsense' --ciphers x
unfit "none of the ciphers ''" '--ciphers: empty' --ciphers ''

# --- a configuration that is stricter ---------------------------------------------------

offer -tls1_2
configure 'MinProtocol = TLSv1.3'
dial localhost "$port"
failed_as 32 tls-version '' 'MinProtocol = TLSv1.3 is obeyed'
configure 'CipherString = ECDHE-ECDSA-AES256-GCM-SHA384'
dial -v localhost "$port"
status_is 0 'CipherString with one cipher: status'
err_has ECDHE-ECDSA-AES256-GCM-SHA384 'CipherString with one cipher is obeyed'
configure 'CipherString = AES128-SHA'
dial localhost "$port"
failed_as 32 tls-version '' 'CipherString without a permitted cipher leaves TLS 1.3 only'
stop_peer

offer -tls1_3
configure 'MaxProtocol = TLSv1.2'
dial localhost "$port"
failed_as 32 tls-version '' 'MaxProtocol = TLSv1.2 is obeyed'
configure 'Protocol = -TLSv1.3'
dial localhost "$port"
failed_as 32 tls-version '' 'Protocol = -TLSv1.3 is obeyed'
configure 'MinProtocol = TLSv1
MaxProtocol = TLSv1.1'
dial localhost "$port"
failed_as 32 tls-version '' 'a configuration that allows nothing permitted'
stop_peer

unset_configuration
offer rsa
configure 'CipherString = DEFAULT:@SECLEVEL=3'
dial localhost "$port"
failed_as 49 weak '' '@SECLEVEL=3 excludes a key of 2048 bits'
unset_configuration
dial localhost "$port"
status_is 0 'which is accepted without'
stop_peer

# --- renegotiation ----------------------------------------------------------------------

for configuration in '' "$loose"; do
    way=renegotiation${configuration:+', a loose configuration'}
    serve -tls1_2 -msg
    [ -z "$configuration" ] || configure "$configuration"
    launch tlsdial --cacert "$T/ca.pem" localhost "$port"
    peer_log_has 'GET / HTTP/1.0' "$way: the connection is there"
    tell_peer r
    peer_log_has 'no renegotiation' "$way: it is declined"
    tell_peer Q
    collect 30
    status_between 60 69 "$way: it ends as an error"
    err_has 'it wanted to renegotiate, which is refused here' "$way: the message says why"
    is "$(grep -c 'Handshake.*, ClientHello' "$peer_log")" 1 "$way: there was one handshake"
    unset_configuration
    stop_peer
done

# --- a server that does not know RFC 5746 -----------------------------------------------

start_peer no-renegotiation-info
for configuration in '' "$loose"; do
    [ -z "$configuration" ] || configure "$configuration"
    dial localhost "$port"
    failed_as 30 handshake 'unsafe legacy renegotiation disabled' \
        "no renegotiation_info${configuration:+, and a loose configuration}"
done
unset_configuration
stop_peer

# --- keys -------------------------------------------------------------------------------

offer
run with_env SSLKEYLOGFILE="$T/keys" tlsdial --cacert "$T/ca.pem" localhost "$port"
status_is 0 'SSLKEYLOGFILE: status'
file_absent "$T/keys" 'SSLKEYLOGFILE writes nothing'

done_testing 44
