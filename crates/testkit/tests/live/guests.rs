//! What a guest hears of people and channels, and what nobody hears who may look no longer.

use domain::Role;
use serde_json::{Value, json};
use service::{ChannelChange, Done, MemberChange};
use testkit::{Device, Ground, Person, Plaza, on_every_engine};

async fn is_called(plaza: &Plaza, who: Person, name: &str) -> Done {
    let node = &plaza.town.node;
    let change = MemberChange { name: Some(name.into()), ..MemberChange::default() };
    node.service.change_member(who.by, node.new_key(), who.account(), change).await.expect("renamed")
}

async fn looks(device: &mut Device, what: Value) -> Value {
    device.phone.say(&json!({ "look": what })).await;
    device.phone.hears("faces").await
}

/// The kinds of all events heard up to now.
async fn heard(device: &mut Device) -> Vec<Value> {
    let frames = device.phone.until_now().await;
    frames.iter().filter_map(|frame| frame.get("event")).map(|event| event["kind"].clone()).collect()
}

on_every_engine! {
    async fn a_guest_hears_nothing_of_people_and_channels_they_share_nothing_with(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let (team, node) = (plaza.town.team, &plaza.town.node);
        let gil = plaza.town.welcomes_as("Gil", Role::Guest).await;
        let [bob, cleo] = [plaza.town.welcomes("Bob").await, plaza.town.welcomes("Cleo").await];
        let plans = team.opens(node, "plans").await;
        let service = &node.service;
        service.remove_from_channel(cleo.by, node.new_key(), team.general, cleo.account()).await.expect("left");
        let mut guest = plaza.enters(gil).await;
        let faces = looks(&mut guest, json!({ "people": [bob.account(), cleo.account()] })).await;
        assert_eq!(faces["people"], json!([[bob.account(), "off"], [cleo.account(), "unknown"]]), "of shared seats alone");

        is_called(&plaza, cleo, "Cleopatra").await;
        service.change_role(team.owner.by, node.new_key(), cleo.account(), Role::Admin).await.expect("an admin");
        let closed = ChannelChange { private: true, ..ChannelChange::default() };
        service.change_channel(team.owner.by, node.new_key(), plans, closed).await.expect("closed");
        service.remove_member(team.owner.by, node.new_key(), cleo.account(), false).await.expect("removed");
        is_called(&plaza, bob, "Bobby").await;
        let of_bob = guest.phone.hears("event").await;
        assert_eq!((&of_bob["kind"], &of_bob["image"]["member"]["name"]), (&json!("member.changed"), &json!("Bobby")));
        is_called(&plaza, gil, "Gilbert").await;
        assert_eq!(guest.phone.hears("event").await["account"], json!(gil.account()), "and of themselves");
        assert_eq!(heard(&mut guest).await, [""; 0]);
    }

    async fn a_guest_hears_no_more_of_somebody_once_no_seat_is_shared(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let (team, node) = (plaza.town.team, &plaza.town.node);
        let gil = plaza.town.welcomes_as("Gil", Role::Guest).await;
        let bob = plaza.town.welcomes("Bob").await;
        let mut guest = plaza.enters(gil).await;
        looks(&mut guest, json!({ "people": [bob.account()] })).await;
        let left = node.service.remove_from_channel(bob.by, node.new_key(), team.general, bob.account()).await;
        left.expect("left");
        guest.phone.event("seat.left").await;
        let faces = guest.phone.hears("faces").await;
        assert_eq!(faces["people"], json!([[bob.account(), "unknown"]]), "looked again, and judged again");
        is_called(&plaza, bob, "Bobby").await;
        assert_eq!(heard(&mut guest).await, [""; 0]);
    }

    async fn a_guest_who_comes_back_is_brought_level_by_the_state_where_somebody_changed(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let gil = plaza.town.welcomes_as("Gil", Role::Guest).await;
        let bob = plaza.town.welcomes("Bob").await;
        let guest = plaza.enters(gil).await;
        let (place, token) = (guest.place(), guest.token.clone());
        drop(guest);
        let renamed = is_called(&plaza, bob, "Bobby").await;
        plaza.has_heard(&renamed, plaza.town.team.workspace).await;
        let back = plaza.enters_with(&token, place).await;
        assert!(back.opening.iter().any(|frame| frame.get("changed").is_some()), "{:?}", back.opening);
        assert!(back.opening.iter().all(|frame| frame["event"]["kind"] != "member.changed"));
    }

    async fn who_lost_their_seat_looks_at_a_closed_channel_in_vain(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let (team, node) = (plaza.town.team, &plaza.town.node);
        let bob = plaza.town.welcomes("Bob").await;
        let secret = team.opens(node, "secret").await;
        let closed = ChannelChange { private: true, ..ChannelChange::default() };
        node.service.change_channel(team.owner.by, node.new_key(), secret, closed).await.expect("closed");
        node.service.add_to_channel(team.owner.by, node.new_key(), secret, bob.account()).await.expect("added");
        let mut ada = plaza.enters(team.owner).await;
        let mut bob_phone = plaza.enters(bob).await;
        looks(&mut bob_phone, json!({ "channels": [secret] })).await;
        ada.says(secret, "among us").await;
        assert_eq!(bob_phone.hears().await, "among us");
        let gone = node.service.remove_from_channel(team.owner.by, node.new_key(), secret, bob.account()).await;
        gone.expect("removed");
        bob_phone.phone.event("seat.left").await;
        ada.says(secret, "without him").await;
        ada.phone.say(&json!({ "typing": { "channel": secret } })).await;
        ada.says(team.general, "aloud").await;
        assert_eq!(bob_phone.hears().await, "aloud");
        let faces = looks(&mut bob_phone, json!({ "channels": [secret] })).await;
        assert!(faces["position"].is_u64());
        ada.says(secret, "still without him").await;
        assert_eq!(heard(&mut bob_phone).await, [""; 0]);
    }

    async fn who_is_made_a_guest_looks_at_public_channels_no_longer(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let (team, node) = (plaza.town.team, &plaza.town.node);
        let plans = team.opens(node, "plans").await;
        let bob = plaza.town.welcomes("Bob").await;
        let mut ada = plaza.enters(team.owner).await;
        let mut bob_phone = plaza.enters(bob).await;
        looks(&mut bob_phone, json!({ "channels": [plans] })).await;
        ada.says(plans, "for whoever looks").await;
        assert_eq!(bob_phone.hears().await, "for whoever looks");
        let made = node.service.change_role(team.owner.by, node.new_key(), bob.account(), Role::Guest).await;
        made.expect("a guest");
        bob_phone.phone.event("member.changed").await;
        // Judged again by the desk: this answer stands behind that.
        looks(&mut bob_phone, json!({ "channels": [plans, team.general] })).await;
        ada.says(plans, "for members").await;
        ada.says(team.general, "aloud").await;
        assert_eq!(bob_phone.hears().await, "aloud");
        assert_eq!(heard(&mut bob_phone).await, [""; 0]);
    }
}
