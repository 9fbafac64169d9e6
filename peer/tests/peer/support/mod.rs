//! Members, networks and running peers for the tests: the real binary, in temporary folders, on
//! loopback.

pub(crate) mod device;
pub(crate) mod page;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long a condition may take on a busy machine before the test says that it never came. A peer
/// that was killed is missed only when QUIC's idle time-out ends, after 12 seconds.
const DEADLINE: Duration = Duration::from_secs(120);

/// Runs one command to its end.
pub(crate) fn chopmark(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_chopmark"))
        .args(arguments)
        .output()
        .unwrap()
}

/// Runs one command that must succeed, and gives what it printed.
pub(crate) fn succeed(arguments: &[&str]) -> String {
    let output = chopmark(arguments);
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    let error = String::from_utf8_lossy(&said);
    assert!(output.status.success(), "chopmark {arguments:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

/// Runs one command that must fail, and gives what it said about it.
pub(crate) fn fail(arguments: &[&str]) -> String {
    let output = chopmark(arguments);
    assert!(!output.status.success(), "chopmark {arguments:?} succeeded");
    String::from_utf8(output.stderr).unwrap() + &String::from_utf8(output.stdout).unwrap()
}

/// Asks again until there is an answer.
pub(crate) fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + DEADLINE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < end, "never happened: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// An invitation that the command makes, as a link.
pub(crate) fn invite(peer: &Peer, role: &str, name: &str) -> String {
    let dir = text(&peer.dir);
    let printed = succeed(&[
        "invite", "--role", role, "--name", name, "--json", "--dir", dir,
    ]);
    let invited: Value = serde_json::from_str(&printed).unwrap();
    invited["link"].as_str().unwrap().to_owned()
}

/// A path as an argument.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A network of members whose folders lie in one temporary folder.
pub(crate) struct Network {
    pub(crate) place: tempfile::TempDir,
    pub(crate) members: Vec<PathBuf>,
}

/// The four founders of most tests; the first one orders.
pub(crate) const FOUNDERS: [(&str, &str); 4] = [
    ("Nansha Instruments", "manufacturer"),
    ("Pearl River Lines", "carrier"),
    ("Gongbei Customs", "customs"),
    ("Macao Harbour Shop", "retailer"),
];

impl Network {
    /// Makes members, draft, signatures and genesis with the commands that people use.
    pub(crate) fn found(founders: &[(&str, &str)]) -> Self {
        Self::found_by(founders, &[0])
    }

    /// All members say that a prefix is the first one's.
    pub(crate) fn register(&self, prefix: &str) {
        for dir in &self.members {
            let register = ["prefix", "register", prefix, "--member", FOUNDERS[0].0];
            succeed(&[&register[..], &["--dir", text(dir)]].concat());
        }
    }

    /// These members sign a policy that is in a file, and go on until it holds: each time that one
    /// says it anew is a checkpoint more.
    pub(crate) fn amend(&self, file: &Path, by: &[&Peer]) {
        let from = by[0].status()["height"].as_u64().unwrap() + 12;
        let from = from.to_string();
        for peer in by {
            let propose = ["policy", "propose", text(file), "--height", &from];
            succeed(&[&propose[..], &["--dir", text(&peer.dir)]].concat());
        }
        let first = text(&by[0].dir);
        let coming = || {
            let shown = succeed(&["policy", "show", "--dir", first]);
            shown.contains("holds from checkpoint")
        };
        until("the members agreed", || coming().then_some(()));
        until("the policy holds", || {
            let said = succeed(&["policy", "propose", text(file), "--dir", first]);
            assert!(said.contains("should stay"), "{said}");
            (!coming()).then_some(())
        });
    }

    /// As [`Self::found`], with these members' peers as validators.
    pub(crate) fn found_by(founders: &[(&str, &str)], validators: &[usize]) -> Self {
        let place = tempfile::tempdir().unwrap();
        let at = |name: String| place.path().join(name);
        let draft = at("draft.cbor".to_owned());
        let genesis = at("genesis.cbor".to_owned());
        let members: Vec<PathBuf> = (0..founders.len()).map(|i| at(format!("m{i}"))).collect();
        for (dir, (name, class)) in members.iter().zip(founders) {
            succeed(&[
                "member",
                "new",
                "--name",
                name,
                "--class",
                class,
                "--dir",
                text(dir),
            ]);
        }
        let cards: Vec<PathBuf> = members.iter().map(|dir| dir.join("founder.cbor")).collect();
        let mut new = vec![
            "network",
            "new",
            "--name",
            "Bay trial",
            "--host",
            "localhost",
        ];
        new.extend(["--draft", text(&draft)]);
        new.extend(
            validators
                .iter()
                .flat_map(|n| ["--validator", founders[*n].0]),
        );
        new.extend(cards.iter().flat_map(|card| ["--founder", text(card)]));
        succeed(&new);
        let signatures: Vec<PathBuf> = members
            .iter()
            .map(|dir| dir.join("signature.cbor"))
            .collect();
        for (dir, out) in members.iter().zip(&signatures) {
            let root = dir.join("root.key");
            let command = [
                "network",
                "sign",
                "--draft",
                text(&draft),
                "--root",
                text(&root),
            ];
            succeed(&[&command[..], &["--out", text(out)]].concat());
        }
        let mut combine = vec!["network", "combine", "--draft", text(&draft)];
        combine.extend(["--out", text(&genesis)]);
        combine.extend(
            signatures
                .iter()
                .flat_map(|path| ["--signature", text(path)]),
        );
        succeed(&combine);
        for dir in &members {
            succeed(&[
                "member",
                "init",
                "--dir",
                text(dir),
                "--genesis",
                text(&genesis),
            ]);
        }
        Self { place, members }
    }

    /// Writes a member's configuration and starts its peer. The first member orders; the others
    /// call it where it listens.
    pub(crate) fn start(&self, member: usize, orderer: Option<&Peer>) -> Peer {
        let dir = &self.members[member];
        let order = if member == 0 { "validator" } else { "none" };
        let mut config =
            format!("listen = \"127.0.0.1:0\"\ngateway = \"127.0.0.1:0\"\norder = \"{order}\"\n");
        if let Some(orderer) = orderer {
            let status = orderer.status();
            config += &format!(
                "[[peer]]\nmember = {}\nkey = {}\naddress = \"{}\"\n",
                status["member"], status["device"], orderer.quic
            );
        }
        std::fs::write(dir.join("chopmark.toml"), config).unwrap();
        Peer::start(dir)
    }
}

/// A running peer; killed when dropped.
pub(crate) struct Peer {
    child: Child,
    pub(crate) dir: PathBuf,
    pub(crate) quic: SocketAddr,
    pub(crate) gateway: SocketAddr,
    /// Where the pages for operators are, if that is another address.
    pub(crate) operators: Option<SocketAddr>,
}

impl Peer {
    /// Starts the peer of a folder and waits until it is ready.
    pub(crate) fn start(dir: &Path) -> Self {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(dir.join("log.txt"))
            .unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_chopmark"))
            .args(["serve", "--dir", text(dir)])
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = |name: &str| {
            let part = line
                .split_whitespace()
                .find_map(|part| part.strip_prefix(name));
            let log = || std::fs::read_to_string(dir.join("log.txt")).unwrap();
            part.unwrap_or_else(|| panic!("not ready: {line} {}", log()))
                .parse()
                .unwrap()
        };
        let (quic, gateway) = (address("quic="), address("gateway="));
        let operators = (!line.contains("operators=-")).then(|| address("operators="));
        Self {
            child,
            dir: dir.to_owned(),
            quic,
            gateway,
            operators,
        }
    }

    /// What `chopmark status --json` says.
    pub(crate) fn status(&self) -> Value {
        let printed = succeed(&["status", "--json", "--dir", text(&self.dir)]);
        serde_json::from_str(&printed).unwrap()
    }

    /// Asks the running peer as the commands do.
    pub(crate) fn ask(&self, request: &Value) -> Value {
        let mut stream = UnixStream::connect(self.dir.join("control.sock")).unwrap();
        writeln!(stream, "{request}").unwrap();
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap()
    }

    /// The process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// As `kill -9` does: nothing is written any more.
    pub(crate) fn kill(mut self) -> PathBuf {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.dir.clone()
    }

    /// As a service is stopped; gives the exit status. Nothing of it may have panicked.
    pub(crate) fn stop(mut self) -> std::process::ExitStatus {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        let status = self.child.wait().unwrap();
        let log = std::fs::read_to_string(self.dir.join("log.txt")).unwrap();
        assert!(!log.contains("panicked"), "{log}");
        status
    }

    /// Keeps the port over the next start, so that others find the peer again.
    pub(crate) fn keep_port(&self) {
        let path = self.dir.join("chopmark.toml");
        let config = std::fs::read_to_string(&path).unwrap();
        let listen = format!("listen = \"{}\"", self.quic);
        std::fs::write(&path, config.replace("listen = \"127.0.0.1:0\"", &listen)).unwrap();
    }

    /// One plain HTTP request to the gateway: status, headers, body.
    pub(crate) fn get(&self, path: &str, headers: &[&str]) -> (u16, String, Vec<u8>) {
        http(self.gateway, &format!("GET {path}"), headers, "")
    }

    /// As [`Self::get`], with this text as its body.
    pub(crate) fn post(&self, path: &str, body: &str) -> (u16, String, Vec<u8>) {
        let length = format!("content-length: {}", body.len());
        http(self.gateway, &format!("POST {path}"), &[&length], body)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Gone already after `kill` and `stop`.
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// One plain HTTP request.
pub(crate) fn http(
    at: SocketAddr,
    what: &str,
    headers: &[&str],
    body: &str,
) -> (u16, String, Vec<u8>) {
    let mut stream = TcpStream::connect(at).unwrap();
    let mut request = format!("{what} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
    for header in headers {
        request += &format!("{header}\r\n");
    }
    stream
        .write_all((request + "\r\n" + body).as_bytes())
        .unwrap();
    let mut all = Vec::new();
    stream.read_to_end(&mut all).unwrap();
    let end = all
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .unwrap();
    let head = String::from_utf8(all[..end].to_vec()).unwrap();
    let code = head.split_whitespace().nth(1).unwrap().parse().unwrap();
    (code, head.to_lowercase(), all[end + 4..].to_vec())
}
