# shellcheck shell=bash
# One Redis in a folder, nothing kept on disk. Sourced by scripts/services.

# A plain PING may reach a stranger on the port, so the answer must come from our own process.
redis_ready() { redis-cli -p "$2" info server | grep -q "^process_id:$(pid_of "$1")[[:cntrl:]]*$"; }

redis_try() {
  : >"$1/log"
  own_by_server "$1"
  spawn "$1" redis-server --port "$2" --bind 127.0.0.1 --dir "$1" --save '' --appendonly no --daemonize no
  until_ready 20 "$1" redis_ready "$1" "$2"
}

redis_start() {
  local dir; dir=$(server_dir "$1")
  running "$dir" || on_a_port "$dir" redis_try
  echo "redis://127.0.0.1:$(port_of "$dir")"
}

redis_stop() { stop_pid "$(pid_of "$1")" TERM 10; }
