//! How a log lies in its file (format, section 14), and what is looked at before it is opened:
//! opening it takes whatever does not fit for torn off, and so could forget votes that were sent.

use std::fs::File;
use std::io::{self, BufReader, Read as _};
use std::path::Path;

use chopmark_core::limits::MESSAGE_BYTES;

use super::JournalError;

/// No entry is longer: the longest holds a checkpoint, as a message does.
const ENTRY_BYTES: u64 = 2 * MESSAGE_BYTES as u64;
/// The only version that there is of the library's part.
const VERSION: u32 = 1;
/// Before the first entry: version and sequence number.
const HEADER_BYTES: u64 = 12;
/// Before an entry's bytes: compression, length, check sum.
const ENTRY_HEADER_BYTES: u64 = 13;
/// Before what is ours of an entry: its height, and its length once more. The library's check sum
/// covers both, while nothing covers its own length and sequence number.
const FRAME_BYTES: u64 = 12;
/// The first byte of a sequence number that is checked.
const MARK: u64 = 0xC5;
/// Bits of a sequence number that are the height: ten checkpoints a second for 3,000 years. Above
/// them are 16 of a check sum, and the mark.
const HEIGHT_BITS: u32 = 40;

/// How a log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As logs were at first: the sequence number is the height, and entries are as they come. A
    /// log stays so until its next height begins.
    Plain,
    /// Every byte is covered by a check sum, or stands there twice.
    Checked,
}

/// What a log's header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) form: Form,
    pub(super) height: u64,
}

