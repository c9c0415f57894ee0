//! The rows that run all contestants in turns: idle, fan-out, many small channels.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use load::crowd::Crowd;
use load::noise::Watch;
use load::process::{cpu_of, each, memory_of};
use load::rounds::turns;
use load::swarm::Coming;
use load::swarm::Talk;
use load::swarm::dialect::{Person, Place};
use load::swarm::errand::{Errand, Party, Speaker, Stretch, Talked};
use load::trouble::Trouble;

use crate::args::{Args, Sizes};
use crate::contestant::Contestant;
use crate::report::{Metric, Report};
use crate::stand::{Ground, Stand, party, people};

pub const TEXT_BYTES: usize = 200;
/// One socket may give 100 commands a second; a wide window with few listeners needs many times that.
const SPEAKERS: usize = 16;
const OPEN_PER_SECOND: f64 = 4.0;
const SMALL_PER_SECOND: f64 = 2_000.0;
/// `MSG s.1 1 481` and two line ends: NATS' own part of a frame.
const NATS_HEAD_BYTES: usize = 17;
/// `42["m","` and `","PRmRn2-"]`: Socket.IO's own part.
const SOCKET_IO_HEAD_BYTES: usize = 20;
const IDLE: [Metric; 3] = [Metric::Memory, Metric::ConnectRate, Metric::ConnectCpu];
const SMALL: [Metric; 3] = [Metric::SmallPerCpu, Metric::SmallP99, Metric::SmallLag];
/// Windows of 4 and 16, and one message at a time.
const FANOUT: [&[Metric]; 3] = [
    &[Metric::W4, Metric::W4Cpu],
    &[Metric::W16, Metric::W16Cpu],
    &[Metric::EachP50, Metric::EachP99, Metric::LastP50, Metric::LastP99, Metric::OpenCpu],
];
const AS_FAST_AS_LET: Coming = Coming { at_once: 256, per_second: None, within_s: 120.0 };
const WARM_UP_S: f64 = 1.0;
/// After it an idle server has put away what coming in took.
const CALM: Duration = Duration::from_secs(5);

pub struct Bench<'a> {
    pub ground: &'a Ground,
    pub args: &'a Args,
    pub sizes: Sizes,
    pub report: Report,
}

/// Who hears what, the same for every contestant.
pub struct Scene<'a> {
    pub data: &'a PathBuf,
    pub people: PathBuf,
    pub count: usize,
    ours: Place,
    peers: Place,
}

impl Scene<'_> {
    pub fn place(&self, contestant: Contestant) -> &Place {
        if contestant == Contestant::Ours { &self.ours } else { &self.peers }
    }
}

