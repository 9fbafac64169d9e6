//! What proves something, and does not.

use chopmark_core::{
    Bundle, Code, Height, InboxPath, Known, StateEntry, StatePath, SubjectProof, verify_transparent,
};
use serde_json::Value;

use super::decoding::{Given, Said, said as answered};
use super::ledgers::{genesis, start};

pub(super) fn said(reads: &str, input: &[u8], given: &Given<'_>) -> Said {
    match reads {
        "transparent statement" => answered(verify_transparent(input)),
        "bundle" => {
            let bundle = Bundle::from_bytes(input);
            answered(bundle.and_then(|it| it.verify(&code(given), given.id("network")).map(drop)))
        }
        "proof" => proof(input, given),
        "path of a subject" => {
            let entry = StateEntry::Subject(given.id("subject"));
            let value = given.has("value").then(|| given.bytes("value"));
            let (path, root) = (StatePath::from_bytes(input), given.id("root"));
            answered(path.and_then(|it| it.verify(&root, &entry, value.as_deref())))
        }
        "path of an inbox" => {
            let (root, member) = (given.id("root"), given.id("member"));
            answered(InboxPath::from_bytes(input).and_then(|it| it.verify(&root, &member)))
        }
        _ => None,
    }
}

fn code(given: &Given<'_>) -> Code {
    Code::parse(given.text("code")).unwrap()
}

/// A proof in the network of `start.json`, whose genesis is known unless it is said to be unknown.
fn proof(input: &[u8], given: &Given<'_>) -> Said {
    let nothing = serde_json::Map::new();
    let genesis = match given.has("genesis") {
        true => None,
        false => Some(genesis(&Given(&nothing))),
    };
    let network = match given.has("network") {
        true => given.id("network"),
        false => start().network.parse().unwrap(),
    };
    let newest = given.0.get("newest").and_then(Value::as_object).map(Given);
    let known = Known {
        network,
        genesis: genesis.as_ref(),
        newest: newest.map(|it| (Height(it.number("height")), it.id("hash"))),
    };
    answered(SubjectProof::from_bytes(input).and_then(|it| it.verify(&code(given), &known)))
}
