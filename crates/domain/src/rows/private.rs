//! One member's own: never in the journal, sent to their own devices only.

use crate::{AccountId, ChannelId, Position, Stamp, WorkspaceId, row, word_cell};

word_cell!(ThreadState { Following = "following", Left = "left" });

word_cell!(
    /// Why somebody is told, the strongest reason first.
    NotificationKind { Mention = "mention", Direct = "direct", Thread = "thread" }
);

row!(
    /// Who follows a thread, and how far they have read it.
    ThreadSeat in "thread_seat" {
        key { channel: ChannelId, thread: u64, account: AccountId }
        rest { workspace: WorkspaceId, state: ThreadState, read_number: u64, read_version: u64 }
    }
);
row!(
    /// Somebody was told of a message they had not read; `position` and `at_us` are the message's own.
    Notification in "notification" {
        key { workspace: WorkspaceId, account: AccountId, position: Position }
        rest {
            kind: NotificationKind,
            channel: Option<ChannelId>,
            thread: Option<u64>,
            number: Option<u64>,
            at_us: Stamp,
            /// 0: not yet.
            seen_us: Stamp,
        }
    }
);
row!(
    /// Drafts, stars, mutes, preferences. No value: removed, kept for 30 days so that devices learn of it.
    Private in "private" {
        key { workspace: WorkspaceId, account: AccountId, kind: String, subject: String }
        rest { value: Option<String>, version: u64, at_us: Stamp }
    }
);
