//! The gateway from outside.

mod autobahn;
