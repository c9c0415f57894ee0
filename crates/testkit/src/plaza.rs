//! A town with its sockets: one process's roles api and gateway, behind a port of this machine.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use api::socket::{Came, Outside, Passed};
use domain::{ChannelId, WorkspaceId};
use futures_util::future::BoxFuture;
use gateway::door::{Asked, Caller, Doorman, Judged, OwnDoor};
use gateway::{Allowance, Bare, Gateway, Limits, Parts, Unlimited};
use live::feed::Patience;
use live::presence::Presence;
use live::redis::{Redis, SharedHall};
use live::{Bus, Feed, Hall, InProcess};
use serde_json::{Value, json};
use service::live::{Journals, publish};
use store::Done;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::ground::{Backend, Ground};
use crate::phone::Phone;
use crate::redises;
use crate::team::Person;
use crate::town::Town;

pub struct Plaza {
    pub town: Town,
    stand: Stand,
    own_door: bool,
}

/// Where gateways meet while it happens.
#[derive(Clone)]
pub struct Meeting {
    /// Where a node says what it commits.
    pub says: Arc<dyn Bus>,
    /// Where its gateway listens: the same, or one that hears it by Redis alone.
    pub hears: Arc<dyn Bus>,
    pub hall: Arc<dyn Presence>,
}

impl Meeting {
    /// Everyone in this process.
    pub fn over(bus: Arc<dyn Bus>) -> Self {
        Self { says: Arc::clone(&bus), hears: bus, hall: Arc::new(Hall::default()) }
    }

    /// On Redis, as the binary wires it.
    pub fn on(redis: &Redis) -> Self {
        let bus = Arc::new(redis.clone());
        let (hall, porter) = SharedHall::new(redis.clone());
        tokio::spawn(porter.run(std::future::pending()));
        Self { says: bus.clone(), hears: bus, hall: Arc::new(hall) }
    }

    /// The engine farthest from one's own machine has its bus farthest, too: nothing that is heard was said in this process.
    async fn near(ground: &Ground) -> Self {
        if ground.backend != Backend::PgBouncer {
            return Self::over(Arc::new(InProcess::default()));
        }
        let settings = redises::shared_settings();
        let (says, hears) = (redises::node(settings.clone()), redises::node(settings));
        redises::is_there(&says).await;
        redises::is_there(&hears).await;
        Self { says: Arc::new(says), ..Self::on(&hears) }
    }
}

/// One gateway and the server it stands behind.
pub struct Stand {
    pub address: SocketAddr,
    pub gateway: Gateway,
    feed: Feed,
    tasks: Vec<JoinHandle<()>>,
    /// Dropped: the server accepts nobody any more.
    _stop: Option<oneshot::Sender<()>>,
}

impl std::ops::Deref for Plaza {
    type Target = Stand;
    fn deref(&self) -> &Stand {
        &self.stand
    }
}

/// The gateway behind the API's port for sockets, as the binary wires it.
pub struct Sockets(pub Gateway);

impl api::socket::Sockets for Sockets {
    fn accept(&self, key: &str) -> Option<String> {
        Gateway::accept(key)
    }
    fn take(&self, arrival: api::socket::Arrival) -> bool {
        let api::socket::Arrival { stream, who, address, network } = arrival;
        let bare = Box::pin(async move {
            let (stream, read_ahead) = stream.await?;
            let api::wire::Stream::Plain(stream) = stream else { return None };
            Some(Bare { stream: stream.into_std().ok()?, tls: None, read_ahead })
        });
        self.0.arrive(gateway::Arrival { bare, who, address, network })
    }
}

impl Plaza {
    pub async fn on(ground: &Ground) -> Self {
        Self::meeting_at(ground, Limits::default(), Meeting::near(ground).await).await
    }

    pub async fn with(ground: &Ground, limits: Limits, bus: Arc<dyn Bus>) -> Self {
        Self::allowing(ground, limits, bus, Arc::new(Unlimited)).await
    }

