//! Logs that a power cut tore, that a disk changed, and that an older program wrote.

use std::fs::File;

use super::*;

fn written(entries: &[&[u8]]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("votes.wal");
    let mut journal = FileJournal::open(&path).unwrap();
    journal.reset(7).unwrap();
    for entry in entries {
        journal.append(entry).unwrap();
    }
    journal.sync().unwrap();
    (folder, path)
}

fn read(path: &Path) -> Result<(u64, Vec<Vec<u8>>), JournalError> {
    let mut journal = FileJournal::open(path)?;
    let entries = journal.entries()?;
    Ok((journal.height(), entries))
}

#[test]
fn entries_come_back_in_order_with_their_height() {
    let (_folder, path) = written(&[b"one", b"two"]);
    let mut journal = FileJournal::open(&path).unwrap();
    assert_eq!(journal.height(), 7);
    assert_eq!(
        journal.entries().unwrap(),
        [b"one".to_vec(), b"two".to_vec()]
    );
    journal.reset(8).unwrap();
    assert!(journal.entries().unwrap().is_empty());
    drop(journal);
    assert_eq!(read(&path).unwrap(), (8, Vec::new()));
}

/// Wherever the power cut came, what was whole is there, and what was not is dropped.
#[test]
fn an_entry_that_was_torn_off_is_dropped() {
    let (_folder, path) = written(&[b"one", b"two"]);
    let whole = std::fs::read(&path).unwrap();
    let (_folder_of_one, first) = written(&[b"one"]);
    let first = std::fs::metadata(first).unwrap().len();
    for size in first..u64::try_from(whole.len()).unwrap() {
        std::fs::write(&path, &whole).unwrap();
        let file = File::options().write(true).open(&path).unwrap();
        file.set_len(size).unwrap();
        drop(file);
        assert_eq!(read(&path).unwrap(), (7, vec![b"one".to_vec()]), "{size}");
    }
}

/// The height was changed by one bit, the log was taken for another height's and begun anew, and
/// the validator voted a second time. A length that changed to one that a power cut could have
/// left dropped the votes behind it without a word.
#[test]
fn a_byte_that_changed_stops_the_validator() {
    let (_folder, path) = written(&[b"one", b"two", b"three"]);
    let whole = std::fs::read(&path).unwrap();
    for at in 0..whole.len() {
        for flip in [0x01, 0x02, 0x10, 0x80, 0x81, 0xFF] {
            let mut bytes = whole.clone();
            bytes[at] ^= flip;
            std::fs::write(&path, &bytes).unwrap();
            let told = match read(&path) {
                Err(JournalError::Damaged { height, .. }) => height == 7,
                Err(JournalError::Unreadable { .. }) => at < 12,
                _ => false,
            };
            assert!(told, "a change by {flip:02x} at {at} was not noticed");
            // It stays as it is, for whoever looks into it.
            assert_eq!(std::fs::read(&path).unwrap(), bytes);
        }
    }
}

/// A log has its header from the moment it is made, so one that is known and empty was emptied.
/// Cut to the header it is as one whose height has just begun.
#[test]
fn a_known_log_that_was_emptied_stops_the_validator() {
    let (_folder, path) = written(&[b"one", b"two"]);
    assert_eq!(FileJournal::reopen(&path).unwrap().height(), 7);
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, []).unwrap();
    let said = FileJournal::reopen(&path).err().unwrap().to_string();
    assert!(said.contains("it is empty"), "{said}");
    assert!(said.contains("two more checkpoints"), "{said}");
    assert!(std::fs::read(&path).unwrap().is_empty());
    std::fs::write(&path, &whole[..12]).unwrap();
    assert_eq!(FileJournal::reopen(&path).unwrap().height(), 7);
    // As the log that lies beside it is one, too, while it is there.
    std::fs::write(&path, &whole).unwrap();
    std::fs::write(path.with_extension("wal.new"), []).unwrap();
    assert!(FileJournal::open(&path).is_err());
    assert_eq!(std::fs::read(&path).unwrap(), whole);
}

/// Advice to wait for the others to pass height 0 would have been none.
#[test]
fn a_log_without_a_height_says_what_to_wait_for() {
    let (_folder, path) = written(&[b"one"]);
    for broken in [vec![0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0], vec![0, 0, 0, 1]] {
        std::fs::write(&path, broken).unwrap();
        let said = read(&path).unwrap_err().to_string();
        assert!(said.contains("two more checkpoints"), "{said}");
        assert!(said.contains("move the file away"), "{said}");
    }
}

/// The new height is written before the old entries are dropped, and the power may be cut between.
#[test]
fn a_reset_that_was_cut_short_leaves_no_entries() {
    let (_folder, path) = written(&[b"one"]);
    let old = std::fs::read(&path).unwrap();
    let mut journal = FileJournal::open(&path).unwrap();
    journal.reset(9).unwrap();
    drop(journal);
    let header = std::fs::read(&path).unwrap();
    std::fs::write(&path, [&header, &old[header.len()..]].concat()).unwrap();
    assert_eq!(read(&path).unwrap(), (9, Vec::new()));
}

