//! A policy as people read and write it: TOML with names in place of numbers (docs/format.md,
//! 15). What is read is what was written: `policy show` into a file and `policy propose` of that
//! file are about the same policy, byte for byte.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::{Context as _, bail};
use chopmark_core::{
    Class, Jurisdiction, Kem, Kind, MemberId, Permissions, Policy, Quantities, Role,
};
use serde::Deserialize;

/// The units of a time span, from the longest; months and years have no fixed length.
const UNITS: [(&str, u64); 5] = [
    ("d", 24 * 60 * 60 * 1_000),
    ("h", 60 * 60 * 1_000),
    ("m", 60 * 1_000),
    ("s", 1_000),
    ("ms", 1),
];
const KEMS: [(&str, Kem); 2] = [("x25519", Kem::X25519), ("x-wing", Kem::XWing)];

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    kem: String,
    prefix_quorum: u64,
    policy_quorum: u64,
    grace: String,
    offer_life: String,
    quantities: String,
    retention: String,
    #[serde(default)]
    second_signature: Vec<String>,
    #[serde(default, rename = "permission")]
    permissions: Vec<Row>,
    #[serde(default)]
    jurisdictions: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    required: BTreeMap<String, String>,
}

/// Who may write which kinds; of every class without one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    class: Option<String>,
    role: String,
    kinds: Vec<String>,
}

/// Reads a policy. `find` knows members by the names and ids that people type.
pub(crate) fn read(
    text: &str,
    find: impl Fn(&str) -> anyhow::Result<MemberId>,
) -> anyhow::Result<Policy> {
    let file: File = toml::from_str(text).context("not a policy file")?;
    let mut permissions = Permissions::default();
    for row in &file.permissions {
        let class = row.class.as_deref();
        let class = class.map(|name| value("class", Class::ALL, Class::name, name));
        let role = value("role", Role::ALL, Role::name, &row.role)?;
        let kinds = row.kinds.iter().map(|name| kind(name));
        let kinds = kinds.collect::<anyhow::Result<Vec<_>>>()?;
        permissions.allow(class.transpose()?, role, kinds);
    }
    let mut jurisdictions = BTreeMap::new();
    for (name, members) in &file.jurisdictions {
        let members = members.iter().map(|member| find(member));
        let members = members.collect::<anyhow::Result<BTreeSet<_>>>()?;
        if members.is_empty() {
            bail!("nobody supervises in `{name}`; name a member or leave it out");
        }
        jurisdictions.insert(jurisdiction(name)?, members);
    }
    let mut required = BTreeMap::new();
    for (name, place) in &file.required {
        required.insert(kind(name)?, jurisdiction(place)?);
    }
    let second_signature = file.second_signature.iter().map(|name| kind(name));
    let second_signature = second_signature.collect::<anyhow::Result<BTreeSet<_>>>()?;
    let known = KEMS.iter().find(|(name, _)| *name == file.kem);
    let Some((_, kem)) = known else {
        bail!("no way of sealing is called `{}`", file.kem);
    };
    Ok(Policy {
        kem: *kem,
        prefix_quorum: quorum("prefix-quorum", file.prefix_quorum)?,
        policy_quorum: quorum("policy-quorum", file.policy_quorum)?,
        grace_ms: span("grace", &file.grace)?,
        offer_life_ms: span("offer-life", &file.offer_life)?,
        quantities: value(
            "quantities",
            Quantities::ALL,
            Quantities::name,
            &file.quantities,
        )?,
        retention_ms: span("retention", &file.retention)?,
        permissions,
        jurisdictions,
        required,
        second_signature,
    })
}

/// Writes a policy. `name` gives members' names for the remarks.
pub(crate) fn write(policy: &Policy, name: impl Fn(&MemberId) -> String) -> String {
    let mut text = String::new();
    let kem = KEMS.iter().find(|(_, kem)| *kem == policy.kem);
    let mut line = |what: &str, shown: &str| {
        // Writing into a string has no way to fail.
        let _ = writeln!(text, "{what} = {shown}");
    };
    line("kem", &quoted(kem.map_or("", |(name, _)| name)));
    line("prefix-quorum", &policy.prefix_quorum.to_string());
    line("policy-quorum", &policy.policy_quorum.to_string());
    line("grace", &quoted(&span_text(policy.grace_ms)));
    line("offer-life", &quoted(&span_text(policy.offer_life_ms)));
    line("quantities", &quoted(&word(policy.quantities.name())));
    line("retention", &quoted(&span_text(policy.retention_ms)));
    let list = |kinds: &BTreeSet<Kind>| {
        let kinds = kinds.iter().map(|kind| quoted(&word(kind.name())));
        kinds.collect::<Vec<_>>().join(", ")
    };
    if !policy.second_signature.is_empty() {
        let kinds = list(&policy.second_signature);
        line("second-signature", &format!("[{kinds}]"));
    }
    for (class, role, kinds) in policy.permissions.rows() {
        let _ = writeln!(text, "\n[[permission]]");
        if let Some(class) = class {
            let _ = writeln!(text, "class = {}", quoted(&word(class.name())));
        }
        let _ = writeln!(text, "role = {}", quoted(&word(role.name())));
        let _ = writeln!(text, "kinds = [{}]", list(kinds));
    }
    let _ = writeln!(text, "\n[jurisdictions]");
    for (jurisdiction, members) in &policy.jurisdictions {
        let _ = writeln!(text, "{jurisdiction} = [");
        for member in members {
            let _ = writeln!(
                text,
                "  {}, # {}",
                quoted(&member.to_string()),
                name(member)
            );
        }
        let _ = writeln!(text, "]");
    }
    let _ = writeln!(text, "\n[required]");
    for (kind, jurisdiction) in &policy.required {
        let place = quoted(jurisdiction.as_str());
        let _ = writeln!(text, "{} = {place}", word(kind.name()));
    }
    text
}