impl Found {
    /// Reads the header of the log, and refuses one with anything in it that nothing here wrote.
    pub(super) fn look(path: &Path) -> Result<Self, JournalError> {
        let none = Self {
            form: Form::Plain,
            height: 0,
        };
        let io = |source| JournalError::Io {
            path: path.to_owned(),
            source,
        };
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(none),
            Err(error) => return Err(io(error)),
        };
        let size = file.metadata().map_err(io)?.len();
        if size == 0 {
            return Ok(none);
        }
        let unreadable = |detail: &str| JournalError::Unreadable {
            path: path.to_owned(),
            detail: detail.to_owned(),
        };
        if size < HEADER_BYTES {
            return Err(unreadable("it is shorter than its header"));
        }
        let mut file = BufReader::new(file);
        let version = u32::from_be_bytes(next(&mut file).map_err(io)?);
        if version != VERSION {
            return Err(unreadable("it does not begin as a log does"));
        }
        let sequence = u64::from_be_bytes(next(&mut file).map_err(io)?);
        let found = Self::of(sequence).ok_or_else(|| unreadable("its check sum is wrong"))?;
        match found.first_fault(&mut file, size).map_err(io)? {
            None => Ok(found),
            Some(detail) => Err(JournalError::Damaged {
                path: path.to_owned(),
                detail: detail.to_owned(),
                height: found.height,
            }),
        }
    }

    /// Refuses a log of which not a byte is left: a new one would be begun in its place, and the
    /// votes in it be forgotten.
    pub(super) fn is_there(path: &Path) -> Result<(), JournalError> {
        let found = std::fs::metadata(path).map_err(|source| JournalError::Io {
            path: path.to_owned(),
            source,
        })?;
        match found.len() {
            0 => Err(JournalError::Unreadable {
                path: path.to_owned(),
                detail: "it is empty".to_owned(),
            }),
            _ => Ok(()),
        }
    }

    /// What a sequence number says; none if it is not one that was written.
    fn of(sequence: u64) -> Option<Self> {
        let height = sequence & ((1 << HEIGHT_BITS) - 1);
        let plain = Self {
            form: Form::Plain,
            height,
        };
        let checked = Self {
            form: Form::Checked,
            height,
        };
        [plain, checked]
            .into_iter()
            .find(|found| found.sequence() == sequence)
    }

    pub(super) fn sequence(self) -> u64 {
        match self.form {
            Form::Plain => self.height,
            Form::Checked => {
                let sum = u64::from(check_sum(self.height));
                (MARK << 56) | (sum << HEIGHT_BITS) | self.height
            }
        }
    }

    /// What is wrong with the lengths and heights of the entries. What their check sums cover is
    /// seen when they are read.
    fn first_fault(
        self,
        file: &mut BufReader<File>,
        size: u64,
    ) -> io::Result<Option<&'static str>> {
        let mut left = size.saturating_sub(HEADER_BYTES);
        while left >= ENTRY_HEADER_BYTES {
            left = left.saturating_sub(ENTRY_HEADER_BYTES);
            let [compressed] = next(file)?;
            let length = u64::from_be_bytes(next(file)?);
            let _check_sum: [u8; 4] = next(file)?;
            if compressed != 0 || length > ENTRY_BYTES {
                return Ok(Some("an entry has an impossible length"));
            }
            let mut rest = length.min(left);
            left = left.saturating_sub(length);
            if self.form == Form::Checked {
                if length < FRAME_BYTES {
                    return Ok(Some("an entry has an impossible length"));
                }
                // Else it was torn off before anything of it can be said.
                if rest >= FRAME_BYTES {
                    let height = u64::from_be_bytes(next(file)?);
                    let inner = u32::from_be_bytes(next(file)?);
                    rest = rest.saturating_sub(FRAME_BYTES);
                    if u64::from(inner).saturating_add(FRAME_BYTES) != length {
                        return Ok(Some("an entry has two lengths"));
                    }
                    if height > self.height {
                        return Ok(Some("an entry is about a later height"));
                    }
                }
            }
            file.seek_relative(i64::try_from(rest).unwrap_or(0))?;
        }
        Ok(None)
    }

    /// An entry as it is written.
    pub(super) fn framed(self, entry: &[u8]) -> Vec<u8> {
        match self.form {
            Form::Plain => entry.to_vec(),
            Form::Checked => {
                // No entry is longer than a few hundred kilobytes.
                let length = u32::try_from(entry.len()).unwrap_or(u32::MAX);
                let parts = [&self.height.to_be_bytes()[..], &length.to_be_bytes(), entry];
                parts.concat()
            }
        }
    }

    /// An entry as it was given. None for those of an earlier height: a log writes its new height
    /// first and drops the old entries then, and between the two the power was cut.
    pub(super) fn unframed(self, mut written: Vec<u8>) -> Option<Vec<u8>> {
        if self.form == Form::Plain {
            return Some(written);
        }
        let (height, _) = written.split_first_chunk()?;
        if u64::from_be_bytes(*height) != self.height {
            return None;
        }
        let frame = usize::try_from(FRAME_BYTES).unwrap_or(usize::MAX);
        Some(written.split_off(frame.min(written.len())))
    }
}

fn next<const N: usize>(file: &mut BufReader<File>) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// A CRC of 16 bits (CCITT), which finds every change of one byte; never zero, so that a number
/// that is checked is told from a plain height even where its mark is gone.
fn check_sum(height: u64) -> u16 {
    let bits = (0..HEIGHT_BITS).rev().map(|at| (height >> at) & 1 == 1);
    let sum = bits.fold(u16::MAX, |sum, bit| {
        let carry = (sum >> 15 == 1) != bit;
        let shifted = sum << 1;
        if carry { shifted ^ 0x1021 } else { shifted }
    });
    sum.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever one byte of the number becomes, it is another one that nobody wrote.
    #[test]
    fn one_byte_of_a_sequence_number_never_changes_unnoticed() {
        for height in [1, 7, 0xFF00, 1_234_567_890, (1 << HEIGHT_BITS) - 1] {
            let form = Form::Checked;
            let right = Found { form, height };
            assert_eq!(Found::of(right.sequence()), Some(right));
            for (byte, flip) in (0..8).flat_map(|byte| (1..=255_u64).map(move |flip| (byte, flip)))
            {
                let changed = right.sequence() ^ (flip << (8 * byte));
                assert_eq!(Found::of(changed), None, "{height}: {flip:02x} at {byte}");
            }
        }
    }
}
