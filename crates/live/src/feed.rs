//! Bus and journal together: in order, each position once, without a hole.

mod drive;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use domain::{Epoch, Position, WorkspaceId};
use parking_lot::Mutex;
use tokio::sync::{Notify, mpsc, oneshot};

use crate::bus::Bus;
use crate::journal::{Journal, Lost, Mark};
use crate::piece::Piece;
use crate::tail::Tail;

pub use crate::tail::Keeping;

/// Whoever tells the people of this node. Called in order, and must not wait.
pub trait Listener: Send + Sync + 'static {
    /// From this mark on all of a workspace is told.
    fn began(&self, _workspace: WorkspaceId, _at: Mark) {}
    fn told(&self, piece: &Arc<Piece>);
    /// The history changed, or too much was missed: everyone starts again from the state, at this mark or later.
    fn broke(&self, workspace: WorkspaceId, at: Mark);
    /// What goes to one member alone may have been lost on its way, of one workspace or of any: no position shows it.
    fn doubts(&self, _workspace: Option<WorkspaceId>) {}
    /// Nothing is told of it any more.
    fn left(&self, _workspace: WorkspaceId) {}
}

/// Each of them, in their order.
impl Listener for Vec<Arc<dyn Listener>> {
    fn began(&self, workspace: WorkspaceId, at: Mark) {
        self.iter().for_each(|listener| listener.began(workspace, at));
    }
    fn told(&self, piece: &Arc<Piece>) {
        self.iter().for_each(|listener| listener.told(piece));
    }
    fn broke(&self, workspace: WorkspaceId, at: Mark) {
        self.iter().for_each(|listener| listener.broke(workspace, at));
    }
    fn doubts(&self, workspace: Option<WorkspaceId>) {
        self.iter().for_each(|listener| listener.doubts(workspace));
    }
    fn left(&self, workspace: WorkspaceId) {
        self.iter().for_each(|listener| listener.left(workspace));
    }
}

/// How patient the feed is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long the bus may still bring what is missing.
    pub hole: Duration,
    /// How often the heads of what is followed are asked for, whatever the bus says.
    pub heads: Duration,
    /// How long to leave a journal alone that could not be asked.
    pub again: Duration,
    /// How long a workspace nobody here is in stays followed, for who comes back.
    pub idle: Duration,
    /// What is kept of each, for the same.
    pub keeping: Keeping,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            hole: Duration::from_millis(50),
            heads: Duration::from_secs(2),
            again: Duration::from_millis(250),
            idle: Duration::from_mins(15),
            keeping: Keeping::OF_MINUTES,
        }
    }
}

/// Somebody here is in a workspace, or on their way in: as long as one of these is held, it stays followed.
pub struct Stay {
    shared: Arc<Shared>,
    workspace: WorkspaceId,
}

impl Stay {
    fn begin(shared: &Arc<Shared>, workspace: WorkspaceId) -> Self {
        *shared.stays.lock().entry(workspace).or_default() += 1;
        Self { shared: Arc::clone(shared), workspace }
    }
}

impl fmt::Debug for Stay {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Stay").field(&self.workspace).finish()
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        let mut stays = self.shared.stays.lock();
        if let Some(count) = stays.get_mut(&self.workspace) {
            *count -= 1;
            if *count == 0 {
                stays.remove(&self.workspace);
            }
        }
    }
}

#[derive(Clone)]
pub struct Feed {
    shared: Arc<Shared>,
}

struct Shared {
    bus: Arc<dyn Bus>,
    journal: Arc<dyn Journal>,
    patience: Patience,
    tails: Mutex<BTreeMap<WorkspaceId, Tail>>,
    /// How many are in what is followed, or on their way in.
    stays: Mutex<BTreeMap<WorkspaceId, usize>>,
    wishes: mpsc::Sender<Wish>,
    /// Somebody knows that commits were lost on their way to the bus.
    nudge: Notify,
}

enum Wish {
    Follow(WorkspaceId, oneshot::Sender<Result<Mark, Lost>>),
    Visit(WorkspaceId),
}

const WISHES_MAX: usize = 1_024;

/// The one who does a feed's work; whoever owns tasks runs it.
pub struct Driver {
    shared: Arc<Shared>,
    wishes: mpsc::Receiver<Wish>,
}

impl Feed {
    pub fn new(bus: Arc<dyn Bus>, journal: Arc<dyn Journal>, patience: Patience) -> (Self, Driver) {
        let (wish, wishes) = mpsc::channel(WISHES_MAX);
        let (tails, stays, nudge) = (Mutex::default(), Mutex::default(), Notify::new());
        let shared = Arc::new(Shared { bus, journal, patience, tails, stays, wishes: wish, nudge });
        (Self { shared: Arc::clone(&shared) }, Driver { shared, wishes })
    }

    /// Tells of a workspace from this mark on, for as long as anybody stays there, and a while longer for who comes back.
    pub async fn follow(&self, workspace: WorkspaceId) -> Result<(Mark, Stay), Lost> {
        // Before it is wished for: otherwise it might be left between the answer and the stay.
        let stay = Stay::begin(&self.shared, workspace);
        let (tell, told) = oneshot::channel();
        let ended = |()| Lost("the feed has ended".to_owned());
        self.shared.wishes.send(Wish::Follow(workspace, tell)).await.map_err(|_| ended(()))?;
        let at = told.await.map_err(|_| ended(()))??;
        Ok((at, stay))
    }

    /// Somebody reads of it who is not in it: it is told for a while, and no shorter for who is. Never waits.
    pub fn visit(&self, workspace: WorkspaceId) {
        // With no place left it is not followed now, and somebody reads again.
        self.shared.wishes.try_send(Wish::Visit(workspace)).ok();
    }

    /// How far a followed workspace was told.
    pub fn at(&self, workspace: WorkspaceId) -> Option<Mark> {
        self.shared.tails.lock().get(&workspace).map(Tail::at)
    }

    /// Whether the tail reaches back to a position.
    pub fn reaches(&self, workspace: WorkspaceId, epoch: Epoch, position: Position) -> bool {
        self.shared.tails.lock().get(&workspace).is_some_and(|tail| tail.reaches(Mark { epoch, position }))
    }

    /// What was told after a position, or none when the tail no longer reaches back so far.
    pub fn since(&self, workspace: WorkspaceId, epoch: Epoch, position: Position) -> Option<Vec<Arc<Piece>>> {
        self.shared.tails.lock().get(&workspace)?.since(Mark { epoch, position })
    }

    /// Commits were lost before the bus: ask the journal now rather than soon.
    pub fn nudge(&self) {
        self.shared.nudge.notify_one();
    }
}
