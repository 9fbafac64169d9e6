//! From what a person wants to do to the records that say so, with a summary in words.
//! Nothing is signed here.

mod accept;
mod bond;
mod commission;
mod correct;
mod custody;
mod inspect;
mod make;
mod named;
mod opening;
mod packing;
mod pledge;
mod precheck;
mod title;
mod told;
mod transform;

use chopmark_core::{
    AudienceDraft, Body, DeviceId, Genesis, Group, Makeup, MemberId, Opener, Party, Pledge,
    RecordDraft, RecordRef, Role, StateView, SubjectId, TimeMs, When,
};
use chopmark_replica::Store;
use chopmark_view::{Action, Failure, Line, Param};

use crate::known::{self, Known};
use crate::lines;
use crate::look::Look;
use crate::runs::{MadeRun, OwnFile};
use crate::trouble::Trouble;
use crate::under_seals::Secret;
use crate::{undrawn, words_of};

/// Everything of one draft stands or falls together.
const GROUP: u16 = 0;

/// Who drafts, and on what knowledge.
pub(crate) struct Author<'a> {
    pub(crate) look: &'a Look<'a>,
    /// The ledger as this device knows it, its own pending records included.
    pub(crate) view: &'a dyn StateView,
    /// The ledger as checkpoints have it.
    pub(crate) firm: &'a dyn StateView,
    pub(crate) store: &'a Store,
    pub(crate) genesis: &'a Genesis,
    /// What this device's member may open.
    pub(crate) opener: &'a Opener,
    pub(crate) member: MemberId,
    pub(crate) device: DeviceId,
    pub(crate) role: Role,
    /// The event's time and zone, as this device claims them.
    pub(crate) when: When,
}

impl Author<'_> {
    /// The later of this device's clock and the newest checkpoint: what an end is counted
    /// from, so that a clock that is a year behind makes no offer that has already ended.
    fn not_before(&self) -> TimeMs {
        self.when.time.max(self.view.tip().time)
    }

    /// A subject in a sentence.
    fn subject_text(&self, subject: &SubjectId) -> Result<Param, Trouble> {
        Ok(Param::Text(words_of::named(self.store, subject)?))
    }

    fn member_text(&self, member: &MemberId) -> Param {
        Param::Text(words_of::member(self.view, member))
    }

    /// For those of the members' devices that handle goods.
    fn for_operations(&self, members: impl IntoIterator<Item = MemberId>) -> AudienceDraft {
        self.for_group(members, Group::Operations)
    }

    /// For those of the members' devices that handle money.
    fn for_finance(&self, members: impl IntoIterator<Item = MemberId>) -> AudienceDraft {
        self.for_group(members, Group::Finance)
    }

    fn for_group(
        &self,
        members: impl IntoIterator<Item = MemberId>,
        group: Group,
    ) -> AudienceDraft {
        let members = members.into_iter();
        AudienceDraft::parties(members.map(|of| self.firm.group_of(of, group)))
    }

    fn known(&self, subject: &SubjectId) -> Result<Option<Known>, Trouble> {
        Ok(known::find(self.store, subject)?)
    }
}

/// What will be signed.
pub(crate) struct Draft {
    pub(crate) records: Vec<RecordDraft>,
    /// What draws the things that these are the first to name. They go before in blocks of their
    /// own: the paths of many do not fit into one, and drawn in vain nothing has changed.
    pub(crate) drawing: Vec<RecordDraft>,
    pub(crate) lines: Vec<Line>,
    pub(crate) warnings: Vec<Line>,
    /// Subjects that this commissions, items first.
    pub(crate) commissioned: Vec<SubjectId>,
    /// Codes to remember once it is signed.
    pub(crate) codes: Vec<(SubjectId, Known)>,
    /// What goes under the seals of what this commissions: kept with the block that names the
    /// keys, and with a draft that is given up gone.
    pub(crate) secrets: Vec<Secret>,
    /// Files that only a section for this member names: its devices hand them to its peers.
    pub(crate) own_files: Vec<OwnFile>,
    /// What it rests on: if that changed meanwhile, the person looks again.
    basis: Vec<Basis>,
}

impl Draft {
    fn new(records: Vec<RecordDraft>, lines: Vec<Line>) -> Self {
        Self {
            records,
            drawing: Vec::new(),
            lines,
            warnings: Vec::new(),
            commissioned: Vec::new(),
            codes: Vec::new(),
            secrets: Vec::new(),
            own_files: Vec::new(),
            basis: Vec::new(),
        }
    }

    fn resting_on(mut self, view: &dyn StateView, subjects: &[SubjectId]) -> Self {
        self.basis = subjects
            .iter()
            .map(|subject| Basis::of(view, subject))
            .collect();
        self
    }

    /// Whether the subjects still stand as they did when the summary was shown.
    pub(crate) fn still_holds(&self, view: &dyn StateView) -> bool {
        self.basis
            .iter()
            .all(|basis| *basis == Basis::of(view, &basis.subject))
            && self
                .commissioned
                .iter()
                .all(|subject| view.subject(subject).is_none())
    }
}

/// What rules look at, of one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Basis {
    subject: SubjectId,
    holder: Option<Party>,
    inside: Option<SubjectId>,
    last_custody: Option<RecordRef>,
    open_offer: Option<RecordRef>,
    owner: Option<Party>,
    open_title_offer: Option<RecordRef>,
    pledge: Option<Pledge>,
    contents: Vec<SubjectId>,
    makeup: Option<Makeup>,
}

