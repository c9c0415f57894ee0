//! What the server says of itself while a load runs, by its own metrics; and what the machine of the generator does meanwhile.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::sources::resolved;

use super::machine::{Machine, Ticks};

const EVERY: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(2);

/// One look.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    pub at_s: f64,
    /// Nothing where its metrics could not be read, or not yet twice.
    pub server: Option<Server>,
    /// Where the generator runs.
    pub machine: Option<Machine>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Server {
    /// Processors' worth, since the last look; and how many it may use.
    pub cpu: f64,
    pub processors: f64,
    pub memory_mb: f64,
    pub descriptors: f64,
    pub descriptors_max: f64,
    pub sockets: f64,
    /// Writers' worth of the store at work: rows loaded for a batch, written and made durable.
    pub writers: f64,
    /// Commands that none of them has taken yet.
    pub commands_waiting: f64,
    /// Connections to the database: lent, how many there may be, and who waits for one.
    pub pool_lent: f64,
    pub pool_max: f64,
    pub pool_waiting: f64,
}

/// Looks once a second until it is stopped.
pub struct Watch {
    began: Instant,
    stop: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<Vec<Seen>>>,
}

impl Watch {
    /// `metrics` is `host:port`, or nothing where the server's are not readable from here.
    pub fn start(metrics: Option<String>) -> Self {
        let (began, stop) = (Instant::now(), Arc::new(AtomicBool::new(false)));
        let stopped = Arc::clone(&stop);
        let looks = move || {
            let (mut seen, mut before) = (Vec::new(), Before::default());
            while !stopped.load(Ordering::Relaxed) {
                seen.push(before.look(metrics.as_deref(), began));
                thread::park_timeout(EVERY);
            }
            seen
        };
        let thread = thread::Builder::new().name("load.watch".to_owned()).spawn(looks).ok();
        Self { began, stop, thread }
    }

    /// Seconds since it began, as its looks count them.
    pub fn now_s(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }

    pub fn stop(mut self) -> Vec<Seen> {
        self.stop.store(true, Ordering::Relaxed);
        let Some(thread) = self.thread.take() else { return Vec::new() };
        thread.thread().unpark();
        thread.join().unwrap_or_default()
    }
}

/// What only grows, in seconds, at the last look that saw it.
#[derive(Default)]
struct Before {
    server: Option<Grown>,
    ticks: Option<Ticks>,
}

#[derive(Clone, Copy)]
struct Grown {
    at: f64,
    cpu: f64,
    writers: f64,
}

impl Before {
    fn look(&mut self, metrics: Option<&str>, began: Instant) -> Seen {
        let text = metrics.and_then(scrape);
        let at_s = began.elapsed().as_secs_f64();
        let ticks = Ticks::now();
        let machine = self.ticks.replace(ticks).map(|before| Machine::between(&before, &ticks));
        Seen { at_s, server: text.and_then(|text| self.server(&text, at_s)), machine }
    }

    fn server(&mut self, text: &str, at: f64) -> Option<Server> {
        let value = |name: &str| metric(text, name).unwrap_or_default();
        let taken = |query: &str| value(&format!("database_query_duration_seconds_sum{{query=\"{query}\"}}"));
        let cpu = metric(text, "process_cpu_seconds_total")?;
        let grown = Grown { at, cpu, writers: taken("open") + taken("commit") };
        // A server that was started again counts from nothing.
        let before = self.server.replace(grown).filter(|before| before.cpu <= cpu)?;
        let passed = (at - before.at).max(0.001);
        Some(Server {
            cpu: (cpu - before.cpu) / passed,
            processors: value("rookery_processors"),
            memory_mb: value("process_resident_memory_bytes") / 1e6,
            descriptors: value("process_open_fds"),
            descriptors_max: value("process_max_fds"),
            sockets: value("websocket_connections_active"),
            writers: (grown.writers - before.writers).max(0.0) / passed,
            commands_waiting: value("store_commands_waiting"),
            pool_lent: value("store_connections_in_use"),
            pool_max: value("store_connections_own_max"),
            pool_waiting: value("store_connections_waiting"),
        })
    }
}

fn scrape(address: &str) -> Option<String> {
    let mut stream = TcpStream::connect_timeout(&resolved(address).ok()?, PATIENCE).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.set_write_timeout(Some(PATIENCE)).ok()?;
    let request = format!("GET /metrics HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut text = String::new();
    stream.take(16 << 20).read_to_string(&mut text).ok()?;
    text.get(9..12).is_some_and(|status| status == "200").then_some(text)
}

/// The sum over all its labels.
fn metric(text: &str, name: &str) -> Option<f64> {
    let value = |line: &str| {
        let rest = line.strip_prefix(name)?;
        let rest = if rest.starts_with('{') { rest.rsplit_once('}')?.1 } else { rest };
        rest.strip_prefix(' ')?.trim().parse::<f64>().ok()
    };
    text.lines().filter_map(value).fold(None, |sum, value| Some(sum.unwrap_or_default() + value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_is_the_sum_over_its_labels_or_the_one_asked_for_and_no_other_of_a_longer_name() {
        let text = "# HELP a x\na{b=\"1\"} 2\na{b=\"2 } 3\"} 3.5\na_total 9\nc 4\n";
        assert_eq!(metric(text, "a"), Some(5.5));
        assert_eq!(metric(text, "c"), Some(4.0));
        assert_eq!(metric(text, "d"), None);
        assert_eq!(metric(text, "a{b=\"1\"}"), Some(2.0));
    }

    #[test]
    fn processors_are_counted_between_two_looks_over_what_lies_between_and_never_backwards() {
        let mut before = Before::default();
        let says = |cpu: f64| format!("process_cpu_seconds_total {cpu}\nrookery_processors 2\n");
        assert_eq!(before.server(&says(10.0), 1.0), None, "one look alone says nothing");
        assert_eq!(before.server("", 2.0), None, "what could not be read");
        assert_eq!(before.server(&says(13.0), 3.0).map(|server| server.cpu), Some(1.5));
        assert_eq!(before.server(&says(0.5), 4.0), None, "started again");
        assert_eq!(before.server(&says(2.5), 5.0).map(|server| server.cpu), Some(2.0));
    }

    #[test]
    fn where_no_metrics_are_nothing_is_made_up() {
        let seen = Before::default().look(Some("127.0.0.1:1"), Instant::now());
        assert_eq!(seen.server, None);
    }
}
