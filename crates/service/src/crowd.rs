//! A crowd for a load test: people with a session and seats, made without a password, and gone again with all they had.
//!
//! Everything here is what people do themselves, done for them in the usual commands; only nobody chose a password, and
//! nobody can sign in as one of them.

use std::sync::atomic::{AtomicUsize, Ordering};

use domain::limits::CHANNEL_MEMBERS_MAX;
use domain::text::Name;
use domain::verbs::{CreateAccount, ForgetMember};
use domain::{AccountId, By, ChannelId, Code, Key, Refusal, Role, WorkspaceId};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use store::{Done, NotDone};

use crate::secret::Secret;
use crate::set_up::derive;
use crate::{Device, InvitationCode, NewChannel, NewInvite, NewWorkspace, Service};

/// Where their addresses end: a name that can never be anybody's.
const NOBODYS: &str = "@load.invalid";
const SLUG: &str = "load-";
/// Of them at once; one workspace takes them in one after another anyhow.
const AT_ONCE: usize = 64;
/// Of each step, where the store has no room.
const TRIES: usize = 100;
/// Everyone sits in `general`.
pub const PEOPLE_MAX: u32 = CHANNEL_MEMBERS_MAX as u32;
pub const CHANNELS_MAX: u32 = 50_000;
pub const SEATS_MAX: u32 = 1_000;
const INVITED_SECONDS: i64 = 24 * 3600;

/// What is wanted.
#[derive(Debug, Clone)]
pub struct CrowdAsked {
    pub people: u32,
    /// Beside `general`, where everyone sits.
    pub channels: u32,
    /// For each of them, the channels of whoever comes as the n-th, `general` not among them; by place.
    pub seats: Vec<Vec<u32>>,
    /// Whether each two neighbours have a direct of their own.
    pub directs: bool,
}

impl CrowdAsked {
    /// Before anything is made for them.
    pub fn check_sizes(people: u32, channels: u32, seats: u32) -> Result<(), Refusal> {
        let over = |name, most: u32| Refusal::invalid(name, format!("1 to {most}"));
        if !(1..=PEOPLE_MAX).contains(&people) {
            return Err(over("people", PEOPLE_MAX));
        }
        if channels > CHANNELS_MAX {
            return Err(over("channels", CHANNELS_MAX));
        }
        if seats > SEATS_MAX {
            return Err(over("seats", SEATS_MAX));
        }
        Ok(())
    }

    fn check(&self) -> Result<(), Refusal> {
        let seats = self.seats.iter().map(Vec::len).max().unwrap_or_default();
        Self::check_sizes(self.people, self.channels, u32::try_from(seats).unwrap_or(u32::MAX))
    }
}

/// One of them.
#[derive(Debug, Clone)]
pub struct Extra {
    pub account: AccountId,
    pub secret: Secret,
}

#[derive(Debug, Clone)]
pub struct Crowd {
    pub workspace: WorkspaceId,
    pub slug: String,
    pub general: ChannelId,
    pub channels: Vec<ChannelId>,
    /// Of the first two, of the next two, and so on.
    pub directs: Vec<ChannelId>,
    pub people: Vec<Extra>,
}

impl Service {
    /// `told` hears how many are there. Where one of them could not be made, nobody is left behind.
    pub async fn gather_crowd(
        &self,
        asked: CrowdAsked,
        told: impl Fn(usize) + Send + Sync,
    ) -> Result<Crowd, NotDone> {
        asked.check()?;
        let key = self.new_key();
        let gathered = self.gathered(key, asked, told).await;
        if gathered.is_err() {
            let slug = slug_of(key);
            match self.dismiss_crowd(&slug, |_| ()).await {
                // Not even their workspace was made.
                Ok(_) | Err(NotDone::Refused(_)) => {}
                Err(error) => {
                    tracing::warn!(%error, slug, "people of a load that failed are still there: rookery load remove --slug {slug}");
                }
            }
        }
        gathered
    }

