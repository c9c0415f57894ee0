//! A session begins with a password that was compared a moment ago.

use super::BeginCredential;
use super::account::active;
use crate::{By, Changes, Code, Command, Needs, Refusal, World};

/// Comparing takes its time, and the password may have changed meanwhile: then the comparison is void.
#[derive(Debug)]
pub struct SignIn {
    pub session: BeginCredential,
    /// What the account held when the password was compared.
    pub was: Option<String>,
}

impl Command for SignIn {
    fn name(&self) -> &'static str {
        "sign_in"
    }
    fn needs(&self, by: By, needs: &mut Needs) {
        self.session.needs(by, needs);
    }
    fn decide(&self, by: By, world: &World) -> Result<Changes, Refusal> {
        if active(self.session.account, world)?.password != self.was {
            return Err(Refusal::new(Code::SignedOut, "the password was changed meanwhile; sign in again"));
        }
        self.session.decide(by, world)
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        self.session.digest(into);
    }
}
