//! A team, and where other processes find its journal. On the machine's own clock, since they have no other.

use testkit::process::Place;
use testkit::{Backend, FakeClock, Ground, Team};

pub const WRITER: &str = env!("CARGO_BIN_EXE_writer");

pub struct Town {
    pub ground: Ground,
    pub team: Team,
    pub place: Place,
}

async fn founded(mut ground: Ground) -> (Ground, Team) {
    ground.clock = FakeClock::going();
    let node = ground.node().await;
    let team = Team::set_up(&node).await;
    node.stop().await;
    (ground, team)
}

pub async fn founded_on_a_file() -> Town {
    let (ground, team) = founded(Ground::on(Backend::Sqlite).await).await;
    let place = Place::File(ground.file());
    Town { ground, team, place }
}

pub async fn founded_on_a_server() -> Town {
    let (ground, team) = founded(Ground::on(Backend::Postgres).await).await;
    let place = Place::Server(ground.database().direct());
    Town { ground, team, place }
}
