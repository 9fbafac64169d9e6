//! Network namespaces, one for each peer. By one device it reaches this program, where devices and
//! browsers are; by another the other peers, through a switch that this program is: the packets
//! between them are dropped and held back here.

use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    path::Path,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
};

use anyhow::{Context, Result};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{Child, Command},
    task::JoinSet,
};

use crate::{
    process::output,
    road::{End, Lane, ON_THE_WAY, Road},
    tunnel::{self, Tunnel},
};

/// The largest packet, whatever the devices may take.
const PACKET: usize = 65_536;
/// What addresses of peers end with, from here on.
const FIRST_PEER: usize = 10;
/// The names of both devices where the peer is.
const TO_DEVICES: &str = "devices";
const TO_PEERS: &str = "peers";

/// Roads between peers, by who calls and who answers.
pub(super) type Between = BTreeMap<(usize, usize), Arc<Road>>;

/// The namespaces of a network's peers, and the switch between them. This program must be in a
/// namespace of its own (`settle_roads`).
#[derive(Debug)]
pub(super) struct Namespaces {
    subnet: Subnet,
    all: Vec<Namespace>,
    // It stops with this.
    _switch: JoinSet<()>,
}

impl Namespaces {
    /// Makes so many, with a road from each to each other.
    pub(super) async fn lay(count: usize) -> Result<(Self, Between)> {
        let subnet = Subnet::next();
        let (mut all, mut tunnels) = (Vec::new(), Vec::new());
        for number in 0..count {
            let namespace = Namespace::open().await?;
            let tunnel = namespace.connect(subnet, number).await;
            tunnels.push(Arc::new(tunnel.context("cannot connect a namespace")?));
            all.push(namespace);
        }
        let mut roads = Between::new();
        let mut switch = JoinSet::new();
        for (from, tunnel) in tunnels.iter().enumerate() {
            let mut lanes = BTreeMap::new();
            for (to, other) in tunnels.iter().enumerate().filter(|(to, _)| *to != from) {
                let road = Arc::new(Road::default());
                roads.insert((from, to), Arc::clone(&road));
                let seed = u64::try_from(from * count + to)?;
                let end = End::Namespace(Arc::clone(other));
                lanes.insert(subnet.peer(to), Lane::open(&mut switch, road, end, seed));
            }
            switch.spawn(pass_on(Arc::clone(tunnel), lanes));
        }
        let laid = Self {
            subnet,
            all,
            _switch: switch,
        };
        Ok((laid, roads))
    }

    /// The one address of a peer, for devices as for other peers.
    pub(super) fn host(&self, number: usize) -> Ipv4Addr {
        self.subnet.peer(number)
    }

    /// A call of a program where a peer is.
    pub(super) fn command(&self, number: usize, program: &Path) -> Result<Command> {
        let namespace = self.all.get(number).context("no such namespace")?;
        Ok(namespace.command(program))
    }
}

/// Passes on what one namespace sends to the others. What is for nobody, such as the system's own
/// search for IPv6 routers, goes nowhere.
async fn pass_on(tunnel: Arc<Tunnel>, mut lanes: BTreeMap<Ipv4Addr, Lane>) {
    let mut buffer = vec![0_u8; PACKET];
    while let Ok(length) = tunnel.recv(&mut buffer).await {
        let packet = buffer.get(..length).unwrap_or_default();
        if let Some(lane) = destination(packet).and_then(|to| lanes.get_mut(&to)) {
            lane.pass(packet).await;
        }
    }
}

/// Where an IPv4 packet goes (RFC 791, 3.1).
fn destination(packet: &[u8]) -> Option<Ipv4Addr> {
    let version = packet.first()? >> 4;
    let address: [u8; 4] = packet.get(16..20)?.try_into().ok()?;
    (version == 4).then(|| address.into())
}

/// The addresses of one network: another one for each that this program founds, because what an
/// earlier one leaves goes only when the system finds time.
#[derive(Clone, Copy, Debug)]
struct Subnet(u8);

impl Subnet {
    fn next() -> Self {
        static NEXT: AtomicU8 = AtomicU8::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// This program's own address.
    fn here(self) -> Ipv4Addr {
        Ipv4Addr::new(10, 77, self.0, 1)
    }

    fn peer(self, number: usize) -> Ipv4Addr {
        let last = u8::try_from(FIRST_PEER + number).unwrap_or(u8::MAX);
        Ipv4Addr::new(10, 77, self.0, last)
    }

    /// A device's name where this program is.
    fn device(self, name: &str, number: usize) -> String {
        format!("{name}{}-{number}", self.0)
    }
}

/// One namespace: it lasts as long as this, or as a peer that runs in it.
#[derive(Debug)]
struct Namespace {
    file: String,
    process: u32,
    // `cat`, which does nothing there, and ends with this program however that ends.
    _keeper: Child,
}

impl Namespace {
    async fn open() -> Result<Self> {
        let mut keeper = Command::new("unshare")
            .args(["--net", "cat"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("cannot start unshare")?;
        let process = keeper.id().context("unshare has ended")?;
        // What `cat` is told comes back once it is there.
        let input = keeper.stdin.as_mut().context("cat has no input")?;
        input.write_all(b".").await?;
        let answer = keeper.stdout.as_mut().context("cat has no output")?;
        let heard = answer.read_exact(&mut [0]).await;
        heard.context("cannot make a network namespace")?;
        Ok(Self {
            file: format!("/proc/{process}/ns/net"),
            process,
            _keeper: keeper,
        })
    }

    /// Gives it its two devices and its one address; returns the other end of the one to peers.
    async fn connect(&self, subnet: Subnet, number: usize) -> Result<Tunnel> {
        let (here, there) = (subnet.here(), subnet.peer(number));
        let access = subnet.device("access", number);
        let road = subnet.device("road", number);
        let tunnel = tunnel::open(&road).context("cannot make a device")?;
        let process = self.process;
        for words in [
            format!("link add {access} type veth peer name {TO_DEVICES} netns {process}"),
            format!("address add {here} peer {there}/32 dev {access}"),
            format!("link set {access} up"),
            format!("link set {road} netns {process} name {TO_PEERS}"),
        ] {
            ip(Command::new("ip"), &words).await?;
        }
        for words in [
            "link set lo up".to_owned(),
            format!("address add {there} peer {here}/32 dev {TO_DEVICES}"),
            format!("link set {TO_DEVICES} up"),
            format!("address add {there}/24 dev {TO_PEERS}"),
            // By itself it holds 500 packets, and drops what a busy peer sends beyond, unasked.
            format!("link set {TO_PEERS} txqueuelen {ON_THE_WAY} up"),
        ] {
            ip(self.command(Path::new("ip")), &words).await?;
        }
        Ok(tunnel)
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("nsenter");
        command.arg(format!("--net={}", self.file));
        command.arg("--").arg(program);
        command
    }
}

async fn ip(mut command: Command, words: &str) -> Result<()> {
    command.args(words.split(' '));
    output(command).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ipv4_packets_go_somewhere() {
        let mut packet = [0_u8; 20];
        packet[0] = 0x45;
        packet[16..].copy_from_slice(&[10, 77, 0, 12]);
        assert_eq!(destination(&packet), Some(Ipv4Addr::new(10, 77, 0, 12)));
        assert_eq!(destination(&packet[..19]), None, "cut short");
        packet[0] = 0x60;
        assert_eq!(destination(&packet), None, "IPv6");
    }
}
