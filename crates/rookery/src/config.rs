//! The configuration: read from the file, the environment and the command line, in that order, and checked before anything starts.

mod check;
pub mod kinds;
mod load;
pub mod redis;
pub mod secret;
mod section;
mod settings;
mod show;
mod traces;
pub mod values;

pub use load::{Loaded, Overrides, load};
pub use settings::{Config, Traces};
pub use show::{sample, shown_json, shown_toml};
