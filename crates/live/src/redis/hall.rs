//! Who is here, on all nodes together.
//!
//! A node tells Redis what its own devices together show, and only when that changes; a lease a node and workspace says that
//! it still lives, and when it does not, whoever comes next takes its people away. Each script says whose face changed by it,
//! over all nodes, and that is what is told.
//!
//! Scripts have an order, what two nodes tell of one person has none: so a node looks once more at what it told a moment
//! ago, and tells what is so by now where it is something else. Whoever was told in the wrong order ends up right.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use async_trait::async_trait;
use domain::{AccountId, ChannelId, Key, WorkspaceId};
use futures_util::stream::{self, BoxStream, StreamExt};
use parking_lot::Mutex;
use redis::Script;
use tokio::sync::Notify;
use tokio::time::{Instant, MissedTickBehavior};

use super::{Away, Redis};
use crate::bus::BusError;
use crate::presence::{Change, Face, Here, Presence, Rooms, heard};

/// Keys of one workspace live together. `KEYS[1]`: nodes by the moment their lease ends; behind it, for each, its people.
const REPORT: &str = include_str!("report.lua");
const LOOK: &str = include_str!("look.lua");

static REPORT_SCRIPT: LazyLock<Script> = LazyLock::new(|| Script::new(REPORT));
static LOOK_SCRIPT: LazyLock<Script> = LazyLock::new(|| Script::new(LOOK));

/// People of one script: Redis does nothing else meanwhile.
const TOGETHER_MAX: usize = 500;
/// Workspaces whose script is on its way at once.
const AT_ONCE_MAX: usize = 32;

/// The hall of this node among the others. One a process. Nobody waits in it for Redis but who looks.
#[derive(Clone)]
pub struct SharedHall {
    redis: Redis,
    own: Arc<Mutex<Own>>,
    changed: Arc<Notify>,
}

/// Tells Redis what changed in the hall, and that the node lives; whoever owns tasks runs it.
pub struct Porter(SharedHall);

const LOOKS_EVERY: Duration = Duration::from_secs(1);

#[derive(Default)]
struct Own {
    rooms: Rooms,
    houses: HashMap<WorkspaceId, House>,
    /// What was told since the last look, and before it: that is looked at next.
    told: Told,
    doubted: Told,
}

type Told = BTreeMap<WorkspaceId, BTreeMap<AccountId, Face>>;

/// A workspace somebody of this node is in.
#[derive(Default)]
struct House {
    people: BTreeSet<AccountId>,
    /// Whose face here has changed, or may be missing there.
    owed: BTreeSet<AccountId>,
    /// When the lease is to be renewed; not yet told where there is none.
    renew_at: Option<Instant>,
}

/// What is told of a workspace in one script.
struct Errand {
    workspace: WorkspaceId,
    faces: Vec<(AccountId, Face)>,
}

fn number(face: Face) -> u8 {
    match face {
        Face::Unknown | Face::Off => 0,
        Face::Away => 1,
        Face::Here => 2,
    }
}

fn face(number: u8) -> Face {
    match number {
        0 => Face::Off,
        1 => Face::Away,
        _ => Face::Here,
    }
}

impl SharedHall {
    pub fn new(redis: Redis) -> (Self, Porter) {
        let hall = Self { redis, own: Arc::default(), changed: Arc::default() };
        (hall.clone(), Porter(hall))
    }

    fn key(&self, workspace: WorkspaceId) -> String {
        format!("{}:here:{{{workspace}}}", self.redis.hub.lines.settings.prefix)
    }

    /// What is due; what cannot be carried comes back.
    fn errands(&self) -> Vec<Errand> {
        let own = &mut *self.own.lock();
        let now = Instant::now();
        let due = |house: &House| !house.owed.is_empty() || house.renew_at.is_none_or(|renew| renew <= now);
        let (rooms, houses) = (&own.rooms, own.houses.iter_mut());
        houses
            .filter(|(_, house)| due(house))
            .map(|(workspace, house)| {
                let owed: Vec<_> = house.owed.iter().copied().take(TOGETHER_MAX).collect();
                for account in &owed {
                    house.owed.remove(account);
                }
                let faces = owed.into_iter().map(|account| (account, rooms.face((*workspace, account))));
                Errand { workspace: *workspace, faces: faces.collect() }
            })
            .collect()
    }

    async fn carry(&self, errand: Errand) {
        let key = self.key(errand.workspace);
        let told = self.redis.hub.lines.ask(&key, async |line| {
            let lease = self.redis.hub.lines.settings.patience.lease.as_millis();
            let mut call = REPORT_SCRIPT.prepare_invoke();
            call.key(&key).arg(self.redis.hub.node.to_string()).arg(lease as u64);
            for (account, face) in &errand.faces {
                call.arg(account.to_string()).arg(number(*face));
            }
            call.invoke_async::<(bool, Vec<(String, u8)>)>(line).await
        });
        let told = told.await;
        self.carried(&errand, told.as_ref().map(|(was_there, _)| *was_there));
        let changes = told.map(|(_, changed)| changed).unwrap_or_default().into_iter();
        let changes = changes.filter_map(|(account, now)| Some((account.parse().ok()?, face(now)))).collect();
        self.tell(errand.workspace, changes);
    }

