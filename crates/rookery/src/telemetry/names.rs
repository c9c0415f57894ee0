//! Every metric there is, by name: its labels and what it tells. What `/metrics` says of each, and `docs/metrics.md`, are made of
//! this list; a test holds the code to it.

/// One metric, or one for each set of its labels. Labels are of small, fixed sets: no id and no path of a caller is one.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    pub name: &'static str,
    pub kind: Kind,
    pub labels: &'static str,
    pub about: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Counter,
    Gauge,
    Histogram,
}

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        }
    }
}

impl Metric {
    pub fn help(&self) -> String {
        let Metric { about, labels, .. } = self;
        if labels.is_empty() { (*about).to_owned() } else { format!("{about} (by {labels})") }
    }
}

const fn counter(name: &'static str, labels: &'static str, about: &'static str) -> Metric {
    Metric { name, kind: Kind::Counter, labels, about }
}

const fn gauge(name: &'static str, labels: &'static str, about: &'static str) -> Metric {
    Metric { name, kind: Kind::Gauge, labels, about }
}

const fn histogram(name: &'static str, labels: &'static str, about: &'static str) -> Metric {
    Metric { name, kind: Kind::Histogram, labels, about }
}

/// Read from the kernel when somebody asks, and written by hand.
pub const CPU: Metric = counter("process_cpu_seconds_total", "", "Processor time of this process.");

