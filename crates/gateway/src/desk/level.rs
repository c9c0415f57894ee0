//! What somebody missed: from the tail, event by event, or from the state.

use std::time::Duration;

use protocol::changed::Changed;
use protocol::frame::{Down, Private};
use protocol::mine::Item;
use protocol::{AccountId, By, ChannelId, Epoch, Key, Moment, Position, Role, WorkspaceId, Written};
use serde_json::value::RawValue;
use service::live::{EventKind, Viewer, may_see};
use service::{Arrived, Away, Entered, Freshness, Kept, NotDone, Seen, Was};

use super::{Shared, What, Worked, nobody};
use crate::codec;
use crate::frames::Frames;
use crate::limits::MISSED_EVENTS_MAX;
use crate::wire::cut;

/// Items of one `private` frame.
const PRIVATE_ITEMS_MAX: usize = 500;
/// How long versions that could not be read are left alone.
const UNKNOWN_FOR: Duration = Duration::from_secs(1);

/// Who came in, the frames that bring them level, and how far those tell: of all, and of what is their own.
pub(super) struct Brought {
    pub entered: Entered,
    pub missed: Vec<u8>,
    pub level: Position,
    pub private: u64,
}

impl Shared {
    /// From the tail where that still holds what they missed, or else from the state.
    pub(super) async fn bring(&self, by: By, waiting: &[Key], was: Was) -> Result<Brought, NotDone> {
        let held = was.at.filter(|(epoch, position)| self.feed.reaches(by.workspace, *epoch, *position));
        if let Some(since) = held {
            let entered = self.service.enter(by, waiting).await?;
            if let Some((mut missed, level)) = self.by_the_tail(by, &entered, since) {
                metrics::counter!("rookery_gateway_resumed_total", "by" => "tail").increment(1);
                let private = self.private(by, &entered, was.private, None, &mut missed).await?;
                return Ok(Brought { entered, missed, level, private });
            }
        }
        metrics::counter!("rookery_gateway_resumed_total", "by" => "state").increment(1);
        self.by_the_state(by, waiting, was).await
    }

    /// All of it in one look, as long as no list is longer than a part.
    pub(super) async fn by_the_state(&self, by: By, waiting: &[Key], was: Was) -> Result<Brought, NotDone> {
        let budget = self.admission.catching_up().await?;
        let Arrived { entered, moved, kept } = self.service.arrive(by, waiting, was).await?;
        let mut missed = Vec::new();
        let level = self.changed(by, &entered, was.at, moved, &mut missed).await?;
        drop(budget);
        let private = self.private(by, &entered, was.private, kept, &mut missed).await?;
        Ok(Brought { entered, missed, level, private })
    }

    /// What the tail still holds, as far as it goes; the rest comes as it comes for everyone.
    fn by_the_tail(
        &self,
        by: By,
        entered: &Entered,
        (epoch, position): (Epoch, Position),
    ) -> Option<(Vec<u8>, Position)> {
        if epoch != entered.epoch || position > entered.position {
            return None;
        }
        let mut seats = entered.seats.clone();
        seats.sort_unstable();
        let (mut frames, mut count, mut level) = (Vec::new(), 0, position);
        for piece in self.feed.since(by.workspace, epoch, position)? {
            let encoded = piece.form(Frames::of);
            for ((event, _), line) in piece.commit().events.iter().zip(&encoded.lines) {
                if event.position <= position || event.position > entered.position {
                    continue;
                }
                let own = event.account == Some(by.account);
                if own && is_standing(event.kind) {
                    // What they may see was another thing before it, and all of it is judged as of now.
                    return None;
                }
                // Whether a guest shares a seat with whom it tells of, the state knows.
                let of_another = event.account.is_some() && !own;
                if entered.role == Role::Guest && event.kind == EventKind::MemberChanged && of_another {
                    return None;
                }
                level = event.position;
                let viewer = Viewer {
                    account: by.account,
                    role: entered.role,
                    may_invite: entered.may_invite,
                    seat: event.channel.and_then(|channel| held(&seats, channel)),
                    looking: false,
                };
                if may_see(event, &viewer) {
                    frames.extend_from_slice(cut(&encoded.bytes, *line));
                    count += 1;
                }
            }
            if count > MISSED_EVENTS_MAX {
                return None;
            }
        }
        Some((frames, level))
    }

