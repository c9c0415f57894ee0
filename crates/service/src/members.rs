//! Members: their roles, what they show of themselves, and how they go and come back.

use domain::cell::Value;
use domain::limits::SEATS_ENDED_MAX;
use domain::text::Name;
use domain::verbs::{
    AddBot, ChangeProfile, ChangeRole, EndSeats, LetBackIn, NewPicture, RemoveMember, RequireSignIn,
    SetPicture, SetStatus, SyncMembership,
};
use domain::{AccountId, By, ChannelId, Key, MembershipState, Role, Stamp, Status, WorkspaceId};
use store::{Done, Freshness, NotDone, Query};

use crate::Service;
use crate::set_up::derive;

const HELD_SEATS: &str = "SELECT channel FROM channel_member
    WHERE workspace = $1 AND account = $2 AND role <> 'left' ORDER BY channel LIMIT $3";

impl Service {
    pub async fn change_role(
        &self,
        by: By,
        key: Key,
        account: AccountId,
        role: Role,
    ) -> Result<Done, NotDone> {
        self.in_workspace(by, key, ChangeRole { account, role }).await
    }

    /// Of oneself: leaving. The shard decides; the directory follows, and then the seats there were no room for.
    pub async fn remove_member(
        &self,
        by: By,
        key: Key,
        account: AccountId,
        closing: bool,
    ) -> Result<Done, NotDone> {
        let done = self.in_workspace(by, key, RemoveMember { account, closing }).await?;
        self.sync_membership(by, key, account, MembershipState::Left, &done).await?;
        let mut rest = done.reply.read::<serde_json::Value>().is_some_and(|answer| answer["rest"] == true);
        while rest {
            let channels = self.held_seats(by.workspace, account).await?;
            let ended = self.in_workspace(by, self.new_key(), EndSeats { account, channels }).await?;
            // None: all done, or they are back and keep what they hold.
            rest = ended.reply.read::<serde_json::Value>().is_some_and(|answer| answer["ended"] != 0);
        }
        Ok(done)
    }

    pub async fn let_back_in(
        &self,
        by: By,
        key: Key,
        account: AccountId,
        role: Role,
    ) -> Result<Done, NotDone> {
        let done = self.in_workspace(by, key, LetBackIn { account, role }).await?;
        self.sync_membership(by, key, account, MembershipState::Active, &done).await?;
        Ok(done)
    }

    /// Its account is in the directory already.
    pub async fn add_bot(&self, by: By, key: Key, account: AccountId, name: &str) -> Result<Done, NotDone> {
        let done = self.in_workspace(by, key, AddBot { account, name: Name::new(name)? }).await?;
        self.sync_membership(by, key, account, MembershipState::Active, &done).await?;
        Ok(done)
    }

    /// The second step of whatever makes or ends a member; it may be done already.
    pub(crate) async fn sync_membership(
        &self,
        by: By,
        key: Key,
        account: AccountId,
        state: MembershipState,
        done: &Done,
    ) -> Result<Done, NotDone> {
        let command = SyncMembership { account, workspace: by.workspace, state, position: done.position };
        let installation = By { workspace: WorkspaceId::INSTALLATION, ..by };
        self.in_workspace(installation, derive(key, "membership"), command).await
    }

    pub async fn change_profile(
        &self,
        by: By,
        key: Key,
        account: AccountId,
        name: Option<&str>,
        title: Option<&str>,
        time_zone: Option<&str>,
    ) -> Result<Done, NotDone> {
        self.in_workspace(by, key, ChangeProfile::new(account, name, title, time_zone)?).await
    }
    /// Absent stays; an inner `None` takes it away.
    pub async fn set_status(
        &self,
        by: By,
        key: Key,
        status: Option<Option<Status>>,
        dnd_until: Option<Option<Stamp>>,
    ) -> Result<Done, NotDone> {
        self.in_workspace(by, key, SetStatus::new(status, dnd_until)?).await
    }
    pub async fn set_picture(
        &self,
        by: By,
        key: Key,
        of_workspace: bool,
        picture: Option<NewPicture>,
    ) -> Result<Done, NotDone> {
        self.in_workspace(by, key, SetPicture { of_workspace, picture }).await
    }
    pub async fn require_sign_in(&self, by: By, key: Key, account: AccountId) -> Result<Done, NotDone> {
        self.in_workspace(by, key, RequireSignIn { account }).await
    }

    async fn held_seats(
        &self,
        workspace: WorkspaceId,
        account: AccountId,
    ) -> Result<Vec<ChannelId>, NotDone> {
        let values = vec![Value::of(&workspace), Value::of(&account), Value::Int(i64::from(SEATS_ENDED_MAX))];
        let query = Query { sql: HELD_SEATS, values };
        let seen = self.places().of(workspace).read(workspace, Freshness::Newest, &query).await;
        let rows = seen.map_err(|error| NotDone::Failed(error.to_string()))?.value;
        let ids = rows.iter().filter_map(|row| match row.first() {
            Some(Value::Blob(bytes)) => ChannelId::from_bytes(bytes.as_slice().try_into().ok()?).ok(),
            _ => None,
        });
        Ok(ids.collect())
    }
}

pub(crate) const QUERY: &str = HELD_SEATS;
