# shellcheck shell=sh
# Packages from the Debian archive that this machine uses, without touching what the machine has
# installed: apt with a state of its own. Sourced by cross, musl, suite and windows.

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }

# One at a time: apt fails where another one works, and .ci/run has two gates at once.
install_tools() { # install_tools PACKAGE...: on the machine itself
    # shellcheck disable=SC2016 # expanded by the inner shell
    as_root flock /var/lib/dpkg sh -ec 'apt-get update -q
        DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"' sh "$@"
}

: "${JOBS:=$(nproc)}" # of make

command -v apt-get >/dev/null || { echo "$0: apt-get is not here: Debian is needed" >&2; exit 1; }
# shellcheck source=/dev/null
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
# shellcheck disable=SC2034 # for those who source this
cache=${CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tlsdial}

# The archive itself, not its security suite, whose indexes of other architectures may be out of
# step.
# shellcheck disable=SC2016 # apt's own variables
archive_source() { # archive_source deb|deb-src [SUITE]: a line of sources.list
    apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT) $(SIGNED_BY)' \
        'Created-By: Packages' |
        awk -v codename="$codename" -v type="$1" -v suite="${2:-$codename}" '
            $2 == codename && $3 == "main" {
                signed = $4 ~ "^/" ? "[signed-by=" $4 "] " : ""
                print type, signed $1, suite, "main"
                exit
            }'
}

archive_begin() { # archive_begin FOLDER ARCH deb|deb-src [SUITE]
    archive=$1 archive_arch=$2
    mkdir -p "$archive/state/lists/partial" "$archive/cache/archives/partial"
    : >"$archive/status"
    archive_source "$3" "${4:-}" >"$archive/sources.list"
    archive_apt update
}

archive_apt() {
    apt-get -q -o Dir::State="$archive/state" -o Dir::State::status="$archive/status" \
        -o Dir::Cache="$archive/cache" -o Dir::Etc::SourceList="$archive/sources.list" \
        -o Dir::Etc::SourceParts=/dev/null -o APT::Architecture="$archive_arch" \
        -o APT::Architectures="$archive_arch" -o APT::Sandbox::User= "$@"
}

# Versions of the source package of OpenSSL in the release OPENSSL_SUITE (this machine's; trixie
# has OpenSSL 3.5), in the order in which they are tried; then whatever is there.
: "${OPENSSL_SUITE:=$codename}"
case $OPENSSL_SUITE in
trixie) : "${OPENSSL_VERSIONS:=3.5.7-1~deb13u2}" ;;
*) : "${OPENSSL_VERSIONS:=3.0.20-1~deb12u2 3.0.17-1~deb12u2}" ;;
esac

openssl_in_cache() { # openssl_in_cache NAME: sets openssl to the folder of the first version there
    for version in $OPENSSL_VERSIONS "any-$OPENSSL_SUITE"; do
        openssl=$cache/$1-openssl-$version
        [ ! -d "$openssl" ] || return 0
    done
    return 1
}

openssl_download() { # openssl_download NAME FOLDER: sets openssl, too, to where it will be
    archive_begin "$2/apt" amd64 deb-src "$OPENSSL_SUITE"
    for version in $OPENSSL_VERSIONS "any-$OPENSSL_SUITE"; do
        openssl=$cache/$1-openssl-$version
        wanted=openssl=$version
        [ "$version" != "any-$OPENSSL_SUITE" ] || wanted=openssl
        if (cd "$2" && archive_apt source --download-only --tar-only "$wanted"); then return; fi
    done
    echo "$0: no source of OpenSSL can be had" >&2
    return 1
}

# Builds OpenSSL with these arguments of its Configure, once for NAME and a version, and sets openssl
# to its folder. It looks for its configuration in openssl_directory, if that is set.
openssl_from_source() { # openssl_from_source NAME ARGS...
    name=$1
    shift
    ! openssl_in_cache "$name" || return 0
    work=$(mktemp -d)
    openssl_download "$name" "$work"
    mkdir "$work/source" "$work/root"
    tar -xf "$work"/openssl_*.orig.tar.* -C "$work/source" --strip-components=1
    (cd "$work/source" && ./Configure --prefix="$openssl" --libdir=lib "$@" &&
        make -j"$JOBS" ${openssl_directory:+"OPENSSLDIR=$openssl_directory"} build_libs &&
        make install_dev DESTDIR="$work/root") \
        >"$work/log" 2>&1 || { tail -n 20 "$work/log"; exit 1; }
    mkdir -p "$cache"
    mv "$work/root$openssl" "$openssl" # whole, or not there
    rm -rf "$work"
}
