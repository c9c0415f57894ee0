# shellcheck shell=bash
# The OpenTelemetry collector in a folder: it hears OTLP over HTTP and writes what it heard into DIR/spans.json, a line a batch.
# Built as a Go module out of scripts/collector, whose go.mod and go.sum name every version; sourced by scripts/services.

built_collector=$tree/var/tools/collector

# Again where what it is made of is newer.
collector_install() {
  local from=$tree/scripts/collector
  if [ "$built_collector" -nt "$from/main.go" ] && [ "$built_collector" -nt "$from/go.sum" ]; then return; fi
  install_missing go
  say "services: building the OpenTelemetry collector as a Go module, which takes minutes"
  mkdir -p "$(dirname "$built_collector")"
  (cd "$from" && GOWORK=off CGO_ENABLED=0 go build -mod=readonly -buildvcs=false -p "${GOMAXPROCS:-2}" -trimpath \
    -ldflags='-s -w' -o "$built_collector" .) || die "the collector could not be built"
  touch "$built_collector"
}

collector_try() {
  : >"$1/log"
  SPAWN_AS=me spawn "$1" env PORT="$2" FILE="$1/spans.json" "$built_collector" --config "$tree/scripts/collector/config.yaml"
  until_ready 60 "$1" grep -q 'Everything is ready' "$1/log"
}

# collector_start DIR: prints where it listens; started again it is where it was.
collector_start() {
  local dir; dir=$(server_dir "$1")
  [ -x "$built_collector" ] || die "there is no collector yet: scripts/services install collector"
  running "$dir" || on_a_port "$dir" collector_try
  echo "http://127.0.0.1:$(port_of "$dir")"
}

collector_stop() { stop_pid "$(pid_of "$1")" TERM 10; }
