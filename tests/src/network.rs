mod chopmark;
mod clock;
mod config;
mod founding;
mod namespaces;
mod policy;
mod roads;
mod roster;

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::{
    Places, Running,
    relay::{Relay, free_udp_port},
};
pub use chopmark::Chopmark;
use chopmark::chopmark;
pub use clock::Clocks;
pub use roads::Roads;
use roads::Ways;

/// The four members of every scenario.
pub const FACTORY: usize = 0;
/// Carries the goods.
pub const CARRIER: usize = 1;
/// Holds and clears.
pub const CUSTOMS: usize = 2;
/// Receives the goods.
pub const RETAILER: usize = 3;
/// Lends money on goods, in a network of [`Firms::WithBank`], which has no customs.
pub const BANK: usize = CUSTOMS;

/// The factory's GS1 company prefix: one that GS1 keeps for examples.
pub const PREFIX: &str = "9506000";
/// A GTIN under that prefix.
pub const GTIN: &str = "09506000134352";

/// Short name, legal name and class of a member.
type Firm = (&'static str, &'static str, &'static str);

/// Every member. The first four found a network.
const NAMES: [Firm; 7] = [
    ("factory", "Nansha Ceramics Works", "manufacturer"),
    ("carrier", "Pearl River Express", "carrier"),
    ("customs", "Qianhai Port Customs", "customs"),
    ("retailer", "Macao Tea House", "retailer"),
    ("forwarder", "Shekou Forwarding", "forwarder"),
    ("depot", "Hengqin Depot", "warehouse"),
    ("bank", "Delta Trade Bank", "bank"),
];

/// What a network is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// How many members found it, each with a validator.
    pub founders: usize,
    /// How many more firms make their keys and may be admitted later.
    pub newcomers: usize,
    /// Which firms these are.
    pub firms: Firms,
    /// How peers reach each other.
    pub roads: Roads,
    /// Whether gateways show the consumer page, which has to be built for that.
    pub pages: Pages,
    /// Which clock peers go by.
    pub clocks: Clocks,
}

/// Who founds a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Firms {
    /// Firms that make, carry, clear and sell.
    WithCustoms,
    /// The same with a bank in place of the customs.
    WithBank,
}

impl Firms {
    fn names(self) -> [Firm; 7] {
        let mut names = NAMES;
        if self == Self::WithBank {
            // The seventh is the bank, who otherwise comes last.
            names.swap(BANK, 6);
        }
        names
    }
}

/// Whether gateways show the consumer page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pages {
    /// They do.
    Built,
    /// They only answer programs.
    Absent,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            founders: 4,
            newcomers: 0,
            firms: Firms::WithCustoms,
            roads: Roads::Straight,
            pages: Pages::Built,
            clocks: Clocks::Machine,
        }
    }
}

/// Which work an invited device does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Inspects and commissions.
    Qc,
    /// Carries.
    Courier,
    /// Stores, packs, ships, receives.
    Warehouse,
    /// Holds and clears.
    CustomsOfficer,
    /// Does all that its member may.
    Admin,
    /// Releases what is pledged to its bank.
    BankOfficer,
}

impl Role {
    fn word(self) -> &'static str {
        match self {
            Self::Qc => "qc",
            Self::Courier => "courier",
            Self::Warehouse => "warehouse",
            Self::CustomsOfficer => "customs-officer",
            Self::Admin => "admin",
            Self::BankOfficer => "bank-officer",
        }
    }
}

/// One member with its peer.
#[derive(Debug)]
pub struct Member {
    name: String,
    folder: PathBuf,
    peer: Option<Running>,
    relay: Relay,
    listens: SocketAddr,
    gateway: SocketAddr,
}

impl Member {
    /// Legal name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where browsers reach its gateway.
    #[must_use]
    pub fn gateway(&self) -> String {
        format!("http://{}", self.gateway)
    }

    /// The peer's data folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The process of its peer, while it runs.
    #[must_use]
    pub fn peer(&self) -> Option<&Running> {
        self.peer.as_ref()
    }
}

/// A consortium on this machine, each member with a peer of its own. Devices reach peers only
/// through relays that a scenario can cut.
#[derive(Debug)]
pub struct Network {
    places: Places,
    folder: PathBuf,
    setting: Setting,
    id: String,
    members: Vec<Member>,
    ways: Ways,
    http: reqwest::Client,
}

impl Network {
    /// Founds a network of four as its members would: each makes its keys, all sign the genesis.
    pub async fn found(places: &Places, folder: &Path) -> Result<Self> {
        Self::found_as(places, folder, Setting::default()).await
    }

