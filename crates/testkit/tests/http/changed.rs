//! What moved while somebody was away.

use domain::ChannelId;
use serde_json::{Value, json};
use service::{Address, ChannelChange, Draft};
use testkit::{Ground, Person, Team, Town, on_every_engine};

/// Where somebody was when they went away.
async fn here(town: &Town, token: &str) -> String {
    let all = town.get(token, &town.path("/changed")).await.ok();
    format!("?since={}&epoch={}", all["position"], all["epoch"].as_str().expect("an epoch"))
}

async fn changed(town: &Town, token: &str, asked: &str) -> Value {
    town.get(token, &town.path(&format!("/changed{asked}"))).await.ok()
}

/// What is told of a channel.
fn of(changed: &Value, channel: ChannelId) -> Option<&Value> {
    let channels = changed["channels"].as_array().expect("channels");
    channels.iter().find(|told| told["channel"] == channel.to_string())
}

async fn opens_private(town: &Town, person: Person, name: &str) -> ChannelId {
    let new = service::NewChannel { name: name.into(), private: true, ..service::NewChannel::default() };
    let done = town.node.service.create_channel(person.by, town.node.new_key(), new).await.expect("made");
    testkit::town::id(&done.reply.read::<Value>().expect("an answer")["id"])
}

on_every_engine! {
    async fn the_first_load_is_all_that_is_mine_and_nothing_else(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, bob) = (town.team.owner, town.welcomes("Bob").await);
        let (node, general) = (&town.node, town.team.general);
        let plans = town.team.opens(node, "plans").await;
        ada.says(node, general, "hello").await.expect("said");
        let key = node.new_key();
        let direct = node.service.create_direct(bob.by, key, vec![ada.account()]).await.expect("a direct channel");
        let direct: ChannelId = testkit::town::id(&direct.reply.read::<Value>().expect("an answer")["id"]);

        let all = changed(&town, &town.token_of(bob).await, "").await;
        let told = of(&all, general).expect("told of");
        assert_eq!((&told["last_number"], &told["read"], &told["role"]), (&json!(1), &json!(0), &json!("member")));
        assert_eq!((&told["image"]["name"], &told["image"]["members"]), (&json!("general"), &json!(2)));
        assert_eq!(of(&all, direct).expect("told of")["image"]["direct"].as_array().map(Vec::len), Some(2));
        assert_eq!(of(&all, plans), None, "no seat there");
        assert_eq!(all["workspace"]["name"], "Rooks");
        let names: Vec<_> = all["people"].as_object().expect("people").values().map(|person| &person["name"]).collect();
        assert_eq!(names.len(), 2);
        assert!(names.contains(&&json!("Ada")) && names.contains(&&json!("Bob")), "{names:?}");
        assert_eq!((&all["left"], &all["more"]), (&json!([]), &Value::Null));
    }

    async fn only_what_moved_is_told_and_an_image_only_where_it_is_newer(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, bob) = (town.team.owner, town.welcomes("Bob").await);
        let (node, general) = (&town.node, town.team.general);
        let plans = town.team.opens(node, "plans").await;
        node.service.join(bob.by, node.new_key(), plans).await.expect("joined");
        let token = town.token_of(bob).await;
        let was = here(&town, &token).await;
        let nothing = changed(&town, &token, &was).await;
        assert_eq!((&nothing["channels"], &nothing["people"]), (&json!([]), &json!({})));
        assert_eq!(nothing["workspace"], Value::Null);

        ada.says(node, general, "news").await.expect("said");
        let moved = changed(&town, &token, &was).await;
        assert_eq!(moved["channels"].as_array().map(Vec::len), Some(1));
        let told = of(&moved, general).expect("told of");
        assert_eq!((&told["last_number"], &told["image"]), (&json!(1), &Value::Null), "the same channel");

        let change = ChannelChange { topic: Some("what we plan".into()), ..ChannelChange::default() };
        node.service.change_channel(ada.by, node.new_key(), plans, change).await.expect("changed");
        town.send("PATCH", &token, &town.path("/members/me"), json!({ "name": "Robert" })).await.ok();
        let moved = changed(&town, &token, &was).await;
        assert_eq!(of(&moved, plans).expect("told of")["image"]["topic"], "what we plan");
        assert_eq!(moved["people"][bob.account().to_string()]["name"], "Robert");
        node.service.archive_workspace(ada.by, node.new_key(), true).await.expect("put away");
        assert_eq!(changed(&town, &token, &was).await["workspace"]["state"], "archived");
    }

    async fn what_names_me_or_calls_everyone_is_counted_until_i_have_read_it(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, bob) = (town.team.owner, town.welcomes("Bob").await);
        let (node, general) = (&town.node, town.team.general);
        for text in ["nothing", &bob.mention(), "<!channel> all", "nothing", "<!here> now", &bob.mention()] {
            ada.says(node, general, text).await.expect("said");
        }
        bob.says(node, general, "<!channel> mine").await.expect("said");
        let gone = Address { channel: general, thread: 0, number: 6 };
        node.service.delete(ada.by, node.new_key(), gone).await.expect("deleted");
        let token = town.token_of(bob).await;
        let told = changed(&town, &token, "").await;
        let told = of(&told, general).expect("told of");
        assert_eq!((&told["mentions"], &told["holes"]), (&json!([2, 3, 5]), &json!([6])));
        bob.reads_to(node, Address { number: 3, ..gone }).await.expect("read");
        let told = changed(&town, &token, "").await;
        assert_eq!(of(&told, general).expect("told of")["mentions"], json!([5]));
        let hers = changed(&town, &town.token_of(ada).await, "").await;
        assert_eq!(of(&hers, general).expect("told of")["mentions"], json!([7]));
    }

    async fn a_thread_i_follow_is_told_while_something_in_it_is_unread(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, bob) = (town.team.owner, town.welcomes("Bob").await);
        let (node, general) = (&town.node, town.team.general);
        let root = Address { channel: general, thread: 0, number: 1 };
        bob.says(node, general, "a question").await.expect("said");
        ada.replies(node, root, "an answer").await.expect("replied");
        ada.replies(node, root, &bob.mention()).await.expect("replied");
        let token = town.token_of(bob).await;
        let told = changed(&town, &token, "").await["threads"][0].clone();
        assert_eq!((&told["thread"], &told["last_number"], &told["read"]), (&json!(1), &json!(2), &json!(0)));
        assert_eq!(told["mentions"], json!([2]));
        bob.reads_to(node, Address { thread: 1, number: 2, ..root }).await.expect("read");
        assert_eq!(changed(&town, &token, "").await["threads"], json!([]));
        let draft = Draft { channel: general, thread: 1, text: "<!here> look".into(), in_channel: false };
        node.service.send(ada.by, node.new_key(), draft).await.expect("called");
        let told = changed(&town, &token, "").await["threads"][0].clone();
        assert_eq!(told["mentions"], json!([3]), "who follows is called");
        node.service.follow(bob.by, node.new_key(), general, 1, false).await.expect("left alone");
        assert_eq!(changed(&town, &token, "").await["threads"], json!([]));
    }

    async fn what_is_mine_no_longer_is_named_as_left(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, bob) = (town.team.owner, town.welcomes("Bob").await);
        let node = &town.node;
        let secret = opens_private(&town, ada, "secret").await;
        node.service.add_to_channel(ada.by, node.new_key(), secret, bob.account()).await.expect("brought in");
        let plans = town.team.opens(node, "plans").await;
        let token = town.token_of(bob).await;
        let was = here(&town, &token).await;
        node.service.remove_from_channel(ada.by, node.new_key(), secret, bob.account()).await.expect("sent away");
        let change = ChannelChange { private: true, ..ChannelChange::default() };
        node.service.change_channel(ada.by, node.new_key(), plans, change).await.expect("hidden");
        let told = changed(&town, &token, &was).await;
        let mut gone = [secret, plans];
        gone.sort_unstable();
        assert_eq!(told["left"], json!(gone));
        assert_eq!(told["channels"], json!([]));
        assert_eq!(changed(&town, &token, "").await["left"], json!([]), "at first nothing is held");
        assert_eq!(changed(&town, &town.token_of(ada).await, &was).await["left"], json!([]), "she sits there");
    }

    async fn made_a_guest_i_am_told_every_channel_without_a_seat(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, bob) = (town.team.owner, town.welcomes("Bob").await);
        let plans = town.team.opens(&town.node, "plans").await;
        let token = town.token_of(bob).await;
        let was = here(&town, &token).await;
        let key = town.node.new_key();
        town.node.service.change_role(ada.by, key, bob.account(), domain::Role::Guest).await.expect("a guest");
        let told = changed(&town, &token, &was).await;
        assert_eq!((&told["left"], &told["people"][bob.account().to_string()]["role"]), (&json!([plans]), &json!("guest")));
    }

    async fn many_channels_come_in_parts_that_count_from_the_first(ground: Ground) {
        let town = Town::on(&ground).await;
        let (ada, node) = (town.team.owner, &town.node);
        let names: Vec<_> = (0..201).map(|number| format!("channel-{number}")).collect();
        futures_util::future::join_all(names.iter().map(|name| town.team.opens(node, name))).await;
        let token = town.token_of(ada).await;
        let first = changed(&town, &token, "").await;
        assert_eq!(first["channels"].as_array().map(Vec::len), Some(200));
        ada.says(node, town.team.general, "in between").await.expect("said");
        let more = first["more"].as_str().expect("more");
        let rest = changed(&town, &token, &format!("?cursor={more}")).await;
        assert_eq!(rest["channels"].as_array().map(Vec::len), Some(2));
        assert_eq!((&rest["position"], &rest["more"], &rest["workspace"]), (&first["position"], &Value::Null, &Value::Null));
        let since = format!("?since={}&epoch={}", first["position"], first["epoch"].as_str().expect("an epoch"));
        let moved = changed(&town, &token, &since).await;
        assert_eq!(moved["channels"].as_array().map(Vec::len), Some(1), "nothing between the parts is lost");
    }

    async fn what_changed_is_refused_to_strangers_and_of_another_history(ground: Ground) {
        let town = Town::on(&ground).await;
        let bob = town.token_of(town.welcomes("Bob").await).await;
        let elsewhere = Team::another(&town.node, "Elsewhere").await;
        let stranger = town.get(&bob, &format!("/api/v1/workspaces/{}/changed", elsewhere.workspace)).await;
        assert_eq!((stranger.status.as_u16(), stranger.code()), (404, "not_found"));
        for (asked, status, code) in [
            ("?since=1", 422, "invalid"),
            ("?since=x&epoch=1", 422, "invalid"),
            ("?since=1&epoch=1", 409, "other_epoch"),
            ("?cursor=nonsense", 422, "invalid"),
        ] {
            let refused = town.get(&bob, &town.path(&format!("/changed{asked}"))).await;
            assert_eq!((refused.status.as_u16(), refused.code()), (status, code), "{asked}");
        }
    }
}
