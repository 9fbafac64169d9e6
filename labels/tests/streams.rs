//! A run is printed without being held in memory.

#![expect(clippy::unwrap_used, reason = "a test that cannot print fails")]

use std::io::{self, Write};

use chopmark_core::{ActivationSecret, Code, crockford_serial};
use chopmark_labels::{Label, PdfSheets, Resolution, SvgSheets, ZplLabels};

const LABELS: u32 = 20_000;

/// What the labels of a run may take beyond what the process has anyhow.
const MOST_BYTES: u64 = 4 << 20;

/// Forgets what it is given.
#[derive(Default)]
struct Counter(u64);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Every second label is the one under the seal.
fn run() -> impl Iterator<Item = Label> {
    (0..LABELS / 2).flat_map(|item| {
        let mut random = [0; 10];
        random[..4].copy_from_slice(&item.to_be_bytes());
        let code = Code::gtin_serial("9506000134352", &crockford_serial(random)).unwrap();
        let mut secret = [7; 16];
        secret[..4].copy_from_slice(&item.to_be_bytes());
        let secret = ActivationSecret::from_bytes(secret);
        [
            Label::of_code(&code, "id.example.org").named("Tea"),
            Label::under_the_seal(&code, &secret),
        ]
    })
}

/// The most memory that this process ever had, in bytes; nothing where the system does not say.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib << 10)
}

/// Each format in a process of its own, as the test runner does.
fn flat(print: impl FnOnce() -> u64) {
    let before = peak();
    let bytes = print();
    println!(
        "{LABELS} labels, {bytes} bytes, peak {before:?} {:?}",
        peak()
    );
    assert!(bytes > u64::from(LABELS) * 100, "{bytes}");
    if let (Some(before), Some(after)) = (before, peak()) {
        assert!(after - before < MOST_BYTES, "{before} {after}");
    }
}

#[test]
fn pdf() {
    flat(|| {
        let mut pdf = PdfSheets::new(Counter::default(), None).unwrap();
        for label in run() {
            pdf.push(&label).unwrap();
        }
        pdf.finish().unwrap().0
    });
}

#[test]
fn svg() {
    flat(|| {
        let mut sheets = SvgSheets::new();
        let mut bytes = 0;
        for label in run() {
            bytes += sheets.push(&label).unwrap().map_or(0, |svg| svg.len());
        }
        bytes as u64
    });
}

#[test]
fn zpl() {
    flat(|| {
        let mut zpl = ZplLabels::new(Counter::default(), Resolution::Dpi203, None);
        for label in run() {
            zpl.push(&label).unwrap();
        }
        zpl.finish().unwrap().0
    });
}
