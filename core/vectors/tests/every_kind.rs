//! No kind of record is left out of what is compared between platforms and kept for good.

use chopmark_core::Kind;

#[test]
fn every_kind_is_written() {
    let lines = chopmark_vectors::lines().unwrap();
    let written = |kind: &&Kind| {
        let name = format!("kind-{} ", kind.as_u8());
        lines.iter().any(|line| line.starts_with(&name))
    };
    let missing: Vec<_> = Kind::ALL.iter().filter(|kind| !written(kind)).collect();
    assert!(missing.is_empty(), "never written: {missing:?}");
}
