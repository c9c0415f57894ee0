//! The frames of the socket: a JSON object with one member, whose name is the frame's kind.

mod down;
mod envelope;
mod up;

pub use down::{
    Again, At, Done, Down, Faces, GoodbyeCode, Happened, Limits, Private, Refused, Welcome, goodbye,
};
pub use envelope::Malformed;
pub use up::{Act, Do, Hello, Keeping, Look, Marking, Ping, Place, Sending, Target, Typing, Up, WrongBody};

/// What is offered and taken in `Sec-WebSocket-Protocol`.
pub const SUBPROTOCOL: &str = "rookery.1.json";
