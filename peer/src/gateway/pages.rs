//! The consumer page's files, held in memory: what is served is what was there at the start, and
//! no request can name a path outside the folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use axum::body::Bytes;

/// More than any consumer page; a folder over this was configured by mistake.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
/// Folders below `assets/` that are followed.
const DEEPEST: u8 = 3;
/// Where the page's HTML takes what this server can say without JavaScript.
const PLAIN_MARK: &str = "<!--chopmark:plain-->";
/// Where the page's HTML takes the network's description.
const NETWORK_MARK: &str = "<!--chopmark:network-->";

/// The page that is served where no folder is configured.
const BARE_PAGE: &str = include_str!("bare.html");

/// One file, and the same compressed ahead of time where the build made that.
#[derive(Debug, Clone)]
pub(crate) struct Asset {
    /// Its media type.
    pub(crate) media_type: &'static str,
    /// Its bytes.
    pub(crate) bytes: Bytes,
    /// Its bytes in Brotli.
    pub(crate) brotli: Option<Bytes>,
    /// Its bytes in gzip.
    pub(crate) gzip: Option<Bytes>,
    /// Whether its name changes with its bytes.
    pub(crate) freshness: Freshness,
}

/// How long a browser may keep a file unasked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// For ever: its name holds its hash.
    Immutable,
    /// It asks each time, as for a service worker.
    Asks,
}

/// The consumer page.
#[derive(Debug)]
pub(crate) struct Pages {
    index: String,
    assets: BTreeMap<String, Asset>,
}

/// Why a folder is not a consumer page.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum PagesError {
    /// A file cannot be read.
    #[error(
        "the consumer page's {path} cannot be read ({cause}); build it with `cargo xtask ui` and name its folder as `pages`"
    )]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The folder is far larger than a consumer page.
    #[error(
        "{0} holds more than 16 MiB, so it is not the consumer page; name the right folder as `pages`"
    )]
    TooLarge(PathBuf),
}

impl Pages {
    /// The page built into this program: says what the label is and how to check it otherwise.
    pub(crate) fn bare() -> Self {
        Self {
            index: BARE_PAGE.to_owned(),
            assets: BTreeMap::new(),
        }
    }

    /// Reads `index.html` and every other file of the folder; those are `/assets/…`.
    pub(crate) fn load(folder: &Path) -> Result<Self, PagesError> {
        let index_path = folder.join("index.html");
        let index =
            std::fs::read_to_string(&index_path).map_err(|cause| PagesError::Unreadable {
                path: index_path,
                cause,
            })?;
        let mut files = BTreeMap::new();
        let mut left = MOST_BYTES;
        gather(folder, "", DEEPEST, &mut left, &mut files)?;
        let packed = |name: &str, ending: &str| files.get(&format!("{name}{ending}")).cloned();
        let assets = files
            .iter()
            .filter(|(name, _)| !name.ends_with(".br") && !name.ends_with(".gz"))
            .filter(|(name, _)| *name != "index.html")
            .map(|(name, bytes)| {
                let asset = Asset {
                    media_type: media_type(name),
                    bytes: bytes.clone(),
                    brotli: packed(name, ".br"),
                    gzip: packed(name, ".gz"),
                    freshness: freshness(name),
                };
                (name.clone(), asset)
            })
            .collect();
        Ok(Self { index, assets })
    }

    /// A file below `/assets/`.
    pub(crate) fn asset(&self, name: &str) -> Option<&Asset> {
        self.assets.get(name)
    }

    /// The page's HTML. `plain` is finished HTML, `network` is JSON; it ends up in an attribute,
    /// escaped, so that no text of a member can end the attribute or start a script.
    pub(crate) fn html(&self, plain: &str, network: &str) -> String {
        let meta = format!(
            "<meta name=\"chopmark-network\" content=\"{}\">",
            escape(network)
        );
        self.index
            .replacen(NETWORK_MARK, &meta, 1)
            .replacen(PLAIN_MARK, plain, 1)
    }
}

/// Text for HTML, in elements and in quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    text.chars()
        .fold(String::with_capacity(text.len()), |mut out, c| {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                c => out.push(c),
            }
            out
        })
}

fn gather(
    folder: &Path,
    prefix: &str,
    depth: u8,
    left: &mut u64,
    into: &mut BTreeMap<String, Bytes>,
) -> Result<(), PagesError> {
    let unreadable = |cause| PagesError::Unreadable {
        path: folder.to_owned(),
        cause,
    };
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let meta = entry.metadata().map_err(unreadable)?;
        let full = format!("{prefix}{name}");
        if meta.is_dir() {
            if let Some(depth) = depth.checked_sub(1) {
                gather(&entry.path(), &format!("{full}/"), depth, left, into)?;
            }
        } else if meta.is_file() {
            *left = left
                .checked_sub(meta.len())
                .ok_or_else(|| PagesError::TooLarge(folder.to_owned()))?;
            let bytes = std::fs::read(entry.path()).map_err(|cause| PagesError::Unreadable {
                path: entry.path(),
                cause,
            })?;
            into.insert(full, Bytes::from(bytes));
        }
    }
    Ok(())
}

/// `name-<16 hexadecimal digits>.ending`, as the build names what it hashes.
fn freshness(name: &str) -> Freshness {
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    match stem.rsplit_once('-') {
        Some((_, hash)) if hash.len() == 16 && hash.chars().all(|c| c.is_ascii_hexdigit()) => {
            Freshness::Immutable
        }
        _ => Freshness::Asks,
    }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("webp") => "image/webp",
        Some("woff2") => "font/woff2",
        Some("json" | "webmanifest") => "application/json",
        Some("ftl" | "txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_a_member_wrote_ends_the_attribute() {
        let name = r#"{"name":"\"><script>alert('1')</script>&"}"#;
        let html = Pages {
            index: NETWORK_MARK.to_owned(),
            assets: BTreeMap::new(),
        }
        .html("", name);
        assert!(!html.contains("<script>"));
        assert_eq!(html.matches('"').count(), 4, "{html}");
    }

    #[test]
    fn serves_what_stands_in_the_folder_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let index = "<head></head><p><!--chopmark:plain--></p>";
        std::fs::write(at("index.html"), index).unwrap();
        std::fs::create_dir_all(at("fonts")).unwrap();
        std::fs::write(at("verify-0123456789abcdef.wasm"), "wasm").unwrap();
        std::fs::write(at("verify-0123456789abcdef.wasm.br"), "small").unwrap();
        std::fs::write(at("fonts/mark.woff2"), "font").unwrap();
        let pages = Pages::load(folder.path()).unwrap();
        let wasm = pages.asset("verify-0123456789abcdef.wasm").unwrap();
        assert_eq!(wasm.media_type, "application/wasm");
        assert_eq!(wasm.freshness, Freshness::Immutable);
        assert_eq!(wasm.brotli.as_deref(), Some(&b"small"[..]));
        assert_eq!(
            pages.asset("fonts/mark.woff2").unwrap().freshness,
            Freshness::Asks
        );
        for name in [
            "../Cargo.toml",
            "verify-0123456789abcdef.wasm.br",
            "",
            "fonts",
            "index.html",
        ] {
            assert!(pages.asset(name).is_none(), "{name}");
        }
        let html = pages.html("hello", "{}");
        assert_eq!(html, "<head></head><p>hello</p>");
    }

    #[test]
    fn a_missing_page_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = Pages::load(folder.path()).unwrap_err();
        assert!(error.to_string().contains("index.html"), "{error}");
    }
}
