//! What a process runs. A role is a word in the config and on the command line.

use crate::config::values::{Setting, Wrong};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// HTTP for people and programs.
    Api,
    /// Sockets: live events, sending, typing, presence.
    Gateway,
    /// Followers of the journals, and the jobs they make.
    Worker,
}

impl Role {
    pub const ALL: [Role; 3] = [Role::Api, Role::Gateway, Role::Worker];

    pub fn name(self) -> &'static str {
        match self {
            Role::Api => "api",
            Role::Gateway => "gateway",
            Role::Worker => "worker",
        }
    }
}

impl Setting for Role {
    const ALLOWED: &'static str = "api, gateway, worker";

    fn parse(text: &str) -> Result<Role, Wrong> {
        Role::ALL.into_iter().find(|role| role.name() == text).ok_or(Wrong)
    }

    fn show(&self) -> String {
        self.name().to_owned()
    }
}
