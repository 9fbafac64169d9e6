//! `chopmark.toml` (docs/format.md, 14): what a peer listens on, whom it calls, whether it orders.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use chopmark_core::{CborError, DeviceId, KnownPeer, MemberId};
use serde::Deserialize;

/// A peer's configuration, as far as it is not in the genesis.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Where QUIC listens; port 0 lets the system choose.
    pub(crate) listen: SocketAddr,
    /// Where HTTP listens; none without a gateway.
    #[serde(default)]
    pub(crate) gateway: Option<SocketAddr>,
    /// Where the pages for operators (`/metrics`, `/dashboard`) are served; at the gateway when
    /// left out.
    #[serde(default)]
    pub(crate) operators: Option<SocketAddr>,
    /// How browsers reach the gateway.
    #[serde(default)]
    pub(crate) gateway_url: Option<WebAddress>,
    /// What invitations name.
    #[serde(default)]
    pub(crate) advertise: Vec<HostPort>,
    /// The folder of the built consumer page.
    #[serde(default)]
    pub(crate) pages: Option<PathBuf>,
    /// Whether consumers give things back to this member at its gateway, to be repaired, sold
    /// again or recycled.
    #[serde(default)]
    pub(crate) takes_back: bool,
    /// Whether this peer orders.
    #[serde(default)]
    pub(crate) order: Order,
    /// The other members' peers.
    #[serde(default, rename = "peer")]
    pub(crate) peers: Vec<OtherPeer>,
}

/// Whether this peer writes checkpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Order {
    /// Another peer orders.
    #[default]
    None,
    /// This peer orders whenever the ledger names it as a validator: alone where it is the only
    /// one, with the others where it is one of several. Once each had a word of its own.
    #[serde(alias = "solo", alias = "bft")]
    Validator,
}

/// Another member's peer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OtherPeer {
    /// The member it belongs to.
    #[serde(deserialize_with = "from_text")]
    pub(crate) member: MemberId,
    /// Its device key: what its TLS identity must be.
    #[serde(deserialize_with = "from_text")]
    pub(crate) key: DeviceId,
    /// Where to call it.
    pub(crate) address: HostPort,
    /// Where devices call it; `address` when left out.
    #[serde(default)]
    pub(crate) advertise: Option<Vec<HostPort>>,
    /// How browsers reach its gateway.
    #[serde(default)]
    pub(crate) gateway_url: Option<WebAddress>,
}

/// `HOST:PORT`, resolved each time it is dialled.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct HostPort(String);

impl HostPort {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for HostPort {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let good = text.rsplit_once(':').is_some_and(|(host, port)| {
            !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port != 0)
        });
        if good {
            Ok(Self(text))
        } else {
            Err(format!(
                "`{text}` is not HOST:PORT, for example peer.example.org:4750"
            ))
        }
    }
}

/// `https://…`, or `http://…` on a trial machine, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct WebAddress(String);

impl WebAddress {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for WebAddress {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let rest = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"));
        // The address reaches a page's content security policy: nothing that could end a
        // directive may be in it.
        let plain = |rest: &str| {
            !rest.is_empty()
                && rest
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-._~:/[]".contains(c))
        };
        match rest {
            Some(rest) if plain(rest) => Ok(Self(text.trim_end_matches('/').to_owned())),
            _ => Err(format!(
                "`{text}` is not a web address, for example https://id.example.org"
            )),
        }
    }
}

fn from_text<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    String::deserialize(from)?.parse().map_err(|why| {
        serde::de::Error::custom(format!("not an id ({why}); ids have 64 hexadecimal digits"))
    })
}

/// Why a configuration was not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum ConfigError {
    /// There is no file.
    #[error("{path} is missing; `chopmark member init` writes one")]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The file is there and cannot be read.
    #[error("{path} cannot be read ({cause}); check who owns it")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A line is wrong.
    #[error("{path}, line {line}: {detail}; docs/format.md, 14, lists what may stand there")]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        detail: String,
    },
}

impl Config {
    /// Reads the configuration file.
    pub(crate) fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|cause| match cause.kind() {
            std::io::ErrorKind::NotFound => ConfigError::Missing {
                path: path.to_owned(),
            },
            _ => ConfigError::Unreadable {
                path: path.to_owned(),
                cause,
            },
        })?;
        let mut config = Self::parse(&text).map_err(|(line, detail)| ConfigError::Wrong {
            path: path.to_owned(),
            line,
            detail,
        })?;
        // A relative folder is meant from the file that names it, not from wherever the
        // service was started.
        if let (Some(pages), Some(folder)) = (&config.pages, path.parent()) {
            config.pages = Some(folder.join(pages));
        }
        Ok(config)
    }

    /// What invitations name.
    pub(crate) fn advertised(&self) -> Vec<String> {
        self.advertise
            .iter()
            .map(|address| address.as_str().to_owned())
            .collect()
    }

    /// The other peers as devices are told of them.
    pub(crate) fn known_peers(&self) -> Result<Vec<KnownPeer>, CborError> {
        let peers = self.peers.iter().filter_map(|other| {
            let default = std::slice::from_ref(&other.address);
            let addresses = other.advertise.as_deref().unwrap_or(default);
            let addresses: Vec<String> = addresses.iter().map(|a| a.as_str().to_owned()).collect();
            // An empty list: this one is not for devices.
            (!addresses.is_empty()).then(|| KnownPeer::new(other.key, other.member, addresses))
        });
        peers.collect()
    }

    fn parse(text: &str) -> Result<Self, (usize, String)> {
        toml::from_str(text).map_err(|wrong| {
            let upto = wrong.span().map_or(0, |span| span.start);
            let before = text.get(..upto).unwrap_or(text);
            (
                before.matches('\n').count() + 1,
                wrong.message().trim().replace('\n', ", "),
            )
        })
    }
}

