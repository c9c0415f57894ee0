//! Passwords are hashed slowly on purpose, by one thread of their own: a storm of sign-ins slows sign-ins alone.

mod scratch;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use domain::Refusal;
use domain::limits::{PASSWORD_BYTES_MAX, PASSWORD_BYTES_MIN};
use store::NotDone;
use tokio::sync::oneshot;

use self::scratch::Scratch;

/// Who waits; one more is told to come back.
const WAITING_MAX: usize = 64;
const RETRY_AFTER: Duration = Duration::from_secs(1);
const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;
/// What a stored hash may ask of this machine.
const MEMORY_KIB_MAX: u32 = 64 * 1024;
const PASSES_MAX: u32 = 10;

/// What one guess costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    pub memory_kib: u32,
    pub passes: u32,
}

impl Default for Cost {
    fn default() -> Self {
        Self { memory_kib: 19_456, passes: 2 }
    }
}

impl Cost {
    /// For tests: a guess costs nothing.
    pub const CHEAP: Self = Self { memory_kib: 8, passes: 1 };
}

/// Clones are handles to the same thread, which starts with the first question and ends with the last handle.
#[derive(Clone)]
pub struct Passwords(Arc<Inner>);

struct Inner {
    cost: Cost,
    line: OnceLock<Option<SyncSender<Job>>>,
    asked: AtomicU64,
}

struct Job {
    password: String,
    task: Task,
    reply: oneshot::Sender<Option<String>>,
}

enum Task {
    Hash,
    /// None: nobody has this password, at the same cost.
    Compare(Option<String>),
}

impl Passwords {
    pub fn new(cost: Cost) -> Self {
        Self(Arc::new(Inner { cost, line: OnceLock::new(), asked: AtomicU64::new(0) }))
    }

    /// For a row; the text says how it was made.
    pub async fn hash(&self, field: &'static str, password: &str) -> Result<String, NotDone> {
        if !(PASSWORD_BYTES_MIN..=PASSWORD_BYTES_MAX).contains(&password.len()) {
            let message = format!("a password has {PASSWORD_BYTES_MIN} to {PASSWORD_BYTES_MAX} bytes");
            return Err(Refusal::invalid(field, message).into());
        }
        let hashed = self.done(password, Task::Hash).await?;
        hashed.ok_or_else(|| NotDone::Failed("a password could not be hashed".into()))
    }

    /// Whether it is the one. Costs the same where there is none.
    pub async fn matches(&self, password: &str, hashed: Option<&str>) -> Result<bool, NotDone> {
        // One too long was never taken; it is compared with nothing, and costs what every guess costs.
        let (password, hashed) = match password.len() {
            ..=PASSWORD_BYTES_MAX => (password, hashed),
            _ => ("", None),
        };
        let task = Task::Compare(hashed.map(str::to_owned));
        Ok(self.done(password, task).await?.is_some())
    }

    async fn done(&self, password: &str, task: Task) -> Result<Option<String>, NotDone> {
        let (reply, told) = oneshot::channel();
        let gone = || NotDone::Failed("the thread that hashes passwords is gone".into());
        let line = self.0.line.get_or_init(|| start(self.0.cost)).as_ref().ok_or_else(gone)?;
        line.try_send(Job { password: password.to_owned(), task, reply }).map_err(|error| match error {
            TrySendError::Full(_) => NotDone::Saturated { retry_after: RETRY_AFTER },
            TrySendError::Disconnected(_) => gone(),
        })?;
        self.0.asked.fetch_add(1, Ordering::Relaxed);
        told.await.map_err(|_| gone())
    }

    /// How many were hashed or compared so far.
    pub fn asked(&self) -> u64 {
        self.0.asked.load(Ordering::Relaxed)
    }
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new(Cost::default())
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Passwords({:?})", self.0.cost)
    }
}

fn start(cost: Cost) -> Option<SyncSender<Job>> {
    let (line, jobs) = sync_channel(WAITING_MAX);
    let thread = std::thread::Builder::new().name("passwords".to_owned()).spawn(move || work(cost, &jobs));
    thread.inspect_err(|error| tracing::error!(%error, "no thread for passwords: {error}")).ok()?;
    Some(line)
}

fn work(cost: Cost, jobs: &Receiver<Job>) {
    let mut memory = Scratch::default();
    loop {
        let job = match jobs.try_recv() {
            Ok(job) => job,
            Err(TryRecvError::Disconnected) => return,
            Err(TryRecvError::Empty) => {
                memory = Scratch::default();
                let Ok(job) = jobs.recv() else { return };
                job
            }
        };
        if job.reply.is_closed() {
            continue;
        }
        let answer = match &job.task {
            Task::Hash => Hashed::make(&job.password, cost, &mut memory).map(|hashed| hashed.text()),
            Task::Compare(hashed) => compare(&job.password, hashed.as_deref(), cost, &mut memory),
        };
        // Whoever asked may have gone meanwhile.
        job.reply.send(answer).ok();
    }
}

