# shellcheck shell=sh
# vsftpd: FTP.
# shellcheck source=tests/lib/real.sh
. "${TOP_SRCDIR:-.}/tests/lib/real.sh"
requires openssl
find_server vsftpd
own_network

mkdir -p /run/vsftpd/empty
start_vsftpd() { # start_vsftpd NAME PORT YES|NO CERTIFICATE
    cat >"$T/$1.conf" <<END
listen=YES
background=NO
listen_address=127.0.0.1
listen_port=$2
anonymous_enable=YES
secure_chroot_dir=/run/vsftpd/empty
ssl_enable=$3
allow_anon_ssl=YES
ssl_ciphers=HIGH
rsa_cert_file=$T/$4.pem
rsa_private_key_file=$T/$4.key
xferlog_enable=NO
vsftpd_log_file=$log
dual_log_enable=YES
log_ftp_protocol=YES
debug_ssl=YES
seccomp_sandbox=NO
END
    start_server "$server" "$T/$1.conf"
}
start_vsftpd good 21 YES server
start_vsftpd bad 2121 YES elsewhere
start_vsftpd off 2122 NO server
wait_for 21 2121 2122

good_bad_off ftp 21 2121 2122
printf 'QUIT\r\n' >"$T/command"
dial --starttls ftp --send "$T/command" localhost 21
status_is 60 'a command inside TLS: vsftpd ends without close_notify'
out_has '221 Goodbye' 'and its answer'
log_has 'FTP command: Client "127.0.0.1", "QUIT"' 'QUIT was said'
log_lacks 'FTP response: Client "127.0.0.1", "50[0-3]' 'no command of ours is unknown'
hinted ftp 21

done_testing 9
