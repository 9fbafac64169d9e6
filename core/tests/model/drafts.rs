//! What devices may want to write: lawful mostly, and wrong in every direction.

mod governing;
mod numbers;
mod rooting;
mod roster;
mod sales;

use std::sync::OnceLock;

use chopmark_core::{
    ActivationSecret, BlockId, Body, Code, Condition, Digest32, MemberId, OwnerSecret, Party,
    PickupCode, Prefix, RecordDraft, RecordRef, Role, Seq, StateView, SubjectId, TimeMs, TzMinutes,
    Verdict, When, check_digit,
};

pub(crate) use governing::{amended, supervision_key};
pub(crate) use numbers::Numbers;
pub(crate) use roster::roster_wish;

use crate::goods::batches;
use crate::naive::Model;
use crate::network::{
    BANK, FIRST_SPARE, FOREVER, KEYS, MEMBERS, NEWCOMERS, OTHER_BANK, QUARANTINE, START, TRADERS,
    admin, applicant, entry, genesis, member, worker,
};
use crate::runs::run_subjects;
use crate::story::{Story, key_id};
use crate::world::{Offer, OfferFate, Thing};

pub(crate) const PREFIX: &str = "9506000";
pub(crate) const ITEMS: u8 = 6;
pub(crate) const CASES: u8 = 12;
const PAPERS: u8 = 2;
/// Secrets under seals, and keys of consumers.
pub(crate) const SECRETS: u8 = 3;

pub(crate) fn secret_of(n: u8) -> ActivationSecret {
    ActivationSecret::from_bytes([n; 16])
}

pub(crate) fn owner_secret(n: u8) -> OwnerSecret {
    OwnerSecret::from_seed(&[n; 32])
}

fn pickup_code(n: u8) -> PickupCode {
    PickupCode::from_random(&[n; 12])
}

/// The things of a network: items by serial, then cases, then documents.
pub(crate) fn codes() -> &'static [Code] {
    static CODES: OnceLock<Vec<Code>> = OnceLock::new();
    CODES.get_or_init(|| {
        let items = (0..ITEMS).map(|n| Code::gtin_serial("09506000134352", &format!("I{n}")));
        let cases = (0..CASES).map(|n| {
            let digits = format!("0{PREFIX}{n:09}");
            let check = check_digit(&digits).unwrap();
            Code::sscc(&format!("{digits}{check}"))
        });
        let papers = (0..PAPERS).map(|n| {
            let digits = format!("{PREFIX}00001");
            let check = check_digit(&digits).unwrap();
            Code::parse(&format!("(253){digits}{check}{n}"))
        });
        items
            .chain(cases)
            .chain(papers)
            .map(Result::unwrap)
            .collect()
    })
}

/// The subjects of every code, batch, run and item of a run, as the first member would commission
/// it, and two as the second.
fn subjects() -> &'static [SubjectId] {
    static SUBJECTS: OnceLock<Vec<SubjectId>> = OnceLock::new();
    SUBJECTS.get_or_init(|| {
        let of = |code: &Code, n| code.subject(&genesis().id(), &member(n));
        let first = codes().iter().map(|code| of(code, 0));
        first
            .chain(codes()[..2].iter().map(|code| of(code, 1)))
            .chain(batches().iter().map(|code| of(code, 0)))
            .chain(run_subjects())
            .collect()
    })
}

pub(crate) fn when() -> When {
    When {
        time: START,
        tz: TzMinutes::default(),
    }
}

pub(crate) fn register(prefix: &str, owner: MemberId) -> RecordDraft {
    let prefix = Prefix::parse(prefix).unwrap();
    RecordDraft::new(
        Body::RegisterPrefix {
            prefix,
            member: owner,
        },
        Vec::new(),
    )
}

pub(crate) fn commission(prefix: &str, codes: &[Code], maker: MemberId) -> RecordDraft {
    let body = Body::Commission {
        when: when(),
        class: codes[0].class(),
        prefix: Prefix::parse(prefix).unwrap(),
        codes: codes.iter().map(Code::hash).collect(),
        quantity: None,
        activation: Vec::new(),
    };
    let network = genesis().id();
    let subjects = codes.iter().map(|code| code.subject(&network, &maker));
    RecordDraft::new(body, subjects.collect())
}

