//! What somebody missed: from the tail, event by event, or from the state.

use protocol::changed::Changed;
use protocol::frame::{Down, Private};
use protocol::mine::Item;
use protocol::{By, ChannelId, Epoch, Moment, Position, Role, Written};
use serde_json::value::RawValue;
use service::live::{EventKind, Viewer, may_see};
use service::{Away, Entered, Freshness, NotDone, Seen};

use super::{Shared, What};
use crate::codec;
use crate::frames::Frames;
use crate::limits::MISSED_EVENTS_MAX;
use crate::wire::cut;

impl Shared {
    /// The frames, and how far they tell.
    pub(super) async fn level(
        &self,
        by: By,
        entered: &Entered,
        since: Option<(Epoch, Position)>,
    ) -> Result<(Vec<u8>, Position), NotDone> {
        if let Some(missed) = since.and_then(|since| self.by_the_tail(by, entered, since)) {
            metrics::counter!("rookery_gateway_resumed_total", "by" => "tail").increment(1);
            return Ok(missed);
        }
        metrics::counter!("rookery_gateway_resumed_total", "by" => "state").increment(1);
        let mut frames = Vec::new();
        let level = self.by_the_state(by, entered, since, &mut frames).await?;
        Ok((frames, level))
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
                // Whether a guest shares a seat with whom it tells of, the state knows.
                let of_another = event.account.is_some_and(|account| account != by.account);
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

    /// One `changed`, in as many parts as it takes, no older than the seats.
    pub(super) async fn by_the_state(
        &self,
        by: By,
        entered: &Entered,
        since: Option<(Epoch, Position)>,
        into: &mut Vec<u8>,
    ) -> Result<Position, NotDone> {
        let _budget = self.admission.catching_up().await?;
        let since =
            since.filter(|(epoch, position)| *epoch == entered.epoch && *position <= entered.position);
        let fresh = Freshness::AtLeast(entered.epoch, entered.position);
        let mut away = Away { since, after: None };
        loop {
            let Seen { epoch, position, value } = self.service.changed(by, fresh, away).await?;
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

    /// Private rows newer than a version, or all; and the version that leaves one at.
    pub(super) async fn private(
        &self,
        by: By,
        mut since: Option<(Epoch, u64)>,
        into: &mut Vec<u8>,
    ) -> Result<u64, NotDone> {
        loop {
            let Seen { epoch, value: kept, .. } = self.service.mine(by, since).await?;
            let (version, more) = (kept.version, kept.more);
            let items = kept.rows.into_iter().map(Item::of).collect();
            codec::text(&Down::Private(Private { version, items }).text(), into);
            if !more {
                return Ok(version);
            }
            since = Some((epoch, version));
        }
    }

    /// A whisper was lost on its way.
    pub(super) async fn private_since(&self, by: By, since: u64) -> Option<What> {
        let at = self.feed.at(by.workspace)?;
        let mut frames = Vec::new();
        let version = self.private(by, Some((at.epoch, since)), &mut frames).await.ok()?;
        Some(What::Private { frames, version })
    }
}

fn held(seats: &[(ChannelId, Position)], channel: ChannelId) -> Option<Position> {
    seats.binary_search_by_key(&channel, |(known, _)| *known).ok().map(|at| seats[at].1)
}
