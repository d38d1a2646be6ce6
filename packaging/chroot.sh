# shellcheck shell=sh
# A release of Debian in a folder, unpacked by debootstrap and entered by chroot in namespaces of
# its own, so that nothing stays mounted. Sourced after archive.sh by autopkgtest, minbase and suite,
# which set folder: it is /mnt in there. Needs root.

[ "$(id -u)" -eq 0 ] || { echo "$0: chroot needs root" >&2; exit 1; }
if ! { command -v debootstrap && command -v unshare; }; then
    install_tools debootstrap util-linux
fi
export VERBOSE="${VERBOSE:-}" FORGETFUL="${forgetful:-}" BARE="${bare:-}" JOBS

# Proxies and the like of this machine, and indexes that are not renewed every day.
configure_apt() { # configure_apt ROOT
    cp -r /etc/apt/apt.conf.d/. "$1/etc/apt/apt.conf.d/"
    cp /etc/resolv.conf "$1/etc/resolv.conf"
    echo 'Acquire::Check-Valid-Until "false";' >"$1/etc/apt/apt.conf.d/99tlsdial"
}

# In a mount and process namespace of its own, which ends with the command. What it changes in ROOT
# stays there, unless forgetful is set. The smallest system has no /etc/hosts: it gets one with
# localhost, unless bare is set.
inside() { # inside ROOT SCRIPT ARGS...
    inside_root=$1
    shift
    # shellcheck disable=SC2016 # expanded by the inner shell
    unshare --mount --pid --fork sh -euc '
        root=$1 folder=$2 script=$3
        shift 3
        mount --make-rprivate /
        if [ -n "$FORGETFUL" ]; then
            mount -t tmpfs tmpfs "$root/mnt"
            mkdir "$root/mnt/new" "$root/mnt/work"
            mount -t overlay overlay "$root" -o \
                "lowerdir=$root,upperdir=$root/mnt/new,workdir=$root/mnt/work"
        fi
        mount -t proc proc "$root/proc"
        mount --bind /dev "$root/dev"
        mount -t devpts devpts "$root/dev/pts" # for the tests that have a terminal
        mount --bind "$folder" "$root/mnt"
        [ -n "$BARE" ] || [ -s "$root/etc/hosts" ] ||
            printf "127.0.0.1 localhost\n::1 localhost\n" >"$root/etc/hosts"
        exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
            LC_ALL=C.UTF-8 VERBOSE="$VERBOSE" JOBS="$JOBS" sh -euc "$script" sh "$@"' \
        sh "$inside_root" "$(cd "$folder" && pwd)" "$@"
}

archive_mirror() { archive_source deb | awk '{ for (i = 2; i <= NF; i++) if ($i ~ "://") print $i }'; }

chroot_begin() { # chroot_begin SUITE ROOT [PACKAGE,...]: the smallest system, with apt and these
    rm -rf "$2"
    mkdir -p "$2"
    debootstrap --variant=minbase --include="ca-certificates${3:+,$3}" "$1" "$2" \
        "$(archive_mirror)"
    configure_apt "$2"
}