impl Bench<'_> {
    /// A channel where all sit: the first few speak, each in a stream of its own.
    pub fn one_channel<'s>(
        &self,
        (data, crowd): &'s (PathBuf, Crowd),
        name: &str,
        count: usize,
    ) -> Result<Scene<'s>, Trouble> {
        let streams: Vec<u32> = (0..SPEAKERS as u32).collect();
        let all = crowd.people.iter().take(count);
        let all = all.map(|extra| Person {
            token: extra.token.clone(),
            account: extra.account.clone(),
            streams: streams.clone(),
        });
        let place = |channel: &str| Place {
            workspace: crowd.workspace.clone(),
            channels: vec![channel.to_owned(); SPEAKERS],
            ..Place::default()
        };
        let people = people(self.ground, name, all)?;
        Ok(Scene { data, people, count, ours: place(&crowd.channels[0]), peers: place("1") })
    }

    /// Every channel a stream; who sits there hears it.
    pub fn channels_of_each<'s>(
        &self,
        (data, crowd): &'s (PathBuf, Crowd),
        name: &str,
    ) -> Result<Scene<'s>, Trouble> {
        let all = crowd.people.iter();
        let all = all.map(|extra| Person {
            token: extra.token.clone(),
            account: extra.account.clone(),
            streams: extra.seats.clone(),
        });
        let ours = Place {
            workspace: crowd.workspace.clone(),
            channels: crowd.channels.clone(),
            ..Place::default()
        };
        let people = people(self.ground, name, all)?;
        Ok(Scene { data, people, count: crowd.people.len(), ours, peers: Place::default() })
    }

    /// Starts one and brings its sockets in; none where the peer is not there.
    fn begin(
        &mut self,
        scene: &Scene<'_>,
        contestant: Contestant,
    ) -> Result<Option<(Stand, Party)>, Trouble> {
        let Some(stand) = Stand::start(self.ground, contestant, scene.data, true)? else {
            self.report.note(format!("{contestant} is not installed here and was left out (bench/install)"));
            return Ok(None);
        };
        let party = party(&stand, scene.place(contestant), &scene.people, 0..scene.count, (1, true))?;
        Ok(Some((stand, party)))
    }

    /// A peer that is not correct has none of these measures; we end the row.
    pub fn in_turns(
        &mut self,
        contestants: &[Contestant],
        metrics: &[Metric],
        mut turn: impl FnMut(&mut Self, Contestant) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        for at in turns(contestants.len(), self.args.rounds()) {
            let contestant = contestants[at.contestant];
            if self.report.is_struck(contestant, metrics) {
                continue;
            }
            let watch = Watch::start(&[]);
            match turn(self, contestant) {
                Err(trouble) if contestant != Contestant::Ours => {
                    self.report.strike(contestant, metrics, &trouble);
                }
                done => done?,
            }
            let noise = watch.stop();
            println!("round {} {contestant}: {noise}", at.round + 1);
            self.report.loud.count(&noise);
        }
        Ok(())
    }

    pub fn idle(&mut self, crowd: &(PathBuf, Crowd)) -> Result<(), Trouble> {
        let scene = self.one_channel(crowd, "idle", self.sizes.crowd)?;
        let args = self.args;
        self.in_turns(&args.contestants, &IDLE, |bench, contestant| {
            let Some((stand, mut party)) = bench.begin(&scene, contestant)? else { return Ok(()) };
            std::thread::sleep(CALM);
            let (before, cpu) = (memory_of(stand.process()), cpu_of(stand.process()));
            let arrived = party.arrive(AS_FAST_AS_LET).map_err(Trouble::at("coming in"))?;
            let cpu = cpu_of(stand.process()).saturating_sub(cpu);
            all_level(contestant, arrived.level, scene.count)?;
            std::thread::sleep(CALM);
            let memory = (memory_of(stand.process()) - before) * 1024.0 / scene.count as f64;
            println!("{contestant}: {arrived:?} {memory:.2} kB a socket");
            bench.report.add(contestant, Metric::Memory, memory);
            bench.report.add(contestant, Metric::ConnectRate, scene.count as f64 / arrived.seconds);
            bench.report.add(contestant, Metric::ConnectCpu, each(cpu, scene.count as u64));
            Ok(())
        })
    }

    pub fn fanout(&mut self, crowd: &(PathBuf, Crowd)) -> Result<(), Trouble> {
        let scene = self.one_channel(crowd, "fanout", self.sizes.listeners)?;
        let speakers: Vec<Speaker> =
            (0..SPEAKERS).map(|at| Speaker { socket: at, stream: at as u32 }).collect();
        let args = self.args;
        self.in_turns(&args.contestants, &FANOUT.concat(), |bench, contestant| {
            let Some((stand, mut party)) = bench.begin(&scene, contestant)? else { return Ok(()) };
            let arrived = party.arrive(AS_FAST_AS_LET).map_err(Trouble::at("coming in"))?;
            all_level(contestant, arrived.level, scene.count)?;
            let talks = [
                Talk::Window { messages: 4 },
                Talk::Window { messages: 16 },
                Talk::Open { per_second: OPEN_PER_SECOND },
            ];
            for (talk, metrics) in talks.into_iter().zip(FANOUT) {
                if bench.report.is_struck(contestant, metrics) {
                    continue;
                }
                match bench.talk(&stand, &mut party, talk, &speakers) {
                    Ok((talked, cpu)) => bench.told(contestant, metrics, talk, (&talked, cpu)),
                    // What was lost stays lost, so this was its last stretch of the turn.
                    Err(trouble) if contestant != Contestant::Ours => {
                        bench.report.strike(contestant, metrics, &trouble);
                        break;
                    }
                    Err(trouble) => return Err(trouble),
                }
            }
            Ok(())
        })
    }

    fn talk(
        &mut self,
        stand: &Stand,
        party: &mut Party,
        talk: Talk,
        speakers: &[Speaker],
    ) -> Result<(Talked, f64), Trouble> {
        let text_bytes = self.text_bytes(stand.contestant);
        let stretch = Stretch {
            talk,
            speakers: speakers.to_vec(),
            text_bytes,
            warm_up_s: WARM_UP_S,
            seconds: self.args.seconds(),
        };
        let before = cpu_of(stand.process());
        let talked: Talked = party.ask(&Errand::Talk(stretch)).map_err(Trouble::at("talking"))?;
        let cpu = each(cpu_of(stand.process()).saturating_sub(before), talked.deliveries_in_all);
        println!("{} {talk:?}: {:.0}/s {talked:?} {cpu:.2} us", stand.contestant, rate(&talked));
        talked.counters.verdict().map_err(Trouble::at(stand.contestant.to_string()))?;
        if stand.contestant == Contestant::Ours {
            self.report.frame_bytes = talked.frame_bytes;
        }
        Ok((talked, cpu))
    }

    /// Ours says so much; the peers so much more that their frames are as long.
    fn text_bytes(&self, contestant: Contestant) -> usize {
        const USUAL: usize = 480;
        let frame = if self.report.frame_bytes == 0 { USUAL } else { self.report.frame_bytes };
        match contestant {
            Contestant::Ours => TEXT_BYTES,
            Contestant::Nats => frame - NATS_HEAD_BYTES,
            Contestant::SocketIo => frame - SOCKET_IO_HEAD_BYTES,
            _ => frame,
        }
    }

    fn told(
        &mut self,
        contestant: Contestant,
        metrics: &[Metric],
        talk: Talk,
        (talked, cpu): (&Talked, f64),
    ) {
        let ms = |duration: Duration| duration.as_secs_f64() * 1e3;
        let (each, last) = (talked.each, talked.last);
        let values = match talk {
            Talk::Window { .. } => vec![rate(talked), cpu],
            Talk::Open { .. } => vec![ms(each.p50), ms(each.p99), ms(last.p50), ms(last.p99), cpu],
        };
        for (&metric, value) in metrics.iter().zip(values) {
            self.report.add(contestant, metric, value);
        }
        if matches!(talk, Talk::Window { .. }) {
            self.report.add(contestant, Metric::SocketsCpu, talked.own_cpu * 100.0);
        }
    }

    pub fn small(&mut self, crowd: &(PathBuf, Crowd)) -> Result<(), Trouble> {
        let scene = self.channels_of_each(crowd, "small")?;
        let speakers = first_in_each(&crowd.1);
        let able = [Contestant::Ours, Contestant::Uws, Contestant::Nats];
        let contestants: Vec<_> =
            able.into_iter().filter(|one| self.args.contestants.contains(one)).collect();
        self.in_turns(&contestants, &SMALL, |bench, contestant| {
            let Some((stand, mut party)) = bench.begin(&scene, contestant)? else { return Ok(()) };
            let arrived = party.arrive(AS_FAST_AS_LET).map_err(Trouble::at("coming in"))?;
            all_level(contestant, arrived.level, scene.count)?;
            let talk = Talk::Open { per_second: SMALL_PER_SECOND };
            let (talked, cpu) = bench.talk(&stand, &mut party, talk, &speakers)?;
            bench.report.add(contestant, Metric::SmallPerCpu, 1e6 / cpu);
            bench.report.add(contestant, Metric::SmallP99, talked.each.p99.as_secs_f64() * 1e3);
            bench.report.add(contestant, Metric::SmallLag, talked.lag_p99_us as f64 / 1e3);
            Ok(())
        })
    }
}

