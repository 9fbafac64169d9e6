//! What is wanted of the roster.

use chopmark_core::{DeviceId, RosterAct, RosterTerms, Validator, ValidatorSet};

use super::*;
use crate::network::{root_number, root_signature};

/// A wish with a root signature, which need not be its author's.
pub(crate) fn roster_wish(signs: u8, terms: RosterTerms, act: &RosterAct) -> RecordDraft {
    let signature = root_signature(signs, &terms, act);
    let body = Body::wish(terms, act.clone(), signature);
    RecordDraft::new(body, Vec::new())
}

impl Story {
    /// What another member wants already, mostly.
    pub(super) fn wanting(&mut self, of: MemberId) -> RecordDraft {
        let (terms, act) = match self.numbers.pick(&self.wanted).cloned() {
            Some(wanted) if !self.numbers.one_in(3) => wanted,
            _ => {
                let act = self.roster_act();
                let ahead = [0, 2, 3, 3, 4, 4, 5, 1_000_001];
                let ahead = *self.numbers.pick(&ahead).unwrap();
                let height = self.height(ahead);
                let replaces = match self.numbers.one_in(12) {
                    true => Digest32::from_bytes([6; 32]),
                    false => self.model.world.roster_now(),
                };
                let terms = RosterTerms { replaces, height };
                self.wanted.push((terms, act.clone()));
                (terms, act)
            }
        };
        let signs = match self.numbers.one_in(10) {
            true => self.numbers.byte_below(MEMBERS),
            false => self.root_of(of),
        };
        roster_wish(signs, terms, &act)
    }

    /// Which root key a member has.
    pub(crate) fn root_of(&self, member: MemberId) -> u8 {
        root_number(&self.model.world.members[&member].roots.root)
    }

    pub(crate) fn roster_act(&mut self) -> RosterAct {
        match self.numbers.below(12) {
            0..=3 => {
                let newcomer = applicant(self.numbers.byte_below(NEWCOMERS));
                RosterAct::Admit(Box::new(newcomer.clone()))
            }
            4..=6 => {
                let stranger = self.numbers.one_in(12);
                RosterAct::Expel(match self.numbers.byte_below(MEMBERS) {
                    _ if stranger => MemberId::from_bytes([5; 32]),
                    n => member(n),
                })
            }
            _ => RosterAct::SetValidators(self.orderers()),
        }
    }

    /// One peer, mostly another than now; or two, or what is no peer.
    fn orderers(&mut self) -> ValidatorSet {
        let world = &self.model.world;
        let now = world.newest_validators().as_slice().to_vec();
        let keys: Vec<DeviceId> = now.iter().map(Validator::key).collect();
        let peers = world.members.keys().filter_map(|of| {
            let key = world.a_peer(*of, &keys)?;
            Some(Validator::new(*of, key))
        });
        let peers: Vec<_> = peers.collect();
        let other = self.numbers.pick(&peers).cloned();
        let mut set = vec![match other {
            Some(other) if !self.numbers.one_in(6) => other,
            _ => now[0].clone(),
        }];
        match self.numbers.below(8) {
            0 => set[0] = Validator::new(set[0].member(), key_id(worker(1))),
            1 if set[0].member() != now[0].member() => set.push(now[0].clone()),
            _ => {}
        }
        ValidatorSet::new(set).unwrap()
    }
}
