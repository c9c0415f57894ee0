//! Who becomes a member or ceases to be one: the directory remembers, the shard decides, the directory follows.

use domain::verbs::BeginMembership;
use domain::{AccountId, By, Command, Key, MemberState, MembershipState, Stamp, WorkspaceId};
use reading::accounts;
use store::{Done, Freshness, NotDone};

use crate::Service;
use crate::reads::corrupt;

/// What was begun longer ago is nobody's work any more.
const ABANDONED_AFTER: i64 = Stamp::MINUTE;

impl Service {
    /// The three steps. Died in between, `finish_what_was_begun` does the rest.
    pub(crate) async fn decide_membership(
        &self,
        by: By,
        key: Key,
        account: AccountId,
        state: MembershipState,
        command: impl Command + 'static,
    ) -> Result<Done, NotDone> {
        let begin = |on| BeginMembership { account, workspace: by.workspace, on };
        let installation = By { workspace: WorkspaceId::INSTALLATION, ..by };
        self.in_workspace(installation, self.new_key(), begin(true)).await?;
        match self.in_workspace(by, key, command).await {
            Ok(done) => {
                self.sync_membership(by, key, account, state, &done).await?;
                Ok(done)
            }
            Err(NotDone::Refused(refusal)) => {
                self.in_workspace(installation, self.new_key(), begin(false)).await?;
                Err(refusal.into())
            }
            Err(other) => Err(other),
        }
    }

    /// What a crash left between shard and directory; gives how many were written down now.
    pub(crate) async fn finish_memberships(&self) -> Result<usize, NotDone> {
        let Some(seen) = self.installed(&[accounts::begun()]).await? else { return Ok(0) };
        let mut finished = 0;
        for fact in accounts::facts_in(&seen.value[0]).map_err(corrupt)? {
            let Some((account, workspace)) = BeginMembership::named(&fact.name) else { continue };
            let begun = Stamp(fact.value.parse().unwrap_or_default());
            let abandoned = begun.plus(ABANDONED_AFTER) <= self.clock.now();
            finished += usize::from(self.finish_membership(account, workspace, abandoned).await?);
        }
        Ok(finished)
    }

    /// Another node may be at it just now: what the shard has not decided yet waits until it is surely abandoned.
    async fn finish_membership(
        &self,
        account: AccountId,
        workspace: WorkspaceId,
        abandoned: bool,
    ) -> Result<bool, NotDone> {
        let query = accounts::member(workspace, account);
        let seen = self.look(workspace, Freshness::Newest, &[query]).await?;
        let member = accounts::member_in(&seen.value[0]).map_err(corrupt)?;
        let known = self.installed(&[accounts::membership(account, workspace)]).await?;
        let known = match known {
            Some(known) => accounts::membership_in(&known.value[0]).map_err(corrupt)?,
            None => None,
        };
        let (by, key) = (By::new(workspace, account), self.new_key());
        let state = |member: MemberState| match member {
            MemberState::Active => MembershipState::Active,
            MemberState::Left => MembershipState::Left,
        };
        match member.filter(|member| known.is_none_or(|known| known.state != state(member.state))) {
            Some(member) => {
                let changed = member.changed.max(seen.position);
                let done = Done {
                    epoch: seen.epoch,
                    position: changed,
                    stamp: self.clock.now(),
                    reply: domain::Reply::default(),
                    again: false,
                };
                self.sync_membership(by, key, account, state(member.state), &done).await?;
                Ok(true)
            }
            None if abandoned => {
                let forget = BeginMembership { account, workspace, on: false };
                let installation = By { workspace: WorkspaceId::INSTALLATION, ..by };
                self.in_workspace(installation, key, forget).await?;
                Ok(false)
            }
            None => Ok(false),
        }
    }
}
