//! What stopped a run, where one thing did.

use super::machine::Machine;
use super::watch::{Seen, Server};
use crate::swarm::TeamTold;

/// Of the time before, at most so many seconds.
const LOOKS: f64 = 10.0;

/// Where and when to look.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// Until when most was asked for, and since when anything was, as the looks count their time.
    pub until_s: f64,
    pub since_s: f64,
    /// The server is on the generator's own machine.
    pub is_here: bool,
    /// Later than this with a hundredth of what it asked, the generator measured itself.
    pub lag_ms: f64,
}

pub fn by(seen: &[Seen], told: Option<&TeamTold>, at: Moment) -> &'static str {
    if let Some(told) = told {
        if told.lag_p99_ms > at.lag_ms || told.own_cpu > 0.95 {
            return "the generator: it came late to its own questions; give it a machine of its own, or more of this one";
        }
        if told.slowed * 2 > told.counters.refused && told.slowed > 0 {
            return "the server's own limits: so much a minute from an account or an address ([rates] in its \
                    configuration; 0 there lifts them for a test)";
        }
    }
    // A look tells of the second before it.
    let from_s = (at.until_s - LOOKS).max(at.since_s) + 1.0;
    let lately = seen.iter().filter(|seen| seen.at_s >= from_s && seen.at_s <= at.until_s + 1.0);
    let lately: Vec<&Seen> = lately.collect();
    let machine = mean(&lately.iter().filter_map(|seen| seen.machine).collect::<Vec<_>>());
    let servers: Vec<Server> = lately.iter().filter_map(|seen| seen.server).collect();
    if servers.is_empty() {
        return "not known: the server's metrics could not be read (--metrics says where they are)";
    }
    of_the_server(&servers).or_else(|| machine.and_then(|machine| of_the_machine(machine, at.is_here))).unwrap_or(
        "nothing that is looked at is used up: what remains is the database's own machine and the way there",
    )
}

fn of_the_server(seen: &[Server]) -> Option<&'static str> {
    let of = |value: fn(&Server) -> f64| seen.iter().map(value).sum::<f64>() / seen.len() as f64;
    let full = |used: f64, most: f64| most > 0.0 && used > 0.95 * most;
    if full(of(|seen| seen.descriptors), of(|seen| seen.descriptors_max)) {
        Some("descriptors: the server may open no more (`ulimit -n`, LimitNOFILE)")
    } else if of(|seen| seen.processors) > 0.0 && of(|seen| seen.cpu) > 0.85 * of(|seen| seen.processors) {
        Some("the processor: the server uses all it may have; more of them, or another node, carry more")
    } else if full(of(|seen| seen.pool_lent), of(|seen| seen.pool_max)) || of(|seen| seen.pool_waiting) > 1.0
    {
        Some("the pool: questions wait for a connection to the database")
    } else if of(|seen| seen.writers) > 0.8 && of(|seen| seen.commands_waiting) > 10.0 {
        Some("the store: commands wait for its writers; a faster disk carries more")
    } else {
        None
    }
}

fn of_the_machine(machine: Machine, is_here: bool) -> Option<&'static str> {
    let here = |what: &'static str, away: &'static str| Some(if is_here { what } else { away });
    if machine.memory_free < 0.05 {
        here(
            "memory: this machine has nearly none left",
            "memory of the generator's machine: nearly none is left",
        )
    } else if is_here && machine.disk > 0.3 {
        Some("the disk: processors wait for it")
    } else if machine.busy > 0.9 {
        here(
            "the processor: all of this machine are busy, the generator's share included",
            "the generator: the processors of its machine are all busy",
        )
    } else if machine.network > 0.9 {
        Some("the network: the card of this machine carries what it can")
    } else {
        None
    }
}

