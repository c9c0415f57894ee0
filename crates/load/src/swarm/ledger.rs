//! What was said and who heard it: each message once, in order, as it was sent; and how long it took to each and to the last.

use std::time::Duration;

use super::dialect::number_of;
use super::mark::Mark;
use crate::counters::Counters;
use crate::latency::Latency;

/// Whole frames kept to compare the others with.
const REFERENCES: usize = 4_096;
/// Messages of one stream that share neighbouring places.
const SPREAD: u32 = 64;

/// Where one listener is in one stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ear {
    pub stream: u32,
    pub next: u32,
    /// What came before this was told by what moved, not one by one: it is held against nobody.
    pub from: u32,
}

impl Ear {
    pub fn of(stream: u32) -> Self {
        Self { stream, next: 0, from: 0 }
    }
}

#[derive(Debug, Default)]
struct Stream {
    audience: u32,
    /// How many listeners have had each message, and when it was due.
    heard: Vec<(u32, u64)>,
    /// Said and refused: nobody is to hear them. Few.
    withdrawn: Vec<u32>,
}

#[derive(Debug, Clone)]
struct Reference {
    stream: u32,
    number: u32,
    bytes: Vec<u8>,
}

#[derive(Debug)]
pub struct Ledger {
    streams: Vec<Stream>,
    references: Vec<Option<Reference>>,
    /// Of every text; a frame is longer.
    pub text_bytes: usize,
    /// Of the last frame that carried one.
    pub frame_bytes: usize,
    /// Messages of one stream have many speakers, so only that each comes once is judged here, and their order by the
    /// positions of a socket's own events.
    pub by_position: bool,
    /// Some of it is said in other processes: what is heard of is what was said.
    pub hears_others: bool,
    /// The number of the newest message that can be answered, by stream.
    pub roots: Vec<u64>,
    /// Of this second; taken by whoever draws a curve.
    pub lately: Latency,
    /// Whether latencies are counted: warming up, they are not.
    pub measures: bool,
    pub each: Latency,
    pub last: Latency,
    pub deliveries: u64,
    /// Said, heard by all of its audience.
    pub completed: u64,
    /// Skipped, and heard too late or again: one of each is a message out of order.
    skipped: u64,
    late: u64,
    torn: u64,
    leaked: u64,
}

impl Default for Ledger {
    fn default() -> Self {
        Self {
            streams: Vec::new(),
            references: vec![None; REFERENCES],
            text_bytes: 0,
            frame_bytes: 0,
            by_position: false,
            hears_others: false,
            roots: Vec::new(),
            lately: Latency::default(),
            measures: false,
            each: Latency::default(),
            last: Latency::default(),
            deliveries: 0,
            completed: 0,
            skipped: 0,
            late: 0,
            torn: 0,
            leaked: 0,
        }
    }
}

impl Ledger {
    pub fn listens(&mut self, stream: u32) {
        self.stream(stream).audience += 1;
    }

    fn stream(&mut self, stream: u32) -> &mut Stream {
        let at = stream as usize;
        if at >= self.streams.len() {
            self.streams.resize_with(at + 1, Stream::default);
        }
        &mut self.streams[at]
    }

    /// How many messages a stream has.
    pub fn said(&self, stream: u32) -> u32 {
        self.streams.get(stream as usize).map_or(0, |stream| stream.heard.len() as u32)
    }

    pub fn all_said(&self) -> Vec<u32> {
        self.streams.iter().map(|stream| stream.heard.len() as u32).collect()
    }

    /// The next message of a stream.
    pub fn say(&mut self, stream: u32, due_us: u64) -> Mark {
        let heard = &mut self.stream(stream).heard;
        heard.push((0, due_us));
        Mark { stream, number: heard.len() as u32 - 1, due_us }
    }

    /// A message that was refused is to be heard by nobody.
    pub fn withdraw(&mut self, mark: Mark) {
        self.stream(mark.stream).withdrawn.push(mark.number);
    }

    /// A listener was told what moved: what was said until now is not missing any more, whatever of it still comes.
    pub fn excuse(&self, ears: &mut [Ear]) {
        for ear in ears {
            ear.from = self.said(ear.stream);
            ear.next = ear.from;
        }
    }

