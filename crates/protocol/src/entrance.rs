//! Before and at the door: what a stranger sees, says and is given.

use domain::text::hex;
use domain::{Invitation, Member, WorkspaceId, WorkspacePlace, WorkspaceSelf};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::account::Account;
use crate::workspace::{Room, Workspace};

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct About {
    /// Somebody has started this installation; otherwise `POST /setup` does.
    pub set_up: bool,
    pub name: String,
    pub version: String,
    /// The ways to sign in: `password`.
    pub sign_in: Vec<&'static str>,
    /// How one gets an account: `invitation`.
    pub sign_up: &'static str,
}

#[derive(Clone, Deserialize, ToSchema)]
pub struct SetUp {
    /// As the server printed it at its first start.
    pub code: String,
    #[schema(max_length = 254)]
    pub email: String,
    #[schema(min_length = 8, max_length = 200)]
    pub password: String,
    /// Of the owner.
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    /// The name of the first workspace.
    #[schema(min_length = 1, max_length = 80)]
    pub workspace: String,
    /// Made of the name where absent.
    #[schema(min_length = 1, max_length = 40)]
    pub slug: Option<String>,
    /// What everyone who comes joins; `general` where absent.
    #[schema(max_items = 20)]
    pub channels: Option<Vec<String>>,
}

#[derive(Clone, Deserialize, ToSchema)]
pub struct NewSession {
    pub email: String,
    pub password: String,
}

/// Who one is.
#[derive(Clone, Serialize, ToSchema)]
pub struct Home {
    pub account: Account,
    /// At most 200; `GET /workspaces` goes on.
    pub workspaces: Vec<Room>,
    /// Of a sign-in that named no page: the session, to be sent as `Authorization: Bearer`. A page is given a cookie instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "rk_…")]
    pub token: Option<String>,
}

/// Who came, and where they are now.
#[derive(Clone, Serialize, ToSchema)]
pub struct Welcome {
    pub account: Account,
    pub workspace: Workspace,
    /// As in a sign-in; absent where one was signed in already.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "rk_…")]
    pub token: Option<String>,
}

/// What an invitation opens.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Opening {
    pub workspace: OpeningWorkspace,
    /// What one becomes.
    #[schema(value_type = crate::member::RoleName)]
    pub role: &'static str,
    /// The name of who made it.
    pub by: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OpeningWorkspace {
    #[schema(value_type = String)]
    pub id: WorkspaceId,
    pub slug: String,
    pub name: String,
    /// The digest its picture is served by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    pub members: u64,
}

impl Opening {
    pub fn of(
        invitation: &Invitation,
        place: &WorkspacePlace,
        workspace: &WorkspaceSelf,
        maker: &Member,
    ) -> Self {
        Self {
            workspace: OpeningWorkspace {
                id: place.id,
                slug: place.slug.clone(),
                name: workspace.name.clone(),
                picture: workspace.picture.as_deref().map(hex),
                members: workspace.members,
            },
            role: invitation.role.word(),
            by: maker.name.clone(),
        }
    }
}

/// A stranger says all three; who is signed in may say `{}`, or how they want to be called there.
#[derive(Clone, Default, Deserialize, ToSchema)]
pub struct Accept {
    #[schema(max_length = 254)]
    pub email: Option<String>,
    #[schema(min_length = 8, max_length = 200)]
    pub password: Option<String>,
    #[schema(min_length = 1, max_length = 80)]
    pub name: Option<String>,
}
