//! Bytes of the front ends as a browser fetches them.

use std::{fs, io::Write, path::Path};

use anyhow::Result;
use chopmark_tests::Places;

use crate::row::Row;

/// All bytes of each front end, compressed file by file with Brotli at its highest.
pub(crate) fn measure(places: &Places) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (name, folder) in [("consumer page", "verify"), ("app UI", "app")] {
        let bytes = compressed(&places.pages(folder)?)?;
        #[expect(clippy::cast_precision_loss, reason = "page sizes are small numbers")]
        let kilobytes = bytes as f64 / 1000.0;
        rows.push(Row::new(
            format!("{name}, all bytes, compressed"),
            kilobytes,
            "kB",
        ));
    }
    Ok(rows)
}

fn compressed(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sum += compressed(&path)?;
            continue;
        }
        // Copies that were compressed when the page was built are not fetched beside it.
        if path
            .extension()
            .is_some_and(|end| end == "br" || end == "gz")
        {
            continue;
        }
        let mut out = Count(0);
        {
            let mut writer = brotli::CompressorWriter::new(&mut out, 65_536, 11, 22);
            writer.write_all(&fs::read(&path)?)?;
            writer.flush()?;
        }
        sum += out.0;
    }
    Ok(sum)
}

struct Count(u64);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
