//! What people can ask for: one file a verb, its rows and its rule.

mod accept;
mod account;
mod admit;
mod archive_channel;
mod begin_membership;
mod change_account;
mod change_channel;
mod change_role;
mod change_workspace;
mod create_channel;
mod create_direct;
mod credential;
mod delete;
mod edit;
mod follow;
mod found;
mod invite;
mod join;
mod keep;
mod let_in;
mod mark;
mod memory;
mod notify;
mod pin;
mod place;
mod profile;
mod raise_level;
mod react;
mod remove_member;
mod seats;
mod send;
mod set_up;
mod sign_in;
mod sit;
mod sync_membership;

pub use accept::AcceptInvitation;
pub use account::{ChangePassword, CloseAccount, CreateAccount};
pub use admit::Admit;
pub use archive_channel::ArchiveChannel;
pub use begin_membership::BeginMembership;
pub use change_account::ChangeAccount;
pub use change_channel::ChangeChannel;
pub use change_role::ChangeRole;
pub use change_workspace::{ArchiveWorkspace, ChangeWorkspace, NewPicture, SetPicture};
pub use create_channel::CreateChannel;
pub use create_direct::CreateDirect;
pub use credential::{BeginCredential, EndCredential, EndCredentials, Touch};
pub use delete::Delete;
pub use edit::Edit;
pub use follow::Follow;
pub use found::Found;
pub use invite::{Invite, RevokeInvitation};
pub use join::Join;
pub use keep::{Keep, PrivateKind, Subject};
pub use let_in::{AddBot, LetBackIn};
pub use mark::Mark;
pub use notify::{Notify, SeeNotifications, hears_shouts};
pub use pin::Pin;
pub use place::{Place, Settle};
pub use profile::{ChangeProfile, RequireSignIn, SetStatus};
pub use raise_level::RaiseLevel;
pub use react::React;
pub use remove_member::{EndSeats, ForgetMember, RemoveMember};
pub use seats::{AddToChannel, ChangeSeat, RemoveFromChannel};
pub use send::Send;
pub use set_up::{Making, SetUp};
pub use sign_in::SignIn;
pub use sit::Sit;
pub use sync_membership::SyncMembership;

/// Writes a field into a digest so that no two lists of fields run together.
pub(crate) fn field(into: &mut dyn FnMut(&[u8]), bytes: &[u8]) {
    into(&(bytes.len() as u64).to_be_bytes());
    into(bytes);
}