    async fn gathered(
        &self,
        key: Key,
        asked: CrowdAsked,
        told: impl Fn(usize) + Send + Sync,
    ) -> Result<Crowd, NotDone> {
        if !self.is_set_up().await? {
            let message = "nobody has set this installation up yet; do that first";
            return Err(Refusal::new(Code::Conflict, message).into());
        }
        let owner = self.extra(key, "owner").await?;
        let slug = slug_of(key);
        let new = NewWorkspace {
            name: format!("Load {}", &slug[SLUG.len()..]),
            slug: Some(slug.clone()),
            owner: owner.account,
            owner_name: "Load".to_owned(),
        };
        let (making, _) = self.create_workspace(derive(key, "place"), new).await?;
        let by = By::new(making.workspace, owner.account);
        let general =
            making.channels.first().map(|(id, _)| *id).ok_or_else(|| Refusal::not_found("channel"))?;
        let channels = self.crowd_channels(by, asked.channels).await?;
        // Who only opened the door takes nobody's seat: the last to come would sit nowhere, and hear nothing.
        self.remove_from_channel(by, derive(key, "apart"), general, owner.account).await?;
        let invite = NewInvite {
            role: Role::Member,
            uses: None,
            expires_s: Some(INVITED_SECONDS),
            channels: Vec::new(),
        };
        let (code, _) = self.invite(by, derive(key, "invite"), invite).await?;
        let count = AtomicUsize::new(0);
        let come = |place: usize| -> Step<'_, Extra> {
            let seats = asked.seats.get(place).map_or(&[][..], Vec::as_slice);
            let seats = seats.iter().filter_map(|at| channels.get(*at as usize)).copied().collect();
            let (code, count, told) = (&code, &count, &told);
            Box::pin(async move {
                let extra = self.extra(key, &person(place)).await?;
                self.seat_extra(&extra, place, code, seats).await?;
                told(count.fetch_add(1, Ordering::Relaxed) + 1);
                Ok(extra)
            })
        };
        let people = many((0..asked.people as usize).map(come).collect()).await?;
        let directs =
            if asked.directs { self.crowd_directs(making.workspace, &people).await? } else { Vec::new() };
        Ok(Crowd { workspace: making.workspace, slug, general, channels, directs, people })
    }

    async fn crowd_channels(&self, by: By, count: u32) -> Result<Vec<ChannelId>, NotDone> {
        let made = |number: u32| -> Step<'_, ChannelId> {
            Box::pin(async move {
                let new = NewChannel { name: format!("load {number}"), ..NewChannel::default() };
                let key = self.new_key();
                id_of(&patiently(|| self.create_channel(by, key, new.clone())).await?)
            })
        };
        many((0..count).map(made).collect()).await
    }

    async fn crowd_directs(
        &self,
        workspace: WorkspaceId,
        people: &[Extra],
    ) -> Result<Vec<ChannelId>, NotDone> {
        let made = |two: &[Extra]| -> Step<'_, ChannelId> {
            let (by, other) = (By::new(workspace, two[0].account), two[1].account);
            let key = self.new_key();
            Box::pin(async move { id_of(&patiently(|| self.create_direct(by, key, vec![other])).await?) })
        };
        many(people.chunks_exact(2).map(made).collect()).await
    }

    async fn extra(&self, key: Key, who: &str) -> Result<Extra, NotDone> {
        let own = derive(key, who);
        let account = AccountId::new(own);
        let name = Name::new(&format!("Load {who}"))?;
        let email = format!("{}{NOBODYS}", own.to_string().to_lowercase());
        let new = || CreateAccount {
            id: account,
            name: name.clone(),
            email_key: Some(email.clone()),
            password: None,
            owner: None,
        };
        patiently(|| self.create_account(derive(own, "account"), new())).await?;
        let session = patiently(|| self.begin_session(account, false, None, Device::default())).await?;
        Ok(Extra { account, secret: session.secret })
    }

    async fn seat_extra(
        &self,
        extra: &Extra,
        place: usize,
        code: &InvitationCode,
        channels: Vec<ChannelId>,
    ) -> Result<(), NotDone> {
        let by = By::new(code.workspace(), extra.account);
        let (key, name) = (self.new_key(), format!("Load {place}"));
        patiently(|| self.accept_invitation(by, key, code.hash(), &name)).await?;
        for channel in channels {
            let key = self.new_key();
            patiently(|| self.join(by, key, channel)).await?;
        }
        Ok(())
    }

    /// Everyone of it leaves, their accounts are closed, and the workspace is archived, with what was said there. Anybody
    /// else's workspace is refused. Gives how many went; begun again where it broke off, it goes on with the rest.
    pub async fn dismiss_crowd(
        &self,
        slug: &str,
        told: impl Fn(usize) + Send + Sync,
    ) -> Result<usize, NotDone> {
        let none = || NotDone::from(Refusal::not_found("workspace"));
        if !slug.starts_with(SLUG) {
            let message = "this workspace was not made for a load; only those are taken away by this";
            return Err(Refusal::new(Code::NotAllowed, message).into());
        }
        let workspace = self.workspace_named(slug).await?.ok_or_else(none)?;
        let key = slug[SLUG.len()..].to_uppercase().parse::<Key>().map_err(|_| none())?;
        let owner = self.crowd_owner(key).await?.ok_or_else(none)?;
        let by = By::new(workspace, owner);
        let people = self.extras(key).await?;
        let count = AtomicUsize::new(0);
        let go = |account: AccountId| -> Step<'_, ()> {
            let (count, told) = (&count, &told);
            Box::pin(async move {
                let (own, key) = (By::new(workspace, account), self.new_key());
                // Who never came in, or went before, is no member any more.
                gone(patiently(|| self.remove_member(own, key, account, true)).await)?;
                gone(patiently(|| self.in_workspace(own, derive(key, "forget"), ForgetMember)).await)?;
                patiently(|| self.close_account(account, derive(key, "close"))).await?;
                told(count.fetch_add(1, Ordering::Relaxed) + 1);
                Ok(())
            })
        };
        many(people.into_iter().map(go).collect()).await?;
        self.archive_workspace(by, self.new_key(), true).await?;
        // The last owner cannot leave; nothing opens the door to them.
        self.end_sessions_of(&self.account(owner).await?).await?;
        Ok(count.into_inner())
    }

    async fn crowd_owner(&self, key: Key) -> Result<Option<AccountId>, NotDone> {
        let email = format!("{}{NOBODYS}", derive(key, "owner").to_string().to_lowercase());
        Ok(self.account_by_email(&email).await?.map(|owner| owner.id))
    }

    /// Those whose accounts are not closed, whether they ever came in or not. They were made in their order, so many at
    /// once: where a whole row of those was not, nobody behind it was.
    async fn extras(&self, key: Key) -> Result<Vec<AccountId>, NotDone> {
        let made = |place: usize| -> Step<'_, Option<Option<AccountId>>> {
            Box::pin(async move {
                match self.account(AccountId::new(derive(key, &person(place)))).await {
                    Ok(account) => Ok(Some(account.email_key.map(|_| account.id))),
                    Err(NotDone::Refused(_)) => Ok(None),
                    Err(error) => Err(error),
                }
            })
        };
        let mut all = Vec::new();
        for first in (0..PEOPLE_MAX as usize).step_by(AT_ONCE) {
            let row = many((first..first + AT_ONCE).map(made).collect()).await?;
            if row.iter().all(Option::is_none) {
                break;
            }
            all.extend(row.into_iter().flatten().flatten());
        }
        Ok(all)
    }
}

