//! Hello: who is it, are they in it, what did they miss.

use protocol::frame::{Again, At, Down, GoodbyeCode, Happened, Hello, Limits, Welcome};
use protocol::{By, Epoch, Position, Stamp, WorkspaceId};
use service::{Entered, NotDone, Scope, Was, Who};
use tokio::time::Instant;

use super::level::Brought;
use super::{From, Opening, Shared, What, words};
use crate::codec;
use crate::limits::{LOOK_CHANNELS_MAX, LOOK_PEOPLE_MAX, WAITING_MAX};

type Farewell = (GoodbyeCode, Again);

/// The database is too busy for newcomers.
const LATER: Farewell = (GoodbyeCode::Storm, Again::AfterMs(1_500));
const SIGNED_OUT: Farewell = (GoodbyeCode::SignedOut, Again::Never);
/// One account has as many sockets as it may; another has to go first.
const TOO_MANY: Farewell = (GoodbyeCode::Storm, Again::AfterMs(60_000));

impl Shared {
    pub(super) async fn enter(&self, from: &From, hello: Hello) -> Result<Opening, Farewell> {
        if hello.waiting.len() > WAITING_MAX {
            return Err((GoodbyeCode::Malformed, Again::Never));
        }
        tracing::debug!(address = %from.address, workspace = hello.workspace, "somebody says hello");
        if let Some(after_ms) = self.admission.newcomer(Instant::now()) {
            return Err((GoodbyeCode::Storm, Again::AfterMs(after_ms)));
        }
        self.hear_of_ends().await?;
        let (who, known, workspace) = self.who_and_where(from, &hello).await?;
        let by = who.in_(workspace);
        let device = self.devices.take(by.account).ok_or(TOO_MANY)?;
        let (mark, stay) = self.feed.follow(workspace).await.map_err(|_| LATER)?;
        // A place of another history is none.
        let epoch = hello.epoch.map(Epoch).filter(|epoch| *epoch == mark.epoch);
        let was = Was { at: epoch.zip(hello.position.map(Position)), private: epoch.zip(hello.private) };
        let brought = self.bring(by, &hello.waiting, was).await.map_err(turned_away)?;
        // It is from before any end that is heard meanwhile.
        let ticket = self.tickets.write(&who, workspace, known);
        let mut welcome = Vec::new();
        self.welcome(from, by, &brought.entered, &ticket, &mut welcome);
        let opening = self.opening(by, who, brought, welcome);
        Ok(Opening { as_of: Some(known), device: Some(device), stay: Some(stay), ..opening })
    }

    /// Before anybody is looked up: whose session ends after that is sent away.
    async fn hear_of_ends(&self) -> Result<(), Farewell> {
        if self.hears_of_ends.get().is_none() {
            let (_, stay) = self.feed.follow(WorkspaceId::INSTALLATION).await.map_err(|_| LATER)?;
            self.tickets.hear_from(self.service.now());
            // Two may have come first; one stay is enough.
            drop(self.hears_of_ends.set(stay));
        }
        Ok(())
    }

    fn welcome(&self, from: &From, by: By, entered: &Entered, ticket: &str, into: &mut Vec<u8>) {
        let number = |reply: &str| {
            let reply: serde_json::Value = serde_json::from_str(reply).ok()?;
            reply.get("number")?.as_u64()
        };
        let happened = |(key, position, reply): &(_, _, String)| Happened {
            key: *key,
            position: *position,
            number: number(reply),
        };
        let done: Vec<_> = entered.happened.iter().map(happened).collect();
        let welcome = Welcome {
            session: from.session,
            node: &self.node,
            ticket,
            now: self.service.now(),
            workspace: by.workspace,
            epoch: entered.epoch,
            position: entered.position,
            private: entered.private,
            me: by.account,
            heartbeat_s: self.limits.heartbeat.as_secs(),
            limits: Limits {
                frame_bytes: codec::MESSAGE_BYTES_MAX,
                commands_per_s: self.limits.commands_per_s,
                look_people: LOOK_PEOPLE_MAX,
                look_channels: LOOK_CHANNELS_MAX,
                waiting: WAITING_MAX,
            },
            done: &done,
        };
        codec::text(&Down::Welcome(welcome).text(), into);
    }

    /// By ticket without asking anybody, by token, or by what the upgrade showed; and as of when that is known.
    async fn who_and_where(&self, from: &From, hello: &Hello) -> Result<(Who, Stamp, WorkspaceId), Farewell> {
        let now = self.service.now();
        let named = self.service.workspace_named(&hello.workspace).await.map_err(turned_away)?;
        let workspace = named
            .filter(|workspace| *workspace != WorkspaceId::INSTALLATION)
            .ok_or((GoodbyeCode::NotAMember, Again::Never))?;
        let read = |ticket: &str| self.tickets.read(ticket, workspace, now);
        let named = match hello.ticket.as_deref().and_then(read) {
            Some(named) if named.is_old => {
                let opens = self.service.still_opens(&named.who).await.map_err(turned_away)?;
                opens.then_some(named.who)
            }
            Some(named) => Some(named.who),
            None => None,
        };
        let (who, mut known) = match (named, &hello.token) {
            (Some(who), _) => (Some(who), now),
            (None, Some(token)) => match token.parse() {
                Ok(secret) => (self.service.who(&secret, from.address).await.map_err(turned_away)?, now),
                Err(()) => (None, now),
            },
            (None, None) => (from.who, from.came),
        };
        let who = who.ok_or(SIGNED_OUT)?;
        // Who was remembered may have ended meanwhile, or a moment ago.
        if self.tickets.may_have_ended(who.account, known) {
            if !self.service.still_opens(&who).await.map_err(turned_away)? {
                return Err(SIGNED_OUT);
            }
            known = now;
        }
        if !who.scopes.holds(Scope::Read) || who.workspace.is_some_and(|bound| bound != workspace) {
            return Err((GoodbyeCode::NotAMember, Again::Never));
        }
        Ok((who, known, workspace))
    }

    /// It fell behind: from the state, as if it came back.
    pub(super) async fn level_again(
        &self,
        from: &From,
        by: By,
        (epoch, position, private): (Epoch, Position, u64),
    ) -> What {
        let Some(who) = from.who else {
            return What::Goodbye(GoodbyeCode::SignedOut, Again::Never);
        };
        let was = Was { at: Some((epoch, position)), private: Some((epoch, private)) };
        match self.by_the_state(by, &[], was).await {
            Ok(brought) => What::Opened(Box::new(self.opening(by, who, brought, Vec::new()))),
            Err(error) => {
                let (code, again) = turned_away(error);
                What::Goodbye(code, again)
            }
        }
    }

    /// Behind what is said first: what they missed, and where that leaves them.
    fn opening(&self, by: By, who: Who, brought: Brought, mut frames: Vec<u8>) -> Opening {
        let Brought { entered, missed, level, private } = brought;
        frames.extend(missed);
        let at = At { position: level, private, now: self.service.now(), ticket: None };
        codec::text(&Down::At(at).text(), &mut frames);
        let Entered { epoch, position, role, may_invite, seats, .. } = entered;
        let (as_of, device, stay) = (None, None, None);
        Opening {
            by,
            who,
            as_of,
            device,
            stay,
            role,
            may_invite,
            epoch,
            position,
            level,
            private,
            seats,
            frames,
        }
    }
}

fn turned_away(error: NotDone) -> Farewell {
    words::farewell(&error).unwrap_or_else(|| {
        if let NotDone::Failed(why) = &error {
            tracing::error!(%why, "somebody could not be let in: {why}");
        }
        LATER
    })
}
