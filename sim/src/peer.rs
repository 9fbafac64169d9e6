//! A peer's copy of the ledger: what it has in memory, what of it is on disk, and the one door
//! through which either changes. A model of the replica, without its database.

mod held;
mod host;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use chopmark_core::{
    AdmitError, Applied, BlockId, Checkpoint, DeviceId, Digest32, EncodedItem, Executed, Genesis,
    HeaderHash, Height, Item, ItemName, Ledger, NumberedItem, SignedBlock, StateView as _,
    VerifiedBlock, VerifiedCheckpoint,
};

use crate::disk::{Disk, Kept, SharedDisk, Stored};
use crate::hostile::{Conduct, other_list};
use held::Held;

/// Signatures that were verified, for all nodes together.
#[derive(Clone, Default)]
pub(crate) struct Checked(Rc<RefCell<BTreeMap<BlockId, Option<Rc<Known>>>>>);

impl Checked {
    /// The block, if its signature is good: looked at once, whoever asks.
    pub(crate) fn block(&self, signed: SignedBlock) -> Option<Rc<Known>> {
        let mut known = self.0.borrow_mut();
        let look = || {
            let verified = signed.clone().verify().ok()?;
            Some(Rc::new(Known {
                signed: signed.clone(),
                verified,
            }))
        };
        known.entry(signed.id()).or_insert_with(look).clone()
    }
}

/// A block whose signature is good, as it travels and as rules take it.
pub(crate) struct Known {
    pub(crate) signed: SignedBlock,
    pub(crate) verified: VerifiedBlock,
}

/// A checkpoint that became final here.
pub(crate) struct News {
    pub(crate) height: Height,
    pub(crate) header: HeaderHash,
    pub(crate) state: Digest32,
    pub(crate) blocks: Vec<BlockId>,
    pub(crate) applied: Applied,
}

