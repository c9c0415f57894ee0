//! What the machine of the generator does, by what its kernel counts.

use std::fs;
use std::path::Path;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::noise;

/// Between two looks, as shares of what there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// Of all processors: busy, and waiting for a disk.
    pub busy: f64,
    pub disk: f64,
    /// Of the memory, what can still be had.
    pub memory_free: f64,
    /// Of the fastest network card, by its own speed; nothing where none says it, as on this machine alone.
    pub network: f64,
}

#[derive(Debug, Clone, Copy)]
pub struct Ticks {
    at: Instant,
    processors: noise::Machine,
    memory_free: f64,
    /// Bytes in and out of the cards that say their speed, and that speed, a second.
    network: f64,
    network_most: f64,
}

impl Ticks {
    pub fn now() -> Self {
        let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let (network, network_most) = cards(Path::new("/sys/class/net"));
        let (at, processors) = (Instant::now(), noise::Machine::now());
        Self { at, processors, memory_free: free(&memory), network, network_most }
    }
}

impl Machine {
    pub fn between(before: &Ticks, now: &Ticks) -> Self {
        let spent = now.processors.since(&before.processors);
        let share = |some: u64| some as f64 / spent.total.max(1) as f64;
        let seconds = (now.at - before.at).as_secs_f64().max(0.001);
        let carried = (now.network - before.network).max(0.0) / seconds;
        Self {
            // What a neighbour on the same hardware took is not to be had either.
            busy: share(spent.busy + spent.steal),
            disk: share(spent.disk),
            memory_free: now.memory_free,
            network: if now.network_most > 0.0 { carried / now.network_most } else { 0.0 },
        }
    }
}

fn free(memory: &str) -> f64 {
    let of = |name: &str| {
        let line = memory.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_ascii_whitespace().next()?.parse::<f64>().ok()
    };
    of("MemAvailable:").zip(of("MemTotal:")).map_or(1.0, |(free, all)| free / all.max(1.0))
}

fn cards(folder: &Path) -> (f64, f64) {
    let number = |file: &Path| fs::read_to_string(file).ok()?.trim().parse::<f64>().ok();
    let card = |card: fs::DirEntry| {
        let (counted, speed) = (card.path().join("statistics"), number(&card.path().join("speed"))?);
        let bytes = number(&counted.join("rx_bytes"))?.max(number(&counted.join("tx_bytes"))?);
        (speed > 0.0).then_some((bytes, speed * 1e6 / 8.0))
    };
    let all = fs::read_dir(folder).into_iter().flatten().flatten().filter_map(card);
    all.fold((0.0, 0.0), |(bytes, most), (more, speed)| (bytes + more, most + speed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_still_be_had_of_the_memory_is_read() {
        assert!((free("MemTotal: 1000 kB\nMemFree: 1 kB\nMemAvailable: 250 kB\n") - 0.25).abs() < 1e-9);
        assert!((free("") - 1.0).abs() < 1e-9, "what is not told is not used up");
    }

    #[test]
    fn only_a_card_that_says_its_speed_can_be_full() {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, speed, bytes) in
            [("eth0", Some("1000"), "500"), ("virtual", Some("-1"), "900"), ("lo", None, "900")]
        {
            let counted = folder.path().join(name).join("statistics");
            fs::create_dir_all(&counted).expect("a card");
            fs::write(counted.join("rx_bytes"), bytes).expect("written");
            fs::write(counted.join("tx_bytes"), "7").expect("written");
            if let Some(speed) = speed {
                fs::write(folder.path().join(name).join("speed"), speed).expect("written");
            }
        }
        assert_eq!(cards(folder.path()), (500.0, 125e6));
    }
}
