//! A channel is put away, readable; or taken out again.

use serde_json::json;

use super::field;
use super::memory::remember;
use super::send::audience;
use crate::event::{EventKind, Tell};
use crate::permission::{needs_standing, open_workspace, standing};
use crate::rows::{Channel, ChannelState, WorkspaceSelf};
use crate::{By, Changes, ChannelId, Code, Command, Needs, Refusal, World};

/// Its name stays taken, its seats stay held.
#[derive(Debug)]
pub struct ArchiveChannel {
    pub channel: ChannelId,
    /// Otherwise it is restored.
    pub on: bool,
}

impl Command for ArchiveChannel {
    fn name(&self) -> &'static str {
        if self.on { "archive_channel" } else { "restore_channel" }
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs_standing(by, self.channel, needs);
        needs.row::<WorkspaceSelf>((by.workspace,));
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let standing = standing(by, self.channel, world)?;
        open_workspace(by, world)?;
        standing.required_to_moderate()?;
        let (state, kind) = match self.on {
            true => (ChannelState::Archived, EventKind::ChannelArchived),
            false => (ChannelState::Active, EventKind::ChannelRestored),
        };
        let mut changes = Changes::begin(world);
        if standing.channel.state == state {
            return Ok(changes);
        }
        if self.on && standing.channel.profile.0.default {
            let message = "everyone who comes joins this channel; take it off the default channels first";
            return Err(Refusal { about: Some("default"), ..Refusal::new(Code::Conflict, message) });
        }
        let mut tip = standing.tip.clone();
        if self.on {
            let system = json!({ "kind": "archived", "account": by.account });
            remember(by, standing.channel, &mut tip, system, &mut changes);
        }
        let at =
            changes.tell(Tell::of(kind, audience(standing.channel)).by(by.account).in_channel(self.channel));
        tip.last_position = at;
        changes.put(Channel { state, changed: at, ..standing.channel.clone() });
        changes.put(tip);
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.channel.bytes());
        field(into, &[u8::from(self.on)]);
    }
}