/// What becomes of a batch.
#[derive(Debug, Default)]
pub(crate) struct TakenIn {
    /// The power was cut before it was on disk.
    pub(crate) dead: bool,
    pub(crate) refused: Vec<(u64, &'static str)>,
}

/// One peer, while it runs.
pub(crate) struct Peer {
    genesis: Rc<Genesis>,
    disk: SharedDisk,
    checked: Checked,
    ledger: Ledger,
    held: Held,
    /// Checkpoints that wait for one before them, or for a block. Who cosigned one cosigned its
    /// header, and not the list of blocks beside it: all that came for a height, each once.
    waiting: BTreeMap<Height, Vec<Rc<VerifiedCheckpoint>>>,
    drafts: BTreeMap<HeaderHash, Executed>,
    /// What is in the transaction that is being made.
    staged: Vec<Stored>,
    /// What a quorum signed does not follow from what is here.
    pub(crate) trouble: Option<String>,
    /// Became final since somebody looked.
    pub(crate) news: Vec<News>,
    /// What ordering wants to send.
    pub(crate) out: Vec<Vec<u8>>,
}

impl Peer {
    /// Begins with what is on the disk.
    pub(crate) fn open(genesis: &Rc<Genesis>, disk: &SharedDisk, checked: &Checked) -> Self {
        let snapshot = disk.borrow().snapshot.clone();
        let saved = snapshot.map(|bytes| Ledger::from_snapshot(genesis, &bytes));
        let (ledger, trouble) = match saved {
            Some(Ok(ledger)) => (ledger, None),
            Some(Err(error)) => (
                Ledger::new(genesis),
                Some(format!("its saved state: {error}")),
            ),
            None => (Ledger::new(genesis), None),
        };
        let saved = ledger.tip().height;
        let mut peer = Self {
            genesis: Rc::clone(genesis),
            disk: Rc::clone(disk),
            checked: checked.clone(),
            ledger,
            held: Held::default(),
            waiting: BTreeMap::new(),
            drafts: BTreeMap::new(),
            staged: Vec::new(),
            trouble,
            news: Vec::new(),
            out: Vec::new(),
        };
        let items = disk.borrow().items.clone();
        // A checkpoint may have come before its blocks.
        let mut finished = Vec::new();
        for (number, stored) in (1..).zip(items) {
            match stored.kept {
                Kept::Block(block) => peer.held.insert_aside(number, &block.verified),
                Kept::Checkpoint(checkpoint) => {
                    let height = checkpoint.header().height();
                    if height <= saved {
                        finished.push(checkpoint);
                        continue;
                    }
                    peer.waiting.entry(height).or_default().push(checkpoint);
                }
            }
            peer.advance();
        }
        for checkpoint in finished {
            peer.finish(checkpoint.blocks());
        }
        peer.retry_aside();
        peer
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Whether a block is here, final or not.
    pub(crate) fn has(&self, block: &BlockId) -> bool {
        self.held.get(block).is_some()
    }

    /// Whether it is final here.
    pub(crate) fn is_final(&self, block: &BlockId) -> bool {
        self.ledger.state().logged(block).is_some()
    }

    /// Blocks that are not final and could be, for a story.
    pub(crate) fn open_count(&self) -> usize {
        self.held.open().count()
    }

    pub(crate) fn block(&self, id: &BlockId) -> Option<&VerifiedBlock> {
        self.held.get(id)
    }

    /// The newest number of arrival on disk.
    pub(crate) fn newest(&self) -> u64 {
        u64::try_from(self.disk.borrow().items.len()).unwrap_or(u64::MAX)
    }

    /// What arrived after a number and did not come from there, and up to where that is all. What
    /// another node sends to everyone is only named, unless it was here before the session began.
    pub(crate) fn outgoing(
        &self,
        after: u64,
        to: usize,
        (all, names_after): (&[DeviceId], u64),
        conduct: Conduct,
    ) -> (Vec<EncodedItem>, u64) {
        /// A session takes more later.
        const AT_ONCE: u64 = 64;
        let disk = self.disk.borrow();
        let skip = usize::try_from(after).unwrap_or(usize::MAX);
        let up_to = after.saturating_add(AT_ONCE).min(self.newest());
        let items = (1..)
            .zip(&disk.items)
            .skip(skip)
            .take_while(|(number, _)| *number <= up_to);
        let items = items.filter(|(_, stored)| stored.origin != Some(to));
        let items = items.map(|(number, stored)| {
            let from = stored.origin.and_then(|origin| all.get(origin));
            match (&stored.kept, from) {
                (Kept::Block(block), Some(from)) if number > names_after => {
                    let name = ItemName::Block(block.verified.id());
                    EncodedItem::named(number, name, *from)
                }
                (Kept::Checkpoint(checkpoint), _) if conduct == Conduct::Lies => {
                    let other = other_list(checkpoint.checkpoint(), to);
                    let item = Item::Checkpoint(Box::new(other));
                    EncodedItem::from(&NumberedItem { number, item })
                }
                _ => whole(number, stored),
            }
        });
        (items.collect(), up_to)
    }

    /// An item that was named, and is asked for.
    pub(crate) fn item(&self, number: u64) -> Option<EncodedItem> {
        let disk = self.disk.borrow();
        let place = usize::try_from(number).ok()?.checked_sub(1)?;
        Some(whole(number, disk.items.get(place)?))
    }

    /// Takes in what another node or a phone sent; on disk when this returns, unless the power
    /// was cut.
    pub(crate) fn take_in(
        &mut self,
        from: Option<usize>,
        items: Vec<NumberedItem>,
        last: u64,
    ) -> TakenIn {
        let mut taken = TakenIn::default();
        for NumberedItem { number, item } in items {
            let outcome = match item {
                Item::Block(block) => match self.checked.block(*block) {
                    Some(block) => self.take_block(block, from),
                    None => Err("bad-signature"),
                },
                Item::Checkpoint(checkpoint) => self.take_unchecked(*checkpoint, from),
                _ => Err("malformed"),
            };
            taken
                .refused
                .extend(outcome.err().map(|code| (number, code)));
        }
        self.retry_aside();
        self.advance();
        taken.dead = !self.commit(from.map(|from| (from, last)));
        taken
    }

    fn take_block(&mut self, block: Rc<Known>, from: Option<usize>) -> Result<(), &'static str> {
        if self.has(&block.verified.id()) {
            return Ok(());
        }
        let refused = match self.ledger.admit(&block.verified, &self.held) {
            Ok(_) => None,
            Err(AdmitError::Duplicate) => return Ok(()),
            Err(refused) => Some(refused),
        };
        let number = self.next_number();
        match refused {
            None => self.held.insert_open(number, &block.verified),
            // The rest may come from elsewhere, or a checkpoint may order it.
            Some(AdmitError::MissingPrev { .. } | AdmitError::UnknownDevice { .. }) => {
                self.held.insert_aside(number, &block.verified);
            }
            Some(refused) if refused.may_be_ordered() => {
                self.held.insert_aside(number, &block.verified);
                self.stage(Kept::Block(block), from);
                return Err(refused.code());
            }
            Some(refused) => return Err(refused.code()),
        }
        self.stage(Kept::Block(block), from);
        Ok(())
    }

    fn take_unchecked(
        &mut self,
        checkpoint: Checkpoint,
        from: Option<usize>,
    ) -> Result<(), &'static str> {
        if self.is_new(&checkpoint) {
            let checkpoint = checkpoint
                .verify(self.ledger.validators())
                .map_err(|_| "bad-checkpoint")?;
            self.take_checkpoint(checkpoint, from);
        }
        Ok(())
    }

