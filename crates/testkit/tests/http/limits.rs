//! How often one may ask, by a clock that obeys.

use std::time::{Duration, Instant};

use serde_json::json;
use testkit::{Ground, Street, Visitor, on_every_engine};

const ADA: (&str, &str) = ("ada@example.org", "correct horse");

fn header(answer: &testkit::town::Answer, name: &str) -> u64 {
    let value = answer.headers.get(name).unwrap_or_else(|| panic!("no {name}"));
    value.to_str().expect("text").parse().expect("a number")
}

/// How often at most one is let in from now on who may ask so often in a minute. A server's rates go by its own clock: what
/// comes back while one asks is more on a slow machine.
fn most_from_now() -> impl Fn(u32) -> usize {
    let (since, a_minute) = (Instant::now(), Duration::from_mins(1));
    move |of| of as usize + 1 + (since.elapsed().as_secs_f64() / (a_minute / of).as_secs_f64()) as usize
}

on_every_engine! {
    async fn every_answer_says_how_much_is_left(ground: Ground) {
        let (street, ada, _) = Street::of_ada(&ground).await;
        for (path, status) in [("/about", 200), ("/session", 200), ("/nowhere", 404), ("/sessions/x", 405)] {
            let answer = street.get(&ada, path).await;
            assert_eq!(answer.status, status, "{path}");
            let (limit, left) = (header(&answer, "x-ratelimit-limit"), header(&answer, "x-ratelimit-remaining"));
            assert!(left < limit && header(&answer, "x-ratelimit-reset") >= 1, "{path}");
        }
    }

    async fn a_sixth_try_within_a_minute_waits_and_nobody_else_is_locked_out(ground: Ground) {
        let (street, _, _) = Street::of_ada(&ground).await;
        let guesser = Visitor::from("192.0.2.1");
        for left in (0..5).rev() {
            let told = street.signs_in(&guesser, ADA.0, "wrong").await;
            assert_eq!((told.status.as_u16(), header(&told, "x-ratelimit-remaining")), (401, left));
        }
        let told = street.signs_in(&guesser, "ADA@example.org", ADA.1).await;
        assert_eq!((told.status.as_u16(), told.code()), (429, "slow_down"), "however it is written");
        assert_eq!(header(&told, "x-ratelimit-limit"), 5);
        let wait = header(&told, "retry-after");
        assert!((1..=12).contains(&wait), "{wait}");
        // She comes from elsewhere, and somebody else from there.
        street.signs_in(&Visitor::from("192.0.2.2"), ADA.0, ADA.1).await.ok();
        assert_eq!(street.signs_in(&guesser, "bob@example.org", "wrong").await.status, 401);
        ground.clock.advance(13 * domain::Stamp::SECOND);
        street.signs_in(&guesser, ADA.0, ADA.1).await.ok();
    }

    async fn an_account_tried_from_everywhere_is_slowed_and_still_opens_for_its_owner(ground: Ground) {
        let (street, _, _) = Street::of_ada(&ground).await;
        for number in 1..=40 {
            let told = street.signs_in(&Visitor::from(&format!("192.0.2.{number}")), ADA.0, "wrong").await;
            assert_eq!(told.status, 401, "{number}");
        }
        street.signs_in(&Visitor::from("198.51.100.1"), ADA.0, ADA.1).await.ok();
    }

    async fn one_address_tries_a_hundred_times_a_minute_whatever_accounts_it_names(ground: Ground) {
        let (street, _, _) = Street::of_ada(&ground).await;
        let (guesser, most) = (Visitor::from("192.0.2.1"), most_from_now());
        let mut let_in = 0;
        for number in 0..120 {
            let told = street.signs_in(&guesser, &format!("nobody{number}@example.org"), "wrong").await;
            let_in += usize::from(told.status == 401);
        }
        assert!((100..=most(100)).contains(&let_in), "{let_in}");
        street.signs_in(&Visitor::from("192.0.2.2"), ADA.0, ADA.1).await.ok();
    }

    async fn the_set_up_code_is_tried_ten_times_a_minute_by_all_together(ground: Ground) {
        let street = Street::on(&ground).await;
        let mut wrong = street.first_owner();
        wrong["code"] = json!("0000-0000-0000-0000");
        for number in 1..=10 {
            let told = street.post(&Visitor::from(&format!("192.0.2.{number}")), "/setup", wrong.clone()).await;
            assert_eq!(told.status, 403, "{number}");
        }
        let told = street.post(&Visitor::from("192.0.2.99"), "/setup", street.first_owner()).await;
        assert_eq!(told.code(), "slow_down");
        ground.clock.advance(7 * domain::Stamp::SECOND);
        street.set_up().await;
    }

    async fn an_account_and_an_address_ask_as_often_as_is_configured(ground: Ground) {
        let street = Street::with(ground.node().await, |options| {
            options.rates.account = 20;
            options.rates.address = 30;
        });
        let (ada, _) = street.set_up().await;
        let most = most_from_now();
        let mut statuses = Vec::new();
        for number in 0..40 {
            let visitor = Visitor { address: Some(format!("198.51.100.{}", number % 2).parse().expect("one")), ..ada.clone() };
            statuses.push(street.get(&visitor, "/openapi.json").await.status.as_u16());
        }
        let served = statuses.iter().filter(|status| **status == 200).count();
        assert!((20..=most(20)).contains(&served), "an account is one wherever it asks from: {served}");
        let mut served = 0;
        for _ in 0..40 {
            served += usize::from(street.get(&Visitor::from("203.0.113.7"), "/about").await.status == 200);
        }
        assert!((30..=most(30)).contains(&served), "{served}");
    }

    async fn what_costs_a_great_deal_is_asked_seldom(ground: Ground) {
        assert_eq!(api::door::Rates::default().costly, 10, "a minute");
        // Fewer here: on a server's own clock some come back while one asks.
        let street = Street::with(ground.node().await, |options| options.rates.costly = 2);
        let (ada, welcome) = street.set_up().await;
        let rooks = format!("/workspaces/{}", welcome["workspace"]["id"].as_str().expect("an id"));
        let export = street.get(&ada, "/account/export").await;
        assert_eq!((export.status.as_u16(), header(&export, "x-ratelimit-limit")), (200, 2));
        street.post(&ada, "/workspaces", json!({ "name": "Crows" })).await.ok();
        for (method, path) in [
            ("GET", "/account/export".to_owned()),
            ("POST", "/workspaces".to_owned()),
            ("PUT", format!("{rooks}/picture")),
            ("PUT", format!("{rooks}/members/me/picture")),
        ] {
            let late = street.asks(method, &ada, &path, Some(json!({}))).await;
            assert_eq!((late.status.as_u16(), late.code()), (429, "slow_down"), "{method} {path}");
            assert!((1..=30).contains(&header(&late, "retry-after")), "{method} {path}");
        }
        street.get(&ada, "/workspaces").await.ok();
        ground.clock.advance(31 * domain::Stamp::SECOND);
        street.get(&ada, "/account/export").await.ok();
    }
}
