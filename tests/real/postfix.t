# shellcheck shell=sh
# Postfix: SMTP.
# shellcheck source=tests/lib/real.sh
. "${TOP_SRCDIR:-.}/tests/lib/real.sh"
requires openssl
find_server postfix
own_network

conf=$T/postfix
mkdir "$conf" "$T/spool" "$T/data"
chown postfix "$T/data"
cat >"$conf/main.cf" <<END
compatibility_level = 3.6
queue_directory = $T/spool
data_directory = $T/data
maillog_file = $log
maillog_file_prefixes = $T
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = mail.example
mydestination =
alias_maps =
smtpd_tls_security_level = may
smtpd_tls_cert_file = $T/server.pem
smtpd_tls_key_file = $T/server.key
smtpd_tls_loglevel = 1
smtpd_peername_lookup = no
END
cat >"$conf/master.cf" <<END
25 inet n - n - - smtpd
2525 inet n - n - - smtpd
  -o smtpd_tls_cert_file=$T/elsewhere.pem -o smtpd_tls_key_file=$T/elsewhere.key
2526 inet n - n - - smtpd
  -o smtpd_tls_security_level=none
postlog unix-dgram n - n - 1 postlogd
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
cleanup unix n - n - 0 cleanup
pickup unix n - n 60 1 pickup
qmgr unix n - n 300 1 qmgr
proxymap unix - - n - - proxymap
showq unix n - n - - showq
END
"$server" -c "$conf" start >>"$T/said" 2>&1 || {
    show 'it said' "$T/said"
    bail_out 'Postfix does not start'
}
wait_for 25 2525 2526

good_bad_off smtp 25 2525 2526
says smtp 25 'QUIT\r\n' '221 2.0.0 Bye'
dial --starttls smtp --starttls-name client.example localhost 2526
failed_as 26 starttls-refused 'does not offer TLS in SMTP' 'not offered'
log_has 'disconnect from .* ehlo=1 quit=1 commands=2' 'and QUIT was said'
log_has 'Trusted|Anonymous TLS connection established' 'TLS was established'
log_lacks 'improper|non-SMTP|pipelining|timeout|bad command|unknown=|Untrusted|fatal' \
    'no error of ours'
hinted smtp 25

done_testing 11