    /// Founds another network.
    pub async fn found_as(places: &Places, folder: &Path, setting: Setting) -> Result<Self> {
        let count = setting.founders + setting.newcomers;
        let ways = Ways::lay(setting.roads, count).await?;
        let mut members = Vec::new();
        let firms = setting.firms.names().into_iter().take(count);
        for (number, (short, name, class)) in firms.enumerate() {
            let home = folder.join(short);
            fs::create_dir_all(&home)?;
            chopmark(places, &home)?
                .args(["member", "new", "--name", name, "--class", class, "--dir"])
                .arg(&home)
                .run()
                .await?;
            let host = ways.host(number);
            let listens = SocketAddr::from((host, free_udp_port()?));
            members.push(Member {
                name: name.to_owned(),
                folder: home,
                peer: None,
                relay: Relay::start(listens).await?,
                listens,
                gateway: SocketAddr::from((host, free_tcp_port()?)),
            });
        }
        ensure!(members.len() == count, "there are names for seven members");
        let mut network = Self {
            places: places.clone(),
            folder: folder.to_path_buf(),
            setting,
            id: String::new(),
            members,
            ways,
            // Peers are killed and come back at the same address: no connection outlives its answer.
            http: reqwest::Client::builder()
                .pool_max_idle_per_host(0)
                .build()?,
        };
        network.open_relays().await?;
        network.sign_genesis().await?;
        network.configure()?;
        Ok(network)
    }

    /// The peers that run.
    pub fn running(&self) -> impl Iterator<Item = usize> {
        let numbered = self.members.iter().enumerate();
        numbered
            .filter(|(_, member)| member.peer.is_some())
            .map(|(number, _)| number)
    }

    /// Who is a member by now, with a genesis of its own.
    fn belonging(&self) -> impl Iterator<Item = usize> {
        let belongs = |member: &Member| member.folder.join("genesis.cbor").is_file();
        let numbered = self.members.iter().enumerate();
        numbered
            .filter(move |(_, member)| belongs(member))
            .map(|(number, _)| number)
    }

    /// Starts every peer that does not run.
    pub async fn serve(&mut self) -> Result<()> {
        for number in self.belonging().collect::<Vec<_>>() {
            if self.member(number)?.peer.is_none() {
                self.serve_one(number).await?;
            }
        }
        Ok(())
    }

    /// Starts one peer.
    pub async fn serve_one(&mut self, number: usize) -> Result<()> {
        let folder = self.member(number)?.folder.clone();
        let program = self.places.program("chopmark")?;
        let mut command = self.ways.command(number, &program)?;
        command.args(["serve", "--dir"]).arg(&folder);
        if self.setting.clocks == Clocks::Own {
            clock::preload(&mut command, &folder)?;
        }
        let peer = Running::start(command, &folder.join("serve.log")).await?;
        let member = self.members.get_mut(number).context("no such member")?;
        member.peer = Some(peer);
        if self.id.is_empty() {
            self.id = text(&self.status(number).await?, "network")?;
        }
        Ok(())
    }

    /// Kills one peer as a power cut would.
    pub async fn kill(&mut self, number: usize) -> Result<()> {
        let member = self.members.get_mut(number).context("no such member")?;
        match member.peer.take() {
            Some(mut peer) => peer.kill().await,
            None => Ok(()),
        }
    }

    /// Stops every peer in good order.
    pub async fn stop(&mut self) -> Result<()> {
        for member in &mut self.members {
            if let Some(peer) = member.peer.take() {
                peer.stop().await?;
            }
        }
        Ok(())
    }

    /// Registers the factory's prefix: a quorum of the members' admins must write it.
    pub async fn register_prefix(&self) -> Result<()> {
        let owner = text(&identity(&self.member(FACTORY)?.folder)?, "member")?;
        for number in self.belonging() {
            let member = self.member(number)?;
            let mut register = self.command()?;
            register
                .args(["prefix", "register", PREFIX, "--member", &owner, "--dir"])
                .arg(&member.folder);
            register.run().await?;
        }
        Ok(())
    }

    /// Makes an invitation and returns its link.
    pub async fn invite(&self, number: usize, role: Role, name: &str) -> Result<String> {
        let said = self
            .command()?
            .args([
                "invite",
                "--role",
                role.word(),
                "--name",
                name,
                "--json",
                "--dir",
            ])
            .arg(&self.member(number)?.folder)
            .run()
            .await?;
        let answer: Value = serde_json::from_str(&said).context("invite printed no JSON")?;
        text(&answer, "link")
    }

