//! Everything that is in memory while the replica is open.

mod drafts;
mod files;
mod import;
mod told;
mod unused;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chopmark_core::{
    DeviceKey, EvidenceId, FrameCollector, Gathered, HpkeSecret, Opener, Position, StateView as _,
    SubjectId, TimeMs, TzMinutes, Undrawn, When,
};
use chopmark_replica::{Place, Replica};
use chopmark_view::{
    ActivitiesView, AssetsView, Failure, Forgotten, Found, FrameProgress, FramesView, HomeView,
    Joined, LabelSheet, Labels, MembersView, OutboxView, PickupCodeView, ProductsView, Recall,
    RecallView, RecentView, SendReport, SubjectView,
};

use crate::client::Clock;
use crate::draft::{Author, Draft};
use crate::evidence::{self, Piece, Uploads};
use crate::heights::Heights;
use crate::holdings::Holdings;
use crate::imports::Imports;
use crate::keys::Keys;
use crate::link::Link;
use crate::look::{Identity, Look};
use crate::places::Places;
use crate::stir::Stir;
use crate::trouble::{self, Trouble};
use crate::{
    activities, assets, failure, frames, home, journey, learn, lookup, outbox, pickup, print,
    recall, runs, settle, under_seals, undrawn, words_of,
};

/// Photos come by themselves when a journey is shown; a long video when it is asked for.
const FETCHED_UNASKED: u64 = 24 * 1024 * 1024;
/// Evidence that was shown and can be read without looking it up again.
const MOST_SHOWN: usize = 1_000;

pub(crate) struct Desk {
    replica: Replica,
    me: Identity,
    key: DeviceKey,
    /// What reader keys are sealed to.
    hpke: HpkeSecret,
    /// With every reader key that came so far.
    opener: Mutex<Arc<Opener>>,
    clock: Clock,
    stir: Stir,
    places: Arc<Places>,
    link: Arc<Link>,
    /// One signature at a time: each builds on the one before.
    signing: Mutex<()>,
    drafts: Mutex<BTreeMap<String, Draft>>,
    uploads: Mutex<Uploads>,
    reading: Mutex<evidence::Open>,
    shown: Mutex<BTreeMap<EvidenceId, Piece>>,
    frames: Mutex<FrameCollector>,
    holdings: Mutex<Option<(u64, Arc<Holdings>)>>,
    heights: Heights,
    imports: Mutex<Imports>,
    undrawn: undrawn::Kept,
}

/// What a desk finds around it, whichever replica is open.
pub(crate) struct Around {
    pub(crate) clock: Clock,
    pub(crate) stir: Stir,
    pub(crate) places: Arc<Places>,
}

impl Desk {
    /// Opens everything on an unlocked replica and starts to sync in the background.
    pub(crate) fn open(replica: Replica, around: Around) -> Result<Arc<Self>, Trouble> {
        let Around {
            clock,
            stir,
            places,
        } = around;
        let keys = Keys::load(replica.store())?;
        let me = Identity::load(replica.store())?;
        // Drafts are in memory, and so is what their files are for.
        if let Err(error) = runs::sweep(&replica) {
            tracing::warn!(%error, "what earlier drafts left behind stays for now");
        }
        let link = Arc::new(Link::start(&replica, &keys, clock, stir.clone())?);
        let desk = Arc::new(Self {
            opener: Mutex::new(Arc::new(keys.opener(&replica.network()))),
            key: keys.device,
            hpke: keys.hpke,
            replica,
            me,
            clock,
            stir,
            places,
            link,
            signing: Mutex::default(),
            drafts: Mutex::default(),
            uploads: Mutex::default(),
            reading: Mutex::default(),
            shown: Mutex::default(),
            frames: Mutex::new(FrameCollector::new()),
            holdings: Mutex::default(),
            heights: Heights::default(),
            imports: Mutex::default(),
            undrawn: undrawn::Kept::default(),
        });
        desk.link.follow(Arc::downgrade(&desk));
        Ok(desk)
    }

