//! Who is here and who types, to those who have them on their screen.

use protocol::frame::{Down, Faces};
use protocol::{AccountId, ChannelId, WorkspaceId};
use service::live::presence::Change;
use service::live::{Face, Here};

use super::Core;
use super::sockets::Socket;
use crate::codec;

pub(super) fn here(workspace: WorkspaceId, account: AccountId, socket: &Socket) -> Here {
    Here { workspace, account, device: socket.pass.session, face: Face::Here }
}

pub(super) fn seen(workspace: WorkspaceId, account: AccountId, socket: &Socket, idle: bool) -> Here {
    let face = if idle { Face::Away } else { Face::Here };
    Here { face, ..here(workspace, account, socket) }
}

pub(super) fn gone(workspace: WorkspaceId, account: AccountId, socket: &Socket) -> Here {
    Here { face: Face::Off, ..here(workspace, account, socket) }
}

impl Core {
    /// What changed in about a second, one frame for each who looks.
    pub(super) fn changed(&mut self, changes: &[Change]) {
        let mut wanted: Vec<(u32, usize)> = Vec::new();
        for (index, change) in changes.iter().enumerate() {
            let workspace = match change {
                Change::Face(workspace, ..) | Change::Typing(workspace, ..) => workspace,
            };
            let room = self.by_workspace.get(workspace).and_then(|at| self.rooms[*at as usize].as_ref());
            let Some(room) = room else { continue };
            match change {
                Change::Face(_, account, _) => {
                    wanted.extend(room.watchers(*account).iter().map(|slot| (*slot, index)));
                }
                Change::Typing(_, channel, _, account) => {
                    let own = room.slots_of(*account);
                    let others = room.lookers(*channel).filter(|slot| !own.contains(slot));
                    wanted.extend(others.map(|slot| (slot, index)));
                }
            }
        }
        wanted.sort_unstable();
        for slots in wanted.chunk_by(|(one, _), (other, _)| one == other) {
            let mut people: Vec<(AccountId, &'static str)> = Vec::new();
            let mut typing: Vec<(ChannelId, u64, AccountId)> = Vec::new();
            for (_, index) in slots {
                match &changes[*index] {
                    Change::Face(_, account, face) => {
                        people.retain(|(known, _)| known != account);
                        people.push((*account, face.word()));
                    }
                    Change::Typing(_, channel, thread, account) => {
                        let told = (*channel, *thread, *account);
                        if !typing.contains(&told) {
                            typing.push(told);
                        }
                    }
                }
            }
            let mut frame = Vec::new();
            let faces = Faces { position: None, people: &people, typing: &typing };
            codec::text(&Down::Faces(faces).text(), &mut frame);
            self.say(slots[0].0, &frame);
        }
    }
}
