//! What a code is to the ledger: whose prefix it has, the state of its subject and of what is
//! around it, each with the names of its records.

use super::thing::Thing;
use super::{CodeState, ProofError, ThingState};
use crate::cbor::{self, CborError, Reader, Wire, Writer};
use crate::checkpoint::Header;
use crate::state_tree::{StateEntry, StatePath};
use crate::{
    Code, CodeHash, Digest32, Makeup, MemberId, NetworkId, Prefix, Registration, RunItem, RunSpec,
    SubjectId, limits,
};

/// A registration's entry: a member and a record.
const REGISTRATION_BYTES: usize = 128;
/// Lengths that a prefix can have.
const PREFIXES: usize = 9;

/// What a code is to the ledger, as it is shown; nothing in it is believed before
/// [`verify`](Self::verify) says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateExtract {
    pub(super) registered: Registered,
    pub(super) run: Option<(SubjectId, Thing, Place)>,
    /// What the subject, or the run that speaks for it, is associated with.
    pub(super) parents: Vec<Thing>,
    pub(super) around: Vec<Around>,
}

/// Who has a code's prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Registered {
    /// Nobody: a path for each prefix that the code could have, the shortest first.
    Nobody(Vec<StatePath>),
    /// A member, whose subject of this code is shown, or shown not to be there.
    Member {
        prefix: Prefix,
        entry: Vec<u8>,
        path: StatePath,
        subject: Box<Thing>,
    },
}

/// Where a code is in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Item(RunItem),
    Between(NotInRun),
}

/// Two neighbours in a run, which is sorted by code hash: what would be between them is not in
/// it. One of them is missing before the first item and after the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotInRun {
    /// The item before.
    pub before: Option<RunItem>,
    /// The item after.
    pub after: Option<RunItem>,
}

impl NotInRun {
    fn leaves_out(&self, spec: &RunSpec, code: &CodeHash) -> bool {
        let held = [&self.before, &self.after];
        if !held.into_iter().flatten().all(|item| spec.holds(item)) {
            return false;
        }
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => {
                let next = before.index.checked_add(1) == Some(after.index);
                next && before.code < *code && *code < after.code
            }
            (None, Some(after)) => after.index == 0 && *code < after.code,
            (Some(before), None) => {
                before.index.checked_add(1) == Some(spec.count) && before.code < *code
            }
            (None, None) => false,
        }
    }
}

/// A container, and what it is associated with: a document among that stands for it, and may be
/// pledged or held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Around {
    pub(super) container: Thing,
    pub(super) parents: Vec<Thing>,
}

/// Every prefix that a code could have whose key begins like this, the shortest first.
pub(super) fn possible_prefixes(digits: &str) -> impl Iterator<Item = Prefix> {
    (1..=digits.len()).filter_map(|length| Prefix::parse(digits.get(..length)?).ok())
}

impl StateExtract {
    /// Checks all of it against a header that is believed.
    ///
    /// # Errors
    /// Says what does not hold; see [`ProofError`].
    pub fn verify(&self, header: &Header, code: &Code) -> Result<CodeState, ProofError> {
        let root = header.state_root();
        let (prefix, entry, path, subject) = match &self.registered {
            Registered::Nobody(paths) => {
                check_nobody(root, code, paths)?;
                return if self.run.is_none() && self.parents.is_empty() && self.around.is_empty() {
                    Ok(CodeState::default())
                } else {
                    Err(ProofError::OtherPrefix)
                };
            }
            Registered::Member {
                prefix,
                entry,
                path,
                subject,
            } => (prefix, entry, path, subject),
        };
        if !code.company_prefix_matches(prefix.as_str()) {
            return Err(ProofError::OtherPrefix);
        }
        let maker = member_with(root, prefix, (entry, path))?;
        let network = header.network();
        let id = code.subject(&network, &maker);
        let own = subject.check_newest(root, id)?;
        let run = match (&self.run, &own) {
            (Some((run, ..)), Some(_)) => return Err(ProofError::NotOfRun { run: *run }),
            (Some(run), None) => Some(check_run(root, (&network, &maker), run, code)?),
            (None, _) => None,
        };
        let mut state = CodeState {
            maker: Some((maker, prefix.clone())),
            subject: Some(id),
            own,
            ..CodeState::default()
        };
        match run {
            Some((run, Place::Item(item))) => state.run = Some((run, item)),
            Some((run, Place::Between(_))) => state.not_in = Some(run.id),
            None => {}
        }
        self.check_around(root, &mut state)?;
        Ok(state)
    }

    /// The same with fewer names of the code's own subject, the rest of them counted.
    #[cfg(test)]
    pub(crate) fn naming_from(mut self, first: usize) -> Self {
        if let Registered::Member { subject, .. } = &mut self.registered {
            **subject = subject.as_ref().clone().naming_from(first);
        }
        self
    }

    /// The containers, from the inside out, are those that the states name, and no others.
    fn check_around(&self, root: &Digest32, state: &mut CodeState) -> Result<(), ProofError> {
        let mut around = self.around.iter();
        let parents = match state.base() {
            Some(base) => check_parents(root, base, &self.parents)?,
            None => Vec::new(),
        };
        state.documents.extend(parents);
        let mut inner = state.base().map(|thing| (thing.id, thing.state.packed()));
        while let Some((subject, Some((id, packing)))) = inner {
            let shown = around.next().ok_or(ProofError::Around { subject })?;
            let container = shown.container.check_there(root, id)?;
            if !container.records.contains(&packing) {
                return Err(ProofError::BeginsLate { container: id });
            }
            let parents = check_parents(root, &container, &shown.parents)?;
            state.documents.extend(parents);
            inner = Some((id, container.state.packed()));
            state.containers.push(container);
        }
        match (around.next(), state.subject) {
            (Some(_), Some(subject)) => Err(ProofError::Around { subject }),
            _ => Ok(()),
        }
    }
}