    /// Those of a process that only listens, where another says it was more.
    pub fn unheard(&self, said: &[u32]) -> u64 {
        let missing = |(stream, said): (usize, &u32)| {
            let known = self.streams.get(stream)?;
            Some(u64::from(said.saturating_sub(known.heard.len() as u32)) * u64::from(known.audience))
        };
        said.iter().enumerate().filter_map(missing).sum()
    }

    /// A listener, whose ears are in the order of their streams, hears a frame with a mark.
    pub fn heard(&mut self, ears: &mut [Ear], frame: &[u8], (at, mark): (usize, Mark), now_us: u64) {
        let Ok(ear) = ears.binary_search_by_key(&mark.stream, |ear| ear.stream) else {
            self.leaked += 1;
            return;
        };
        let ear = &mut ears[ear];
        if mark.number < ear.from {
            return;
        }
        if self.by_position {
            ear.next += 1;
        } else {
            if mark.number < ear.next {
                self.late += 1;
                return;
            }
            self.skipped += u64::from(mark.number - ear.next);
            ear.next = mark.number + 1;
        }
        self.compare(frame, at, mark);
        self.deliveries += 1;
        let Some(stream) = self.streams.get_mut(mark.stream as usize) else { return };
        let (audience, place) = (stream.audience, mark.number as usize);
        if self.hears_others && place >= stream.heard.len() {
            stream.heard.resize(place + 1, (0, mark.due_us));
        }
        let Some((heard, due_us)) = stream.heard.get_mut(place) else {
            // Nobody here said that.
            self.torn += 1;
            return;
        };
        *heard += 1;
        let took = Duration::from_micros(now_us.saturating_sub(*due_us));
        if self.measures {
            self.each.record(took);
            self.lately.record(took);
        }
        if *heard == audience {
            self.completed += 1;
            if self.measures {
                self.last.record(took);
            }
        }
    }

    /// The first of a message is held against what was said, the others against the first.
    fn compare(&mut self, frame: &[u8], at: usize, mark: Mark) {
        let place = (mark.stream.wrapping_mul(SPREAD).wrapping_add(mark.number)) as usize % REFERENCES;
        let known = self.references[place].as_mut();
        match known {
            Some(known) if known.stream == mark.stream && known.number == mark.number => {
                self.torn += u64::from(known.bytes != frame);
            }
            _ => {
                self.torn += u64::from(!mark.is_whole(frame, at, self.text_bytes));
                self.frame_bytes = frame.len();
                self.rooted(frame, mark.stream);
                let (stream, number) = (mark.stream, mark.number);
                self.references[place] = Some(Reference { stream, number, bytes: frame.to_vec() });
            }
        }
    }

    /// A message of ours in a channel's timeline can be answered in a thread and reacted to.
    fn rooted(&mut self, frame: &[u8], stream: u32) {
        let at = stream as usize;
        if number_of(frame, "thread") == Some(0)
            && let Some(number) = number_of(frame, "number")
        {
            if at >= self.roots.len() {
                self.roots.resize(at + 1, 0);
            }
            self.roots[at] = self.roots[at].max(number);
        }
    }

    /// Heard again, or after what came behind it.
    pub fn out_of_order(&mut self) {
        self.late += 1;
    }

    /// What a listener was never given; called once it has heard all it will.
    pub fn missing(&self, ears: &[Ear]) -> u64 {
        ears.iter().map(|ear| u64::from(self.due_to(*ear).saturating_sub(ear.next))).sum()
    }

    /// Up to where somebody is to hear a stream; where messages were refused, as many fewer.
    fn due_to(&self, ear: Ear) -> u32 {
        let Some(stream) = self.streams.get(ear.stream as usize) else { return 0 };
        let refused = stream.withdrawn.iter().filter(|number| **number >= ear.from).count();
        stream.heard.len() as u32 - refused as u32
    }

    /// The listeners' half of the counters; `missing` is the sum over all of them.
    pub fn counters(&self, missing: u64) -> Counters {
        let reordered = self.skipped.min(self.late);
        Counters {
            lost: self.skipped - reordered + missing,
            doubled: self.late - reordered,
            reordered,
            torn: self.torn,
            leaked: self.leaked,
            ..Counters::default()
        }
    }

