//! Every limit by name. Each is refused with words, and documented.

pub const MESSAGE_BYTES_MAX: usize = 16 * 1024;
pub const MENTIONS_MAX: usize = 50;
pub const REACTIONS_MAX: usize = 100;
pub const EMOJI_BYTES_MAX: usize = 64;
pub const MEMBERS_MAX: u64 = 500_000;
pub const CHANNELS_MAX: u64 = 100_000;
pub const CHANNEL_MEMBERS_MAX: u64 = 50_000;
pub const PINS_MAX: u64 = 100;
pub const NAME_BYTES_MAX: usize = 80;
/// Above it only admins may call everyone.
pub const SHOUT_MEMBERS_MAX: u64 = 1_000;
/// Earlier texts kept of one message; the oldest leaves first.
pub const PAST_TEXTS_MAX: u32 = 100;
/// Faces shown beside a reaction or a thread.
pub const FACES_MAX: usize = 10;
/// Unseen mentions a read mark settles at once; a badge shows no more either.
pub const MENTIONS_UNSEEN_MAX: u32 = 100;
pub const EDIT_SECONDS_DEFAULT: u32 = 15 * 60;
