//! Who comes in with many others is told what they would be told alone.

use std::net::{IpAddr, Ipv4Addr};

use domain::{By, CredentialKind, Key, Role};
use futures_util::future::join_all;
use protocol::AccountId;
use service::{Entered, NotDone, Secret, Who};
use testkit::{Ground, Town, on_every_engine};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Seats come in any order.
fn sorted(entered: Result<Entered, NotDone>) -> Result<Entered, NotDone> {
    entered.map(|mut entered| {
        entered.seats.sort_unstable();
        entered.happened.sort_unstable();
        entered
    })
}

/// Members of every kind with seats of their own, somebody who was removed, and a stranger: each with the keys they wait for.
async fn a_crowd(town: &Town) -> Vec<(By, Vec<Key>)> {
    let (node, team) = (&town.node, &town.team);
    let plans = team.opens(node, "plans").await;
    let mut crowd = vec![(team.owner.by, vec![node.new_key()])];
    for number in 0..70_u8 {
        let role = if number % 5 == 0 { Role::Guest } else { Role::Member };
        let person = town.welcomes_as(&format!("Person {number}"), role).await;
        let mut waits = Vec::new();
        if number % 3 == 0 && role == Role::Member {
            node.service.join(person.by, node.new_key(), plans).await.expect("joined");
            let key = node.new_key();
            person.says_under(node, key, plans, "hello").await.expect("said");
            waits = (0..60).map(|_| node.new_key()).chain([key]).collect();
        }
        crowd.push((person.by, waits));
    }
    let leaves = town.welcomes("Lea").await;
    node.service
        .remove_member(team.owner.by, node.new_key(), leaves.account(), false)
        .await
        .expect("removed");
    let stranger = By::new(team.workspace, AccountId::new(node.new_key()));
    // Two devices of one person wait for different things.
    let twice = (crowd[0].0, Vec::new());
    crowd.extend([(leaves.by, Vec::new()), (stranger, vec![node.new_key()]), twice]);
    crowd
}

on_every_engine! {
    async fn whoever_comes_in_with_a_hundred_others_is_told_what_they_are_told_alone(ground: Ground) {
        let town = Town::on(&ground).await;
        let crowd = a_crowd(&town).await;
        let service = &town.node.service;
        let mut alone = Vec::new();
        for (by, waiting) in &crowd {
            alone.push(sorted(service.enter(*by, waiting).await));
        }
        assert_eq!(alone.iter().filter(|entered| entered.is_err()).count(), 2, "who was removed, and a stranger");
        let happened = |entered: &&Result<Entered, NotDone>| {
            entered.as_ref().is_ok_and(|entered| !entered.happened.is_empty())
        };
        assert!(alone.iter().filter(happened).count() > 10);
        let together = join_all(crowd.iter().map(|(by, waiting)| service.enter(*by, waiting))).await;
        let together: Vec<_> = together.into_iter().map(sorted).collect();
        for (who, (together, alone)) in crowd.iter().zip(together.into_iter().zip(alone)) {
            assert_eq!(together, alone, "{who:?}");
        }
        town.node.stop().await;
    }

    async fn whatever_a_hundred_show_at_the_door_opens_what_it_opens_alone(ground: Ground) {
        let town = Town::on(&ground).await;
        let service = &town.node.service;
        let mut shown = vec![Secret::mint(), Secret::mint()];
        for number in 0..60_u8 {
            let person = town.welcomes(&format!("Person {number}")).await;
            let token: Secret = town.token_of(person).await.parse().expect("a secret");
            shown.push(token);
        }
        let bot = town.welcomes("Bot").await;
        for (kind, bound) in [(CredentialKind::Token, Some(town.team.workspace)), (CredentialKind::Link, None)] {
            let secret = Secret::mint();
            let begun = town.credential(bot, &secret, kind, bound);
            service.begin_credential(bot.account(), town.node.new_key(), begun).await.expect("begun");
            shown.push(secret);
        }
        let mut alone: Vec<Option<Who>> = Vec::new();
        for secret in &shown {
            alone.push(service.who(secret, HERE).await.expect("looked up"));
        }
        assert_eq!(alone.iter().filter(|who| who.is_none()).count(), 3, "two of nobody, and a link");
        let fresh = service::Service::new(service.places().clone(), std::sync::Arc::new(ground.clock.clone()));
        let together = join_all(shown.iter().map(|secret| fresh.who(secret, HERE))).await;
        assert_eq!(together, alone.iter().copied().map(Ok).collect::<Vec<_>>());

        // With a ticket, to somebody who hears of ends only since now.
        let mut tickets: Vec<Who> = alone.into_iter().flatten().collect();
        let (ended, mistaken) = (tickets[3], Who { account: tickets[4].account, ..tickets[5] });
        let end = service.end_credential(ended.account, town.node.new_key(), ended.credential);
        end.await.expect("ended");
        tickets.push(mistaken);
        let open = join_all(tickets.iter().map(|who| service.still_opens(who))).await;
        let expected: Vec<_> = tickets.iter().map(|who| Ok(*who != ended && *who != mistaken)).collect();
        assert_eq!(open, expected);
        town.node.stop().await;
    }
}
