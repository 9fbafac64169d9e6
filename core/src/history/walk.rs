//! Checking a bundle, part two: whether what the devices signed adds up. The records are gone
//! through in the order in which they took effect, as a ledger would, but only as far as the
//! subject and the containers around it are concerned.

mod device;
mod ground;
mod warn;

use std::collections::{BTreeMap, BTreeSet};

use super::bundle;
use super::replay::Timeline;
use super::run::RunClaim;
use super::things::Things;
use super::verify::{Fact, Findings};
use super::{CheckKind, PartOfRun, Problem, ShownSection, Step, Warning};
use crate::rules::{Refusal, class_is_under};
use crate::state::Governance;
use crate::{
    ActivationPublic, Body, Code, CodeHash, DeviceId, Followed, Founder, Genesis, Height, Kind,
    Made, MemberId, Party, Prefix, RecordRef, Role, RunItem, SectionPlace, SubjectId, open_label,
};

use device::Device;

/// What the walk came to.
pub(super) struct Ending {
    pub(super) subject: Option<SubjectId>,
    pub(super) began: Option<RecordRef>,
    pub(super) ended: Option<RecordRef>,
    pub(super) holder: Option<Party>,
    pub(super) held_by: Option<MemberId>,
    pub(super) run: Option<PartOfRun>,
    pub(super) owner: Option<Party>,
    pub(super) pledged_to: Option<MemberId>,
    pub(super) activated: Option<RecordRef>,
    pub(super) activation: Option<ActivationPublic>,
    pub(super) last_title: Option<RecordRef>,
    pub(super) warnings: Vec<Warning>,
    pub(super) journey: Vec<Step>,
    /// The containers around it in the end, from the inside out.
    pub(super) around: Vec<SubjectId>,
    /// The containers that it was in and left.
    pub(super) stays: Vec<Stay>,
    /// Which shown record took effect before which.
    pub(super) place: BTreeMap<RecordRef, usize>,
}

/// A while that the subject spent in a container, with what it was packed into that or before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stay {
    pub(super) container: SubjectId,
    /// The packing.
    pub(super) packed: RecordRef,
    /// The record after which the container was not around the subject any more.
    pub(super) gone: RecordRef,
}