#[rustfmt::skip]
pub const ALL: &[Metric] = &[
    counter("http_requests_total", "method, endpoint, status", "Answers, by the route that gave them; what is no route of ours is `unknown`."),
    histogram("http_request_duration_seconds", "method, endpoint", "From a request's head to its answer."),
    gauge("active_connections", "", "Connections of people and programs that are not sockets (yet)."),
    counter("rookery_connections_refused_total", "why", "Connections hung up on, by what there are too many of: `address`."),
    gauge("websocket_connections_active", "", "Sockets that are open."),
    counter("messages_sent_total", "", "Messages this node made durable; one sent again under its key counts once."),
    histogram("database_query_duration_seconds", "query", "`open`: heads locked and rows loaded for a batch; `commit`: written and durable; `look`: a page on one snapshot; `run`: a statement outside of journals."),
    counter("database_slow_queries_total", "query", "Those that took a second or longer."),
    gauge("cache_hit_rate", "cache", "Part of the last few thousand questions that needed no database: `secrets` (who is it), `addresses` (which workspace), `profiles`, `channel_members`, `endpoints`."),
    counter("rookery_cache_questions_total", "cache, outcome", "The questions themselves: `hit` or `miss`."),
    counter("rookery_cache_hits_total", "level", "Answers that were remembered, by where: `process` or `redis`."),
    counter("rookery_cache_away_total", "", "Times what Redis remembers could not be asked or told in time."),
    gauge("process_resident_memory_bytes", "", "Memory of this process."),
    gauge("process_open_fds", "", "Files and sockets it has open."),
    gauge("process_max_fds", "", "How many it may have."),
    gauge("rookery_processors", "", "Processors this process may use."),
    gauge("rookery_build_info", "version", "1; the version is its label."),
    gauge("rookery_data_disk_free_bytes", "", "What is free on the disk of the data folder."),
    gauge("rookery_data_disk_bytes", "", "What that disk holds in all."),
    counter("rookery_backups_total", "outcome", "Copies of the embedded store: `made` or `failed`."),
    gauge("rookery_backup_last_seconds", "", "When the last one was made, in seconds since 1970."),
    counter("store_commands_total", "outcome", "Commands judged: `done` or `refused`."),
    histogram("store_answer_seconds", "", "How long the one who waited longest in a batch waited for its answer."),
    histogram("store_batch_commands", "", "Commands of one commit: more of them where commits are slow."),
    histogram("store_batch_workspaces", "", "Workspaces of one commit."),
    gauge("store_commands_waiting", "", "Commands no lane has taken yet."),
    gauge("store_lanes_shut", "", "1 while the outcome of a commit is not known: nothing is written meanwhile."),
    gauge("store_connections_in_use", "", "Connections to the primary that are lent."),
    gauge("store_connections_idle", "", "Those that rest."),
    gauge("store_connections_waiting", "", "Who waits for one."),
    gauge("store_connections_own_max", "", "How many this node may open."),
    gauge("store_connections_allowed", "", "How many the server takes in all, less its reserve."),
    gauge("store_quorum", "", "1 where a replica confirms each commit, so that a lost primary loses nothing."),
    gauge("store_replica_up", "replica", "1 while the replica answers; its label is its place in the configuration."),
    gauge("store_replica_lag_bytes", "replica", "What it has not replayed yet."),
    gauge("store_replica_lag_seconds", "replica", "How old what it shows is."),
    counter("store_replica_reads_total", "outcome", "Reads that might lag, by what became of them."),
    histogram("rookery_bus_publish_seconds", "", "Bringing a commit to the bus."),
    counter("rookery_bus_unpublished_total", "", "Commits that could not be brought there; the journal tells of them."),
    counter("rookery_bus_lost_total", "", "Commits a listener had no place for; the journal tells of them."),
    counter("rookery_bus_unsent_total", "", "Packets that did not reach Redis; the journal tells of what was in them."),
    counter("rookery_bus_unreadable_total", "", "Packets of a newer build; the journal tells of what was in them."),
    counter("rookery_bus_silences_total", "", "Lines that heard nothing for too long and were had anew."),
    counter("rookery_bus_gaps_total", "", "Times something may have been missed and the heads were asked at once."),
    gauge("rookery_redis_up", "", "Whether Redis can be used as it should."),
    counter("rookery_rates_alone_total", "", "Requests counted by this process alone, since Redis was away."),
    gauge("rookery_feed_workspaces", "", "Workspaces this node follows."),
    counter("rookery_feed_events_total", "", "Events told here, in order."),
    counter("rookery_feed_holes_total", "", "Positions the bus did not bring in time."),
    counter("rookery_feed_repairs_total", "", "Times the journal was read for what was missing."),
    counter("rookery_feed_breaks_total", "", "Times everyone of a workspace began again from the state."),
    histogram("rookery_delivery_delay_seconds", "", "From a commit, by the database's clock, to its telling here, by ours."),
    histogram("rookery_gateway_hello_seconds", "outcome", "From a hello to being `level`, or `sent_away`."),
    counter("rookery_gateway_resumed_total", "by", "Who came in: `tail` (what was missed, event by event) or `state` (one `changed`)."),
    counter("rookery_gateway_turned_away_total", "", "Newcomers of a storm, told when to come back."),
    counter("rookery_gateway_behind_total", "", "Sockets that took too little: events were dropped, the state follows."),
    gauge("rookery_gateway_waiting_sockets", "", "Sockets something waits for."),
    gauge("rookery_gateway_waiting_bytes", "", "What waits for them."),
    counter("rookery_gateway_goodbyes_total", "code", "Sockets sent away, by the code of `docs/protocol.md`."),
    counter("rookery_gateway_options_refused_total", "option", "Options of sockets the kernel did not grant."),
    counter("rookery_gateway_passes_total", "", "Writes of what gathered for a workspace, on all cores."),
    counter("rookery_gateway_coalesced_total", "", "Reactions of a crowd that a later one to the same message told with it, on all cores."),
    counter("rookery_gateway_lines_total", "", "Events in those passes."),
    counter("rookery_presence_changes_total", "", "Faces and typing that changed, told here."),
    counter("rookery_presence_reports_total", "outcome", "Devices that came, went or rested here: `heard` or `lost`."),
    gauge("rookery_follower_behind", "follower", "Workspaces with events it has not read."),
    gauge("rookery_follower_stuck", "follower", "Workspaces it cannot get past; see the log."),
    gauge("rookery_follower_lag_seconds", "follower", "How old the next event it will read is."),
    counter("rookery_follower_events_total", "follower", "Events it read."),
    counter("rookery_jobs_made_total", "queue", "Jobs made of events."),
    gauge("rookery_jobs_waiting", "queue, when", "Jobs that are `due`, or `later`."),
    gauge("rookery_jobs_running", "queue", "Jobs this node is at."),
    counter("rookery_jobs_total", "queue, outcome", "Jobs by what became of them."),
    histogram("rookery_jobs_seconds", "queue", "How long one took."),
    counter("rookery_traces_exported_total", "", "Spans the collector took."),
    counter("rookery_traces_dropped_total", "why", "Spans nobody will see: the queue was `full`, the collector `refused` them, or it was `away` when we stopped."),
    gauge("rookery_traces_collector_up", "", "1 while the collector takes what it is sent; spans wait meanwhile. Not there where no traces are exported."),
    CPU,
];

