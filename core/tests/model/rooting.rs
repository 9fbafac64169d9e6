//! Members' root keys, as plainly as in `world`.

use std::collections::BTreeMap;

use chopmark_core::{
    Class, Digest32, GuardianChoice, MemberId, RecoveryRequest, RootChange, RootPublic,
    RootSignature, TimeMs, sign_objection,
};

use crate::network::{genesis, root_key, root_named, root_number};
use crate::world::{Line, Ruling, World, unless};

/// Fourteen days.
pub(crate) const DELAY_MS: u64 = 14 * 24 * 60 * 60 * 1000;

/// Root keys that a member has between two changes of the roster.
const CHANGES: usize = 4;

/// What a member's root keys are and may become.
#[derive(Clone, Debug)]
pub(crate) struct Roots {
    pub(crate) root: RootPublic,
    next: Digest32,
    pub(crate) guardians: Option<GuardianChoice>,
    /// Chosen since, and when.
    pub(crate) coming: Option<(GuardianChoice, TimeMs)>,
    /// How often some were chosen.
    chosen: u64,
    /// Who wants which keys.
    pub(crate) wishes: BTreeMap<MemberId, RecoveryRequest>,
    pub(crate) open: Option<(RecoveryRequest, TimeMs)>,
    pub(crate) objected: bool,
    /// Of keys that guardians gave, and whether a roster since names them.
    pub(crate) base: Option<Digest32>,
    pub(crate) vouched: bool,
    /// How many keys a proof shows since the newest change of the roster.
    pub(crate) shown: usize,
}

impl Roots {
    pub(crate) fn new(root: &RootPublic, next: Digest32) -> Self {
        Self {
            root: root.clone(),
            next,
            guardians: None,
            coming: None,
            chosen: 0,
            wishes: BTreeMap::new(),
            open: None,
            objected: false,
            base: None,
            vouched: true,
            shown: 0,
        }
    }

    fn wanting(&self, request: &RecoveryRequest, among: impl Fn(&MemberId) -> bool) -> usize {
        let same = |(of, wish): &(&MemberId, &RecoveryRequest)| {
            // The same keys, whichever of the member's earlier ones they were signed to replace.
            let (wish, wanted) = (wish.change(), request.change());
            among(of) && (wish.root(), wish.next()) == (wanted.root(), wanted.next())
        };
        self.wishes.iter().filter(same).count()
    }

    fn guards(&self, member: &MemberId) -> bool {
        let guardians = self.guardians.as_ref();
        guardians.is_some_and(|choice| choice.members.contains(member))
    }

    /// How many guardians that are members want it.
    fn guarded(&self, request: &RecoveryRequest, staying: &BTreeMap<MemberId, Class>) -> usize {
        self.wanting(request, |of| self.guards(of) && staying.contains_key(of))
    }

    fn enough(&self, request: &RecoveryRequest, staying: &BTreeMap<MemberId, Class>) -> bool {
        let needed = self.guardians.as_ref().map_or(1, |choice| choice.threshold);
        self.guarded(request, staying) >= usize::try_from(needed).unwrap()
    }

    pub(crate) fn next_number(&self) -> u64 {
        1 + self.chosen
    }
}

impl World {
    fn roots(&mut self, member: MemberId) -> &mut Roots {
        &mut self.members.get_mut(&member).unwrap().roots
    }

    fn admin(line: &Line<'_>) -> Ruling {
        unless(line.role == chopmark_core::Role::Admin, "not-admin")
    }

    pub(crate) fn rotate_root(&mut self, line: &Line<'_>, change: &RootChange) -> Ruling {
        Self::admin(line)?;
        let committed = change.root().next_digest() == self.roots(line.member).next;
        unless(committed, "not-the-next-root")?;
        unless(self.roots(line.member).open.is_none(), "recovery-open")?;
        let room = self.roots(line.member).shown < CHANGES;
        unless(room, "too-many-rotations")?;
        let key = root_key(root_number(change.root()));
        let right = RootChange::rotation(&genesis().id(), &line.member, &key, change.next());
        unless(*change == right, "bad-root-signature")?;
        let stays = self.stays(line.member).is_ok();
        let roots = self.roots(line.member);
        (roots.root, roots.next) = (change.root().clone(), change.next());
        roots.shown += usize::from(stays);
        roots.coming = None;
        self.roster.wishes.remove(&line.member);
        Ok(())
    }

