# shellcheck shell=sh disable=SC2034,SC2154 # the files share their variables
# Throwaway certificates. Each NAME becomes $T/NAME.pem and $T/NAME.key.
#
# Variables before one call change what it makes, and are forgotten after it:
#   KEY      ec:P-256, rsa:BITS, ed25519, or same: the key is there already
#   DIGEST   sha256, sha1 ...
#   SUBJECT  /CN=name/O=organisation            BASIC    basicConstraints
#   START END  20200101000000Z                  USAGE    extendedKeyUsage, or none
#   EXTRA    more lines of extensions, such as nameConstraints=critical,permitted;DNS:a
# A server that shows a weak certificate needs -cipher DEFAULT:@SECLEVEL=0 (peer.py has it).

forget_certificate_options() {
    unset KEY DIGEST SUBJECT BASIC START END USAGE EXTRA
}
forget_certificate_options

# quietly LOG CMD...: setup must work; what it said is shown only when it does not
quietly() {
    quiet_log=$1
    shift
    "$@" >"$quiet_log" 2>&1 || {
        show "$*" "$quiet_log"
        bail_out "cannot do: $1 $2"
    }
}

# A configuration for each issuer, because `openssl ca` is the only command of OpenSSL 3.0
# that takes a start date; its database also serves make_crl.
issuer_config() { # issuer_config ISSUER
    [ -e "$T/$1.index" ] || : >"$T/$1.index"
    cat <<END
[req]
distinguished_name = req_name
string_mask = utf8only
[req_name]
[ca]
default_ca = issuer
[issuer]
database = $T/$1.index
new_certs_dir = $T
certificate = $T/$1.pem
private_key = $T/$1.key
rand_serial = yes
unique_subject = no
preserve = yes
policy = any
default_days = 365
default_crl_days = 30
default_md = ${DIGEST:-sha256}
[any]
countryName = optional
organizationName = optional
organizationalUnitName = optional
commonName = optional
END
}

# The work: issue NAME ISSUER EXTENSION-LINES. An ISSUER equal to NAME signs itself.
issue() {
    {
        issuer_config "$2"
        printf '[extensions]\nsubjectKeyIdentifier = hash\n%s\n%s\n' "$3" "${EXTRA:-}"
    } >"$T/$1.cnf"
    request "$1"
    sign "$1" "$2"
    forget_certificate_options
}

request() { # request NAME: a new key and a request for it
    request_name=$1
    case ${KEY:-} in
    '') set -- -newkey ec -pkeyopt ec_paramgen_curve:P-256 -keyout "$T/$1.key" ;;
    ec:*) set -- -newkey ec -pkeyopt "ec_paramgen_curve:${KEY#ec:}" -keyout "$T/$1.key" ;;
    same) set -- -key "$T/$request_name.key" ;;
    *) set -- -newkey "$KEY" -keyout "$T/$1.key" ;;
    esac
    # OPENSSL_CONF also keeps the system's policy (no SHA-1, say) out of this.
    quietly "$T/$request_name.log" env OPENSSL_CONF="$T/$request_name.cnf" \
        "$OPENSSL" req -new -utf8 -nodes "$@" -subj "${SUBJECT:-/CN=$request_name}" -out "$T/$request_name.csr"
}

sign() { # sign NAME ISSUER
    signed_name=$1
    if [ "$1" = "$2" ]; then
        set -- -selfsign
    else
        set --
    fi
    [ -z "${START:-}" ] || set -- "$@" -startdate "$START"
    [ -z "${END:-}" ] || set -- "$@" -enddate "$END"
    quietly "$T/$signed_name.log" env OPENSSL_CONF="$T/$signed_name.cnf" \
        "$OPENSSL" ca -batch -notext -utf8 -extensions extensions "$@" \
        -in "$T/$signed_name.csr" -out "$T/$signed_name.pem"
}

