//! Labels for subjects whose codes this device knows.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use chopmark_core::SubjectId;
use chopmark_labels::{Label, svg_sheets};
use chopmark_view::{
    Failure, LabelSheet, LabelView, Labels, Param, QrView, SavedLabels, SealState, UnderSealView,
};

use crate::known::Known;
use crate::label::qr;
use crate::look::Look;
use crate::trouble::Trouble;
use crate::under_seals::{self, UnderSeal};
use crate::{failure, words_of};

/// Things of one call: a pallet of cases.
const MOST_LABELS: usize = 500;
/// Sheets that were saved before and not cleared away: more is a folder that nobody tends.
const MOST_FILES: u32 = 10_000;

pub(crate) fn labels(look: &Look<'_>, asked: &Labels) -> Result<LabelSheet, Trouble> {
    let subjects = words_of::parse_subjects(&asked.subjects)?;
    if subjects.is_empty() {
        return Err(failure::NOTHING_CHOSEN.failure([]).into());
    }
    if subjects.len() > MOST_LABELS {
        return Err(failure::TOO_MANY
            .failure([("most", Param::Number(MOST_LABELS as u64))])
            .into());
    }
    let mut views = Vec::new();
    let mut printed = Vec::new();
    for subject in &subjects {
        let known = known(look, subject)?;
        let outside = outside(look, &known);
        let seal = under_seals::of(look, subject)?;
        let state = seal.state();
        // What nobody asked for is not shown: whoever looks on could activate with it.
        let sealed = match seal {
            UnderSeal::Here(secret) if asked.under_seals => {
                Some(Label::under_the_seal(&known.code, &secret).on(outside.stock()))
            }
            _ => None,
        };
        views.push(view(&outside, state, sealed.as_ref())?);
        printed.push(outside);
        printed.extend(sealed);
    }
    let too_large = || Trouble::Internal("the label's code or text is larger than its paper");
    Ok(LabelSheet {
        labels: views,
        sheets: svg_sheets(&printed).map_err(|_| too_large())?,
    })
}

/// Writes each sheet into a new file. What is there already, from another time, stays.
pub(crate) fn save(folder: &Path, sheets: &[String]) -> Result<SavedLabels, Trouble> {
    let mut files = Vec::new();
    let written = fs::create_dir_all(folder).and_then(|()| {
        for sheet in sheets {
            let (name, mut file) = new_file(folder)?;
            if let Err(error) = file
                .write_all(sheet.as_bytes())
                .and_then(|()| file.sync_all())
            {
                // Half a sheet must not be taken for a whole one.
                let _ = fs::remove_file(folder.join(&name));
                return Err(error);
            }
            files.push(name);
        }
        Ok(())
    });
    match written {
        Ok(()) => Ok(SavedLabels {
            folder: folder.display().to_string(),
            files,
        }),
        Err(error) => Err(not_saved(folder, &error).into()),
    }
}

/// The first of `chopmark-labels-1.svg`, `chopmark-labels-2.svg`, … that is free.
fn new_file(folder: &Path) -> io::Result<(String, File)> {
    for number in 1..=MOST_FILES {
        let name = format!("chopmark-labels-{number}.svg");
        match private(&folder.join(&name)) {
            Ok(file) => return Ok((name, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// A new file that its owner alone may read, since a sheet may hold what lies under seals.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn not_saved(folder: &Path, error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::StorageFull {
        return failure::DISK_FULL.failure([]);
    }
    failure::NOT_SAVED.failure([
        ("folder", Param::Text(folder.display().to_string())),
        ("detail", Param::Text(error.to_string())),
    ])
}

fn known(look: &Look<'_>, subject: &SubjectId) -> Result<Known, Trouble> {
    Ok(look.known(subject)?.ok_or_else(|| {
        failure::CODE_NOT_KNOWN
            .failure([("subject", Param::Text(words_of::short(subject.as_bytes())))])
    })?)
}

/// The label that everybody sees.
fn outside(look: &Look<'_>, known: &Known) -> Label {
    let label = Label::of_code(&known.code, look.genesis.host());
    match &known.product {
        Some(product) => label.named(product),
        None => label,
    }
}

fn view(outside: &Label, seal: SealState, sealed: Option<&Label>) -> Result<LabelView, Trouble> {
    let under_seal = sealed.map(|label| {
        Ok::<_, Trouble>(UnderSealView {
            qr: drawn(label)?,
            text: text(label),
        })
    });
    Ok(LabelView {
        qr: drawn(outside)?,
        link: outside.text().to_owned(),
        text: text(outside),
        seal,
        under_seal: under_seal.transpose()?,
    })
}

fn drawn(label: &Label) -> Result<QrView, Trouble> {
    qr(label.text(), label.stock().level())
        .map_err(|_| Trouble::Internal("the label's text is too long for a QR code"))
}

fn text(label: &Label) -> Vec<String> {
    label.lines().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saves_sheets_beside_what_is_there_already() {
        let folder = tempfile::tempdir().unwrap();
        let downloads = folder.path().join("new");
        let first = save(&downloads, &["<svg>1</svg>".into()]).unwrap();
        assert_eq!(first.files, ["chopmark-labels-1.svg"]);
        let second = save(&downloads, &["<svg>2</svg>".into(), "<svg>3</svg>".into()]).unwrap();
        assert_eq!(
            second.files,
            ["chopmark-labels-2.svg", "chopmark-labels-3.svg"]
        );
        let text = |name: &str| fs::read_to_string(downloads.join(name)).unwrap();
        assert_eq!(text("chopmark-labels-1.svg"), "<svg>1</svg>");
        assert_eq!(text("chopmark-labels-3.svg"), "<svg>3</svg>");
    }

    /// A sheet holds what activates its things.
    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_a_saved_sheet() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let saved = save(folder.path(), &["<svg/>".into()]).unwrap();
        let file = fs::metadata(folder.path().join(&saved.files[0])).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn says_where_it_could_not_save() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a file");
        fs::write(&file, "").unwrap();
        let failure = Failure::from(save(&file, &["<svg/>".into()]).unwrap_err());
        assert_eq!(failure.code, "not-saved");
        assert_eq!(
            failure.params["folder"],
            Param::Text(file.display().to_string())
        );
    }
}
