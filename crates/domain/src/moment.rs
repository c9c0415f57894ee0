//! The numbers a journal is made of. None of them can be mistaken for another.

use std::fmt;

use crate::cell::{Cell, Corrupt, Kind, Sink, Source};

macro_rules! number {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl $name {
            #[must_use]
            pub fn next(self) -> Self { Self(self.0 + 1) }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }

        impl Cell for $name {
            const KIND: Kind = Kind::Big;
            fn put(&self, sink: &mut dyn Sink) { self.0.put(sink); }
            fn take(source: &mut dyn Source) -> Result<Option<Self>, Corrupt> { Ok(<$inner>::take(source)?.map(Self)) }
        }
    };
}

number!(
    /// The place of an event in its workspace's journal: 1, 2, 3 … without holes.
    Position(u64)
);
number!(
    /// Names one history of a journal; positions of two epochs are never compared.
    Epoch(u64)
);
number!(
    /// Microseconds since 1970, strictly increasing within a workspace.
    Stamp(i64)
);
number!(
    /// Grows when a workspace changes its shard; a writer with an older one is turned away.
    Fence(u64)
);

impl Stamp {
    pub const SECOND: i64 = 1_000_000;
    pub const MINUTE: i64 = 60 * Self::SECOND;
    pub const HOUR: i64 = 60 * Self::MINUTE;
    #[must_use]
    pub fn plus(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }
}