    fn take_checkpoint(&mut self, checkpoint: VerifiedCheckpoint, from: Option<usize>) {
        if self.is_new(checkpoint.checkpoint()) {
            let height = checkpoint.header().height();
            let checkpoint = Rc::new(checkpoint);
            self.stage(Kept::Checkpoint(Rc::clone(&checkpoint)), from);
            self.waiting.entry(height).or_default().push(checkpoint);
        }
    }

    fn is_new(&self, checkpoint: &Checkpoint) -> bool {
        let height = checkpoint.header().height();
        let mut waiting = self.waiting.get(&height).into_iter().flatten();
        height > self.ledger.tip().height && waiting.all(|other| other.checkpoint() != checkpoint)
    }

    fn stage(&mut self, kept: Kept, origin: Option<usize>) {
        self.staged.push(Stored { kept, origin });
    }

    /// The number that the next item will have.
    fn next_number(&self) -> u64 {
        let staged = u64::try_from(self.staged.len()).unwrap_or(u64::MAX);
        self.newest().saturating_add(staged).saturating_add(1)
    }

    /// Ends the transaction: whether the machine still runs. What it dies in is on disk or not.
    fn commit(&mut self, since: Option<(usize, u64)>) -> bool {
        let mut disk = self.disk.borrow_mut();
        if !disk.step() {
            return false;
        }
        disk.items.append(&mut self.staged);
        disk.since.extend(since);
        self.save(&mut disk);
        disk.step()
    }

    /// Takes out a checkpoint of a height whose blocks are all here.
    fn take_whole(&mut self, height: Height) -> Option<Rc<VerifiedCheckpoint>> {
        let held = &self.held;
        let waiting = self.waiting.get_mut(&height)?;
        let is_whole = |checkpoint: &Rc<VerifiedCheckpoint>| {
            let mut blocks = checkpoint.blocks().iter();
            blocks.all(|id| held.get(id).is_some())
        };
        let at = waiting.iter().position(is_whole)?;
        Some(waiting.remove(at))
    }

    fn retry_aside(&mut self) {
        let mut moved = true;
        while std::mem::take(&mut moved) {
            for (number, block) in self.held.aside() {
                if self.ledger.admit(&block, &self.held).is_ok() {
                    self.held.take_from_aside(number);
                    moved = true;
                }
            }
        }
    }

    /// A checkpoint holds these now, unless it was passed on with a false list.
    fn finish(&mut self, blocks: &[BlockId]) {
        let state = self.ledger.state();
        for id in blocks.iter().filter(|id| state.logged(id).is_some()) {
            self.held.finish(id, |other| state.logged(other).is_some());
        }
    }

    /// Saves the state, now and then, of what is on disk.
    fn save(&self, disk: &mut Disk) {
        /// A restart replays fewer checkpoints than these.
        const EVERY: u64 = 8;
        let height = self.ledger.tip().height.0;
        if height > 0 && height.is_multiple_of(EVERY) && !self.news.is_empty() {
            disk.snapshot = Some(self.ledger.snapshot_bytes());
        }
    }

    /// Applies every checkpoint that can be.
    fn advance(&mut self) {
        loop {
            let height = Height(self.ledger.tip().height.0.saturating_add(1));
            let Some(checkpoint) = self.take_whole(height) else {
                return;
            };
            let header = checkpoint.checkpoint().hash();
            // A header does not say which blocks it orders.
            let proposal = checkpoint.checkpoint().to_proposal();
            let drafted = self.drafts.remove(&header);
            let applied = match drafted.filter(|draft| *draft.proposal() == proposal) {
                Some(executed) => self.ledger.commit(executed),
                None => self.ledger.apply(&checkpoint, self.held.all()),
            };
            // What does not follow has a false list, unless this node's own engine decided on it.
            let Ok(applied) = applied else { continue };
            self.waiting.remove(&height);
            self.drafts.clear();
            self.finish(checkpoint.blocks());
            let state = self.ledger.state_digest();
            let blocks = checkpoint.blocks().to_vec();
            self.news.push(News {
                height,
                header,
                state,
                blocks,
                applied,
            });
        }
    }
}

fn whole(number: u64, stored: &Stored) -> EncodedItem {
    let item = match &stored.kept {
        Kept::Block(block) => Item::Block(Box::new(block.signed.clone())),
        Kept::Checkpoint(checkpoint) => Item::Checkpoint(Box::new(checkpoint.checkpoint().clone())),
    };
    EncodedItem::from(&NumberedItem { number, item })
}
