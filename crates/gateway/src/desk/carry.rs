//! The asks of one socket, in order. Commands that need nothing before them go to the store together: it keeps their
//! order, and one commit takes them all.

use std::time::Duration;

use futures_util::future::join_all;
use protocol::frame::{Act, Again, GoodbyeCode, Keeping, Marking, Sending, Target, Typing};
use protocol::{By, Key, Position, Refusal};
use service::{Address, Done, Draft, Entered, NotDone, PrivateKind, ReadMark, Scope};
use tokio::time::Instant;
use traces::{Kind, Span};

use super::words::Unheard;
use super::{From, Shared, What, Worked, words};
use crate::session::Ask;

/// Commands given to the store at once.
pub(super) const TOGETHER_MAX: usize = 30;

enum Command {
    Send(Box<Sending>),
    Act(Box<(Key, Act)>),
}

impl Command {
    fn key(&self) -> Key {
        match self {
            Self::Send(sending) => sending.key,
            Self::Act(act) => act.0,
        }
    }

    /// As the frame names it.
    fn verb(&self) -> &'static str {
        match self {
            Self::Send(_) => "send",
            Self::Act(act) => act.1.verb(),
        }
    }
}

impl Shared {
    pub(super) async fn carry(&self, mut from: From, asks: Vec<Ask>) -> Worked {
        let mut whats = Vec::new();
        let mut commands = Vec::new();
        for ask in asks {
            let command = match ask {
                Ask::Send(sending) => Command::Send(sending),
                Ask::Act(act) => Command::Act(act),
                other => {
                    self.give(&from, &mut commands, &mut whats).await;
                    let what = self.one(&mut from, other).await;
                    whats.extend(what);
                    continue;
                }
            };
            // A reply's root is read before it is given, so that one waits for those before it.
            let reads_first = matches!(&command, Command::Send(sending) if sending.thread > 0);
            if reads_first || commands.len() == TOGETHER_MAX {
                self.give(&from, &mut commands, &mut whats).await;
            }
            commands.push(command);
            if reads_first {
                self.give(&from, &mut commands, &mut whats).await;
            }
        }
        self.give(&from, &mut commands, &mut whats).await;
        Worked { from, whats }
    }

    async fn give(&self, from: &From, commands: &mut Vec<Command>, whats: &mut Vec<What>) {
        if commands.is_empty() {
            return;
        }
        let count = commands.len() as u16;
        let Some(by) = from.by else {
            // Turned away at the door: a goodbye is on its way.
            commands.clear();
            return;
        };
        let given = commands.drain(..).map(|command| self.command(from, by, command));
        let mut frames = Vec::new();
        let mut position = Position(0);
        for (key, outcome) in join_all(given).await {
            if let Ok(done) = &outcome {
                position = position.max(done.position);
            }
            words::outcome(key, outcome, &mut frames);
        }
        whats.push(What::Done { frames, count, position });
    }

    async fn command(&self, from: &From, by: By, command: Command) -> (Key, Result<Done, Unheard>) {
        if let Err(refusal) = required_to_write(from) {
            return (command.key(), Err(Unheard::Refused(refusal.into())));
        }
        if let Some(wait) = self.allowance.take(by.account).await {
            return (command.key(), Err(Unheard::TooOften(wait)));
        }
        let mut traced = Span::root(Kind::Server, "socket command");
        traced.rename(|| format!("socket {}", command.verb()));
        traced.set("rookery.request_id", || command.key().to_string());
        let (key, outcome) = traced.within(self.perform(by, command)).await;
        traced.set("rookery.outcome", || if outcome.is_ok() { "done" } else { "not done" });
        if matches!(outcome, Err(NotDone::Failed(_) | NotDone::Unknown)) {
            traced.failed();
        }
        (key, outcome.map_err(Unheard::Refused))
    }

    async fn perform(&self, by: By, command: Command) -> (Key, Result<Done, NotDone>) {
        match command {
            Command::Send(sending) => {
                let Sending { key, channel, thread, text, in_channel } = *sending;
                let draft = Draft { channel, thread, text, in_channel };
                (key, self.service.send(by, key, draft).await)
            }
            Command::Act(act) => {
                let (key, act) = *act;
                (key, self.act(by, key, act).await)
            }
        }
    }

    async fn act(&self, by: By, key: Key, act: Act) -> Result<Done, NotDone> {
        let service = &self.service;
        match act {
            Act::Edit(target) => {
                let text = present("text", target.text.as_deref())?;
                service.edit(by, key, at(&target), text).await
            }
            Act::Delete(target) => service.delete(by, key, at(&target)).await,
            Act::React(target) => self.react(by, key, target, true).await,
            Act::Unreact(target) => self.react(by, key, target, false).await,
            Act::Pin(target) => service.pin(by, key, at(&target), true).await,
            Act::Unpin(target) => service.pin(by, key, at(&target), false).await,
            Act::Follow(target) => service.follow(by, key, target.channel, root(&target), true).await,
            Act::Unfollow(target) => service.follow(by, key, target.channel, root(&target), false).await,
            Act::Join(place) => service.join(by, key, place.channel).await,
            Act::Leave(place) => service.remove_from_channel(by, key, place.channel, by.account).await,
            Act::Put(Keeping { kind, subject, value }) => {
                let value = value.filter(|value| !value.is_null()).map(|value| value.to_string());
                let value = present("value", value.as_deref())?.to_owned();
                service.keep(by, kept(&kind)?, &subject, Some(value)).await
            }
            Act::Remove(Keeping { kind, subject, .. }) => {
                service.keep(by, kept(&kind)?, &subject, None).await
            }
        }
    }

