//! The whole table: which role writes which kind, which role opens which tier of it, and what is
//! left of that when its device was revoked. With real sealed blocks.

use super::*;
use crate::{
    AudienceDraft, Body, Class, DeviceKey, Group, HpkeSecret, Jurisdiction, Kem, Kind, OpenError,
    Opener, ReaderGroup, Readers, RecordDraft, SectionBody, SubjectId, record,
};

/// Customs answers for it.
fn jurisdiction() -> Jurisdiction {
    Jurisdiction::parse("cn-gd").unwrap()
}

const MEMBERS: [usize; 3] = [FACTORY, CARRIER, CUSTOMS];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tier {
    /// A group of the factory's, who writes, or of the carrier's.
    Parties(usize, Group),
    Members,
    Regulators,
    Label,
    Public,
}

fn tiers() -> Vec<Tier> {
    let of = |member| {
        let groups = Group::ALL.iter().copied();
        groups.map(move |group| Tier::Parties(member, group))
    };
    let others = [Tier::Members, Tier::Regulators, Tier::Label, Tier::Public];
    of(FACTORY).chain(of(CARRIER)).chain(others).collect()
}

/// What the format says of a tier (docs/format.md, 5), for a device that has seen no label.
fn opens(tier: Tier, member: usize, role: Role) -> bool {
    match tier {
        Tier::Parties(of, group) => member == of && reads(group, role),
        Tier::Regulators => member == CUSTOMS && reads(Group::Supervision, role),
        Tier::Members | Tier::Public => true,
        Tier::Label => false,
    }
}

/// Who reads in a group by the format's table (docs/format.md, 2).
fn reads(group: Group, role: Role) -> bool {
    let number = group.as_u8().to_string();
    let mut groups = rows("| group | its devices' roles | what is sealed to it |");
    let row = groups.find(|row| row[0].split_once(' ').unwrap().0 == number);
    let who = row.unwrap()[1];
    who == "every role" || who.split(", ").any(|named| named == named_as(role))
}

