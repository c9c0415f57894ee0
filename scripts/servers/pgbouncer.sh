# shellcheck shell=bash
# One PgBouncer in transaction mode in front of one PostgreSQL. Sourced by scripts/services.
#   POOL_SIZE=20           server connections per database and role

# Roles are looked up in the server behind, without passwords, so tests may make their own.
pgbouncer_settings() {
  cat <<CONF
[databases]
* = host=127.0.0.1 port=$2 auth_user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $3
unix_socket_dir =
auth_type = trust
auth_file = $1/users.txt
auth_query = SELECT usename, passwd FROM pg_catalog.pg_shadow WHERE usename = \$1
admin_users = postgres
pool_mode = transaction
max_client_conn = 1000
default_pool_size = $4
server_idle_timeout = 10
server_login_retry = 0.2
ignore_startup_parameters = extra_float_digits,options
CONF
}

pgbouncer_console() {
  PGCONNECT_TIMEOUT=3 psql -qAtX "host=127.0.0.1 port=$1 user=postgres dbname=pgbouncer" -c "$2"
}

# pgbouncer_write DIR POSTGRES_PORT PORT
pgbouncer_write() {
  echo "${POOL_SIZE:-$(cat "$1/pool_size" 2>/dev/null || echo 20)}" >"$1/pool_size"
  echo "$2" >"$1/behind"
  echo '"postgres" ""' >"$1/users.txt"
  pgbouncer_settings "$1" "$2" "$3" "$(cat "$1/pool_size")" >"$1/pgbouncer.ini"
  own_by_server "$1"
}

pgbouncer_try() {
  pgbouncer_write "$1" "$(cat "$1/behind")" "$2"
  : >"$1/log"
  spawn "$1" "$(command -v pgbouncer || echo /usr/sbin/pgbouncer)" "$1/pgbouncer.ini"
  # It says so once it listens; a question to the port might be answered by a stranger.
  until_ready 60 "$1" grep -q 'process up' "$1/log"
}

# pgbouncer_start DIR POSTGRES_PORT
pgbouncer_start() {
  local dir; dir=$(server_dir "$1")
  echo "$2" >"$dir/behind"
  running "$dir" || on_a_port "$dir" pgbouncer_try
  postgres_address "$dir"
}

# After a failover: the same address for callers, another server behind it.
pgbouncer_repoint() {
  pgbouncer_write "$1" "$2" "$(port_of "$1")"
  pgbouncer_console "$(port_of "$1")" reload
  pgbouncer_console "$(port_of "$1")" reconnect
}

# TERM closes at once; waiting for clients is what tests of a vanished pooler do not want.
pgbouncer_stop() { stop_pid "$(pid_of "$1")" TERM 10; }
