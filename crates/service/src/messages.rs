//! Pages of what was said, and single messages: judged and read on one snapshot, their people named after.

use std::collections::BTreeSet;

use domain::permission::Standing;
use domain::{AccountId, By, ChannelId, Member, Message, MessagePast, Position, Reaction, Refusal, Stamp};
use reading::messages::{self, Run, Shown};
use reading::reactions::{self, Which};
use reading::{people, standing};
use store::{Answer, Freshness, NotDone, Query, Seen};

use crate::reads::corrupt;
use crate::{Address, Service};

/// Which part of a run is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    Newest,
    /// Without this number.
    Before(u64),
    /// Without this number.
    After(u64),
    /// Half a page each side of it, with it.
    Around(u64),
    /// Around the first that was not read yet; all read: the newest.
    Unread,
    /// Around the first at that moment or after it; the last where there is none.
    At(Stamp),
    /// What changed since a position, in a run of numbers that somebody holds.
    Since {
        from: u64,
        to: u64,
        since: Position,
    },
}

/// A page: oldest first.
#[derive(Debug)]
pub struct Page {
    pub messages: Vec<Shown>,
    /// Of a thread.
    pub root: Option<Shown>,
    /// The last number of the run; 0: nothing was ever said.
    pub last: u64,
    pub target: Option<u64>,
    /// How far the asker had read it, where it was asked around that.
    pub read: Option<u64>,
}

impl Service {
    /// A page of the timeline or, with `thread`, of a thread.
    pub async fn page(
        &self,
        by: By,
        fresh: Freshness,
        (channel, thread): (ChannelId, u64),
        window: Window,
        limit: u32,
    ) -> Result<Seen<Page>, NotDone> {
        let run = Run { channel, thread };
        let mut queries = vec![standing::query(by, channel)];
        ask(run, by, window, limit, &mut queries);
        let windows = queries.len();
        if thread > 0 {
            queries.extend([Run { channel, thread: 0 }.one(thread), run.followed_to(by.account)]);
        }
        let Seen { epoch, position, mut value } = self.look(by.workspace, fresh, &queries).await?;
        let thread = value.split_off(windows);
        let rows = standing::Rows::of(by, channel, &value[0]).map_err(corrupt)?;
        let standing = rows.standing()?;
        let mut page = put_together(window, value.drain(1..), limit)?;
        if let Ok([root, followed]) = <[Answer; 2]>::try_from(thread) {
            let root = messages::shown_in(&root).map_err(corrupt)?.pop().filter(|root| root.reply.is_none());
            let root = root.ok_or_else(|| Refusal::not_found("message"))?;
            page.last = root.message.last_reply;
            page.read = messages::number_in(&followed).filter(|_| window == Window::Unread);
            page.root = Some(root);
        } else {
            page.last = standing.tip.last_number;
            page.read = standing.seat.filter(|_| window == Window::Unread).map(|seat| seat.read_number);
        }
        Ok(Seen { epoch, position, value: page })
    }

    /// One message, whatever became of it.
    pub async fn message(&self, by: By, fresh: Freshness, at: Address) -> Result<Seen<Shown>, NotDone> {
        let (seen, _) = self.at_message(by, fresh, at, Vec::new(), |_, _| Ok(())).await?;
        Ok(seen)
    }