/// What a thing is associated with, all of it and nothing else.
fn check_parents(
    root: &Digest32,
    of: &ThingState,
    shown: &[Thing],
) -> Result<Vec<ThingState>, ProofError> {
    let wanted = of.state.parents();
    if wanted.len() != shown.len() {
        return Err(ProofError::Around { subject: of.id });
    }
    let pairs = wanted.iter().zip(shown);
    let checked = pairs.map(|(id, shown)| shown.check_there(root, *id));
    checked.collect()
}

fn check_nobody(root: &Digest32, code: &Code, paths: &[StatePath]) -> Result<(), ProofError> {
    let mut paths = paths.iter();
    for prefix in possible_prefixes(code.digits()) {
        let path = paths.next().ok_or(ProofError::OtherPrefix)?;
        let entry = StateEntry::Prefix(prefix.clone());
        path.verify(root, &entry, None)
            .map_err(|source| ProofError::Prefix { prefix, source })?;
    }
    match paths.next() {
        Some(_) => Err(ProofError::OtherPrefix),
        None => Ok(()),
    }
}

/// The member that the state names for a prefix.
fn member_with(
    root: &Digest32,
    prefix: &Prefix,
    (entry, path): (&[u8], &StatePath),
) -> Result<MemberId, ProofError> {
    path.verify(root, &StateEntry::Prefix(prefix.clone()), Some(entry))
        .map_err(|source| ProofError::Prefix {
            prefix: prefix.clone(),
            source,
        })?;
    let registration: Registration = cbor::from_canonical(entry)?;
    Ok(*registration.owner())
}

/// The run that a code is said to be of, or not to be of.
fn check_run(
    root: &Digest32,
    (network, maker): (&NetworkId, &MemberId),
    (id, thing, place): &(SubjectId, Thing, Place),
    code: &Code,
) -> Result<(ThingState, Place), ProofError> {
    let (run, wrong) = (*id, ProofError::NotOfRun { run: *id });
    let known = thing.check_newest(root, run)?;
    let known = known.ok_or(ProofError::Around { subject: run })?;
    let Makeup::Run(begun) = known.state.makeup() else {
        return Err(wrong);
    };
    if begun.maker != *maker || begun.spec.subject(network, maker) != run {
        return Err(wrong);
    }
    match place {
        Place::Item(item) if item.code != code.hash() || !begun.spec.holds(item) => Err(wrong),
        Place::Between(gap) if !gap.leaves_out(&begun.spec, &code.hash()) => {
            Err(ProofError::MayBeOfRun { run })
        }
        place => Ok((known, place.clone())),
    }
}

impl Wire for StateExtract {
    fn write(&self, to: &mut Writer) {
        to.array(4);
        self.registered.write(to);
        to.option(self.run.as_ref(), |to, (run, thing, place)| {
            to.array(3);
            run.write(to);
            thing.write(to);
            place.write(to);
        });
        to.list(&self.parents);
        to.list(&self.around);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(4)?;
        Ok(Self {
            registered: Wire::read(from)?,
            run: from.option(|from| {
                from.array_exactly(3)?;
                Ok((Wire::read(from)?, Wire::read(from)?, Wire::read(from)?))
            })?,
            parents: from.list("documents", limits::PARENTS)?,
            around: from.list("containers", limits::PACKING_DEPTH)?,
        })
    }
}

impl Wire for Registered {
    fn write(&self, to: &mut Writer) {
        match self {
            Self::Nobody(paths) => {
                to.array(2);
                to.u64(0);
                to.list(paths);
            }
            Self::Member {
                prefix,
                entry,
                path,
                subject,
            } => {
                to.array(5);
                to.u64(1);
                prefix.write(to);
                to.bytes(entry);
                path.write(to);
                subject.write(to);
            }
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        let fields = from.array("registration", 5)?;
        match (from.u64()?, fields) {
            (0, 2) => Ok(Self::Nobody(from.list("paths", PREFIXES)?)),
            (1, 5) => Ok(Self::Member {
                prefix: Wire::read(from)?,
                entry: from.bytes("registration", REGISTRATION_BYTES)?.to_vec(),
                path: Wire::read(from)?,
                subject: Wire::read(from)?,
            }),
            _ => Err(CborError::Value {
                what: "registration",
            }),
        }
    }
}

impl Wire for Place {
    fn write(&self, to: &mut Writer) {
        match self {
            Self::Item(item) => {
                to.array(2);
                to.u64(0);
                item.write(to);
            }
            Self::Between(gap) => {
                to.array(3);
                to.u64(1);
                gap.before.write(to);
                gap.after.write(to);
            }
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        let fields = from.array("place in a run", 3)?;
        match (from.u64()?, fields) {
            (0, 2) => Ok(Self::Item(Wire::read(from)?)),
            (1, 3) => Ok(Self::Between(NotInRun {
                before: Wire::read(from)?,
                after: Wire::read(from)?,
            })),
            _ => Err(CborError::Value {
                what: "place in a run",
            }),
        }
    }
}

impl Wire for Around {
    fn write(&self, to: &mut Writer) {
        to.array(2);
        self.container.write(to);
        to.list(&self.parents);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(2)?;
        Ok(Self {
            container: Wire::read(from)?,
            parents: from.list("documents", limits::PARENTS)?,
        })
    }
}
