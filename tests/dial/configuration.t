# shellcheck shell=sh
# A configuration of OpenSSL that leaves nothing to work with is named, with its file; so is what
# OpenSSL ignores in one.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires openssl
make_usual
offer server
config=$T/own.cnf

with_config() { # with_config TEXT ARGS...
    printf '%s\n' "$1" >"$config"
    shift
    run with_env OPENSSL_CONF="$config" tlsdial --cacert "$T/ca.pem" "$@" localhost "$port"
}
providers() { # providers NAME: a configuration that activates it
    printf '%s\n' 'openssl_conf = main' '[main]' 'providers = all' '[all]' "$1 = one" '[one]' \
        'activate = 1'
}
policy() { # policy LINE: a configuration that has it for all of TLS
    printf '%s\n' 'openssl_conf = main' '[main]' 'ssl_conf = modules' '[modules]' \
        'system_default = policy' '[policy]' "$1"
}

# --- nothing to work with -----------------------------------------------------------------

no_ciphers=$(printf '%s\n' 'openssl_conf = main' '[main]' 'alg_section = all' '[all]' \
    'default_properties = provider=none')
with_config "$no_ciphers"
failed_as 19 configuration "no ciphers by its configuration '$config'" 'no provider has ciphers'
err_has 'hint: OPENSSL_CONF names another file' 'no provider has ciphers: the hint'
err_lacks '* OpenSSL: ' 'no provider has ciphers: OpenSSL is not quoted unasked'
with_config "$no_ciphers" -v
status_is 19 '-v before the rest: status'
err_has 'library has no ciphers' '-v: what OpenSSL says'
run with_env OPENSSL_CONF="$config" tlsdial --cacert "$T/ca.pem" localhost "$port" -v
status_is 19 '-v at the end: status'
err_has 'library has no ciphers' '-v at the end: what OpenSSL says'
with_config "$(policy 'CipherString = AES128-SHA
Ciphersuites = TLS_AES_128_CCM_SHA256')"
failed_as 19 configuration 'allows no cipher that is offered here' 'only ciphers that are not ours'

# --- what OpenSSL ignores -----------------------------------------------------------------

warned() { # warned WORDS DESC CONFIG
    with_config "$3"
    any_status 'an OpenSSL may refuse it'
    err_has "'$config': $1" "$2: it is named"
}
warned "the provider 'no-such' cannot be loaded" 'an unknown provider' "$(providers no-such)"
warned "'CipherString = NO-SUCH' is refused by OpenSSL" 'an unknown cipher' \
    "$(policy 'CipherString = NO-SUCH')"
warned "'Nonsense = yes' is refused by OpenSSL" 'an unknown setting' "$(policy 'Nonsense = yes')"
warned 'line 2: ' 'a broken file' "$(printf '%s\n' 'a = b' 'openssl_conf')"
warned 'it has no section [main]' 'a section that is not there' 'openssl_conf = main'
run with_env OPENSSL_CONF="$T/none.cnf" tlsdial --cacert "$T/ca.pem" localhost "$port"
any_status 'an OpenSSL may refuse it'
err_has "'$T/none.cnf': No such file" 'a file that is not there'

with_config 'openssl_conf = main' -q
any_status 'an OpenSSL may refuse it'
err_empty '-q: nothing is printed'
with_config "$(policy 'MinProtocol = TLSv1.2
Options = ServerPreference
SignatureAlgorithms = ECDSA+SHA256:RSA+SHA256')"
status_is 0 'a configuration without fault: status'
err_empty 'a configuration without fault: nothing is said'
run with_env OPENSSL_CONF= tlsdial --cacert "$T/ca.pem" localhost "$port"
status_is 0 'no configuration: status'
err_empty 'no configuration: nothing is said'

done_testing 19
