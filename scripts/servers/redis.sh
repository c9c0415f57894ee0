# shellcheck shell=bash
# Redis in a folder, nothing kept on disk: one server, three sentinels over a primary and its replica, or a cluster
# of six. Sourced by scripts/services.

# The seal of a server, in its own folder or the one above, where `redis-seal` made one.
seal_of() {
  local dir
  for dir in "$1" "$(dirname "$1")"; do
    [ ! -d "$dir/seal" ] || { echo "$dir/seal"; return; }
  done
}

# redis_cli DIR WORD...: with the words that let one in there.
redis_cli() {
  local seal ask=(); seal=$(seal_of "$1")
  [ -z "$seal" ] || mapfile -t ask <"$seal/ask"
  redis-cli "${ask[@]}" "${@:2}" </dev/null 2>/dev/null
}
redis_at() { redis_cli "$1" -p "$(port_of "$1")" "${@:2}"; }

# A plain PING may reach a stranger on the port, so the answer must come from our own process.
redis_ready() { redis_cli "$1" -p "$2" info server | grep -q "^process_id:$(pid_of "$1")[[:cntrl:]]*$"; }

# What stands in DIR/args, a word a line, is said to the server, too.
redis_try() {
  local seal more=() listen=(--port "$2"); seal=$(seal_of "$1")
  [ -z "$seal" ] || { mapfile -t listen <"$seal/args"; listen=(--port 0 --tls-port "$2" "${listen[@]}"); }
  [ ! -s "$1/args" ] || mapfile -t more <"$1/args"
  if [ -e "$1/talk" ]; then
    # Looked for again with each try of the first start.
    [ -s "$1/port" ] || free_port "$1" >"$1/talk"
    more+=(--cluster-port "$(cat "$1/talk")")
  fi
  : >"$1/log"
  own_by_server "$1"
  spawn "$1" redis-server "${listen[@]}" --bind 127.0.0.1 --dir "$1" --save '' --appendonly no --daemonize no \
    --repl-diskless-sync-delay 0 "${more[@]}"
  until_ready 60 "$1" redis_ready "$1" "$2"
}

# redis_seal DIR USER PASSWORD: servers in DIR or right below it, started after this, speak TLS alone, with a certificate that
# DIR/seal/ca.pem vouches for, and let in USER, who may do what a node does below the prefix rookery and nothing else, and
# `default`, who may do everything; both by PASSWORD.
redis_seal() {
  local seal user=$2 password=$3; seal=$(server_dir "$1")/seal
  mkdir -p "$seal"
  redis_certificate "$seal" >"$seal/log" 2>&1 || { cat "$seal/log" >&2; die "openssl made no certificate in $seal"; }
  printf '%s\n' --tls-cert-file "$seal/cert.pem" --tls-key-file "$seal/key.pem" --tls-ca-cert-file "$seal/ca.pem" \
    --tls-auth-clients no --tls-replication yes --tls-cluster yes --requirepass "$password" --masterauth "$password" \
    --user "$user" on ">$password" '~rookery:*' '&rookery:*' +@read +@write +@pubsub +@connection +@scripting -@dangerous \
    +time +info +role '+cluster|slots' >"$seal/args"
  printf '%s\n' --tls --cacert "$seal/ca.pem" --no-auth-warning --pass "$password" >"$seal/ask"
  chmod 755 "$seal"
  own_by_server "$seal"
}

redis_certificate() {
  local key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
  printf 'basicConstraints=critical,CA:FALSE\nsubjectAltName=IP:127.0.0.1,DNS:localhost\n' >"$1/about.txt"
  openssl req -x509 "${key[@]}" -keyout "$1/ca-key.pem" -out "$1/ca.pem" -subj '/CN=who vouches' -days 30 &&
    openssl req "${key[@]}" -keyout "$1/key.pem" -out "$1/ask.pem" -subj /CN=redis &&
    openssl x509 -req -in "$1/ask.pem" -CA "$1/ca.pem" -CAkey "$1/ca-key.pem" -CAcreateserial \
      -out "$1/cert.pem" -days 30 -extfile "$1/about.txt"
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
  until_ready 60 "$dir" redis_ready "$dir" "$port"
}

# DIR/1 is the primary, DIR/2 its replica, DIR/s1 to s3 watch them as `mymaster`. Prints where the sentinels are.
redis_sentinel_start() {
  local dir sentinel primary addresses=(); dir=$(server_dir "$1")
  redis_start "$dir/1" >/dev/null
  primary=$(port_of "$dir/1")
  mkdir -p "$dir/2"
  printf '%s\n' --replicaof 127.0.0.1 "$primary" >"$dir/2/args"
  redis_start "$dir/2" >/dev/null
  wait_until 60 redis_follows "$dir/2" || die "the replica in $dir does not follow"
  for sentinel in s1 s2 s3; do
    mkdir -p "$dir/$sentinel"
    echo "$primary" >"$dir/$sentinel/watches"
    running "$dir/$sentinel" || on_a_port "$dir/$sentinel" sentinel_try
    addresses+=("127.0.0.1:$(port_of "$dir/$sentinel")")
  done
  for sentinel in s1 s2 s3; do
    wait_until 60 sentinel_knows "$dir/$sentinel" || die "the sentinels in $dir do not find each other"
  done
  (IFS=,; echo "${addresses[*]}")
}

cluster_is_whole() {
  [ "$(redis_at "$1" cluster info | tr -d '\r' | grep -c -x -e cluster_state:ok -e cluster_known_nodes:6)" = 2 ] &&
    [ "$(redis_at "$1" cluster nodes | grep -c slave)" = 3 ]
}

# DIR/1 to 6: three primaries, each with a replica. Their own talk has ports that are looked for as well (DIR/n/talk): the
# usual ones, 10,000 higher, may be taken by any outgoing connection. Prints where they are.
redis_cluster_start() {
  local dir node addresses=(); dir=$(server_dir "$1")
  for node in 1 2 3 4 5 6; do
    if [ ! -e "$dir/$node/args" ]; then
      mkdir -p "$dir/$node"
      printf '%s\n' --cluster-enabled yes --cluster-config-file nodes.conf --cluster-node-timeout 2000 >"$dir/$node/args"
      : >"$dir/$node/talk"
    fi
    redis_start "$dir/$node" >/dev/null
    addresses+=("127.0.0.1:$(port_of "$dir/$node")")
  done
  if ! redis_at "$dir/1" cluster nodes | grep -q slave; then
    redis_cli "$dir/1" --cluster create "${addresses[@]}" --cluster-replicas 1 --cluster-yes >"$dir/create.log" ||
      { cat "$dir/create.log" >&2; die "no cluster came of $dir"; }
  fi
  for node in 1 2 3 4 5 6; do
    wait_until 60 cluster_is_whole "$dir/$node" || die "the cluster in $dir is not whole"
  done
  for node in 1 2 3 4 5 6; do
    ! redis_at "$dir/$node" info replication | grep -q '^role:slave' || wait_until 60 redis_follows "$dir/$node" ||
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
