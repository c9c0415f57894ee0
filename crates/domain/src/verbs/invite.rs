//! Somebody may come: a link is made, or taken back.

use serde_json::json;

use super::field;
use super::memory::note;
use crate::event::{Audience, EventKind, Tell};
use crate::limits::{DEFAULT_CHANNELS_MAX, INVITATION_SECONDS_MAX, INVITATION_USES_MAX};
use crate::permission::{member, needs_standing, open_workspace, standing};
use crate::rights::{Right, is_at_most};
use crate::rows::{ChannelKind, Invitation, InvitationState, Member, Role, WorkspaceSelf};
use crate::{By, Changes, ChannelId, Code, Command, Key, Needs, Refusal, Reply, Stamp, World};

/// The role is at most the maker's, and judged again when the link is used. Only the hash of the code is kept.
#[derive(Debug)]
pub struct Invite {
    pub id: Key,
    pub hash: [u8; 32],
    pub role: Role,
    /// Joined besides the default ones; all that a guest gets.
    pub channels: Vec<ChannelId>,
    /// None: as many as come.
    pub uses: Option<i64>,
    pub expires_s: Option<i64>,
}

impl Command for Invite {
    fn name(&self) -> &'static str {
        "invite"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs.row::<Member>((by.workspace, by.account));
        needs.row::<WorkspaceSelf>((by.workspace,));
        self.channels
            .iter()
            .take(DEFAULT_CHANNELS_MAX)
            .for_each(|channel| needs_standing(by, *channel, needs));
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let maker = member(by, world)?;
        let workspace = open_workspace(by, world)?;
        Right::Invite.required(maker, &workspace.settings.0)?;
        self.is_sound(maker)?;
        for channel in &self.channels {
            let standing = standing(by, *channel, world)?;
            standing.required_open()?;
            if standing.channel.kind == ChannelKind::Direct {
                return Err(Refusal::invalid("channels", "nobody is invited into a direct channel"));
            }
            if self.role == Role::Guest {
                standing.required_to_moderate()?;
            }
        }
        let mut changes = Changes::begin(world);
        let made = tell(by, EventKind::InvitationMade, self.id, &mut changes);
        note(
            by,
            made,
            "invitation.made",
            &json!({ "id": self.id.to_string(), "role": self.role.word() }),
            &mut changes,
        );
        changes.put(Invitation {
            workspace: by.workspace,
            id: self.id,
            hash: self.hash.to_vec(),
            maker: by.account,
            role: self.role,
            channels: json!(self.channels).to_string(),
            uses_left: self.uses,
            expires_us: self.expires_s.map(|seconds| changes.stamp().plus(seconds * Stamp::SECOND)),
            state: InvitationState::Open,
        });
        Ok(changes.answering(Reply::of(&json!({ "id": self.id.to_string() }))))
    }
    /// The code is minted for this try; what was chosen is the rest.
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.role.word().as_bytes());
        field(into, format!("{:?} {:?}", self.uses, self.expires_s).as_bytes());
        self.channels.iter().for_each(|channel| field(into, channel.bytes()));
    }
}

impl Invite {
    fn is_sound(&self, maker: &Member) -> Result<(), Refusal> {
        if self.role == Role::Bot {
            return Err(Refusal::invalid("role", "a bot is made, not invited"));
        }
        if !is_at_most(self.role, maker.role) {
            return Err(Refusal::not_allowed("role", "nobody invites to a role above their own"));
        }
        if self.role == Role::Guest && self.channels.is_empty() {
            return Err(Refusal::invalid(
                "channels",
                "a guest sees only the channels given: name at least one",
            ));
        }
        if self.channels.len() > DEFAULT_CHANNELS_MAX {
            let message = format!("an invitation names at most {DEFAULT_CHANNELS_MAX} channels");
            return Err(Refusal::invalid("channels", message));
        }
        if self.uses.is_some_and(|uses| !(1..=INVITATION_USES_MAX).contains(&uses)) {
            return Err(Refusal::invalid("uses", format!("1 to {INVITATION_USES_MAX}")));
        }
        if self.expires_s.is_some_and(|seconds| !(1..=INVITATION_SECONDS_MAX).contains(&seconds)) {
            return Err(Refusal::invalid("expires_s", format!("1 to {INVITATION_SECONDS_MAX}")));
        }
        Ok(())
    }
}

pub(super) fn tell(by: By, kind: EventKind, id: Key, changes: &mut Changes) -> crate::Position {
    changes.tell(Tell::of(kind, Audience::Inviters).by(by.account).with(id.to_string()))
}

/// By its maker or an admin.
#[derive(Debug)]
pub struct RevokeInvitation {
    pub id: Key,
}

impl Command for RevokeInvitation {
    fn name(&self) -> &'static str {
        "revoke_invitation"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs.row::<Member>((by.workspace, by.account));
        needs.row::<WorkspaceSelf>((by.workspace,));
        needs.row::<Invitation>((by.workspace, self.id));
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let actor = member(by, world)?;
        let workspace = open_workspace(by, world)?;
        let missing = || Refusal::not_found("invitation");
        let made = world.get::<Invitation>(&(by.workspace, self.id)).ok_or_else(missing)?;
        // Who may not invite sees no invitation; only their own may still be taken back.
        let invites = Right::Invite.held_by(actor, &workspace.settings.0);
        match (made.maker == by.account, invites) {
            (false, false) => return Err(missing()),
            (false, true) if !actor.is_admin() => {
                return Err(Refusal::not_allowed("admin", "only its maker or an admin takes it back"));
            }
            _ => {}
        }
        let mut changes = Changes::begin(world);
        if made.state != InvitationState::Open {
            return Ok(changes);
        }
        let at = tell(by, EventKind::InvitationRevoked, self.id, &mut changes);
        note(by, at, "invitation.revoked", &json!({ "id": self.id.to_string() }), &mut changes);
        changes.put(Invitation { state: InvitationState::Revoked, ..made.clone() });
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, &self.id.0);
    }
}

/// Why an invitation opens nothing: said alike whatever it is, but for its being somebody's code.
pub(super) fn spent() -> Refusal {
    Refusal {
        about: Some("invitation"),
        ..Refusal::new(Code::NotFound, "this invitation opens nothing any more; ask for a new one")
    }
}
