# shellcheck shell=bash
# What every server script shares. Sourced by scripts/services; nothing here starts by itself.

say() { printf '%s\n' "$*" >&2; }
die() { say "services: $*"; exit 1; }

# A process counts as alive when it runs and is no zombie: under a lazy init a dead orphan stays
# visible for seconds, and kill -0 succeeds on it.
alive() {
  [ -n "$1" ] && [ -r "/proc/$1/status" ] && ! grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null
}

# PostgreSQL and PgBouncer refuse to run as root, so root runs every server as user postgres and
# anyone else as themselves.
as_server() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid=postgres --regid=postgres --init-groups env HOME=/tmp LC_ALL=C.UTF-8 "$@"
  else
    env LC_ALL=C.UTF-8 "$@"
  fi
}

# as_server_in DIR CMD...: the same from inside DIR; user postgres may not see where we stand.
as_server_in() {
  (cd "$1" && shift && as_server "$@")
}

own_by_server() { [ "$(id -u)" != 0 ] || chown -R postgres: "$@"; }

server_dir() {
  mkdir -p "$1"
  (cd "$1" && pwd)
}

# home_of NAME GIVEN: the folder servers live in: the one that was given, or var/NAME, or below /tmp where user postgres cannot
# enter the tree.
home_of() {
  local dir=${2:-$tree/var/$1}
  mkdir -p "$dir"
  if [ "$(id -u)" = 0 ] && ! as_server test -x "$dir"; then
    [ -z "$2" ] || die "user postgres cannot reach $dir"
    dir=/tmp/rookery-$1-$(printf %s "$tree" | cksum | cut -d' ' -f1)
    mkdir -p "$dir"
    [ -O "$dir" ] || die "$dir belongs to someone else"
  fi
  echo "$dir"
}

# spawn DIR CMD...: start detached, in a session of its own; DIR/pid is the server itself, since
# every step between here and it is an exec. Descriptor 9 is the lock of `up` and must not live on.
spawn() {
  local dir=$1; shift
  (
    cd "$dir" || exit 1
    exec 9>&- </dev/null >>"$dir/log" 2>&1
    if [ "$(id -u)" = 0 ] && [ "${SPAWN_AS:-server}" = server ]; then
      exec setsid setpriv --reuid=postgres --regid=postgres --init-groups env HOME=/tmp LC_ALL=C.UTF-8 "$@"
    fi
    exec setsid env LC_ALL=C.UTF-8 "$@"
  ) &
  echo $! >"$dir/pid"
  disown $! # the shell is not to report how its servers ended
}

pid_of() { cat "$1/pid" 2>/dev/null || true; }
port_of() { cat "$1/port" 2>/dev/null || die "$1 holds no server"; }
running() { alive "$(pid_of "$1")"; }

# until_ready SECONDS DIR CMD...: poll CMD; fail early when the server died.
until_ready() {
  local end=$((SECONDS + $1)) dir=$2; shift 2
  while running "$dir"; do
    if "$@" >/dev/null 2>&1; then return 0; fi
    [ "$SECONDS" -lt "$end" ] || break
    sleep 0.03
  done
  return 1
}

# stop_pid PID SIGNAL SECONDS: signal, wait, then kill.
stop_pid() {
  local pid=$1 end=$((SECONDS + $3))
  alive "$pid" || return 0
  kill "-$2" "$pid" 2>/dev/null || true
  while alive "$pid"; do
    if [ "$SECONDS" -ge "$end" ]; then kill -KILL "$pid" 2>/dev/null || true; fi
    sleep 0.03
  done
}

# free_port DIR: a port below the ephemeral range: above it an outgoing connection may sit on the port. It is kept for DIR as
# long as that is there: of two that look at once only one gets it, and a server that is down for a while finds it free again.
free_port() {
  local kept port holder; kept=/tmp/rookery-ports-$(id -u)
  mkdir -p "$kept"
  (
    flock 8
    for _ in {1..200}; do
      port=$((20000 + RANDOM % 12000))
      holder=$(readlink "$kept/$port") && [ -d "$holder" ] && continue
      if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
        ln -sfn "$1" "$kept/$port"
        echo "$port"
        exit
      fi
    done
    exit 1
  ) 8>"$kept/lock" || die "no free port between 20000 and 32000"
}

# on_a_port DIR START...: START DIR PORT must return 0 once the server answers. The first start
# looks for a port and tries another when someone took it in between; later ones keep theirs.
on_a_port() {
  local dir=$1; shift
  if [ -s "$dir/port" ]; then
    "$@" "$dir" "$(port_of "$dir")" && return
  else
    local port
    for _ in 1 2 3 4 5; do
      port=$(free_port "$dir")
      if "$@" "$dir" "$port"; then echo "$port" >"$dir/port"; return; fi
      grep -qi 'address already in use' "$dir/log" || break
    done
  fi
  say "services: $dir did not start; the end of its log:"
  tail -n 20 "$dir/log" >&2
  exit 1
}
