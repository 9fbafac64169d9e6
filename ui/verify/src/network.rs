//! What the page's own host says about its network (docs/format.md, 13: `network.json`).
//!
//! Nothing here is believed: it says whom to ask and what to call them. What counts is verified.

use crate::answer::Gateway;
use chopmark_core::{MemberId, NetworkId};
use js_sys::{Array, JSON, Reflect};
use wasm_bindgen::JsValue;

/// A network as its gateway describes it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Network {
    /// Its id.
    pub(crate) id: NetworkId,
    /// Its name.
    pub(crate) name: String,
    /// Gateways of its members.
    pub(crate) gateways: Vec<Gateway>,
    /// The member at whose gateway consumers give things back, if it takes them: that of the host.
    pub(crate) takes_back: Option<(MemberId, String)>,
    /// Names of the members whose peers order.
    pub(crate) orderers: Vec<String>,
}

impl Network {
    /// Reads `network.json`; `None` where it is not one.
    pub(crate) fn parse(json: &str) -> Option<Self> {
        let root = JSON::parse(json).ok()?;
        let members: Vec<(String, String)> = list(&root, "members")
            .iter()
            .filter_map(|member| Some((text(member, "id")?, text(member, "name")?)))
            .collect();
        let name_of = |id: &str| {
            let known = members.iter().find(|(member, _)| member == id);
            known.map(|(_, name)| name.clone())
        };
        let gateways = list(&root, "gateways");
        let gateways = gateways.iter().filter_map(|gateway| {
            Some(Gateway {
                origin: text(gateway, "url")?.trim_end_matches('/').to_owned(),
                member: text(gateway, "member").and_then(|id| name_of(&id)),
            })
        });
        let orderers = list(&root, "orders");
        Some(Self {
            id: text(&root, "network")?.parse().ok()?,
            name: text(&root, "name")?,
            gateways: gateways.collect(),
            takes_back: text(&root, "member")
                .filter(|_| flag(&root, "takes-back"))
                .and_then(|id| Some((id.parse().ok()?, name_of(&id)?))),
            orderers: orderers
                .iter()
                .filter_map(|id| name_of(&id.as_string()?))
                .collect(),
        })
    }

    /// The gateway at this origin, named if the network knows it.
    pub(crate) fn gateway(&self, origin: &str) -> Gateway {
        let known = self.gateways.iter().find(|known| known.origin == origin);
        known.cloned().unwrap_or_else(|| Gateway {
            origin: origin.to_owned(),
            member: None,
        })
    }

    /// Every gateway at another origin than this one.
    pub(crate) fn others(&self, origin: &str) -> Vec<Gateway> {
        let others = self.gateways.iter().filter(|known| known.origin != origin);
        others.cloned().collect()
    }
}

/// A height or a time.
pub(crate) fn number(of: &JsValue, name: &str) -> Option<u64> {
    let number = Reflect::get(of, &JsValue::from_str(name)).ok()?;
    // The browser writes its number: to bring along what writes fractions takes kilobytes. One that
    // its numbers cannot hold exactly is no height of a real ledger.
    let digits = String::from(JSON::stringify(&number).ok()?);
    digits.parse().ok()
}

fn flag(of: &JsValue, name: &str) -> bool {
    Reflect::get(of, &JsValue::from_str(name)).is_ok_and(|value| value.is_truthy())
}

pub(crate) fn list(of: &JsValue, name: &str) -> Vec<JsValue> {
    match Reflect::get(of, &JsValue::from_str(name)) {
        Ok(value) if Array::is_array(&value) => Array::from(&value).to_vec(),
        _ => Vec::new(),
    }
}

pub(crate) fn text(of: &JsValue, name: &str) -> Option<String> {
    Reflect::get(of, &JsValue::from_str(name)).ok()?.as_string()
}