ca_extensions() {
    printf 'basicConstraints = %s\nkeyUsage = critical,keyCertSign,cRLSign\n' \
        "${BASIC:-critical,CA:TRUE}"
    [ "${USAGE:-none}" = none ] || printf 'extendedKeyUsage = %s\n' "$USAGE"
}

leaf_extensions() { # leaf_extensions SAN (may be empty)
    printf 'basicConstraints = %s\nkeyUsage = critical,digitalSignature\n' \
        "${BASIC:-critical,CA:FALSE}"
    [ "${USAGE:-serverAuth}" = none ] ||
        printf 'extendedKeyUsage = %s\n' "${USAGE:-serverAuth}"
    [ -z "$1" ] || printf 'subjectAltName = %s\n' "$1"
}

# --- verbs --------------------------------------------------------------------------

make_ca() { # make_ca NAME [CN]
    SUBJECT=${SUBJECT:-/CN=${2:-$1}}
    issue "$1" "$1" "$(ca_extensions)"
}

make_intermediate() { # make_intermediate NAME ISSUER
    issue "$1" "$2" "$(ca_extensions)
authorityKeyIdentifier = keyid"
}

make_cert() { # make_cert NAME ISSUER SAN [START END], SAN such as DNS:localhost,IP:::1
    START=${4:-${START:-}} END=${5:-${END:-}}
    issue "$1" "$2" "$(leaf_extensions "$3")
authorityKeyIdentifier = keyid"
}

make_cert_dated() { make_cert "$@"; } # make_cert_dated NAME ISSUER SAN START END

make_self_signed() { # make_self_signed NAME SAN
    issue "$1" "$1" "$(leaf_extensions "$2")"
}

make_cn_only() { # make_cn_only NAME ISSUER CN: a name in the subject and nowhere else
    SUBJECT=/CN=$3
    make_cert "$1" "$2" ''
}

make_client_cert() { # make_client_cert NAME ISSUER
    USAGE=clientAuth
    make_cert "$1" "$2" ''
}

# --- the usual pair: $T/ca.pem to trust, $T/server.pem and .key to serve ---------------

# Made once a build, for a day, by the first test that wants it; each has a copy.
usual_files='ca.pem ca.key ca.index server.pem server.key'
usual_folder=$TOP_BUILDDIR/tests/pki

make_usual() {
    usual_is_there || wait_until 20 make_usual_once || bail_out "cannot make $usual_folder"
    for usual_file in $usual_files; do
        set -- "$@" "$usual_folder/$usual_file"
    done
    cp "$@" "$T" || bail_out "cannot copy $usual_folder"
}

usual_is_there() { # "made" is the last of its files, and the first to go
    [ -e "$usual_folder/made" ] && [ -n "$(find "$usual_folder/made" -mtime -1)" ]
}

make_usual_once() { # whoever gets the lock makes it; the others wait for that
    ! usual_is_there || return 0
    mkdir -p "$usual_folder" && mkdir "$usual_folder/lock" 2>/dev/null || return 1
    usual_is_there || make_usual_pair
    rmdir "$usual_folder/lock"
}

make_usual_pair() {
    rm -f "$usual_folder/made"
    make_ca ca 'tlsdial test CA'
    make_cert server ca DNS:localhost,IP:127.0.0.1,IP:::1
    for usual_file in $usual_files; do
        cp "$T/$usual_file" "$usual_folder/$usual_file" || bail_out 'cannot copy the usual files'
    done
    : >"$usual_folder/made"
}

issuer_command() { # issuer_command ISSUER ARGS...
    issuer_config "$1" >"$T/$1.crl.cnf"
    issuer_name=$1
    shift
    quietly "$T/$issuer_name.crl.log" env OPENSSL_CONF="$T/$issuer_name.crl.cnf" \
        "$OPENSSL" ca "$@"
}

revoke() { # revoke NAME ISSUER
    issuer_command "$2" -revoke "$T/$1.pem"
}

make_crl() { # make_crl NAME ISSUER [DAYS]: $T/NAME.crl
    issuer_command "$2" -gencrl -crldays "${3:-30}" -out "$T/$1.crl"
}
