//! What a token may do: less than who it stands for.

use domain::Refusal;

/// One word of a token's scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Looks at what its account may see.
    Read,
    /// Says things, and does whatever else a member does.
    Write,
    /// Does to people, invitations and the workspace what its account may.
    Admin,
}

impl Scope {
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Admin];

    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }
    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of them. None opens any other: who is to read and to write has both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scopes(u8);

impl Scopes {
    /// A session's: whatever the person may.
    pub const ALL: Self = Self(0b111);

    pub fn of<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Self, Refusal> {
        let mut scopes = Self(0);
        for word in words {
            let known = Scope::ALL.into_iter().find(|scope| scope.word() == word);
            scopes.0 |= known.ok_or_else(Self::unknown)?.bit();
        }
        if scopes.0 == 0 { Err(Self::unknown()) } else { Ok(scopes) }
    }
    fn unknown() -> Refusal {
        Refusal::invalid("scopes", "one or more of read, write and admin")
    }
    /// As a credential keeps them; what it does not know opens nothing.
    pub(crate) fn kept(text: &str) -> Self {
        let known = Scope::ALL.into_iter().filter(|scope| text.split(' ').any(|word| word == scope.word()));
        Self(known.fold(0, |bits, scope| bits | scope.bit()))
    }
    pub fn holds(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }
    pub fn words(self) -> Vec<&'static str> {
        Scope::ALL.into_iter().filter(|scope| self.holds(*scope)).map(Scope::word).collect()
    }
    /// As a credential keeps them.
    pub fn text(self) -> String {
        self.words().join(" ")
    }
}
