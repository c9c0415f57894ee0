//! What a process runs. A role is a word in the config and on the command line.

use crate::config::values::{Setting, Wrong};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// HTTP for people and programs.
    Api,
}

impl Role {
    pub const ALL: [Role; 1] = [Role::Api];

    pub fn name(self) -> &'static str {
        match self {
            Role::Api => "api",
        }
    }
}

impl Setting for Role {
    const ALLOWED: &'static str = "api";

    fn parse(text: &str) -> Result<Role, Wrong> {
        Role::ALL.into_iter().find(|role| role.name() == text).ok_or(Wrong)
    }

    fn show(&self) -> String {
        self.name().to_owned()
    }
}
