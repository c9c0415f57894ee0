//! Programs among the members: made with their token, looked after by who made them and by admins.

use domain::rights::{Right, may_manage};
use domain::text::Name;
use domain::verbs::{AddBot, BeginCredential, CreateAccount, EndCredentials};
use domain::{
    Account, AccountId, AccountState, By, Credential, CredentialKind, Key, Member, MembershipState, Refusal,
    Role, SelfState, WorkspaceId,
};
use reading::{accounts, directory, membership, people};
use store::{Done, Freshness, NotDone, Seen};

use crate::accounts::of;
use crate::reads::corrupt;
use crate::scopes::Scopes;
use crate::secret::Secret;
use crate::set_up::derive;
use crate::{After, Asked, Service};

/// A bot as its keepers see it.
#[derive(Debug, Clone)]
pub struct Bot {
    pub member: Member,
    pub owner: Option<AccountId>,
    /// Of its token; none where it has lost it.
    pub scopes: Option<Scopes>,
}

#[derive(Debug, Clone)]
pub struct Bots {
    pub items: Vec<Bot>,
    pub next: Option<After>,
}

impl Service {
    /// For who may make bots.
    pub async fn bots(
        &self,
        by: By,
        fresh: Freshness,
        after: Option<After>,
        limit: u32,
    ) -> Result<Seen<Bots>, NotDone> {
        self.required_to_make_bots(by).await?;
        let asked = Asked { role: Some(Role::Bot), ..Asked::default() };
        let Seen { epoch, position, value } = self.members(by, fresh, asked, after, limit).await?;
        let ids: Vec<AccountId> = value.items.iter().map(|member| member.account).collect();
        let known = self.bot_accounts(&ids).await?;
        let items = value.items.into_iter().zip(known);
        let items = items.map(|(member, (account, tokens))| Bot {
            member,
            owner: account.and_then(|account| account.owner),
            scopes: tokens.last().map(|token| Scopes::kept(&token.scopes)),
        });
        Ok(Seen { epoch, position, value: Bots { items: items.collect(), next: value.next } })
    }

    /// The account, then the member, then the token: whoever asks again under the key finishes it and is told the same.
    pub async fn make_bot(
        &self,
        by: By,
        key: Key,
        name: &str,
        scopes: Scopes,
    ) -> Result<(AccountId, Secret, Done), NotDone> {
        // Keys are each maker's own: another's, the same by chance or by intent, makes another bot.
        let bot = AccountId::new(derive(key, &format!("bot/{}/{}", by.workspace, by.account)));
        let (name, own) = (Name::new(name)?, of(bot));
        // Before the directory remembers anything; the shard judges it again.
        self.required_to_make_bots(by).await?;
        let account = CreateAccount {
            id: bot,
            name: name.clone(),
            email_key: None,
            password: None,
            owner: Some(by.account),
        };
        self.in_workspace(own, derive(key, "account"), account).await?;
        let command = AddBot { account: bot, name };
        let done = self.decide_membership(by, key, bot, MembershipState::Active, command).await?;
        let secret = self.bot_token(by, key, bot, scopes).await?;
        Ok((bot, secret, done))
    }

    /// Another token; the one before ends once this one is good.
    pub async fn renew_bot(
        &self,
        by: By,
        key: Key,
        bot: AccountId,
        scopes: Option<Scopes>,
    ) -> Result<(Secret, Done), NotDone> {
        self.keeper_of(by, bot, false).await?;
        let before = self.bot_accounts(&[bot]).await?.pop();
        let kept = before.and_then(|(_, tokens)| tokens.last().map(|token| Scopes::kept(&token.scopes)));
        let scopes = scopes.or(kept);
        let secret = self.bot_token(by, key, bot, scopes.ok_or_else(scopeless)?).await?;
        let stays = Some(derive(token_key(key, bot), "id"));
        let ends = EndCredentials { account: bot, stays, tokens: true };
        let done = self.in_workspace(of(bot), derive(key, "end"), ends).await?;
        Ok((secret, done))
    }

    pub async fn rename_bot(&self, by: By, key: Key, bot: AccountId, name: &str) -> Result<Done, NotDone> {
        let as_whom = self.keeper_of(by, bot, false).await?;
        let change = domain::verbs::ChangeProfile::new(bot, Some(name), None, None)?;
        self.in_workspace(as_whom, key, change).await
    }

