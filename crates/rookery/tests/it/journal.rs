//! People who write into a store while no server runs, and what its journals say of themselves.

use std::path::Path;
use std::sync::Arc;

use domain::By;
use serde_json::Value;
use service::{Draft, FirstOwner, Places, Service};
use store::clock::{Clock, SystemClock};
use store::{Limits, Sqlite, SqliteOptions, Store, secrets};

use crate::harness::run;

/// Ada founds an installation in the folder `data`, and says hello.
pub fn ada_says_hello(home: &Path) {
    std::fs::create_dir_all(home.join("data")).expect("a folder");
    let file = home.join("data/rookery.db");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let engine =
            Arc::new(Sqlite::open(&file, clock.clone(), &SqliteOptions::default()).expect("a store"));
        let key = secrets::digest_key(engine.as_ref()).await.expect("a key");
        let store = Store::new(engine, key, Limits::default());
        let service = Service::new(Places::together(store.clone()), clock);
        let founded = async {
            let ada = FirstOwner {
                name: "Ada".to_owned(),
                email: "ada@example.org".to_owned(),
                password: None,
                workspace: "Nest".to_owned(),
                slug: None,
                channels: Vec::new(),
            };
            let (making, _) = service.set_up(service.new_key(), ada).await.expect("founded");
            let by = By::new(making.workspace, making.owner);
            let channel = making.channels[0].0;
            let hello = Draft { channel, thread: 0, text: "hello".to_owned(), in_channel: false };
            service.send(by, service.new_key(), hello).await.expect("sent");
            store.close();
        };
        let mut lanes = store.lanes();
        tokio::join!(founded, lanes.remove(0));
    });
}

/// Workspace, epoch and position of each journal in a file nobody writes to.
pub fn journals(home: &Path, file: &str) -> Vec<(String, String, u64)> {
    let told = run(home, &["verify", file, "--json"]);
    assert_eq!(told.code(), 0, "{}", told.said());
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let journals = told.json()["journals"].as_array().expect("a list").clone();
    journals
        .iter()
        .map(|journal| {
            let position = journal["position"].as_u64().expect("a number");
            (text(&journal["workspace"]), text(&journal["epoch"]), position)
        })
        .collect()
}