    /// From here on latencies are counted anew; what is wrong stays wrong.
    pub fn measure(&mut self) {
        (self.each, self.last) = (Latency::default(), Latency::default());
        (self.deliveries, self.completed, self.measures) = (0, 0, true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BYTES: usize = 80;

    /// Two listeners of stream 0, which has three messages.
    fn ledger() -> (Ledger, [Vec<Ear>; 2], Vec<(Mark, String)>) {
        let mut ledger = Ledger { text_bytes: BYTES, ..Ledger::default() };
        ledger.listens(0);
        ledger.listens(0);
        let marks: Vec<_> =
            (0..3).map(|due| ledger.say(0, due)).map(|mark| (mark, mark.text(BYTES))).collect();
        let ears = || vec![Ear::of(0)];
        (ledger, [ears(), ears()], marks)
    }

    fn wrong(counters: Counters) -> [u64; 5] {
        let Counters { lost, doubled, reordered, torn, leaked, .. } = counters;
        [lost, doubled, reordered, torn, leaked]
    }

    fn hears(numbers: [&[usize]; 2]) -> [u64; 5] {
        let (mut ledger, mut listeners, marks) = ledger();
        for (ears, numbers) in listeners.iter_mut().zip(numbers) {
            for &number in numbers {
                let (mark, text) = &marks[number];
                ledger.heard(ears, text.as_bytes(), (0, *mark), 10);
            }
        }
        let missing = listeners.iter().map(|ears| ledger.missing(ears)).sum();
        wrong(ledger.counters(missing))
    }

    #[test]
    fn everyone_hears_everything_once_and_in_order() {
        assert_eq!(hears([&[0, 1, 2], &[0, 1, 2]]), [0; 5]);
    }

    #[test]
    fn what_is_lost_doubled_or_out_of_order_is_told_apart() {
        assert_eq!(hears([&[0, 1, 2], &[0, 2]]), [1, 0, 0, 0, 0]);
        assert_eq!(hears([&[0, 1, 2], &[0]]), [2, 0, 0, 0, 0]);
        assert_eq!(hears([&[0, 1, 2], &[0, 1, 1, 2]]), [0, 1, 0, 0, 0]);
        assert_eq!(hears([&[0, 1, 2], &[0, 2, 1]]), [0, 0, 1, 0, 0]);
    }

    #[test]
    fn a_message_is_complete_with_the_last_of_its_listeners() {
        let (mut ledger, [mut one, mut other], marks) = ledger();
        ledger.measure();
        let (mark, text) = &marks[0];
        ledger.heard(&mut one, text.as_bytes(), (0, *mark), 1_000);
        assert_eq!((ledger.completed, ledger.each.count(), ledger.last.count()), (0, 1, 0));
        ledger.heard(&mut other, text.as_bytes(), (0, *mark), 2_000);
        assert_eq!((ledger.completed, ledger.each.count(), ledger.last.count()), (1, 2, 1));
        assert_eq!(ledger.last.percentiles().max, Duration::from_micros(2_000));
    }

    #[test]
    fn a_torn_text_and_one_that_differs_from_the_first_are_seen() {
        let (mut ledger, [mut one, mut other], marks) = ledger();
        let (mark, text) = &marks[0];
        ledger.heard(&mut one, &text.as_bytes()[..70], (0, *mark), 1);
        ledger.heard(&mut other, text.as_bytes(), (0, *mark), 1);
        assert_eq!(wrong(ledger.counters(0))[3], 2);
    }

    #[test]
    fn what_was_refused_or_told_by_what_moved_is_missing_to_nobody_and_what_came_later_is() {
        let (mut ledger, [mut ears, _], marks) = ledger();
        ledger.by_position = true;
        ledger.withdraw(marks[2].0);
        assert_eq!(ledger.missing(&ears), 2);
        ledger.excuse(&mut ears);
        assert_eq!(ledger.missing(&ears), 0);
        // One from before comes all the same; of those from now on each is due.
        ledger.heard(&mut ears, marks[1].1.as_bytes(), (0, marks[1].0), 1);
        ledger.say(0, 3);
        assert_eq!((ledger.missing(&ears), wrong(ledger.counters(0))), (1, [0; 5]));
    }

    #[test]
    fn who_hears_what_is_not_for_them_is_counted() {
        let (mut ledger, _, marks) = ledger();
        let (mark, text) = &marks[0];
        ledger.heard(&mut [Ear::of(9)], text.as_bytes(), (0, *mark), 1);
        assert_eq!(wrong(ledger.counters(0))[4], 1);
    }
}
