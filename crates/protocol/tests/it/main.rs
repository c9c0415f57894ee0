//! What crosses the wire, as files one can read: `UPDATE_GOLDEN=1` writes them anew.

mod events;
