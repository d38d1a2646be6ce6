# shellcheck shell=sh disable=SC2034,SC2154 # the files share their variables
# What the tests find: the two trees, the tools, what was built, and a clean environment.

TOP_SRCDIR=$(cd "${TOP_SRCDIR:-.}" && pwd)
TOP_BUILDDIR=$(cd "${TOP_BUILDDIR:-.}" && pwd)
: "${LIBTOOL:=$TOP_BUILDDIR/libtool}" "${EMULATOR:=}" "${EXEEXT:=}" "${AWK:=awk}"
: "${OPENSSL:=openssl}"
# Empty is an answer here: configure found none.
PYTHON=${PYTHON-$(command -v python3)}
nginx_found=${NGINX-$(PATH=$PATH:/usr/sbin:/usr/local/sbin command -v nginx)}
# Unset first, so that nginx does not inherit it: a variable of this name tells it of
# sockets to take over.
unset NGINX
NGINX=$nginx_found
if [ -z "${HAVE_LIBIDN2:-}" ]; then
    HAVE_LIBIDN2=no
    grep -q '^#define HAVE_LIBIDN2 1' "$TOP_BUILDDIR/config.h" 2>/dev/null &&
        HAVE_LIBIDN2=yes
fi
if [ -z "${HAVE_JANSSON:-}" ]; then
    HAVE_JANSSON=no
    grep -q '^#define HAVE_JANSSON 1' "$TOP_BUILDDIR/config.h" 2>/dev/null &&
        HAVE_JANSSON=yes
fi

configured() { grep -q "^#define $1 1" "$TOP_BUILDDIR/config.h" 2>/dev/null; }
has_check() { configured HAVE_CHECK; }
# What OpenSSL can be built without.
has_ocsp() { configured HAVE_OCSP_BASIC_VERIFY; }
has_ui_console() { configured HAVE_UI_OPENSSL; }

unset SSL_CERT_FILE SSL_CERT_DIR OPENSSL_CONF SSLKEYLOGFILE CDPATH POSIXLY_CORRECT
unset NO_COLOR
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
for protocol in smtp submission lmtp imap pop3 nntp ftp sieve ldap xmpp xmpp_server postgres \
    postgresql mysql irc rdp; do
    unset "${protocol}_proxy"
done
unset protocol
LC_ALL=C TZ=UTC
# Wine knows what characters the bytes of an argument stand for by the locale.
[ "$EXEEXT" != .exe ] || LC_ALL=C.UTF-8
export LC_ALL TZ TOP_SRCDIR TOP_BUILDDIR HAVE_LIBIDN2 HAVE_JANSSON

# An emulator runs the same code ten times slower; the bounds only have to catch a hang.
slowness=${EMULATOR:+5}
slowness=${slowness:-1}
# A shell without job control starts its background commands with these two ignored.
restore_signals=
env --default-signal=INT,QUIT true 2>/dev/null &&
    restore_signals='env --default-signal=INT,QUIT'
naps_a_second=50 nap_length=0.02
sleep 0.01 2>/dev/null || naps_a_second=1 nap_length=1

# Whether a sanitizer's run time is in the programs: it excludes valgrind, and opens files.
sanitized() {
    grep -qE 'fsanitize|-pie -fPIE.*asan' "$TOP_BUILDDIR/config.log" 2>/dev/null
}

has_terminals() { "${PYTHON:-false}" -c 'import os; os.openpty()' 2>/dev/null; }
