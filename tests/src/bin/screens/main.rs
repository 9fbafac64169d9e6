//! Renders every screen into a folder: 360 and 1280 pixels wide, light and dark, in both
//! languages; checks each with axe-core. What a critical look at them found is told in
//! `docs/screens.md`.

mod consumer;
mod field;
mod gallery;
mod stage;

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
    /// Only screens whose name contains this
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
    let mut found = steps
        .step("the field app", gallery.render(field::connected(&stage)?))
        .await?;
    let consumer = gallery.render(consumer::all(&stage)?);
    found.extend(steps.step("the consumer page", consumer).await?);
    steps
        .step("the phones lose the network", stage.cut_off())
        .await?;
    let cut_off = gallery.render(field::cut_off(&stage)?);
    found.extend(
        steps
            .step("the field app without a network", cut_off)
            .await?,
    );
    gallery.close().await?;
    steps.finish();
    println!("The pictures are in {}", arguments.folder.display());
    if !found.is_empty() {
        bail!("axe-core finds:\n{}", found.join("\n"));
    }
    Ok(())
}
