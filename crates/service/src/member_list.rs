//! Who is in a workspace, as who asks may know them: a guest knows whom they share a seat with.

use std::collections::{BTreeMap, BTreeSet};

use domain::limits::{GUEST_SEATS_MAX, MEMBERS_SCANNED_MAX, PAGE_MAX};
use domain::text::folded;
use domain::{AccountId, By, ChannelId, Epoch, Member, Position, Refusal, Role};
use futures_util::future::BoxFuture;
use live::Mark;
use live::cache::{Cached, Class};
use reading::members::{self, Names};
use reading::{entry, people, standing};
use serde::{Deserialize, Serialize};
use store::{Freshness, NotDone, Query, Seen};

use crate::Service;
use crate::reads::corrupt;
use crate::remembered::{Remembered, members_topics};

/// What is asked of the members of a workspace.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Of a name, in whatever case.
    pub prefix: Option<String>,
    pub role: Option<Role>,
    /// These alone, also those who left; at most 200.
    pub ids: Option<Vec<AccountId>>,
    /// Who sits there.
    pub channel: Option<ChannelId>,
}

/// Where a list goes on: by name, or by account where it goes by seats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum After {
    Name(String, AccountId),
    Account(AccountId),
}

#[derive(Debug, Clone, Default)]
pub struct Members {
    pub items: Vec<Member>,
    pub next: Option<After>,
}

/// How somebody's list is found.
enum Way {
    Ids(Vec<AccountId>),
    /// By account.
    Seats(Vec<ChannelId>),
    /// By name; whom to leave out is judged row by row.
    Names,
}

impl Service {
    /// A page may hold fewer than asked for and still not be the last.
    pub async fn members(
        &self,
        by: By,
        fresh: Freshness,
        asked: Asked,
        after: Option<After>,
        limit: u32,
    ) -> Result<Seen<Members>, NotDone> {
        let mut queries = vec![entry::query(by), members::seats(by, GUEST_SEATS_MAX)];
        queries.extend(asked.channel.map(|channel| standing::query(by, channel)));
        let seen = self.look(by.workspace, fresh, &queries).await?;
        let asker = entry::Entry::of(by, &seen.value[0]).map_err(corrupt)?.member()?.clone();
        if let Some(channel) = asked.channel {
            standing::Rows::of(by, channel, &seen.value[2]).map_err(corrupt)?.standing()?;
        }
        let guest = asker.role == Role::Guest;
        let way = match (&asked.ids, asked.channel, &asked.prefix) {
            (Some(ids), ..) => Way::Ids(ids.clone()),
            (None, Some(channel), None) => Way::Seats(vec![channel]),
            (None, None, None) if guest => Way::Seats(members::seats_in(&seen.value[1]).map_err(corrupt)?),
            _ => Way::Names,
        };
        let level = Freshness::AtLeast(seen.epoch, seen.position);
        match way {
            Way::Ids(ids) => self.these(by, level, &asker, &ids).await,
            Way::Seats(channels) => {
                let last = match after {
                    None => None,
                    Some(After::Account(last)) => Some(last),
                    Some(After::Name(..)) => return Err(elsewhere().into()),
                };
                self.seated(by, level, &asker, channels, last, (asked.role, limit)).await
            }
            Way::Names => {
                let last = match after {
                    None => None,
                    Some(After::Name(name, account)) => Some((name, account)),
                    Some(After::Account(_)) => return Err(elsewhere().into()),
                };
                match &self.cache {
                    // The same for everyone but guests.
                    Some(cache) if !guest && asked.channel.is_none() => {
                        let moment = (seen.epoch, seen.position);
                        self.directory_remembered(cache, by, moment, (&asker, &asked, last, limit)).await
                    }
                    _ => self.by_name(by, level, &asker, &asked, last, limit).await,
                }
            }
        }
    }

    /// One of them, whatever became of them; to a guest, whom they share a seat with.
    pub async fn member(
        &self,
        by: By,
        fresh: Freshness,
        account: AccountId,
    ) -> Result<Seen<Member>, NotDone> {
        let asked = Asked { ids: Some(vec![account]), ..Asked::default() };
        let Seen { epoch, position, mut value } = self.members(by, fresh, asked, None, 1).await?;
        let member = value.items.pop().ok_or_else(|| Refusal::not_found("member"))?;
        Ok(Seen { epoch, position, value: member })
    }

    async fn these(
        &self,
        by: By,
        fresh: Freshness,
        asker: &Member,
        ids: &[AccountId],
    ) -> Result<Seen<Members>, NotDone> {
        let ids: BTreeSet<AccountId> = ids.iter().copied().collect();
        if ids.len() > PAGE_MAX as usize {
            return Err(Refusal::invalid("ids", format!("at most {PAGE_MAX} at once")).into());
        }
        let ids: Vec<AccountId> = ids.into_iter().collect();
        let mut queries = people::named(by.workspace, &ids);
        let named = queries.len();
        if asker.role == Role::Guest {
            queries.extend(members::shares(by, &ids));
        }
        let Seen { epoch, position, value } = self.look_inside(by, fresh, queries).await?;
        let mut items = people::named_in(&value[..named]).map_err(corrupt)?;
        if asker.role == Role::Guest {
            let shared = members::shares_in(&value[named..]).map_err(corrupt)?;
            items.retain(|member| member.account == by.account || shared.contains(&member.account));
        }
        items.sort_by_key(|member| member.account);
        Ok(Seen { epoch, position, value: Members { items, next: None } })
    }