    /// One `changed`, in as many parts as it takes, no older than the seats. Its first part may have been read with them.
    async fn changed(
        &self,
        by: By,
        entered: &Entered,
        since: Option<(Epoch, Position)>,
        first: Option<service::Changed>,
        into: &mut Vec<u8>,
    ) -> Result<Position, NotDone> {
        let Entered { epoch, position, .. } = *entered;
        let since = since.filter(|(known, at)| *known == epoch && *at <= position);
        let fresh = Freshness::AtLeast(epoch, position);
        let mut first = first.map(|value| Seen { epoch, position, value });
        let mut away = Away { since, after: None };
        loop {
            let Seen { epoch, position, value } = match first.take() {
                Some(first) => first,
                None => self.service.changed(by, fresh, away).await?,
            };
            let last = value.part.more;
            let more = last.map(|channel| channel.to_string());
            let it = Changed::of(value.workspace.as_ref(), value.part, more, self.service.now());
            let written = Written { it, at: Moment { epoch, position } };
            let text = serde_json::to_string(&written).unwrap_or_default();
            let raw = RawValue::from_string(text).map_err(|error| NotDone::Failed(error.to_string()))?;
            codec::text(&Down::Changed(&raw).text(), into);
            match last {
                None => return Ok(position),
                Some(channel) => away.after = Some((epoch, position, channel)),
            }
        }
    }

    /// What is newer than a version of somebody's private rows, or all; and the version that leaves them at. The first of
    /// it may have been read already.
    async fn private(
        &self,
        by: By,
        entered: &Entered,
        since: Option<(Epoch, u64)>,
        first: Option<Kept>,
        into: &mut Vec<u8>,
    ) -> Result<u64, NotDone> {
        let since = since.filter(|(epoch, _)| *epoch == entered.epoch);
        if since == Some((entered.epoch, entered.private)) {
            say_private(entered.private, Vec::new(), into);
            return Ok(entered.private);
        }
        self.private_rows(by, since, first.map(|kept| (entered.epoch, kept)), into).await
    }

    async fn private_rows(
        &self,
        by: By,
        mut since: Option<(Epoch, u64)>,
        mut first: Option<(Epoch, Kept)>,
        into: &mut Vec<u8>,
    ) -> Result<u64, NotDone> {
        loop {
            let (epoch, kept) = match first.take() {
                Some(first) => first,
                None => {
                    let seen = self.service.mine(by, since).await?;
                    (seen.epoch, seen.value)
                }
            };
            let (version, before) = (kept.version, since.map_or(0, |(_, version)| version));
            let rows = kept.rows.into_iter().map(Item::of);
            let mut items: Vec<Item> = kept.marks.iter().map(Item::told).chain(rows).collect();
            while items.len() > PRIVATE_ITEMS_MAX {
                let rest = items.split_off(PRIVATE_ITEMS_MAX);
                say_private(before, std::mem::replace(&mut items, rest), into);
            }
            // Only the last of them says how far it all goes.
            say_private(version, items, into);
            if !kept.more {
                return Ok(version);
            }
            since = Some((epoch, version));
        }
    }

    /// A whisper was lost on its way.
    pub(super) async fn private_since(&self, by: By, since: u64) -> Option<What> {
        let at = self.feed.at(by.workspace)?;
        let mut frames = Vec::new();
        let version = self.private_rows(by, Some((at.epoch, since)), None, &mut frames).await.ok()?;
        Some(What::Private { frames, version })
    }

    /// Of everyone in a room, when its turn has come. Where they are not known now the next one's comes no sooner than in
    /// a while: a database that does not answer is not asked by all rooms in a row.
    pub(super) async fn versions(&self, workspace: WorkspaceId, accounts: Vec<AccountId>) -> Worked {
        let asked = async {
            let _turn = self.admission.comparing().await?;
            let versions = self.service.private_versions(workspace, &accounts).await;
            if versions.is_err() {
                tokio::time::sleep(UNKNOWN_FOR).await;
            }
            versions
        };
        let whats = vec![What::Versions(workspace, asked.await)];
        Worked { from: nobody(), whats }
    }
}

fn say_private(version: u64, items: Vec<Item>, into: &mut Vec<u8>) {
    codec::text(&Down::Private(Private { version, items }).text(), into);
}

/// Changes what somebody is in a workspace, or whether they are in it.
fn is_standing(kind: EventKind) -> bool {
    matches!(kind, EventKind::MemberJoined | EventKind::MemberChanged | EventKind::MemberLeft)
}

fn held(seats: &[(ChannelId, Position)], channel: ChannelId) -> Option<Position> {
    seats.binary_search_by_key(&channel, |(known, _)| *known).ok().map(|at| seats[at].1)
}
