//! Lines to the other validators.

use std::sync::Arc;

use chopmark_replica::{Line, Node, Remote};

use crate::config::Config;
use crate::peer::Peer;

/// A line to each configured peer; those that are no validators turn it away, and may become one.
/// None while this peer orders alone.
#[derive(Default)]
pub(super) struct Links(Vec<Line>);

impl Links {
    pub(super) fn to_validators(node: &Node, peer: &Peer, config: &Config) -> Self {
        let others = config
            .peers
            .iter()
            .filter(|other| other.key != peer.device());
        let lines = others.map(|other| {
            node.line(Remote {
                key: other.key,
                address: other.address.as_str().to_owned(),
            })
        });
        Self(lines.collect())
    }

    pub(super) fn send(&self, message: Vec<u8>) {
        let message = Arc::new(message);
        for line in &self.0 {
            line.send(Arc::clone(&message));
        }
    }
}
