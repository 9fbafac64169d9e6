//! What the format allows at most, and why (format, section 1).

/// Statement and records of one block: fits a phone's memory many times over and bounds
/// verification.
pub const BLOCK_BYTES: usize = 64 * 1024;
/// Encapsulations of one block: 128 groups with X-Wing take 158 KB, and half as much again is left
/// for the secrets of further audiences.
pub const ENCAPSULATIONS_BYTES: usize = 256 * 1024;
/// Records in a block: a case of serials in one signature, a bounded proof path.
pub const RECORDS: usize = 512;
/// Subjects of a record: a pallet.
pub const SUBJECTS: usize = 1024;
/// Cites of a record: bounds the look-ups a record costs.
pub const CITES: usize = 4;
/// All sections of a block together.
pub const SECTIONS_BYTES: usize = 1024 * 1024;
/// One section's ciphertext.
pub const SECTION_BYTES: usize = 256 * 1024;
/// Sections of one record: one for each audience is plenty.
pub const SECTIONS_PER_RECORD: usize = 16;
/// Reader groups of a block; also the most members that a network can have for now.
pub const READER_GROUPS: usize = 128;
/// A policy: every row and 32 jurisdictions of a few members each.
pub const POLICY_BYTES: usize = 16 * 1024;
/// Jurisdictions of a policy: more than any trade lane passes through.
pub const JURISDICTIONS: usize = 32;
/// Devices that one record seals a group's key to: with X-Wing more would not fit a block.
pub const DEVICES_SEALED: usize = 48;
/// A name: fits a screen.
pub const NAME_BYTES: usize = 256;
/// A note.
pub const NOTE_BYTES: usize = 2000;
/// The EPCIS event of a section: a pallet's identifiers, and sensor data beside them; with the
/// codes it fits into a section.
pub const EVENT_BYTES: usize = 128 * 1024;
/// A caption.
pub const CAPTION_BYTES: usize = 256;
/// Assets, places and documents that one thing is associated with: bounds what a look at it
/// costs.
pub const PARENTS: usize = 16;
/// Levels of packing: bounds every walk up or down.
pub const PACKING_DEPTH: usize = 8;
/// A frame on a stream: the largest lawful batch.
pub const FRAME_BYTES: usize = 2 * 1024 * 1024;
/// A message between validators: a proposal of as many blocks as a checkpoint has, or a decision
/// with it and a signature of every validator.
pub const MESSAGE_BYTES: usize = 256 * 1024;
/// What waits for a missing `prev`, for each connection.
pub const WAITING_BYTES: usize = 4 * 1024 * 1024;
/// An evidence file.
pub const EVIDENCE_BYTES: u64 = 4 * 1024 * 1024 * 1024;
/// A history bundle: a phone's browser has to hold it.
pub const BUNDLE_BYTES: usize = 4 * 1024 * 1024;
/// Offers that the path of an inbox has; they are read one by one, so this is only far from any
/// number that is real.
pub const INBOX_OFFERS: usize = 65_536;
/// A state that is taken over from another peer: some six million subjects, and no more than a peer
/// has room for beside its own.
pub const STATE_BYTES: usize = 2 * 1024 * 1024 * 1024;
/// Blocks in one checkpoint.
pub const CHECKPOINT_BLOCKS: usize = 4096;
/// How far a proposal's time may be ahead of a voter's clock: more than clocks that are kept right
/// differ, little beside any grace.
pub const PROPOSAL_AHEAD_MS: u64 = 10_000;
/// Devices that a founder brings in the genesis.
pub const FOUNDER_DEVICES: usize = 16;
/// Evidence files named by one record or section.
pub const EVIDENCE_LINKS: usize = 32;
/// Measured values in a section.
pub const MEASURED_VALUES: usize = 64;
/// Addresses of a peer.
pub const ADDRESSES: usize = 8;
/// Other peers that a peer tells of: one for each member that a network can have for now.
pub const KNOWN_PEERS: usize = 128;
/// Bytes of one hand-over frame, before base45: a QR code that a scratched phone still reads.
pub const HANDOVER_FRAME_BYTES: usize = 300;
/// Hand-over frames of one payload: more would take minutes to show.
pub const HANDOVER_FRAMES: usize = 400;
/// A genesis: 128 founders with their post-quantum keys.
pub const GENESIS_BYTES: usize = 1024 * 1024;
/// Items of a run: a day of a fast packaging line; their list is 65 MB.
pub const RUN_ITEMS: u32 = 1_000_000;
/// Nodes of a path in a run's tree: the depth of a tree over that many items.
pub const RUN_PATH: usize = 20;
/// Items that one record draws from a run: each costs a path of hashes to check.
pub const DRAWN_ITEMS: usize = 64;
/// Records that a correction names as taking the place of what it corrects: with the corrected
/// one, as many as a record cites.
pub const CORRECTIVES: usize = CITES - 1;
/// Subjects in one part of a trace: who needs more asks for the next part.
pub const TRACED: usize = 100_000;

/// Root keys that a member can have between two changes of the roster, of which whoever follows it
/// is shown every one: those of 128 members are 2.8 MB, and leave the signatures of the change room
/// in a proof.
pub const ROOT_CHANGES: usize = 4;

/// How many checkpoints a change of the roster or the policy lies ahead of the one that decides it, at least:
/// the header in between names the next validators, and whoever proposes it must know them.
pub const CHANGE_LEAST_AHEAD: u64 = 2;

/// And at most: a day under load, so that people in several places can sign. What lies further ahead
/// would keep every other change waiting.
pub const CHANGE_MOST_AHEAD: u64 = 1_000_000;
