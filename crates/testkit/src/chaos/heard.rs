//! What one person heard, kept so that everything can be held against the journal at the end.

use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

/// An epoch, and a position in it.
pub type Place = (u64, u64);

/// The text that somebody says as their so-manieth, and nothing else.
pub fn text_of(person: usize, number: usize) -> String {
    let pad = (person.wrapping_mul(31).wrapping_add(number)) % 97;
    format!("{person}.{number} {}", "said and done ".repeat(1 + pad % 5))
}

/// Whose message it is, and their so-manieth; none where it is not as it was said.
pub fn whose(text: &str) -> Option<(usize, usize)> {
    let (person, number) = text.split_once(' ')?.0.split_once('.')?;
    let (person, number) = (person.parse().ok()?, number.parse().ok()?);
    (text_of(person, number) == text).then_some((person, number))
}

/// Not the same for two texts but by a rare chance; never zero.
pub fn mark(text: &str) -> u32 {
    let fold = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    text.bytes().fold(0x811C_9DC5, fold).max(1)
}

#[derive(Debug, Default)]
pub struct Heard {
    /// The one channel they sit in.
    channel: String,
    /// By a message's number less one: the mark of what was heard there.
    pub marks: Vec<u32>,
    /// All up to here were heard.
    pub whole: u64,
    pub epoch: u64,
    /// Everything up to there was told. None: nothing is held of this history.
    pub position: Option<u64>,
    /// Where messages that were told as events stand, of who comes and goes.
    pub places: Option<Vec<Place>>,
    pub silence: Silence,
    pub events: usize,
    pub by_page: usize,
    pub wrongs: Misheard,
}

/// What nobody may hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Misheard {
    pub doubled: usize,
    pub reordered: usize,
    /// Not what was said there.
    pub torn: usize,
    /// Of where they do not sit.
    pub leaked: usize,
}

impl Heard {
    pub fn of(channel: String, comes_and_goes: bool) -> Self {
        Self { channel, places: comes_and_goes.then(Vec::new), ..Self::default() }
    }

    /// True where it was a message.
    pub fn told(&mut self, event: &Value) -> bool {
        let position = event["position"].as_u64().unwrap_or(0);
        let message = &event["image"]["message"];
        let number = message["number"].as_u64().unwrap_or(0);
        if event.get("channel").is_some_and(|channel| *channel != *self.channel) {
            self.wrongs.leaked += 1;
        }
        if Some(position) <= self.position {
            match self.knows(number) {
                true => self.wrongs.doubled += 1,
                false => self.wrongs.reordered += 1,
            }
        }
        self.position = self.position.max(Some(position));
        if event["kind"] != "message.sent" {
            return false;
        }
        self.events += 1;
        self.message(number, message["text"].as_str().unwrap_or_default());
        let epoch = self.epoch;
        self.places.iter_mut().for_each(|places| places.push((epoch, position)));
        true
    }

    fn knows(&self, number: u64) -> bool {
        self.marks.get((number as usize).wrapping_sub(1)).is_some_and(|mark| *mark != 0)
    }

    /// Also from a page.
    pub fn message(&mut self, number: u64, text: &str) {
        let Some(at) = (number as usize).checked_sub(1) else {
            self.wrongs.torn += 1;
            return;
        };
        if self.marks.len() <= at {
            self.marks.resize(at + 1, 0);
        }
        let known = &mut self.marks[at];
        let is_another = *known != 0 && *known != mark(text);
        self.wrongs.torn += usize::from(is_another || whose(text).is_none());
        *known = mark(text);
        while self.marks.get(self.whole as usize).is_some_and(|mark| *mark != 0) {
            self.whole += 1;
        }
    }
}

/// For how long at a time somebody hears nothing.
#[derive(Debug, Default)]
pub struct Silence {
    /// By kill, the first before any: the longest time in which nothing was heard, and whether one's own line broke.
    pub gaps: Vec<(Duration, bool)>,
    last: Option<Instant>,
}

impl Silence {
    /// Something was heard, after so many kills.
    pub fn ends(&mut self, kills: usize) {
        let now = Instant::now();
        let silent = self.last.replace(now).map_or(Duration::ZERO, |last| now - last);
        let gap = self.gap(kills);
        gap.0 = gap.0.max(silent);
    }
    pub fn line_broke(&mut self, kills: usize) {
        self.gap(kills).1 = true;
    }
    fn gap(&mut self, kills: usize) -> &mut (Duration, bool) {
        if self.gaps.len() <= kills {
            self.gaps.resize(kills + 1, (Duration::ZERO, false));
        }
        &mut self.gaps[kills]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sent(position: u64, channel: &str, number: u64) -> Value {
        let text = text_of(1, number as usize);
        json!({ "kind": "message.sent", "position": position, "channel": channel,
            "image": { "message": { "number": number, "text": text } } })
    }

    fn hearing(events: &[Value]) -> Misheard {
        let mut heard = Heard::of("here".into(), false);
        heard.position = Some(10);
        for event in events {
            heard.told(event);
        }
        heard.wrongs
    }

    #[test]
    fn a_text_is_known_by_its_words_and_a_torn_one_is_not() {
        let text = text_of(7, 41);
        assert_eq!(whose(&text), Some((7, 41)));
        assert_eq!(whose(&text[..text.len() - 2]), None);
        assert_eq!(whose("7.41 something else"), None);
    }

    #[test]
    fn what_was_heard_is_whole_up_to_the_first_that_is_missing() {
        let mut heard = Heard::default();
        for number in [1, 3, 2, 5] {
            heard.message(number, &text_of(1, number as usize));
        }
        assert_eq!((heard.whole, heard.wrongs.torn), (3, 0));
        heard.message(5, &text_of(1, 6));
        assert_eq!(heard.wrongs.torn, 1, "two texts under one number");
    }

    #[test]
    fn what_is_told_twice_late_or_to_the_wrong_person_is_counted() {
        let [eleven, twelve] = [sent(11, "here", 1), sent(12, "here", 2)];
        assert_eq!(hearing(&[eleven.clone(), twelve.clone()]), Misheard::default());
        let doubled = Misheard { doubled: 1, ..Misheard::default() };
        assert_eq!(hearing(&[eleven.clone(), eleven.clone()]), doubled);
        let reordered = Misheard { reordered: 1, ..Misheard::default() };
        assert_eq!(hearing(&[twelve, eleven]), reordered);
        let leaked = Misheard { leaked: 1, ..Misheard::default() };
        assert_eq!(hearing(&[sent(11, "elsewhere", 1)]), leaked);
    }
}
