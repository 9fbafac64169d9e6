//! Where labels go: beside the place that was named until all of them are there.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use chopmark_labels::{Font, Label, PdfSheets, PrintError, Resolution, SvgSheets, ZplLabels};

use super::Format;

/// What is written so far. It is removed again unless it is [kept](Self::keep).
pub(super) struct Out {
    beside: PathBuf,
    place: PathBuf,
    printer: Option<Printer>,
}

enum Printer {
    Pdf(Box<PdfSheets<BufWriter<File>>>),
    Zpl(Box<ZplLabels<BufWriter<File>>>),
    Svg(SvgFolder),
}

/// A folder of sheets.
struct SvgFolder {
    sheets: SvgSheets,
    folder: PathBuf,
    written: u32,
}

impl Out {
    pub(super) fn new(
        place: &Path,
        format: Format,
        resolution: Resolution,
        font: Option<Font>,
    ) -> anyhow::Result<Self> {
        if place.exists() {
            bail!("{} is there already", place.display());
        }
        let mut name = place.as_os_str().to_owned();
        name.push(".new");
        let mut out = Self {
            beside: PathBuf::from(name),
            place: place.to_owned(),
            printer: None,
        };
        // Of a run that was killed.
        out.remove();
        let context = || out.beside.display().to_string();
        let printer = match format {
            Format::Pdf => {
                let to = private(&out.beside).with_context(context)?;
                Printer::Pdf(Box::new(PdfSheets::new(to, font).with_context(context)?))
            }
            Format::Zpl => {
                let to = private(&out.beside).with_context(context)?;
                Printer::Zpl(Box::new(ZplLabels::new(to, resolution, font)))
            }
            Format::Svg => {
                fs::create_dir(&out.beside).with_context(context)?;
                Printer::Svg(SvgFolder {
                    sheets: SvgSheets::new(),
                    folder: out.beside.clone(),
                    written: 0,
                })
            }
        };
        out.printer = Some(printer);
        Ok(out)
    }

    pub(super) fn push(&mut self, label: &Label) -> Result<(), PrintError> {
        match &mut self.printer {
            Some(Printer::Pdf(pdf)) => pdf.push(label),
            Some(Printer::Zpl(zpl)) => zpl.push(label),
            Some(Printer::Svg(svg)) => svg.push(label),
            None => Ok(()),
        }
    }

    /// Ends what is written and puts it where it belongs.
    pub(super) fn keep(mut self) -> anyhow::Result<()> {
        let whole = |to: BufWriter<File>| -> Result<(), PrintError> {
            let file = to
                .into_inner()
                .map_err(std::io::IntoInnerError::into_error)?;
            Ok(file.sync_all()?)
        };
        let ended = match self.printer.take() {
            Some(Printer::Pdf(pdf)) => pdf.finish().and_then(whole),
            Some(Printer::Zpl(zpl)) => zpl.finish().and_then(whole),
            Some(Printer::Svg(svg)) => svg.finish(),
            None => Ok(()),
        };
        ended
            .map_err(anyhow::Error::from)
            .and_then(|()| Ok(fs::rename(&self.beside, &self.place)?))
            .with_context(|| self.place.display().to_string())
    }

    fn remove(&self) {
        // What is not there needs no removing, and what cannot be removed stops the next step.
        let _ = fs::remove_file(&self.beside).or_else(|_| fs::remove_dir_all(&self.beside));
    }
}

impl Drop for Out {
    fn drop(&mut self) {
        self.remove();
    }
}

impl SvgFolder {
    fn push(&mut self, label: &Label) -> Result<(), PrintError> {
        match self.sheets.push(label)? {
            Some(sheet) => self.write(&sheet),
            None => Ok(()),
        }
    }

    fn finish(mut self) -> Result<(), PrintError> {
        let sheets = std::mem::take(&mut self.sheets);
        match sheets.finish() {
            Some(sheet) => self.write(&sheet),
            None => Ok(()),
        }
    }

    fn write(&mut self, sheet: &str) -> Result<(), PrintError> {
        self.written = self.written.saturating_add(1);
        let name = format!("labels-{:05}.svg", self.written);
        let mut file = private(&self.folder.join(name))?;
        std::io::Write::write_all(&mut file, sheet.as_bytes())?;
        let file = file
            .into_inner()
            .map_err(std::io::IntoInnerError::into_error)?;
        Ok(file.sync_all()?)
    }
}

/// A new file that only its owner reads: it may hold what belongs under seals.
fn private(path: &Path) -> std::io::Result<BufWriter<File>> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path).map(BufWriter::new)
}
