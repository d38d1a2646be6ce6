# shellcheck shell=sh
# The group of the key exchange is told by its name, also one that came with a later OpenSSL.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires openssl python
make_usual

tells() { # tells GROUP: in -v and in both reports, of a server that has nothing else
    group=$1
    offer -groups "$group"
    dial -v localhost "$port"
    status_is 0 "$group: status"
    err_matches "verified; TLSv1\\.3, [A-Z0-9_]+, $group " "$group: -v tells it"
    if ! has_check; then
        skip "$group: check tells it" "this tlsdial was built without 'check'" 4
    else
        check localhost "$port"
        status_is 0 "$group: check"
        out_matches "TLS +TLSv1\\.3, [A-Z0-9_]+, $group," "$group: check tells it"
        tells_in_json "$group"
    fi
    stop_peer
}

tells_in_json() { # tells_in_json GROUP; where there is no JSON, check_json.t says so
    [ "$HAVE_JANSSON" = yes ] || {
        skip "$1: the JSON of check tells it" 'built without jansson' 2
        return
    }
    check --format json localhost "$port"
    status_is 0 "$1: check, as JSON"
    out_matches "\"group\": *\"$1\"" "$1: the JSON of check tells it"
}

tells secp384r1

# --- X25519MLKEM768: OpenSSL 3.5 has it, on either side -----------------------------------

# 11ec is its number; what is asked is what the program sent, not what it calls it.
start_peer sni
dial localhost "$port"
status_is 0 'what the program offers'
offers_it() { sed -n 's/^groups: //p' "$peer_log" | tr , '\n' | grep -qx 11ec; }
offered=no
! offers_it || offered=yes

start_peer alert --number 40
dial localhost "$port"
failed_as 33 no-shared-parameters '' 'a server that has nothing in common'
if [ $offered = no ]; then
    err_lacks X25519MLKEM768 'what the OpenSSL here does not offer is not named'
    skip X25519MLKEM768 'the OpenSSL here does not offer it' 8
    done_testing 17
    exit
fi
err_matches '; groups ([A-Za-z0-9]+:)*X25519MLKEM768' 'X25519MLKEM768: named among the offers'

if ! "$OPENSSL" list -kem-algorithms 2>/dev/null | grep -q X25519MLKEM768; then
    skip 'X25519MLKEM768 is told' 'the openssl command, which is the server, does not have it' 8
else
    tells X25519MLKEM768
    # Chosen by a server that leaves it to the client: nobody need ask for it.
    offer
    dial -v localhost "$port"
    status_is 0 'X25519MLKEM768: nobody asked for it'
    err_matches 'verified; .*, X25519MLKEM768 ' 'X25519MLKEM768: first choice of both'
fi

done_testing 17
