//! Sections opened on every core before they are read one by one: with one section a block each
//! costs a decapsulation, and these are most of the work of a first sync.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use chopmark_core::{BlockId, OpenError, Opener, SectionBody, VerifiedBlock};

/// Blocks with sections for which one more thread is worth its start.
const BLOCKS_A_THREAD: usize = 8;
/// More threads would only take the screen's time on a phone, whose other cores are slow ones.
const THREADS: usize = 4;

/// A block with sections of its that are here.
pub struct SealedBlock<'b> {
    /// The block.
    pub block: &'b VerifiedBlock,
    /// Place of the record in the block, place of the section in the record, ciphertext.
    pub sections: Vec<(u16, u16, Vec<u8>)>,
}

/// A section by its block, its record there, and its place in that. Its hash would be no name:
/// whoever names another's section opens nothing by it.
pub type SectionName = (BlockId, u16, u16);

/// What came of a section.
pub type Opened = Result<SectionBody, OpenError>;

/// Opens all of these, in any order.
#[must_use]
pub fn open_sections(opener: &Opener, sealed: &[SealedBlock<'_>]) -> Vec<(SectionName, Opened)> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let worth = sealed.len().div_euclid(BLOCKS_A_THREAD);
    let others = cores.min(THREADS).min(worth).saturating_sub(1);
    let next = AtomicUsize::new(0);
    // Each takes the next block: a slow core, or one that has other work, holds up nobody.
    let work = || {
        let mut opened = Vec::new();
        while let Some(block) = sealed.get(next.fetch_add(1, Ordering::Relaxed)) {
            open_block(opener, block, &mut opened);
        }
        opened
    };
    thread::scope(|scope| {
        let others: Vec<_> = (0..others).map(|_| scope.spawn(work)).collect();
        let mut opened = work();
        for other in others {
            match other.join() {
                Ok(more) => opened.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        opened
    })
}

fn open_block(opener: &Opener, sealed: &SealedBlock<'_>, opened: &mut Vec<(SectionName, Opened)>) {
    let opener = opener.of(sealed.block);
    for (record, place, ciphertext) in &sealed.sections {
        let name = (sealed.block.id(), *record, *place);
        opened.push((name, opener.open(*record, *place, ciphertext)));
    }
}
