//! What a storm on a fleet came to: what was killed, what was said and heard, what was wrong, and for how long people heard
//! nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use super::doorkeeper::Doorkeeper;
use super::heard::{Misheard, mark, whose};
use super::person::{Levels, Person};
use super::poster::Poster;
use super::said::Said;
use super::squall::Journal;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kill {
    Gateway,
    Api,
    Redis,
    Primary,
}

impl Kill {
    pub const ALL: [Self; 4] = [Self::Gateway, Self::Api, Self::Redis, Self::Primary];

    pub fn word(self) -> &'static str {
        match self {
            Self::Gateway => "a gateway",
            Self::Api => "an api node",
            Self::Redis => "redis",
            Self::Primary => "the primary of postgres",
        }
    }
}

/// Of one person after one kill: the longest time in which nothing was heard, and whether their line broke.
type Gap = (Duration, bool);

#[derive(Debug, Default)]
pub struct Count {
    kills: Vec<Kill>,
    said_for: Duration,
    said: usize,
    acknowledged: usize,
    held_back: usize,
    refused: usize,
    sockets: usize,
    events: usize,
    by_page: usize,
    levels: Levels,
    sent_out: usize,
    /// By kill, the first before any.
    gaps: Vec<Vec<Gap>>,
    /// Whose so-manieth may have been put off, and so is perhaps behind what was said after it.
    late: BTreeSet<(usize, usize)>,
    /// Who does not hold what the journal holds in the end.
    diverged: usize,
    lost: usize,
    wrongs: Misheard,
}

impl Count {
    pub fn new(kills: Vec<Kill>, said_for: Duration) -> Self {
        let gaps = vec![Vec::new(); kills.len() + 1];
        Self { kills, said_for, gaps, ..Self::default() }
    }

    pub fn person(&mut self, person: &Person, journal: &Journal) {
        let (heard, messages) = (&person.heard, &journal.channels[person.channel]);
        self.sockets += 1;
        self.events += heard.events;
        self.by_page += heard.by_page;
        self.levels.by_tail += person.levels.by_tail;
        self.levels.by_changed += person.levels.by_changed;
        self.levels.fell_behind += person.levels.fell_behind;
        self.levels.sent_away += person.levels.sent_away;
        self.misheard(heard.wrongs);
        let holds = messages.iter().map(|(text, _)| mark(text)).eq(heard.marks.iter().copied());
        let is_level = heard.position == Some(journal.position);
        let knows = person.private >= journal.versions[person.number];
        self.diverged += usize::from(!(holds && is_level && knows));
        for (gaps, gap) in self.gaps.iter_mut().zip(&heard.silence.gaps) {
            gaps.push(*gap);
        }
        self.said(&person.said, person.number, messages);
    }

    pub fn poster(&mut self, poster: &Poster, journal: &Journal) {
        self.said(&poster.said, poster.number, &journal.channels[poster.channel]);
    }

    /// Whoever was outside heard nothing of what was said there meanwhile.
    pub fn doorkeeper(&mut self, doorkeeper: &Doorkeeper, people: &[Person]) {
        self.refused += doorkeeper.refused;
        self.sent_out += doorkeeper.outside.len();
        for (guest, from, to) in &doorkeeper.outside {
            let person = people.iter().find(|person| person.number == *guest);
            let places = person.and_then(|person| person.heard.places.as_ref()).into_iter().flatten();
            self.wrongs.leaked += places.filter(|place| from < *place && *place < to).count();
        }
    }

    /// Whatever was acknowledged stands under its number.
    fn said(&mut self, said: &Said, person: usize, messages: &[(String, u64)]) {
        self.said += said.acked.len();
        self.held_back += said.held_back;
        self.refused += said.refused;
        self.late.extend(said.late.iter().map(|late| (person, *late)));
        for (number, acked) in said.acked.iter().enumerate() {
            let Some(at) = acked else { continue };
            self.acknowledged += 1;
            let there = messages.get((*at as usize).wrapping_sub(1));
            let is_it = there.is_some_and(|(text, _)| whose(text) == Some((person, number)));
            self.lost += usize::from(!is_it);
        }
    }

    fn misheard(&mut self, more: Misheard) {
        let Misheard { doubled, reordered, torn, leaked } = &mut self.wrongs;
        *doubled += more.doubled;
        *reordered += more.reordered;
        *torn += more.torn;
        *leaked += more.leaked;
    }

    /// Each text once, in the order in which its author said it, and numbers in the order of positions.
    pub fn journal(&mut self, journal: &Journal) {
        let (mut last, mut seen) = (BTreeMap::new(), BTreeSet::new());
        for messages in &journal.channels {
            self.wrongs.reordered += messages.windows(2).filter(|two| two[0].1 >= two[1].1).count();
            for (text, _) in messages {
                let Some((person, number)) = whose(text) else {
                    self.wrongs.torn += 1;
                    continue;
                };
                self.wrongs.doubled += usize::from(!seen.insert((person, number)));
                if !self.late.contains(&(person, number)) {
                    let before = last.insert(person, number);
                    self.wrongs.reordered += usize::from(before.is_some_and(|before| before > number));
                }
            }
        }
    }