/// A device is taken in for good.
pub(crate) fn enrol(member: MemberId, device: u8, role: Role) -> RecordDraft {
    let device = entry(device, role, FOREVER);
    RecordDraft::new(Body::Enrol { member, device }, Vec::new())
}

impl Story {
    /// A record that was written, ordered or not, or one that never will be.
    pub(crate) fn some_record(&mut self) -> RecordRef {
        let nowhere = RecordRef {
            block: BlockId::from_bytes([3; 32]),
            index: 0,
        };
        let mut record = *self.numbers.pick(&self.records).unwrap_or(&nowhere);
        if self.numbers.one_in(12) {
            record.index += 1;
        }
        if self.numbers.one_in(12) {
            nowhere
        } else {
            record
        }
    }

    fn subject(&mut self) -> SubjectId {
        *self.numbers.pick(subjects()).unwrap()
    }

    /// A subject that fits, mostly.
    pub(crate) fn subject_that(&mut self, fits: impl Fn(&Model, SubjectId) -> bool) -> SubjectId {
        let all = subjects().iter().copied();
        let fitting: Vec<_> = all.filter(|subject| fits(&self.model, *subject)).collect();
        if self.numbers.one_in(8) {
            return self.subject();
        }
        let found = self.numbers.pick(&fitting).copied();
        found.unwrap_or_else(|| self.subject())
    }

    pub(crate) fn some_code(&mut self) -> Code {
        self.numbers.pick(codes()).unwrap().clone()
    }

    fn some_member(&mut self) -> MemberId {
        if self.numbers.one_in(15) {
            MemberId::from_bytes([5; 32])
        } else {
            match self.numbers.byte_below(2 * TRADERS) {
                n if n < NEWCOMERS => applicant(n).applicant().id(),
                n => member(n % TRADERS),
            }
        }
    }

    /// A record that the device's role may write, mostly.
    pub(crate) fn lawful_draft(&mut self, device: u8, of: MemberId) -> Option<RecordDraft> {
        let role = self.ledger.state().device(&key_id(device))?.role();
        for _ in 0..4 {
            // What only admins may do would else be rare.
            let own = role == Role::Admin && self.numbers.one_in(3);
            let draft = match own {
                true => self.of_admins(of),
                false => self.draft(of)?,
            };
            let state = self.ledger.state();
            let class = state.member(&of)?.class();
            if state.policy().permits(class, role, draft.body.kind()) {
                return Some(draft);
            }
        }
        self.draft(of)
    }

    fn draft(&mut self, of: MemberId) -> Option<RecordDraft> {
        // Once more, as two admins who do not know of each other would.
        if self.revoked_of(of).is_some() && self.numbers.one_in(8) {
            return self.revocation(of);
        }
        if of == member(QUARANTINE) && !self.numbers.one_in(3) {
            return Some(self.supervising());
        }
        if of == member(OTHER_BANK) && !self.numbers.one_in(3) {
            return Some(self.pledging(of));
        }
        if let Some(draft) = self.answer(of) {
            return Some(draft);
        }
        Some(match self.numbers.below(56) {
            0 => {
                let prefixes = [PREFIX, PREFIX, "95060001", "9509999"];
                let prefix = *self.numbers.pick(&prefixes).unwrap();
                register(prefix, self.some_member())
            }
            1 | 2 => {
                let at = self.numbers.below(codes().len());
                let prefix = if self.numbers.one_in(8) {
                    "9509999"
                } else {
                    PREFIX
                };
                let one = &codes()[at..=at];
                commission(prefix, one, of)
            }
            3 | 4 => self.seen(),
            5..=7 => self.packing(of, true),
            8 | 9 => self.packing(of, false),
            10..=13 => self.offer(of),
            14..=17 => self.acceptance(of),
            18 => self.enrolment(of),
            20..=22 => self.title(of),
            23 | 24 => self.title_answer(of),
            25 => self.pledging(of),
            26 => self.joining(of),
            27 => self.supervising(),
            28 => self.declining(of),
            29 | 30 => self.consumers(of),
            31 | 32 => self.delivery(of),
            33 => self.ending(of),
            34 | 35 => self.milling(of),
            36..=39 => self.transformation(of),
            40 => self.running(of),
            41..=43 => self.drawing(),
            44 | 45 => self.correction(of),
            46 => self.amendment(),
            47 | 48 => self.reader_key(of),
            49..=51 => self.said_of_records(),
            52 | 53 => self.wanting(of),
            54 | 55 => self.keeping_keys(of),
            _ => self.revocation(of)?,
        })
    }