/// Something where it is the one.
fn compare(password: &str, hashed: Option<&str>, cost: Cost, memory: &mut Scratch) -> Option<String> {
    let Some(known) = hashed.and_then(Hashed::read) else {
        Hashed::make(password, cost, memory);
        return None;
    };
    let again = filled(password, &known.salt, known.cost, memory)?;
    // Hashes of hashes compare in the same time wherever they differ.
    (blake3::hash(&again) == blake3::hash(&known.hash)).then(String::new)
}

struct Hashed {
    cost: Cost,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Hashed {
    fn make(password: &str, cost: Cost, memory: &mut Scratch) -> Option<Self> {
        let salt = store::clock::random::<SALT_BYTES>().to_vec();
        let hash = filled(password, &salt, cost, memory)?.to_vec();
        Some(Self { cost, salt, hash })
    }

    /// As everyone writes it: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
    fn text(&self) -> String {
        let Cost { memory_kib, passes } = self.cost;
        let [salt, hash] = [&self.salt, &self.hash].map(|bytes| STANDARD_NO_PAD.encode(bytes));
        format!("$argon2id$v=19$m={memory_kib},t={passes},p=1${salt}${hash}")
    }

    fn read(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("$argon2id$v=19$m=")?;
        let (memory, rest) = rest.split_once(",t=")?;
        let (passes, rest) = rest.split_once(",p=1$")?;
        let (salt, hash) = rest.split_once('$')?;
        let cost = Cost { memory_kib: memory.parse().ok()?, passes: passes.parse().ok()? };
        let fits = cost.memory_kib <= MEMORY_KIB_MAX && cost.passes <= PASSES_MAX;
        let bytes = |text| STANDARD_NO_PAD.decode(text).ok();
        fits.then_some(Self { cost, salt: bytes(salt)?, hash: bytes(hash)? })
    }
}

fn filled(password: &str, salt: &[u8], cost: Cost, memory: &mut Scratch) -> Option<[u8; HASH_BYTES]> {
    let params = Params::new(cost.memory_kib, cost.passes, 1, Some(HASH_BYTES)).ok()?;
    let blocks = memory.blocks(params.block_count())?;
    let mut hash = [0; HASH_BYTES];
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon.hash_password_into_with_memory(password.as_bytes(), salt, &mut hash, blocks).ok()?;
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_reads_back_and_fits_its_own_password_alone() {
        let mut memory = Scratch::default();
        let text = Hashed::make("correct horse", Cost::CHEAP, &mut memory).expect("hashed").text();
        assert!(text.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{text}");
        let fits = |password: &str, text: &str| {
            compare(password, Some(text), Cost::default(), &mut Scratch::default()).is_some()
        };
        assert!(fits("correct horse", &text));
        assert!(!fits("correct house", &text));
        assert!(
            !fits("correct horse", &text.replace("m=8", "m=99999999")),
            "a row does not order our memory"
        );
        assert!(compare("correct horse", None, Cost::CHEAP, &mut memory).is_none());
    }

    #[test]
    fn it_is_argon2id_as_others_write_it() {
        // Of the reference implementation: echo -n password | argon2 somesalt -id -t 2 -k 64 -p 1.
        let known = "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ$";
        let mut memory = Scratch::default();
        let hash = filled("password", b"somesalt", Cost { memory_kib: 64, passes: 2 }, &mut memory);
        let text = format!("{known}{}", STANDARD_NO_PAD.encode(hash.expect("hashed")));
        assert!(compare("password", Some(&text), Cost::CHEAP, &mut memory).is_some());
    }

    #[tokio::test]
    async fn a_storm_is_told_to_come_back_and_whoever_waits_is_served() {
        let passwords = Passwords::new(Cost { memory_kib: 4_096, passes: 2 });
        let guesses = (0..3 * WAITING_MAX).map(|_| passwords.matches("a guess", None));
        let told = futures_util::future::join_all(guesses).await;
        let busy = told.iter().filter(|told| matches!(told, Err(NotDone::Saturated { .. }))).count();
        let served = told.iter().filter(|told| matches!(told, Ok(false))).count();
        assert!(busy > 0 && served >= WAITING_MAX && busy + served == told.len(), "{busy} {served}");
    }
}
