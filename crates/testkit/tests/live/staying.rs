//! Who may stay, and as whom, though it cannot be found out just then, and however long they are here.

use std::sync::Arc;
use std::time::Duration;

use domain::{CredentialKind, Role, Stamp};
use gateway::Limits;
use live::InProcess;
use serde_json::{Value, json};
use service::{NewInvite, Secret};
use testkit::ground::database::until as comes_about;
use testkit::{Device, Ground, Heard, Plaza, at_every_door};

use crate::crowd::{kinds, until};

const SESSION: &str = "FROM credential WHERE id";
const SEATS: &str = "FROM channel_member WHERE workspace = $1 AND account";

/// Where hearts beat each second.
async fn lively(ground: &Ground) -> Plaza {
    let limits = Limits { heartbeat: Duration::from_secs(1), ..Limits::default() };
    Plaza::with(ground, limits, Arc::new(InProcess::default())).await
}

/// Within a few heartbeats.
async fn is_signed_out(device: &mut Device) -> Value {
    for _ in 0..20 {
        match device.phone.next().await {
            Heard::Frame(mut frame) if frame.get("goodbye").is_some() => {
                assert_eq!(device.phone.closed().await, Some(4001));
                return frame["goodbye"].take();
            }
            Heard::Frame(_) => {}
            other => panic!("{other:?} instead of a goodbye"),
        }
    }
    panic!("still here");
}

at_every_door! {
    async fn an_end_that_could_not_be_looked_up_is_looked_up_with_a_later_heartbeat(ground: Ground) {
        let plaza = lively(&ground).await;
        let (ada, node) = (plaza.town.team.owner, &plaza.town.node);
        let (mut phone, mut laptop) = (plaza.enters(ada).await, plaza.enters(ada).await);
        let secret = phone.token.parse().expect("a token");
        let who = node.service.who(&secret, [127, 0, 0, 1].into()).await.expect("read").expect("known");
        node.faults.cannot_read(Some(SESSION));
        let before = node.faults.asked(SESSION);
        let ended = node.service.end_credential(ada.account(), node.new_key(), who.credential).await;
        ended.expect("ended");
        // Of each of the two.
        comes_about("both are looked up", || async { node.faults.asked(SESSION) >= before + 2 }).await;
        phone.says(plaza.town.team.general, "not knowing is no reason to send them away").await;
        node.faults.cannot_read(None);
        is_signed_out(&mut phone).await;
        laptop.says(plaza.town.team.general, "still here").await;
    }

    async fn who_is_an_admin_no_more_hears_nothing_for_admins_though_nobody_can_ask(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let (team, node) = (plaza.town.team, &plaza.town.node);
        let [bob, cleo] = [plaza.town.welcomes_as("Bob", Role::Admin).await, plaza.town.welcomes("Cleo").await];
        let (mut ada, mut device) = (plaza.enters(team.owner).await, plaza.enters(bob).await);
        node.faults.cannot_read(Some(SEATS));
        let made = node.service.change_role(team.owner.by, node.new_key(), bob.account(), Role::Member).await;
        made.expect("a member");
        let new = NewInvite { role: Role::Member, uses: None, expires_s: None, channels: Vec::new() };
        node.service.invite(team.owner.by, node.new_key(), new).await.expect("invited");
        let asked = node.service.require_sign_in(team.owner.by, node.new_key(), cleo.account()).await;
        asked.expect("an owner may ask for it");
        ada.says(team.general, "aloud").await;
        assert_eq!(kinds(&until(&mut device, "aloud").await), ["member.changed", "message.sent"]);
        let all = ["member.changed", "invitation.made", "audit.noted", "message.sent"];
        assert_eq!(kinds(&until(&mut ada, "aloud").await), all, "an owner hears it all");
    }

    async fn a_socket_lives_no_longer_than_the_token_it_came_with(ground: Ground) {
        let plaza = lively(&ground).await;
        let (team, node) = (plaza.town.team, &plaza.town.node);
        let secret = Secret::mint();
        let mut token = plaza.town.credential(team.owner, &secret, CredentialKind::Token, None);
        token.expires_us = Some(node.now().plus(Stamp::MINUTE));
        node.service.begin_credential(team.owner.account(), node.new_key(), token).await.expect("a token");
        let mut program = plaza.enters_with(&secret.text(), json!({})).await;
        let mut phone = plaza.enters(team.owner).await;
        program.phone.hears("at").await;
        program.says(team.general, "a heartbeat later").await;
        node.clock.advance(Stamp::MINUTE);
        let goodbye = is_signed_out(&mut program).await;
        assert_eq!((&goodbye["code"], &goodbye["again"]), (&json!(1), &json!("never")));
        phone.says(team.general, "still here").await;
    }
}
