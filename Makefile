# What one does with Rookery. `make help` lists it.
CARGO ?= cargo
.DEFAULT_GOAL := help
.PHONY: help run web check test test-page test-rust test-alerts test-document test-k6 test-browsers lint bench bench-http bench-sends bench-live bench-steps bench-many bench-web soak schedules chaos fuzz openapi picture shots budget fmt tidy services-up services-down fleet fleet-down rules

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 24

run: web ## serve on this machine, nothing else needed
	$(CARGO) run --release -p rookery -- serve

web: web/dist/index.html ## the web client's files, built into the binary

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund && touch node_modules/.package-lock.json

web/dist/index.html: web/node_modules/.package-lock.json web/index.html $(shell find web/src web/public -type f 2>/dev/null) web/vite.config.ts web/precompress.ts
	cd web && npm run --silent build

check: lint ## while writing: format, lints, tree rules, tests on the embedded backends
	$(CARGO) test --workspace --quiet --lib --bins --test '[!p]*' -- --skip postgres:: --skip pgbouncer::

# Each runner, whatever the one before it found: one run tells of all that is wrong.
# Chance has one seed here, so that a run tells of the change alone; `make fuzz` looks for what is new.
test: export PROPTEST_RNG_SEED := 1
test: web ## everything, with real servers (installs what is missing and says so)
	@$(MAKE) --no-print-directory --keep-going -j1 test-page test-rust test-alerts test-document test-k6 test-browsers lint

test-page: web
	cd web && npm run --silent lint && npm test --silent
test-rust: web
	scripts/services install collector
	scripts/services run -- $(CARGO) test --workspace --features rookery/otlp --no-fail-fast
test-alerts:
	scripts/promtool
test-document:
	scripts/schemathesis
test-k6:
	scripts/k6
test-browsers:
	scripts/browsers

lint: ## format and lints alone
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --features rookery/otlp -- -D warnings

picture: web ## the picture in the README, drawn anew by a browser
	$(CARGO) build -p rookery
	scripts/browsers picture

budget: web ## what the first screen fetches, what is loaded later, and the contrast of every pair of colours
	cd web && npm test --silent -- budget tokens

shots: web ## every page as it looks, both themes, wide and narrow, into web/shots
	$(CARGO) build -p rookery
	scripts/browsers shots

bench: web ## every bench beside its peers, two hours of a quiet machine: writes docs/benchmarks.md (QUICK=1: whether it all runs)
	bench/install
	$(CARGO) build --release -p bench -p rookery
	target/release/bench-suite $(if $(QUICK),--quick)

bench-sends: ## durable sends per second and their latency, beside pgbench and raw SQLite
	$(CARGO) build --release -p bench --bin bench-sends
	FSYNC=on scripts/services run postgres pgbouncer -- target/release/bench-sends

bench-http: ## sends and pages a second over HTTP, their CPU beside the store alone, raw SQL and Synapse; memory, cold start, binary
	bench/install
	$(CARGO) build --release -p bench --bin bench-http -p rookery --bin rookery
	target/release/bench-http

bench-live: ## sockets: memory, connections and deliveries a second, storms, presence; beside uWebSockets, Bun, ws, Socket.IO, NATS, nchan and a raw loop
	bench/install
	$(CARGO) build --release -p bench --bin bench-live -p rookery --bin rookery
	target/release/bench-live

bench-steps: ## what sockets bring over asking, and rooms over telling everyone everything: before and after
	$(CARGO) build --release -p bench --bin bench-live -p rookery --bin rookery
	target/release/bench-live --rows asking,rooms

bench-many: ## 50,000 sockets over several processes, talking, for ten minutes: memory stays flat
	$(CARGO) build --release -p bench --bin bench-live -p rookery --bin rookery
	target/release/bench-live --rows many --minutes $(or $(MINUTES),10)

soak: ## a team at work for an hour: no slope in memory, descriptors or latency
	$(CARGO) build --release -p bench --bin bench-live -p rookery --bin rookery
	target/release/bench-live --rows soak --minutes $(or $(MINUTES),60)

bench-web: web ## what the client costs a reader, its processor four times slower: start, scrolling, keys, memory, bytes
	$(CARGO) build --release -p rookery --bin rookery -p fleet --bin fill
	ROOKERY_BINARY=$(CURDIR)/target/release/rookery scripts/browsers bench

schedules: ## thousands of seeded schedules: the store's of kills and faults, a fleet's with sockets and a bus that loses; every fault of the wire
	$(CARGO) build --release -p fleet
	target/release/schedules
	target/release/fleet-schedules
	scripts/services run postgres pgbouncer -- $(CARGO) run --release -p fleet --bin wire-faults

chaos: ## ten minutes of kill -9 under load on both engines, and ten on a fleet with people at its sockets
	scripts/services install postgres pgbouncer redis
	$(CARGO) build --release -p testkit -p rookery --bins
	target/release/chaos --minutes $(or $(MINUTES),10)

fuzz: ## nonsense at every endpoint, parser and id, for long
	PROPTEST_CASES=$(or $(CASES),20000) $(CARGO) test --release -p testkit --test fuzz
	scripts/schemathesis --seconds $(or $(SECONDS),900)

openapi: web/node_modules/.package-lock.json ## write docs/openapi.json anew, and the client's types of it, after an endpoint changed
	UPDATE_GOLDEN=1 $(CARGO) test --quiet -p api --test face document
	cd web && npm run --silent openapi

fmt: ## format everything
	$(CARGO) fmt --all

tidy: ## only the rules of the tree
	$(CARGO) run --quiet -p xtask -- tidy

services-up: ## the tests' servers, left running for cargo test by hand
	scripts/services up

services-down: ## stop them
	scripts/services down

fleet: web ## a whole fleet on this machine: two api nodes, two gateways, a worker, PostgreSQL, PgBouncer, Redis, nginx
	$(CARGO) build --release -p rookery
	scripts/fleet up

fleet-down: ## stop it and forget its data
	scripts/fleet down

rules: ## the rules for Prometheus, checked by promtool (installed if missing)
	scripts/promtool