fn mean(all: &[Machine]) -> Option<Machine> {
    let of = |value: fn(&Machine) -> f64| all.iter().map(value).sum::<f64>() / all.len() as f64;
    (!all.is_empty()).then(|| Machine {
        busy: of(|machine| machine.busy),
        disk: of(|machine| machine.disk),
        memory_free: of(|machine| machine.memory_free),
        network: of(|machine| machine.network),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Moment = Moment { until_s: 20.0, since_s: 11.0, is_here: true, lag_ms: 50.0 };
    const WELL: Machine = Machine { busy: 0.4, disk: 0.0, memory_free: 0.6, network: 0.0 };
    const IDLE: Server = Server {
        cpu: 0.1,
        processors: 2.0,
        memory_mb: 50.0,
        descriptors: 100.0,
        descriptors_max: 1_000.0,
        sockets: 0.0,
        writers: 0.0,
        commands_waiting: 0.0,
        pool_lent: 0.0,
        pool_max: 10.0,
        pool_waiting: 0.0,
    };

    fn looks(server: Server, machine: Machine) -> Vec<Seen> {
        // Before and after most was asked for, nothing is busy.
        let quiet = |at_s: f64| Seen { at_s, server: Some(IDLE), machine: Some(WELL) };
        let busy = |at: i32| Seen { at_s: f64::from(at), server: Some(server), machine: Some(machine) };
        (1..=11)
            .map(|at| quiet(f64::from(at)))
            .chain((12..=20).map(busy))
            .chain([quiet(40.0), quiet(60.0)])
            .collect()
    }

    fn stopped(server: Server, machine: Machine) -> &'static str {
        by(&looks(server, machine), Some(&TeamTold::default()), AT)
    }

    #[test]
    fn what_was_used_up_when_most_was_asked_for_is_named() {
        for (server, machine, word) in [
            (Server { cpu: 1.9, ..IDLE }, WELL, "the processor"),
            (Server { descriptors: 990.0, cpu: 2.0, ..IDLE }, WELL, "descriptors"),
            (Server { pool_lent: 10.0, ..IDLE }, WELL, "the pool"),
            (Server { pool_waiting: 3.0, ..IDLE }, WELL, "the pool"),
            (Server { writers: 0.9, commands_waiting: 90.0, cpu: 1.9, ..IDLE }, WELL, "the processor"),
            (Server { writers: 0.9, commands_waiting: 90.0, ..IDLE }, WELL, "the store"),
            (IDLE, Machine { disk: 0.5, ..WELL }, "the disk"),
            (IDLE, Machine { busy: 0.95, ..WELL }, "the processor"),
            (IDLE, Machine { memory_free: 0.01, ..WELL }, "memory"),
            (IDLE, Machine { network: 0.95, ..WELL }, "the network"),
            (IDLE, WELL, "nothing"),
        ] {
            assert!(stopped(server, machine).starts_with(word), "{server:?} {machine:?}");
        }
    }

    #[test]
    fn a_late_generator_and_the_servers_own_limits_come_first() {
        let seen = looks(Server { cpu: 2.0, ..IDLE }, WELL);
        let late = TeamTold { lag_p99_ms: 80.0, ..TeamTold::default() };
        assert!(by(&seen, Some(&late), AT).starts_with("the generator"));
        let mut limited = TeamTold { slowed: 90, ..TeamTold::default() };
        limited.counters.refused = 100;
        assert!(by(&seen, Some(&limited), AT).starts_with("the server's own limits"));
    }

    #[test]
    fn what_could_not_be_looked_at_is_not_known() {
        let blind: Vec<Seen> =
            (10..20).map(|at| Seen { at_s: f64::from(at), server: None, machine: Some(WELL) }).collect();
        assert!(by(&blind, None, AT).starts_with("not known"));
    }

    #[test]
    fn the_processors_of_another_machine_are_not_the_servers() {
        let seen = looks(IDLE, Machine { busy: 0.99, disk: 0.9, ..WELL });
        assert!(by(&seen, None, Moment { is_here: false, ..AT }).starts_with("the generator"));
    }
}