    fn tell(&self, workspace: WorkspaceId, changes: Vec<(AccountId, Face)>) {
        if changes.is_empty() {
            return;
        }
        {
            let own = &mut *self.own.lock();
            own.told.entry(workspace).or_default().extend(changes.iter().copied());
            if let Some(doubted) = own.doubted.get_mut(&workspace) {
                for (account, _) in &changes {
                    doubted.remove(account);
                }
            }
        }
        let changes = changes.into_iter().map(|(account, face)| Change::Face(workspace, account, face));
        // Who is not reached looks again one day.
        self.redis.hub.say_changes(workspace, changes.collect()).ok();
    }

    /// What was told before the last look, and what is told since is looked at the next time.
    fn turn(&self) -> Vec<(WorkspaceId, Vec<(AccountId, Face)>)> {
        let own = &mut *self.own.lock();
        let doubted = std::mem::replace(&mut own.doubted, std::mem::take(&mut own.told));
        let mut due = Vec::new();
        for (workspace, told) in doubted {
            let told: Vec<_> = told.into_iter().collect();
            due.extend(told.chunks(TOGETHER_MAX).map(|some| (workspace, some.to_vec())));
        }
        due
    }

    /// Where it is no longer so, somebody else told of it since.
    async fn look_again(&self, workspace: WorkspaceId, told: Vec<(AccountId, Face)>) {
        let accounts: Vec<_> = told.iter().map(|(account, _)| *account).collect();
        match self.look(workspace, &accounts).await {
            Ok(now) => {
                let changed = now.into_iter().zip(&told).filter(|(now, told)| now != *told);
                self.tell(workspace, changed.map(|(now, _)| now).collect());
            }
            Err(_) => {
                let own = &mut *self.own.lock();
                let known = own.told.entry(workspace).or_default();
                for (account, face) in told {
                    known.entry(account).or_insert(face);
                }
            }
        }
    }

    fn carried(&self, errand: &Errand, was_there: Result<bool, &Away>) {
        let lease = self.redis.hub.lines.settings.patience.lease;
        let own = &mut *self.own.lock();
        let Some(house) = own.houses.get_mut(&errand.workspace) else { return };
        match was_there {
            Err(_) => {
                // What it still knows when it is back, nobody can say.
                let faces = errand.faces.iter().map(|(account, _)| *account);
                house.owed.extend(faces.chain(house.people.iter().copied()));
                house.renew_at = None;
            }
            Ok(was_there) => {
                let renewed = house.renew_at.replace(Instant::now() + lease / 3);
                // Redis forgot us: another server, or one that began anew.
                if renewed.is_some() && !was_there {
                    house.owed.extend(house.people.iter().copied());
                }
                if house.people.is_empty() && house.owed.is_empty() {
                    own.houses.remove(&errand.workspace);
                }
            }
        }
    }
}

impl Porter {
    /// Until it is stopped, and then what is still to be said.
    pub async fn run(self, stopped: impl Future<Output = ()>) {
        let every = LOOKS_EVERY.min(self.0.redis.hub.lines.settings.patience.lease / 3);
        let mut look = tokio::time::interval(every);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tokio::pin!(stopped);
        loop {
            tokio::select! {
                () = &mut stopped => return self.carry_all().await,
                () = self.0.changed.notified() => {}
                _ = look.tick() => {
                    let due = stream::iter(self.0.turn());
                    due.for_each_concurrent(AT_ONCE_MAX, |(here, told)| self.0.look_again(here, told)).await;
                }
            }
            self.carry_all().await;
        }
    }

    /// While Redis is away it waits here.
    async fn carry_all(&self) {
        while self.0.redis.trouble().is_none() {
            let errands = self.0.errands();
            let more = errands.iter().any(|errand| errand.faces.len() == TOGETHER_MAX);
            stream::iter(errands).for_each_concurrent(AT_ONCE_MAX, |errand| self.0.carry(errand)).await;
            if !more {
                return;
            }
        }
    }
}

#[async_trait]
impl Presence for SharedHall {
    async fn report(&self, node: Key, changes: &[Here]) -> Result<(), BusError> {
        {
            let own = &mut *self.own.lock();
            let mut told = Vec::new();
            own.rooms.report(node, changes, &mut told);
            for change in told {
                let Change::Face(workspace, account, face) = change else { continue };
                let house = own.houses.entry(workspace).or_default();
                house.owed.insert(account);
                match face {
                    Face::Off | Face::Unknown => house.people.remove(&account),
                    Face::Away | Face::Here => house.people.insert(account),
                };
            }
        }
        self.changed.notify_one();
        Ok(())
    }

    async fn look(
        &self,
        workspace: WorkspaceId,
        accounts: &[AccountId],
    ) -> Result<Vec<(AccountId, Face)>, BusError> {
        let key = self.key(workspace);
        let looked = self.redis.hub.lines.ask(&key, async |line| {
            let mut call = LOOK_SCRIPT.prepare_invoke();
            call.key(&key);
            for account in accounts {
                call.arg(account.to_string());
            }
            call.invoke_async::<Vec<u8>>(line).await
        });
        let faces = looked.await.map_err(|away| BusError(away.to_string()))?;
        Ok(accounts.iter().copied().zip(faces.into_iter().map(face)).collect())
    }

    async fn typing(
        &self,
        workspace: WorkspaceId,
        channel: ChannelId,
        thread: u64,
        account: AccountId,
    ) -> Result<(), BusError> {
        let typing = Change::Typing(workspace, channel, thread, account);
        self.redis.hub.say_changes(workspace, vec![typing])
    }

    fn changes(&self) -> BoxStream<'static, Change> {
        heard(self.redis.hub.changes.subscribe())
    }
}
