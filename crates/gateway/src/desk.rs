//! What sockets ask of the runtime: each one's asks in their order, many sockets at once, the answers a batch at a time.

mod carry;
mod enter;
mod lane;
mod level;
mod look;
mod words;

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};
use protocol::frame::{Again, GoodbyeCode, Look};
use protocol::{AccountId, By, ChannelId, Epoch, Key, Position, Role, Stamp, WorkspaceId};
use service::live::presence::Presence;
use service::live::{Feed, Here, Share, Shares, Stay};
use service::{NotDone, Service, Who};
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;

use self::lane::Lane;
use crate::admission::{Admission, Allowance};
use crate::door::{Asked, Doorman, Judged};
use crate::hub::{Inbox, ToCore};
use crate::limits::Limits;
use crate::session::{Ask, Me};
use crate::ticket::Tickets;

/// From a core to its desk.
pub(crate) enum Errand {
    Ask(Box<From>, Ask),
    /// Somebody at the core's own door.
    Knock(Box<Knock>),
    /// A device is here, away or gone.
    Here(Here),
    /// How new are the private rows of these?
    Compare(WorkspaceId, Vec<AccountId>),
}

/// Which socket asks, and as whom.
#[derive(Clone, Copy)]
pub(crate) struct From {
    pub slot: u32,
    pub generation: u32,
    pub by: Option<By>,
    pub me: Option<Me>,
    pub who: Option<Who>,
    /// When it came, and `who` was looked up, if it showed that.
    pub came: Stamp,
    pub address: IpAddr,
    pub session: Key,
}

/// A request that is to be judged, and where it came from.
pub(crate) struct Knock {
    pub slot: u32,
    pub generation: u32,
    pub asked: Asked,
}

/// From a desk to its core.
pub(crate) struct Answer {
    pub slot: u32,
    pub generation: u32,
    pub what: What,
}

