//! What somebody has on their screen: channels they may see, and the faces there.

use protocol::frame::Look;
use protocol::{By, ChannelId, Role};
use service::Freshness;
use service::live::Face;

use super::{From, Shared, What};

impl Shared {
    pub(super) async fn look(
        &self,
        from: &From,
        by: By,
        mut look: Box<Look>,
        unseated: &[ChannelId],
    ) -> What {
        for channel in unseated {
            // Public, or it is not found.
            if self.service.channel(by, Freshness::Newest, *channel).await.is_err() {
                look.channels.retain(|known| known != channel);
            }
        }
        if from.me.is_some_and(|me| me.role == Role::Guest) {
            // A guest sees only the faces of shared seats, and which those are is not known here.
            let people = std::mem::take(&mut look.people);
            let unknown = people.into_iter().map(|account| (account, Face::Unknown.word())).collect();
            return What::Looking { look, people: unknown };
        }
        let people = match self.presence.look(by.workspace, &look.people).await {
            Ok(faces) => faces.into_iter().map(|(account, face)| (account, face.word())).collect(),
            Err(_) => look.people.iter().map(|account| (*account, Face::Unknown.word())).collect(),
        };
        What::Looking { look, people }
    }
}
