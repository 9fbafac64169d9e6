//! Codes, ids, keys, encryption: what blocks are made of.

use crate::line;
use anyhow::Result;
use chopmark_core::{
    ChunkPlace, Class, Code, DeviceKey, EvidenceCipher, HpkeSecret, Inception, Kem, NetworkId,
    RootKey, seal_to,
};

pub(crate) fn lines() -> Result<Vec<String>> {
    let mut lines = codes_and_members()?;
    lines.extend(encryption()?);
    Ok(lines)
}

fn codes_and_members() -> Result<Vec<String>> {
    let network = NetworkId::from_bytes([0x11; 32]);
    let root = RootKey::from_seeds(&[1; 32], &[2; 32]).public();
    let next = RootKey::from_seeds(&[3; 32], &[4; 32])
        .public()
        .next_digest();
    let reader = HpkeSecret::derive(Kem::X25519, &[5; 32]).public();
    let member = Inception::new(
        "Nansha Foods 南沙食品",
        Class::Manufacturer,
        root,
        next,
        reader,
    )?;
    let mut lines = vec![
        line("device", DeviceKey::from_seed(&[6; 32]).id().as_bytes()),
        line("inception", member.to_bytes()),
        line("member", member.id().as_bytes()),
    ];
    for text in [
        "https://id.example.org/01/09506000134352/21/A1B2C3D4E5",
        "(00)095060001343520017",
    ] {
        // Which of the spellings are codes is part of what is compared.
        match Code::parse(text) {
            Ok(code) => {
                lines.push(line("code", code.element_string()));
                lines.push(line("code-hash", code.hash().as_bytes()));
                lines.push(line(
                    "subject",
                    code.subject(&network, &member.id()).as_bytes(),
                ));
                lines.push(line("label-key", code.label_key(&network)));
            }
            Err(error) => lines.push(format!("no-code {error}")),
        }
    }
    Ok(lines)
}

fn encryption() -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for kem in [Kem::X25519, Kem::XWing] {
        let secret = HpkeSecret::derive(kem, &[7; 32]);
        let sealed = seal_to(
            &secret.public(),
            b"info",
            b"aad",
            b"a private section",
            &[8; 32],
        )?;
        lines.push(line("hpke-public", secret.public().as_bytes()));
        lines.push(line("hpke-enc", &sealed.enc));
        lines.push(line("hpke-sealed", &sealed.sealed));
        lines.push(line("hpke-opened", secret.open(&sealed, b"info", b"aad")?));
    }
    let mut chunk = (0..=255_u8).cycle().take(5000).collect();
    EvidenceCipher::new(&[9; 32]).seal(ChunkPlace::Last(3), &mut chunk)?;
    lines.push(line("evidence", &chunk));
    Ok(lines)
}