/// `CustomsOfficer` as the format has it: `customs officer`.
fn named_as(name: impl std::fmt::Debug) -> String {
    let mut words = String::new();
    for letter in format!("{name:?}").chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

fn secret(member: usize, group: Group, epoch: u32) -> HpkeSecret {
    let member = u8::try_from(member).unwrap();
    match (group, epoch) {
        // The testnet's genesis has these.
        (Group::General, 0) => HpkeSecret::derive(Kem::X25519, &[member + 1; 32]),
        _ => {
            let seed = [member, group.as_u8(), u8::try_from(epoch).unwrap(), 7];
            HpkeSecret::derive(Kem::X25519, &seed.repeat(8).try_into().unwrap())
        }
    }
}

/// Every group of every member has a key, and every member a device of every role.
fn equipped() -> Net {
    let mut net = Net::with_prefix();
    for member in MEMBERS {
        let keys = Group::ALL.iter().filter(|group| **group != Group::General);
        let mut drafts: Vec<_> = keys
            .map(|group| readers::set(*group, 0, &secret(member, *group, 0), &[]))
            .collect();
        for role in Role::ALL {
            let device = entry(&device_of(member, *role), *role);
            drafts.push(enrol(net.id(member), device));
        }
        let block = net.admin(member, &drafts);
        net.applied(&block);
    }
    net
}

fn device_of(member: usize, role: Role) -> DeviceKey {
    device_key(100 + 20 * u8::try_from(member).unwrap() + role.as_u8())
}

/// The keys of a role's groups at a member, of these epochs.
fn opener(net: &Net, member: usize, role: Role, epochs: std::ops::Range<u32>) -> Opener {
    let mut opener = Opener::new(net.genesis.id());
    for group in Group::of_role(role) {
        for epoch in epochs.clone() {
            let of = ReaderGroup::new(net.id(member), group);
            opener = opener.with_reader(of, epoch, &secret(member, group, epoch));
        }
    }
    opener
}

/// A record of a kind, as its author at a member would write it.
fn draft(net: &Net, member: usize, kind: Kind) -> RecordDraft {
    draft_of(net, member, kind, &record::tests::every_body())
}

/// The same, of bodies that are there already: root keys sign some, which takes long.
fn draft_of(
    net: &Net,
    member: usize,
    kind: Kind,
    bodies: &[(Body, Vec<SubjectId>)],
) -> RecordDraft {
    if kind == Kind::Commission {
        return commission(PREFIX, &[code("T")], &net.genesis, net.id(member));
    }
    if kind == Kind::Transform {
        let goes_in = code("T").subject(&net.genesis.id(), &net.id(member));
        return net.transformation(member, &[(goes_in, "")], &[one(&code("OUT"))], &[]);
    }
    let mut all = bodies.iter().cloned();
    let (body, mut subjects) = all.find(|(body, _)| body.kind() == kind).unwrap();
    if let Body::CommissionRun { run, .. } = &body {
        subjects = vec![run.subject(&net.genesis.id(), &net.id(member))];
    }
    let cites = record::tests::cites_of(&body);
    RecordDraft::new(body, subjects).citing(cites)
}

/// Who writes what by the format's table (docs/format.md, 15).
fn permitted() -> std::collections::BTreeSet<(Class, Role, Kind)> {
    let roles: Vec<_> = Role::ALL.iter().copied().map(named_as).collect();
    let mut kinds = Vec::new();
    let mut permitted = std::collections::BTreeSet::new();
    for row in rows(&format!("| kinds | {} |", roles.join(" | "))) {
        let of_row = numbers(row[0]).into_iter();
        let of_row: Vec<_> = of_row
            .map(|number| Kind::try_from(u8::try_from(number).unwrap()).unwrap())
            .collect();
        for (role, cell) in Role::ALL.iter().zip(&row[1..]) {
            let named: Vec<_> = cell.split(", ").collect();
            let classes: Vec<_> = match *cell {
                "every" => Class::ALL.to_vec(),
                "–" => Vec::new(),
                _ => named.iter().map(|name| class_named(name)).collect(),
            };
            for class in classes {
                permitted.extend(of_row.iter().map(|kind| (class, *role, *kind)));
            }
        }
        kinds.extend(of_row);
    }
    kinds.sort_unstable();
    assert_eq!(kinds, Kind::ALL, "the table names every kind once");
    permitted
}

fn class_named(name: &str) -> Class {
    let mut all = Class::ALL.iter().copied();
    all.find(|class| named_as(class) == name)
        .unwrap_or_else(|| panic!("no class is called {name}"))
}

/// A device that is to be revoked, and what it wrote until then.
struct Leaving {
    member: usize,
    class: Class,
    role: Role,
    phone: Phone,
    /// Ordered before it is revoked; ordered after, and by the revocation the last that counts;
    /// and what it wrote when it was revoked already.
    blocks: [VerifiedBlock; 3],
}

/// A device of every role at a member of every class, which wrote every kind three times.
fn leaving(net: &mut Net) -> Vec<Leaving> {
    let mut all = Vec::new();
    let bodies = record::tests::every_body();
    for member in 0..net.members.len() {
        let class = net.ledger.state().member(&net.id(member)).unwrap().class();
        let keys: Vec<_> = Role::ALL
            .iter()
            .map(|role| (*role, own_key(member, *role)))
            .collect();
        let drafts = keys.iter().map(|(role, key)| {
            let device = entry(key, *role);
            enrol(net.id(member), device)
        });
        let block = net.admin(member, &drafts.collect::<Vec<_>>());
        net.applied(&block);
        let drafts: Vec<_> = Kind::ALL
            .iter()
            .map(|kind| draft_of(net, member, *kind, &bodies))
            .collect();
        for (role, key) in keys {
            let mut phone = Phone::new(key, net.id(member));
            let mut write = || {
                let knowing = (&Readers::default(), None);
                phone.write_knowing(&net.genesis, knowing, &drafts, &mut net.sections)
            };
            let blocks = [write(), write(), write()];
            all.push(Leaving {
                member,
                class,
                role,
                phone,
                blocks,
            });
        }
    }
    all
}

/// No two members' devices have the same key, however many members there are.
fn own_key(member: usize, role: Role) -> DeviceKey {
    let mut seed = [250; 32];
    seed[..2].copy_from_slice(&[u8::try_from(member).unwrap(), role.as_u8()]);
    DeviceKey::from_seed(&seed)
}

/// Orders one block of every device, and holds what became of each record to what is expected.
fn judged(
    net: &mut Net,
    all: &[Leaving],
    which: usize,
    expected: impl Fn(&Leaving, Kind, &str) -> bool,
) {
    let blocks: Vec<_> = all.iter().map(|one| one.blocks[which].clone()).collect();
    if which < 2 {
        net.order(&blocks);
    } else {
        // Nobody who keeps the rules would propose them.
        for block in &blocks {
            net.order_anyway(block);
        }
    }
    for one in all {
        for (index, kind) in (0..).zip(Kind::ALL) {
            let refusal = match &net.outcomes[&at(&one.blocks[which], index)] {
                Outcome::Refused(refusal) => refusal.code(),
                _ => "",
            };
            let (class, role) = (one.class, one.role);
            assert!(
                expected(one, *kind, refusal),
                "{role:?} of {class:?} writes {kind:?}, block {which}: {refusal}"
            );
        }
    }
}

#[test]
fn each_role_writes_the_kinds_that_the_format_names_and_no_other_until_it_is_revoked() {
    let permitted = permitted();
    let mut net = Net::of_every_class();
    let all = leaving(&mut net);
    let as_the_table_says = |one: &Leaving, kind: Kind, refusal: &str| {
        permitted.contains(&(one.class, one.role, kind)) == (refusal != "not-permitted")
            && refusal != "device-revoked"
    };
    judged(&mut net, &all, 0, as_the_table_says);
    for member in 0..net.members.len() {
        let drafts = all.iter().filter(|one| one.member == member).map(|one| {
            let last = one.blocks[1].id();
            revoke(one.phone.key.id(), Some((Seq(1), last)))
        });
        let block = net.admin(member, &drafts.collect::<Vec<_>>());
        net.applied(&block);
    }
    // What was written before the revocation and comes after it counts as before.
    judged(&mut net, &all, 1, as_the_table_says);
    judged(&mut net, &all, 2, |_, _, refusal| {
        refusal == "device-revoked"
    });
}

/// A block of the factory with a record of a kind and a section for every tier.
fn told(net: &mut Net, readers: &Readers, kind: Kind) -> (VerifiedBlock, Vec<Tier>) {
    let mut told = draft(net, FACTORY, kind);
    // Whatever it is about is what the label is on: these are opened, and never judged. A run has
    // no label.
    let labelled = code("T").subject(&net.genesis.id(), &net.id(FACTORY));
    let place = told.subjects.iter().position(|of| *of == labelled);
    let place = place.or_else(|| {
        let first = told.subjects.first_mut();
        *first.filter(|_| kind != Kind::CommissionRun)? = labelled;
        Some(0)
    });
    let tiers: Vec<_> = tiers()
        .into_iter()
        .filter(|tier| *tier != Tier::Label || place.is_some())
        .collect();
    for tier in &tiers {
        let audience = match tier {
            Tier::Parties(of, group) => {
                AudienceDraft::parties([ReaderGroup::new(net.id(*of), *group)])
            }
            Tier::Members => AudienceDraft::Members,
            Tier::Regulators => AudienceDraft::Regulators(jurisdiction()),
            Tier::Label => AudienceDraft::Label {
                subject_index: u16::try_from(place.unwrap()).unwrap(),
                code: code("T"),
            },
            Tier::Public => AudienceDraft::Public,
        };
        let body = SectionBody {
            note: Some(format!("{tier:?}")),
            ..SectionBody::default()
        };
        told = told.telling(audience, body);
    }
    let tip = net.ledger.tip();
    let knowing = (readers, Some((tip.height, tip.header_hash)));
    let author = &mut net.admins[FACTORY];
    let block = author.write_knowing(&net.genesis, knowing, &[told], &mut net.sections);
    (block, tiers)
}

fn check(
    net: &Net,
    block: &VerifiedBlock,
    tiers: &[Tier],
    who: (&Opener, usize, Role),
    opens: fn(Tier, usize, Role) -> bool,
) {
    let (opener, member, role) = who;
    let opened = opener.of(block);
    let record = &block.records()[0];
    for ((index, section), tier) in (0u16..).zip(record.sections()).zip(tiers) {
        let found = opened.open(0, index, &net.sections[&section.hash()]);
        let expected = if opens(*tier, member, role) {
            Ok(format!("{tier:?}"))
        } else {
            Err(OpenError::NotForYou)
        };
        let found = found.map(|body| body.note.unwrap());
        let kind = record.kind();
        assert_eq!(
            found, expected,
            "{role:?} of {member} opens {tier:?} of {kind:?}"
        );
    }
}

#[test]
fn each_role_opens_its_tiers_of_every_kind_until_it_is_revoked() {
    let mut net = equipped();
    let known = |net: &Net| {
        let customs = [(jurisdiction(), [net.id(CUSTOMS)].into())];
        let readers = net.ledger.state().readers();
        readers.with_jurisdictions(customs.into())
    };
    let readers = known(&net);
    // These blocks are opened and never ordered: the feed goes on from here.
    let place = (net.admins[FACTORY].seq, net.admins[FACTORY].prev);
    for kind in Kind::ALL {
        let (block, tiers) = told(&mut net, &readers, *kind);
        for member in MEMBERS {
            for role in Role::ALL {
                let opener = opener(&net, member, *role, 0..1);
                check(&net, &block, &tiers, (&opener, member, *role), opens);
            }
        }
        // Whoever has the label and nothing else.
        let holder = Opener::new(net.genesis.id()).with_code(&code("T"), &net.id(FACTORY));
        let only = |tier: Tier, _, _| matches!(tier, Tier::Label | Tier::Public);
        check(&net, &block, &tiers, (&holder, RETAILER, Role::Shop), only);
    }

    (net.admins[FACTORY].seq, net.admins[FACTORY].prev) = place;

    // One device of every role goes at each member, and all groups begin anew.
    for member in MEMBERS {
        let gone = Role::ALL.iter().map(|role| device_of(member, *role).id());
        let mut drafts: Vec<_> = gone.map(|id| revoke(id, None).grouped(0)).collect();
        let stays = net.admins[member].key.id();
        for group in Group::ALL {
            let key = secret(member, *group, 1);
            drafts.push(readers::set(*group, 1, &key, &[stays]).grouped(0));
        }
        let epoch = net.admins[member].write(&net.genesis, &drafts, &mut net.sections);
        net.applied(&epoch);
    }
    let readers = known(&net);
    for kind in Kind::ALL {
        let (block, tiers) = told(&mut net, &readers, *kind);
        for member in MEMBERS {
            for role in Role::ALL {
                let revoked = opener(&net, member, *role, 0..1);
                let public = |tier: Tier, _, _| tier == Tier::Public;
                check(&net, &block, &tiers, (&revoked, member, *role), public);
                let stays = opener(&net, member, *role, 0..2);
                check(&net, &block, &tiers, (&stays, member, *role), opens);
            }
        }
    }
}

const FORMAT: &str = include_str!("../../../../docs/format.md");

/// The rows under a head of a table in the format.
fn rows(head: &str) -> impl Iterator<Item = Vec<&'static str>> + use<> {
    let (_, table) = FORMAT.split_once(head).unwrap();
    let rows = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect())
}

