//! What validators say to each other, and what they must not forget.

use chopmark_ordering::{FileJournal, Journal as _, fuzzing};

use super::{Fate, broken};

/// What is read is written in a spelling that is read as the same.
pub(super) fn message(bytes: &[u8]) -> Fate {
    let Ok(written) = fuzzing::message(bytes) else {
        return Fate::Refused;
    };
    match fuzzing::message(&written) {
        Ok(again) => assert_eq!(again, written, "read as something else"),
        Err(error) => broken(&format!("what was written is refused: {error}")),
    }
    Fate::Taken
}

/// A log of votes that was read is read alike again, and goes on with what is added to it.
pub(super) fn journal(bytes: &[u8]) -> Fate {
    if let Some(written) = fuzzing::entry(bytes) {
        assert_eq!(fuzzing::entry(&written), Some(written));
    }
    let name = format!("chopmark-wal-{}-{:?}", std::process::id(), thread());
    let path = std::env::temp_dir().join(name);
    let fate = read(&path, bytes);
    let _ = std::fs::remove_file(&path);
    fate
}

fn thread() -> std::thread::ThreadId {
    std::thread::current().id()
}

fn read(path: &std::path::Path, bytes: &[u8]) -> Fate {
    if std::fs::write(path, bytes).is_err() {
        broken("no place for a file");
    }
    let Ok(mut journal) = FileJournal::open(path) else {
        return Fate::Refused;
    };
    let Ok(mut entries) = journal.entries() else {
        return Fate::Refused;
    };
    for entry in &entries {
        drop(fuzzing::entry(entry));
    }
    let height = journal.height();
    let added = journal.append(b"one more").and_then(|()| journal.sync());
    if let Err(error) = added {
        broken(&format!("nothing can be added: {error}"));
    }
    drop(journal);
    entries.push(b"one more".to_vec());
    let again = FileJournal::open(path).and_then(|mut journal| {
        let entries = journal.entries()?;
        Ok((journal.height(), entries))
    });
    match again {
        Ok(again) => assert_eq!(
            again,
            (height, entries),
            "another log at the second reading"
        ),
        Err(error) => broken(&format!("what was taken is refused: {error}")),
    }
    Fate::Taken
}
