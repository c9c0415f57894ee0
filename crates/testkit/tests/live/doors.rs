//! Who may come in, and with what words others are sent away.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use domain::AccountId;
use futures_util::future::BoxFuture;
use gateway::{Allowance, Limits};
use serde_json::json;
use testkit::phone::masked;
use testkit::{Ground, Heard, Phone, Plaza, Team, at_every_door};

pub(crate) async fn says_goodbye(phone: &mut Phone, code: u16) -> serde_json::Value {
    let goodbye = phone.hears("goodbye").await;
    assert_eq!(goodbye["code"], code, "{goodbye}");
    assert_eq!(phone.closed().await, Some(4000 + code));
    goodbye
}

async fn limited(ground: &Ground, limits: Limits) -> Plaza {
    Plaza::with(ground, limits, std::sync::Arc::new(live::InProcess::default())).await
}

/// So many times, and then only after a while.
struct Purse(AtomicU32);

impl Allowance for Purse {
    fn take(&self, _account: AccountId) -> BoxFuture<'_, Option<Duration>> {
        let left = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        Box::pin(std::future::ready(left.is_err().then_some(Duration::from_millis(4_200))))
    }
}

at_every_door! {
    async fn an_account_that_asks_too_often_by_its_sockets_is_told_when_to_ask_again(ground: Ground) {
        let purse = Arc::new(Purse(AtomicU32::new(3)));
        let plaza = Plaza::allowing(&ground, Limits::default(), Arc::new(live::InProcess::default()), purse).await;
        let general = plaza.town.team.general;
        let mut phone = plaza.enters(plaza.town.team.owner).await;
        let mut laptop = plaza.enters(plaza.town.team.owner).await;
        phone.says(general, "one").await;
        laptop.says(general, "two").await;
        laptop.does("react", json!({ "channel": general, "number": 1, "emoji": "👍" })).await;
        phone.says_under(&phone.key(), general, "three").await;
        let refused = phone.phone.hears("refused").await;
        assert_eq!((&refused["code"], &refused["retry_after"]), (&json!("slow_down"), &json!(5)));
        laptop.phone.say(&json!({ "mark": { "channel": general, "number": 1 } })).await;
        let goodbye = says_goodbye(&mut laptop.phone, 7).await;
        assert_eq!(goodbye["again"]["after_ms"], 4_200);
    }

    async fn an_account_holds_only_so_many_sockets_and_others_are_not_held_for_it(ground: Ground) {
        let plaza = limited(&ground, Limits { account_sockets_max: 2, ..Limits::default() }).await;
        let (ada, bob) = (plaza.town.team.owner, plaza.town.welcomes("Bob").await);
        let phone = plaza.enters(ada).await;
        let mut laptop = plaza.enters(ada).await;
        let hello = json!({ "hello": { "workspace": plaza.town.team.workspace, "token": phone.token } });
        let mut third = plaza.dials().await;
        third.say(&hello).await;
        let goodbye = says_goodbye(&mut third, 5).await;
        assert_eq!(goodbye["again"]["after_ms"], 60_000);
        plaza.enters(bob).await;
        drop(phone);
        while plaza.gateway.sockets() > 1 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let mut third = plaza.dials().await;
        third.say(&hello).await;
        third.hears("welcome").await;
        laptop.says(plaza.town.team.general, "still here").await;
    }

    async fn a_gateway_holds_only_so_many_sockets_and_the_next_is_told_to_go_elsewhere(ground: Ground) {
        let plaza = limited(&ground, Limits { sockets_max: 2, ..Limits::default() }).await;
        let ada = plaza.town.team.owner;
        let (_phone, laptop) = (plaza.enters(ada).await, plaza.enters(ada).await);
        let refused = Phone::dial(plaza.address, &[]).await.err().expect("no third");
        assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
        drop(laptop);
        while plaza.gateway.sockets() > 1 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        plaza.enters(ada).await.says(plaza.town.team.general, "there is room again").await;
    }

    async fn one_address_keeps_only_so_many_waiting_who_say_nothing(ground: Ground) {
        let plaza = limited(&ground, Limits { address_strangers_max: 2, ..Limits::default() }).await;
        let silent = plaza.dials().await;
        let ada = plaza.enters(plaza.town.team.owner).await;
        let another = plaza.dials().await;
        let refused = Phone::dial(plaza.address, &[]).await.err().expect("no third");
        assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
        drop(silent);
        while plaza.gateway.sockets() > 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        plaza.dials().await;
        drop((ada, another));
    }

    async fn who_is_not_known_or_not_a_member_is_told_so(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let workspace = plaza.town.team.workspace;
        let other = Team::another(&plaza.town.node, "Others").await;
        let ada = plaza.town.token_of(plaza.town.team.owner).await;
        let nobody = format!("rk_{}", "0".repeat(64));
        for (hello, code) in [
            (json!({ "workspace": workspace, "token": nobody }), 1),
            (json!({ "workspace": workspace, "token": "what" }), 1),
            (json!({ "workspace": workspace }), 1),
            (json!({ "workspace": "nowhere", "token": ada }), 2),
            (json!({ "workspace": other.workspace, "token": ada }), 2),
            (json!({ "workspace": "T0000000000000000000000000", "token": ada }), 2),
        ] {
            let mut phone = plaza.dials().await;
            phone.say(&json!({ "hello": hello })).await;
            says_goodbye(&mut phone, code).await;
        }
    }

    async fn what_is_no_frame_of_the_protocol_ends_it(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        for (bytes, code) in [
            (masked(0x81, b"{}"), 6),
            (masked(0x81, b"hello"), 6),
            (masked(0x82, b"{\"ping\":{}}"), 6),
            (masked(0x81, b"{\"ping\":{}}"), 8),
        ] {
            let mut phone = plaza.dials().await;
            phone.say_bytes(&bytes).await;
            says_goodbye(&mut phone, code).await;
        }
        let mut ada = plaza.enters(plaza.town.team.owner).await;
        ada.phone.say(&json!({ "hello": { "workspace": "again" } })).await;
        says_goodbye(&mut ada.phone, 6).await;
        for (bytes, code) in [(masked(0x91, b""), 1002), (masked(0x81, b"\xff"), 1007), (masked(0x81, &vec![b'x'; 70_000]), 1009)] {
            let mut ada = plaza.enters(plaza.town.team.owner).await;
            ada.phone.say_bytes(&bytes).await;
            assert_eq!(ada.phone.closed().await, Some(code));
        }
    }

    async fn a_close_is_answered_and_a_ping_too(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let mut ada = plaza.enters(plaza.town.team.owner).await;
        ada.phone.say_bytes(&masked(0x89, b"are you there")).await;
        assert_eq!(ada.phone.next().await, Heard::Pong(b"are you there".to_vec()));
        ada.phone.say(&json!({ "something": { "new": true } })).await;
        assert!(ada.phone.until_now().await.is_empty(), "what is not known is ignored");
        ada.phone.say_bytes(&masked(0x88, &1000u16.to_be_bytes())).await;
        assert_eq!(ada.phone.closed().await, Some(1000));
        assert_eq!(ada.phone.next().await, Heard::Gone);
    }

    async fn a_frame_a_byte_at_a_time_and_a_thousand_commands_in_one_write(ground: Ground) {
        let plaza = limited(&ground, Limits { commands_per_s: 2_000, ..Limits::default() }).await;
        let general = plaza.town.team.general;
        let mut ada = plaza.enters(plaza.town.team.owner).await;
        let send = |key: String| json!({ "send": { "key": key, "channel": general, "text": "slow" } }).to_string();
        for byte in masked(0x81, send(ada.key()).as_bytes()) {
            ada.phone.say_bytes(&[byte]).await;
        }
        assert_eq!(ada.phone.hears("done").await["number"], 1);
        let keys: Vec<_> = (0..900).map(|_| ada.key()).collect();
        let all: Vec<u8> = keys.iter().flat_map(|key| masked(0x81, send(key.clone()).as_bytes())).collect();
        ada.phone.say_bytes(&all).await;
        for (at, key) in keys.iter().enumerate() {
            let done = ada.phone.hears("done").await;
            assert_eq!((&done["key"], &done["number"]), (&json!(key), &json!(at + 2)));
        }
        for _ in 0..901 {
            ada.hears().await;
        }
    }

    async fn who_speaks_too_fast_is_told_to_slow_down(ground: Ground) {
        let plaza = limited(&ground, Limits { commands_per_s: 10, ..Limits::default() }).await;
        let mut ada = plaza.enters(plaza.town.team.owner).await;
        let pings: Vec<u8> = (0..100).flat_map(|_| masked(0x81, b"{\"ping\":{}}")).collect();
        ada.phone.say_bytes(&pings).await;
        says_goodbye(&mut ada.phone, 7).await;
    }

    async fn who_says_nothing_is_not_waited_for(ground: Ground) {
        let plaza = limited(&ground, Limits { hello_within: Duration::from_millis(200), ..Limits::default() }).await;
        let mut phone = plaza.dials().await;
        says_goodbye(&mut phone, 8).await;
    }

    async fn a_session_that_ends_takes_its_sockets_with_it_and_no_others(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let (ada, node) = (plaza.town.team.owner, &plaza.town.node);
        let mut phone = plaza.enters(ada).await;
        let mut laptop = plaza.enters(ada).await;
        let who = node.service.who(&phone.token.parse().expect("a token"), [127, 0, 0, 1].into()).await.expect("read").expect("known");
        let ended = node.service.end_credential(ada.account(), node.new_key(), who.credential).await;
        ended.expect("ended");
        let goodbye = says_goodbye(&mut phone.phone, 1).await;
        assert_eq!(goodbye["again"], "never");
        laptop.says(plaza.town.team.general, "still here").await;
        // Neither the ticket nor the token opens again.
        let mut again = plaza.dials().await;
        let hello = json!({ "workspace": plaza.town.team.workspace, "ticket": phone.welcome["ticket"] });
        again.say(&json!({ "hello": hello })).await;
        says_goodbye(&mut again, 1).await;
    }

    async fn a_ticket_of_a_session_that_ended_before_a_gateway_began_opens_nothing_there(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let (ada, node) = (plaza.town.team.owner, &plaza.town.node);
        let (phone, laptop) = (plaza.enters(ada).await, plaza.enters(ada).await);
        let secret = phone.token.parse().expect("a token");
        let who = node.service.who(&secret, [127, 0, 0, 1].into()).await.expect("read").expect("known");
        let ended = node.service.end_credential(ada.account(), node.new_key(), who.credential).await;
        ended.expect("ended");
        let other = plaza.another().await;
        let hello = |ticket: &serde_json::Value| json!({ "hello": { "workspace": plaza.town.team.workspace, "ticket": ticket } });
        let mut again = Phone::dial(other.address, &[]).await.expect("an upgrade");
        again.say(&hello(&phone.welcome["ticket"])).await;
        says_goodbye(&mut again, 1).await;
        let mut still = Phone::dial(other.address, &[]).await.expect("an upgrade");
        still.say(&hello(&laptop.welcome["ticket"])).await;
        assert_eq!(still.hears("welcome").await["me"], laptop.welcome["me"]);
    }

    async fn who_must_sign_in_again_is_sent_away_from_every_socket(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let (ada, node) = (plaza.town.team.owner, &plaza.town.node);
        let bob = plaza.town.welcomes("Bob").await;
        let mut phone = plaza.enters(bob).await;
        let mut owner = plaza.enters(ada).await;
        node.clock.advance(domain::Stamp::MINUTE);
        let asked = node.service.require_sign_in(ada.by, node.new_key(), bob.account()).await;
        asked.expect("an owner may ask for it");
        says_goodbye(&mut phone.phone, 1).await;
        owner.says(plaza.town.team.general, "still here").await;
    }

    async fn who_has_no_seat_is_not_seen_typing(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let (ada, node) = (plaza.town.team.owner, &plaza.town.node);
        let towers = plaza.town.team.opens(node, "towers").await;
        let bob = plaza.town.welcomes("Bob").await;
        let mut owner = plaza.enters(ada).await;
        let mut phone = plaza.enters(bob).await;
        owner.phone.say(&json!({ "look": { "channels": [towers, plaza.town.team.general], "people": [] } })).await;
        owner.phone.hears("faces").await;
        phone.phone.say(&json!({ "typing": { "channel": towers } })).await;
        phone.says(plaza.town.team.general, "after it").await;
        let heard = owner.phone.until_now().await;
        assert!(heard.iter().all(|frame| frame.get("faces").is_none()), "{heard:?}");
    }

    async fn a_ticket_brings_one_back_without_a_token(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let phone = plaza.enters(plaza.town.team.owner).await;
        let ticket = phone.welcome["ticket"].clone();
        let mut again = plaza.dials().await;
        again.say(&json!({ "hello": { "workspace": plaza.town.team.workspace, "ticket": ticket } })).await;
        assert_eq!(again.hears("welcome").await["me"], phone.welcome["me"]);
        let mut forged = ticket.as_str().expect("a text").to_owned();
        forged.replace_range(3..4, if &forged[3..4] == "A" { "B" } else { "A" });
        let mut eve = plaza.dials().await;
        eve.say(&json!({ "hello": { "workspace": plaza.town.team.workspace, "ticket": forged } })).await;
        says_goodbye(&mut eve, 1).await;
        plaza.town.node.clock.advance(16 * domain::Stamp::MINUTE);
        let mut late = plaza.dials().await;
        late.say(&json!({ "hello": { "workspace": plaza.town.team.workspace, "ticket": ticket } })).await;
        says_goodbye(&mut late, 1).await;
    }

    async fn a_storm_is_told_when_to_come_back(ground: Ground) {
        let plaza = limited(&ground, Limits { newcomers_per_s: 1, ..Limits::default() }).await;
        let _first = plaza.enters(plaza.town.team.owner).await;
        // Many and at once: of so many there are two within a second on the slowest machine.
        let mut storm = Vec::new();
        for _ in 0..20 {
            storm.push(plaza.dials().await);
        }
        for phone in &mut storm {
            phone.say(&json!({ "hello": { "workspace": plaza.town.team.workspace, "token": "rk_1" } })).await;
        }
        let mut told = 0;
        for phone in &mut storm {
            let goodbye = phone.hears("goodbye").await;
            // Let in, they are strangers.
            if goodbye["code"] != 1 {
                assert_eq!(goodbye["code"], 5, "{goodbye}");
                assert!(goodbye["again"]["after_ms"].as_u64() >= Some(1_000), "{goodbye}");
                told += 1;
            }
        }
        assert!(told > 0);
    }

    async fn a_server_that_goes_down_sends_everyone_to_come_back(ground: Ground) {
        let plaza = limited(&ground, Limits { drain: Duration::from_millis(200), ..Limits::default() }).await;
        let mut people = vec![plaza.enters(plaza.town.team.owner).await];
        for _ in 0..10 {
            people.push(plaza.enters(plaza.town.team.owner).await);
        }
        plaza.gateway.drain();
        for person in &mut people {
            let goodbye = says_goodbye(&mut person.phone, 4).await;
            assert!(goodbye["again"]["after_ms"].is_u64());
        }
    }

    async fn a_cookie_opens_a_socket_only_from_our_page_whatever_stands_beside_it(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let cookie = format!("rookery={}", plaza.town.token_of(plaza.town.team.owner).await);
        let (cookie, home) = (("Cookie", cookie.as_str()), ("Origin", "http://localhost:7665"));
        let (basic, foreign) = (("Authorization", "Basic YWRhOmFkYQ=="), ("Origin", "https://evil.example.org"));
        for (headers, opens) in [
            (&[cookie, home][..], true),
            (&[cookie, home, basic], true),
            (&[cookie], false),
            (&[cookie, basic], false),
            (&[cookie, foreign], false),
            (&[cookie, home, foreign], false),
            (&[cookie, home, home], false),
        ] {
            let dialled = Phone::dial(plaza.address, headers).await;
            assert_eq!(dialled.is_ok(), opens, "{headers:?}: {:?}", dialled.err());
        }
    }

    async fn what_is_no_upgrade_is_told_what_it_should_be(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let refused = Phone::dial(plaza.address, &[("Sec-WebSocket-Protocol", "graphql-ws")]).await;
        assert!(refused.is_ok(), "ours is among those offered");
        let town = &plaza.town;
        let token = town.token_of(town.team.owner).await;
        let answer = town.get(&token, "/api/v1/socket").await;
        assert_eq!((answer.status.as_u16(), answer.code()), (404, "not_found"), "no gateway behind this router");
    }
}