/// Where a log that is written anew lies meanwhile.
fn beside(path: &Path, ending: &str) -> PathBuf {
    path.with_extension(format!("wal{ending}"))
}

/// With checkpoints in it, and without.
const LONG: [&[u8]; 3] = [
    b"one",
    b"two, and a checkpoint that is longer than all the others together",
    b"three",
];
const SHORT: [&[u8]; 3] = [b"one", b"two", b"three"];

fn owned(entries: &[&[u8]]) -> Vec<Vec<u8>> {
    entries.iter().map(|entry| entry.to_vec()).collect()
}

#[test]
fn a_log_that_is_written_anew_stays_the_same_file() {
    use std::os::unix::fs::MetadataExt as _;
    let (folder, path) = written(&LONG);
    let number = || std::fs::metadata(&path).unwrap().ino();
    let (before, bytes) = (number(), std::fs::read(&path).unwrap());
    let mut journal = FileJournal::open(&path).unwrap();
    journal.rewrite(&owned(&SHORT)).unwrap();
    journal.append(b"four").unwrap();
    journal.sync().unwrap();
    drop(journal);
    let all = [&SHORT[..], &[b"four"]].concat();
    assert_eq!(read(&path).unwrap(), (7, owned(&all)));
    assert_eq!(number(), before);
    assert!(std::fs::read(&path).unwrap().len() < bytes.len());
    // Nothing lies beside it any more.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// Killed or without power, wherever it came: the entries of before are there, or the new ones,
/// and what is added then is not lost to what lay beside the log.
#[test]
fn a_log_whose_rewriting_was_cut_short_forgets_nothing() {
    let (_folder, path) = written(&LONG);
    let old = std::fs::read(&path).unwrap();
    let (part, whole) = (beside(&path, ".part"), beside(&path, ".new"));
    let (_short, other) = written(&SHORT);
    let new = std::fs::read(other).unwrap();

    // While the new one is written.
    for size in 0..=new.len() {
        std::fs::write(&part, &new[..size]).unwrap();
        assert_eq!(read(&path).unwrap(), (7, owned(&LONG)), "{size}");
    }
    // The next rewriting begins anew.
    let journal = FileJournal::open(&path).unwrap();
    successor::write(&journal, &owned(&SHORT)).unwrap();
    drop(journal);
    assert!(!part.exists());
    assert_eq!(std::fs::read(&whole).unwrap(), new);
    assert_eq!(std::fs::read(&path).unwrap(), old);

    // While it is taken over: a beginning of it is there, or less than the file's length says.
    let header = 12;
    let torn = (header..=new.len()).map(|size| new[..size].to_vec());
    let holes = (header..new.len()).map(|size| {
        let mut bytes = new.clone();
        bytes[size..].fill(0);
        bytes
    });
    for bytes in std::iter::once(old).chain(torn).chain(holes) {
        std::fs::write(&path, &bytes).unwrap();
        std::fs::write(&whole, &new).unwrap();
        let mut journal = FileJournal::open(&path).unwrap();
        assert_eq!(journal.height(), 7);
        assert_eq!(journal.entries().unwrap(), owned(&SHORT));
        assert!(!whole.exists());
        journal.append(b"four").unwrap();
        journal.sync().unwrap();
        drop(journal);
        let all = [&SHORT[..], &[b"four"]].concat();
        assert_eq!(read(&path).unwrap(), (7, owned(&all)), "{bytes:?}");
    }
}

/// Were it left out, the log below it could be half of it.
#[test]
fn a_damaged_log_beside_the_log_stops_the_validator() {
    let (_folder, path) = written(&LONG);
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(beside(&path, ".new"), bytes).unwrap();
    let said = read(&path).unwrap_err().to_string();
    assert!(said.contains("votes.wal.new is damaged"), "{said}");
    assert!(said.contains("past height 7"), "{said}");
}

/// What a validator signed before its program was updated still counts.
#[test]
fn a_log_of_before_is_read_and_begun_anew_in_its_new_form() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("votes.wal");
    let mut before = Log::open(&path).unwrap();
    before.reset(7).unwrap();
    before.append(b"one").unwrap();
    before.flush().unwrap();
    drop(before);
    let mut journal = FileJournal::open(&path).unwrap();
    assert_eq!(journal.height(), 7);
    assert_eq!(journal.entries().unwrap(), [b"one".to_vec()]);
    journal.append(b"two").unwrap();
    journal.sync().unwrap();
    drop(journal);
    let both = vec![b"one".to_vec(), b"two".to_vec()];
    assert_eq!(read(&path).unwrap(), (7, both));
    let mut journal = FileJournal::open(&path).unwrap();
    journal.reset(8).unwrap();
    assert_eq!(journal.found.form, Form::Checked);
}
