use std::io::Read as _;

use chopmark_core::{EVIDENCE_CHUNK_BYTES, EVIDENCE_SEALED_CHUNK_BYTES, sealed_evidence_length};

use super::*;

fn pattern(length: usize) -> Vec<u8> {
    (0..length)
        .map(|n| u8::try_from(n % 251).unwrap())
        .collect()
}

fn vault() -> (tempfile::TempDir, Vault) {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::open(&folder.path().join("evidence")).unwrap();
    (folder, vault)
}

fn read_all(vault: &Vault, sealed: &Sealed) -> io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    vault
        .reader(sealed.id, &sealed.key)
        .unwrap()
        .read_to_end(&mut plain)?;
    Ok(plain)
}

fn damage_of(error: &io::Error) -> u64 {
    match error.get_ref().and_then(|inner| inner.downcast_ref()) {
        Some(VaultError::Damaged { at, .. }) => *at,
        other => panic!("{other:?}"),
    }
}

#[test]
fn gives_back_what_was_sealed() {
    let (_folder, vault) = vault();
    for length in [
        0,
        1,
        EVIDENCE_CHUNK_BYTES - 1,
        EVIDENCE_CHUNK_BYTES,
        EVIDENCE_CHUNK_BYTES + 1,
        300_000,
    ] {
        let plain = pattern(length);
        let sealed = vault.seal(plain.as_slice()).unwrap();
        assert_eq!(
            sealed.length,
            sealed_evidence_length(length as u64),
            "{length}"
        );
        assert_eq!(vault.length(sealed.id), Some(sealed.length));
        assert_eq!(sealed.plain_length, length as u64);
        assert_eq!(read_all(&vault, &sealed).unwrap(), plain, "{length}");
        vault.check(sealed.id).unwrap();
    }
}

#[test]
fn truncated_evidence_is_named() {
    let (_folder, vault) = vault();
    let sealed = vault.seal(pattern(200_000).as_slice()).unwrap();
    let file = std::fs::OpenOptions::new()
        .write(true)
        .open(vault.path(sealed.id))
        .unwrap();
    file.set_len(2 * EVIDENCE_SEALED_CHUNK_BYTES as u64)
        .unwrap();
    let refused = read_all(&vault, &sealed).unwrap_err();
    assert_eq!(damage_of(&refused), EVIDENCE_SEALED_CHUNK_BYTES as u64);
    assert!(matches!(
        vault.check(sealed.id),
        Err(VaultError::Damaged { .. })
    ));
    assert_eq!(
        vault.length(sealed.id),
        None,
        "removed, so that it is fetched again"
    );
}

#[test]
fn names_flipped_bits_and_foreign_keys() {
    let (_folder, vault) = vault();
    let sealed = vault.seal(pattern(200_000).as_slice()).unwrap();
    let foreign = Sealed {
        key: EvidenceKey::from_bytes([1; 32]),
        ..sealed
    };
    assert_eq!(damage_of(&read_all(&vault, &foreign).unwrap_err()), 0);
    let mut bytes = std::fs::read(vault.path(foreign.id)).unwrap();
    bytes[150_000] ^= 1;
    std::fs::write(vault.path(foreign.id), bytes).unwrap();
    assert!(matches!(
        vault.check(foreign.id),
        Err(VaultError::Damaged { .. })
    ));
}

#[test]
fn resumes_in_whole_chunks() {
    let (_a, from) = vault();
    let (_b, to) = vault();
    let sealed = from.seal(pattern(300_000).as_slice()).unwrap();
    let mut cut = to.receive(sealed.id, sealed.length).unwrap().unwrap();
    let mut bytes = Vec::new();
    from.ciphertext(sealed.id, 0)
        .unwrap()
        .0
        .read_to_end(&mut bytes)
        .unwrap();
    cut.write(&bytes[..150_000]).unwrap();
    drop(cut);
    assert_eq!(to.length(sealed.id), None);

    let mut resumed = to.receive(sealed.id, sealed.length).unwrap().unwrap();
    assert_eq!(resumed.have(), 2 * EVIDENCE_SEALED_CHUNK_BYTES as u64);
    let mut rest = Vec::new();
    from.ciphertext(sealed.id, resumed.have())
        .unwrap()
        .0
        .read_to_end(&mut rest)
        .unwrap();
    resumed.write(&rest).unwrap();
    resumed.finish().unwrap();
    assert_eq!(read_all(&to, &sealed).unwrap(), pattern(300_000));
    assert!(to.receive(sealed.id, sealed.length).unwrap().is_none());
}

#[test]
fn refuses_what_is_not_the_announced_file() {
    let (_folder, vault) = vault();
    let id = EvidenceId::from_bytes([5; 32]);
    let mut incoming = vault.receive(id, 10).unwrap().unwrap();
    assert!(matches!(
        incoming.write(&[0; 11]),
        Err(VaultError::TooLarge)
    ));
    incoming.write(&[0; 4]).unwrap();
    assert!(matches!(
        incoming.finish(),
        Err(VaultError::Damaged { at: 4, .. })
    ));
    let mut incoming = vault.receive(id, 10).unwrap().unwrap();
    incoming.write(&[0; 10]).unwrap();
    assert!(matches!(
        incoming.finish(),
        Err(VaultError::WrongHash { .. })
    ));
    assert!(matches!(
        vault.receive(id, u64::MAX),
        Err(VaultError::TooLarge)
    ));
    assert!(matches!(
        vault.ciphertext(id, 0),
        Err(VaultError::Unknown { .. })
    ));
}

#[test]
fn removes_what_a_dead_process_left() {
    let (folder, vault) = vault();
    let left = folder.path().join("evidence").join("sealing-0011");
    std::fs::write(&left, b"half").unwrap();
    Vault::open(&vault.folder).unwrap();
    assert!(!left.exists());
}

#[test]
fn what_nothing_names_is_listed_and_removed() {
    let (folder, vault) = vault();
    let kept = vault.seal(&b"kept"[..]).unwrap();
    let gone = vault.seal(&b"gone"[..]).unwrap();
    let part = format!("{}.part", kept.id);
    std::fs::write(folder.path().join("evidence").join(part), b"ke").unwrap();
    let listed: std::collections::BTreeSet<EvidenceId> = vault.ids().unwrap().into_iter().collect();
    assert_eq!(listed, [kept.id, gone.id].into());
    vault.remove(gone.id).unwrap();
    vault.remove(gone.id).unwrap();
    assert_eq!(vault.ids().unwrap(), [kept.id]);
    assert_eq!(vault.length(gone.id), None);
}
