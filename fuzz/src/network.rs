//! The network that inputs are read in: that of the lasting vectors.

use std::sync::OnceLock;

use chopmark_core::{Code, DeviceKey, Genesis, MemberId};

/// The vectors' lines, made once a process.
pub(crate) fn line(name: &str) -> Option<Vec<u8>> {
    static LINES: OnceLock<Vec<String>> = OnceLock::new();
    let lines = LINES.get_or_init(|| chopmark_vectors::lines().unwrap_or_default());
    lines.iter().find_map(|line| {
        let (found, bytes) = line.split_once(' ')?;
        let bytes = data_encoding::HEXLOWER.decode(bytes.as_bytes()).ok()?;
        (found == name).then_some(bytes)
    })
}

/// The network's beginning.
#[expect(clippy::expect_used, reason = "without it no law can be asked")]
pub(crate) fn genesis() -> &'static Genesis {
    static GENESIS: OnceLock<Genesis> = OnceLock::new();
    GENESIS.get_or_init(|| {
        let bytes = line("genesis").expect("the vectors hold a genesis");
        Genesis::from_bytes(&bytes).expect("the vectors' genesis is one")
    })
}

/// Its one member.
pub(crate) fn member() -> MemberId {
    genesis()
        .founders()
        .first()
        .map_or(MemberId::from_bytes([0; 32]), chopmark_core::Founder::id)
}

/// A device that writes.
pub(crate) fn key() -> &'static DeviceKey {
    static KEY: OnceLock<DeviceKey> = OnceLock::new();
    KEY.get_or_init(|| DeviceKey::from_seed(&[21; 32]))
}

/// The code of the item whose history the vectors tell.
#[expect(clippy::expect_used, reason = "without it no law can be asked")]
pub(crate) fn code() -> Code {
    Code::parse("(01)09506000134352(21)A1B2C3D4E5").expect("the vectors' code is one")
}
