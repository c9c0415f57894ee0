//! The asks of one socket that wait for those before them: bounded, since the later of two alike says all there is to say.

use std::collections::VecDeque;

use protocol::frame::Marking;

use crate::limits::MARKS_WAITING_MAX;
use crate::session::Ask;

#[derive(Default)]
pub(super) struct Lane {
    waiting: VecDeque<Ask>,
    marks: usize,
}

impl Lane {
    /// False where more waits than may: its socket goes, and comes back with what was not answered.
    pub fn takes(&mut self, ask: Ask) -> bool {
        let ask = match ask {
            Ask::Mark(marking) => {
                let marking = self.with_the_one_before(marking);
                if self.marks >= MARKS_WAITING_MAX {
                    return false;
                }
                self.marks += 1;
                Ask::Mark(marking)
            }
            Ask::Recheck(_) => {
                self.waiting.retain(|known| !matches!(known, Ask::Recheck(_)));
                ask
            }
            // Who was seen typing a while ago is of no use to anybody.
            Ask::Typing(_) if !self.waiting.is_empty() => return true,
            Ask::Look(..) => {
                self.waiting.retain(|known| !matches!(known, Ask::Look(..)));
                ask
            }
            Ask::Private(since) => {
                // What the earlier one missed holds what the later one did.
                let known = |known: &Ask| matches!(known, Ask::Private(known) if *known <= since);
                if self.waiting.iter().any(known) {
                    return true;
                }
                self.waiting.retain(|known| !matches!(known, Ask::Private(_)));
                ask
            }
            // Commands are counted by the session until they are answered; of the rest there is one at a time.
            Ask::Send(_) | Ask::Act(_) | Ask::Enter(_) | Ask::Level(..) | Ask::Typing(_) => ask,
        };
        self.waiting.push_back(ask);
        true
    }

    /// A mark only grows, so of two that wait for one place the farther is enough, said as late as the later; one that
    /// goes back stands for itself.
    fn with_the_one_before(&mut self, marking: Marking) -> Marking {
        let alike = |known: &Ask| matches!(known, Ask::Mark(known) if (known.channel, known.thread) == (marking.channel, marking.thread));
        let before = self.waiting.iter().rposition(alike);
        let Some((at, Ask::Mark(known))) = before.and_then(|at| Some((at, self.waiting.get(at)?))) else {
            return marking;
        };
        if known.back.is_some() || marking.back.is_some() {
            return marking;
        }
        let number = known.number.max(marking.number);
        self.waiting.remove(at);
        self.marks -= 1;
        Marking { number, ..marking }
    }

    /// The next of them, in order.
    pub fn next(&mut self, most: usize) -> Vec<Ask> {
        let count = self.waiting.len().min(most);
        let next: Vec<_> = self.waiting.drain(..count).collect();
        self.marks -= next.iter().filter(|ask| matches!(ask, Ask::Mark(_))).count();
        next
    }
}

#[cfg(test)]
mod tests {
    use protocol::frame::{Look, Typing};
    use protocol::{ChannelId, Key, Stamp};

    use super::*;
    use crate::session::Unseated;

    fn channel(number: u8) -> ChannelId {
        ChannelId::new(Key::new(Stamp(0), [number; 10]))
    }
    fn mark(number: u64, place: u8, back: Option<u64>) -> Ask {
        Ask::Mark(Marking { channel: channel(place), thread: 0, number, back })
    }
    fn look(idle: bool) -> Ask {
        Ask::Look(Box::new(Look { idle, ..Look::default() }), Unseated::default())
    }

    #[test]
    fn of_two_alike_the_later_says_all_there_is_to_say() {
        let mut lane = Lane::default();
        let typing = Ask::Typing(Typing { channel: channel(1), thread: 0 });
        for ask in [
            typing.clone(),
            mark(3, 1, None),
            look(false),
            mark(5, 1, None),
            mark(4, 1, None),
            mark(1, 2, None),
            typing.clone(),
            Ask::Recheck(1),
            look(true),
            Ask::Recheck(2),
            Ask::Private(7),
            Ask::Private(9),
            Ask::Private(4),
        ] {
            assert!(lane.takes(ask));
        }
        assert_eq!(
            lane.next(100),
            [typing, mark(5, 1, None), mark(1, 2, None), look(true), Ask::Recheck(2), Ask::Private(4)]
        );
        assert!(lane.next(100).is_empty());
    }

    #[test]
    fn a_mark_that_goes_back_is_not_lost_between_two_that_go_on() {
        let mut lane = Lane::default();
        let asks = [mark(9, 1, None), mark(2, 1, Some(1)), mark(3, 1, None)];
        assert!(asks.iter().all(|ask| lane.takes(ask.clone())));
        assert_eq!(lane.next(2), asks[..2]);
        assert_eq!(lane.next(2), asks[2..]);
    }

    #[test]
    fn whatever_comes_what_waits_is_bounded() {
        let mut lane = Lane::default();
        let mut took = true;
        for at in 0..10_000u64 {
            for ask in [mark(at, (at % 250) as u8, Some(at)), look(true), Ask::Private(at), Ask::Recheck(1)] {
                took &= lane.takes(ask);
            }
            if !took {
                break;
            }
        }
        assert!(!took, "its socket is told to go");
        assert!(lane.next(usize::MAX).len() <= MARKS_WAITING_MAX + 4);
    }
}
