//! Rooms beside one crowd: the same people say the same things, once where everyone is told everything, as a server that
//! broadcasts would do, and once where each hears the room they sit in.

use std::path::PathBuf;

use load::crowd::Crowd;
use load::process::cpu_of;
use load::swarm::errand::{Errand, Stretch, Talked};
use load::swarm::{Coming, Talk};
use load::trouble::Trouble;

use crate::contestant::Contestant;
use crate::report::Metric;
use crate::rows::{Bench, TEXT_BYTES, all_level, first_in_each};
use crate::stand::{Stand, crowd, party};

/// As many as hear every message where all hear all.
const PEOPLE: u32 = 2_000;
/// Twenty sit in each.
const ROOMS: u32 = 100;
const SAID_PER_SECOND: f64 = 20.0;
const SECONDS: f64 = 20.0;
const COMING: Coming = Coming { at_once: 256, per_second: None, within_s: 60.0 };

/// What one way of it cost, how much was delivered, and how late.
struct Cost {
    cpu_percent: f64,
    per_second: f64,
    p95_ms: f64,
}

impl Bench<'_> {
    pub fn rooms(&mut self) -> Result<(), Trouble> {
        let (people, rooms) = if self.args.quick { (PEOPLE / 10, ROOMS / 10) } else { (PEOPLE, ROOMS) };
        let seconds = if self.args.quick { 2.0 } else { SECONDS };
        let everywhere = crowd(self.ground, "everywhere", (people, rooms, rooms), &[])?;
        let rooms = crowd(self.ground, "rooms", (people, rooms, 1), &[])?;
        self.report
            .note(format!("one crowd and rooms of 20: {people} people, {SAID_PER_SECOND} messages a second"));
        for round in 0..self.args.rounds() {
            let all = self.said_to(&everywhere, "everywhere", seconds)?;
            let some = self.said_to(&rooms, "rooms", seconds)?;
            println!(
                "rooms round {}: {:.1} % of a processor, {:.0} deliveries a second and p95 {:.1} ms where all hear all, \
                 {:.1} %, {:.0} and {:.1} ms in rooms",
                round + 1,
                all.cpu_percent,
                all.per_second,
                all.p95_ms,
                some.cpu_percent,
                some.per_second,
                some.p95_ms
            );
            for (metric, value) in [
                (Metric::EverywhereCpu, all.cpu_percent),
                (Metric::EverywhereHeard, all.per_second),
                (Metric::EverywhereP95, all.p95_ms),
                (Metric::RoomsCpu, some.cpu_percent),
                (Metric::RoomsHeard, some.per_second),
                (Metric::RoomsP95, some.p95_ms),
            ] {
                self.report.add(Contestant::Ours, metric, value);
            }
        }
        Ok(())
    }

    fn said_to(&self, crowd: &(PathBuf, Crowd), name: &str, seconds: f64) -> Result<Cost, Trouble> {
        let scene = self.channels_of_each(crowd, name)?;
        let stand = Stand::start(self.ground, Contestant::Ours, scene.data, false)?
            .ok_or_else(|| Trouble::new("rookery does not start"))?;
        let ours = scene.place(Contestant::Ours);
        let mut party = party(&stand, ours, &scene.people, 0..scene.count, (1, false))?;
        let arrived = party.arrive(COMING).map_err(Trouble::at("coming in"))?;
        all_level(Contestant::Ours, arrived.level, scene.count)?;
        let stretch = Stretch {
            talk: Talk::Open { per_second: SAID_PER_SECOND },
            speakers: first_in_each(&crowd.1),
            text_bytes: TEXT_BYTES,
            warm_up_s: 0.0,
            seconds,
        };
        let before = cpu_of(stand.process());
        let talked: Talked = party.ask(&Errand::Talk(stretch)).map_err(Trouble::at("talking"))?;
        let cpu = cpu_of(stand.process()).saturating_sub(before).as_secs_f64();
        talked.counters.verdict().map_err(Trouble::at(name.to_owned()))?;
        Ok(Cost {
            cpu_percent: cpu / talked.seconds * 100.0,
            per_second: talked.deliveries as f64 / talked.seconds,
            p95_ms: talked.each.p95.as_secs_f64() * 1e3,
        })
    }
}
