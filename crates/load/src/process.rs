//! What the kernel says a process used.

use std::fs;
use std::time::Duration;

/// Linux counts CPU time for user space in hundredths of a second on every architecture we run on.
const TICK: Duration = Duration::from_millis(10);

/// CPU time of a process so far, all its threads.
pub fn cpu_of(process: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let ticks = |(_, after): (&str, &str)| {
        let fields: Vec<u32> =
            after.split(' ').skip(11).take(2).filter_map(|field| field.parse().ok()).collect();
        fields.iter().sum::<u32>()
    };
    // The name may hold spaces and brackets: fields are counted after its last bracket.
    TICK * stat.rsplit_once(") ").map(ticks).unwrap_or_default()
}

/// Files and sockets this process may have, once it has asked for all that it may.
pub fn descriptors_max() -> u64 {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    limit.maximum.or(limit.current).unwrap_or(u64::MAX)
}

/// Asks for as many as this process may have: a shell gives 1,024 at first.
pub fn take_descriptors() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    // Where it is refused, what there was is still there.
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).ok();
}

/// Resident memory in megabytes.
pub fn memory_of(process: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes: Option<f64> = resident.and_then(|text| text.trim().split(' ').next()?.parse().ok());
    kilobytes.unwrap_or_default() / 1024.0
}

/// Microseconds of CPU each.
pub fn each(cpu: Duration, count: u64) -> f64 {
    cpu.as_secs_f64() * 1e6 / count.max(1) as f64
}
