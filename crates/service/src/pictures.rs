//! Pictures of people and of workspaces: drawn anew, kept by their digest.

use domain::rights::admin;
use domain::verbs::SetPicture;
use domain::{By, Key, Picture, Refusal};
use reading::{entry, pictures};
use store::{Done, Freshness, NotDone};

use crate::Service;
use crate::reads::corrupt;

/// Whose picture it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    Oneself,
    Workspace,
}

impl Service {
    /// Answers with the digest it is served by. Who may not set it costs nobody the drawing.
    pub async fn set_picture(
        &self,
        by: By,
        key: Key,
        of: Of,
        bytes: Vec<u8>,
    ) -> Result<(Done, [u8; 32]), NotDone> {
        let seen = self.look(by.workspace, Freshness::Newest, &[entry::query(by)]).await?;
        let entry = entry::Entry::of(by, &seen.value[0]).map_err(corrupt)?;
        let member = entry.member()?;
        if of == Of::Workspace {
            admin(member)?;
        }
        let picture = self.easel.draw(bytes).await?;
        let digest = picture.digest;
        let command = SetPicture { of_workspace: of == Of::Workspace, picture: Some(picture) };
        Ok((self.in_workspace(by, key, command).await?, digest))
    }

    pub async fn remove_picture(&self, by: By, key: Key, of: Of) -> Result<Done, NotDone> {
        let command = SetPicture { of_workspace: of == Of::Workspace, picture: None };
        self.in_workspace(by, key, command).await
    }

    /// For the members of the workspace it is kept in.
    pub async fn picture(&self, by: By, digest: [u8; 32]) -> Result<Picture, NotDone> {
        let queries = [entry::query(by), pictures::query(by.workspace, digest)];
        let seen = self.look(by.workspace, Freshness::MayLag, &queries).await?;
        entry::Entry::of(by, &seen.value[0]).map_err(corrupt)?.member()?;
        let picture = pictures::picture_in(&seen.value[1]).map_err(corrupt)?;
        Ok(picture.ok_or_else(|| Refusal::not_found("picture"))?)
    }
}