/// Every text that is written here is made of letters, digits and hyphens.
fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// The name of a value of core's enums as people type it: `RegisterPrefix` is `register-prefix`.
pub(crate) fn word(name: &str) -> String {
    let mut word = String::new();
    for (at, letter) in name.char_indices() {
        if letter.is_ascii_uppercase() && at > 0 {
            word.push('-');
        }
        word.push(letter.to_ascii_lowercase());
    }
    word
}

/// The value that a word names.
fn value<T: Copy>(
    what: &str,
    all: &[T],
    name: impl Fn(T) -> &'static str,
    wanted: &str,
) -> anyhow::Result<T> {
    let found = all.iter().find(|value| word(name(**value)) == wanted);
    let words = || all.iter().map(|value| word(name(*value)));
    found.copied().with_context(|| {
        let known = words().collect::<Vec<_>>().join(", ");
        format!("`{wanted}` is no {what}; there are {known}")
    })
}

fn kind(name: &str) -> anyhow::Result<Kind> {
    value("kind of record", Kind::ALL, Kind::name, name)
}

fn jurisdiction(name: &str) -> anyhow::Result<Jurisdiction> {
    Jurisdiction::parse(name).with_context(|| {
        format!("`{name}`: a jurisdiction is 1 to 32 small letters, digits and hyphens")
    })
}

fn quorum(what: &str, members: u64) -> anyhow::Result<u64> {
    if members == 0 {
        bail!("{what}: at least one member has to agree");
    }
    Ok(members)
}

/// A time span in milliseconds: a number and its unit, `30d` or `1500ms`.
fn span(what: &str, text: &str) -> anyhow::Result<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let unit = UNITS
        .iter()
        .find(|(unit, _)| text.strip_prefix(digits) == Some(unit));
    let length = digits.parse::<u64>().ok();
    unit.zip(length)
        .and_then(|((_, ms), length)| length.checked_mul(*ms))
        .with_context(|| format!("{what}: `{text}` is no time span, write `30d`, `12h` or `90m`"))
}

/// In the longest unit that says it exactly.
fn span_text(ms: u64) -> String {
    let exact = UNITS
        .iter()
        .find(|(_, unit)| ms > 0 && ms.is_multiple_of(*unit));
    match exact {
        Some((unit, length)) => format!("{}{unit}", ms / length),
        None => format!("{ms}ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(n: u8) -> MemberId {
        MemberId::from_bytes([n; 32])
    }

    fn find(wanted: &str) -> anyhow::Result<MemberId> {
        match wanted {
            "Gongbei Customs" => Ok(member(3)),
            id => Ok(id.parse()?),
        }
    }

    fn full() -> Policy {
        let mut policy = Policy::standard(3);
        let name = Jurisdiction::parse("cn-gd").unwrap();
        policy
            .jurisdictions
            .insert(name.clone(), [member(3)].into());
        policy.required.insert(Kind::Commission, name);
        policy.grace_ms = 90_000;
        policy.offer_life_ms = 1_500;
        policy.retention_ms = 0;
        policy.quantities = Quantities::Sections;
        policy.second_signature = [Kind::OfferTitle, Kind::Pledge].into();
        policy
    }

    #[test]
    fn a_policy_is_read_as_it_was_written() {
        for policy in [Policy::standard(1), Policy::standard(64), full()] {
            let text = write(&policy, |_| "Gongbei Customs".to_owned());
            assert_eq!(read(&text, find).unwrap(), policy, "{text}");
        }
        let by_id = write(&full(), |_| String::new());
        let by_name = by_id.replace(&member(3).to_string(), "Gongbei Customs");
        assert_eq!(read(&by_name, find).unwrap(), full());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let text = write(&full(), |_| String::new());
        let said = |from: &str, to: &str| {
            let wrong = text.replacen(from, to, 1);
            assert_ne!(wrong, text);
            format!("{:#}", read(&wrong, find).unwrap_err())
        };
        assert!(said("\"enrol\"", "\"enroll\"").contains("`enroll` is no kind of record"));
        assert!(said("\"admin\"", "\"chief\"").contains("`chief` is no role"));
        assert!(said("\"manufacturer\"", "\"maker\"").contains("`maker` is no class"));
        assert!(said("\"90s\"", "\"90\"").contains("grace: `90` is no time span"));
        assert!(said("\"90s\"", "\"1y\"").contains("no time span"));
        assert!(said("\"90s\"", "\"99999999999999999d\"").contains("no time span"));
        assert!(said("prefix-quorum = 2", "prefix-quorum = 0").contains("at least one member"));
        assert!(said("\"sections\"", "\"nowhere\"").contains("fields, sections"));
        assert!(said("\"x-wing\"", "\"rot13\"").contains("`rot13`"));
        assert!(said("kem =", "kemm =").contains("kemm"));
        assert!(said("= \"cn-gd\"", "= \"CN\"").contains("a jurisdiction is"));
    }
}
