//! A no, said before anything was written, with the word a program switches on.

use std::borrow::Cow;

/// Why not; each is one code of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    NotFound,
    NotAllowed,
    Invalid,
    Conflict,
    KeyReused,
    KeyExpired,
    TooLarge,
    /// Sign in, again if need be.
    SignedOut,
    /// A position of another history: start again.
    OtherEpoch,
    /// Our own mistake, told to nobody but the log.
    Internal,
}

impl Code {
    pub fn word(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::NotAllowed => "not_allowed",
            Self::Invalid => "invalid",
            Self::Conflict => "conflict",
            Self::KeyReused => "key_reused",
            Self::KeyExpired => "key_expired",
            Self::TooLarge => "too_large",
            Self::SignedOut => "signed_out",
            Self::OtherEpoch => "other_epoch",
            Self::Internal => "internal",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", code.word())]
pub struct Refusal {
    pub code: Code,
    /// What to do about it.
    pub message: Cow<'static, str>,
    /// The field or the missing right.
    pub about: Option<&'static str>,
}

impl Refusal {
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into(), about: None }
    }
    /// Also for what one may not see.
    pub fn not_found(what: &'static str) -> Self {
        Self {
            code: Code::NotFound,
            message: Cow::Owned(format!("there is no such {what}")),
            about: Some(what),
        }
    }
    pub fn not_allowed(right: &'static str, message: &'static str) -> Self {
        Self { code: Code::NotAllowed, message: Cow::Borrowed(message), about: Some(right) }
    }
    pub fn invalid(field: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code: Code::Invalid, message: message.into(), about: Some(field) }
    }
}
