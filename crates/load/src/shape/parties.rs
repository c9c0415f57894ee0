//! The processes of a load: who is in which, and what all of them do at once.

use std::io;
use std::process::Command;

use super::{Asked, Shape};
use crate::crowd::write_people;
use crate::swarm::dialect::{Dialect, Person, Place};
use crate::swarm::errand::{Counted, Errand, Party};
use crate::swarm::{Arrived, Coming, Hearing, Team, TeamTold};

/// A process may hold 20,000 descriptors on many machines; more than this is slow to look through anyhow.
const SOCKETS_MAX: usize = 15_000;
/// What a process has open beside its sockets.
const BESIDE: usize = 200;

/// As many as a process may have here: a party begins by asking for all of them.
fn sockets_each() -> usize {
    let most = usize::try_from(crate::process::descriptors_max()).unwrap_or(usize::MAX);
    most.saturating_sub(BESIDE).clamp(1, SOCKETS_MAX)
}

pub fn gather(asked: &Asked, party: &impl Fn() -> Command) -> io::Result<Vec<Party>> {
    let file = asked.folder.join("people.jsonl");
    let people: Vec<Person> =
        asked.crowd.people.iter().take(asked.people).map(|extra| person(asked, extra)).collect();
    write_people(people.iter(), &file)?;
    let of_one = matches!(asked.shape, Shape::Fanout | Shape::Storm);
    let channels = if of_one { asked.crowd.channels[..1].to_vec() } else { asked.crowd.channels.clone() };
    let place = Place {
        address: asked.address.clone(),
        workspace: asked.crowd.workspace.clone(),
        channels,
        from: asked.from.clone(),
    };
    let each = sockets_each();
    let mut parties = Vec::new();
    for (number, from) in (0..people.len()).step_by(each).enumerate() {
        let mut started = Party::start(party())?;
        let _: usize = started.ask(&Errand::Gather {
            dialect: Dialect::Rookery,
            place: place.clone(),
            people: file.clone(),
            from,
            to: (from + each).min(people.len()),
            process: number as u32 + 1,
            // The first process speaks; what the others hear was said there.
            others: number > 0,
        })?;
        parties.push(started);
    }
    if parties.is_empty() { Err(io::Error::other("the crowd is empty")) } else { Ok(parties) }
}

fn person(asked: &Asked, extra: &crate::crowd::Extra) -> Person {
    let streams = match asked.shape {
        Shape::Fanout | Shape::Storm => vec![0],
        Shape::Team => std::iter::once(0).chain(extra.seats.iter().copied()).collect(),
        Shape::Idle | Shape::Http => Vec::new(),
    };
    Person { token: extra.token.clone(), account: extra.account.clone(), streams }
}

/// All at once; the answers in turn.
pub fn all(parties: &mut [Party], errand: &Errand) -> io::Result<Vec<serde_json::Value>> {
    parties.iter_mut().try_for_each(|party| party.send(errand))?;
    parties.iter_mut().map(Party::answer).collect()
}

/// Everybody, as one arrival: the slowest process counts.
pub fn come(parties: &mut [Party], coming: Coming) -> io::Result<Arrived> {
    // A rate is that of all of them together.
    let per_second = coming.per_second.map(|rate| rate / parties.len() as f64);
    let answers = all(parties, &Errand::Arrive(Coming { per_second, ..coming }))?;
    let mut whole = Arrived::default();
    for answer in answers {
        let one: Arrived = serde_json::from_value(answer)?;
        whole.level += one.level;
        whole.turned_away += one.turned_away;
        whole.broken += one.broken;
        whole.by_state += one.by_state;
        whole.own_cpu = whole.own_cpu.max(one.own_cpu);
        whole.seconds = whole.seconds.max(one.seconds);
        whole.seconds_99 = whole.seconds_99.max(one.seconds_99);
        if one.waited.p99 > whole.waited.p99 {
            whole.waited = one.waited;
        }
    }
    Ok(whole)
}

/// How many are level now.
pub fn level(parties: &mut [Party]) -> io::Result<usize> {
    let counted = all(parties, &Errand::Count {})?;
    counted.into_iter().map(|one| Ok(serde_json::from_value::<Counted>(one)?.level)).sum()
}

/// The first process speaks and listens, the others listen; told as one, the latest of them counting.
pub fn talk(parties: &mut [Party], team: Team, lasts_s: f64) -> io::Result<TeamTold> {
    let hearing = Hearing { text_bytes: team.text_bytes, warm_up_s: team.warm_up_s, seconds: lasts_s };
    let (first, others) =
        parties.split_first_mut().ok_or_else(|| io::Error::other("there is no process to speak"))?;
    others.iter_mut().try_for_each(|party| party.send(&Errand::Hear(hearing)))?;
    let mut told: TeamTold = first.ask(&Errand::Team(team))?;
    for party in others {
        let heard: TeamTold = party.answer()?;
        let unheard: u64 = party.ask(&Errand::Unheard { said: told.said.clone() })?;
        told.deliveries += heard.deliveries;
        told.deliveries_in_all += heard.deliveries_in_all;
        told.by_state += heard.by_state;
        told.overrun += heard.overrun;
        told.goodbyes += heard.goodbyes;
        told.counters.merge(&heard.counters);
        told.counters.lost += unheard;
        if heard.each.p95 > told.each.p95 {
            told.each = heard.each;
        }
        if heard.last.p95 > told.last.p95 {
            told.last = heard.last;
        }
    }
    Ok(told)
}