    /// Earlier texts of a message, the latest first, for those allowed.
    pub async fn past(
        &self,
        by: By,
        fresh: Freshness,
        at: Address,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Seen<Vec<MessagePast>>, NotDone> {
        let past = Run { channel: at.channel, thread: at.thread }.past(
            at.number,
            before.unwrap_or(i64::MAX as u64),
            limit,
        );
        let allowed = |standing: &Standing<'_>, message: &Message| standing.may_read_past(message);
        let (seen, answers) = self.at_message(by, fresh, at, vec![past], allowed).await?;
        let value = messages::past_in(&answers[0]).map_err(corrupt)?;
        Ok(Seen { epoch: seen.epoch, position: seen.position, value })
    }

    /// Who reacted to a message; with one emoji, or at all.
    pub async fn reactions(
        &self,
        by: By,
        fresh: Freshness,
        at: Address,
        emoji: Option<&str>,
        after: Option<(String, AccountId)>,
        limit: u32,
    ) -> Result<Seen<Vec<Reaction>>, NotDone> {
        let key = (at.channel, at.thread, at.number);
        let query = match emoji {
            Some(emoji) => reactions::with(key, emoji, after.map(|(_, account)| account), limit),
            None => reactions::all(key, after.as_ref(), limit),
        };
        let (seen, answers) = self.at_message(by, fresh, at, vec![query], |_, _| Ok(())).await?;
        let value = reactions::reactions_in(&answers[0]).map_err(corrupt)?;
        Ok(Seen { epoch: seen.epoch, position: seen.position, value })
    }

    /// The people an answer names, and which of these reactions the asker made: no older than the answer itself.
    pub async fn people_and_own(
        &self,
        by: By,
        seen: &Seen<impl Sized>,
        channel: ChannelId,
        accounts: &BTreeSet<AccountId>,
        asked: &[Which],
    ) -> Result<(Vec<Member>, BTreeSet<Which>), NotDone> {
        let accounts: Vec<_> = accounts.iter().copied().collect();
        let fresh = Freshness::AtLeast(seen.epoch, seen.position);
        let own = reactions::own(channel, by.account, asked);
        if self.cache().is_some() {
            let members = self.named(by.workspace, (seen.epoch, seen.position), &accounts);
            let own = async {
                if own.is_empty() {
                    return Ok(BTreeSet::new());
                }
                let answers = self.look(by.workspace, fresh, &own).await?.value;
                reactions::own_in(&answers).map_err(corrupt)
            };
            return tokio::try_join!(members, own);
        }
        let mut queries = people::named(by.workspace, &accounts);
        let members = queries.len();
        queries.extend(own);
        if queries.is_empty() {
            return Ok((Vec::new(), BTreeSet::new()));
        }
        let answers = self.look(by.workspace, fresh, &queries).await?.value;
        let (members, own) = answers.split_at(members);
        Ok((people::named_in(members).map_err(corrupt)?, reactions::own_in(own).map_err(corrupt)?))
    }

    /// A message, and what else is asked about it, for who may see it and passes `allowed`.
    async fn at_message(
        &self,
        by: By,
        fresh: Freshness,
        at: Address,
        besides: Vec<Query>,
        allowed: impl FnOnce(&Standing<'_>, &Message) -> Result<(), Refusal>,
    ) -> Result<(Seen<Shown>, Vec<Answer>), NotDone> {
        let Address { channel, thread, number } = at;
        let mut queries = vec![standing::query(by, channel), Run { channel, thread }.one(number)];
        queries.extend(besides);
        let Seen { epoch, position, mut value } = self.look(by.workspace, fresh, &queries).await?;
        let answers = value.split_off(2);
        let rows = standing::Rows::of(by, channel, &value[0]).map_err(corrupt)?;
        let standing = rows.standing()?;
        let found = messages::shown_in(&value[1]).map_err(corrupt)?.pop();
        let found = found.ok_or_else(|| Refusal::not_found("message"))?;
        allowed(&standing, &found.message)?;
        Ok((Seen { epoch, position, value: found }, answers))
    }
}

/// The statements of a window: what comes before it, newest first, and what comes after.
fn ask(run: Run, by: By, window: Window, limit: u32, queries: &mut Vec<Query>) {
    let (earlier, later) = (limit / 2, limit - limit / 2);
    match window {
        Window::Newest => queries.push(run.before(i64::MAX as u64, limit)),
        Window::Before(number) => queries.push(run.before(number, limit)),
        Window::After(number) => queries.push(run.after(number, limit)),
        Window::Around(number) => {
            queries.extend([run.before(number, earlier), run.after(number.saturating_sub(1), later)]);
        }
        // Little or nothing unread leaves room for more of what was read.
        Window::Unread => queries.extend([run.read(by, limit), run.unread(by, later)]),
        Window::At(moment) => queries.extend([run.earlier(moment, earlier.max(1)), run.later(moment, later)]),
        Window::Since { from, to, since } => queries.push(run.since(from, to, since)),
    }
}

fn put_together(
    window: Window,
    mut answers: impl Iterator<Item = Answer>,
    limit: u32,
) -> Result<Page, NotDone> {
    let page = |messages, target| Page { messages, root: None, last: 0, target, read: None };
    let mut rows =
        || answers.next().map_or(Ok(Vec::new()), |answer| messages::shown_in(&answer)).map_err(corrupt);
    let mut before = rows()?;
    if matches!(window, Window::After(_) | Window::Since { .. }) {
        return Ok(page(before, None));
    }
    let after = rows()?;
    before.truncate((limit as usize).saturating_sub(after.len()));
    before.reverse();
    let number = |shown: Option<&Shown>| shown.map(|shown| shown.message.number);
    let first_after = number(after.first());
    let target = match window {
        Window::Around(asked) => first_after.filter(|number| *number == asked),
        Window::Unread => first_after,
        Window::At(_) => first_after.or_else(|| number(before.last())),
        _ => None,
    };
    before.extend(after);
    Ok(page(before, target))
}
