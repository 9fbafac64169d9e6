//! Puts the parts of one front end into its folder under `target/ui`.
//!
//! | file | from |
//! | --- | --- |
//! | `index.html` | `ui/<name>/index.html`; `<!-- assets -->` becomes the links to the next three |
//! | `<name>-<hash>.css` | `ui/kit/css/*.css`, then `ui/<name>/css/*.css` |
//! | `<name>-<hash>.js`, `.wasm` | the main program |
//! | `<program>.js`, `<program>-<hash>.wasm` | every further program of the package, for workers |
//! | anything else | `ui/kit/static/`, `ui/<name>/static/`, as they are |
//!
//! In `index.html` and in the files of `static/`, `{{files}}` becomes a JSON list of all hashed
//! files and `{{version}}` their common hash: a service worker needs both.

use super::bindings::{self, Start};
use super::{FrontEnd, Module};
use crate::places::Places;
use crate::setup;
use anyhow::{Context, Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// All bytes of a front end.
pub(crate) struct Sizes {
    pub(crate) plain: usize,
    pub(crate) brotli: usize,
    pub(crate) gzip: usize,
}

type Files = BTreeMap<String, Vec<u8>>;

/// Builds the folder of one front end unless it is up to date, and measures it.
pub(crate) fn assemble(places: &Places, front_end: &FrontEnd, modules: &[Module]) -> Result<Sizes> {
    let folder = places.ui().join(front_end.name);
    let input = input_hash(places, front_end, modules)?;
    let stamp = places
        .target()
        .join("wasm")
        .join(format!("{}.stamp", front_end.name));
    if let Some(sizes) = up_to_date(&stamp, &folder, &input) {
        return Ok(sizes);
    }
    let mut files = Files::new();
    for module in modules {
        add_program(places, front_end, module, &mut files)?;
    }
    let css = styles(places, front_end)?;
    files.insert(
        hashed_name(front_end.name, "css", css.as_bytes()),
        css.into_bytes(),
    );
    let version = add_page_and_static(places, front_end, &mut files)?;
    let sizes = write(&folder, front_end, &files)?;
    fs::write(
        &stamp,
        format!(
            "{input}\n{version}\n{} {} {}",
            sizes.plain, sizes.brotli, sizes.gzip
        ),
    )?;
    Ok(sizes)
}

/// Puts the world's ports beside the screens, where the app's build takes them from. The screens
/// show the notice that their licence asks for: with another one there is no list.
pub(crate) fn ports(places: &Places) -> Result<()> {
    let package = setup::tools_folder(places).join("node_modules/sea-ports");
    let read =
        |file: &Path| fs::read(file).with_context(|| format!("cannot read {}", file.display()));
    let shown = places.root().join("ui/app/notices/sea-ports.txt");
    let licence = package.join("LICENSE");
    ensure!(
        read(&shown)? == read(&licence)?,
        "the screens show another notice than {}: copy it to {}",
        licence.display(),
        shown.display()
    );
    let list = read(&package.join("lib/ports.json"))?;
    let to = places.ui().join("ports.json");
    // Written anew it would have the app built anew.
    if fs::read(&to).is_ok_and(|found| found == list) {
        return Ok(());
    }
    fs::write(&to, list).with_context(|| format!("cannot write {}", to.display()))
}

/// Builds the program that prints the same bytes in Node.js.
pub(crate) fn vectors(places: &Places, module: &Path) -> Result<()> {
    let folder = places.ui().join("vectors");
    let stamp = places.target().join("wasm/vectors.stamp");
    let input = hex(&Sha256::digest(fs::read(module)?));
    if fs::read_to_string(&stamp).is_ok_and(|found| found == input) && folder.is_dir() {
        return Ok(());
    }
    bindings::bind_for_node(module, &folder, "vectors")?;
    fs::write(&stamp, input)?;
    Ok(())
}

fn add_program(
    places: &Places,
    front_end: &FrontEnd,
    module: &Module,
    files: &mut Files,
) -> Result<()> {
    let is_main = module.name == front_end.package;
    let (name, start) = if is_main {
        (front_end.name, front_end.start)
    } else {
        (module.name.as_str(), Start::Script)
    };
    let program = bindings::bind(places, &module.file, start, |wasm| {
        hashed_name(name, "wasm", wasm)
    })?;
    files.insert(hashed_name(name, "wasm", &program.wasm), program.wasm);
    let js_name = if is_main {
        hashed_name(name, "js", program.js.as_bytes())
    } else {
        // The main program starts a worker by a name that it knows when it is compiled.
        format!("{name}.js")
    };
    files.insert(js_name, program.js.into_bytes());
    Ok(())
}

fn styles(places: &Places, front_end: &FrontEnd) -> Result<String> {
    let mut css = String::new();
    for owner in ["kit", front_end.name] {
        for file in files_under(&places.root().join("ui").join(owner).join("css"))? {
            css.push_str(&fs::read_to_string(&file).with_context(|| file.display().to_string())?);
            css.push('\n');
        }
    }
    Ok(bare(&css))
}

/// Style sheets without comments, indentation and empty lines: every visitor fetches them. No text
/// in ours holds the mark of a comment.
fn bare(css: &str) -> String {
    let (mut kept, mut rest) = (String::new(), css);
    while let Some((before, behind)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = behind.split_once("*/").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    let lines = kept.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn add_page_and_static(places: &Places, front_end: &FrontEnd, files: &mut Files) -> Result<String> {
    let mut hash = Sha256::new();
    for (name, bytes) in files.iter() {
        hash.update(name);
        hash.update(bytes);
    }
    let version = hex(&hash.finalize());
    let list = serde_json::to_string(&files.keys().collect::<Vec<_>>())?;
    let fill = |text: &str| {
        text.replace("{{files}}", &list)
            .replace("{{version}}", &version)
    };

    let page = places
        .root()
        .join("ui")
        .join(front_end.name)
        .join("index.html");
    let html = fs::read_to_string(&page).with_context(|| page.display().to_string())?;
    let html = fill(&html.replace("<!-- assets -->", &links(front_end, files)));
    files.insert("index.html".to_owned(), html.into_bytes());
    for owner in ["kit", front_end.name] {
        let folder = places.root().join("ui").join(owner).join("static");
        for file in files_under(&folder)? {
            let name = file.strip_prefix(&folder)?.to_string_lossy().into_owned();
            let bytes = fs::read(&file)?;
            let bytes = match String::from_utf8(bytes) {
                Ok(text) => fill(&text).into_bytes(),
                Err(binary) => binary.into_bytes(),
            };
            files.insert(name, bytes);
        }
    }
    Ok(version)
}

/// What stands in the page's head: the styles, and the program with its module fetched early.
fn links(front_end: &FrontEnd, files: &Files) -> String {
    let of = |kind: &str| {
        let is_main = |name: &&String| {
            name.strip_prefix(front_end.name)
                .is_some_and(|rest| rest.starts_with('-'))
                && name.ends_with(kind)
        };
        files.keys().find(is_main).cloned().unwrap_or_default()
    };
    let place = front_end.place;
    let (css, js, wasm) = (of(".css"), of(".js"), of(".wasm"));
    let script = match front_end.start {
        Start::Module => format!("<script type=\"module\" src=\"{place}{js}\"></script>"),
        Start::Script => format!("<script defer src=\"{place}{js}\"></script>"),
    };
    format!(
        "<link rel=\"stylesheet\" href=\"{place}{css}\">\n<link rel=\"preload\" href=\"{place}{wasm}\" as=\"fetch\" type=\"application/wasm\" crossorigin>\n{script}"
    )
}

fn write(folder: &Path, front_end: &FrontEnd, files: &Files) -> Result<Sizes> {
    fs::remove_dir_all(folder).ok();
    let mut sizes = Sizes {
        plain: 0,
        brotli: 0,
        gzip: 0,
    };
    for (name, bytes) in files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let (br, gz) = (brotli(bytes)?, gzip(bytes)?);
        sizes.plain += bytes.len();
        sizes.brotli += br.len().min(bytes.len());
        sizes.gzip += gz.len().min(bytes.len());
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
        if front_end.precompressed {
            fs::write(folder.join(format!("{name}.br")), br)?;
            fs::write(folder.join(format!("{name}.gz")), gz)?;
        }
    }
    Ok(sizes)
}

fn input_hash(places: &Places, front_end: &FrontEnd, modules: &[Module]) -> Result<String> {
    let mut hash = Sha256::new();
    hash.update(bindings::STEPS);
    let mut inputs: Vec<PathBuf> = modules.iter().map(|module| module.file.clone()).collect();
    inputs.push(
        places
            .root()
            .join("ui")
            .join(front_end.name)
            .join("index.html"),
    );
    for owner in ["kit", front_end.name] {
        for part in ["css", "static"] {
            inputs.extend(files_under(
                &places.root().join("ui").join(owner).join(part),
            )?);
        }
    }
    for file in inputs {
        let bytes = fs::read(&file).with_context(|| file.display().to_string())?;
        hash.update(file.to_string_lossy().as_bytes());
        hash.update(Sha256::digest(&bytes));
    }
    Ok(hex(&hash.finalize()))
}

fn up_to_date(stamp: &Path, folder: &Path, input: &str) -> Option<Sizes> {
    let text = fs::read_to_string(stamp).ok()?;
    let mut lines = text.lines();
    let same = lines.next()? == input && folder.join("index.html").is_file();
    same.then_some(())?;
    let mut numbers = lines.nth(1)?.split(' ').map(str::parse);
    Some(Sizes {
        plain: numbers.next()?.ok()?,
        brotli: numbers.next()?.ok()?,
        gzip: numbers.next()?.ok()?,
    })
}

/// All files in a folder and below, in order; none where there is no such folder.
fn files_under(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files_under(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn hashed_name(name: &str, kind: &str, bytes: &[u8]) -> String {
    format!("{name}-{}.{kind}", hex(&Sha256::digest(bytes)))
}

/// Sixteen hexadecimal characters: enough to tell versions of a file apart.
fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    brotli::BrotliCompress(
        &mut &*bytes,
        &mut out,
        &brotli::enc::BrotliEncoderParams::default(),
    )?;
    Ok(out)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}
