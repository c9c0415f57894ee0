//! What values are called.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use domain::WorkspaceId;

/// Values of one kind: kept as long as each other, counted together. Where a word comes to mean something else, it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// What a member shows, by account.
    Profiles,
    /// Who sits in a channel, by page.
    ChannelMembers,
    /// Answers of whole endpoints, by the endpoint's name and a hash of its arguments.
    Endpoints,
}

impl Class {
    pub const ALL: [Self; 3] = [Self::Profiles, Self::ChannelMembers, Self::Endpoints];

    pub fn word(self) -> &'static str {
        match self {
            Self::Profiles => "profiles",
            Self::ChannelMembers => "channel_members",
            Self::Endpoints => "endpoints",
        }
    }
}

/// `{T…}:profiles:U…`. The braces keep what is of one workspace on one server of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name {
    pub workspace: WorkspaceId,
    pub class: Class,
    text: Arc<str>,
}

impl Name {
    pub fn of(workspace: WorkspaceId, class: Class, rest: &str) -> Self {
        Self { workspace, class, text: format!("{{{workspace}}}:{}:{rest}", class.word()).into() }
    }
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Names an operator means: `*` stands for anything, `?` for one sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("letters, digits, : {{ }} . _ - and * ? for what is left open, such as *:profiles:*")]
pub struct NotAPattern;

impl FromStr for Pattern {
    type Err = NotAPattern;
    fn from_str(text: &str) -> Result<Self, NotAPattern> {
        let plain =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '{' | '}' | '.' | '_' | '-' | '*' | '?');
        if !text.is_empty() && text.chars().all(plain) { Ok(Self(text.to_owned())) } else { Err(NotAPattern) }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Pattern {
    pub fn fits(&self, name: &Name) -> bool {
        let (pattern, name) = (self.0.as_bytes(), name.text.as_bytes());
        // Where to go on when what followed the last `*` does not fit: one sign later.
        let (mut at, mut read, mut again) = (0, 0, None);
        while read < name.len() {
            match pattern.get(at) {
                Some(b'*') => {
                    again = Some((at + 1, read));
                    at += 1;
                }
                Some(sign) if *sign == b'?' || *sign == name[read] => (at, read) = (at + 1, read + 1),
                _ => {
                    let Some((after, from)) = again else { return false };
                    again = Some((after, from + 1));
                    (at, read) = (after, from + 1);
                }
            }
        }
        pattern[at..].iter().all(|sign| *sign == b'*')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_means_what_it_means_to_redis() {
        let workspace = WorkspaceId::INSTALLATION;
        let name = Name::of(workspace, Class::Profiles, "U1");
        for (pattern, fits) in [
            ("*", true),
            ("*:profiles:*", true),
            ("*:profiles:U?", true),
            ("*:profiles:U??", false),
            ("*:endpoints:*", false),
            ("profiles", false),
            ("{*}:*1", true),
            ("*U1*", true),
            ("**", true),
        ] {
            assert_eq!(pattern.parse::<Pattern>().expect("a pattern").fits(&name), fits, "{pattern}");
        }
        for text in ["", "a b", "[ab]", "\\*"] {
            assert_eq!(text.parse::<Pattern>(), Err(NotAPattern), "{text}");
        }
    }
}
