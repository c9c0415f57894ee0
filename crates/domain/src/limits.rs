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
/// Mutes and choices looked at when calls to everyone are listed.
pub const CHOICES_MAX: u32 = 2_000;
/// Notifications seen in one command; who has more unseen ones asks on.
pub const NOTIFICATIONS_SEEN_MAX: u32 = 200;
/// How long after a message somebody may ask to be told of it.
pub const NOTIFY_AFTER_SECONDS_MAX: u64 = 3600;
/// Of a direct channel, oneself among them.
pub const DIRECT_MEMBERS_MAX: usize = 9;
/// Of a topic and of a purpose.
pub const TOPIC_BYTES_MAX: usize = 1_024;
/// Channels everyone who comes joins, and those an invitation names.
pub const DEFAULT_CHANNELS_MAX: usize = 20;
/// Others a new channel begins with.
pub const FIRST_MEMBERS_MAX: usize = 50;
/// Seats one command ends; who had more is asked about again.
pub const SEATS_ENDED_MAX: u32 = 500;
/// A guest's seats looked at to find a shared one.
pub const GUEST_SEATS_MAX: u32 = 200;
pub const STATUS_BYTES_MAX: usize = 200;
pub const TITLE_BYTES_MAX: usize = 120;
pub const TIME_ZONE_BYTES_MAX: usize = 64;
pub const PICTURE_BYTES_MAX: usize = 512 * 1024;
pub const INVITATION_USES_MAX: i64 = 100_000;
pub const INVITATION_SECONDS_MAX: i64 = 365 * 24 * 3600;
pub const EDIT_SECONDS_MAX: u32 = 365 * 24 * 3600;
/// Of a draft; it may hold a whole message, quoted as JSON.
pub const DRAFT_BYTES_MAX: usize = 2 * MESSAGE_BYTES_MAX + 1024;
/// Private rows of one answer; more follow from its version on.
pub const PRIVATE_ROWS_MAX: u32 = 500;
/// Of any other private value.
pub const PRIVATE_BYTES_MAX: usize = 4 * 1024;
pub const SESSION_IDLE_SECONDS: i64 = 30 * 24 * 3600;
/// A link for a new password opens this long.
pub const LINK_SECONDS: i64 = 3600;
pub const PASSWORD_BYTES_MIN: usize = 8;
pub const PASSWORD_BYTES_MAX: usize = 200;
pub const EMAIL_BYTES_MAX: usize = 254;
/// Of a token that ends by itself.
pub const TOKEN_SECONDS_MAX: i64 = 10 * 365 * 24 * 3600;
/// What a credential says of itself, each.
pub const LABEL_BYTES_MAX: usize = 400;
pub const TOKENS_MAX: usize = 20;
/// Workspaces somebody is in, beyond which they make no more.
pub const WORKSPACES_MAX: usize = 100;
/// Memberships of one account looked at to find those that last.
pub const MEMBERSHIPS_SCANNED_MAX: u32 = 500;
/// The session used longest ago ends when one more begins.
pub const SESSIONS_MAX: usize = 100;
/// Credentials of one account looked at in one command: all there can be, and the ended ones not yet swept.
pub const CREDENTIALS_MAX: u32 = 200;
/// A session in use is noted at most this often.
pub const TOUCH_SECONDS: i64 = 10 * 60;
pub const EDIT_SECONDS_DEFAULT: u32 = 15 * 60;
/// Names looked at for one page of members that leaves some out.
pub const MEMBERS_SCANNED_MAX: u32 = 500;
/// Of an export: looks and messages of one page.
pub const EXPORT_LOOKS_MAX: u32 = 50;
pub const EXPORT_SCANNED_MAX: u32 = 2_000;
/// Items of a list, unless asked for otherwise, and at most.
pub const PAGE_USUAL: u32 = 50;
pub const PAGE_MAX: u32 = 200;

/// Channels told of in one part of what changed; what hangs on them may end a part earlier.
pub const CHANGED_CHANNELS_MAX: u32 = 200;
/// Calls looked at for one part, of each sort.
pub const CHANGED_CALLS_MAX: u32 = 1_000;
pub const CHANGED_THREADS_MAX: u32 = 200;
pub const CHANGED_PARTNERS_MAX: u32 = 1_000;
/// Channels named as gone.
pub const CHANGED_LEFT_MAX: u32 = 10_000;
/// Followed threads looked at to find those with the newest replies.
pub const FOLLOWED_MAX: u32 = 10_000;
