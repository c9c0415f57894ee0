//! What else the machine did during a run: a figure taken while a neighbour was busy is worth less, so it is said.

use std::collections::HashMap;
use std::fmt;
use std::fs;

/// A round with more stolen or foreign time than this is repeated or marked.
pub const NOISE_SHARE_MAX: f64 = 0.05;
/// Linux counts CPU time for user space in hundredths of a second on every architecture we run on.
const TICKS_PER_SECOND: f64 = 100.0;

/// A running observation. Our own time is that of this process and its children, and of the servers we were told of.
#[derive(Clone, Debug)]
pub struct Watch {
    servers: Vec<u32>,
    machine: Machine,
    own: u64,
    serving: u64,
}

impl Watch {
    /// `servers`: processes that work for the run without being our children (a database), with all their descendants.
    pub fn start(servers: &[u32]) -> Self {
        let (own, serving) = ticks_of(servers);
        Self { servers: servers.to_vec(), machine: Machine::now(), own, serving }
    }

    pub fn stop(&self) -> Noise {
        let (own, serving) = ticks_of(&self.servers);
        let spent = Machine::now().since(&self.machine);
        let (own, serving) = (own.saturating_sub(self.own), serving.saturating_sub(self.serving));
        Noise::of(spent, own, serving)
    }
}

/// CPU time during a run: ours in seconds, the rest as shares of the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Noise {
    pub own_seconds: f64,
    pub server_seconds: f64,
    /// Taken by the hypervisor.
    pub steal_share: f64,
    /// Busy with neither us nor our servers.
    pub other_share: f64,
}

impl Noise {
    fn of(spent: Machine, own: u64, serving: u64) -> Self {
        let total = spent.total.max(1) as f64;
        let foreign = spent.busy.saturating_sub(own + serving);
        Self {
            own_seconds: own as f64 / TICKS_PER_SECOND,
            server_seconds: serving as f64 / TICKS_PER_SECOND,
            steal_share: spent.steal as f64 / total,
            other_share: foreign as f64 / total,
        }
    }

    pub fn is_loud(&self) -> bool {
        self.steal_share > NOISE_SHARE_MAX || self.other_share > NOISE_SHARE_MAX
    }
}

/// How many turns of a bench were loud: figures of a machine that had something else to do are worth less, so it is said where they
/// stand.
#[derive(Clone, Copy, Debug, Default)]
pub struct Loud {
    turns: usize,
    loud: usize,
}

impl Loud {
    pub fn count(&mut self, noise: &Noise) {
        self.turns += 1;
        self.loud += usize::from(noise.is_loud());
    }

    /// Nothing where all were quiet.
    pub fn told(&self) -> Option<String> {
        let Self { turns, loud } = self;
        let share = NOISE_SHARE_MAX * 100.0;
        (*loud > 0)
            .then(|| format!("{loud} of {turns} turns had more than {share:.0} % of stolen or other load"))
    }
}

impl fmt::Display for Noise {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (steal, other) = (self.steal_share * 100.0, self.other_share * 100.0);
        write!(
            out,
            "own cpu {:.1}s servers {:.1}s steal {steal:.1}% other load {other:.1}%",
            self.own_seconds, self.server_seconds
        )?;
        out.write_str(if self.is_loud() { " (noisy)" } else { "" })
    }
}

/// Ticks of all cores since the machine started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Machine {
    pub total: u64,
    pub busy: u64,
    pub steal: u64,
    /// Nothing to do but wait for a disk.
    pub disk: u64,
}

impl Machine {
    pub fn now() -> Self {
        fs::read_to_string("/proc/stat").ok().and_then(|stat| Self::read(&stat)).unwrap_or_default()
    }

    /// `cpu  user nice system idle iowait irq softirq steal guest guest_nice`; guests are in user and nice already.
    fn read(stat: &str) -> Option<Self> {
        let line = stat.lines().find(|line| line.starts_with("cpu "))?;
        let ticks: Vec<u64> =
            line.split_ascii_whitespace().skip(1).take(8).filter_map(|field| field.parse().ok()).collect();
        let [user, nice, system, idle, iowait, irq, softirq, steal] = ticks[..] else { return None };
        let busy = user + nice + system + irq + softirq;
        Some(Self { total: busy + idle + iowait + steal, busy, steal, disk: iowait })
    }

    pub fn since(self, before: &Self) -> Self {
        Self {
            total: self.total.saturating_sub(before.total),
            busy: self.busy.saturating_sub(before.busy),
            steal: self.steal.saturating_sub(before.steal),
            disk: self.disk.saturating_sub(before.disk),
        }
    }
}

/// One process: its parent, and its CPU ticks with those of the children it has waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Process {
    id: u32,
    parent: u32,
    ticks: u64,
}

impl Process {
    /// `pid (name) state ppid …`; the name may hold spaces and brackets, so fields are counted after its last bracket.
    fn read(stat: &str) -> Option<Self> {
        let (id, _) = stat.split_once(' ')?;
        let (_, after_name) = stat.rsplit_once(") ")?;
        let fields: Vec<&str> = after_name.split_ascii_whitespace().collect();
        let parent = fields.get(1)?.parse().ok()?;
        let ticks = fields.get(11..15)?.iter().filter_map(|field| field.parse::<u64>().ok()).sum();
        Some(Self { id: id.parse().ok()?, parent, ticks })
    }
}

fn processes() -> Vec<Process> {
    let Ok(folder) = fs::read_dir("/proc") else { return Vec::new() };
    let stat = |entry: fs::DirEntry| {
        entry.file_name().to_str()?.parse::<u32>().ok()?;
        Process::read(&fs::read_to_string(entry.path().join("stat")).ok()?)
    };
    folder.flatten().filter_map(stat).collect()
}

/// Ticks of this process and of the servers, each with all descendants.
fn ticks_of(servers: &[u32]) -> (u64, u64) {
    let processes = processes();
    (tree_ticks(&processes, &[std::process::id()]), tree_ticks(&processes, servers))
}

fn tree_ticks(processes: &[Process], roots: &[u32]) -> u64 {
    let parents: HashMap<u32, u32> = processes.iter().map(|process| (process.id, process.parent)).collect();
    let belongs = |process: &&Process| {
        let mut id = process.id;
        // A process cannot be deeper than there are processes; ids reused while reading cannot make this run forever.
        for _ in 0..=processes.len() {
            if roots.contains(&id) {
                return true;
            }
            match parents.get(&id) {
                Some(&parent) if parent != 0 => id = parent,
                _ => return false,
            }
        }
        false
    };
    processes.iter().filter(belongs).map(|process| process.ticks).sum()
}

#[cfg(test)]
#[path = "noise_tests.rs"]
mod tests;
