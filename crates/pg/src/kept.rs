//! Statements a session keeps parsed and planned, where it is ours alone: parsing and planning a short statement costs the
//! server many times what running it does.
//!
//! **Invariant.** A name says the text and the types of what it stands for, so it can never mean another statement.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use super::connection::Statement;

/// Texts are written once and few; what comes beyond these is parsed each time.
const TEXTS_MAX: usize = 256;
/// BEGIN, COMMIT and the like: nothing in them is worth keeping.
const WORDS_MAX: usize = 40;

/// How a statement is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sending {
    /// Parsed for this time only.
    Unnamed,
    /// Parsed now, to stay under this name.
    Named(String),
    /// The session has it.
    Known(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Once,
    Named,
}

/// What one session was asked so far.
#[derive(Debug, Default)]
pub(super) struct Kept {
    uses: HashMap<u64, Use>,
    /// In the order of the parses of this flight: which text is to stay, if any.
    parsing: Vec<Option<u64>>,
}

impl Kept {
    /// A text that comes a second time will come often.
    pub(super) fn sending(&mut self, statement: &Statement<'_>) -> Sending {
        if statement.params.is_empty() && statement.sql.len() <= WORDS_MAX {
            self.parsing.push(None);
            return Sending::Unnamed;
        }
        let text = fingerprint(statement);
        let is_full = self.uses.len() >= TEXTS_MAX;
        match self.uses.get_mut(&text) {
            Some(Use::Named) => return Sending::Known(name(text)),
            Some(known) => {
                *known = Use::Named;
                self.parsing.push(Some(text));
                return Sending::Named(name(text));
            }
            None if is_full => {}
            None => {
                self.uses.insert(text, Use::Once);
            }
        }
        self.parsing.push(None);
        Sending::Unnamed
    }

    /// The server parsed this many of the flight; after a refusal it skipped the rest.
    pub(super) fn parsed(&mut self, count: usize) {
        for skipped in self.parsing.drain(..).skip(count).flatten() {
            self.uses.remove(&skipped);
        }
    }
}

fn name(text: u64) -> String {
    format!("r{text:016x}")
}

fn fingerprint(statement: &Statement<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    statement.sql.hash(&mut hasher);
    statement.params.iter().for_each(|param| param.oid().hash(&mut hasher));
    hasher.finish()
}

/// Another session stands behind than the one we know, or the tables are no longer those of the plan: whatever this
/// session keeps is not to be trusted.
pub(super) fn is_stale(code: &str) -> bool {
    // Unknown statement, duplicate statement, "cached plan must not change result type".
    matches!(code, "26000" | "42P05" | "0A000")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Param;

    const TEXT: Statement<'static> = Statement { sql: "SELECT $1", params: &[Param::Int(Some(1))] };

    #[test]
    fn a_text_is_named_when_it_comes_again() {
        let mut kept = Kept::default();
        assert_eq!(kept.sending(&TEXT), Sending::Unnamed);
        let Sending::Named(name) = kept.sending(&TEXT) else { panic!("named the second time") };
        kept.parsed(2);
        assert_eq!(kept.sending(&TEXT), Sending::Known(name));
    }

    #[test]
    fn what_the_server_skipped_is_not_kept() {
        let mut kept = Kept::default();
        kept.sending(&TEXT);
        kept.parsed(1);
        kept.sending(&TEXT);
        kept.parsed(0);
        assert_eq!(kept.sending(&TEXT), Sending::Unnamed);
    }

    #[test]
    fn the_same_text_with_other_types_is_another_statement() {
        let mut kept = Kept::default();
        let texts = Statement { sql: TEXT.sql, params: &[Param::Text(Some("1"))] };
        kept.sending(&TEXT);
        assert_eq!(kept.sending(&texts), Sending::Unnamed);
        let (Sending::Named(one), Sending::Named(other)) = (kept.sending(&TEXT), kept.sending(&texts)) else {
            panic!("both came twice")
        };
        assert_ne!(one, other);
    }

    #[test]
    fn a_session_keeps_a_bounded_number() {
        let mut kept = Kept::default();
        let texts: Vec<_> = (0..2 * TEXTS_MAX).map(|at| format!("SELECT $1 + {at}")).collect();
        for sql in texts.iter().chain(&texts) {
            kept.sending(&Statement { sql, params: TEXT.params });
        }
        assert_eq!(kept.uses.len(), TEXTS_MAX);
        for _ in 0..3 {
            assert_eq!(Kept::default().sending(&Statement { sql: "COMMIT", params: &[] }), Sending::Unnamed);
        }
    }
}
