//! What hashing works in: a mapping of its own, so that its 19 MB go back to the system and not to an allocator that keeps them.

use argon2::Block;
use memmap2::MmapMut;

#[derive(Default)]
pub(super) struct Scratch(Option<MmapMut>);

impl Scratch {
    /// None where the system has no more to give.
    pub fn blocks(&mut self, count: usize) -> Option<&mut [Block]> {
        let bytes = count * Block::SIZE;
        if self.0.as_ref().is_none_or(|mapping| mapping.len() < bytes) {
            // Given back first, so that the larger one does not stand beside the smaller.
            self.0 = None;
            self.0 = MmapMut::map_anon(bytes).ok();
        }
        let mapping = self.0.as_mut()?;
        #[expect(
            unsafe_code,
            reason = "the crate of the hash takes its own kind of block, and gives no way from bytes to it"
        )]
        // SAFETY: a block is an array of 64-bit numbers, so any bytes are blocks; what does not align is left out.
        let (_, blocks, _) = unsafe { mapping.align_to_mut::<Block>() };
        blocks.get_mut(..count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_to_what_is_asked_and_is_never_smaller() {
        let mut scratch = Scratch::default();
        for count in [8, 64, 16] {
            assert_eq!(scratch.blocks(count).map(|blocks| blocks.len()), Some(count));
        }
    }
}
