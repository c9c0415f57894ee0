//! What ends, what is looked at and what is typed while somebody is on their way in.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{Commit, Stamp, WorkspaceId};
use futures_util::stream::BoxStream;
use gateway::Limits;
use live::{Bus, BusError, Heard, InProcess};
use serde_json::{Value, json};
use testkit::phone::masked;
use testkit::{Device, Ground, Phone, Plaza, at_every_door};
use tokio::sync::{Notify, Semaphore};

use crate::doors::says_goodbye;

/// A bus that lets nobody listen to a team before it is opened.
struct Gate {
    inner: InProcess,
    waits: Notify,
    open: Semaphore,
}

#[async_trait]
impl Bus for Gate {
    async fn publish(&self, commit: &Arc<Commit>) -> Result<(), BusError> {
        self.inner.publish(commit).await
    }
    async fn subscribe(&self, workspace: WorkspaceId) -> Result<BoxStream<'static, Heard>, BusError> {
        if workspace != WorkspaceId::INSTALLATION {
            self.waits.notify_one();
            drop(self.open.acquire().await);
        }
        self.inner.subscribe(workspace).await
    }
}

/// The session of a device ends, and its gateway knows.
async fn ends(plaza: &Plaza, token: &str) {
    let (ada, node) = (plaza.town.team.owner, &plaza.town.node);
    let secret = token.parse().expect("a token");
    let who = node.service.who(&secret, [127, 0, 0, 1].into()).await.expect("read").expect("known");
    let ended = node.service.end_credential(ada.account(), node.new_key(), who.credential).await;
    plaza.has_heard(&ended.expect("ended"), WorkspaceId::INSTALLATION).await;
}

fn hello(plaza: &Plaza, name: &str, shown: &Value) -> Value {
    json!({ "hello": { "workspace": plaza.town.team.workspace, name: shown } })
}

/// Somebody who does not wait for the welcome.
async fn hurries(plaza: &Plaza, token: &str, frame: &Value) -> Phone {
    let mut phone = plaza.dials().await;
    let hello = hello(plaza, "token", &json!(token));
    let both = [hello, frame.clone()].map(|frame| masked(0x81, frame.to_string().as_bytes()));
    phone.say_bytes(&both.concat()).await;
    phone
}

/// What they saw first of all who type.
async fn sees_typing(phone: &mut Phone) -> Value {
    loop {
        let mut faces = phone.hears("faces").await;
        if faces["typing"] != json!([]) {
            return faces["typing"].take();
        }
    }
}

/// And it is done, whatever became of it.
async fn types(plaza: &Plaza, device: &mut Device, frame: &Value) {
    device.phone.say(frame).await;
    device.says(plaza.town.team.general, "typed").await;
}

