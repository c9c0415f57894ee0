//! Closing an account: every workspace is left, its name goes from each, and nothing opens the door any more.

use domain::limits::PAGE_MAX;
use domain::verbs::{BeginClosing, ForgetMember};
use domain::{AccountId, By, Code, Key, MembershipState, Refusal, Role, WorkspaceId};
use reading::{accounts, closing, membership};
use store::{Done, Freshness, NotDone};

use crate::reads::corrupt;
use crate::set_up::derive;
use crate::{Service, Who};

impl Service {
    /// Refused before anything happens where somebody is the last owner of others. Died in between,
    /// `finish_what_was_begun` does the rest: the door shuts last.
    pub async fn close_own_account(&self, who: &Who, key: Key, password: &str) -> Result<Done, NotDone> {
        let account = self.account(who.account).await?;
        if !self.passwords().matches(password, account.password.as_deref()).await? {
            return Err(Refusal::invalid("password", "this is not the password").into());
        }
        for (workspace, state) in self.every_membership(who.account).await? {
            if state == MembershipState::Active {
                self.may_go(By::new(workspace, who.account)).await?;
            }
        }
        self.begin_closing(who.account, true).await?;
        match self.leave_for_good(who.account, key).await {
            Err(NotDone::Refused(refusal)) => {
                self.begin_closing(who.account, false).await?;
                Err(refusal.into())
            }
            outcome => outcome,
        }
    }

    async fn begin_closing(&self, account: AccountId, on: bool) -> Result<(), NotDone> {
        let by = By::new(WorkspaceId::INSTALLATION, account);
        self.in_workspace(by, self.new_key(), BeginClosing { account, on }).await.map(drop)
    }

    /// Every step may be done already.
    async fn leave_for_good(&self, account: AccountId, key: Key) -> Result<Done, NotDone> {
        for (workspace, state) in self.every_membership(account).await? {
            // Whoever knows the password goes, also from where they would have to sign in again first.
            let by = By::new(workspace, account);
            let step = derive(key, &format!("leave/{workspace}"));
            match state {
                MembershipState::Active => match self.remove_member(by, step, account, true).await {
                    // The directory was behind, and they are gone already.
                    Err(NotDone::Refused(Refusal { code: Code::NotFound, .. })) => {}
                    gone => drop(gone?),
                },
                MembershipState::Left => {}
            }
            // Who left before is known by name until now.
            self.in_workspace(by, derive(step, "forget"), ForgetMember).await?;
        }
        self.close_account(account, derive(key, "close")).await
    }

    /// What a crash left of closings; gives how many are whole now.
    pub(crate) async fn finish_closings(&self) -> Result<usize, NotDone> {
        let Some(seen) = self.installed(&[closing::begun()]).await? else { return Ok(0) };
        let mut finished = 0;
        for fact in accounts::facts_in(&seen.value[0]).map_err(corrupt)? {
            let Some(account) = BeginClosing::named(&fact.name) else { continue };
            match self.leave_for_good(account, self.new_key()).await {
                Ok(_) => finished += 1,
                // They became the last owner of others meanwhile: they stay, and ask again.
                Err(NotDone::Refused(refusal)) => {
                    tracing::warn!(%account, %refusal, "an account cannot be closed: {refusal}");
                    self.begin_closing(account, false).await?;
                }
                Err(other) => return Err(other),
            }
        }
        Ok(finished)
    }

    async fn may_go(&self, by: By) -> Result<(), NotDone> {
        let query = membership::query(by.workspace, by.account);
        let seen = self.look(by.workspace, Freshness::Newest, &[query]).await?;
        let rows = membership::Rows::of(by, &seen.value[0]).map_err(corrupt)?;
        let (Ok(member), Ok(itself)) = (rows.member(), rows.itself()) else { return Ok(()) };
        if member.role == Role::Owner && itself.owners <= 1 && itself.members > 1 {
            let message = format!(
                "{} keeps one owner; make somebody else an owner there first, or remove everybody else, bots too",
                itself.name
            );
            return Err(Refusal { about: Some("last_owner"), ..Refusal::new(Code::Conflict, message) }.into());
        }
        Ok(())
    }

    pub(crate) async fn every_membership(
        &self,
        account: AccountId,
    ) -> Result<Vec<(WorkspaceId, MembershipState)>, NotDone> {
        let (mut all, mut after) = (Vec::new(), WorkspaceId::INSTALLATION);
        loop {
            let query = closing::memberships(account, after, PAGE_MAX);
            let seen = self.look(WorkspaceId::INSTALLATION, Freshness::Newest, &[query]).await?;
            let some = closing::memberships_in(&seen.value[0]).map_err(corrupt)?;
            let Some((last, _)) = some.last() else { return Ok(all) };
            after = *last;
            all.extend(some);
        }
    }
}
