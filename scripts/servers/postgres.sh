# shellcheck shell=bash
# One PostgreSQL server in a folder: primary or streaming replica. Sourced by scripts/services.
#   FSYNC=on|off           durable or fast (off only in the shared test server of `up`)
#   WAL_KEEP_SIZE=64MB     how far a replica may fall behind before it must be copied again

# The settings of a replicated server, as an operator would write them.
postgres_settings() {
  cat <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_buffers = 64MB
autovacuum_naptime = 10s
wal_level = replica
max_wal_senders = 10
max_replication_slots = 10
wal_keep_size = ${WAL_KEEP_SIZE:-64MB}
hot_standby = on
hot_standby_feedback = on
wal_receiver_status_interval = 1s
wal_retrieve_retry_interval = 200ms
wal_log_hints = on
fsync = ${FSYNC:-on}
full_page_writes = ${FSYNC:-on}
CONF
}

postgres_address() { echo "host=127.0.0.1 port=$(port_of "$1") user=postgres dbname=postgres"; }
sql_on() { psql -qAtX -v ON_ERROR_STOP=1 "$(postgres_address "$1")" -c "$2"; }

# Line 8 of the lock file says "ready" once connections are taken; line 1 proves it is ours and not
# what a killed predecessor left.
postgres_ready() {
  [ "$(sed -n '1p;8p' "$1/data/postmaster.pid" 2>/dev/null | tr -d ' \n')" = "$(pid_of "$1")ready" ]
}

postgres_try() {
  : >"$1/log"
  own_by_server "$1/log"
  spawn "$1" "$(postgres_bin)/postgres" -D "$1/data" -p "$2"
  until_ready 120 "$1" postgres_ready "$1"
}

# A killed server leaves its lock file, and one whose process is still a zombie counts as held.
postgres_unlock() {
  alive "$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)" || rm -f "$1/data/postmaster.pid"
}

postgres_start() {
  running "$1" && return
  postgres_unlock "$1"
  on_a_port "$1" postgres_try
}

# postgres_set DIR NAME VALUE: one setting, in the file all servers include; read again if running.
postgres_set() {
  local conf=$1/data/rookery.conf kept
  kept=$(grep -v "^$2 =" "$conf" || true)
  printf '%s\n%s = '"'%s'"'\n' "$kept" "$2" "${3//\'/\'\'}" >"$conf"
  if running "$1"; then kill -HUP "$(pid_of "$1")"; fi
}

postgres_primary() {
  local dir; dir=$(server_dir "$1")
  if [ ! -e "$dir/data/PG_VERSION" ]; then
    own_by_server "$dir"
    as_server_in "$dir" "$(postgres_bin)/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync \
      >"$dir/initdb.log" 2>&1 </dev/null || { cat "$dir/initdb.log" >&2; die "initdb failed in $dir"; }
    postgres_settings >"$dir/data/rookery.conf"
    own_by_server "$dir/data/rookery.conf"
    echo "include 'rookery.conf'" >>"$dir/data/postgresql.conf"
    postgres_start "$dir"
    sql_on "$dir" 'create role replicator with replication login'
  fi
  postgres_start "$dir"
  postgres_address "$dir"
}

# follow DIR PRIMARY NAME: make a stopped or running standby stream from PRIMARY under NAME.
postgres_follow() {
  touch "$1/data/standby.signal"
  own_by_server "$1/data/standby.signal"
  postgres_set "$1" primary_conninfo \
    "host=127.0.0.1 port=$(port_of "$2") user=replicator application_name=$3 connect_timeout=2"
}

postgres_copy() {
  rm -rf "$1/data"
  as_server_in "$1" "$(postgres_bin)/pg_basebackup" -h 127.0.0.1 -p "$(port_of "$2")" -U replicator -D "$1/data" \
    -X stream -c fast --no-sync </dev/null || die "could not copy $2 into $1"
}

postgres_replica() {
  local dir primary; dir=$(server_dir "$1"); primary=$(server_dir "$2")
  if [ ! -e "$dir/data/PG_VERSION" ]; then
    own_by_server "$dir"
    postgres_copy "$dir" "$primary"
    postgres_follow "$dir" "$primary" "$3"
  fi
  postgres_start "$dir"
  postgres_address "$dir"
}

# An old primary comes back as a standby of the new one: rewound where that works, else copied again.
postgres_rejoin() {
  local dir=$1 primary=$2
  postgres_stop "$dir" fast
  postgres_unlock "$dir"
  # Before PostgreSQL 16 a rewind trusts the source's control file, which a promotion updates late.
  sql_on "$primary" checkpoint
  if as_server_in "$dir" "$(postgres_bin)/pg_rewind" --target-pgdata="$dir/data" --no-sync \
    --source-server="$(postgres_address "$primary")" </dev/null >"$dir/rewind.log" 2>&1; then
    say "services: $dir rewound"
  else
    say "services: $dir could not be rewound (see rewind.log), copied again"
    postgres_copy "$dir" "$primary"
  fi
  postgres_follow "$dir" "$primary" "$3"
  postgres_start "$dir"
}

postgres_promote() {
  as_server_in "$1" "$(postgres_bin)/pg_ctl" promote -s -w -t 60 -D "$1/data" </dev/null || die "$1 was not promoted"
}

# fast: sessions are ended and all is written; immediate: as if it crashed; kill: SIGKILL for the
# server and every process of it at once, so that none writes on.
postgres_stop() {
  local pid children child; pid=$(pid_of "$1")
  alive "$pid" || return 0
  case ${2:-fast} in
  fast) stop_pid "$pid" INT 60 ;;
  immediate) stop_pid "$pid" QUIT 20 ;;
  kill)
    kill -STOP "$pid" # so that it forks no more while its children are listed
    children=$(grep -l "^PPid:[[:space:]]*$pid\$" /proc/[0-9]*/status 2>/dev/null | cut -d/ -f3 || true)
    # shellcheck disable=SC2086
    kill -KILL "$pid" $children 2>/dev/null || true
    for child in $pid $children; do while alive "$child"; do sleep 0.01; done; done
    ;;
  *) die "stop how: fast, immediate or kill" ;;
  esac
}