    /// What `chopmark status --json` says.
    pub async fn status(&self, number: usize) -> Result<Value> {
        let said = self
            .command()?
            .args(["status", "--json", "--dir"])
            .arg(&self.member(number)?.folder)
            .run()
            .await?;
        serde_json::from_str(&said).context("status printed no JSON")
    }

    /// One figure of a peer's metrics.
    pub async fn metric(&self, number: usize, name: &str) -> Result<u64> {
        let page = format!("{}/metrics", self.member(number)?.gateway());
        let answer = self.http.get(page).send().await?;
        let text = answer.error_for_status()?.text().await?;
        let mut lines = text.lines();
        lines
            .find_map(|line| {
                line.strip_prefix("chopmark_")?
                    .strip_prefix(name)?
                    .strip_prefix(' ')
            })
            .and_then(|value| value.parse().ok())
            .with_context(|| format!("no {name} in {text}"))
    }

    /// Cuts every device off, or lets them through again. Peers still reach each other.
    pub fn cut(&self, cut: bool) {
        for member in &self.members {
            member.relay.road().cut(cut);
        }
    }

    /// Waits until every peer is at the same height, no lower than `height`, with the same
    /// state; returns the height and the state's digest.
    pub async fn agreed(&self, height: u64) -> Result<(u64, String)> {
        let until = tokio::time::Instant::now() + std::time::Duration::from_secs(60);
        loop {
            let mut seen = Vec::new();
            for number in self.belonging() {
                let status = self.status(number).await?;
                let at = status.get("height").and_then(Value::as_u64).unwrap_or(0);
                seen.push((at, text(&status, "state")?));
            }
            if let Some(first) = seen.first()
                && first.0 >= height
                && seen.iter().all(|other| other == first)
            {
                return Ok(first.clone());
            }
            if tokio::time::Instant::now() > until {
                bail!("the peers do not agree: {seen:?}");
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    }

    /// One member.
    pub fn member(&self, number: usize) -> Result<&Member> {
        self.members.get(number).context("no such member")
    }

    /// Network id in hexadecimal.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The folder that holds everything.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The places of programs and pages.
    #[must_use]
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// A call of the administration program.
    pub fn command(&self) -> Result<Chopmark> {
        chopmark(&self.places, &self.folder)
    }
}

/// What `member new` noted about a member: ids in hexadecimal.
fn identity(folder: &Path) -> Result<Value> {
    let path = folder.join("member.json");
    let text = fs::read_to_string(&path).with_context(|| format!("no {}", path.display()))?;
    serde_json::from_str(&text).context("member.json is no JSON")
}

fn text(value: &Value, name: &str) -> Result<String> {
    value
        .get(name)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .with_context(|| format!("no {name} in {value}"))
}

fn free_tcp_port() -> Result<u16> {
    free_port(|port| std::net::TcpListener::bind(("127.0.0.1", port)).is_ok())
}

/// Ports that a process has to itself, as long as it listens on the first of them: the next test
/// runs beside it, and looks for as many.
struct Ports {
    guards: Vec<std::net::TcpListener>,
    next: u16,
    end: u16,
}

static PORTS: Mutex<Ports> = Mutex::new(Ports {
    guards: Vec::new(),
    next: 0,
    end: 0,
});

impl Ports {
    const FIRST: u16 = 12_000;
    const BLOCK: u16 = 100;
    const BLOCKS: u16 = 200;

    fn next(&mut self) -> Result<u16> {
        for _ in 0..=u32::from(Self::BLOCKS) * 10 {
            if self.next < self.end {
                self.next += 1;
                return Ok(self.next - 1);
            }
            let random = u16::from_be_bytes(chopmark_replica::random_bytes()?);
            let first = Self::FIRST + random % Self::BLOCKS * Self::BLOCK;
            if let Ok(guard) = std::net::TcpListener::bind(("127.0.0.1", first)) {
                self.guards.push(guard);
                (self.next, self.end) = (first + 1, first + Self::BLOCK);
            }
        }
        bail!("no port is free from {} on", Self::FIRST)
    }
}

/// A port that nobody has now, that no other test takes, and that the system gives to nobody who
/// asks for any.
pub(crate) fn free_port(is_free: impl Fn(u16) -> bool) -> Result<u16> {
    let mut ports = PORTS.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let port = ports.next()?;
        if is_free(port) {
            return Ok(port);
        }
    }
}
