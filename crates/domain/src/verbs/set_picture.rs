//! What somebody, or a workspace, looks like. A picture is kept once, however many show it, and goes with the last of them.

use serde_json::json;

use super::change_workspace::{changed, needs_itself};
use super::field;
use crate::event::{Audience, EventKind, Tell};
use crate::limits::PICTURE_BYTES_MAX;
use crate::permission::{member, open_workspace};
use crate::rights::admin;
use crate::rows::{Member, Picture, WorkspaceSelf};
use crate::text::hex;
use crate::{By, Changes, Code, Command, Needs, Refusal, WorkspaceId, World};

/// Re-encoded already: what people see is never what somebody sent.
#[derive(Debug, Clone)]
pub struct NewPicture {
    pub digest: [u8; 32],
    pub media: String,
    pub bytes: Vec<u8>,
}

/// Of oneself, or of the workspace by its admins. None takes it away.
#[derive(Debug)]
pub struct SetPicture {
    /// Otherwise one's own.
    pub of_workspace: bool,
    pub picture: Option<NewPicture>,
}

impl Command for SetPicture {
    fn name(&self) -> &'static str {
        "set_picture"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        needs_itself(by, needs);
        if let Some(picture) = &self.picture {
            needs.row::<Picture>((by.workspace, picture.digest.to_vec()));
        }
    }
    /// Which one was shown before is known once its row is read.
    fn alone(&self) -> bool {
        true
    }
    fn more(&self, by: By, seen: &World, needs: &mut Needs) -> bool {
        let before = self.shown(by, seen);
        let named = before.is_some();
        before.into_iter().for_each(|digest| needs.row::<Picture>((by.workspace, digest)));
        named
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        let actor = member(by, world)?;
        let itself = open_workspace(by, world)?;
        if self.of_workspace {
            admin(actor)?;
        }
        if self.picture.as_ref().is_some_and(|picture| picture.bytes.len() > PICTURE_BYTES_MAX) {
            let message = format!("a picture has at most {PICTURE_BYTES_MAX} bytes");
            return Err(Refusal { about: Some("picture"), ..Refusal::new(Code::TooLarge, message) });
        }
        let mut changes = Changes::begin(world);
        let (was, now) =
            (self.shown(by, world), self.picture.as_ref().map(|picture| picture.digest.to_vec()));
        if was == now {
            return Ok(changes);
        }
        self.show(by, world, &mut changes);
        if let Some(was) = was {
            shown_no_longer(by.workspace, was, world, &mut changes);
        }
        if self.of_workspace {
            let at = changed(by, EventKind::WorkspaceChanged, "workspace.picture", &json!({}), &mut changes);
            changes.put(WorkspaceSelf { picture: now, changed: at, ..itself.clone() });
        } else {
            let at = changes
                .tell(Tell::of(EventKind::MemberChanged, Audience::Members).by(by.account).about(by.account));
            let mut shows = Member { changed: at, ..actor.clone() };
            shows.profile.0.picture = now.map(|digest| hex(&digest));
            changes.put(shows);
        }
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, &[u8::from(self.of_workspace)]);
        field(into, self.picture.as_ref().map_or(&[][..], |picture| &picture.digest));
    }
}

impl SetPicture {
    fn shown(&self, by: By, world: &World) -> Option<Vec<u8>> {
        if self.of_workspace {
            return world.get::<WorkspaceSelf>(&(by.workspace,))?.picture.clone();
        }
        picture_of(world.get::<Member>(&(by.workspace, by.account))?)
    }

    fn show(&self, by: By, world: &World, changes: &mut Changes) {
        let Some(NewPicture { digest, media, bytes }) = &self.picture else { return };
        let digest = digest.to_vec();
        let kept = world.get::<Picture>(&(by.workspace, digest.clone()));
        let (media, bytes) = (media.clone(), bytes.clone());
        let new = Picture { workspace: by.workspace, digest, media, bytes, uses: 0 };
        let kept = kept.cloned().unwrap_or(new);
        changes.put(Picture { uses: kept.uses + 1, ..kept });
    }
}

/// The digest of what somebody shows.
pub(super) fn picture_of(member: &Member) -> Option<Vec<u8>> {
    let text = member.profile.0.picture.as_deref()?;
    let byte = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    (0..text.len()).step_by(2).map(byte).collect()
}

/// The last to show a picture takes it along.
pub(super) fn shown_no_longer(workspace: WorkspaceId, digest: Vec<u8>, world: &World, changes: &mut Changes) {
    let Some(kept) = world.get::<Picture>(&(workspace, digest)) else { return };
    match kept.uses.saturating_sub(1) {
        0 => changes.remove::<Picture>((workspace, kept.digest.clone())),
        uses => changes.put(Picture { uses, ..kept.clone() }),
    }
}
