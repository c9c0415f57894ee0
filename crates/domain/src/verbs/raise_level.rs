//! The fleet's level rises: from here on, what only newer nodes read may be written.

use super::field;
use crate::event::{Audience, EventKind, Tell};
use crate::rows::Installation;
use crate::{By, Changes, Command, Needs, Refusal, World};

/// Never falls. Who asks has seen that every live node can read the level.
#[derive(Debug)]
pub struct RaiseLevel {
    pub level: i32,
}

impl RaiseLevel {
    pub const ROW: &'static str = "level";
}

impl Command for RaiseLevel {
    fn name(&self) -> &'static str {
        "raise_level"
    }
    /// The installation's own journal begins with it.
    fn founds(&self) -> bool {
        true
    }
    fn needs(&self, _by: By, needs: &mut Needs) {
        needs.row::<Installation>((Self::ROW.into(),));
    }
    fn decide(&self, _by: By, world: &World) -> Result<Changes, Refusal> {
        let now =
            world.get::<Installation>(&(Self::ROW.into(),)).and_then(|row| row.value.parse::<i32>().ok());
        let mut changes = Changes::begin(world);
        if now.is_some_and(|now| now >= self.level) {
            return Ok(changes);
        }
        changes.put(Installation { name: Self::ROW.into(), value: self.level.to_string() });
        changes.tell(Tell::of(EventKind::LevelRaised, Audience::Nodes).with(self.level.to_string()));
        Ok(changes)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        field(into, &self.level.to_be_bytes());
    }
}
