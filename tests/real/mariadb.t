# shellcheck shell=sh
# MariaDB.
# shellcheck source=tests/lib/real.sh
. "${TOP_SRCDIR:-.}/tests/lib/real.sh"
find_server mariadbd
requires openssl python mariadb-install-db
own_network

start_mariadb() { # start_mariadb NAME PORT ARGS...
    mariadb_name=$1 mariadb_port=$2
    shift 2
    mkdir "$T/$mariadb_name"
    chown mysql: "$T/$mariadb_name"
    mariadb-install-db --no-defaults --user=mysql --datadir="$T/$mariadb_name/data" \
        --skip-test-db --auth-root-authentication-method=normal >"$T/install.log" 2>&1 || {
        show mariadb-install-db "$T/install.log"
        bail_out 'mariadb-install-db fails'
    }
    "$server" --no-defaults --user=mysql --datadir="$T/$mariadb_name/data" \
        --bind-address=127.0.0.1 --port="$mariadb_port" --skip-name-resolve \
        --socket="$T/$mariadb_name/socket" --pid-file="$T/$mariadb_name/pid" \
        --innodb-buffer-pool-size=8M --log-warnings=4 "$@" >>"$log" 2>&1 &
    remember $!
}
for name in server elsewhere ca; do
    chmod 644 "$T/$name.pem"
    chmod 644 "$T/$name.key"
done
start_mariadb good 3306 --ssl-cert="$T/server.pem" --ssl-key="$T/server.key"
start_mariadb bad 3307 --ssl-cert="$T/elsewhere.pem" --ssl-key="$T/elsewhere.key"
start_mariadb off 3308 --skip-ssl
wait_for 3306 3307 3308

good_bad_off mysql 3306 3307 3308
check mysql://localhost
status_is 0 'the usual port'
log_has 'ready for connections' 'the log is there'
log_lacks 'out of order|Bad handshake|Got an error reading communication packets|\[ERROR\]' \
    'no error of ours'
hinted mysql 3306

# "Host is blocked" and its kin come in place of the greeting.
start_mariadb full 3309 --skip-ssl --max-connections=10 --extra-max-connections=1 \
    --bind-address=127.0.0.1
wait_for 3309
cat >"$T/fill.py" <<'END'
import socket, time
held = [socket.create_connection(("127.0.0.1", 3309)) for _ in range(12)]
for one in held:
    one.recv(100)
print("full", flush=True)
time.sleep(60)
END
"$PYTHON" "$T/fill.py" >"$T/filled" &
remember $!
wait_until 20 has "$T/filled" full || bail_out 'it does not fill'
dial --starttls mysql localhost 3309
failed_as 26 starttls-refused '1040' 'too many connections'
err_has 'Too many connections' 'the words of it'

done_testing 10
