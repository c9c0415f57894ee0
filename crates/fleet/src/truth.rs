//! What a journal says: which event stands where, and who could see it when it happened. Held against what devices are
//! told, and made without a gateway's tables.

use std::collections::{BTreeMap, BTreeSet};

use domain::{AccountId, ChannelId, Event, EventKind, Image, Position, Role, Viewer, WorkspaceId, may_see};
use serde_json::Value;
use service::Service;
use store::Freshness;

/// Events of one journal that are read at once.
const READ_MAX: u32 = 500;

/// What held, each from a position on.
type History<T> = Vec<(u64, T)>;

#[derive(Default)]
pub struct Truth {
    events: Vec<Event>,
    /// Since when a seat was held, by the position that made it so; none where it ended.
    seats: BTreeMap<(ChannelId, AccountId), History<Option<Position>>>,
    roles: BTreeMap<AccountId, History<Role>>,
    /// Who ever had a channel on the screen.
    pub looked: BTreeSet<(ChannelId, AccountId)>,
}

impl Truth {
    /// Whoever made the workspace, before anything else.
    pub fn of(owner: AccountId) -> Self {
        Self { roles: BTreeMap::from([(owner, vec![(0, Role::Owner)])]), ..Self::default() }
    }

    /// Everything that was committed since.
    pub async fn reads_on(&mut self, service: &Service, workspace: WorkspaceId) {
        loop {
            let after = Position(self.head());
            let read = service.events(workspace, Freshness::Newest, after, READ_MAX).await.expect("it reads");
            let is_all = read.value.len() < READ_MAX as usize;
            for (event, image) in read.value {
                self.learn(event, &image);
            }
            if is_all {
                return;
            }
        }
    }

    pub fn head(&self) -> u64 {
        self.events.len() as u64
    }

    fn learn(&mut self, event: Event, image: &Image) {
        let position = event.position.0;
        assert_eq!(position, self.head() + 1, "a journal has no hole");
        let mut sits = |account: Option<AccountId>, since: Option<Position>| {
            if let (Some(account), Some(channel)) = (account, event.channel) {
                self.seats.entry((channel, account)).or_default().push((position, since));
            }
        };
        match event.kind {
            EventKind::ChannelCreated => sits(event.actor, Some(event.position)),
            EventKind::SeatJoined => sits(event.account, Some(event.position)),
            EventKind::SeatLeft => sits(event.account, None),
            _ => {}
        }
        if let (Some(account), Some(member)) = (event.account, &image.member) {
            self.roles.entry(account).or_default().push((position, member.role));
        }
        self.events.push(event);
    }

    /// Whether somebody could see what they were told. What was told of another workspace is no event of this journal.
    pub fn could_see(&self, account: AccountId, told: &Value) -> bool {
        let at = told["position"].as_u64().unwrap_or(0);
        let Some(event) = (at as usize).checked_sub(1).and_then(|at| self.events.get(at)) else {
            return false;
        };
        let is_it = told["kind"] == event.kind.word()
            && told["actor"].as_str() == event.actor.map(|actor| actor.to_string()).as_deref()
            && told["channel"].as_str() == event.channel.map(|channel| channel.to_string()).as_deref();
        // What an event changes about who sees it counts on either side of it. And who is no guest any more is told, as they
        // come back, what members see.
        let moments = [at - 1, at, self.head()];
        is_it && moments.into_iter().any(|moment| may_see(event, &self.viewer(account, event, moment)))
    }

    /// As somebody stood to an event after a position.
    fn viewer(&self, account: AccountId, event: &Event, moment: u64) -> Viewer {
        let role = newest(self.roles.get(&account), moment).unwrap_or(Role::Member);
        let seat = event.channel.and_then(|channel| self.seat(channel, account, moment));
        let looking = match event.channel {
            Some(channel) => self.looked.contains(&(channel, account)),
            None => true,
        };
        // Nobody invites here, so nothing is told to those who may.
        Viewer { account, role, may_invite: false, seat, looking }
    }

    pub fn seat(&self, channel: ChannelId, account: AccountId, moment: u64) -> Option<Position> {
        newest(self.seats.get(&(channel, account)), moment).flatten()
    }
}

fn newest<T: Copy>(history: Option<&History<T>>, moment: u64) -> Option<T> {
    history?.iter().rev().find(|(position, _)| *position <= moment).map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use testkit::bus::{account, channel, said, workspace};

    fn sat(position: u64, kind: EventKind) -> Event {
        let (mut event, _) = said(workspace(1), position, "");
        (event.kind, event.account) = (kind, Some(account(2)));
        event
    }

    #[test]
    fn only_who_sits_there_could_see_it_and_only_where_it_happened() {
        let mut truth = Truth::default();
        let spoke = |position| said(workspace(1), position, "hello").0;
        for event in
            [spoke(1), sat(2, EventKind::SeatJoined), spoke(3), sat(4, EventKind::SeatLeft), spoke(5)]
        {
            truth.learn(event, &Image::default());
        }
        let told = |position: u64| {
            json!({ "position": position, "kind": "message.sent",
                "actor": account(1).to_string(), "channel": channel(1).to_string() })
        };
        let seen: Vec<_> = (0..=6).filter(|at| truth.could_see(account(2), &told(*at))).collect();
        assert_eq!(seen, [3]);
        let mut other = told(3);
        other["actor"] = json!(account(3).to_string());
        assert!(!truth.could_see(account(2), &other), "it was another's, so it is of another journal");
    }
}
