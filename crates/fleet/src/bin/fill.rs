//! A server's data folder with a long past in it, for whoever looks at it through the web client: one workspace, a few
//! people, one channel with as many messages as asked for, said over three years. Real commands through the store, by a
//! clock that obeys; `rookery serve --data FOLDER` goes on from there.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use domain::{By, ChannelId, Stamp};
use futures_util::future::try_join_all;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use service::{Cost, Draft, FirstOwner, Passwords};
use store::clock::{Clock as _, SystemClock};
use store::{Sqlite, SqliteOptions};
use testkit::{FakeClock, Faulty, Node};

const DAY_US: i64 = 86_400_000_000;
const YEARS_US: i64 = 3 * 365 * DAY_US;
/// Ends a little before now: what is said next is of another day.
const LAST_US: i64 = DAY_US;
/// Said at once, so that one commit keeps many.
const AT_ONCE: u64 = 64;
const PASSWORD: &str = "correct horse battery";
const OTHERS: [&str; 4] = ["Bob Noor", "Elif Kaya", "Bram de Wit", "Noor Sabbagh-Rey"];
const WORDS: &str = "the drawings are ready after lunch we move north wall again because light falls there \
                     look at sheet seven before Thursday evening";

#[tokio::main]
async fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let (folder, count) = (words.next().map(PathBuf::from), words.next().and_then(|text| text.parse().ok()));
    let (Some(folder), Some(count)) = (folder, count) else {
        eprintln!("usage: fill DATA_FOLDER MESSAGES");
        return ExitCode::from(2);
    };
    match fill(&folder, count).await {
        Ok(told) => {
            println!("{told}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("fill: {why}");
            ExitCode::FAILURE
        }
    }
}

async fn fill(folder: &Path, count: u64) -> Result<serde_json::Value, String> {
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let began = SystemClock.now().0 - YEARS_US - LAST_US;
    let clock = FakeClock::default();
    clock.set(Stamp(began));
    let (path, options) = (folder.join("rookery.db"), SqliteOptions::default());
    let engine = Sqlite::open(&path, Arc::new(clock.clone()), &options).map_err(|error| error.to_string())?;
    let node = Node::start(Faulty::over(Arc::new(engine)), clock.clone()).await;
    let (speakers, channel) = people(&node).await?;
    let step = YEARS_US / i64::try_from(count.max(1)).unwrap_or(i64::MAX);
    let mut dice = StdRng::seed_from_u64(7);
    let mut at = 0;
    while at < count {
        let together = AT_ONCE.min(count - at);
        let said = (at..at + together).map(|number| {
            let by = speakers[speaker(number) % speakers.len()];
            let draft = Draft { channel, thread: 0, text: text(number + 1, &mut dice), in_channel: false };
            node.service.send(by, node.new_key(), draft)
        });
        try_join_all(said.collect::<Vec<_>>()).await.map_err(|error| format!("{error:?}"))?;
        at += together;
        clock.set(Stamp(began + i64::try_from(at).unwrap_or(i64::MAX) * step));
    }
    let by = speakers[0];
    node.stop().await;
    Ok(
        serde_json::json!({ "workspace": by.workspace, "account": by.account, "channel": channel, "messages": count }),
    )
}

/// Ada, who can sign in, and the others; the channel they are in.
async fn people(node: &Node) -> Result<(Vec<By>, ChannelId), String> {
    let password =
        Passwords::new(Cost::CHEAP).hash("password", PASSWORD).await.map_err(|error| format!("{error:?}"))?;
    let owner = FirstOwner {
        name: "Ada Byron".into(),
        email: "ada@example.com".into(),
        password: Some(password),
        workspace: "Rooks".into(),
        slug: None,
        channels: Vec::new(),
    };
    let (making, _) =
        node.service.set_up(node.new_key(), owner).await.map_err(|error| format!("{error:?}"))?;
    let channel = making.channels[0].0;
    let mut speakers = vec![By::new(making.workspace, making.owner)];
    for name in OTHERS {
        let by = By::new(making.workspace, domain::AccountId::new(node.new_key()));
        let came = node.service.admit(by, node.new_key(), name, domain::Role::Member, vec![channel]).await;
        came.map_err(|error| format!("{error:?}"))?;
        speakers.push(by);
    }
    Ok((speakers, channel))
}

/// People say a few things in a row.
fn speaker(number: u64) -> usize {
    usize::try_from(number / 3 * 7 % 11).unwrap_or_default()
}

/// Short and long, some with code, lists and emphasis: what a list of messages has to draw.
fn text(number: u64, dice: &mut StdRng) -> String {
    let all: Vec<_> = WORDS.split_whitespace().collect();
    let mut words = |most: usize| {
        let count = dice.random_range(2..=most);
        (0..count).map(|_| all[dice.random_range(0..all.len())]).collect::<Vec<_>>().join(" ")
    };
    let said = match number % 25 {
        0 => format!("{}\n```rust\nfn {}() {{\n    let rows = {number};\n}}\n```", words(8), "draw"),
        5 => format!("{}\n- {}\n- {}\n- {}", words(6), words(6), words(9), words(4)),
        10 => format!("**{}** and _{}_: https://example.com/sheets/{number}", words(3), words(4)),
        15 => words(90),
        20 => format!("> {}\n\n{}", words(14), words(10)),
        _ => words(16),
    };
    format!("{number}: {said}")
}