impl Basis {
    fn of(view: &dyn StateView, subject: &SubjectId) -> Self {
        let state = view.subject(subject);
        Self {
            subject: *subject,
            holder: view.holder_of(subject),
            inside: state.and_then(|state| state.inside().copied()),
            last_custody: state.map(|state| state.last_custody()),
            open_offer: state.and_then(|state| state.open_offer()),
            owner: state.map(|state| *state.owner()),
            open_title_offer: state.and_then(|state| state.open_title_offer()),
            pledge: state.and_then(|state| state.pledge().copied()),
            contents: view.contents(subject),
            makeup: state.map(|state| state.makeup().clone()),
        }
    }
}

/// Drafts an action, or says why it would be refused. A run's items are made before.
pub(crate) fn prepare(
    author: &Author<'_>,
    action: &Action,
    run: Option<&MadeRun>,
) -> Result<Draft, Trouble> {
    let mut draft = match action {
        Action::Commission(items) => commission::commission(author, items)?,
        Action::Make(what) => make::make(author, what, run)?,
        Action::Transform(making) => transform::transform(author, making)?,
        Action::Pack {
            container,
            subjects,
        } => packing::pack(author, container, subjects)?,
        Action::Unpack {
            container,
            subjects,
        } => packing::unpack(author, container, subjects)?,
        Action::Offer { subject, to, place } => {
            custody::offer(author, subject, to, place.as_deref())?
        }
        Action::Accept {
            offer,
            condition,
            left,
            seal,
            note,
            evidence,
        } => accept::accept(
            author,
            &accept::Taking {
                offer,
                condition: *condition,
                left,
                seal: seal.as_deref(),
                note: note.as_deref(),
                evidence,
            },
        )?,
        Action::Attest {
            subject,
            verdict,
            note,
            measured,
            evidence,
            public,
        } => inspect::attest(
            author,
            &inspect::Seen {
                subject,
                verdict: *verdict,
                note: note.as_deref(),
                measured,
                evidence,
                public: *public,
            },
        )?,
        Action::Decline { offer, note } => accept::decline(author, offer, note.as_deref())?,
        Action::Deed(deed) => named::deed(author, deed)?,
        Action::Open { section, reason } => opening::open(author, section, reason)?,
        Action::Unreadable { section } => opening::unreadable(author, section)?,
        Action::Grant { section, to } => opening::grant(author, section, to)?,
        Action::OfferToCode {
            subject,
            hash,
            place,
        } => custody::offer_to_code(author, subject, hash, place.as_deref())?,
        Action::PickUp { offer, code, place } => {
            custody::pick_up(author, offer, code, place.as_deref())?
        }
        Action::OfferTitle { subject, to, terms } => {
            title::offer(author, subject, to, terms.as_deref())?
        }
        Action::TakeTitle { offer, note } => title::take(author, offer, note.as_deref())?,
        Action::DeclineTitle { offer, note } => title::decline(author, offer, note.as_deref())?,
        Action::Pledge {
            subjects,
            to,
            terms,
        } => pledge::pledge(author, subjects, to, terms.as_deref())?,
        Action::Release { subjects, note } => pledge::release(author, subjects, note.as_deref())?,
        Action::Associate {
            subject,
            others,
            note,
        } => bond::associate(author, subject, others, note.as_deref())?,
        Action::Dissociate {
            subject,
            others,
            note,
        } => bond::dissociate(author, subject, others, note.as_deref())?,
        Action::Correct { record, wrong } => correct::correct(author, record, wrong)?,
    };
    let known = (author.look.written as &dyn StateView, author.look.undrawn);
    draft.drawing = undrawn::drawing(&draft.records, author.when, known);
    precheck::permitted(author, &draft.drawing)?;
    precheck::permitted(author, &draft.records)?;
    precheck::foreseen(author, &draft.records)?;
    let device = author
        .view
        .device(&author.device)
        .map(|device| device.name().to_owned())
        .unwrap_or_default();
    draft.lines.push(lines::SIGN_AS.line([
        ("device", Param::Text(device)),
        ("member", author.member_text(&author.member)),
    ]));
    Ok(draft)
}

/// A record without sections, cites or group.
fn record(body: Body, subjects: Vec<SubjectId>) -> RecordDraft {
    RecordDraft::new(body, subjects)
}

/// An id as the screens send it.
fn parse_subject(text: &str) -> Result<SubjectId, Failure> {
    text.parse()
        .map_err(|_| crate::failure::UNKNOWN_SUBJECT.failure([]))
}

/// Another member, as the screens send it.
fn parse_member(author: &Author<'_>, text: &str) -> Result<MemberId, Failure> {
    let unknown = || crate::failure::UNKNOWN_MEMBER.failure([]);
    let member: MemberId = text.parse().map_err(|_| unknown())?;
    author.view.member(&member).ok_or_else(unknown)?;
    match member == author.member {
        true => Err(crate::failure::SELF_ADDRESSEE.failure([])),
        false => Ok(member),
    }
}

/// An offer, as the screens send it.
fn parse_offer(text: &str) -> Result<RecordRef, Failure> {
    words_of::parse_record(text).ok_or_else(|| crate::failure::NO_SUCH_OFFER.failure([]))
}
