use domain::By;
use domain::verbs::Mark;
use store::{Done, NotDone};

use crate::{Address, Service};

/// How far somebody has read.
#[derive(Debug, Clone, Copy)]
pub struct ReadMark {
    pub at: Address,
    /// "Unread from here", decided on this version of the mark.
    pub back: Option<u64>,
}

impl Service {
    /// Private: no event, no receipt. Done twice is done once.
    pub async fn mark(&self, by: By, mark: ReadMark) -> Result<Done, NotDone> {
        let Address { channel, thread, number } = mark.at;
        self.in_workspace(by, self.new_key(), Mark { channel, thread, number, back: mark.back }).await
    }
}
