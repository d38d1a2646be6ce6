# shellcheck shell=sh
# Dovecot: IMAP, POP3, LMTP and ManageSieve.
# shellcheck source=tests/lib/real.sh
. "${TOP_SRCDIR:-.}/tests/lib/real.sh"
requires openssl
find_server dovecot
own_network

protocols='imap pop3 lmtp'
[ ! -e /usr/lib/dovecot/managesieve-login ] || protocols="$protocols sieve"
start_dovecot() { # start_dovecot NAME SSL CERTIFICATE PORTS: added to 1000s
    mkdir "$T/$1"
    cat >"$T/$1/conf" <<END
base_dir = /run/dovecot-$1
state_dir = /run/dovecot-$1
instance_name = $1
protocols = $protocols
log_path = $log
auth_verbose = yes
ssl = $2
ssl_cert = <$T/$3.pem
ssl_key = <$T/$3.key
listen = 127.0.0.1
passdb {
  driver = static
  args = nopassword=y
}
userdb {
  driver = static
  args = uid=mail gid=mail home=$T/home/%u
}
service imap-login {
  inet_listener imap {
    port = $((4143 + $4))
  }
  inet_listener imaps {
    port = 0
  }
}
service pop3-login {
  inet_listener pop3 {
    port = $((4110 + $4))
  }
  inet_listener pop3s {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    port = $((4024 + $4))
  }
}
END
    case $protocols in
    *sieve*)
        cat >>"$T/$1/conf" <<END
service managesieve-login {
  inet_listener sieve {
    port = $((4190 + $4))
  }
}
END
        ;;
    esac
    start_server "$server" -F -c "$T/$1/conf"
}
start_dovecot good yes server 0
start_dovecot bad yes elsewhere 1000
start_dovecot off no server 2000
for port in 4143 4110 4024; do
    wait_for $port $((port + 1000)) $((port + 2000))
done

good_bad_off imap 4143 5143 6143
says imap 4143 'A LOGOUT\r\n' 'A OK'
good_bad_off pop3 4110 5110 6110
says pop3 4110 'QUIT\r\n' '+OK'
good_bad_off lmtp 4024 5024 6024
says lmtp 4024 'QUIT\r\n' '221'
case $protocols in
*sieve*)
    wait_for 4190 5190 6190
    good_bad_off sieve 4190 5190 6190
    says sieve 4190 'LOGOUT\r\n' 'OK'
    ;;
*) skip ManageSieve 'dovecot-managesieved is not installed' 5 ;;
esac
log_lacks 'Too many invalid|syntax error|Error:|Fatal:|Panic:|Unknown command' 'no error of ours'
hinted imap 4143
hinted pop3 4110
hinted lmtp 4024

done_testing 27
