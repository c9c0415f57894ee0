//! The real binary, as people and their service managers use it.
//!
//! **Invariant.** Nothing here knows an inside: commands go in, words, exit codes and answers come out.

mod command_line;
mod configuration;
mod doctor;
mod harness;
mod journal;
mod load;
mod metrics;
mod operating;
mod people;
mod postgres;
mod redis;
mod serving;
mod sockets;
mod story;
mod traces;
mod working;
