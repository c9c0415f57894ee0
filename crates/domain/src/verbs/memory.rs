//! What a channel remembers of itself, and what an audit remembers of everyone.

use serde_json::Value;

use super::send::{audience, blank};
use crate::event::{Audience, EventKind, Tell};
use crate::rows::{Audit, Channel, ChannelTip, Extra};
use crate::{AccountId, By, Changes, Position};

/// A row of the timeline without text, written by whoever did it.
pub(super) fn remember(
    by: By,
    channel: &Channel,
    tip: &mut ChannelTip,
    system: Value,
    changes: &mut Changes,
) {
    tip.last_number += 1;
    tip.last_us = changes.stamp();
    let mut message = blank(channel.id, 0, tip.last_number, by, changes.next(), changes);
    message.set_extra(Extra { system: Some(system), ..Extra::default() });
    tip.last_position =
        changes.tell(Tell::of(EventKind::MessageSent, audience(channel)).by(by.account).message(
            channel.id,
            0,
            tip.last_number,
        ));
    changes.put(message);
}

/// Stays when the event that told of it has left; at the event's own position.
pub(super) fn note(by: By, position: Position, what: &str, detail: &Value, changes: &mut Changes) {
    changes.put(Audit {
        workspace: by.workspace,
        position,
        at_us: changes.stamp(),
        actor: Some(by.account),
        what: what.to_owned(),
        detail: detail.to_string(),
    });
}

/// An act of an admin that no other event tells of.
pub(super) fn note_alone(
    by: By,
    about: Option<AccountId>,
    what: &str,
    detail: &Value,
    changes: &mut Changes,
) {
    let mut tell = Tell::of(EventKind::AuditNoted, Audience::Admins).by(by.account).with(what.to_owned());
    tell.account = about;
    let position = changes.tell(tell);
    note(by, position, what, detail, changes);
}