pub(super) struct Walk<'a> {
    genesis: &'a Genesis,
    roster: &'a Followed,
    code: &'a Code,
    code_hash: CodeHash,
    findings: &'a mut Findings,
    devices: BTreeMap<DeviceId, Device>,
    governance: Governance,
    /// The record that is looked at was not ordered below this height: it, or one before it in the
    /// log, knew a checkpoint.
    least: Height,
    claims: BTreeMap<(Prefix, MemberId), BTreeSet<MemberId>>,
    prefixes: BTreeMap<Prefix, MemberId>,
    things: Things<'a>,
    subject: Option<SubjectId>,
    /// The record by which it began.
    began: Option<RecordRef>,
    /// The run that the code is said to be of, and whether its tree holds it.
    run: RunClaim,
    /// Records that are shown for nothing but their place.
    fences: BTreeSet<RecordRef>,
    /// The containers around the subject, each with the packing that put what is in it there.
    around: BTreeSet<(SubjectId, RecordRef)>,
    stays: Vec<Stay>,
    /// Every record that is shown, with the member that wrote it.
    shown: BTreeMap<RecordRef, MemberId>,
    journey: Vec<Step>,
    elsewhere: Option<Warning>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        (genesis, roster): (&'a Genesis, &'a Followed),
        code: &'a Code,
        (undrawn, fences): (Option<&(SubjectId, RunItem)>, &[RecordRef]),
        findings: &'a mut Findings,
    ) -> Self {
        let devices = roster.members().flat_map(|founder| {
            let member = founder.id();
            let devices = founder.devices().iter();
            devices.map(move |entry| (entry.key(), Device::enrolled(member, entry)))
        });
        Self {
            genesis,
            roster,
            code,
            code_hash: code.hash(),
            findings,
            devices: devices.collect(),
            governance: Governance::founded(genesis.policy().clone()),
            least: Height(0),
            claims: BTreeMap::new(),
            prefixes: BTreeMap::new(),
            things: Things::new(genesis, roster),
            subject: None,
            began: None,
            run: RunClaim::new(undrawn),
            fences: fences.iter().copied().collect(),
            around: BTreeSet::new(),
            stays: Vec::new(),
            shown: BTreeMap::new(),
            journey: Vec::new(),
            elsewhere: None,
        }
    }

    pub(super) fn through(&mut self, facts: &[Fact<'_>]) -> Ending {
        let mut timeline = Timeline::default();
        let mut by_ref = BTreeMap::new();
        for fact in facts {
            timeline.insert(fact.log_index, fact.at, &fact.record);
            by_ref.insert(fact.at, fact);
        }
        self.shown = facts
            .iter()
            .map(|fact| (fact.at, fact.header.member()))
            .collect();
        self.run.find(facts, &self.code_hash);
        let order = timeline.in_order_of_effect();
        let knew = knew_before(facts);
        for fact in order.iter().filter_map(|at| by_ref.get(at)) {
            self.least = knew.get(&fact.at).copied().unwrap_or_default();
            self.step(fact);
            self.note_stays(fact.at);
        }
        if self.subject.is_none() && !facts.is_empty() {
            self.findings.note(Problem::NotCommissioned);
        }
        let anchor = self.anchor();
        Ending {
            subject: self.subject,
            began: self.began,
            ended: anchor.and_then(|anchor| self.things.ended_by(anchor)),
            holder: anchor.and_then(|anchor| self.things.holder_of(&anchor)),
            held_by: anchor.and_then(|anchor| self.things.held_by(anchor)),
            run: self.run.begun.map(|(subject, count)| PartOfRun {
                subject,
                count,
                drawn: anchor != Some(subject),
            }),
            owner: anchor.and_then(|anchor| self.things.owner_of(&anchor)),
            pledged_to: anchor.and_then(|anchor| self.things.pledged_to(&anchor)),
            activated: anchor.and_then(|anchor| self.things.activated_by(&anchor)),
            activation: anchor.and_then(|anchor| self.seal_of(&anchor)),
            last_title: anchor.and_then(|anchor| self.things.last_title(&anchor)),
            warnings: self.warnings(),
            journey: std::mem::take(&mut self.journey),
            around: anchor.map_or_else(Vec::new, |anchor| self.things.upwards(anchor).split_off(1)),
            stays: std::mem::take(&mut self.stays),
            place: order.into_iter().zip(0..).collect(),
        }
    }

    /// The key under the seal that nobody opened; an item without a leaf has it in its run's list.
    fn seal_of(&self, anchor: &SubjectId) -> Option<ActivationPublic> {
        match self.run.begun {
            Some((run, _)) if run == *anchor => self.run.activation(&run),
            _ => self.things.activation_key(anchor),
        }
    }

    fn step(&mut self, fact: &Fact<'_>) {
        let author = self.author(fact);
        if author.is_some() {
            self.look_for_beginning(fact);
        }
        let chain = self.chain();
        let concerns = |s: &&SubjectId| chain.contains(s);
        let named = fact.record.subjects().iter().find(concerns).copied();
        // Of a container that was left nothing more is told: what happens to it is not all here.
        if named.is_none() && self.is_fence(fact) {
            return;
        }
        if let Some(named) = named {
            self.check_cites(fact);
            self.record_step(fact, author, named);
        }
        // What an unknown or revoked device wrote has no effect.
        let Some(role) = author else {
            return;
        };
        self.note_activation(fact, named);
        let open = match fact.record.kind() {
            Kind::Correct => Ok(()),
            _ => self.things.check_open(fact.record.subjects(), &chain),
        };
        match open.and_then(|()| self.take(fact, role, &chain)) {
            Ok(()) => self.things.count(fact, &chain),
            Err(refusal) => self.findings.note(Problem::AgainstRules {
                record: fact.at,
                refusal,
            }),
        }
    }

    /// Whether a record is shown for its place alone. What puts something somewhere never is, and
    /// only what was left has any.
    fn is_fence(&self, fact: &Fact<'_>) -> bool {
        let subjects = fact.record.subjects();
        let left = |stay: &Stay| subjects.contains(&stay.container);
        let kind = fact.record.kind();
        let moves = matches!(kind, Kind::Pack | Kind::Unpack | Kind::Accept | Kind::Draw);
        !moves && self.fences.contains(&fact.at) && self.stays.iter().any(left)
    }

    /// Notes which containers came around the subject with a record, and which it left.
    fn note_stays(&mut self, at: RecordRef) {
        let chain = self.chain();
        let now = chain.iter().filter_map(|inner| self.things.packed(inner));
        let now: BTreeSet<_> = now.filter(|(outer, _)| chain.contains(outer)).collect();
        let left = self.around.difference(&now);
        self.stays.extend(left.map(|(container, packed)| Stay {
            container: *container,
            packed: *packed,
            gone: at,
        }));
        self.around = now;
    }

    fn take(
        &mut self,
        fact: &Fact<'_>,
        role: Role,
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        match fact.record.body() {
            Body::Enrol { .. } | Body::Revoke { .. } => self.identity(fact, role),
            Body::RegisterPrefix { prefix, member } => {
                self.register(fact, prefix, *member);
                Ok(())
            }
            Body::SetPolicy {
                replaces,
                policy,
                from,
            } => self.amend(fact, role, *replaces, (policy, *from)),
            Body::Observe { .. }
            | Body::Attest { .. }
            | Body::Report { .. }
            | Body::Associate { .. }
            | Body::Dissociate { .. } => Ok(()),
            Body::Correct { of, .. } => self.correction(fact, of),
            _ => self.things.take(fact, chain, self.findings),
        }
    }

    /// Whether the code begins here: by itself, as what a transformation makes, or in its run.
    fn look_for_beginning(&mut self, fact: &Fact<'_>) {
        match fact.record.body() {
            Body::Commission {
                codes,
                prefix,
                class,
                ..
            } if codes.contains(&self.code_hash) => self.begin(fact, prefix, class),
            Body::Transform { outputs, .. } if self.subject.is_none() => {
                for output in outputs {
                    let ours = match &output.made {
                        Made::Item(code, _) | Made::Batch(code, _) => *code == self.code_hash,
                        Made::Run(run) => self.run.begins(fact, run),
                    };
                    if ours {
                        self.begin(fact, &output.prefix, &output.class.to_string());
                    }
                }
            }
            Body::CommissionRun {
                prefix, class, run, ..
            } if self.run.begins(fact, run) => self.begin(fact, prefix, &class.to_string()),
            _ => {}
        }
    }

    /// By the member that holds the code's prefix, or else it is not the beginning of this thing.
    fn begin(&mut self, fact: &Fact<'_>, prefix: &Prefix, class: &str) {
        let maker = fact.header.member();
        if self.prefixes.get(prefix) != Some(&maker) {
            let have = self.claimed(prefix, maker);
            let need = self.prefix_quorum();
            self.findings
                .note(Problem::PrefixNotRegistered { have, need });
        }
        let fits = self.code.company_prefix_matches(prefix.as_str())
            && self.code.class() == class
            && class_is_under(class, prefix);
        if !fits {
            self.findings.note(Problem::AgainstRules {
                record: fact.at,
                refusal: Refusal::NotYourPrefix {
                    subject: self.code.subject(&self.genesis.id(), &maker),
                    prefix: prefix.clone(),
                    owner: None,
                    by: None,
                },
            });
        }
        let subject = self.code.subject(&self.genesis.id(), &maker);
        self.subject.get_or_insert(subject);
        self.began.get_or_insert(fact.at);
    }

    fn check_cites(&mut self, fact: &Fact<'_>) {
        for cite in fact.record.cites() {
            self.findings.look(CheckKind::Cites);
            if !self.shown.contains_key(cite) {
                self.findings.note(Problem::MissingRecord {
                    cite: *cite,
                    cited_by: fact.at,
                });
            }
        }
    }

    /// A correction by whoever wrote what it corrects. That this is there, `check_cites` sees to.
    fn correction(&mut self, fact: &Fact<'_>, of: &RecordRef) -> Result<(), Refusal> {
        let author = self.shown.get(of);
        if let Some(author) = author.filter(|author| **author != fact.header.member()) {
            return Err(Refusal::NotYourRecord {
                record: *of,
                author: *author,
            });
        }
        for step in self.journey.iter_mut().filter(|step| step.at == *of) {
            step.corrected_by.get_or_insert(fact.at);
        }
        Ok(())
    }

    fn record_step(&mut self, fact: &Fact<'_>, role: Option<Role>, named: SubjectId) {
        let member = fact.header.member();
        let subjects = fact.record.subjects();
        // As long as an item has no record of its own, its run stands for it.
        let its_own = [self.subject, self.anchor()];
        let names_it = its_own.iter().flatten().any(|it| subjects.contains(it));
        let founder = self.member(&member);
        let step = Step {
            at: fact.at,
            log_index: fact.log_index,
            device: fact.header.device(),
            role,
            member,
            member_name: founder.map(|inception| inception.name().to_owned()),
            member_class: founder.map(crate::Inception::class),
            kind: fact.record.kind(),
            body: fact.record.body().clone(),
            through: (!names_it).then_some(named),
            clock: fact.header.clock(),
            anchor: fact.header.anchor().map(|(height, _)| height),
            seq: fact.header.seq(),
            corrected_by: None,
            sections: self.open_sections(fact),
            absent: self.absent_sections(fact),
        };
        self.journey.push(step);
    }

    /// Parts for this label, or for everyone, that the bundle names and does not bring.
    fn absent_sections(&self, fact: &Fact<'_>) -> usize {
        let named = (0_u16..).take(fact.record.sections().len());
        let brought = |index: &u16| fact.sections.iter().any(|(there, _)| there == index);
        named
            .filter(|index| self.opens(fact, *index) && !brought(index))
            .count()
    }

    fn open_sections(&mut self, fact: &Fact<'_>) -> Vec<ShownSection> {
        let mut opened = Vec::new();
        for (index, ciphertext) in fact.sections {
            self.findings.look(CheckKind::Sections);
            let body = self.opens(fact, *index).then(|| {
                let place = SectionPlace {
                    header: &fact.header,
                    record: &fact.record,
                    record_index: fact.at.index,
                    section_index: *index,
                };
                open_label(place, self.code, ciphertext)
            });
            match body {
                Some(Ok(body)) => opened.push(ShownSection {
                    index: *index,
                    body,
                }),
                _ => self.findings.note(Problem::AlteredSection {
                    record: fact.at,
                    section: *index,
                }),
            }
        }
        opened
    }

    /// Whether a section is for whoever holds this label.
    fn opens(&self, fact: &Fact<'_>, index: u16) -> bool {
        let section = fact.record.sections().get(usize::from(index));
        section.is_some_and(|section| bundle::opens(&fact.record, section, self.subject.as_ref()))
    }

    fn member(&self, id: &MemberId) -> Option<&'a crate::Inception> {
        let mut members = self.roster.members();
        members
            .find(|member| member.id() == *id)
            .map(Founder::inception)
    }

    /// What the state of the thing is that of: itself, or its run before it was drawn.
    fn anchor(&self) -> Option<SubjectId> {
        let subject = self.subject?;
        match self.run.begun {
            Some((run, _)) if !self.things.has_begun(&subject) => Some(run),
            _ => Some(subject),
        }
    }

    /// The subject, or the run that stands for it, and the containers around it.
    fn chain(&self) -> BTreeSet<SubjectId> {
        self.anchor()
            .into_iter()
            .flat_map(|s| self.things.upwards(s))
            .collect()
    }
}

/// For each record the least height at which it can have been ordered: above every checkpoint that
/// it, or one before it in the log, knew.
fn knew_before(facts: &[Fact<'_>]) -> BTreeMap<RecordRef, Height> {
    let mut least = Height(0);
    let knew = facts.iter().map(|fact| {
        if let Some((known, _)) = fact.header.anchor() {
            least = least.max(Height(known.0.saturating_add(1)));
        }
        (fact.at, least)
    });
    knew.collect()
}
