//! The rest of a good's life, beside the hand-overs: raw material in a factory's own file, what is
//! made of it, a run of a thousand, and a buyer who opens the seal.

use anyhow::{Context as _, Result, ensure};
use chopmark_core::{ActivationSecret, Bundle, Code, NetworkId, OwnerSecret, Party};
use chopmark_replica::random_bytes;
use serde_json::{Value, json};

use crate::{FACTORY, GTIN, Network, RETAILER, Steps, tamper};

/// Clay by the kilogram, and the glaze that is made of it, under the factory's prefix.
const CLAY: &str = "09506000100012";
const GLAZE: &str = "09506000100029";
const RUN: usize = 1_000;

/// An item of the run, and what stands under its seal.
pub struct Sealed {
    /// What its label says.
    pub link: String,
    /// The code under the seal.
    pub secret: String,
}

/// These steps, on a network that runs.
pub(crate) async fn run(steps: &mut Steps, network: &Network) -> Result<()> {
    let secrets = begin(steps, network).await?;
    steps
        .step(
            "a buyer opens a seal and is the owner; a second time it is refused",
            bought(network, &secrets),
        )
        .await
}

/// All of them but the buyer's, who is told of an item to buy. Its label is as `other`'s.
///
/// # Errors
/// What a command of the factory's says, or what it found is not what it should be.
pub async fn begin_life(steps: &mut Steps, network: &Network, other: &str) -> Result<Sealed> {
    let number = 42;
    let secrets = begin(steps, network).await?;
    let secret = secrets.get(number).context("a secret")?.text();
    let (before, rest) = other.split_once("/21/").context("a serial")?;
    let pinned = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    let link = format!("{before}/21/{}{pinned}", serial(number));
    Ok(Sealed { link, secret })
}

async fn begin(steps: &mut Steps, network: &Network) -> Result<Vec<ActivationSecret>> {
    steps
        .step(
            "a factory's EPCIS file brings in raw material and what was made of it",
            material(network),
        )
        .await?;
    steps
        .step(
            "a recall of the clay finds the glaze, and the glaze its clay",
            traced(network),
        )
        .await?;
    let secrets = steps
        .step(
            "a run of 1,000 items begins in one record, each with a code under its seal",
            run_of_items(network),
        )
        .await?;
    steps
        .step(
            "its labels, and those under the seals, are printed for a label printer",
            labels(network),
        )
        .await?;
    Ok(secrets)
}

fn link(gtin: &str, batch: &str) -> String {
    format!("https://id.gs1.org/01/{gtin}/10/{batch}")
}

async fn material(network: &Network) -> Result<()> {
    let when = json!({ "eventTime": "2026-03-02T10:00:00+08:00", "eventTimeZoneOffset": "+08:00" });
    let amount = |gtin, batch, quantity: f64| json!([{ "epcClass": link(gtin, batch), "quantity": quantity, "uom": "KGM" }]);
    let event = |mut event: Value| {
        if let (Some(event), Some(when)) = (event.as_object_mut(), when.as_object()) {
            event.extend(when.clone());
        }
        event
    };
    let document = json!({
        "@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-03-02T10:00:00Z",
        "epcisBody": { "eventList": [
            event(json!({
                "type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning",
                "quantityList": amount(CLAY, "KAOLIN-7", 120.0),
            })),
            event(json!({
                "type": "TransformationEvent", "bizStep": "creating_class_instance",
                "inputQuantityList": amount(CLAY, "KAOLIN-7", 80.0),
                "outputQuantityList": amount(GLAZE, "CELADON-2", 80.0),
            })),
        ] },
    });
    let member = network.member(FACTORY)?;
    let file = member.folder().join("material.jsonld");
    std::fs::write(&file, document.to_string())?;
    let said = network
        .command()?
        .args(["epcis", "import"])
        .arg(&file)
        .arg("--dir")
        .arg(member.folder())
        .run()
        .await?;
    ensure!(said.contains("imported 2 of 2 events"), "{said}");
    Ok(())
}

async fn traced(network: &Network) -> Result<()> {
    for (towards, of, found) in [
        ("forward", (CLAY, "KAOLIN-7"), (GLAZE, "CELADON-2")),
        ("back", (GLAZE, "CELADON-2"), (CLAY, "KAOLIN-7")),
    ] {
        let code = |(gtin, batch)| Code::gtin_batch(gtin, batch);
        let maker = network.status(FACTORY).await?;
        let maker = maker
            .get("member")
            .and_then(Value::as_str)
            .context("who it is")?;
        let id: NetworkId = network.id().parse()?;
        let sought = code(found)?.subject(&id, &maker.parse()?).to_string();
        let ask = || async {
            network
                .command()?
                .args(["trace", towards])
                .arg(code(of)?.element_string())
                .arg("--json")
                .arg("--dir")
                .arg(network.member(FACTORY)?.folder())
                .run()
                .await
        };
        crate::process::until("the trace is final", || async {
            Ok(ask()
                .await
                .is_ok_and(|said| said.contains(&sought))
                .then_some(()))
        })
        .await?;
    }
    Ok(())
}

