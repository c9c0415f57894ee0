//! The rows of every table, as the rules see them; their columns are those of the migrations.

pub mod directory;
pub mod journal;
pub mod people;
pub mod private;
pub mod talk;

pub use directory::*;
pub use journal::*;
pub use people::*;
pub use private::*;
pub use talk::*;
