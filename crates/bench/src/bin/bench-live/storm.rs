//! The rows of bad moments: a server dies with everyone on it, and they come back; and people who come and go.

use std::path::PathBuf;
use std::time::Instant;

use load::crowd::Crowd;
use load::process::cpu_of;
use load::swarm::Coming;
use load::swarm::Talk;
use load::swarm::errand::{Errand, Lookers, Party, Speaker, Stretch, Talked};
use load::trouble::Trouble;

use crate::contestant::Contestant;
use crate::report::Metric;
use crate::rows::{Bench, TEXT_BYTES, all_level, since};
use crate::stand::{Stand, party};

/// A storm is what all do at once; only so many can be connecting from one process.
const STORM: Coming = Coming { at_once: 2_000, per_second: None, within_s: 180.0 };
const LOOKERS: usize = 200;
const LOOKED_AT: usize = 200;
/// 19,000 people who open and close their machines about every quarter of an hour.
const TURNS_PER_SECOND: f64 = 20.0;
const PRESENCE_S: f64 = 30.0;

impl Bench<'_> {
    /// The whole server is killed and started again, as a supervisor does; its memory is gone, so everyone is brought level
    /// by `changed`.
    pub fn changed(
        &mut self,
        crowd: &(PathBuf, Crowd),
        (back, rate): (Metric, Metric),
    ) -> Result<(), Trouble> {
        let count = crowd.1.people.len().min(self.sizes.crowd);
        let scene = self.one_channel(crowd, "storm", count)?;
        for round in 0..self.args.rounds() {
            let Some(mut stand) = Stand::start(self.ground, Contestant::Ours, scene.data, false)? else {
                continue;
            };
            let mut party =
                party(&stand, scene.place(Contestant::Ours), &scene.people, 0..scene.count, (1, false))?;
            let arrived = party.arrive(STORM).map_err(Trouble::at("coming in"))?;
            all_level(Contestant::Ours, arrived.level, scene.count)?;
            say_a_little(&mut party)?;
            let began = Instant::now();
            stand.kill();
            stand.again(self.ground, scene.data)?;
            let gone: bool = party
                .ask(&Errand::WaitForLoss { left: 0, within_s: 20.0 })
                .map_err(Trouble::at("waiting for the loss"))?;
            let down = since(began);
            let arrived = party.arrive(STORM).map_err(Trouble::at("coming back"))?;
            println!("storm round {}: gone {gone} after {down:.2} s, {arrived:?}", round + 1);
            all_level(Contestant::Ours, arrived.level, scene.count)?;
            // What was said before is behind them; what is said from now on reaches all.
            say_a_little(&mut party)?;
            self.report.add(Contestant::Ours, back, down + arrived.seconds_99);
            self.report.add(Contestant::Ours, rate, scene.count as f64 / arrived.seconds);
        }
        Ok(())
    }

    /// 19,000 online; a few hundred have two hundred faces on their screens; twenty people a second come or go.
    pub fn presence(&mut self, crowd: &(PathBuf, Crowd)) -> Result<(), Trouble> {
        let scene = self.one_channel(crowd, "presence", self.sizes.crowd)?;
        for round in 0..self.args.rounds().min(3) {
            let Some(stand) = Stand::start(self.ground, Contestant::Ours, scene.data, true)? else {
                continue;
            };
            let mut party =
                party(&stand, scene.place(Contestant::Ours), &scene.people, 0..scene.count, (1, true))?;
            let arrived = party.arrive(STORM).map_err(Trouble::at("coming in"))?;
            all_level(Contestant::Ours, arrived.level, scene.count)?;
            let lookers = Lookers {
                lookers: LOOKERS.min(scene.count / 2),
                people: LOOKED_AT.min(scene.count / 2),
                turns_per_second: TURNS_PER_SECOND,
                seconds: PRESENCE_S,
            };
            let before = cpu_of(stand.process());
            let faces: u64 = party.ask(&Errand::Look(lookers)).map_err(Trouble::at("looking"))?;
            let cpu = cpu_of(stand.process()).saturating_sub(before).as_secs_f64();
            let share = cpu / PRESENCE_S * 100.0;
            println!("presence round {}: {share:.2} % of a processor, {faces} frames of faces", round + 1);
            if faces == 0 {
                return Err(Trouble::new("nobody saw a face change"));
            }
            self.report.add(Contestant::Ours, Metric::PresenceCpu, share);
        }
        Ok(())
    }
}

/// Ten messages, heard by everyone, or the row ends here.
pub fn say_a_little(party: &mut Party) -> Result<Talked, Trouble> {
    let stretch = Stretch {
        talk: Talk::Open { per_second: 10.0 },
        speakers: vec![Speaker { socket: 0, stream: 0 }],
        text_bytes: TEXT_BYTES,
        warm_up_s: 0.0,
        seconds: 1.0,
    };
    let talked: Talked = party.ask(&Errand::Talk(stretch)).map_err(Trouble::at("talking"))?;
    talked.counters.verdict().map_err(Trouble::at("talking"))?;
    Ok(talked)
}
