//! What every schedule begins with: an installation of two workspaces with some people, in a file to be copied.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::{By, ChannelId, Role, Stamp};
use service::{ChannelChange, NewWorkspace};
use store::{Engine, Sqlite, SqliteOptions};
use tempfile::TempDir;

use crate::deed::OLD_MESSAGES;
use testkit::clock::FakeClock;
use testkit::fault::Faulty;
use testkit::node::Node;
use testkit::team::{Person, Team};
use testkit::town::Town;

pub struct Scene {
    folder: TempDir,
    pub teams: [Team; 2],
    /// In each of the two.
    pub people: [Vec<Person>; 2],
    pub channels: [Vec<ChannelId>; 2],
    /// Who has a device, where, and what opens the door for them.
    pub owners: Vec<(usize, Person, String)>,
    pub begins: Stamp,
}

/// On the caller's own thread, in memory where the machine has such a folder: what a sync leaves out is tested apart.
pub fn open(file: &Path, clock: &FakeClock) -> Arc<dyn Engine> {
    let options = SqliteOptions { readers: 0, ..SqliteOptions::default() };
    Arc::new(Sqlite::open(file, Arc::new(clock.clone()), &options).expect("the file opens"))
}

impl Scene {
    pub async fn set() -> Self {
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder");
        let clock = FakeClock::default();
        let engine = open(&folder.path().join("rookery.db"), &clock);
        let town = Town::of(Node::start(Faulty::over(engine), clock.clone()).await).await;
        let mut people = vec![town.team.owner];
        for (name, role) in
            [("Ann", Role::Admin), ("Bob", Role::Member), ("Cleo", Role::Member), ("Gil", Role::Guest)]
        {
            // Ids go by time: whoever came later stands later, in every process the same.
            clock.advance(Stamp::SECOND);
            people.push(town.welcomes_as(name, role).await);
        }
        let [ada, ann, bob, cleo, gil] = people[..] else { unreachable!("five came") };
        let node = &town.node;
        let mut channels = vec![town.team.general];
        for name in ["plans", "cellar"] {
            clock.advance(Stamp::SECOND);
            channels.push(town.team.opens(node, name).await);
        }
        let service = &node.service;
        service.join(cleo.by, node.new_key(), channels[1]).await.expect("joined");
        let closed = ChannelChange { private: true, ..ChannelChange::default() };
        service.change_channel(ada.by, node.new_key(), channels[2], closed).await.expect("closed");
        service.add_to_channel(ada.by, node.new_key(), channels[2], bob.account()).await.expect("brought in");
        clock.advance(Stamp::SECOND);
        let name = "Second".to_owned();
        let new = NewWorkspace { name, slug: None, owner: bob.account(), owner_name: "Bob".into() };
        let (making, _) =
            service.create_workspace(node.new_key(), new).await.expect("a workspace is created");
        let (there, lobby) = (making.workspace, making.channels[0].0);
        let [bob_there, cleo_there] = [bob, cleo].map(|who| Person { by: By::new(there, who.account()) });
        let key = node.new_key();
        service.admit(cleo_there.by, key, "Cleo", Role::Member, vec![lobby]).await.expect("admitted");
        for (who, channel) in [(ada, channels[0]), (ada, channels[1]), (ada, channels[2]), (bob_there, lobby)]
        {
            for number in 1..=OLD_MESSAGES {
                clock.advance(Stamp::SECOND);
                who.says(node, channel, &format!("number {number}")).await.expect("said");
            }
        }
        let mut owners = Vec::new();
        for (team, who) in
            [(0, ada), (0, bob), (0, bob), (0, cleo), (0, gil), (0, ann), (1, bob_there), (1, cleo_there)]
        {
            clock.advance(Stamp::SECOND);
            owners.push((team, who, town.token_of(who).await));
        }
        let second = Team { workspace: there, owner: bob_there, general: lobby };
        let (teams, begins) = ([town.team, second], store::clock::Clock::now(&clock));
        town.node.stop().await;
        Self {
            folder,
            teams,
            people: [people, vec![bob_there, cleo_there]],
            channels: [channels, vec![lobby]],
            owners,
            begins,
        }
    }

    /// A copy of its own, in this folder.
    pub fn copied_to(&self, folder: &Path) -> PathBuf {
        let file = folder.join("rookery.db");
        for name in ["rookery.db", "rookery.db-wal", "rookery.db-shm", "rookery.db.mark"] {
            drop(std::fs::remove_file(folder.join(name)));
        }
        std::fs::copy(self.folder.path().join("rookery.db"), &file).expect("a copy");
        file
    }
}