/// What `/metrics` says of each beside its values.
pub fn describe() {
    for named in ALL {
        match named.kind {
            Kind::Counter => metrics::describe_counter!(named.name, named.help()),
            Kind::Gauge => metrics::describe_gauge!(named.name, named.help()),
            Kind::Histogram => metrics::describe_histogram!(named.name, named.help()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fmt::Write;
    use std::path::{Path, PathBuf};

    use super::*;

    fn tree() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    fn sources(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push(std::fs::read_to_string(path).expect("text"));
            }
        }
    }

    /// What stands in quotes behind the macros that count.
    fn counted(source: &str) -> impl Iterator<Item = String> {
        let macros = ["counter", "gauge", "histogram"].map(|word| format!("{word}!("));
        let calls: Vec<&str> = macros.iter().flat_map(|call| source.split(call.as_str()).skip(1)).collect();
        calls
            .into_iter()
            .filter_map(|rest| Some(rest.trim_start().strip_prefix('"')?.split_once('"')?.0.to_owned()))
    }

    #[test]
    fn what_is_counted_stands_in_the_list_and_nothing_else_does() {
        let mut texts = Vec::new();
        for crate_of in [
            "api", "gateway", "live", "otlp", "pg", "reading", "rookery", "service", "store", "traces",
            "worker",
        ] {
            sources(&tree().join("crates").join(crate_of).join("src"), &mut texts);
        }
        let counted: BTreeSet<_> = texts.iter().flat_map(|text| counted(text)).collect();
        let listed: BTreeSet<_> = ALL.iter().map(|name| name.name.to_owned()).collect();
        let known: BTreeSet<_> = counted.into_iter().chain([CPU.name.to_owned()]).collect();
        assert_eq!(listed, known, "telemetry/names.rs lists what the code counts");
    }

    /// Rules and panels may ask for the parts of a histogram, and for what Prometheus and its exporters make themselves.
    #[test]
    fn rules_and_panels_ask_for_what_there_is() {
        let listed: BTreeSet<_> = ALL.iter().map(|name| name.name).collect();
        for file in ["deploy/prometheus/rules.yml", "deploy/grafana/rookery.json"] {
            let text = std::fs::read_to_string(tree().join(file)).expect(file);
            let words = text
                .split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != ':')
                .map(|word| word.trim_end_matches(':'));
            let asks = [
                "rookery_",
                "store_",
                "http_",
                "database_",
                "process_",
                "websocket_",
                "messages_",
                "cache_",
                "active_",
            ];
            let mut asked = 0;
            for word in words.filter(|word| asks.iter().any(|begin| word.starts_with(begin))) {
                let part = ["_bucket", "_sum", "_count"].iter().find_map(|end| word.strip_suffix(end));
                assert!(
                    listed.contains(word) || part.is_some_and(|whole| listed.contains(whole)),
                    "{file}: {word}"
                );
                asked += 1;
            }
            assert!(asked > 10, "{file} asks for {asked}");
        }
    }

    #[test]
    fn the_page_of_metrics_is_the_list() {
        let mut page = String::from(
            "# Metrics\n\nWhat `/metrics` of a node tells, on its operators' listener (`metrics.listen`). Made of \
             `crates/rookery/src/telemetry/names.rs`;\n`UPDATE_GOLDEN=1 cargo test -p rookery the_page_of_metrics` \
             writes it anew. Rules for Prometheus and a dashboard for Grafana stand in\n`deploy/`, checked by \
             `scripts/promtool`.\n\n| metric | kind | labels | what it tells |\n|---|---|---|---|\n",
        );
        for Metric { name, kind, labels, about } in ALL {
            writeln!(page, "| `{name}` | {} | {labels} | {about} |", kind.word()).expect("a text");
        }
        let file = tree().join("docs/metrics.md");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&file, &page).expect("written");
        }
        assert_eq!(std::fs::read_to_string(&file).expect("docs/metrics.md"), page);
    }
}
