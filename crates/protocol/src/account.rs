//! A person and what opens the door to them.

use domain::{Credential, Key, WorkspaceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{AccountId, time};

/// The caller's own account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Account {
    #[schema(value_type = String)]
    pub id: AccountId,
    pub name: String,
    /// `person` or `bot`.
    pub kind: &'static str,
    /// In small letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// May do anything to the installation.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub operator: bool,
}

impl Account {
    pub fn of(row: &domain::Account) -> Self {
        Self {
            id: row.id,
            name: row.name.clone(),
            kind: row.kind.word(),
            email: row.email_key.clone(),
            operator: row.operator,
        }
    }
}

/// What is absent stays as it is.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct AccountPatch {
    #[schema(min_length = 1, max_length = 80)]
    pub name: Option<String>,
    #[schema(max_length = 254)]
    pub email: Option<String>,
    /// The one in force; a new e-mail address needs it.
    #[schema(max_length = 200)]
    pub password: Option<String>,
}

#[derive(Clone, Deserialize, ToSchema)]
pub struct PasswordChange {
    /// The one in force.
    pub old: String,
    #[schema(min_length = 8, max_length = 200)]
    pub password: String,
}

/// Somebody who goes for good says so with their password.
#[derive(Clone, Deserialize, ToSchema)]
pub struct Closing {
    #[schema(max_length = 200)]
    pub password: String,
}

/// Whose password a link opens.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Link {
    pub account: LinkedAccount,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LinkedAccount {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

impl Link {
    pub fn of(row: &domain::Account) -> Self {
        Self { account: LinkedAccount { name: row.name.clone(), email: row.email_key.clone() } }
    }
}

#[derive(Clone, Deserialize, ToSchema)]
pub struct LinkPassword {
    #[schema(min_length = 8, max_length = 200)]
    pub password: String,
}

/// Somewhere one is signed in.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SignedInSession)]
pub struct Session {
    pub id: String,
    /// What the program said it was.
    pub agent: String,
    pub address: String,
    /// RFC 3339.
    pub created: String,
    /// To about ten minutes.
    pub seen: String,
    /// The one that asks.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub current: bool,
}

impl Session {
    pub fn of(row: &Credential, asking: Key) -> Self {
        Self {
            id: row.id.to_string(),
            agent: row.agent.clone(),
            address: row.address.clone(),
            created: time::of(row.created_us),
            seen: time::of(row.seen_us),
            current: row.id == asking,
        }
    }
}

/// `read`: every GET. `write`: messages, channels and what is one's own. `admin`: members, invitations, bots, the audit and
/// the workspace itself. None holds another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    Read,
    Write,
    Admin,
}

impl Scope {
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewToken {
    /// What it is for.
    #[schema(max_length = 400)]
    #[serde(default)]
    pub label: String,
    #[schema(min_items = 1)]
    pub scopes: Vec<Scope>,
    /// Ends by itself after so many seconds; absent, it does not.
    #[schema(minimum = 1, maximum = 315_360_000)]
    pub expires_s: Option<i64>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Token {
    pub id: String,
    pub label: String,
    pub scopes: Vec<&'static str>,
    /// RFC 3339.
    pub created: String,
    /// To about ten minutes.
    pub seen: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// The one workspace it is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub workspace: Option<WorkspaceId>,
}

impl Token {
    pub fn of(row: &Credential, scopes: Vec<&'static str>) -> Self {
        Self {
            id: row.id.to_string(),
            label: row.label.clone(),
            scopes,
            created: time::of(row.created_us),
            seen: time::of(row.seen_us),
            expires: row.expires_us.map(time::of),
            workspace: row.workspace,
        }
    }
}

/// The secret is shown this once.
#[derive(Clone, Serialize, ToSchema)]
pub struct MadeToken {
    pub id: String,
    #[schema(example = "rk_…")]
    pub token: String,
}