    /// Where accounts may ask only so often.
    pub async fn allowing(
        ground: &Ground,
        limits: Limits,
        bus: Arc<dyn Bus>,
        allowance: Arc<dyn Allowance>,
    ) -> Self {
        Self::open(ground, limits, Meeting::over(bus), allowance).await
    }

    pub async fn meeting_at(ground: &Ground, limits: Limits, meeting: Meeting) -> Self {
        Self::open(ground, limits, meeting, Arc::new(Unlimited)).await
    }

    async fn open(ground: &Ground, limits: Limits, meeting: Meeting, allowance: Arc<dyn Allowance>) -> Self {
        let town = Town::on(ground).await;
        let own = ground.own_door.then(|| of_cores(&town, &limits, None));
        let stand = Stand::before(&town, limits, meeting, allowance, own).await;
        Self { town, stand, own_door: ground.own_door }
    }

    /// Another node of the same installation, with a store, a service and a gateway of its own.
    pub async fn beside(&self, ground: &Ground, meeting: Meeting) -> Self {
        let (town, limits) = (Town::behind(ground.node().await, self.town.team), Limits::default());
        let own = ground.own_door.then(|| of_cores(&town, &limits, None));
        let stand = Stand::before(&town, limits, meeting, Arc::new(Unlimited), own).await;
        Self { town, stand, own_door: ground.own_door }
    }

    /// Another gateway of the same town, which saw nothing of what the first one did.
    pub async fn another(&self) -> Stand {
        self.another_with(Limits::default(), self.own_door).await
    }

    /// The same, with such a door.
    pub async fn another_with(&self, limits: Limits, own_door: bool) -> Stand {
        let own = own_door.then(|| of_cores(&self.town, &limits, None));
        let alone = Meeting::over(Arc::new(InProcess::default()));
        Stand::before(&self.town, limits, alone, Arc::new(Unlimited), own).await
    }

    /// The same, whose cores end TLS themselves.
    pub async fn another_sealed(&self, tls: &api::tls::Tls) -> Stand {
        let limits = Limits::default();
        let own = of_cores(&self.town, &limits, Some(tls));
        let alone = Meeting::over(Arc::new(InProcess::default()));
        Stand::before(&self.town, limits, alone, Arc::new(Unlimited), Some(own)).await
    }

    /// Somebody's device, connected and silent.
    pub async fn dials(&self) -> Phone {
        Phone::dial(self.address, &[]).await.expect("an upgrade")
    }

    /// Somebody comes in and is level.
    pub async fn enters(&self, person: Person) -> Device {
        let token = self.town.token_of(person).await;
        self.enters_with(&token, json!({})).await
    }

    /// The same with more in the hello: where one was, what one waits for.
    pub async fn enters_with(&self, token: &str, more: Value) -> Device {
        self.enters_at(self.address, token, more).await
    }

    pub async fn enters_at(&self, address: SocketAddr, token: &str, more: Value) -> Device {
        let mut phone = Phone::dial(address, &[]).await.expect("an upgrade");
        let mut hello = json!({ "workspace": self.town.team.workspace, "token": token });
        hello.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        phone.say(&json!({ "hello": hello })).await;
        let welcome = phone.hears("welcome").await;
        let at = phone.hears("at").await;
        let opening = phone.kept();
        let keys = self.town.node.clock.clone();
        Device { phone, welcome, opening, at, token: token.to_owned(), keys }
    }
}

impl Stand {
    /// As the binary wires it.
    async fn before(
        town: &Town,
        limits: Limits,
        meeting: Meeting,
        allowance: Arc<dyn Allowance>,
        own: Option<(OwnDoor, SocketAddr)>,
    ) -> Self {
        let Meeting { says, hears, hall } = meeting;
        let node = &town.node;
        let journals = Arc::new(Journals::new(node.service.clone()));
        let (feed, driver) = Feed::new(hears, journals, Patience::default());
        let name = "plaza".to_owned();
        let (door, own) = own.unzip();
        let made = Gateway::open(node.service.clone(), feed.clone(), hall, limits, allowance, name, door);
        let (gateway, Parts { cores, desks, helpers }) = made.expect("cores");
        let mut tasks = vec![
            tokio::spawn(publish(node.store.clone(), says, Some(feed.clone()))),
            tokio::spawn(driver.run(gateway.listener())),
        ];
        tasks.extend(desks.into_iter().chain(helpers).map(tokio::spawn));
        for core in cores {
            std::thread::spawn(|| core.run().expect("a core runs to its end"));
        }
        let (address, stop) = match own {
            Some(address) => (address, None),
            None => {
                let (address, stop, server) = served(town, gateway.clone()).await;
                tasks.push(server);
                (address, Some(stop))
            }
        };
        Self { address, gateway, feed, tasks, _stop: stop }
    }

