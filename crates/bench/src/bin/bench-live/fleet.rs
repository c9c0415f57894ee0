//! The rows that need several processes over one PostgreSQL: a gateway that dies while another holds what was missed, and
//! more sockets than one process may have.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use bench::services::{POSTGRES, ask_postgres};
use load::crowd::Crowd;
use load::process::memory_of;
use load::swarm::dialect::{Person, Place};
use load::swarm::errand::{Counted, Errand, Party, Speaker, Stretch, Talked};
use load::swarm::{Arrived, Coming, Talk};
use load::trouble::Trouble;

use crate::contestant::Contestant;
use crate::report::Metric;
use crate::rows::{Bench, TEXT_BYTES, all_level, since};
use crate::stand::{Ground, Stand, free_port, party_of, people, set_up};

/// Those who are at the other gateway all along: through them it follows the workspace.
pub const WITNESSES: usize = 50;
const COMING: Coming = Coming { at_once: 2_000, per_second: None, within_s: 180.0 };
/// Messages a second of each process of sockets while many are held.
const MANY_PER_SECOND: f64 = 0.25;

/// Nodes of one installation.
pub struct Fleet<'a> {
    ground: &'a Ground,
    nodes: usize,
}

impl<'a> Fleet<'a> {
    /// Over a fresh database, which goes with the server it is in.
    pub fn found(ground: &'a Ground) -> Result<Self, Trouble> {
        let server = std::env::var(POSTGRES).map_err(Trouble::at(POSTGRES))?;
        let name = format!("bench_live_{}", std::process::id());
        ask_postgres(&server, &format!("CREATE DATABASE {name}"))?;
        let parts = server.split(' ').filter(|part| !part.starts_with("dbname="));
        let address: Vec<&str> = parts.collect();
        let address = format!("{} dbname={name}", address.join(" "));
        let file = format!(
            "[store]\nkind = \"postgres\"\n[store.postgres]\ndirectory = \"{address}\"\n\
             shards = [{{ id = 1, primary = \"{address}\" }}]\n[store.postgres.pool]\nsize = 8\noverflow = 4\n\
             [metrics]\nlisten = \"off\"\n[log]\nfilter = \"warn\"\n"
        );
        fs::write(ground.folder.join("fleet.toml"), file).map_err(Trouble::at("fleet.toml"))?;
        Ok(Self { ground, nodes: 0 })
    }

    pub fn node(&mut self, roles: &str) -> Result<Stand, Trouble> {
        self.nodes += 1;
        let port = free_port()?;
        let mut command = Command::new(&self.ground.rookery);
        command.args(["serve", "--roles", roles, "--listen", &format!("127.0.0.1:{port}"), "--config"]);
        command.arg(self.ground.folder.join("fleet.toml"));
        command.arg("--data").arg(self.ground.folder.join(format!("node-{}", self.nodes)));
        Stand::run(command, Contestant::Ours, port)
    }

    /// The first node, and somebody who owns the installation.
    fn api(&mut self) -> Result<Stand, Trouble> {
        let api = self.node("api,worker")?;
        let config = self.ground.folder.join("fleet.toml");
        set_up(self.ground, &api, &["--config".as_ref(), config.as_os_str()])?;
        Ok(api)
    }

    pub fn crowd(&self, people: usize, channels: u32) -> Result<Crowd, Trouble> {
        let file = self.ground.folder.join("fleet.json");
        let mut command = Command::new(&self.ground.rookery);
        command.args(["load", "prepare", "--seats", "2", "--people", &people.to_string(), "--channels"]);
        command.arg(channels.to_string()).arg("--config").arg(self.ground.folder.join("fleet.toml"));
        let done = command.arg("--crowd").arg(&file).status().map_err(Trouble::at("load prepare"))?;
        if !done.success() {
            return Err(Trouble::new("load prepare failed"));
        }
        Crowd::read(&file).map_err(Trouble::at("the crowd"))
    }
}

