//! The sockets of the real binary, from its first hello to its last goodbye.

use serde_json::json;
use tempfile::tempdir;
use testkit::Phone;

use crate::harness::Server;

#[tokio::test]
async fn a_message_goes_over_a_socket_and_a_stop_sends_everyone_to_come_back() {
    let home = tempdir().expect("a folder");
    let mut server = Server::start(home.path());
    let owner = json!({
        "code": server.set_up_code(), "email": "ada@example.org", "password": "correct horse",
        "name": "Ada", "workspace": "Rooks",
    });
    let welcome = server.send("POST", "/setup", "", &owner).json();
    let token = welcome["token"].as_str().expect("a token").to_owned();
    let address = server.address().parse().expect("an address");
    let mut devices = Vec::new();
    for header in [None, Some(format!("Bearer {token}"))] {
        let headers: Vec<_> = header.iter().map(|value| ("Authorization", value.as_str())).collect();
        let mut phone = Phone::dial(address, &headers).await.expect("an upgrade");
        let token = header.is_none().then_some(&token);
        phone.say(&json!({ "hello": { "workspace": "rooks", "token": token } })).await;
        phone.hears("at").await;
        devices.push(phone);
    }
    let opening = devices[0].kept();
    let changed = opening.iter().find_map(|frame| frame.get("changed")).expect("the first load");
    let general = &changed["channels"][0]["channel"];
    let key = store::clock::new_key(&store::clock::SystemClock).to_string();
    devices[0].say(&json!({ "send": { "key": key, "channel": general, "text": "hello" } })).await;
    assert_eq!(devices[0].hears("done").await["number"], 1);
    for phone in &mut devices {
        assert_eq!(phone.event("message.sent").await["image"]["message"]["text"], "hello");
    }
    server.signal("TERM");
    for phone in &mut devices {
        assert_eq!(phone.hears("goodbye").await["code"], 4);
        assert_eq!(phone.closed().await, Some(4004));
    }
    let (exit, log) = server.ended();
    assert!(exit.success(), "{log}");
}

#[tokio::test]
async fn what_an_account_asks_by_its_sockets_counts_with_its_requests() {
    let home = tempdir().expect("a folder");
    let config = home.path().join("rookery.toml");
    std::fs::write(&config, "[rates]\naccount = 2\n").expect("written");
    let mut server = Server::start_with(home.path(), &["--config", config.to_str().expect("a path")]);
    let owner = json!({
        "code": server.set_up_code(), "email": "ada@example.org", "password": "correct horse",
        "name": "Ada", "workspace": "Rooks",
    });
    let welcome = server.send("POST", "/setup", "", &owner).json();
    let token = welcome["token"].as_str().expect("a token").to_owned();
    let general = &welcome["workspace"]["default_channels"][0];
    let mut phone =
        Phone::dial(server.address().parse().expect("an address"), &[]).await.expect("an upgrade");
    phone.say(&json!({ "hello": { "workspace": "rooks", "token": token } })).await;
    phone.hears("at").await;
    for _ in 0..2 {
        let key = store::clock::new_key(&store::clock::SystemClock).to_string();
        phone.say(&json!({ "send": { "key": key, "channel": general, "text": "hello" } })).await;
        phone.hears("done").await;
    }
    let refused = server.send("GET", "/workspaces", &token, &json!(null));
    assert_eq!((refused.status(), &refused.json()["error"]["code"]), (429, &json!("slow_down")));
}

#[tokio::test]
async fn a_process_that_is_only_a_gateway_opens_its_own_door() {
    let home = tempdir().expect("a folder");
    let mut server = Server::start(home.path());
    let owner = json!({
        "code": server.set_up_code(), "email": "ada@example.org", "password": "correct horse",
        "name": "Ada", "workspace": "Rooks",
    });
    let token =
        server.send("POST", "/setup", "", &owner).json()["token"].as_str().expect("a token").to_owned();
    server.signal("TERM");
    server.ended();
    let gateway = Server::start_with(home.path(), &["--roles", "gateway"]);
    let address = gateway.address().parse().expect("an address");
    let mut phone = Phone::dial(address, &[]).await.expect("an upgrade");
    phone.say(&json!({ "hello": { "workspace": "rooks", "token": token } })).await;
    phone.hears("at").await;
    assert_eq!(gateway.get("/health/ready").status(), 200);
    let elsewhere = gateway.get("/api/v1/about");
    assert_eq!((elsewhere.status(), &elsewhere.json()["error"]["code"]), (404, &json!("not_found")));
    // One port is one server's, though its cores share it.
    let taken = crate::harness::run(
        home.path(),
        &[
            "serve",
            "--roles",
            "gateway",
            "--data",
            "other",
            "--metrics",
            "off",
            "--listen",
            gateway.address(),
        ],
    );
    assert_eq!(taken.code(), 3, "{}", taken.complained());
    assert!(taken.complained().contains("is taken by another program"), "{}", taken.complained());
    gateway.signal("TERM");
    assert_eq!(phone.hears("goodbye").await["code"], 4);
    let (exit, log) = gateway.ended();
    assert!(exit.success(), "{log}");
}