    pub(crate) fn set_guardians(
        &mut self,
        line: &Line<'_>,
        choice: &GuardianChoice,
        signature: &RootSignature,
    ) -> Ruling {
        Self::admin(line)?;
        let roots = self.roots(line.member);
        unless(choice.number == roots.next_number(), "out-of-turn")?;
        unless(roots.open.is_none(), "recovery-open")?;
        for guardian in &choice.members {
            self.stays(*guardian)?;
            unless(*guardian != line.member, "own-guardian")?;
        }
        let roots = self.roots(line.member);
        let key = root_key(root_number(&roots.root));
        let right = choice.sign(&genesis().id(), &line.member, &key);
        unless(*signature == right, "bad-root-signature")?;
        roots.chosen += 1;
        match roots.guardians {
            None => roots.guardians = Some(choice.clone()),
            Some(_) => roots.coming = Some((choice.clone(), line.now)),
        }
        Ok(())
    }

    pub(crate) fn recover(&mut self, line: &Line<'_>, request: &RecoveryRequest) -> Ruling {
        Self::admin(line)?;
        let member = request.member();
        self.stays(line.member)?;
        self.stays(member)?;
        let staying = self.staying();
        let roots = self.roots(member);
        let may = roots.guards(&line.member) || (roots.objected && line.member != member);
        unless(may, "not-a-guardian")?;
        let asked = roots.guarded(request, &staying) > 0;
        let current = request.replaces() == roots.root.next_digest();
        unless(current || asked, "stale-root")?;
        let (change, network) = (request.change(), genesis().id());
        let key = root_key(root_number(change.root()));
        let lost = root_named(request.replaces());
        let right = RecoveryRequest::new(&network, member, lost, &key, change.next());
        unless(*request == right, "bad-root-signature")?;
        roots.wishes.insert(line.member, request.clone());
        let stands = roots
            .open
            .as_ref()
            .is_some_and(|(open, _)| roots.enough(open, &staying));
        if !stands {
            let opens = roots.enough(request, &staying);
            roots.open = opens.then(|| (request.clone(), line.now));
        }
        Ok(())
    }

    pub(crate) fn object(&mut self, line: &Line<'_>, signature: &RootSignature) -> Ruling {
        Self::admin(line)?;
        let roots = self.roots(line.member);
        unless(!roots.objected, "already-objected")?;
        let (open, _) = roots.open.as_ref().ok_or("no-recovery")?;
        let key = root_key(root_number(&roots.root));
        let right = sign_objection(&genesis().id(), &line.member, open.base(), &key);
        unless(*signature == right, "bad-root-signature")?;
        roots.objected = true;
        Ok(())
    }

    /// Members have the keys that are due.
    pub(crate) fn end_recoveries(&mut self, now: TimeMs) {
        let staying = self.staying();
        let quorum = usize::try_from(self.policy.policy_quorum).unwrap();
        let quorum = quorum.max(staying.len() / 2 + 1);
        for (member, firm) in &mut self.members {
            let roots = &mut firm.roots;
            let Some((request, since)) = roots.open.clone() else {
                continue;
            };
            if !roots.enough(&request, &staying) {
                roots.open = None;
                continue;
            }
            if now.0 < since.0 + DELAY_MS {
                continue;
            }
            let guardians = roots.guardians.iter().flat_map(|all| &all.members);
            let left = guardians.filter(|of| staying.contains_key(of)).count();
            let all = roots.guarded(&request, &staying) == left;
            let many = roots.wanting(&request, |of| staying.contains_key(of)) >= quorum;
            if roots.objected && !(all && many) {
                // Another fourteen days, and then it is over.
                if now.0 >= since.0 + 2 * DELAY_MS {
                    roots.wishes.clear();
                    (roots.open, roots.objected) = (None, false);
                }
                continue;
            }
            let change = request.change();
            let (choice, chosen) = (roots.guardians.take(), roots.chosen);
            *roots = Roots::new(change.root(), change.next());
            (roots.guardians, roots.chosen) = (choice, chosen);
            roots.base = Some(request.base());
            let stays = staying.contains_key(member);
            (roots.vouched, roots.shown) = (!stays, usize::from(stays));
            self.roster.wishes.remove(member);
        }
    }

    /// Chosen guardians whose day has come have the say, where no recovery is open.
    pub(crate) fn seat_guardians(&mut self, now: TimeMs) {
        for firm in self.members.values_mut() {
            let roots = &mut firm.roots;
            let Some((choice, since)) = roots.coming.clone() else {
                continue;
            };
            if roots.open.is_none() && now.0 >= since.0 + DELAY_MS {
                (roots.guardians, roots.coming) = (Some(choice), None);
                roots.wishes.clear();
            }
        }
    }
}
