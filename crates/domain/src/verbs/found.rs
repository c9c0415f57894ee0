//! A workspace begins: its own row, its owner, its default channels.

use super::field;
use super::set_up::Making;
use crate::cell::Json;
use crate::event::{Audience, EventKind, Tell};
use crate::rows::{
    Channel, ChannelKind, ChannelProfile, Member, MemberProfile, MemberState, Role, SelfState, Settings,
    WorkspaceSelf,
};
use crate::text::Name;
use crate::verbs::create_channel::seat_first;
use crate::{By, Changes, Command, Needs, Position, Refusal, Reply, Stamp, World};

/// The only command that may begin a journal. Asked again, it finds everything there.
#[derive(Debug)]
pub struct Found {
    pub making: Making,
}

impl Command for Found {
    fn name(&self) -> &'static str {
        "found"
    }
    fn founds(&self) -> bool {
        true
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs.row::<WorkspaceSelf>((by.workspace,));
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let mut changes = Changes::begin(world);
        if world.get::<WorkspaceSelf>(&(by.workspace,)).is_some() {
            return Ok(changes.answering(Reply::of(&self.making)));
        }
        let name = Name::new(&self.making.name)?;
        let owner = Name::new(&self.making.owner_name)?;
        let changed = changes.tell(Tell::of(EventKind::WorkspaceCreated, Audience::Everyone).by(by.account));
        changes.put(WorkspaceSelf {
            workspace: by.workspace,
            name: name.as_str().into(),
            picture: None,
            settings: Json(Settings {
                defaults: self.making.channels.iter().map(|(id, _)| *id).collect(),
                ..Settings::default()
            }),
            state: SelfState::Active,
            owners: 1,
            members: 1,
            channels: self.making.channels.len() as u64,
            changed,
        });
        let joined = changes
            .tell(Tell::of(EventKind::MemberJoined, Audience::Members).by(by.account).about(by.account));
        changes.put(Member {
            workspace: by.workspace,
            account: by.account,
            role: Role::Owner,
            state: MemberState::Active,
            name: owner.as_str().into(),
            name_key: owner.folded(),
            profile: Json(MemberProfile::default()),
            private: 0,
            signed_after_us: Stamp(0),
            changed: joined,
        });
        for (id, name) in &self.making.channels {
            let name = Name::new(name)?;
            let created = changes
                .tell(Tell::of(EventKind::ChannelCreated, Audience::Members).by(by.account).in_channel(*id));
            changes.put(Channel {
                workspace: by.workspace,
                id: *id,
                kind: ChannelKind::Public,
                name: name.as_str().into(),
                name_key: Some(name.folded()),
                direct_key: None,
                profile: Json(ChannelProfile { default: true, ..ChannelProfile::default() }),
                state: crate::ChannelState::Active,
                hidden: Position(0),
                changed: created,
            });
            seat_first(by, *id, created, &mut changes);
        }
        Ok(changes.answering(Reply::of(&self.making)))
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, self.making.name.as_bytes());
        field(into, self.making.owner.bytes());
    }
}