    /// What was done was told to this gateway, too: from here on it stands in the tail of who comes in.
    pub async fn has_heard(&self, done: &Done, workspace: WorkspaceId) {
        while self.feed.at(workspace).is_none_or(|at| at.position < done.position) {
            tokio::task::yield_now().await;
        }
    }
}

/// The HTTP server in front of a gateway.
async fn served(town: &Town, gateway: Gateway) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
    let router = api::socket::behind(town.router(), Arc::new(Sockets(gateway)));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel::<()>();
    let stopped = async move { drop(stopped.await) };
    let server = api::server::serve(listener, router, api::limits::Limits::default(), stopped);
    (address, stop, tokio::spawn(server))
}

/// A door of the cores' own before a town, and where it is.
fn of_cores(town: &Town, limits: &Limits, tls: Option<&api::tls::Tls>) -> (OwnDoor, SocketAddr) {
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let (listeners, address) = gateway::door::listeners(anywhere, limits.cores).expect("a port");
    let outside = Outside::new(town.router(), Arc::default(), Gateway::accept);
    let tls = tls.map(api::tls::Tls::of_one_protocol);
    (OwnDoor { listeners, tls, doorman: Arc::new(Rules(outside)) }, address)
}

/// The API's rules at the cores' doors, as the binary wires them.
struct Rules(Outside);

impl Doorman for Rules {
    fn counted(&self, peer: IpAddr) -> Option<IpAddr> {
        self.0.counted(peer)
    }

    fn judge(&self, asked: Asked) -> BoxFuture<'static, Judged> {
        let asked = self.0.clone().ask(asked.request, asked.peer, asked.sealed);
        Box::pin(async move {
            let Passed { answer, came } = asked.await;
            let caller = came.map(|Came { who, address, network }| Caller { who, address, network });
            Judged { answer, caller }
        })
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        self.gateway.drain();
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Somebody at a socket who was welcomed.
pub struct Device {
    pub phone: Phone,
    pub welcome: Value,
    /// What brought it level: events or `changed`, and `private`.
    pub opening: Vec<Value>,
    /// Where it was level.
    pub at: Value,
    pub token: String,
    keys: crate::clock::FakeClock,
}

impl Device {
    pub fn key(&self) -> String {
        store::clock::new_key(&self.keys).to_string()
    }
    /// Sends and waits for its own acknowledgement.
    pub async fn says(&mut self, channel: ChannelId, text: &str) -> Value {
        let key = self.key();
        self.says_under(&key, channel, text).await;
        self.done(&key).await
    }
    pub async fn says_under(&mut self, key: &str, channel: ChannelId, text: &str) {
        self.phone.say(&json!({ "send": { "key": key, "channel": channel, "text": text } })).await;
    }
    pub async fn does(&mut self, verb: &str, what: Value) -> Value {
        let key = self.key();
        self.phone.say(&json!({ "do": { "key": key, verb: what } })).await;
        self.done(&key).await
    }
    async fn done(&mut self, key: &str) -> Value {
        let done = self.phone.hears("done").await;
        assert_eq!(done["key"], key);
        done
    }
    /// The text of the next message anybody said.
    pub async fn hears(&mut self) -> String {
        let event = self.phone.event("message.sent").await;
        event["image"]["message"]["text"].as_str().expect("a text").to_owned()
    }
    /// Where it is, as a hello would say it.
    pub fn place(&self) -> Value {
        json!({ "epoch": self.welcome["epoch"], "position": self.at["position"], "private": self.at["private"] })
    }
}
