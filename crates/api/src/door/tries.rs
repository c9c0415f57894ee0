//! How often a password may be tried: by address, and by address and account. Nobody locks another out.

use std::time::Duration;

use super::enter::Entered;
use super::rates::{Rule, Whose};
use crate::errors::Problem;
use crate::face::Face;

fn named(text: &str) -> [u8; 16] {
    let hash = blake3::hash(text.trim().to_lowercase().as_bytes());
    std::array::from_fn(|at| hash.as_bytes()[at])
}

impl Entered {
    /// Of an e-mail address, or of whatever else stands for an account.
    pub async fn tries(&self, face: &Face, account: &str) -> Result<(), Problem> {
        let (rates, named) = (face.rates(), named(account));
        self.tries_hashing(face).await?;
        let pair = Rule { name: "sign_in_pair", times: rates.sign_in_pair };
        self.takes(pair, Whose::pair(self.address(), named)).await?;
        // Tried too often from everywhere together, it is slowed for everyone, and its owner still comes in.
        let everywhere = Rule { name: "sign_in_account", times: rates.sign_in_account };
        if everywhere.times > 0 {
            let verdict = face.counting().take(everywhere, Whose::Named(named), face.service().now()).await;
            if let Some(us) = verdict.retry_after_us {
                let wait = Duration::from_micros(us.unsigned_abs()).min(face.options().slowed_max);
                tokio::time::sleep(wait).await;
            }
        }
        Ok(())
    }

    /// Whatever makes this server hash a password.
    pub async fn tries_hashing(&self, face: &Face) -> Result<(), Problem> {
        let rule = Rule { name: "sign_in", times: face.rates().sign_in_address };
        self.takes(rule, Whose::address(self.address())).await
    }
}
