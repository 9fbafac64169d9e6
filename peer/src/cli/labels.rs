//! `chopmark labels`: prints codes, one by one or from a list, without holding the list.

mod out;
mod source;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use chopmark_core::CodeHash;
use chopmark_labels::{FONT_BYTES, Font, Label, ListRow, PrintError, Resolution, Stock};
use clap::{Args, ValueEnum};

use crate::folder::Folder;
use out::Out;
use source::Source;

/// Fonts with Chinese letters where systems have them, and which face of the collection is the
/// one for mainland China.
const FONTS: [(&str, u32); 5] = [
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 2),
    (
        "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
        2,
    ),
    ("/System/Library/Fonts/STHeiti Light.ttc", 1),
    ("/System/Library/Fonts/Hiragino Sans GB.ttc", 0),
];

#[derive(Args)]
pub(super) struct Labels {
    /// Codes in any spelling.
    #[arg(required_unless_present = "list", conflicts_with = "list")]
    codes: Vec<String>,
    /// A list as CSV with a row of names: `code`, or `gtin` with `serial` or `batch`; `name` and
    /// `activation` if there are any.
    #[arg(long)]
    list: Option<PathBuf>,
    /// The host name on the labels.
    #[arg(long, required_unless_present = "dir", conflicts_with = "dir")]
    host: Option<String>,
    /// A member's data folder, whose network names the host.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// What is written: A4 sheets, or the language of label printers.
    #[arg(long, default_value = "pdf")]
    format: Format,
    /// The paper; what suits the code without it.
    #[arg(long)]
    stock: Option<StockName>,
    /// The product's name, where the list has none.
    #[arg(long)]
    name: Option<String>,
    /// After each label the one that goes under the seal, from the list's `activation`.
    #[arg(long, requires = "list")]
    with_activation: bool,
    /// Dots an inch of the label printer.
    #[arg(long, default_value = "203")]
    dpi: Dpi,
    /// A TrueType or OpenType font for what is not ASCII; without it the system's is looked for.
    #[arg(long)]
    font: Option<PathBuf>,
    /// The face in a collection of fonts, counted from 0.
    #[arg(long, default_value_t = 0)]
    face: u32,
    /// Print the good rows although there are bad ones.
    #[arg(long)]
    skip_bad: bool,
    /// The file, or for SVG the folder, that must not be there yet.
    #[arg(long)]
    out: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Svg,
    Pdf,
    Zpl,
}

/// The papers by the names that people type.
#[derive(Clone, Copy, ValueEnum)]
enum StockName {
    Item,
    Carton,
    Logistic,
}

impl From<StockName> for Stock {
    fn from(name: StockName) -> Self {
        match name {
            StockName::Item => Self::Item,
            StockName::Carton => Self::Carton,
            StockName::Logistic => Self::Logistic,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Dpi {
    #[value(name = "203")]
    Dpi203,
    #[value(name = "300")]
    Dpi300,
    #[value(name = "600")]
    Dpi600,
}

impl From<Dpi> for Resolution {
    fn from(dpi: Dpi) -> Self {
        match dpi {
            Dpi::Dpi203 => Self::Dpi203,
            Dpi::Dpi300 => Self::Dpi300,
            Dpi::Dpi600 => Self::Dpi600,
        }
    }
}

/// Prints; what is bad is named row by row as it is met, and unless told otherwise then nothing
/// is left of the rest.
pub(super) fn run(labels: &Labels) -> anyhow::Result<()> {
    let host = match &labels.dir {
        Some(dir) => Folder::new(dir).genesis()?.host().to_owned(),
        None => labels.host.clone().unwrap_or_default(),
    };
    let mut source = match &labels.list {
        Some(path) => Source::list(path)?,
        None => Source::codes(labels.codes.clone()),
    };
    let mut out = Out::new(&labels.out, labels.format, labels.dpi.into(), font(labels)?)?;
    let mut seen = BTreeMap::new();
    let (mut printed, mut bad) = (0u64, 0u64);
    while let Some((number, row)) = source.next_row()? {
        let result = row.and_then(|row| {
            first_time(&mut seen, &row, number)?;
            print(labels, &host, &row, &mut out)
        });
        match result {
            Ok(()) => printed += 1,
            // The disk, not the row.
            Err(why) if is_output(&why) => {
                return Err(why).context(labels.out.display().to_string());
            }
            Err(why) => {
                bad += 1;
                eprintln!("row {number}: {why:#}");
            }
        }
    }
    let of = printed + bad;
    if bad > 0 && !labels.skip_bad {
        bail!("{bad} of {of} rows are bad and nothing was printed; --skip-bad prints the others");
    }
    if printed == 0 {
        bail!("there is nothing to print");
    }
    out.keep()?;
    println!("printed {printed} of {of} into {}", labels.out.display());
    Ok(())
}

/// One code on two things would give both the same history.
fn first_time(
    seen: &mut BTreeMap<CodeHash, u64>,
    row: &ListRow,
    number: u64,
) -> anyhow::Result<()> {
    match seen.insert(row.code.hash(), number) {
        Some(before) => bail!("{} is in row {before} already", row.code),
        None => Ok(()),
    }
}

fn print(labels: &Labels, host: &str, row: &ListRow, out: &mut Out) -> anyhow::Result<()> {
    let mut outside = Label::of_code(&row.code, host);
    if let Some(name) = row.name.as_ref().or(labels.name.as_ref()) {
        outside = outside.named(name);
    }
    if let Some(stock) = labels.stock {
        outside = outside.on(stock.into());
    }
    if !labels.with_activation {
        return Ok(out.push(&outside)?);
    }
    let secret = row.activation.as_ref();
    let secret = secret.context("there is no activation code in this row")?;
    let sealed = Label::under_the_seal(&row.code, secret).on(outside.stock());
    out.push(&outside)?;
    Ok(out.push(&sealed)?)
}

fn is_output(why: &anyhow::Error) -> bool {
    matches!(
        why.downcast_ref::<PrintError>(),
        Some(PrintError::Write(_) | PrintError::Font)
    )
}

/// The font that was named, or one of the system's. SVG takes none: whatever shows it has one.
fn font(labels: &Labels) -> anyhow::Result<Option<Font>> {
    if labels.format == Format::Svg {
        return Ok(None);
    }
    if let Some(path) = &labels.font {
        let font = read_font(path, labels.face);
        return font.with_context(|| path.display().to_string()).map(Some);
    }
    let there = FONTS
        .iter()
        .find_map(|(path, face)| read_font(Path::new(path), *face).ok());
    Ok(there)
}

fn read_font(path: &Path, face: u32) -> anyhow::Result<Font> {
    let length = std::fs::metadata(path)?.len();
    if length > u64::try_from(FONT_BYTES)? {
        bail!(chopmark_labels::FontError::TooLarge);
    }
    Ok(Font::new(std::fs::read(path)?, face)?)
}