    pub(crate) fn link(&self) -> &Link {
        &self.link
    }

    /// Stops to sync, and saves the state, so that the next opening has nothing to replay. Without
    /// that everything is on disk as well: a failure costs time at the next opening.
    pub(crate) async fn close(&self) {
        self.link.stop().await;
        let replica = self.replica.clone();
        match tokio::task::spawn_blocking(move || replica.save()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the state could not be saved"),
            Err(error) => tracing::warn!(%error, "the state could not be saved"),
        }
    }

    /// One consistent look, with the things of runs that this device has the proof of. Nothing
    /// changes while it lasts, so it must be short.
    fn look<T>(&self, act: impl FnOnce(&Look<'_>) -> Result<T, Trouble>) -> Result<T, Trouble> {
        self.look_with(&*self.undrawn.all(self.replica.store())?, act)
    }

    /// The same at what was written alone, which costs nothing however much is kept.
    fn look_at_written<T>(
        &self,
        act: impl FnOnce(&Look<'_>) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        self.look_with(&BTreeMap::new(), act)
    }

    fn look_with<T>(
        &self,
        undrawn: &BTreeMap<SubjectId, Undrawn>,
        act: impl FnOnce(&Look<'_>) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        let opener = locked(&self.opener).clone();
        self.replica.read(|ledger, pending| {
            let drawn = undrawn::drawn(pending, undrawn);
            act(&Look {
                view: drawn.as_ref().unwrap_or(pending),
                written: pending,
                undrawn,
                firm: ledger.state(),
                store: self.replica.store(),
                vault: self.replica.vault(),
                genesis: self.replica.genesis(),
                me: &self.me,
                opener: &opener,
                heights: &self.heights,
            })
        })
    }

    /// Reads what arrived, and settles what was signed. Called after every change.
    pub(crate) fn catch_up(&self) -> Result<(), Trouble> {
        loop {
            match self.look_at_written(|look| learn::learn(look, &self.hpke))? {
                learn::Progress::More => {}
                learn::Progress::NewKeys => {
                    let keys = Keys::load(self.replica.store())?;
                    *locked(&self.opener) = Arc::new(keys.opener(&self.replica.network()));
                }
                learn::Progress::UpToDate => break,
            }
        }
        self.look_at_written(settle::settle)?;
        self.stir.bump();
        Ok(())
    }

    fn holdings(&self, look: &Look<'_>) -> Arc<Holdings> {
        let version = self.stir.version();
        let mut kept = locked(&self.holdings);
        match &*kept {
            Some((at, holdings)) if *at == version => holdings.clone(),
            _ => {
                let holdings = Arc::new(Holdings::of(&self.me.member, look.written));
                *kept = Some((version, holdings.clone()));
                holdings
            }
        }
    }

    pub(crate) fn joined(&self) -> Result<Joined, Failure> {
        let joined = self.look_at_written(|look| {
            Ok(Joined {
                network: look.genesis.name().to_owned(),
                member: look.member_name(&self.me.member),
                role: words_of::role_key(self.me.role).to_owned(),
            })
        });
        joined.map_err(Failure::from)
    }

    pub(crate) fn home(&self) -> Result<HomeView, Trouble> {
        self.look_at_written(|look| {
            let around = home::Surroundings {
                link: self.link.state(look.firm.tip()),
                clock: self.link.clock_warning(look.firm.tip()),
                now_ms: self.clock.now_ms(),
            };
            home::home(look, &self.holdings(look), around)
        })
    }

    pub(crate) fn members(&self) -> Result<MembersView, Trouble> {
        self.look_at_written(|look| Ok(home::members(look)))
    }

    pub(crate) fn products(&self) -> Result<ProductsView, Trouble> {
        self.look_at_written(home::products)
    }

    pub(crate) fn recent(&self, limit: u32) -> Result<RecentView, Trouble> {
        self.look_at_written(|look| home::recent(look, &self.holdings(look), limit))
    }

    pub(crate) fn lookup(&self, text: &str) -> Result<Found, Trouble> {
        self.look(|look| lookup::lookup(look, text))
    }

    /// Asks the maker whether a code that nothing is known of is one of a run, and keeps the proof;
    /// says whether it did. Without a connection there is nobody to ask.
    pub(crate) async fn ask_about(&self, text: &str) -> Result<bool, Trouble> {
        let Some((maker, code)) = self.look(|look| Ok(lookup::unwritten(look, text)))? else {
            return Ok(false);
        };
        let Some(undrawn) = self.link.item(maker, code.hash()).await else {
            return Ok(false);
        };
        let subject = code.subject(&self.replica.network(), &maker);
        let store = self.replica.store();
        self.look(|look| Ok(self.undrawn.keep(store, look.firm, (subject, undrawn))?))?;
        Ok(true)
    }

    pub(crate) fn subject(&self, subject: &str) -> Result<SubjectView, Trouble> {
        let subject = subject
            .parse()
            .map_err(|_| failure::UNKNOWN_SUBJECT.failure([]))?;
        let (view, pieces) = self.look(|look| journey::subject(look, &subject))?;
        let mut shown = locked(&self.shown);
        if shown.len() > MOST_SHOWN {
            shown.clear();
        }
        for piece in pieces
            .iter()
            .filter(|piece| piece.length <= FETCHED_UNASKED)
        {
            self.link.want(piece.id);
        }
        shown.extend(pieces.into_iter().map(|piece| (piece.id, piece)));
        Ok(view)
    }

    pub(crate) fn recall(&self, asked: &Recall) -> Result<RecallView, Trouble> {
        let unknown = || failure::UNKNOWN_SUBJECT.failure([]);
        let subject = asked.subject.parse().map_err(|_| unknown())?;
        // What was not drawn yet has the fate of its run.
        let undrawn = self.undrawn.all(self.replica.store())?;
        let run = undrawn.get(&subject).map(|undrawn| *undrawn.run());
        let trace = |subject| self.replica.trace(subject, recall::reach(asked.towards), 0);
        let traced = trace(subject).or_else(|| trace(run?));
        let traced = traced.ok_or_else(unknown)?;
        self.look(|look| recall::view(look, &traced, asked.from))
    }

    pub(crate) fn activities(&self, subjects: &[String]) -> Result<ActivitiesView, Trouble> {
        let subjects = words_of::parse_subjects(subjects)?;
        self.look(|look| activities::fitting(look, &subjects))
    }

    pub(crate) fn make_pickup_code(&self, subject: &str) -> Result<PickupCodeView, Trouble> {
        self.look(|look| pickup::make(look, subject))
    }

    pub(crate) fn assets(&self) -> Result<AssetsView, Trouble> {
        self.look(assets::assets)
    }

    pub(crate) fn labels(&self, labels: &Labels) -> Result<LabelSheet, Trouble> {
        self.look(|look| print::labels(look, labels))
    }

    pub(crate) fn forget_secrets(&self, subjects: &[String]) -> Result<Forgotten, Trouble> {
        let subjects = words_of::parse_subjects(subjects)?;
        let forgotten = under_seals::forget(self.replica.store(), &subjects)?;
        self.stir.bump();
        Ok(forgotten)
    }

    pub(crate) fn outbox(&self) -> Result<OutboxView, Trouble> {
        let entries = self
            .replica
            .outbox()
            .map_err(|error| trouble::replica(&error))?;
        let view = self.look_at_written(|look| outbox::view(look, entries, self.link.peers()))?;
        settle::saw_refused(self.replica.store(), self.clock.now_ms())?;
        Ok(view)
    }

    pub(crate) async fn send_now(&self) -> Result<SendReport, Failure> {
        let unsent = || {
            outbox::sizes(self.replica.store())
                .map_err(Failure::from)
                .map(|(unsent, _)| unsent)
        };
        let before = unsent()?;
        self.link.send_now().await;
        let after = unsent()?;
        self.stir.bump();
        Ok(SendReport {
            sent: before.saturating_sub(after),
            unsent: after,
        })
    }

    fn author<'a>(&'a self, look: &'a Look<'a>) -> Author<'a> {
        Author {
            look,
            view: look.view,
            firm: look.firm,
            store: look.store,
            genesis: look.genesis,
            opener: look.opener,
            member: self.me.member,
            device: self.me.device,
            role: self.me.role,
            when: When {
                time: TimeMs(self.clock.now_ms()),
                tz: local_offset(),
            },
        }
    }

    /// Where this device's next block stands.
    fn position(&self, look: &Look<'_>, place: Place) -> Position {
        Position {
            network: look.genesis.id(),
            member: self.me.member,
            device: self.me.device,
            seq: place.seq,
            prev: place.prev,
            anchor: place.anchor,
            clock: TimeMs(self.clock.now_ms()),
        }
    }

    pub(crate) fn frame_show(&self, record: &str) -> Result<FramesView, Trouble> {
        self.look(|look| frames::show(look, record))
    }

    pub(crate) fn frame_feed(&self, text: &str) -> Result<FrameProgress, Trouble> {
        let payload = {
            let mut collector = locked(&self.frames);
            match frames::collect(&mut collector, text)? {
                Gathered::Progress { have, total } => {
                    return Ok(FrameProgress::Partial {
                        have: u32::from(have),
                        total: u32::from(total),
                    });
                }
                Gathered::Complete(payload) => {
                    *collector = FrameCollector::new();
                    payload
                }
            }
        };
        let mut incoming = self.look(|look| Ok(frames::read(look, &payload)?))?;
        let (blocks, sections) = (
            std::mem::take(&mut incoming.blocks),
            std::mem::take(&mut incoming.sections),
        );
        let taken = self
            .replica
            .take_handover(blocks, sections)
            .map_err(|error| trouble::replica(&error))?;
        if let Some(refused) = taken.not_taken.first() {
            tracing::warn!(
                code = refused.code,
                detail = refused.detail,
                "a handed-over item was not taken"
            );
        }
        self.catch_up()?;
        let received = self.look(|look| frames::received(look, &incoming));
        match (received, taken.not_taken.first()) {
            (Ok(received), _) => Ok(FrameProgress::Complete(received)),
            // The hand-over itself is missing: what was wrong with its blocks says why.
            (Err(_), Some(refused)) => Err(outbox::wire(refused.code, &refused.detail, "").into()),
            (Err(error), None) => Err(error),
        }
    }
}

/// A panic while one of these was held leaves it whole: each change is a single step.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn local_offset() -> TzMinutes {
    let seconds = jiff::Zoned::now().offset().seconds();
    i16::try_from(seconds.div_euclid(60))
        .ok()
        .and_then(TzMinutes::new)
        .unwrap_or_default()
}

fn not_built(error: &chopmark_core::BuildError) -> Trouble {
    match error {
        chopmark_core::BuildError::TooLarge { .. } => failure::TOO_LARGE.failure([]).into(),
        chopmark_core::BuildError::NoRegulator { .. } => {
            failure::NO_REGULATOR_SECTION.failure([]).into()
        }
        other => trouble::internal(other.to_string()).into(),
    }
}

fn not_appended(error: &chopmark_replica::AppendError) -> Trouble {
    use chopmark_replica::AppendError;
    match error {
        AppendError::Block(error) => trouble::internal(error.to_string()).into(),
        AppendError::NotAdmitted(error) => {
            outbox::wire(error.code(), &error.to_string(), "").into()
        }
        AppendError::Replica(error) => trouble::replica(error),
        other => trouble::internal(other.to_string()).into(),
    }
}
