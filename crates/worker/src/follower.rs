//! A reader of journals. Discovery, lease, cursor and gap are written once around it.

use async_trait::async_trait;
use domain::{Epoch, Position, WorkspaceId};
use service::following::{Tail, Told};
use service::{NotDone, Seen};
use store::follow::Cursor;
use store::job::NewJob;

/// Follows every workspace of a shard. Whatever it is handed it may be handed again.
#[async_trait]
pub trait Follower: Send + Sync + 'static {
    /// A part of a rebuild that is made at once; the default is the first.
    type Part: Default + Send + Sync;
    /// Also the queue of its jobs. Never changes once there are cursors under it.
    fn name(&self) -> &'static str;
    /// The events after the cursor, in order. The cursor moves when their jobs are made.
    async fn handle(&self, workspace: WorkspaceId, told: &[Told]) -> Result<Vec<NewJob>, NotDone>;
    /// What the state as it is now asks for, in place of events that cannot be read; and what part comes next.
    async fn rebuild(&self, gap: Gap, part: Self::Part)
    -> Result<(Vec<NewJob>, Option<Self::Part>), NotDone>;
}

/// Events that a follower cannot read any more: those after a position, which it handled, up to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    pub workspace: WorkspaceId,
    pub after: Position,
}

/// What the tail after a cursor means for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Level,
    GoOn,
    /// New here, trimmed, or of another epoch: handled up to there, and then the state.
    Rebuild(Position),
}

pub(crate) fn judge(cursor: Option<Cursor>, seen: &Seen<Tail>) -> Verdict {
    let Some(cursor) = cursor else { return Verdict::Rebuild(Position(0)) };
    if cursor.epoch != seen.epoch {
        return Verdict::Rebuild(shared(cursor, seen.value.before));
    }
    match seen.value.told.first() {
        Some(first) if first.event.position == cursor.position.next() => Verdict::GoOn,
        Some(_) => Verdict::Rebuild(cursor.position),
        None if seen.position > cursor.position => Verdict::Rebuild(cursor.position),
        None => Verdict::Level,
    }
}

/// The last position of a cursor's history that this one shares.
fn shared(cursor: Cursor, before: Option<(Epoch, Position)>) -> Position {
    match before {
        Some((epoch, from)) if epoch == cursor.epoch => from.min(cursor.position),
        _ => Position(0),
    }
}

#[cfg(test)]
mod tests {
    use domain::event::{Audience, EventKind};
    use domain::{Event, Stamp};

    use super::*;

    fn told(position: u64) -> Told {
        let event = Event {
            workspace: WorkspaceId::INSTALLATION,
            position: Position(position),
            kind: EventKind::WorkspaceChanged,
            audience: Audience::Everyone,
            at_us: Stamp(1),
            actor: None,
            channel: None,
            thread: None,
            number: None,
            account: None,
            body: None,
        };
        Told { event, message: None }
    }

    /// A cursor in epoch 2, of a journal in epoch `epoch` at position 9 whose first event after it is `first`.
    fn check(cursor: Option<(u64, u64)>, epoch: u64, first: Option<u64>, expected: Verdict) {
        let cursor =
            cursor.map(|(epoch, position)| Cursor { epoch: Epoch(epoch), position: Position(position) });
        let tail =
            Tail { told: first.map(told).into_iter().collect(), before: Some((Epoch(2), Position(6))) };
        let seen = Seen { epoch: Epoch(epoch), position: Position(9), value: tail };
        assert_eq!(judge(cursor, &seen), expected, "{cursor:?} {epoch} {first:?}");
    }

    #[test]
    fn a_cursor_goes_on_only_where_nothing_is_missing() {
        check(None, 2, Some(1), Verdict::Rebuild(Position(0)));
        check(Some((2, 9)), 2, None, Verdict::Level);
        check(Some((2, 7)), 2, Some(8), Verdict::GoOn);
        check(Some((2, 4)), 2, Some(8), Verdict::Rebuild(Position(4)));
        check(Some((2, 8)), 2, None, Verdict::Rebuild(Position(8)));
    }

    #[test]
    fn of_another_epoch_only_what_both_share_was_handled() {
        check(Some((2, 4)), 3, Some(5), Verdict::Rebuild(Position(4)));
        check(Some((2, 8)), 3, Some(9), Verdict::Rebuild(Position(6)));
        check(Some((1, 4)), 3, Some(5), Verdict::Rebuild(Position(0)));
    }
}
