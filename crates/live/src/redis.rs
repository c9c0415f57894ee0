//! The bus between nodes on Redis: one server, one that sentinels name, or a cluster with sharded channels.
//!
//! One task keeps the lines and the subscriptions (`keeper`), another sends what is published (`mouth`). Everybody else
//! takes the lines that are there and never waits for one.

mod bus;
mod cache;
mod counters;
mod hall;
mod keeper;
mod lines;
mod look;
mod mouth;
mod packet;
mod places;
mod settings;

use std::sync::Arc;

use domain::Key;
use tokio::sync::mpsc;

pub use self::bus::channel;
pub use self::cache::SharedCache;
pub use self::counters::Counted;
pub use self::hall::{Porter, SharedHall};
pub use self::lines::Away;
pub use self::look::{Known, look};
pub use self::packet::VERSION as PACKET_VERSION;
pub use self::settings::{Mode, Patience, Server, Settings, Tls};

use self::bus::Hub;
use self::keeper::Keeper;
use self::lines::Lines;
use self::mouth::Mouth;

/// A handle to Redis and to everyone who is on it. Clones are handles to the same.
#[derive(Clone)]
pub struct Redis {
    hub: Arc<Hub>,
}

/// What whoever owns tasks runs for as long as the node lives; nothing is lost when it is dropped.
pub struct Work {
    keeper: Keeper,
    mouth: Mouth,
}

/// Packets that wait to be sent; more are lost, and read from the journal by who misses them.
const UNSENT_MAX: usize = 8_192;

impl Redis {
    /// Connects nowhere yet: that is the work, and it goes on as long as it must. `node` is nobody else's.
    pub fn new(settings: Settings, node: Key) -> (Self, Work) {
        let (unsent, queue) = mpsc::channel(UNSENT_MAX);
        let lines = Arc::new(Lines::new(settings));
        let hub = Arc::new(Hub::new(Arc::clone(&lines), node, unsent));
        let work =
            Work { keeper: Keeper::new(Arc::clone(&lines), Arc::clone(&hub)), mouth: Mouth { lines, queue } };
        (Self { hub }, work)
    }

    /// Whether what others say of this workspace is heard, as far as one knows.
    pub fn hears(&self, workspace: domain::WorkspaceId) -> bool {
        self.hub.hears(workspace)
    }

    /// Through which server this workspace's commits go now.
    pub fn server_of(&self, workspace: domain::WorkspaceId) -> Option<Server> {
        self.hub.server_of(workspace)
    }

    /// Asks every server whether it answers.
    pub async fn ping(&self) -> Result<(), Away> {
        match self.trouble() {
            Some(why) => Err(Away(why)),
            None => self.hub.lines.ping().await,
        }
    }

    /// Why it cannot be used as it should be now, in words for operators; none when all is well.
    pub fn trouble(&self) -> Option<String> {
        self.hub.lines.trouble()
    }
}

impl Work {
    pub async fn run(self) {
        tokio::join!(self.keeper.run(), self.mouth.run());
    }
}
