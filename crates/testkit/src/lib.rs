//! The proving ground: actors who speak in verbs, a clock that obeys, engines that fail on command.
//!
//! **Invariant.** Nothing here waits by the clock: a test waits for a condition, or moves the time itself.

#![allow(clippy::disallowed_methods, reason = "what a test starts lives as long as the test")]
#![allow(clippy::unused_async, reason = "an actor of one engine waits where that of another does not")]

pub mod bus;
pub mod cache;
pub mod chaos;
pub mod client;
pub mod clock;
pub mod fault;
pub mod ground;
pub mod kill;
pub mod ledger;
pub mod node;
mod over;
pub mod phone;
pub mod plaza;
pub mod powercut;
pub mod process;
pub mod proxy;
pub mod redises;
pub mod schedule;
pub mod team;
pub mod town;
pub mod wire;

pub use chaos::{Cluster, Server};
pub use clock::FakeClock;
pub use fault::{Fault, Faults, Faulty};
pub use ground::{Backend, Ground};
pub use ledger::{Ledger, Told, Wrongs};
pub use node::Node;
pub use phone::{Heard, Phone};
pub use plaza::{Device, Meeting, Plaza};
pub use powercut::PowerCut;
pub use process::Process;
pub use redises::{Redises, Shape};
pub use team::{Person, Team};
pub use town::street::{Street, Visitor};
pub use town::{Answer, Town};

/// The same sentence on every engine: SQLite, PostgreSQL, and PostgreSQL behind PgBouncer.
#[macro_export]
macro_rules! on_every_engine {
    ($($(#[$doc:meta])* async fn $name:ident($ground:ident: Ground) $body:block)+) => {
        $($(#[$doc])* async fn $name($ground: Ground) $body)+
        $crate::on_one_engine!(sqlite, Sqlite, $($name)+);
        $crate::on_one_engine!(postgres, Postgres, $($name)+);
        $crate::on_one_engine!(pgbouncer, PgBouncer, $($name)+);
    };
}

/// The same on every engine, and once more where the gateway's cores accept by themselves.
#[macro_export]
macro_rules! at_every_door {
    ($($(#[$doc:meta])* async fn $name:ident($ground:ident: Ground) $body:block)+) => {
        $crate::on_every_engine! { $($(#[$doc])* async fn $name($ground: Ground) $body)+ }
        mod own_door {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::Ground::with_own_door().await).await;
            })+
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! on_one_engine {
    ($module:ident, $backend:ident, $($name:ident)+) => {
        mod $module {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let ground = $crate::Ground::on($crate::Backend::$backend).await;
                super::$name(ground).await;
            })+
        }
    };
}
