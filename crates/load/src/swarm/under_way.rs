//! Commands that were said and not answered yet. Whose connection breaks meanwhile says them again under the same key, as
//! every client does: the server does each once.

use std::collections::HashMap;

use super::dialect::text_of;
use super::mark::Mark;

#[derive(Debug)]
struct Command {
    socket: usize,
    frame: Box<str>,
    /// Of a message.
    mark: Option<Mark>,
}

/// By key, as it stands in the frames.
#[derive(Debug, Default)]
pub struct UnderWay {
    commands: HashMap<Box<str>, Command>,
    /// Keys of those that were put off.
    later: Vec<Box<str>>,
}

impl UnderWay {
    pub fn says(&mut self, key: String, (socket, frame): (usize, &str), mark: Option<Mark>) {
        self.commands.insert(key.into(), Command { socket, frame: frame.into(), mark });
    }

    /// One way or the other. Gives which message it was; of what is not kept, nothing.
    pub fn answered(&mut self, frame: &[u8]) -> Option<Mark> {
        if self.commands.is_empty() {
            return None;
        }
        self.commands.remove(text_of(frame, "key")?)?.mark
    }

    /// Whether it was done is not known, or it was not tried: it is asked again, under the same key.
    pub fn put_off(&mut self, frame: &[u8]) {
        let key = text_of(frame, "key").filter(|key| self.commands.contains_key(*key));
        self.later.extend(key.map(Box::from));
    }

    /// What was put off since, and whose it is.
    pub fn again(&mut self) -> Vec<(usize, String)> {
        let keys = std::mem::take(&mut self.later);
        let again = |key: Box<str>| {
            self.commands.get(&key).map(|command| (command.socket, command.frame.to_string()))
        };
        keys.into_iter().filter_map(again).collect()
    }

    /// All of one socket that wait for their answer, the oldest first: keys begin with their time.
    pub fn of(&self, socket: usize) -> Vec<String> {
        let mut own: Vec<_> = self.commands.iter().filter(|(_, command)| command.socket == socket).collect();
        own.sort_unstable_by_key(|(key, _)| *key);
        own.into_iter().map(|(_, command)| command.frame.to_string()).collect()
    }

    pub fn len(&self) -> usize {
        self.commands.len()
    }

    pub fn clear(&mut self) {
        self.commands.clear();
        self.later.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_answered_is_known_again_and_what_is_not_is_said_again_in_order() {
        let mark = Mark { stream: 3, number: 7, due_us: 1 };
        let mut under_way = UnderWay::default();
        under_way.says("B".to_owned(), (1, "second"), Some(mark));
        under_way.says("A".to_owned(), (1, "first"), None);
        under_way.says("C".to_owned(), (2, "another's"), None);
        assert_eq!(under_way.of(1), ["first", "second"]);
        assert_eq!(under_way.answered(br#"{"refused":{"key":"B","code":"slow_down"}}"#), Some(mark));
        assert_eq!(under_way.answered(br#"{"done":{"key":"A","position":"9"}}"#), None);
        assert_eq!((under_way.of(1).len(), under_way.len()), (0, 1));
        under_way.put_off(br#"{"refused":{"key":"C","code":"busy"}}"#);
        under_way.put_off(br#"{"refused":{"key":"B","code":"busy"}}"#);
        assert_eq!(under_way.again(), [(2, "another's".to_owned())], "once, and only what waits");
        assert!(under_way.again().is_empty() && under_way.len() == 1);
    }
}
