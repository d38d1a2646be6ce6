# shellcheck shell=sh
# ssh -o ProxyCommand='tlsdial pipe %h PORT' to a real sshd behind a server that ends TLS.
# shellcheck source=tests/lib/tap.sh
. "${TOP_SRCDIR:-.}/tests/lib/tap.sh"
requires python openssl ssh ssh-keygen
sshd=$(PATH=$PATH:/usr/sbin:/usr/local/sbin command -v sshd) || skip_all 'sshd is not here'
[ "$EXEEXT" != .exe ] || skip_all 'ssh is of POSIX'

make_usual
user=$(id -un)
chmod 700 "$T"
quietly "$T/keygen" ssh-keygen -q -t ed25519 -N '' -f "$T/host"
quietly "$T/keygen" ssh-keygen -q -t ed25519 -N '' -f "$T/key"
cp "$T/key.pub" "$T/authorized"

# sshd is started for each connection, on a socket (inetd mode); it wants its own folder as root.
cat >"$T/sshd_config" <<END
HostKey $T/host
AuthorizedKeysFile $T/authorized
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
PidFile none
END
[ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd
"$sshd" -t -f "$T/sshd_config" 2>"$T/sshd_test" ||
    skip_all "sshd cannot be run here: $(head -n 1 "$T/sshd_test")"

start_peer inetd --command "$sshd -i -f $T/sshd_config -E $T/sshd_log"
# shellcheck disable=SC2154
find_localhost_options localhost "$port"
cat >"$T/ssh_config" <<END
Host localhost
ProxyCommand $real_tlsdial pipe $localhost_options --cacert $T/ca.pem %h $port
Host unverified
HostName localhost
ProxyCommand $real_tlsdial pipe $localhost_options %h $port
Host *
User $user
IdentityFile $T/key
IdentitiesOnly yes
IdentityAgent none
UserKnownHostsFile $T/known
StrictHostKeyChecking accept-new
BatchMode yes
ControlPath none
END

within 60 ssh -F "$T/ssh_config" localhost 'echo "it is me"'
if [ "$status" -eq 255 ] && grep -qiE 'not allowed|locked|nologin' "$T/sshd_log" 2>"$T/grep"; then
    any_status 'this account cannot log in'
    skip 'ssh' "$(head -n 1 "$T/sshd_log")" 9
    done_testing 9
    exit
fi
status_is 0 'ssh through tlsdial pipe'
out_is 'it is me' 'ssh through tlsdial pipe: the output'
within 60 ssh -F "$T/ssh_config" localhost 'exit 7'
status_is 7 'ssh through tlsdial pipe: the status'

dd if=/dev/urandom of="$T/big" bs=1048576 count=8 2>"$T/dd"
within 60 ssh -F "$T/ssh_config" localhost cat <"$T/big"
status_is 0 '8 MiB each way'
same_bytes "$T/out" "$T/big" '8 MiB each way: the bytes'

all_closed() { [ "$(grep -c 'connection over' "$peer_log")" -ge 3 ]; }
wait_until 10 all_closed
ok $? 'each connection has come to its end' || show "the peer's log" "$peer_log"
none_is_left() { ! ps -eo args= | grep -F "$T/ca.pem" | grep -qv grep; }
wait_until 10 none_is_left
ok $? 'no tlsdial is left'

within 60 ssh -F "$T/ssh_config" unverified 'echo "it is me"'
status_is 255 'a server that is not verified'
err_has 'tlsdial: localhost:' 'the message is ours'

done_testing 9