    fn of_admins(&mut self, of: MemberId) -> RecordDraft {
        match self.numbers.below(8) {
            0..=2 => self.title(of),
            3 => self.title_answer(of),
            4..=6 => self.pledging(of),
            _ => self.joining(of),
        }
    }

    /// What somebody waits for: devices show it first.
    fn answer(&mut self, of: MemberId) -> Option<RecordDraft> {
        let world = &self.model.world;
        let open = |title| {
            let mut offers = world.offers.values();
            offers.any(|o| o.title == title && o.fate == OfferFate::Open && o.to == of.into())
        };
        let sold = |thing: &Thing| matches!(thing.owner, Party::Consumer(_));
        let (custody, title) = (open(false), open(true));
        let resold = world.things.values().any(sold);
        let wished = !world.wishes.is_empty();
        if custody && self.numbers.one_in(3) {
            return Some(self.acceptance(of));
        }
        if title && self.numbers.one_in(3) {
            return Some(self.title_answer(of));
        }
        if resold && self.numbers.one_in(10) {
            return Some(self.consumers(of));
        }
        (wished && self.numbers.one_in(12)).then(|| self.amendment())
    }

    pub(crate) fn seen(&mut self) -> RecordDraft {
        let subject = self.subject_that(|model, s| model.world.things.contains_key(&s));
        let body = match self.numbers.below(5) {
            0 | 1 => Body::Observe {
                when: when(),
                step: "storing".to_owned(),
            },
            2 => Body::Report {
                when: when(),
                word: "broken".to_owned(),
            },
            _ => Body::Attest {
                when: when(),
                verdict: Verdict::Pass,
                evidence: Vec::new(),
            },
        };
        RecordDraft::new(body, vec![subject])
    }

    fn packing(&mut self, of: MemberId, pack: bool) -> RecordDraft {
        let held = move |model: &Model, s| model.world.holder(s) == Some(of.into());
        let container = self.subject_that(|model, s| {
            held(model, s) && (pack || !model.world.directly_inside(s).is_empty())
        });
        let mut named = vec![container];
        for _ in 0..=self.numbers.below(2) {
            let item = self.subject_that(|model, s| {
                let inside = model.world.things.get(&s).and_then(|thing| thing.inside);
                let fits = if pack {
                    inside.is_none()
                } else {
                    inside == Some(container)
                };
                held(model, s) && s != container && fits
            });
            if !named.contains(&item) {
                named.push(item);
            }
        }
        if named.len() == 1 {
            named.extend(subjects().iter().find(|s| **s != container));
        }
        let body = match pack {
            true => Body::Pack { when: when() },
            false => Body::Unpack { when: when() },
        };
        RecordDraft::new(body, named)
    }

    /// What is inside, said or not, true or not.
    fn contents(&mut self, subject: SubjectId) -> Option<Digest32> {
        match self.numbers.below(8) {
            0 => Some(Digest32::of_contents(&[subject].into())),
            1..=3 => Some(Digest32::of_contents(&self.model.world.contents(subject))),
            _ => None,
        }
    }

