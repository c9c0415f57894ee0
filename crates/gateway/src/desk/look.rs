//! What somebody has on their screen: channels they may see, and the faces there.

use std::collections::BTreeSet;

use protocol::frame::Look;
use protocol::{AccountId, By, Role};
use service::live::Face;
use service::{Asked, Freshness};

use super::{From, Shared, What};
use crate::session::Unseated;

impl Shared {
    pub(super) async fn look(&self, from: &From, by: By, mut look: Box<Look>, unseated: &Unseated) -> What {
        for channel in &unseated.channels {
            // Public, or it is not found.
            if self.service.channel(by, Freshness::Newest, *channel).await.is_err() {
                look.channels.retain(|known| known != channel);
            }
        }
        let narrow = from.me.is_some_and(|me| me.role == Role::Guest);
        let mut strangers = Vec::new();
        if narrow {
            let known = self.known_to_guest(by, &look.people).await;
            strangers = look.people.extract_if(.., |account| !known.contains(account)).collect();
        }
        let unknown = |accounts: &[AccountId]| -> Vec<_> {
            accounts.iter().map(|account| (*account, Face::Unknown.word())).collect()
        };
        let mut people = match self.presence.look(by.workspace, &look.people).await {
            Ok(faces) => faces.into_iter().map(|(account, face)| (account, face.word())).collect(),
            Err(_) => unknown(&look.people),
        };
        people.extend(unknown(&strangers));
        What::Looking { look, people, narrow, since: unseated.since }
    }

    /// A guest sees only the faces of shared seats; where that cannot be found out, none.
    async fn known_to_guest(&self, by: By, people: &[AccountId]) -> BTreeSet<AccountId> {
        if people.is_empty() {
            return BTreeSet::new();
        }
        let asked = Asked { ids: Some(people.to_vec()), ..Asked::default() };
        let found = self.service.members(by, Freshness::Newest, asked, None, people.len() as u32).await;
        found.map_or_else(
            |_| BTreeSet::new(),
            |seen| seen.value.items.iter().map(|member| member.account).collect(),
        )
    }
}