    pub fn is_right(&self) -> bool {
        self.wrongs == Misheard::default()
            && [self.diverged, self.lost, self.refused, self.levels.sent_away] == [0; 4]
            && self.acknowledged > 0
            && self.acknowledged == self.said
    }

    fn after(&self, kill: Kill) -> impl Iterator<Item = Gap> {
        let of = self.kills.iter().zip(&self.gaps[1..]).filter(move |(known, _)| **known == kill);
        of.flat_map(|(_, gaps)| gaps.iter().copied())
    }
}

/// The middle one, of a hundred the second longest, and the longest.
fn shown(gaps: impl Iterator<Item = Gap>) -> String {
    let mut gaps: Vec<_> = gaps.map(|(gap, _)| gap).collect();
    gaps.sort_unstable();
    let Some(last) = gaps.len().checked_sub(1) else { return "nobody".into() };
    let ms = |percent: usize| gaps[last * percent / 100].as_millis();
    format!("p50 {} ms, p99 {} ms, longest {} ms, of {}", ms(50), ms(99), ms(100), gaps.len())
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { said, acknowledged, held_back, refused, sockets, events, by_page, sent_out, .. } = self;
        let (seconds, long) = (self.said_for.as_secs(), self.said_for.as_secs_f64().max(1.0));
        writeln!(
            f,
            "  said {said} in {seconds} s, {:.0} a second; {held_back} held back",
            *said as f64 / long
        )?;
        let late = self.late.len();
        writeln!(f, "  acknowledged {acknowledged}, refused {refused}, asked for once more {late}")?;
        writeln!(
            f,
            "  {sockets} at sockets heard {events} as events, {by_page} on pages; {sent_out} sent out"
        )?;
        let Levels { by_tail, by_changed, fell_behind, sent_away } = self.levels;
        writeln!(
            f,
            "  came back {by_tail} times by the tail, {by_changed} by `changed`; fell behind {fell_behind} times; \
             sent away for good {sent_away}"
        )?;
        writeln!(f, "  the longest silence at each socket between one kill and the next")?;
        writeln!(f, "    before anything was killed: {}", shown(self.gaps[0].iter().copied()))?;
        for kill in Kill::ALL {
            let count = self.kills.iter().filter(|known| **known == kill).count();
            if count > 0 {
                writeln!(f, "    {} killed {count} times", kill.word())?;
                writeln!(f, "      whose line broke: {}", shown(self.after(kill).filter(|gap| gap.1)))?;
                writeln!(f, "      whose line held: {}", shown(self.after(kill).filter(|gap| !gap.1)))?;
            }
        }
        let Misheard { doubled, reordered, torn, leaked } = self.wrongs;
        let Self { diverged, lost, .. } = self;
        write!(
            f,
            "  {diverged} diverged, {lost} lost, {doubled} doubled, {reordered} reordered, {torn} torn, {leaked} leaked"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chaos::heard::text_of;

    fn counted(texts: &[&str]) -> [usize; 3] {
        let messages = texts.iter().zip(1..).map(|(text, position)| ((*text).to_owned(), position)).collect();
        let mut count = Count::default();
        count.journal(&Journal { channels: vec![messages], position: 9, versions: Vec::new() });
        [count.wrongs.doubled, count.wrongs.reordered, count.wrongs.torn]
    }

    #[test]
    fn a_journal_holds_each_text_once_and_in_order() {
        let [one, two, three] = [1, 2, 3].map(|number| text_of(4, number));
        assert_eq!(counted(&[&one, &two, &three]), [0, 0, 0]);
        assert_eq!(counted(&[&one, &two, &two]), [1, 0, 0]);
        assert_eq!(counted(&[&two, &one, &three]), [0, 1, 0]);
        assert_eq!(counted(&[&one, "who said this?"]), [0, 0, 1]);
    }

    #[test]
    fn what_was_acknowledged_and_is_not_there_is_lost() {
        let (mut count, mut said) = (Count::default(), Said::default());
        said.acked = vec![Some(1), Some(2), None];
        count.said(&said, 4, &[(text_of(4, 0), 1)]);
        assert_eq!((count.said, count.acknowledged, count.lost), (3, 2, 1));
        assert!(!count.is_right());
    }

    #[test]
    fn of_gaps_the_middle_and_the_longest_are_told() {
        let gaps = (1..=200).rev().map(|ms| (Duration::from_millis(ms), false));
        assert_eq!(shown(gaps), "p50 100 ms, p99 198 ms, longest 200 ms, of 200");
    }
}
