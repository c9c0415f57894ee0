//! A commit as everyone here shares it.

use std::any::Any;
use std::sync::{Arc, OnceLock};

use domain::{Commit, Position};

/// With what was made of it, so that each form is made once, whoever asks.
#[derive(Debug)]
pub struct Piece {
    commit: Arc<Commit>,
    form: OnceLock<Arc<dyn Any + Send + Sync>>,
}

impl Piece {
    pub fn new(commit: impl Into<Arc<Commit>>) -> Self {
        Self { commit: commit.into(), form: OnceLock::new() }
    }
    pub fn commit(&self) -> &Commit {
        &self.commit
    }
    /// The position of its last event; of a commit without events, the one it was written at.
    pub fn last(&self) -> Position {
        Position((self.commit.first.0 + self.commit.events.len() as u64).saturating_sub(1))
    }
    /// What `make` makes of it, made once. One kind of form a process: another kind is made afresh each time.
    pub fn form<T: Send + Sync + 'static>(&self, make: impl Fn(&Commit) -> T) -> Arc<T> {
        let made = self.form.get_or_init(|| Arc::new(make(&self.commit)) as Arc<dyn Any + Send + Sync>);
        Arc::clone(made).downcast().unwrap_or_else(|_| Arc::new(make(&self.commit)))
    }
    /// What it weighs in memory, roughly.
    pub(crate) fn weight(&self) -> usize {
        const EVENT: usize = 1_024;
        let texts = self.commit.events.iter().map(|(event, image)| {
            let said = [&image.message, &image.root, &image.row].into_iter().flatten();
            said.map(|message| message.text.len()).sum::<usize>() + event.body.as_ref().map_or(0, String::len)
        });
        let private = self.commit.private.iter();
        texts.map(|bytes| EVENT + 2 * bytes).sum::<usize>()
            + private.map(|(_, _, item)| 128 + item.value.as_ref().map_or(0, String::len)).sum::<usize>()
    }
}
