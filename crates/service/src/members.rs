//! Members: their roles, what they show of themselves, and how they go and come back.

use domain::cell::Value;
use domain::limits::SEATS_ENDED_MAX;
use domain::text::Name;
use domain::verbs::{
    AddBot, ChangeProfile, ChangeRole, EndSeats, LetBackIn, RemoveMember, RequireSignIn, SetStatus,
    SyncMembership,
};
use domain::{AccountId, By, ChannelId, Key, MembershipState, Refusal, Role, Stamp, Status, WorkspaceId};
use reading::people;
use store::{Done, Freshness, NotDone, Query};

use crate::Service;
use crate::reads::corrupt;
use crate::set_up::derive;

const HELD_SEATS: &str = "SELECT channel FROM channel_member
    WHERE workspace = $1 AND account = $2 AND role <> 'left' ORDER BY channel LIMIT $3";

/// What is absent stays; an empty text, or an inner `None`, takes away.
#[allow(clippy::option_option, reason = "left alone, taken away, or set")]
#[derive(Debug, Clone, Default)]
pub struct MemberChange {
    pub role: Option<Role>,
    pub name: Option<String>,
    pub title: Option<String>,
    pub time_zone: Option<String>,
    pub status: Option<Option<Status>>,
    pub dnd_until: Option<Option<Stamp>>,
}

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
        let command = RemoveMember { account, closing };
        let done = self.decide_membership(by, key, account, MembershipState::Left, command).await?;
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
        let command = LetBackIn { account, role };
        self.decide_membership(by, key, account, MembershipState::Active, command).await
    }

    /// Its account is in the directory already.
    pub async fn add_bot(&self, by: By, key: Key, account: AccountId, name: &str) -> Result<Done, NotDone> {
        let command = AddBot { account, name: Name::new(name)? };
        self.decide_membership(by, key, account, MembershipState::Active, command).await
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

    /// In steps that each stand on their own: whoever may take the first may take the others, so nothing is left half
    /// done but by a crash, and then the same key takes the rest.
    pub async fn change_member(
        &self,
        by: By,
        key: Key,
        account: AccountId,
        change: MemberChange,
    ) -> Result<Done, NotDone> {
        let MemberChange { role, name, title, time_zone, status, dnd_until } = change;
        let own = status.is_some() || dnd_until.is_some();
        if own && account != by.account {
            return Err(Refusal::not_allowed("own", "how somebody is today they say themselves").into());
        }
        let shown = name.is_some() || title.is_some() || time_zone.is_some();
        let profile = ChangeProfile::new(account, name.as_deref(), title.as_deref(), time_zone.as_deref())?;
        let today = SetStatus::new(status, dnd_until)?;
        let mut done = None;
        if let Some(role) = role {
            done = Some(self.give_role(by, key, account, role).await?);
        }
        if shown || (done.is_none() && !own) {
            done = Some(self.in_workspace(by, derive(key, "profile"), profile).await?);
        }
        match done {
            Some(done) if !own => Ok(done),
            _ => self.in_workspace(by, derive(key, "status"), today).await,
        }
    }

    /// Of somebody who left: lets them back in.
    async fn give_role(&self, by: By, key: Key, account: AccountId, role: Role) -> Result<Done, NotDone> {
        let queries = people::named(by.workspace, &[account]);
        let seen = self.look(by.workspace, Freshness::Newest, &queries).await?;
        let known = people::named_in(&seen.value).map_err(corrupt)?;
        if known.first().is_some_and(|member| !member.is_active()) {
            return self.let_back_in(by, derive(key, "back"), account, role).await;
        }
        self.change_role(by, derive(key, "role"), account, role).await
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
        let ids = rows.iter().filter_map(|row| ChannelId::from_bytes(row.blob(0)?.try_into().ok()?).ok());
        Ok(ids.collect())
    }
}

pub(crate) const QUERY: &str = HELD_SEATS;