fn slug_of(key: Key) -> String {
    format!("{SLUG}{}", key.to_string().to_lowercase())
}

fn person(place: usize) -> String {
    format!("person {place}")
}

/// What is refused of somebody who is not there was done before.
fn gone(done: Result<Done, NotDone>) -> Result<(), NotDone> {
    match done {
        Ok(_) | Err(NotDone::Refused(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// What is done for one of them.
type Step<'a, T> = BoxFuture<'a, Result<T, NotDone>>;

/// A crowd can wait until the store has room for it; the same key makes it one command.
async fn patiently<T, Asked: Future<Output = Result<T, NotDone>>>(
    mut ask: impl FnMut() -> Asked,
) -> Result<T, NotDone> {
    for _ in 0..TRIES {
        match ask().await {
            Err(NotDone::Saturated { retry_after }) => tokio::time::sleep(retry_after).await,
            done => return done,
        }
    }
    ask().await
}

/// So many at once, answers in the order of the asking.
async fn many<T>(steps: Vec<Step<'_, T>>) -> Result<Vec<T>, NotDone> {
    stream::iter(steps).buffered(AT_ONCE).try_collect().await
}

fn id_of(done: &Done) -> Result<ChannelId, NotDone> {
    let reply = done.reply.read::<serde_json::Value>();
    let id = reply.as_ref().and_then(|reply| reply["id"].as_str()?.parse().ok());
    id.ok_or_else(|| NotDone::Failed("a receipt does not read back".into()))
}
