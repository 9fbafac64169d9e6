//! What a proof has shown.

use std::collections::BTreeMap;

use crate::checkpoint::Header;
use crate::{
    BlockHeader, HeaderHash, MemberId, Nature, Party, Pledge, Prefix, Record, RecordRef, RunItem,
    SubjectId, SubjectState,
};

/// A subject whose state and records were proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThingState {
    /// The subject.
    pub id: SubjectId,
    /// Its state.
    pub state: SubjectState,
    /// How many of its records, the oldest, are counted and not named.
    pub unnamed: u64,
    /// The names of all others, in the order in which they were applied.
    pub records: Vec<RecordRef>,
}

/// What a code is to the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeState {
    /// Whose prefix the code has; nobody's when none is registered.
    pub maker: Option<(MemberId, Prefix)>,
    /// The code's subject, known to the ledger or not.
    pub subject: Option<SubjectId>,
    /// The subject's own state; none when nothing was ever written about it.
    pub own: Option<ThingState>,
    /// The run that the code is of, while it has no state of its own.
    pub run: Option<(ThingState, RunItem)>,
    /// The run that was shown not to hold the code.
    pub not_in: Option<SubjectId>,
    /// The containers around it, from the one that it is in to the outermost.
    pub containers: Vec<ThingState>,
    /// What the subject and its containers are associated with: documents among it stand for them.
    pub documents: Vec<ThingState>,
}

impl CodeState {
    /// Whether the ledger knows the code.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.base().is_some()
    }

    /// What speaks for the code: its own state, or its run's.
    #[must_use]
    pub fn base(&self) -> Option<&ThingState> {
        self.own.as_ref().or(self.run.as_ref().map(|(run, _)| run))
    }

    /// Who has title.
    #[must_use]
    pub fn owner(&self) -> Option<&Party> {
        self.base().map(|thing| thing.state.owner())
    }

    /// Who has custody: of what is packed, the holder of its outermost container.
    #[must_use]
    pub fn holder(&self) -> Option<&Party> {
        let outermost = self.containers.last().or(self.base())?;
        Some(outermost.state.own_holder())
    }

    /// Every pledge on the subject, on its containers and on what stands for them that its owner
    /// made.
    pub fn pledges(&self) -> impl Iterator<Item = (SubjectId, &Pledge)> {
        let of_owner = |thing: &&ThingState| Some(thing.state.owner()) == self.owner();
        let all = self.reaching().filter(of_owner);
        all.filter_map(|thing| Some((thing.id, thing.state.pledge()?)))
    }

    /// Whether it is shown that no pledge reaches it, from around it or from inside.
    #[must_use]
    pub fn is_free_of_pledges(&self) -> bool {
        let inside = self.base().map_or(0, |thing| thing.state.pledged_inside());
        self.is_known() && inside == 0 && self.pledges().next().is_none()
    }

    /// The records by which authorities hold it or something around it.
    pub fn holds(&self) -> impl Iterator<Item = (SubjectId, MemberId, RecordRef)> {
        self.reaching().flat_map(|thing| {
            let holds = thing.state.holds().iter();
            holds.map(|(by, record)| (thing.id, *by, *record))
        })
    }

    /// The subject or its run, its containers, and the documents that stand for them.
    fn reaching(&self) -> impl Iterator<Item = &ThingState> {
        let documents = self.documents.iter();
        let documents = documents.filter(|thing| thing.state.nature() == Nature::Document);
        let things = self.base().into_iter().chain(&self.containers);
        things.chain(documents)
    }

    /// The record that gave it its first owner outside the members; none while its seal counts as
    /// closed.
    #[must_use]
    pub fn activated_by(&self) -> Option<RecordRef> {
        self.own.as_ref()?.state.activated_by()
    }
}

/// A record that a proof shows: its device signed it, and the ledger applied it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenRecord {
    /// Its name.
    pub at: RecordRef,
    /// Its block's header: who wrote it, when, and where in their feed.
    pub header: BlockHeader,
    /// The record.
    pub record: Record,
}

/// All that a proof has shown.
#[derive(Clone, Debug)]
pub struct Proven {
    /// The network's name.
    pub network_name: String,
    /// The header that everything is measured against.
    pub header: Header,
    /// The header's hash: whoever keeps it can refuse older proofs.
    pub hash: HeaderHash,
    /// How many validators cosigned.
    pub cosigned: usize,
    /// How many of them also with a post-quantum key, where they have one.
    pub complete: usize,
    /// How many validators there are.
    pub validators: usize,
    /// The members' names.
    pub members: BTreeMap<MemberId, String>,
    /// What the code is to the ledger.
    pub state: CodeState,
    /// The records that are shown, in the order in which the proof has them.
    pub records: Vec<ProvenRecord>,
}

impl Proven {
    /// A member's name; its id where the chain of rosters does not know it.
    #[must_use]
    pub fn name_of(&self, member: &MemberId) -> String {
        let known = self.members.get(member).cloned();
        known.unwrap_or_else(|| member.to_string())
    }
}