    /// What it said stays; its token ends with its membership.
    pub async fn remove_bot(&self, by: By, key: Key, bot: AccountId) -> Result<Done, NotDone> {
        let as_whom = self.keeper_of(by, bot, true).await?;
        self.remove_member(as_whom, key, bot, false).await
    }

    async fn bot_token(&self, by: By, key: Key, bot: AccountId, scopes: Scopes) -> Result<Secret, NotDone> {
        let key = token_key(key, bot);
        let secret = self.secret_under(key, by.account);
        let token = BeginCredential {
            hash: secret.hash().to_vec(),
            id: derive(key, "id"),
            account: bot,
            kind: CredentialKind::Token,
            workspace: Some(by.workspace),
            scopes: scopes.text(),
            label: String::new(),
            agent: String::new(),
            address: String::new(),
            expires_us: None,
        };
        self.in_workspace(of(bot), key, token).await?;
        Ok(secret)
    }

    async fn required_to_make_bots(&self, by: By) -> Result<(), NotDone> {
        let query = membership::query(by.workspace, by.account);
        let seen = self.look(by.workspace, Freshness::Newest, &[query]).await?;
        let rows = membership::Rows::of(by, &seen.value[0]).map_err(corrupt)?;
        Ok(Right::MakeBots.required(rows.member()?, &rows.itself()?.settings.0)?)
    }

    /// As whom a keeper acts on a bot: an admin as themselves, who made it as the bot. One that is gone answers only
    /// what was asked under the same key before.
    async fn keeper_of(&self, by: By, bot: AccountId, gone_too: bool) -> Result<By, NotDone> {
        let mut queries = vec![membership::query(by.workspace, by.account)];
        queries.extend(people::named(by.workspace, &[bot]));
        let seen = self.look(by.workspace, Freshness::Newest, &queries).await?;
        let rows = membership::Rows::of(by, &seen.value[0]).map_err(corrupt)?;
        let (actor, itself) = (rows.member()?, rows.itself()?);
        let target = people::named_in(&seen.value[1..]).map_err(corrupt)?.pop();
        let target = target.filter(|member| member.role == Role::Bot && (member.is_active() || gone_too));
        let target = target.ok_or_else(|| Refusal::not_found("bot"))?;
        if itself.state == SelfState::Archived && !gone_too {
            return Err(
                Refusal::not_allowed("archived", "the workspace is archived; restore it first").into()
            );
        }
        if may_manage(actor, &target).is_ok() {
            return Ok(by);
        }
        let known = self.bot_accounts(&[bot]).await?.pop().and_then(|(account, _)| account);
        let made = known.is_some_and(|account| {
            account.owner == Some(by.account) && account.state == AccountState::Active
        });
        match made && actor.role != Role::Guest {
            true => Ok(By::new(by.workspace, bot)),
            false => Ok(may_manage(actor, &target).map(|()| by)?),
        }
    }

    /// Each with its live tokens, the oldest first.
    async fn bot_accounts(
        &self,
        bots: &[AccountId],
    ) -> Result<Vec<(Option<Account>, Vec<Credential>)>, NotDone> {
        let queries: Vec<_> =
            bots.iter().flat_map(|bot| [directory::account(*bot), accounts::credentials(*bot)]).collect();
        if queries.is_empty() {
            return Ok(Vec::new());
        }
        let seen = self.look(WorkspaceId::INSTALLATION, Freshness::Newest, &queries).await?;
        let now = self.clock.now();
        let known = seen.value.chunks(2).map(|both| {
            let mut tokens = accounts::credentials_in(&both[1])?;
            tokens.retain(|token| token.kind == CredentialKind::Token.word() && token.is_live_at(now));
            tokens.sort_unstable_by_key(|token| token.created_us);
            Ok((directory::account_in(&both[0])?, tokens))
        });
        known.collect::<Result<_, _>>().map_err(corrupt)
    }
}

/// A secret opens one bot, whatever else was asked under the same key.
fn token_key(key: Key, bot: AccountId) -> Key {
    derive(key, &format!("token/{bot}"))
}

fn scopeless() -> Refusal {
    Refusal::invalid("scopes", "this bot has no token any more: say what the new one may")
}