async fn run_of_items(network: &Network) -> Result<Vec<ActivationSecret>> {
    let mut list = String::from("gtin,serial,activation\n");
    let mut secrets = Vec::with_capacity(RUN);
    for number in 0..RUN {
        let secret = ActivationSecret::from_bytes(random_bytes()?);
        list.push_str(&format!("{GTIN},{},{}\n", serial(number), secret.text()));
        secrets.push(secret);
    }
    let folder = network.member(FACTORY)?.folder();
    std::fs::write(folder.join("run.csv"), list)?;
    let said = network
        .command()?
        .args(["run", "commission"])
        .arg(folder.join("run.csv"))
        .arg("--dir")
        .arg(folder)
        .run()
        .await?;
    ensure!(said.contains("of 1000 items"), "{said}");
    Ok(secrets)
}

fn serial(number: usize) -> String {
    format!("CUP{number:04}")
}

async fn labels(network: &Network) -> Result<()> {
    let folder = network.member(FACTORY)?.folder();
    let out = folder.join("run.zpl");
    network
        .command()?
        .args(["labels", "--format", "zpl", "--with-activation", "--list"])
        .arg(folder.join("run.csv"))
        .arg("--dir")
        .arg(folder)
        .arg("--out")
        .arg(&out)
        .run()
        .await?;
    let printed = std::fs::read_to_string(out)?.matches("^XZ").count();
    ensure!(printed == 2 * RUN, "{printed} labels of {}", 2 * RUN);
    Ok(())
}

async fn bought(network: &Network, secrets: &[ActivationSecret]) -> Result<()> {
    let number = 77;
    let secret = secrets.get(number).context("a secret")?;
    let code = Code::gtin_serial(GTIN, &serial(number))?;
    let link = code.digital_link("id.example");
    // Only the maker can name an item that had no record of its own; shown its proof, all prove it.
    let maker = network.member(FACTORY)?.gateway();
    let (report, shown) = crate::process::until("the run is final", || async {
        let Some(bytes) = tamper::fetch(&maker, &link).await? else {
            return Ok(None);
        };
        let bundle = Bundle::from_bytes(&bytes)?;
        let report = bundle.verify(&code, network.id().parse()?)?;
        Ok(Some((report, bundle.undrawn().context("its proof")?)))
    })
    .await?;
    let elsewhere = network.member(RETAILER)?.gateway();
    let confirmed = crate::process::until("another member has the run", || async {
        let Some(bytes) = tamper::fetch_shown(&elsewhere, &link, &shown).await? else {
            return Ok(None);
        };
        let bundle = Bundle::from_bytes(&bytes)?;
        Ok(Some(bundle.verify(&code, network.id().parse()?)?))
    })
    .await?;
    ensure!(confirmed.holds(), "{:?}", confirmed.problems().next());
    ensure!(confirmed.began == report.began, "another beginning");
    ensure!(report.activation == Some(secret.public()), "another key");
    let owner = OwnerSecret::from_seed(&random_bytes()?).public();
    let made_by = report.owner.as_ref().and_then(Party::member);
    let subject = code.subject(&report.network, made_by.context("its maker")?);
    let signature = secret.sign_activation(&report.network, &subject, &owner);
    let body = json!({
        "code": code.hash().to_string(),
        "owner": owner.to_string(),
        "signature": data_encoding::HEXLOWER.encode(&signature),
    });
    let client = reqwest::Client::new();
    let ask = || {
        client
            .post(format!("{maker}/activate"))
            .body(body.to_string())
            .send()
    };
    let first = ask().await?;
    ensure!(first.status().is_success(), "{}", first.text().await?);
    let second: Value = ask().await?.json().await?;
    ensure!(
        second.get("code") == Some(&json!("already-activated")),
        "{second}"
    );
    // From now on every member's page knows the item by itself.
    let owned = crate::process::until("the activation is final", || async {
        let Some(bytes) = tamper::fetch(&elsewhere, &link).await? else {
            return Ok(None);
        };
        let report = Bundle::from_bytes(&bytes)?.verify(&code, network.id().parse()?)?;
        Ok(report.activated.is_some().then_some(report))
    })
    .await?;
    ensure!(owned.holds(), "{:?}", owned.problems().next());
    ensure!(owned.owner == Some(Party::Consumer(owner)), "another owner");
    Ok(())
}