pub fn all_level(contestant: Contestant, level: usize, count: usize) -> Result<(), Trouble> {
    if level == count {
        return Ok(());
    }
    Err(Trouble::new(format!("{contestant}: {level} of {count} sockets came in")))
}

fn rate(talked: &Talked) -> f64 {
    talked.deliveries as f64 / talked.seconds
}

/// Channel after channel, in an order that mixes large and small ones; in each its first member speaks.
pub fn first_in_each(crowd: &Crowd) -> Vec<Speaker> {
    let mut first = vec![None; crowd.channels.len()];
    for (socket, extra) in crowd.people.iter().enumerate() {
        for &seat in &extra.seats {
            first[seat as usize].get_or_insert(socket);
        }
    }
    let spoken = |(stream, socket): (usize, &Option<usize>)| {
        Some(Speaker { socket: (*socket)?, stream: stream as u32 })
    };
    let mut speakers: Vec<Speaker> = first.iter().enumerate().filter_map(spoken).collect();
    let mut random = load::random::Random::seeded(7);
    for at in (1..speakers.len()).rev() {
        speakers.swap(at, random.below(at + 1));
    }
    speakers
}

/// Seconds since a moment.
pub fn since(began: Instant) -> f64 {
    began.elapsed().as_secs_f64()
}