    fn offer(&mut self, of: MemberId) -> RecordDraft {
        let subject = self.subject_that(|model, s| {
            let thing = model.world.things.get(&s);
            thing.is_some_and(|thing| thing.holder == of.into() && thing.inside.is_none())
        });
        let known = self
            .model
            .world
            .things
            .get(&subject)
            .map(|t| t.last_custody);
        let cite = match known {
            Some(known) if !self.numbers.one_in(10) => known,
            _ => self.some_record(),
        };
        let until = [TimeMs(0), self.now.plus(2000), FOREVER, FOREVER, FOREVER];
        let body = Body::Offer {
            when: when(),
            to: self.some_member().into(),
            expires: *self.numbers.pick(&until).unwrap(),
            contents: self.contents(subject),
        };
        RecordDraft::new(body, vec![subject]).citing(vec![cite])
    }

    fn acceptance(&mut self, of: MemberId) -> RecordDraft {
        let any = self.numbers.one_in(4);
        let offers = self.model.world.offers.iter();
        let offers: Vec<_> = offers
            .filter(|(_, offer)| {
                any || (!offer.title && offer.to == of.into() && offer.fate == OfferFate::Open)
            })
            .map(|(at, offer)| (*at, offer.subject))
            .collect();
        let (cite, mut subject) = match self.numbers.pick(&offers) {
            Some(found) => *found,
            None => (self.some_record(), self.subject()),
        };
        if self.numbers.one_in(15) {
            subject = self.subject();
        }
        let contents = self.contents(subject);
        let mut left = Vec::new();
        if self.numbers.one_in(4) {
            let inside: Vec<_> = self.model.world.contents(subject).into_iter().collect();
            left.extend(self.numbers.pick(&inside).copied());
        }
        if self.numbers.one_in(20) {
            left.push(self.subject());
            left.dedup();
        }
        let body = Body::Accept {
            when: when(),
            condition: Condition::Good,
            contents,
            left,
        };
        let draft = RecordDraft::new(body, vec![subject]);
        if self.numbers.one_in(30) {
            draft
        } else {
            draft.citing(vec![cite])
        }
    }

    fn enrolment(&mut self, of: MemberId) -> RecordDraft {
        let spare = FIRST_SPARE + self.numbers.byte_below(KEYS - FIRST_SPARE);
        let device = if self.numbers.one_in(6) {
            worker(0)
        } else {
            spare
        };
        let role = [
            Role::Admin,
            Role::Courier,
            Role::Warehouse,
            Role::Shop,
            Role::Peer,
        ];
        let role = *self.numbers.pick(&role).unwrap();
        let until = if self.numbers.one_in(3) {
            self.now
        } else {
            FOREVER
        };
        let into = if self.numbers.one_in(4) {
            self.some_member()
        } else {
            of
        };
        let device = entry(device, role, until);
        let member = into;
        RecordDraft::new(Body::Enrol { member, device }, Vec::new())
    }

    /// A device of this member that was revoked.
    fn revoked_of(&self, of: MemberId) -> Option<u8> {
        (0..KEYS).find(|n| {
            let known = self.model.world.devices.get(&key_id(*n));
            known.is_some_and(|device| device.member == of && device.revoked.is_some())
        })
    }

    fn revocation(&mut self, of: MemberId) -> Option<RecordDraft> {
        // Most come to nothing: a network of revoked devices says little.
        let again = self.revoked_of(of);
        if again.is_none() && !self.numbers.one_in(3) {
            return None;
        }
        let theirs = (0..MEMBERS).find(|n| member(*n) == of);
        let again = again.filter(|_| self.numbers.one_in(2));
        let device = match theirs {
            _ if again.is_some() => again?,
            Some(n) if !self.numbers.one_in(3) => [admin(n), worker(n)][self.numbers.below(2)],
            _ => 1 + self.numbers.byte_below(KEYS - 1),
        };
        let feed = self.feeds.get(&device).cloned().unwrap_or_default();
        let last = match self.numbers.below(feed.len() + 1) {
            0 => None,
            n => Some((Seq(u64::try_from(n).unwrap() - 1), feed[n - 1])),
        };
        let body = Body::Revoke {
            device: key_id(device),
            last,
        };
        Some(RecordDraft::new(body, Vec::new()))
    }
}
