//! One order on its world: the same key answers the same, else the command decides.

use std::panic::{AssertUnwindSafe, catch_unwind};

use domain::{Code, Needs, Receipt, Refusal, Reply, Stamp, World};

use crate::order::{Done, NotDone, Order};

/// A retry may come this late; older keys are refused, never doubled.
pub const KEY_AGE_MAX_US: i64 = 24 * Stamp::HOUR;
/// A key may come from a clock this far ahead.
pub const KEY_AHEAD_MAX_US: i64 = 5 * Stamp::MINUTE;

/// The secret the digests of an installation are made with.
#[derive(Clone)]
pub struct DigestKey(pub [u8; 32]);

impl DigestKey {
    /// A secret that is shown once and stored nowhere: whoever asks again under the same key is given the same.
    pub fn derive(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        // A key of its own, so that no digest in a receipt is ever a secret.
        let own = blake3::keyed_hash(&self.0, b"secrets\0");
        let mut hasher = blake3::Hasher::new_keyed(own.as_bytes());
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            hasher.update(&(part.len() as u64).to_be_bytes()).update(part);
        }
        *hasher.finalize().as_bytes()
    }
}

impl Order {
    pub(crate) fn needs(&self, needs: &mut Needs) {
        self.command.needs(self.by, needs);
        if self.command.keeps_receipt() {
            needs.row::<Receipt>(self.receipt_key());
        }
    }

    fn receipt_key(&self) -> (domain::Key, domain::WorkspaceId, domain::AccountId) {
        (self.key, self.by.workspace, self.by.account)
    }

    /// What the key stands for; made by who asks, since lanes are few. None for what keeps no receipt.
    pub(crate) fn digest(&self, key: &DigestKey) -> Option<[u8; 32]> {
        if !self.command.keeps_receipt() {
            return None;
        }
        let mut hasher = blake3::Hasher::new_keyed(&key.0);
        hasher.update(self.command.name().as_bytes());
        self.command.digest(&mut |bytes| {
            hasher.update(bytes);
        });
        Some(*hasher.finalize().as_bytes())
    }
}

/// Judges one order and, if it may happen, lets its changes into the world.
pub(crate) fn judge(order: &Order, digest: Option<[u8; 32]>, world: &mut World) -> Result<Done, NotDone> {
    if let Some(digest) = &digest
        && let Some(done) = answered_before(order, world, digest)?
    {
        return Ok(done);
    }
    let stamp = world.stamp();
    let decided = catch_unwind(AssertUnwindSafe(|| order.command.decide(order.by, world)));
    let unnamed = world.was_unnamed();
    let changes = decided.unwrap_or_else(|_| Err(internal(order, "it panicked")))?;
    if unnamed {
        return Err(internal(order, "it looked at rows it had not named").into());
    }
    let reply = changes.reply.clone();
    let position = world.accept(changes);
    if let Some(digest) = digest {
        let (key, workspace, account) = order.receipt_key();
        world.keep(Receipt {
            key,
            workspace,
            account,
            digest,
            position,
            result: reply.0.clone(),
            at_us: stamp,
        });
    }
    Ok(Done { epoch: world.epoch(), position, stamp, reply, again: false })
}

fn answered_before(order: &Order, world: &World, digest: &[u8; 32]) -> Result<Option<Done>, Refusal> {
    let (made, now) = (order.key.made_at(), world.clock().max(world.head().last_us));
    if made < now.plus(-KEY_AGE_MAX_US) || made > now.plus(KEY_AHEAD_MAX_US) {
        let message =
            "the key is too old or from the future; look whether it happened, then send it under a new one";
        return Err(Refusal::new(Code::KeyExpired, message));
    }
    let Some(receipt) = world.get::<Receipt>(&order.receipt_key()) else { return Ok(None) };
    if receipt.digest != *digest {
        return Err(Refusal::new(Code::KeyReused, "this key belongs to another command; make a new one"));
    }
    Ok(Some(Done {
        epoch: world.epoch(),
        position: receipt.position,
        stamp: receipt.at_us,
        reply: Reply(receipt.result.clone()),
        again: true,
    }))
}

fn internal(order: &Order, why: &str) -> Refusal {
    tracing::error!(command = order.command.name(), "the rule of {} is broken: {why}", order.command.name());
    Refusal::new(Code::Internal, "a rule of ours is broken; nothing was changed")
}
