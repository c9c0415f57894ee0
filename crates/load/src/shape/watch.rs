//! What the server says of itself while a load runs, by its own metrics; and what this machine does meanwhile.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

const EVERY: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(2);

/// One look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    pub at_s: f64,
    /// Processors' worth of the server, since the last look.
    pub cpu: f64,
    pub memory_mb: f64,
    pub descriptors: f64,
    pub descriptors_max: f64,
    pub sockets: f64,
    /// Of all processors of this machine, busy and waiting for a disk.
    pub machine_busy: f64,
    pub machine_disk: f64,
    /// Writers' worth of the store at work: rows loaded for a batch, written and made durable.
    pub writers: f64,
    /// Commands that none of them has taken yet.
    pub commands_waiting: f64,
}

/// Looks once a second until it is stopped.
pub struct Watch {
    stop: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<Vec<Seen>>>,
}

impl Watch {
    /// `metrics` is `host:port`, or nothing where the server's are not readable from here.
    pub fn start(metrics: Option<String>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let looks = move || {
            let (began, mut seen, mut before) = (Instant::now(), Vec::new(), Before::default());
            while !stopped.load(Ordering::Relaxed) {
                seen.push(before.look(metrics.as_deref(), began.elapsed().as_secs_f64()));
                thread::park_timeout(EVERY);
            }
            seen
        };
        let thread = thread::Builder::new().name("load.watch".to_owned()).spawn(looks).ok();
        Self { stop, thread }
    }

    pub fn stop(mut self) -> Vec<Seen> {
        self.stop.store(true, Ordering::Relaxed);
        let Some(thread) = self.thread.take() else { return Vec::new() };
        thread.thread().unpark();
        thread.join().unwrap_or_default()
    }
}

#[derive(Default)]
struct Before {
    at_s: f64,
    cpu_s: f64,
    writers_s: Option<f64>,
    ticks: Option<[f64; 3]>,
}

impl Before {
    fn look(&mut self, metrics: Option<&str>, at_s: f64) -> Seen {
        let text = metrics.and_then(scrape).unwrap_or_default();
        let value = |name: &str| metric(&text, name).unwrap_or_default();
        let cpu_s = value("process_cpu_seconds_total");
        let passed = (at_s - self.at_s).max(0.001);
        let cpu = if self.cpu_s > 0.0 { (cpu_s - self.cpu_s) / passed } else { 0.0 };
        let ticks = machine();
        let shares = self.ticks.zip(ticks).map(|(before, now)| {
            let all = (now[0] - before[0]).max(1.0);
            [(now[1] - before[1]) / all, (now[2] - before[2]) / all]
        });
        let [machine_busy, machine_disk] = shares.unwrap_or_default();
        let writers_s = metric(&text, &taken("open")).zip(metric(&text, &taken("commit")));
        let writers_s = writers_s.map(|(open, commit)| open + commit);
        let writers = self.writers_s.zip(writers_s).map_or(0.0, |(before, now)| (now - before) / passed);
        self.writers_s = writers_s;
        (self.at_s, self.cpu_s, self.ticks) = (at_s, cpu_s, ticks);
        Seen {
            at_s,
            cpu,
            memory_mb: value("process_resident_memory_bytes") / 1e6,
            descriptors: value("process_open_fds"),
            descriptors_max: value("process_max_fds"),
            sockets: value("websocket_connections_active"),
            machine_busy,
            machine_disk,
            writers,
            commands_waiting: value("store_commands_waiting"),
        }
    }
}

/// Seconds the store was at one of its kinds of work.
fn taken(query: &str) -> String {
    format!("database_query_duration_seconds_sum{{query=\"{query}\"}}")
}

fn scrape(address: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let request = format!("GET /metrics HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    Some(text)
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

/// Ticks of all processors: all, busy, waiting for a disk.
fn machine() -> Option<[f64; 3]> {
    let stat = std::fs::read_to_string("/proc/stat").ok()?;
    let line = stat.lines().find(|line| line.starts_with("cpu "))?;
    let ticks: Vec<f64> =
        line.split_ascii_whitespace().skip(1).take(8).filter_map(|tick| tick.parse().ok()).collect();
    let [user, nice, system, idle, disk, irq, soft, steal] = ticks[..] else { return None };
    let busy = user + nice + system + irq + soft + steal;
    Some([busy + idle + disk, busy, disk])
}

/// What stopped it, where one thing did.
pub fn bound_by(seen: &[Seen], processors: f64) -> &'static str {
    let tail = &seen[seen.len() - seen.len().min(10)..];
    let mean = |value: fn(&Seen) -> f64| tail.iter().map(value).sum::<f64>() / tail.len().max(1) as f64;
    let full = |used: f64, most: f64| most > 0.0 && used > 0.95 * most;
    if full(mean(|seen| seen.descriptors), mean(|seen| seen.descriptors_max)) {
        "descriptors: the server may open no more"
    } else if mean(|seen| seen.machine_disk) > 0.3 {
        "the disk: processors wait for it"
    } else if mean(|seen| seen.writers) > 0.8 && mean(|seen| seen.commands_waiting) > 10.0 {
        "the store: commands wait for its writers; a faster disk carries more"
    } else if mean(|seen| seen.cpu) > 0.85 * processors || mean(|seen| seen.machine_busy) > 0.9 {
        "the processor: all of them are busy, the generator's share included where it runs here"
    } else {
        "nothing of this machine is used up: look at the pool and the network"
    }
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
    fn what_is_used_up_is_named() {
        let seen = |seen: Seen| bound_by(&[seen; 3], 2.0);
        assert!(seen(Seen { cpu: 1.9, ..Seen::default() }).starts_with("the processor"));
        assert!(seen(Seen { machine_disk: 0.5, ..Seen::default() }).starts_with("the disk"));
        let full = Seen { descriptors: 990.0, descriptors_max: 1_000.0, cpu: 2.0, ..Seen::default() };
        assert!(seen(full).starts_with("descriptors"));
        assert!(
            seen(Seen { writers: 0.9, commands_waiting: 90.0, cpu: 1.9, ..Seen::default() })
                .starts_with("the store")
        );
        assert!(seen(Seen::default()).starts_with("nothing"));
    }
}
