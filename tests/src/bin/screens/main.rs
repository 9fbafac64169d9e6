//! Renders every screen into a folder: 360 and 1280 pixels wide, light and dark, in both
//! languages; checks each with axe-core. What a critical look at them found is told in
//! `docs/screens.md`.

mod bring;
mod consumer;
mod field;
mod gallery;
mod making;
mod operators;
mod stage;
mod work;

use std::path::PathBuf;

use anyhow::{Result, bail};
use chopmark_tests::{Places, Steps};
use clap::Parser;

use gallery::Gallery;
use stage::Stage;

#[derive(Parser)]
#[command(about = "Renders every screen")]
struct Arguments {
    /// Where the pictures go
    folder: PathBuf,
    /// Only screens whose name contains one of these: NAME,NAME
    filter: Option<String>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let folder = tempfile::tempdir()?;
    let places = Places::find()?;
    let mut steps = Steps::new();
    let stage = steps
        .step(
            "a network with hand-overs in every state",
            Stage::set(&places, folder.path()),
        )
        .await?;
    let mut gallery = Gallery::open(&places, &stage.video, &arguments.folder).await?;
    gallery.filter(arguments.filter.as_deref());
    let mut found = gallery.render(field::connected(&stage)?).await;
    found.extend(gallery.render(work::all(&stage)?).await);
    found.extend(gallery.render(bring::all(&stage)).await);
    found.extend(gallery.render(consumer::all(&stage)?).await);
    found.extend(gallery.render(operators::all(&stage)?).await);
    stage.cut_off().await?;
    found.extend(gallery.render(field::cut_off(&stage)?).await);
    found.extend(gallery.render(bring::cut_off(&stage)).await);
    gallery.close().await?;
    println!("The pictures are in {}", arguments.folder.display());
    if !found.is_empty() {
        for line in &found {
            println!("{line}");
        }
        bail!("{} findings", found.len());
    }
    Ok(())
}