    async fn react(&self, by: By, key: Key, target: Target, on: bool) -> Result<Done, NotDone> {
        let emoji = present("emoji", target.emoji.as_deref())?;
        self.service.react(by, key, at(&target), emoji, on).await
    }

    async fn one(&self, from: &mut From, ask: Ask) -> Option<What> {
        if let Ask::Enter(hello) = ask {
            let began = Instant::now();
            let entered = self.enter(from, *hello).await;
            let outcome = if entered.is_ok() { "level" } else { "sent_away" };
            metrics::histogram!("rookery_gateway_hello_seconds", "outcome" => outcome)
                .record(began.elapsed().as_secs_f64());
            return Some(match entered {
                Ok(opening) => {
                    (from.by, from.who) = (Some(opening.by), Some(opening.who));
                    What::Opened(Box::new(opening))
                }
                Err((code, again)) => What::Goodbye(code, again),
            });
        }
        let by = from.by?;
        if matches!(ask, Ask::Mark(_) | Ask::Look(..))
            && let Some(wait) = self.allowance.take(by.account).await
        {
            return Some(What::Goodbye(GoodbyeCode::TooFast, Again::AfterMs(millis(wait))));
        }
        match ask {
            Ask::Level(epoch, position, private) => {
                Some(self.level_again(from, by, (epoch, position, private)).await)
            }
            Ask::Mark(marking) if required_to_write(from).is_ok() => self.mark(by, marking).await,
            Ask::Look(look, unseated) => Some(self.look(from, by, look, &unseated).await),
            Ask::Typing(Typing { channel, thread }) if required_to_write(from).is_ok() => {
                self.presence.typing(by.workspace, channel, thread, by.account).await.ok();
                None
            }
            Ask::Private(since) => self.private_since(by, since).await,
            Ask::Recheck(doubt) => Some(self.recheck(from, by, doubt).await),
            Ask::Enter(_) | Ask::Send(_) | Ask::Act(_) | Ask::Mark(_) | Ask::Typing(_) => None,
        }
    }

    /// Answered by what it does: `private`, on all devices.
    async fn mark(&self, by: By, marking: Marking) -> Option<What> {
        let Marking { channel, thread, number, back } = marking;
        let mark = ReadMark { at: Address { channel, thread, number }, back };
        if let Err(NotDone::Failed(why)) = self.service.mark(by, mark).await {
            tracing::error!(%why, "a mark could not be kept: {why}");
        }
        None
    }

    /// Whether this socket may still be here, and as whom. Not knowing now is no reason to send somebody away: nothing
    /// it asks for is done without being judged. The doubt stays, and it is asked again.
    async fn recheck(&self, from: &From, by: By, doubt: u32) -> What {
        let opens = match &from.who {
            Some(who) => self.service.still_opens(who).await,
            None => Ok(true),
        };
        if matches!(opens, Ok(false)) {
            return What::Goodbye(GoodbyeCode::SignedOut, Again::Never);
        }
        let is_settled = opens.is_ok();
        match self.service.enter(by, &[]).await {
            Ok(Entered { role, may_invite, .. }) => What::Still { role, may_invite, doubt, is_settled },
            Err(error) => match words::farewell(&error) {
                Some((code, again)) => What::Goodbye(code, again),
                None => What::Say(Vec::new()),
            },
        }
    }
}

/// Whoever only reads says nothing here; in all else the rules of the workspace judge.
fn required_to_write(from: &From) -> Result<(), Refusal> {
    let writes = from.who.is_none_or(|who| who.scopes.holds(Scope::Write));
    let message = "this token has not the scope `write`, which this needs";
    if writes { Ok(()) } else { Err(Refusal::not_allowed("scope", message)) }
}

fn millis(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1)
}

fn at(target: &Target) -> Address {
    Address { channel: target.channel, thread: target.thread, number: target.number }
}

/// A thread is named by its root.
fn root(target: &Target) -> u64 {
    if target.thread > 0 { target.thread } else { target.number }
}

fn present<'a>(field: &'static str, value: Option<&'a str>) -> Result<&'a str, Refusal> {
    value.ok_or_else(|| Refusal::invalid(field, "this verb needs it"))
}

fn kept(kind: &str) -> Result<PrivateKind, Refusal> {
    kind.parse()
        .map_err(|()| Refusal::invalid("kind", "draft, star, mute, notify, section, preference or saved"))
}
