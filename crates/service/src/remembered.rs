//! Reads whose answers are remembered while the journal says that nothing touched them. Who may read is judged first, by a
//! look, and that look's moment is what is asked for; so what is remembered is no older than the judgement, and where it is
//! more than names, no newer.

mod text;

use std::sync::Arc;

use domain::{AccountId, ChannelId, Epoch, Member, Position, Stamp, WorkspaceId};
use futures_util::future::BoxFuture;
use live::Mark;
use live::cache::{Asked, Brought, Cached, Class, Name, Topic, Wanted};
use reading::people;
use store::{Freshness, NotDone};

pub(crate) use self::text::Remember;

use crate::Service;
use crate::reads::corrupt;

impl Service {
    /// With what was read lately; without it everything is read each time.
    #[must_use]
    pub fn remembering(self, cache: Cached) -> Self {
        Self { cache: Some(cache), ..self }
    }
    pub fn cache(&self) -> Option<&Cached> {
        self.cache.as_ref()
    }

    /// What these members show, each once, whatever became of them: no older than that moment.
    pub(crate) async fn named(
        &self,
        workspace: WorkspaceId,
        (epoch, position): (Epoch, Position),
        accounts: &[AccountId],
    ) -> Result<Vec<Member>, NotDone> {
        if accounts.is_empty() {
            return Ok(Vec::new());
        }
        let fresh = Freshness::AtLeast(epoch, position);
        let Some(cache) = &self.cache else {
            let seen = self.look(workspace, fresh, &people::named(workspace, accounts)).await?;
            return people::named_in(&seen.value).map_err(corrupt);
        };
        let wanted: Vec<_> = accounts.iter().map(|account| profile(workspace, *account)).collect();
        let asked = Asked::AtLeast(workspace, Mark { epoch, position });
        let texts = cache.read(&asked, &wanted, |which| self.read_named(workspace, fresh, accounts, which));
        let texts = texts.await?;
        let known: Option<Vec<Member>> = texts.iter().flatten().map(|text| Member::recall(text)).collect();
        if let Some(members) = known {
            return Ok(members);
        }
        // Another build wrote some of it otherwise.
        let (mark, texts) =
            self.read_named(workspace, fresh, accounts, (0..accounts.len()).collect()).await?;
        let read = |text: &Arc<str>| Member::recall(text).ok_or_else(forgotten);
        let members: Vec<Member> = texts.iter().flatten().map(read).collect::<Result<_, _>>()?;
        for (wanted, text) in wanted.iter().zip(texts) {
            text.map(|text| cache.keep(&wanted.name, mark, text));
        }
        Ok(members)
    }

    fn read_named<'a>(
        &'a self,
        workspace: WorkspaceId,
        fresh: Freshness,
        accounts: &'a [AccountId],
        which: Vec<usize>,
    ) -> BoxFuture<'a, Result<Brought, NotDone>> {
        Box::pin(async move {
            let some: Vec<AccountId> = which.into_iter().map(|index| accounts[index]).collect();
            let seen = self.look(workspace, fresh, &people::named(workspace, &some)).await?;
            let members = people::named_in(&seen.value).map_err(corrupt)?;
            let text = |account: &AccountId| {
                let member = members.iter().find(|member| member.account == *account)?;
                Some(Arc::from(member.remember()))
            };
            let mark = Mark { epoch: seen.epoch, position: seen.position };
            Ok((mark, some.iter().map(text).collect()))
        })
    }

    /// A page of an answer that is the same for everyone who may see it; they were judged at that moment. `read` judges again.
    pub(crate) async fn page_remembered<'a, T: Remember>(
        &self,
        cache: &Cached,
        page: Remembered,
        (epoch, position): (Epoch, Position),
        read: impl Fn() -> BoxFuture<'a, Result<(Mark, T), NotDone>>,
    ) -> Result<T, NotDone> {
        let hash = blake3::hash(page.arguments.as_bytes()).to_hex();
        let name = Name::of(page.workspace, page.class, &format!("{}:{}", page.endpoint, &hash[..32]));
        let wanted = [Wanted { name, topics: page.topics }];
        let asked = Asked::At(page.workspace, Mark { epoch, position });
        let texts = cache.read(&asked, &wanted, |_| {
            let read = read();
            Box::pin(async move {
                let (mark, value) = read.await?;
                Ok::<_, NotDone>((mark, vec![Some(Arc::from(value.remember()))]))
            })
        });
        let text = texts.await?.pop().flatten();
        if let Some(value) = text.and_then(|text| T::recall(&text)) {
            return Ok(value);
        }
        let (mark, value) = read().await?;
        cache.keep(&wanted[0].name, mark, Arc::from(value.remember()));
        Ok(value)
    }
}

/// Which page: an endpoint by its name, and what it was asked, of which the page's name holds a hash.
pub(crate) struct Remembered {
    pub workspace: WorkspaceId,
    pub class: Class,
    pub endpoint: String,
    pub arguments: String,
    pub topics: Vec<Topic>,
}

pub(crate) fn members_topics() -> Vec<Topic> {
    vec![Topic::Members]
}

/// Who sits there, and what they show.
pub(crate) fn seats_topics(channel: ChannelId) -> Vec<Topic> {
    vec![Topic::Seats(channel), Topic::Members]
}

fn profile(workspace: WorkspaceId, account: AccountId) -> Wanted {
    let name = Name::of(workspace, Class::Profiles, &account.to_string());
    Wanted { name, topics: vec![Topic::Member(account)] }
}

/// What only they themselves are shown is not kept for others.
pub(crate) fn as_shown(member: &Member) -> Member {
    Member { private: 0, signed_after_us: Stamp(0), ..member.clone() }
}

fn forgotten() -> NotDone {
    NotDone::Failed("what was remembered does not read back".to_owned())
}
