//! The row of a network that fails for a moment: all lines break at once, messages are missed, and everyone comes back for them
//! to the server they left. Ours beside Socket.IO, which recovers the state of connections, too.

use std::path::PathBuf;
use std::time::Duration;

use load::crowd::Crowd;
use load::swarm::errand::{Errand, Talked};
use load::swarm::{Arrived, Coming};
use load::trouble::Trouble;

use crate::contestant::Contestant;
use crate::fleet::{WITNESSES, agree, stretch};
use crate::report::Metric;
use crate::rows::{Bench, Scene, all_level};
use crate::stand::{Stand, party_of};

const RECOVERY: [Metric; 2] = [Metric::Recovered, Metric::RecoveredRate];
const COMING: Coming = Coming { at_once: 2_000, per_second: None, within_s: 180.0 };
/// Half of what the slower one can tell so many, so that nobody is behind when the lines break.
const PER_SECOND: f64 = 2.0;
const TALK_S: f64 = 12.0;
const BEFORE_S: f64 = 2.0;
/// Ten messages.
const AWAY: Duration = Duration::from_secs(5);
const AFTER_S: f64 = 5.0;

impl Bench<'_> {
    pub fn recovery(&mut self, crowd: &(PathBuf, Crowd)) -> Result<(), Trouble> {
        let scene = self.one_channel(crowd, "recovery", self.sizes.listeners)?;
        let able = [Contestant::Ours, Contestant::SocketIo];
        let contestants: Vec<_> =
            able.into_iter().filter(|one| self.args.contestants.contains(one)).collect();
        self.in_turns(&contestants, &RECOVERY, |bench, contestant| bench.recovers(&scene, contestant))
    }

    /// Those who stay say what the others miss.
    fn recovers(&mut self, scene: &Scene<'_>, contestant: Contestant) -> Result<(), Trouble> {
        let Some(stand) = Stand::start(self.ground, contestant, scene.data, true)? else {
            self.report.note(format!("{contestant} is not installed here and was left out (bench/install)"));
            return Ok(());
        };
        let (away, place) = (scene.count - WITNESSES, scene.place(contestant));
        let mut parties = vec![
            party_of(&stand, place, &scene.people, 0..away, (1, true), true)?,
            party_of(&stand, place, &scene.people, away..scene.count, (2, true), true)?,
        ];
        for (party, count) in parties.iter_mut().zip([away, WITNESSES]) {
            let arrived: Arrived = party.arrive(COMING).map_err(Trouble::at("coming in"))?;
            all_level(contestant, arrived.level, count)?;
        }
        parties[1].send(&stretch(1, PER_SECOND, TALK_S)).map_err(Trouble::at("talking"))?;
        parties[0].ask::<()>(&Errand::Idle { seconds: BEFORE_S }).map_err(Trouble::at("listening"))?;
        parties[0].ask::<()>(&Errand::Drop {}).map_err(Trouble::at("breaking lines"))?;
        std::thread::sleep(AWAY);
        let arrived = parties[0].arrive(COMING).map_err(Trouble::at("coming back"))?;
        println!("recovery of {contestant}: {arrived:?}");
        all_level(contestant, arrived.level, away)?;
        let talked: Talked = parties[1].answer().map_err(Trouble::at("talking"))?;
        parties[0].ask::<()>(&Errand::Idle { seconds: AFTER_S }).map_err(Trouble::at("listening"))?;
        agree(&mut parties)?;
        talked.counters.verdict().map_err(Trouble::at("those who stayed"))?;
        if arrived.by_state > 0 {
            let count = arrived.by_state;
            self.report
                .note(format!("{count} of {away} of {contestant} came back without what they had missed"));
        }
        self.report.add(contestant, Metric::Recovered, arrived.seconds_99);
        self.report.add(contestant, Metric::RecoveredRate, away as f64 / arrived.seconds);
        Ok(())
    }
}
