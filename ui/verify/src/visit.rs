//! Where the page stands: its address, the code in it, and the network behind it.

use crate::answer::Gateway;
use crate::ask::{Request, Sent};
use crate::memory;
use crate::network::Network;
use crate::verdict::Pin;
use chopmark_core::{Code, CodeError};

/// A description of a network is a few kilobytes; 64 members with long names fit.
const MOST_NETWORK_BYTES: usize = 64 * 1024;
/// Where the page's host writes the description, to save a round trip.
const DESCRIPTION: &str = "meta[name=chopmark-network]";

/// One visit to one label's address.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Visit {
    /// The code in the address.
    pub(crate) code: Code,
    /// The page's own scheme, host and port.
    pub(crate) origin: String,
    /// The rest of the address: the same at every member's gateway.
    pub(crate) path: String,
    /// What the page's host says about its network.
    pub(crate) network: Network,
    /// The network that this address spoke for at the first visit, and now.
    pub(crate) pin: Pin,
}

/// Why there is nothing to check.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum NoVisit {
    /// The address is the host's own, of no label.
    NoCode,
    /// The address holds no valid code.
    NotACode(CodeError),
    /// The host does not say which network it speaks for.
    NoNetwork,
}

impl Visit {
    /// Reads the address, and asks the page's host for its network where the page does not say.
    pub(crate) async fn begin() -> Result<Self, NoVisit> {
        let location = web_sys::window().map(|window| window.location());
        let location = location.ok_or(NoVisit::NoNetwork)?;
        let origin = location.origin().unwrap_or_default();
        let path = location.pathname().unwrap_or_default();
        if path == "/" {
            return Err(NoVisit::NoCode);
        }
        let code = Code::parse(&format!("{origin}{path}")).map_err(NoVisit::NotACode)?;
        let network = match described_in_page() {
            Some(network) => network,
            None => described_by_host(&origin).await.ok_or(NoVisit::NoNetwork)?,
        };
        let first_seen = memory::network().unwrap_or_else(|| {
            memory::keep_network(network.id);
            network.id
        });
        let claimed = network.id;
        let pin = Pin {
            claimed,
            first_seen,
            newest: memory::newest(claimed),
        };
        Ok(Self {
            code,
            origin,
            path,
            network,
            pin,
        })
    }

    /// The page's own host.
    pub(crate) fn own(&self) -> Gateway {
        self.network.gateway(&self.origin)
    }

    /// The same visit after a person accepted that the address speaks for another network.
    pub(crate) fn accept_network(&self) -> Self {
        memory::keep_network(self.pin.claimed);
        let mut accepted = self.clone();
        accepted.pin.first_seen = self.pin.claimed;
        accepted
    }
}

fn described_in_page() -> Option<Network> {
    let document = web_sys::window()?.document()?;
    let meta = document.query_selector(DESCRIPTION).ok()??;
    Network::parse(&meta.get_attribute("content")?)
}

async fn described_by_host(origin: &str) -> Option<Network> {
    let request = Request::send(&format!("{origin}/network.json"), MOST_NETWORK_BYTES);
    match request.answer().await {
        Ok(Sent::Found(bytes)) => Network::parse(std::str::from_utf8(&bytes).ok()?),
        Ok(Sent::NotFound(_) | Sent::Refused(_)) | Err(_) => None,
    }
}
