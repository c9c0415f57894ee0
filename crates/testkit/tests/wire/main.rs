//! The line to the database fails at each message; the database fails over. Needs the servers of `scripts/services`.

mod places;
