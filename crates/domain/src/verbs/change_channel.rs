//! A channel is called otherwise, is about something else, or closes its doors.

use serde_json::json;

use super::field;
use super::memory::remember;
use super::send::audience;
use crate::event::{Audience, EventKind, Tell};
use crate::limits::DEFAULT_CHANNELS_MAX;
use crate::permission::{CHANNEL_BY_NAME, Standing, needs_standing, open_workspace, standing};
use crate::rights;
use crate::rows::{Channel, ChannelKind, ChannelTip, Role, Settings, WorkspaceSelf};
use crate::text::{Line, Name};
use crate::{By, Changes, ChannelId, Code, Command, Needs, Refusal, World, values};

/// What is not named stays as it is.
#[derive(Debug)]
pub struct ChangeChannel {
    pub channel: ChannelId,
    pub name: Option<Name>,
    pub topic: Option<Line>,
    pub purpose: Option<Line>,
    /// Only managers and admins post.
    pub admins_post: Option<bool>,
    /// Whoever joins the workspace joins it.
    pub default: Option<bool>,
    /// Public becomes private, never back.
    pub private: bool,
}

impl ChangeChannel {
    pub fn of(channel: ChannelId) -> Self {
        Self {
            channel,
            name: None,
            topic: None,
            purpose: None,
            admins_post: None,
            default: None,
            private: false,
        }
    }
}

impl Command for ChangeChannel {
    fn name(&self) -> &'static str {
        "change_channel"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs_standing(by, self.channel, needs);
        needs.row::<WorkspaceSelf>((by.workspace,));
        if let Some(name) = &self.name {
            needs.find::<Channel>(&CHANNEL_BY_NAME, values![&by.workspace, &Some(name.folded())], 1);
        }
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let standing = standing(by, self.channel, world)?;
        let workspace = open_workspace(by, world)?;
        self.is_allowed(&standing)?;
        self.name_is_free(by, world)?;
        let was = standing.channel;
        let mut channel = self.changed(was);
        let settings = self.settings(was, &channel, workspace)?;
        let mut changes = Changes::begin(world);
        if channel == *was {
            return Ok(changes);
        }
        let mut tip: ChannelTip = standing.tip.clone();
        if channel.name != was.name {
            let system =
                json!({ "kind": "renamed", "account": by.account, "was": was.name, "is": channel.name });
            remember(by, &channel, &mut tip, system, &mut changes);
        }
        let (old, new) = (&was.profile.0.topic, &channel.profile.0.topic);
        if old != new {
            let system = json!({ "kind": "topic", "account": by.account, "was": old, "is": new });
            remember(by, &channel, &mut tip, system, &mut changes);
        }
        if channel.kind != was.kind {
            // Whoever has no seat is told that it is gone, and nothing else; guests without one never knew of it.
            channel.hidden = changes.tell(
                Tell::of(EventKind::ChannelHidden, Audience::Members).by(by.account).in_channel(self.channel),
            );
        }
        let at = changes.tell(
            Tell::of(EventKind::ChannelChanged, audience(&channel)).by(by.account).in_channel(self.channel),
        );
        (channel.changed, tip.last_position) = (at, at);
        changes.put(channel);
        changes.put(tip);
        if let Some(settings) = settings {
            let mut workspace = workspace.clone();
            workspace.settings.0 = settings;
            changes.put(workspace);
        }
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.channel.bytes());
        field(into, self.name.as_ref().map_or("", Name::as_str).as_bytes());
        for line in [&self.topic, &self.purpose] {
            field(into, &[u8::from(line.is_some())]);
            field(into, line.as_ref().map_or("", Line::as_str).as_bytes());
        }
        for choice in [self.admins_post, self.default, Some(self.private)] {
            field(into, &[choice.map_or(2, u8::from)]);
        }
    }
}

impl ChangeChannel {
    /// What it is about anyone changes who sits there and may post, but guests; the rest is for who looks after it,
    /// and what everyone joins is for admins.
    fn is_allowed(&self, standing: &Standing<'_>) -> Result<(), Refusal> {
        standing.required_open()?;
        if standing.channel.kind == ChannelKind::Direct {
            return standing.required_to_moderate();
        }
        if self.default.is_some() {
            rights::admin(standing.member)?;
        }
        if self.name.is_some() || self.admins_post.is_some() || self.private || self.default.is_some() {
            standing.required_to_moderate()?;
        }
        if standing.member.role == Role::Guest {
            return Err(Refusal::not_allowed("member", "guests do not change channels"));
        }
        if standing.moderates() {
            return Ok(());
        }
        standing.may_post().map(drop)
    }

    fn name_is_free(&self, by: By, world: &World) -> Result<(), Refusal> {
        let Some(name) = &self.name else { return Ok(()) };
        let named = values![&by.workspace, &Some(name.folded())];
        let taken = world.find::<Channel>(&CHANNEL_BY_NAME, &named).any(|known| known.id != self.channel);
        match taken {
            true => Err(Refusal {
                about: Some("name"),
                ..Refusal::new(Code::Conflict, "a channel has this name already")
            }),
            false => Ok(()),
        }
    }

    fn changed(&self, was: &Channel) -> Channel {
        let mut channel = was.clone();
        let profile = &mut channel.profile.0;
        if let Some(topic) = &self.topic {
            topic.as_str().clone_into(&mut profile.topic);
        }
        if let Some(purpose) = &self.purpose {
            purpose.as_str().clone_into(&mut profile.purpose);
        }
        profile.admins_post = self.admins_post.unwrap_or(profile.admins_post);
        profile.default = self.default.unwrap_or(profile.default);
        if let Some(name) = &self.name {
            name.as_str().clone_into(&mut channel.name);
            channel.name_key = Some(name.folded());
        }
        if self.private {
            channel.kind = ChannelKind::Private;
        }
        channel
    }

    /// The workspace's list of what everyone joins, where it moves.
    fn settings(
        &self,
        was: &Channel,
        now: &Channel,
        workspace: &WorkspaceSelf,
    ) -> Result<Option<Settings>, Refusal> {
        if now.profile.0.default && now.kind != ChannelKind::Public {
            let message = "everyone joins this channel; it cannot be private";
            return Err(Refusal { about: Some("default"), ..Refusal::new(Code::Conflict, message) });
        }
        if now.profile.0.default == was.profile.0.default {
            return Ok(None);
        }
        let mut settings = workspace.settings.0.clone();
        settings.defaults.retain(|channel| *channel != self.channel);
        if now.profile.0.default {
            settings.defaults.push(self.channel);
        }
        if settings.defaults.len() > DEFAULT_CHANNELS_MAX {
            let message = format!("at most {DEFAULT_CHANNELS_MAX} channels are joined by everyone");
            return Err(Refusal { about: Some("default"), ..Refusal::new(Code::Conflict, message) });
        }
        Ok(Some(settings))
    }
}
