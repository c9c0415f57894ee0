//! Who asks, where no channel is named: asked beside whatever of a workspace they read.

use domain::cell::{Corrupt, Value};
use domain::permission::member;
use domain::{By, Epoch, Head, InWorld, Member, Refusal, Stamp, World};
use store::{Answer, Query};

use crate::take::rows;

const MEMBER: &str =
    "SELECT workspace, account, role, state, name, name_key, profile, private, signed_after_us, changed
    FROM member WHERE workspace = $1 AND account = $2";

pub const QUERIES: &[&str] = &[MEMBER];

pub fn query(by: By) -> Query {
    Query { sql: MEMBER, values: vec![Value::of(&by.workspace), Value::of(&by.account)] }
}

/// The row an entry is judged by.
#[derive(Debug)]
pub struct Entry {
    by: By,
    world: World,
}

impl Entry {
    pub fn of(by: By, answer: &Answer) -> Result<Self, Corrupt> {
        let mut world = World::new(Head::new(by.workspace, Epoch(0)), Stamp(0));
        rows::<Member>(answer)?.into_iter().for_each(|row| Member::rows_mut(&mut world.tables).fill(row));
        Ok(Self { by, world })
    }

    /// The same judge as before a write.
    pub fn member(&self) -> Result<&Member, Refusal> {
        member(self.by, &self.world)
    }
}
