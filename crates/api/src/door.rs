//! The way in: from where, from which page, how often, as whom, and with what right.

mod cookie;
mod enter;
mod handed;
mod origins;
mod rates;
mod scope;
mod tries;

pub(crate) use cookie::Cookies;
pub(crate) use enter::{Entered, enter};
pub(crate) use handed::{Handed, device, private};
pub use origins::Origins;
pub use rates::{Counting, FULL_US, InProcess, Rates, Rule, Verdict, Whose};