at_every_door! {
    async fn a_session_that_ends_takes_along_who_is_on_their_way_in_and_their_ticket(ground: Ground) {
        let gate = Arc::new(Gate { inner: InProcess::default(), waits: Notify::new(), open: Semaphore::new(0) });
        let plaza = Plaza::with(&ground, Limits::default(), Arc::clone(&gate) as Arc<dyn Bus>).await;
        let token = plaza.town.token_of(plaza.town.team.owner).await;
        let mut phone = plaza.dials().await;
        phone.say(&hello(&plaza, "token", &json!(token))).await;
        gate.waits.notified().await;
        ends(&plaza, &token).await;
        plaza.town.node.clock.advance(20 * Stamp::SECOND);
        gate.open.add_permits(1);
        let ticket = phone.hears("welcome").await["ticket"].take();
        says_goodbye(&mut phone, 1).await;
        let mut again = plaza.dials().await;
        again.say(&hello(&plaza, "ticket", &ticket)).await;
        says_goodbye(&mut again, 1).await;
    }

    async fn a_ticket_of_a_clock_that_goes_ahead_opens_nothing_once_its_session_ended(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let (ada, clock) = (plaza.town.team.owner, &plaza.town.node.clock);
        // Long after ends began to be heard.
        plaza.enters(ada).await;
        clock.advance(Stamp::MINUTE);
        let (mut phone, laptop) = (plaza.enters(ada).await, plaza.enters(ada).await);
        clock.advance(-2 * Stamp::SECOND);
        ends(&plaza, &phone.token).await;
        says_goodbye(&mut phone.phone, 1).await;
        clock.advance(3 * Stamp::SECOND);
        let mut again = plaza.dials().await;
        again.say(&hello(&plaza, "ticket", &phone.welcome["ticket"])).await;
        says_goodbye(&mut again, 1).await;
        let mut still = plaza.dials().await;
        still.say(&hello(&plaza, "ticket", &laptop.welcome["ticket"])).await;
        assert_eq!(still.hears("welcome").await["me"], laptop.welcome["me"], "asked about, and not refused");
    }

    async fn whatever_is_said_right_behind_a_hello_is_done_and_answered(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let (team, node) = (plaza.town.team, &plaza.town.node);
        let token = plaza.town.token_of(team.owner).await;
        for number in 1..=40 {
            let mut phone = plaza.dials().await;
            phone.say(&hello(&plaza, "token", &json!(token))).await;
            // Each a little later than the last, so that one is heard just when its hello was answered.
            for _ in 0..number {
                tokio::task::yield_now().await;
            }
            let send = json!({ "key": node.new_key().to_string(), "channel": team.general, "text": "quick" });
            phone.say(&json!({ "send": send })).await;
            assert_eq!(phone.hears("done").await["number"], number);
        }
    }

    async fn who_looks_before_they_are_in_is_judged_as_anybody(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let (team, node) = (plaza.town.team, &plaza.town.node);
        let secret = team.opens(node, "secret").await;
        let closed = service::ChannelChange { private: true, ..service::ChannelChange::default() };
        node.service.change_channel(team.owner.by, node.new_key(), secret, closed).await.expect("closed");
        let (bob, cleo) = (plaza.town.welcomes("Bob").await, plaza.town.welcomes("Cleo").await);
        let (mut ada, mut cleo_phone) = (plaza.enters(team.owner).await, plaza.enters(cleo).await);
        let token = plaza.town.token_of(bob).await;
        let look = json!({ "look": { "channels": [secret, team.general], "people": [bob.account()] } });
        let mut phone = hurries(&plaza, &token, &look).await;
        assert_eq!(phone.hears("faces").await["people"][0][0], json!(bob.account()), "answered once they are in");
        types(&plaza, &mut ada, &json!({ "typing": { "channel": secret } })).await;
        types(&plaza, &mut cleo_phone, &json!({ "typing": { "channel": team.general } })).await;
        assert_eq!(sees_typing(&mut phone).await, json!([[team.general, 0, cleo.account()]]));
    }

    async fn who_types_before_they_are_in_is_seen_by_nobody(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let (team, node) = (plaza.town.team, &plaza.town.node);
        let towers = team.opens(node, "towers").await;
        let (bob, cleo) = (plaza.town.welcomes("Bob").await, plaza.town.welcomes("Cleo").await);
        let (mut ada, mut cleo_phone) = (plaza.enters(team.owner).await, plaza.enters(cleo).await);
        ada.phone.say(&json!({ "look": { "channels": [towers, team.general], "people": [] } })).await;
        ada.phone.hears("faces").await;
        let token = plaza.town.token_of(bob).await;
        let mut phone = hurries(&plaza, &token, &json!({ "typing": { "channel": towers } })).await;
        let send = json!({ "key": node.new_key().to_string(), "channel": team.general, "text": "after it" });
        phone.say(&json!({ "send": send })).await;
        phone.hears("done").await;
        types(&plaza, &mut cleo_phone, &json!({ "typing": { "channel": team.general } })).await;
        assert_eq!(sees_typing(&mut ada.phone).await, json!([[team.general, 0, cleo.account()]]));
    }
}
