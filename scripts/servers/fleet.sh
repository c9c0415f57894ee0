# shellcheck shell=bash
# The nodes of a fleet, what they stand on, and nginx before them. Sourced by scripts/fleet.

fleet_rookery() { "$(fleet_binary)" "$@"; }

# The binary to run: the one named, or whichever was built last.
fleet_binary() {
  if [ -n "${ROOKERY:-}" ]; then echo "$ROOKERY"; return; fi
  local newest
  newest=$(cd "$tree/target" 2>/dev/null && find release/rookery debug/rookery -type f -printf '%T@ %p\n' 2>/dev/null | sort -n | tail -1 | cut -d' ' -f2-)
  [ -n "$newest" ] || die "there is no rookery yet: cargo build --release -p rookery"
  echo "$tree/target/$newest"
}

# A primary whose commits a replica confirms, a pooler in front of it, and Redis.
fleet_servers() {
  postgres_primary "$1/primary" >/dev/null
  postgres_replica "$1/r1" "$1/primary" r1 >/dev/null
  postgres_set "$1/primary" synchronous_standby_names 'ANY 1 (r1)'
  sql_on "$1/primary" "select 1 from pg_database where datname = 'rookery'" | grep -q 1 ||
    sql_on "$1/primary" 'create database rookery'
  pgbouncer_start "$1/pgbouncer" "$(port_of "$1/primary")" >/dev/null
  redis_start "$1/redis" >/dev/null
}

fleet_dsn() { postgres_address "$1" | sed 's/dbname=postgres/dbname=rookery/'; }

# fleet_config DIR NODE PORT: what a node is told. Its role is its name without the number.
fleet_config() {
  local dir=$1 node=$2
  cat <<CONF
[server]
listen = "127.0.0.1:$3"
public_url = "http://127.0.0.1:$(port_of "$dir/nginx")"
roles = ["${node%-*}"]
data = "$dir/nodes/$node/data"
trusted_proxies = ["127.0.0.1"]
# One machine plays everybody here.
[rates]
account = 0
address = 0
sign_in_address = 0
[gateway]
threads = 1
[redis]
urls = ["redis://127.0.0.1:$(port_of "$dir/redis")"]
[store]
kind = "postgres"
[store.postgres]
directory = "$(fleet_dsn "$dir/pgbouncer")"
shards = [{ id = 1, primary = "$(fleet_dsn "$dir/pgbouncer")", replicas = ["$(fleet_dsn "$dir/r1")"] }]
[store.postgres.pool]
size = 10
overflow = 10
[metrics]
listen = "127.0.0.1:$(cat "$dir/nodes/$node/metrics")"
[log]
format = "json"
CONF
}

# It prints where it is once it serves.
fleet_node_try() {
  local at=$1 dir node
  node=$(basename "$at") dir=$(dirname "$(dirname "$at")")
  [ -s "$at/metrics" ] || free_port "$at" >"$at/metrics"
  fleet_config "$dir" "$node" "$2" >"$at/rookery.toml"
  : >"$at/log"
  SPAWN_AS=me spawn "$at" "$(fleet_binary)" --json serve --config "$at/rookery.toml"
  until_ready 60 "$at" grep -q '^{"listen"' "$at/log"
}

fleet_node_start() {
  local at; at=$(server_dir "$1/nodes/$2")
  running "$at" || on_a_port "$at" fleet_node_try
}

# Of the first node, as long as nobody has set it up.
fleet_set_up_code() {
  sed -n 's/^{"listen".*"set_up_code":"\([^"]*\)".*/\1/p' "$1/nodes/api-1/log" | head -n 1
}

# The file we ship, with this fleet's particulars beside it.
fleet_nginx_config() {
  local at=$1 dir=$2 node; shift 2
  mkdir -p "$at/nginx"
  cp "$tree/deploy/nginx.conf" "$at/nginx.conf"
  echo "# This nginx stands first." >"$at/nginx/trusted.conf"
  echo "listen 127.0.0.1:$(port_of "$at") backlog=4096;" >"$at/nginx/listen.conf"
  # Places of the shipped list, by role: so its least_conn, its failures and its zones are what is tried here.
  cp "$tree/deploy/nginx/upstreams.conf" "$at/nginx/upstreams.conf"
  for node; do
    sed -i "s/\b$node\.internal:7665/127.0.0.1:$(port_of "$dir/nodes/$node")/" "$at/nginx/upstreams.conf"
  done
}

fleet_nginx() { PATH=$PATH:/usr/sbin nginx "$@"; }

fleet_nginx_start() {
  local at; at=$(server_dir "$1")
  running "$at" && return
  fleet_nginx_config "$at" "${@:2}"
  local as='daemon off;'
  # Its own user may not enter the tree.
  [ "$(id -u)" != 0 ] || as="$as user root;"
  : >"$at/log"
  fleet_nginx -q -t -e "$at/error.log" -p "$at" -c "$at/nginx.conf" -g "$as" 2>>"$at/log" || { cat "$at/log" >&2; die "nginx takes no such configuration"; }
  SPAWN_AS=me spawn "$at" env PATH="$PATH:/usr/sbin" nginx -e "$at/error.log" -p "$at" -c "$at/nginx.conf" -g "$as"
  until_ready 60 "$at" curl -sf "http://127.0.0.1:$(port_of "$at")/balancer/health" || { tail -n 20 "$at/log" "$at/error.log" >&2; die "nginx did not start"; }
}

fleet_nginx_stop() { stop_pid "$(pid_of "$1")" TERM 10; }
