# shellcheck shell=bash
# Redis in a folder, nothing kept on disk: one server, three sentinels over a primary and its replica, or a cluster
# of six. Sourced by scripts/services.

redis_at() { redis-cli -p "$(port_of "$1")" "${@:2}" </dev/null 2>/dev/null; }

# A plain PING may reach a stranger on the port, so the answer must come from our own process.
redis_ready() { redis-cli -p "$2" info server | grep -q "^process_id:$(pid_of "$1")[[:cntrl:]]*$"; }

# What stands in DIR/args, a word a line, is said to the server, too.
redis_try() {
  local more=()
  [ ! -s "$1/args" ] || mapfile -t more <"$1/args"
  : >"$1/log"
  own_by_server "$1"
  spawn "$1" redis-server --port "$2" --bind 127.0.0.1 --dir "$1" --save '' --appendonly no --daemonize no \
    --repl-diskless-sync-delay 0 "${more[@]}"
  until_ready 20 "$1" redis_ready "$1" "$2"
}

redis_start() {
  local dir; dir=$(server_dir "$1")
  running "$dir" || on_a_port "$dir" redis_try
  echo "redis://127.0.0.1:$(port_of "$dir")"
}

# term: as an operator stops it; kill: as a machine that loses its power.
redis_stop() {
  case ${2:-term} in
  term) stop_pid "$(pid_of "$1")" TERM 10 ;;
  kill) stop_pid "$(pid_of "$1")" KILL 10 ;;
  *) die "stop how: term or kill" ;;
  esac
}

# It is there and says nothing; its connections stay open.
redis_pause() { kill -STOP "$(pid_of "$1")"; }
redis_resume() { kill -CONT "$(pid_of "$1")"; }

# wait_until SECONDS CMD...
wait_until() {
  local end=$((SECONDS + $1)); shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.05
  done
}

redis_follows() { redis_at "$1" info replication | grep -q '^master_link_status:up'; }
sentinel_knows() { redis_at "$1" info sentinel | grep -q 'status=ok.*slaves=1,sentinels=3'; }

# Rewritten by the sentinel itself, so it has a file of its own.
sentinel_try() {
  local dir=$1 port=$2
  : >"$dir/log"
  cat >"$dir/sentinel.conf" <<CONF
port $port
bind 127.0.0.1
protected-mode no
dir $dir
sentinel monitor mymaster 127.0.0.1 $(cat "$dir/watches") 2
sentinel down-after-milliseconds mymaster 5000
sentinel failover-timeout mymaster 10000
sentinel parallel-syncs mymaster 1
CONF
  own_by_server "$dir"
  spawn "$dir" redis-server "$dir/sentinel.conf" --sentinel --daemonize no
  until_ready 20 "$dir" redis_ready "$dir" "$port"
}

# DIR/1 is the primary, DIR/2 its replica, DIR/s1 to s3 watch them as `mymaster`. Prints where the sentinels are.
redis_sentinel_start() {
  local dir sentinel primary addresses=(); dir=$(server_dir "$1")
  redis_start "$dir/1" >/dev/null
  primary=$(port_of "$dir/1")
  mkdir -p "$dir/2"
  printf '%s\n' --replicaof 127.0.0.1 "$primary" >"$dir/2/args"
  redis_start "$dir/2" >/dev/null
  wait_until 20 redis_follows "$dir/2" || die "the replica in $dir does not follow"
  for sentinel in s1 s2 s3; do
    mkdir -p "$dir/$sentinel"
    echo "$primary" >"$dir/$sentinel/watches"
    running "$dir/$sentinel" || on_a_port "$dir/$sentinel" sentinel_try
    addresses+=("127.0.0.1:$(port_of "$dir/$sentinel")")
  done
  for sentinel in s1 s2 s3; do
    wait_until 30 sentinel_knows "$dir/$sentinel" || die "the sentinels in $dir do not find each other"
  done
  (IFS=,; echo "${addresses[*]}")
}

cluster_is_whole() {
  [ "$(redis_at "$1" cluster info | tr -d '\r' | grep -c -x -e cluster_state:ok -e cluster_known_nodes:6)" = 2 ] &&
    [ "$(redis_at "$1" cluster nodes | grep -c slave)" = 3 ]
}

# DIR/1 to 6: three primaries, each with a replica. Their own talk has ports that are looked for as well: the usual ones,
# 10,000 higher, may be taken by any outgoing connection. Prints where they are.
redis_cluster_start() {
  local dir node addresses=(); dir=$(server_dir "$1")
  for node in 1 2 3 4 5 6; do
    if [ ! -e "$dir/$node/args" ]; then
      mkdir -p "$dir/$node"
      printf '%s\n' --cluster-enabled yes --cluster-config-file nodes.conf --cluster-node-timeout 2000 \
        --cluster-port "$(free_port)" >"$dir/$node/args"
    fi
    redis_start "$dir/$node" >/dev/null
    addresses+=("127.0.0.1:$(port_of "$dir/$node")")
  done
  if ! redis_at "$dir/1" cluster nodes | grep -q slave; then
    redis-cli --cluster create "${addresses[@]}" --cluster-replicas 1 --cluster-yes </dev/null >"$dir/create.log" 2>&1 ||
      { cat "$dir/create.log" >&2; die "no cluster came of $dir"; }
  fi
  for node in 1 2 3 4 5 6; do
    wait_until 30 cluster_is_whole "$dir/$node" || die "the cluster in $dir is not whole"
  done
  for node in 1 2 3 4 5 6; do
    ! redis_at "$dir/$node" info replication | grep -q '^role:slave' || wait_until 20 redis_follows "$dir/$node" ||
      die "the replica in $dir/$node does not follow"
  done
  (IFS=,; echo "${addresses[*]}")
}

# All servers of a folder, whichever of the two it is.
redis_all_stop() {
  local server
  for server in "$1"/s[1-3] "$1"/[1-6]; do
    [ ! -d "$server" ] || { redis_resume "$server" 2>/dev/null || true; stop_pid "$(pid_of "$server")" KILL 10; }
  done
}
