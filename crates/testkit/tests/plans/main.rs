//! Every statement of the commit path finds its rows by a key, whatever the tables hold: nothing, a million events of
//! one workspace, or a thousand workspaces.

#![allow(clippy::disallowed_methods, reason = "tests own their threads")]

mod postgres;
mod reads;
mod shapes;
mod sqlite;
mod texts;
