//! The demo: a trial network of four members on this machine.
//!
//! `demo --check` runs the first scenario unattended; plain `demo` leaves everything running
//! for a person to try, until Ctrl-C.

use std::{env, path::Path, path::PathBuf};

use anyhow::{Context, Result, ensure};
use chopmark_tests::{
    CARRIER, CUSTOMS, Device, FACTORY, Goods, Network, Places, RETAILER, Role, Sealed, Steps,
    Trade, begin_life, inspect_with_photo, run_first_scenario,
};
use chopmark_view::Action;
use clap::Parser;
use tokio::process::{Child, Command};

/// Marks a folder as a demo's, so that the next one may empty it.
const MARK: &str = "chopmark-demo";

#[derive(Parser)]
#[command(about = "A trial network of four members on this machine")]
struct Arguments {
    /// Run the first scenario unattended, print each step, and stop
    #[arg(long)]
    check: bool,
    /// Where the trial network keeps its data; emptied at the start
    #[arg(long)]
    folder: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let places = Places::find()?;
    if arguments.check {
        let folder = tempfile::tempdir()?;
        return run_first_scenario(&places, folder.path()).await;
    }
    let folder = match arguments.folder {
        Some(folder) => folder,
        None => env::temp_dir().join("chopmark-demo"),
    };
    empty(&folder)?;
    stay(&places, &folder).await
}

/// Empties the folder of an earlier demo; anything else is not ours to delete.
fn empty(folder: &Path) -> Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    let ours = folder.join(MARK).exists() || std::fs::read_dir(folder)?.next().is_none();
    ensure!(
        ours,
        "{} holds something else than a demo: name another folder",
        folder.display()
    );
    std::fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))
}

async fn stay(places: &Places, folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join(MARK), "")?;
    let mut steps = Steps::new();
    let mut network = steps
        .step(
            "four members make their keys and sign the network",
            Network::found(places, folder),
        )
        .await?;
    steps.step("four peers start", network.serve()).await?;
    steps
        .step(
            "the members register the factory's GS1 prefix",
            network.register_prefix(),
        )
        .await?;
    let mut trade = steps
        .step(
            "devices of factory, courier and retailer join",
            Trade::enrol(network),
        )
        .await?;
    let goods = steps
        .step(
            "the factory commissions 12 items and packs a case",
            trade.commission(12),
        )
        .await?;
    let label = goods.labels.labels.first().context("no label")?.clone();
    steps
        .step("an item is inspected, with a photo", async {
            trade.desk.settled().await?;
            let item = goods.items.first().context("no item")?;
            trade.inspector.sees(item, |_| true).await?;
            inspect_with_photo(&trade.inspector, &label.link).await
        })
        .await?;
    steps
        .step("the case is stored and picked, by name", async {
            for activity in ["stored", "picked"] {
                trade
                    .desk
                    .record(activity, &[goods.case.as_str()], "Bay 3, Nansha")
                    .await?;
            }
            Ok(())
        })
        .await?;
    steps
        .step("the factory offers the case to the courier", async {
            let to = trade.desk.member_named("Pearl River Express").await?;
            trade
                .desk
                .sign(Action::Offer {
                    subject: goods.case.clone(),
                    to,
                    place: Some("Ramp 2, Nansha".to_owned()),
                })
                .await?;
            trade.settled().await?;
            trade.courier.incoming(&goods.case).await
        })
        .await?;
    let sealed = begin_life(&mut steps, &trade.network, &label.link).await?;
    let (height, _) = steps
        .step("it is final: all four peers have the same state", async {
            let status = trade.network.status(FACTORY).await?;
            let height = status.get("height").and_then(serde_json::Value::as_u64);
            trade.network.agreed(height.unwrap_or(1)).await
        })
        .await?;
    let sheet = save_sheets(folder, &goods)?;
    let newcomer = trade
        .network
        .invite(RETAILER, Role::Warehouse, "a device of yours")
        .await?;
    let window = open_window(places, &mut trade.courier).await?;
    let labels = (label.link.as_str(), &sealed);
    print_guide(&trade, labels, &sheet, &newcomer, window.is_some())?;
    println!("\nAt checkpoint {height} everything above was final; there will be more.");
    tokio::signal::ctrl_c().await?;
    println!("\nStopping the peers.");
    drop(window);
    trade.network.stop().await
}

/// Opens the courier's app in its window where there is a display. Its replica is open in one
/// program at a time, so the one that served a browser ends.
async fn open_window(places: &Places, courier: &mut Device) -> Result<Option<Child>> {
    let display = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()));
    if !display {
        return Ok(None);
    }
    courier.crash().await?;
    let mut command = Command::new(places.program("chopmark-app")?);
    command
        .env("CHOPMARK_DATA", courier.folder())
        .kill_on_drop(true);
    if let Some(ports) = places.ports() {
        command.env("CHOPMARK_PORTS", ports);
    }
    let child = command.spawn().context("cannot open the window")?;
    Ok(Some(child))
}

fn save_sheets(folder: &Path, goods: &Goods) -> Result<PathBuf> {
    for (number, sheet) in goods.labels.sheets.iter().enumerate() {
        std::fs::write(folder.join(format!("labels-{}.svg", number + 1)), sheet)?;
    }
    Ok(folder.join("labels-1.svg"))
}

fn print_guide(
    trade: &Trade,
    (link, sealed): (&str, &Sealed),
    sheet: &Path,
    newcomer: &str,
    window: bool,
) -> Result<()> {
    println!("\nThe trial network runs. Everything below works until you press Ctrl-C.\n");
    println!("A consumer reads the item's QR code and gets this page:");
    println!("  {link}");
    println!("An item of a run that nobody used yet; a buyer finds the code under its seal:");
    println!("  {}", sealed.link);
    println!("  {}", sealed.secret);
    println!("The sheet of labels, to look at or print:");
    println!("  {}", sheet.display());
    println!(
        "\nThe app; the passphrase of every device is \"{}\":",
        trade.desk.passphrase()
    );
    let courier = match window {
        true => "the window that opened".to_owned(),
        false => trade.courier.address(),
    };
    println!("  courier    {courier}   (a hand-over waits)");
    println!("  factory    {}", trade.desk.address());
    println!("  inspector  {}", trade.inspector.address());
    println!("  retailer   {}", trade.shop.address());
    println!("\nAn invitation for a device of your own:");
    println!("  {newcomer}");
    println!("\nThe members' gateways:");
    for number in [FACTORY, CARRIER, CUSTOMS, RETAILER] {
        let member = trade.network.member(number)?;
        println!("  {:<24} {}", member.name(), member.gateway());
    }
    Ok(())
}
