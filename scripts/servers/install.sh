# shellcheck shell=bash
# Brings the Debian packages a test run needs. Sourced by scripts/services and scripts/browsers.

postgres_bin() {
  local bin
  bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -1)
  if [ -z "$bin" ] && command -v initdb >/dev/null; then bin=$(dirname "$(command -v initdb)"); fi
  [ -n "$bin" ] && [ -x "$bin/initdb" ] && echo "$bin"
}

# package_for SERVER: the package to install, or nothing when the server is there.
package_for() {
  case $1 in
  postgres) postgres_bin >/dev/null || echo postgresql ;;
  pgbouncer) command -v pgbouncer >/dev/null || [ -x /usr/sbin/pgbouncer ] || echo pgbouncer ;;
  redis) command -v redis-server >/dev/null || echo redis-server ;;
  nginx) command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || echo nginx ;;
  nchan) [ -e /usr/lib/nginx/modules/ngx_nchan_module.so ] || echo libnginx-mod-nchan ;;
  go) command -v go >/dev/null || echo golang-go ;;
  promtool) command -v promtool >/dev/null || echo prometheus ;;
  chromium) [ -x /usr/bin/chromium ] || echo chromium ;;
  emoji) [ -e /usr/share/fonts/truetype/noto/NotoColorEmoji.ttf ] || echo fonts-noto-color-emoji ;;
  letters) [ -d /usr/share/fonts/truetype/liberation ] || echo fonts-liberation ;;
  inter) fc-list : family 2>/dev/null | grep -qx 'Inter.*' || echo fonts-inter ;;
  *) die "no such server: $1 (postgres, pgbouncer, redis, nginx, promtool, collector, cluster, redis-sentinel, redis-cluster; for benches nchan; for browsers chromium, emoji, letters, inter)" ;;
  esac
}

install_missing() {
  local server missing=() root=()
  for server; do
    local package; package=$(package_for "$server")
    [ -z "$package" ] || [[ " ${missing[*]} " == *" $package "* ]] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "services: missing, installing now: ${missing[*]}"
  command -v apt-get >/dev/null || die "no apt-get here; install ${missing[*]} by hand and come back"
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || die "not root and no sudo; ask for: apt-get install ${missing[*]}"
    root=(sudo -n)
    [ ! -t 2 ] || root=(sudo)
  fi
  "${root[@]}" bash -s -- "${missing[@]}" >&2 <<'ROOT' || die "could not install ${missing[*]}"
set -euo pipefail
# Debian starts a service when its package arrives; the tests start their own, so say no meanwhile.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  printf '#!/bin/sh\nexit 101\n' >$policy
  chmod +x $policy
fi
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
get() { apt-get -qq -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" </dev/null >>"$log" 2>&1; }
# The lists of a fresh machine are empty, those of an old one name packages that are gone.
get install --no-install-recommends "$@" || { get update && get install --no-install-recommends "$@"; } || { tail -n 30 "$log"; exit 1; }
rm -f "$log"
ROOT
  say "services: installed ${missing[*]}"
}
