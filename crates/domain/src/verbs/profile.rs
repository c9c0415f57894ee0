//! What people show of themselves, and how they feel today.

use super::field;
use super::memory::note_alone;
use crate::event::{Audience, EventKind, Tell};
use crate::limits::{STATUS_BYTES_MAX, TIME_ZONE_BYTES_MAX, TITLE_BYTES_MAX};
use crate::permission::{member, open_workspace, other};
use crate::rights::may_manage;
use crate::rows::{Member, Status, WorkspaceSelf};
use crate::text::{Emoji, Line, Name};
use crate::{AccountId, By, Changes, Command, Needs, Refusal, Stamp, World};

fn needs_other(by: By, account: AccountId, needs: &mut Needs) {
    needs.row::<Member>((by.workspace, by.account));
    needs.row::<Member>((by.workspace, account));
    needs.row::<WorkspaceSelf>((by.workspace,));
}

/// Oneself, or by an admin. What is not named stays.
#[derive(Debug)]
pub struct ChangeProfile {
    account: AccountId,
    name: Option<Name>,
    title: Option<Line>,
    time_zone: Option<Line>,
}

impl ChangeProfile {
    pub fn new(
        account: AccountId,
        name: Option<&str>,
        title: Option<&str>,
        time_zone: Option<&str>,
    ) -> Result<Self, Refusal> {
        Ok(Self {
            account,
            name: name.map(Name::new).transpose()?,
            title: title.map(|title| Line::new("title", title, TITLE_BYTES_MAX)).transpose()?,
            time_zone: time_zone.map(|zone| Line::new("time_zone", zone, TIME_ZONE_BYTES_MAX)).transpose()?,
        })
    }
}

impl Command for ChangeProfile {
    fn name(&self) -> &'static str {
        "change_profile"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs_other(by, self.account, needs);
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let actor = member(by, world)?;
        open_workspace(by, world)?;
        let whose = other(by, self.account, world)?;
        if by.account != self.account {
            may_manage(actor, whose)?;
        }
        let mut now = whose.clone();
        if let Some(name) = &self.name {
            name.as_str().clone_into(&mut now.name);
            now.name_key = name.folded();
        }
        if let Some(title) = &self.title {
            title.as_str().clone_into(&mut now.profile.0.title);
        }
        if let Some(zone) = &self.time_zone {
            now.profile.0.time_zone = Some(zone.as_str().to_owned()).filter(|zone| !zone.is_empty());
        }
        let mut changes = Changes::begin(world);
        if now == *whose {
            return Ok(changes);
        }
        now.changed = changes
            .tell(Tell::of(EventKind::MemberChanged, Audience::Members).by(by.account).about(self.account));
        changes.put(now);
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.account.bytes());
        field(into, self.name.as_ref().map_or("", Name::as_str).as_bytes());
        for line in [&self.title, &self.time_zone] {
            field(into, &[u8::from(line.is_some())]);
            field(into, line.as_ref().map_or("", Line::as_str).as_bytes());
        }
    }
}

/// Without event: a status travels to who is looking, and everyone else reads it with the person. It ends by itself
/// when its time is over, since whoever reads it compares.
#[allow(clippy::option_option, reason = "left alone, taken away, or set")]
#[derive(Debug)]
pub struct SetStatus {
    status: Option<Option<Status>>,
    dnd_until: Option<Option<Stamp>>,
}

impl SetStatus {
    /// An absent one stays; an inner `None` takes it away.
    pub fn new(status: Option<Option<Status>>, dnd_until: Option<Option<Stamp>>) -> Result<Self, Refusal> {
        if let Some(Some(status)) = &status {
            Line::new("status", &status.text, STATUS_BYTES_MAX)?;
            status.emoji.as_deref().map(Emoji::new).transpose()?;
        }
        Ok(Self { status, dnd_until })
    }
}

impl Command for SetStatus {
    fn name(&self) -> &'static str {
        "set_status"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs.row::<Member>((by.workspace, by.account));
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let mut now = member(by, world)?.clone();
        if let Some(status) = &self.status {
            now.profile.0.status.clone_from(status);
        }
        if let Some(until) = self.dnd_until {
            now.profile.0.dnd_until_us = until;
        }
        let mut changes = Changes::begin(world);
        changes.put(now);
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, serde_json::to_string(&self.status).unwrap_or_default().as_bytes());
        field(into, format!("{:?}", self.dnd_until).as_bytes());
    }
}

/// Who signed in before now must sign in again to enter this workspace; other workspaces notice nothing. Nodes that
/// hold such a session learn it by the audit's event, which names the account.
#[derive(Debug)]
pub struct RequireSignIn {
    pub account: AccountId,
}

impl Command for RequireSignIn {
    fn name(&self) -> &'static str {
        "require_sign_in"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs_other(by, self.account, needs);
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let actor = member(by, world)?;
        let whose = other(by, self.account, world)?;
        may_manage(actor, whose)?;
        let mut changes = Changes::begin(world);
        let detail = serde_json::json!({ "account": self.account });
        note_alone(by, Some(self.account), "member.sign_in_again", &detail, &mut changes);
        changes.put(Member { signed_after_us: changes.stamp(), ..whose.clone() });
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.account.bytes());
    }
}