/// What `chopmark member init` writes for the operator to fill in.
pub(crate) const TEMPLATE: &str = r#"# Chopmark peer. Restart it after a change.

# QUIC: devices and the other members' peers.
listen = "0.0.0.0:4750"

# HTTP: labels lead here. Leave out for none; put TLS in front of it.
gateway = "0.0.0.0:8750"
# Figures for operators, /dashboard and /metrics: at an address of their own, which no proxy leads to.
operators = "127.0.0.1:8751"
# How browsers reach the gateway.
# gateway_url = "https://id.example.org"

# What invitations name; needed before the first one.
# advertise = ["peer.example.org:4750"]

# The folder of the built consumer page.
# pages = "/usr/share/chopmark/verify"

# "validator" where the network's members agreed that this peer orders, or will.
order = "none"

# One part for each of the other members' peers, and for another one of this member.
# [[peer]]
# member = "…member id…"
# key = "…device key…"
# address = "peer.other.example:4750"
# Where devices call it, when that is another address; an empty list for nowhere.
# advertise = ["other.example:4750"]
# gateway_url = "https://other.example"
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_example_of_the_format() {
        let id = "ab".repeat(32);
        let text = format!(
            "listen = \"127.0.0.1:0\"\ngateway = \"127.0.0.1:0\"\norder = \"validator\"\n\
             gateway_url = \"https://id.example.org/\"\nadvertise = [\"peer.example.org:4750\"]\n\
             [[peer]]\nmember = \"{id}\"\nkey = \"{id}\"\naddress = \"127.0.0.1:4750\"\n"
        );
        let config = Config::parse(&text).unwrap();
        assert_eq!(config.order, Order::Validator);
        assert_eq!(
            config.gateway_url.unwrap().as_str(),
            "https://id.example.org"
        );
        assert_eq!(config.peers.len(), 1);
    }

    #[test]
    fn devices_are_told_where_to_call_the_other_peers() {
        let entry = |n: u8, more: &str| {
            let id = format!("{n:02x}").repeat(32);
            format!("[[peer]]\nmember = \"{id}\"\nkey = \"{id}\"\naddress = \"a{n}:1\"\n{more}\n")
        };
        let text = format!(
            "listen = \"127.0.0.1:0\"\n{}{}{}",
            entry(1, ""),
            entry(2, "advertise = [\"b:2\", \"c:3\"]"),
            entry(3, "advertise = []")
        );
        let known = Config::parse(&text).unwrap().known_peers().unwrap();
        let addresses: Vec<&[String]> = known.iter().map(KnownPeer::addresses).collect();
        assert_eq!(addresses, [&["a1:1"][..], &["b:2", "c:3"]]);
    }

    /// Files that were written when each had a word of its own.
    #[test]
    fn the_words_of_before_mean_the_same() {
        for word in ["solo", "bft"] {
            let text = format!("listen = \"127.0.0.1:0\"\norder = \"{word}\"\n");
            assert_eq!(Config::parse(&text).unwrap().order, Order::Validator);
        }
    }

    #[test]
    fn the_template_is_a_configuration() {
        assert_eq!(Config::parse(TEMPLATE).unwrap().order, Order::None);
    }

    #[test]
    fn names_the_line_and_what_is_wrong_with_it() {
        let table = [
            ("listen = \"0.0.0.0:4750\"\nlistne = 1\n", 2, "listne"),
            ("listen = 4750\n", 1, "socket address"),
            ("listen = \"0.0.0.0:4750\"\n\norder = \"duo\"\n", 3, "duo"),
            (
                "listen = \"0.0.0.0:4750\"\nadvertise = [\"nowhere\"]\n",
                2,
                "HOST:PORT",
            ),
            (
                "listen = \"0.0.0.0:4750\"\ngateway_url = \"https://a; script-src *\"\n",
                2,
                "web address",
            ),
            (
                "listen = \"0.0.0.0:4750\"\n[[peer]]\nmember = \"beef\"\nkey = \"KEY\"\naddress = \"a:1\"\n",
                3,
                "64 hexadecimal digits",
            ),
            ("listen = \"0.0.0.0:4750\"\nlisten\n", 2, ""),
        ];
        for (text, line, part) in table {
            let text = &text.replace("KEY", &"ab".repeat(32));
            let (at, detail) = Config::parse(text).unwrap_err();
            assert_eq!(at, line, "{text}: {detail}");
            assert!(detail.contains(part), "{text}: {detail}");
        }
    }
}
