//! Closing an account: every workspace is left, its name goes from each, and nothing opens the door any more.

use domain::limits::PAGE_MAX;
use domain::verbs::ForgetMember;
use domain::{AccountId, By, Code, Key, MembershipState, Refusal, Role, WorkspaceId};
use reading::{closing, membership};
use store::{Done, Freshness, NotDone};

use crate::reads::corrupt;
use crate::set_up::derive;
use crate::{Service, Who};

impl Service {
    /// Refused before anything happens where somebody is the last owner. Died in between, the same person asks again:
    /// the door shuts last.
    pub async fn close_own_account(&self, who: &Who, key: Key, password: &str) -> Result<Done, NotDone> {
        let account = self.account(who.account).await?;
        if !self.passwords().matches(password, account.password.as_deref()).await? {
            return Err(Refusal::invalid("password", "this is not the password").into());
        }
        let memberships = self.every_membership(who.account).await?;
        for (workspace, state) in &memberships {
            if *state == MembershipState::Active {
                self.may_go(By::new(*workspace, who.account)).await?;
            }
        }
        for (workspace, state) in memberships {
            // Whoever knows the password goes, also from where they would have to sign in again first.
            let by = By::new(workspace, who.account);
            let step = derive(key, &format!("leave/{workspace}"));
            match state {
                MembershipState::Active => match self.remove_member(by, step, who.account, true).await {
                    // The directory was behind, and they are gone already.
                    Err(NotDone::Refused(Refusal { code: Code::NotFound, .. })) => {}
                    gone => drop(gone?),
                },
                MembershipState::Left => {}
            }
            // Who left before is known by name until now.
            self.in_workspace(by, derive(step, "forget"), ForgetMember).await?;
        }
        self.close_account(who.account, derive(key, "close")).await
    }

    async fn may_go(&self, by: By) -> Result<(), NotDone> {
        let query = membership::query(by.workspace, by.account);
        let seen = self.look(by.workspace, Freshness::Newest, &[query]).await?;
        let rows = membership::Rows::of(by, &seen.value[0]).map_err(corrupt)?;
        let (Ok(member), Ok(itself)) = (rows.member(), rows.itself()) else { return Ok(()) };
        if member.role == Role::Owner && itself.owners <= 1 {
            let message = format!("{} keeps one owner; make somebody else an owner there first", itself.name);
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