/// A stream of messages, each of so many a second, from the first socket of a party.
pub fn stretch(stream: u32, per_second: f64, seconds: f64) -> Errand {
    Errand::Talk(Stretch {
        talk: Talk::Open { per_second },
        speakers: vec![Speaker { socket: 0, stream }],
        text_bytes: TEXT_BYTES,
        warm_up_s: 0.0,
        seconds,
    })
}

impl Bench<'_> {
    /// Everyone listens to one channel; stream after stream belongs to one process of sockets.
    fn parties(&self, crowd: &Crowd, gateways: &[&Stand], sizes: &[usize]) -> Result<Vec<Party>, Trouble> {
        let streams: Vec<u32> = (0..sizes.len() as u32).collect();
        let all = crowd.people.iter().map(|extra| Person {
            token: extra.token.clone(),
            account: extra.account.clone(),
            streams: streams.clone(),
        });
        let file = people(self.ground, "fleet", all)?;
        let channels = vec![crowd.channels[0].clone(); sizes.len()];
        let place = Place { workspace: crowd.workspace.clone(), channels, ..Place::default() };
        let (mut parties, mut from) = (Vec::new(), 0);
        for (number, (&size, gateway)) in sizes.iter().zip(gateways).enumerate() {
            parties.push(party_of(
                gateway,
                &place,
                &file,
                from..from + size,
                (number as u32 + 1, false),
                true,
            )?);
            from += size;
        }
        Ok(parties)
    }

    /// One of two gateways is killed with everyone on it; the other holds what they miss meanwhile.
    pub fn tail(&mut self) -> Result<(), Trouble> {
        let mut fleet = Fleet::found(self.ground)?;
        let api = fleet.api()?;
        let crowd = fleet.crowd(self.sizes.crowd, 10)?;
        for round in 0..self.args.rounds() {
            for (back, per_second) in [(Metric::TailBack, 2.0), (Metric::TailBackBusy, 10.0)] {
                let seconds = self.dies(&mut fleet, &crowd, per_second)?;
                println!("tail round {}: {per_second} messages a second, {seconds:.2} s", round + 1);
                self.report.add(Contestant::Ours, back, seconds);
            }
        }
        drop(api);
        Ok(())
    }

    /// How long it takes until 99 of 100 are level at the other one. Everyone is told so many messages a second before,
    /// while they are away, and as they come back: whoever is there already takes the server's time from who is not.
    fn dies(&mut self, fleet: &mut Fleet<'_>, crowd: &Crowd, per_second: f64) -> Result<f64, Trouble> {
        let count = self.sizes.crowd - WITNESSES;
        let (mut dies, stays) = (fleet.node("gateway")?, fleet.node("gateway")?);
        let mut parties = self.parties(crowd, &[&dies, &stays], &[count, WITNESSES])?;
        // The other one is no newcomer: it was there before those who will come to it.
        for party in parties.iter_mut().rev() {
            party.arrive(COMING).map_err(Trouble::at("coming in"))?;
        }
        parties[1].send(&stretch(1, per_second, 8.0)).map_err(Trouble::at("talking"))?;
        parties[0].ask::<()>(&Errand::Idle { seconds: 2.0 }).map_err(Trouble::at("listening"))?;
        let began = Instant::now();
        dies.kill();
        let address = stays.address.clone();
        let gone = Errand::WaitForLoss { left: 0, within_s: 20.0 };
        parties[0].ask::<bool>(&gone).map_err(Trouble::at("the loss"))?;
        parties[0].ask::<()>(&Errand::TurnTo { address }).map_err(Trouble::at("turning"))?;
        let noticed = since(began);
        let arrived: Arrived = parties[0].arrive(COMING).map_err(Trouble::at("coming back"))?;
        println!("tail: noticed after {noticed:.2} s, {arrived:?}");
        all_level(Contestant::Ours, arrived.level, count)?;
        let talked: Talked = parties[1].answer().map_err(Trouble::at("talking"))?;
        parties[0].ask::<()>(&Errand::Idle { seconds: 5.0 }).map_err(Trouble::at("listening"))?;
        agree(&mut parties)?;
        talked.counters.verdict().map_err(Trouble::at("the witnesses"))?;
        if arrived.by_state > 0 {
            let by_state = arrived.by_state;
            self.report.note(format!("{by_state} of {count} came back by `changed` and not by the tail"));
        }
        Ok(noticed + arrived.seconds_99)
    }

    /// More than one process may hold, talking, for minutes: memory stays where it is.
    pub fn many(&mut self) -> Result<(), Trouble> {
        let (gateways, each) = if self.args.quick { (2, 200) } else { (4, self.args.many / 4) };
        let ground = self.ground;
        let mut fleet = Fleet::found(ground)?;
        let api = fleet.api()?;
        let crowd = fleet.crowd(gateways * each, 50)?;
        let stands = (0..gateways).map(|_| fleet.node("gateway")).collect::<Result<Vec<_>, _>>()?;
        let sizes = vec![each; gateways];
        let mut parties = self.parties(&crowd, &stands.iter().collect::<Vec<_>>(), &sizes)?;
        for party in &mut parties {
            let arrived = party.arrive(COMING).map_err(Trouble::at("coming in"))?;
            println!("many: {arrived:?}");
            all_level(Contestant::Ours, arrived.level, each)?;
        }
        let seconds = self.args.minutes * 60.0;
        for (stream, party) in parties.iter_mut().enumerate() {
            let talk = stretch(stream as u32, MANY_PER_SECOND, seconds);
            party.send(&talk).map_err(Trouble::at("talking"))?;
        }
        let memory = || stands.iter().map(|stand| memory_of(stand.process())).sum::<f64>();
        let (began, mut curve) = (Instant::now(), Vec::new());
        while since(began) < seconds {
            std::thread::sleep(Duration::from_secs(5));
            curve.push(memory());
        }
        let mut heard = 0;
        for party in &mut parties {
            let talked: Talked = party.answer().map_err(Trouble::at("talking"))?;
            println!("many: {talked:?}");
            if talked.left > 0 {
                return Err(Trouble::new(format!("{} lines broke while they were held", talked.left)));
            }
            heard += talked.deliveries;
        }
        for party in &mut parties {
            party.ask::<()>(&Errand::Idle { seconds: 3.0 }).map_err(Trouble::at("listening"))?;
        }
        agree(&mut parties)?;
        println!("many: memory of all gateways every 5 s, MB: {curve:.0?}");
        let part = (curve.len() / 4).max(1);
        let mean = |some: &[f64]| some.iter().sum::<f64>() / some.len() as f64;
        let (first, last) = (mean(&curve[..part]), mean(&curve[curve.len() - part..]));
        self.report.add(Contestant::Ours, Metric::ManyGrowth, (last / first - 1.0) * 100.0);
        self.report.add(Contestant::Ours, Metric::ManyMemory, last * 1024.0 / (gateways * each) as f64);
        self.report.note(format!(
            "{} sockets over {gateways} gateway processes for {} minutes: {heard} deliveries, memory {first:.0} MB in \
             the first quarter, {last:.0} MB in the last",
            gateways * each,
            self.args.minutes
        ));
        drop(api);
        Ok(())
    }
}

/// Nothing was lost or doubled anywhere, and all processes know of the same messages.
pub fn agree(parties: &mut [Party]) -> Result<(), Trouble> {
    let mut known: Option<Vec<u32>> = None;
    for party in parties {
        let counted: Counted = party.ask(&Errand::Count {}).map_err(Trouble::at("counting"))?;
        counted
            .counters
            .verdict()
            .map_err(Trouble::at("counting"))
            .inspect_err(|_| println!("behind are {:?}", counted.behind))?;
        let said = known.get_or_insert(counted.said.clone());
        if *said != counted.said {
            return Err(Trouble::new(format!(
                "one heard of {said:?} messages, another of {:?}",
                counted.said
            )));
        }
    }
    Ok(())
}