    async fn seated(
        &self,
        by: By,
        fresh: Freshness,
        asker: &Member,
        channels: Vec<ChannelId>,
        last: Option<AccountId>,
        (role, limit): (Option<Role>, u32),
    ) -> Result<Seen<Members>, NotDone> {
        let most = if role.is_some() { PAGE_MAX } else { limit };
        let guest = asker.role == Role::Guest;
        let page = |channel: ChannelId| match guest {
            true => members::seated_beside(by, channel, last, most + 1),
            false => members::seated(channel, last, most + 1),
        };
        let alone = channels.is_empty();
        let queries: Vec<Query> = channels.into_iter().map(page).collect();
        let Seen { epoch, position, value } = self.look_inside(by, fresh, queries).await?;
        let mut found = BTreeMap::new();
        if alone && last.is_none_or(|last| last < asker.account) {
            found.insert(asker.account, asker.clone());
        }
        for answer in &value {
            let some = members::members_in(answer).map_err(corrupt)?;
            found.extend(some.into_iter().map(|member| (member.account, member)));
        }
        let more = found.len() > most as usize;
        let scanned = found.into_values().take(most as usize).map(|member| (true, member));
        let next = |member: &Member| After::Account(member.account);
        Ok(Seen { epoch, position, value: page_of(scanned, more, role, limit, next) })
    }

    async fn directory_remembered(
        &self,
        cache: &Cached,
        by: By,
        moment: (Epoch, Position),
        (asker, asked, last, limit): (&Member, &Asked, Option<(String, AccountId)>, u32),
    ) -> Result<Seen<Members>, NotDone> {
        let page = Remembered {
            workspace: by.workspace,
            class: Class::Endpoints,
            endpoint: "members".to_owned(),
            arguments: format!("{:?} {:?} {last:?} {limit}", asked.prefix, asked.role),
            topics: members_topics(),
        };
        let (epoch, position) = moment;
        let read = move || -> BoxFuture<'_, Result<(Mark, Members), NotDone>> {
            let last = last.clone();
            Box::pin(async move {
                let fresh = Freshness::AtLeast(epoch, position);
                let Seen { epoch, position, value } =
                    self.by_name(by, fresh, asker, asked, last, limit).await?;
                Ok((Mark { epoch, position }, value))
            })
        };
        let value = self.page_remembered(cache, page, moment, read).await?;
        Ok(Seen { epoch, position, value })
    }

    async fn by_name(
        &self,
        by: By,
        fresh: Freshness,
        asker: &Member,
        asked: &Asked,
        after: Option<(String, AccountId)>,
        limit: u32,
    ) -> Result<Seen<Members>, NotDone> {
        let guest = asker.role == Role::Guest;
        let judged = guest || asked.channel.is_some() || asked.role.is_some();
        let most = if judged { MEMBERS_SCANNED_MAX.max(limit) } else { limit };
        let prefix = asked.prefix.as_deref().map(folded).unwrap_or_default();
        let names = Names { prefix, after, limit: most + 1 };
        let query = match asked.channel {
            Some(channel) => members::by_name_in(by, channel, &names),
            None if guest => members::by_name_shared(by, &names),
            None => members::by_name(by, &names),
        };
        let flagged = asked.channel.is_some() || guest;
        let Seen { epoch, position, value } = self.look_inside(by, fresh, vec![query]).await?;
        let mut scanned = match flagged {
            true => members::judged_in(&value[0]).map_err(corrupt)?,
            false => members::members_in(&value[0])
                .map_err(corrupt)?
                .into_iter()
                .map(|member| (true, member))
                .collect(),
        };
        let more = scanned.len() > most as usize;
        scanned.truncate(most as usize);
        let next = |member: &Member| After::Name(member.name_key.clone(), member.account);
        Ok(Seen { epoch, position, value: page_of(scanned.into_iter(), more, asked.role, limit, next) })
    }

    /// Who asks is judged once more in the snapshot the answer is of.
    async fn look_inside(
        &self,
        by: By,
        fresh: Freshness,
        mut queries: Vec<Query>,
    ) -> Result<Seen<Vec<store::Answer>>, NotDone> {
        queries.push(entry::query(by));
        let mut seen = self.look(by.workspace, fresh, &queries).await?;
        let asker = seen.value.pop().unwrap_or_default();
        entry::Entry::of(by, &asker).map_err(corrupt)?.member()?;
        Ok(seen)
    }
}

/// As many of the rows looked at as the page holds; the next one begins after the last row looked at.
fn page_of(
    scanned: impl Iterator<Item = (bool, Member)>,
    more: bool,
    role: Option<Role>,
    limit: u32,
    next: impl Fn(&Member) -> After,
) -> Members {
    let (mut page, mut last, mut full) = (Members::default(), None, false);
    for (shown, member) in scanned {
        if page.items.len() >= limit as usize {
            full = true;
            break;
        }
        last = Some(next(&member));
        if shown && role.is_none_or(|role| role == member.role) {
            page.items.push(member);
        }
    }
    page.next = last.filter(|_| more || full);
    page
}

fn elsewhere() -> Refusal {
    Refusal::invalid("cursor", "take the cursor as the page before gave it")
}