pub(crate) enum What {
    Opened(Box<Opening>),
    /// So many commands were answered; the events up to the position may follow.
    Done {
        frames: Vec<u8>,
        count: u16,
        position: Position,
    },
    Say(Vec<u8>),
    Private {
        frames: Vec<u8>,
        version: u64,
    },
    Looking {
        look: Box<Look>,
        people: Vec<(AccountId, &'static str)>,
        /// Judged as a guest's.
        narrow: bool,
        /// As its seats were then.
        since: Position,
    },
    /// Still welcome, perhaps as somebody else.
    Still {
        role: Role,
        may_invite: bool,
        doubt: u32,
        /// All could be found out.
        is_settled: bool,
    },
    Goodbye(GoodbyeCode, Again),
    Judged(Box<Judged>),
    /// Of private rows in a workspace.
    Versions(WorkspaceId, Result<Vec<(AccountId, u64)>, NotDone>),
}

/// All that brings a socket level.
pub(crate) struct Opening {
    pub by: By,
    pub who: Who,
    /// As of when that is known to be good; nothing where it is only brought level again.
    pub as_of: Option<Stamp>,
    /// Its place among those of its account; nothing where it is only brought level again.
    pub device: Option<Share<AccountId>>,
    /// Keeps the workspace followed until there is a room for it; nothing where there is one.
    pub stay: Option<Stay>,
    pub role: Role,
    pub may_invite: bool,
    pub epoch: Epoch,
    /// The moment the seats are of.
    pub position: Position,
    /// What the frames tell goes up to here.
    pub level: Position,
    pub private: u64,
    pub seats: Vec<(ChannelId, Position)>,
    pub frames: Vec<u8>,
}

/// What every desk of a gateway shares.
pub(crate) struct Shared {
    pub service: Service,
    pub feed: Feed,
    pub presence: Arc<dyn Presence>,
    pub limits: Limits,
    pub tickets: Tickets,
    pub admission: Admission,
    /// Sockets of one account.
    pub devices: Arc<Shares<AccountId>>,
    pub allowance: Arc<dyn Allowance>,
    pub node: String,
    /// Once the directory's journal is heard: it tells of sessions that end.
    pub hears_of_ends: OnceLock<Stay>,
    /// Where cores have doors of their own.
    pub doorman: Option<Arc<dyn Doorman>>,
}

pub(crate) struct Desk {
    pub shared: Arc<Shared>,
    pub errands: mpsc::Receiver<Vec<Errand>>,
    pub inbox: Arc<Inbox>,
    /// A lease of its own in the hall.
    pub device: Key,
}

/// What became of some asks of one socket; `from` as it is after them.
struct Worked {
    from: From,
    whats: Vec<What>,
}

type Key32 = (u32, u32);
type Working = FuturesUnordered<BoxFuture<'static, Worked>>;

/// Presence is told in batches.
const TELL_EVERY: Duration = Duration::from_secs(1);

impl Desk {
    /// Until the core has ended.
    pub async fn run(mut self) {
        let mut lanes: HashMap<Key32, Lane> = HashMap::new();
        let mut working = Working::new();
        let mut here: BTreeMap<(WorkspaceId, AccountId, Key), Here> = BTreeMap::new();
        let mut tell = tokio::time::interval(TELL_EVERY);
        tell.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                // What was asked is never kept back by what is being asked.
                biased;
                _ = tell.tick() => {
                    self.report(&mut here).await;
                }
                Some(worked) = working.next(), if !working.is_empty() => {
                    let mut answers = Vec::new();
                    self.worked(worked, &mut answers, &mut lanes, &working);
                    // Whatever else is ready goes with it: one wake for all.
                    while let Some(Some(worked)) = working.next().now_or_never() {
                        self.worked(worked, &mut answers, &mut lanes, &working);
                    }
                    self.inbox.send(answers);
                }
                errands = self.errands.recv() => {
                    let Some(errands) = errands else { break };
                    for errand in errands {
                        match errand {
                            Errand::Ask(from, ask) => self.take(*from, ask, &mut lanes, &working),
                            Errand::Knock(knock) => self.judge(*knock, &working),
                            Errand::Here(one) => {
                                here.insert((one.workspace, one.account, one.device), one);
                            }
                            Errand::Compare(workspace, accounts) => {
                                let shared = Arc::clone(&self.shared);
                                working.push(Box::pin(async move { shared.versions(workspace, accounts).await }));
                            }
                        }
                    }
                }
            }
        }
        // Who was here is here no more.
        self.report(&mut here).await;
    }

    /// What is not heard now is unknown until it changes again.
    async fn report(&self, here: &mut BTreeMap<(WorkspaceId, AccountId, Key), Here>) {
        let changes: Vec<_> = std::mem::take(here).into_values().collect();
        let outcome = match self.shared.presence.report(self.device, &changes).await {
            Ok(()) => "heard",
            Err(_) => "lost",
        };
        if !changes.is_empty() {
            metrics::counter!("rookery_presence_reports_total", "outcome" => outcome)
                .increment(changes.len() as u64);
        }
    }

    fn take(&self, from: From, ask: Ask, lanes: &mut HashMap<Key32, Lane>, working: &Working) {
        match lanes.get_mut(&(from.slot, from.generation)) {
            Some(lane) => {
                if !lane.takes(ask) {
                    let (slot, generation) = (from.slot, from.generation);
                    let what = What::Goodbye(GoodbyeCode::TooFast, Again::AfterMs(1_000));
                    self.inbox.send([ToCore::Answered(Box::new(Answer { slot, generation, what }))]);
                }
            }
            None => {
                lanes.insert((from.slot, from.generation), Lane::default());
                self.work(from, vec![ask], working);
            }
        }
    }

    fn judge(&self, knock: Knock, working: &Working) {
        let Some(doorman) = &self.shared.doorman else { return };
        let Knock { slot, generation, asked } = knock;
        let from = From { slot, generation, ..nobody() };
        let judged = doorman.judge(asked);
        working.push(Box::pin(
            async move { Worked { from, whats: vec![What::Judged(Box::new(judged.await))] } },
        ));
    }

    fn work(&self, from: From, asks: Vec<Ask>, working: &Working) {
        let shared = Arc::clone(&self.shared);
        working.push(Box::pin(async move { shared.carry(from, asks).await }));
    }

    fn worked(
        &self,
        worked: Worked,
        answers: &mut Vec<ToCore>,
        lanes: &mut HashMap<Key32, Lane>,
        working: &Working,
    ) {
        let Worked { from, whats } = worked;
        let From { slot, generation, .. } = from;
        answers.extend(
            whats.into_iter().map(|what| ToCore::Answered(Box::new(Answer { slot, generation, what }))),
        );
        let Some(lane) = lanes.get_mut(&(slot, generation)) else { return };
        // Not more at once than one answer waits for.
        let asks = lane.next(carry::TOGETHER_MAX);
        if asks.is_empty() {
            lanes.remove(&(slot, generation));
            return;
        }
        self.work(from, asks, working);
    }
}

/// No socket asks: what is done has no answer, or one for who is not known yet.
fn nobody() -> From {
    From {
        slot: u32::MAX,
        generation: 0,
        by: None,
        me: None,
        who: None,
        came: Stamp(0),
        address: IpAddr::from([0; 16]),
        session: Key::default(),
    }
}