/// `10–12, 20` as numbers.
fn numbers(cell: &str) -> Vec<u64> {
    let parts = cell.split(", ").flat_map(|part| {
        let (first, last) = part.split_once('–').unwrap_or((part, part));
        first.parse().unwrap()..=last.parse().unwrap()
    });
    parts.collect()
}

/// Who sees a field is written down for every field of every kind, and for every key of a section.
#[test]
fn the_format_says_of_every_field_who_sees_it() {
    let mut said = std::collections::BTreeMap::new();
    for row in rows("| kinds | field | who | what it tells |") {
        assert!(["all", "members"].contains(&row[2]), "{row:?}");
        for kind in numbers(row[0]) {
            *said.entry(kind).or_insert(0) += 1;
        }
    }
    let mut there = std::collections::BTreeMap::new();
    for (body, subjects) in record::tests::every_body() {
        let cites = record::tests::cites_of(&body);
        let draft = RecordDraft::new(body, subjects).citing(cites);
        let bytes = crate::Record::new(&draft, Vec::new()).unwrap().to_bytes();
        let mut record = minicbor::Decoder::new(&bytes);
        record.array().unwrap();
        let kind = record.u64().unwrap();
        record.skip().unwrap();
        record.skip().unwrap();
        there.insert(kind, record.array().unwrap().unwrap());
    }
    assert_eq!(said, there, "rows of docs/format.md, fields of records");

    let keys = rows("| key | for whom |").flat_map(|row| {
        let (keys, _) = row[0].split_once(' ').unwrap();
        match keys.strip_suffix(',') {
            // `8, 9 business step, disposition`.
            Some(first) => {
                let (_, rest) = row[0].split_once(", ").unwrap();
                vec![first, rest.split_once(' ').unwrap().0]
            }
            None => vec![keys],
        }
    });
    let keys: Vec<u64> = keys.map(|key| key.parse().unwrap()).collect();
    assert_eq!(keys, (1..=13).collect::<Vec<_>>());
}
