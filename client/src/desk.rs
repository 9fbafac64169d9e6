//! Everything that is in memory while the replica is open.

mod files;
mod import;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chopmark_core::{
    DeviceKey, EvidenceId, FrameCollector, Gathered, HpkeSecret, Opener, Position, RecordDraft,
    RecordRef, StateView as _, SubjectId, TimeMs, TzMinutes, UnsignedBlock, When, sign_as_asked,
};
use chopmark_replica::{Place, Replica, random_bytes};
use chopmark_view::{
    Action, ActivitiesView, AssetsView, Done, Failure, Found, FrameProgress, FramesView, HomeView,
    Joined, LabelSheet, MembersView, OutboxView, PickupCodeView, ProductsView, RecallView,
    RecentView, SendReport, Signed, SubjectView, Summary, Towards,
};

use crate::client::Clock;
use crate::draft::{self, Author, Draft};
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
    activities, assets, failure, frames, home, journey, known, learn, lookup, outbox, pickup,
    print, recall, runs, settle, words_of,
};

/// Drafts kept at a time: a screen shows one, and a person may go back to another.
const MOST_DRAFTS: usize = 16;
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

    /// One consistent look. Nothing changes while it lasts, so it must be short.
    fn look<T>(&self, act: impl FnOnce(&Look<'_>) -> Result<T, Trouble>) -> Result<T, Trouble> {
        let opener = locked(&self.opener).clone();
        self.replica.read(|ledger, pending| {
            act(&Look {
                view: pending,
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
            match self.look(|look| learn::learn(look, &self.hpke))? {
                learn::Progress::More => {}
                learn::Progress::NewKeys => {
                    let keys = Keys::load(self.replica.store())?;
                    *locked(&self.opener) = Arc::new(keys.opener(&self.replica.network()));
                }
                learn::Progress::UpToDate => break,
            }
        }
        self.look(settle::settle)?;
        self.stir.bump();
        Ok(())
    }

    fn holdings(&self, look: &Look<'_>) -> Arc<Holdings> {
        let version = self.stir.version();
        let mut kept = locked(&self.holdings);
        match &*kept {
            Some((at, holdings)) if *at == version => holdings.clone(),
            _ => {
                let holdings = Arc::new(Holdings::of(&self.me.member, look.view));
                *kept = Some((version, holdings.clone()));
                holdings
            }
        }
    }

    pub(crate) fn joined(&self) -> Result<Joined, Failure> {
        let joined = self.look(|look| {
            Ok(Joined {
                network: look.genesis.name().to_owned(),
                member: look.member_name(&self.me.member),
                role: words_of::role_key(self.me.role).to_owned(),
            })
        });
        joined.map_err(Failure::from)
    }

    pub(crate) fn home(&self) -> Result<HomeView, Trouble> {
        self.look(|look| {
            let around = home::Surroundings {
                link: self.link.state(look.firm.tip()),
                clock: self.link.clock_warning(look.firm.tip()),
                now_ms: self.clock.now_ms(),
            };
            home::home(look, &self.holdings(look), around)
        })
    }

    pub(crate) fn members(&self) -> Result<MembersView, Trouble> {
        self.look(|look| Ok(home::members(look)))
    }

    pub(crate) fn products(&self) -> Result<ProductsView, Trouble> {
        self.look(home::products)
    }

    pub(crate) fn recent(&self, limit: u32) -> Result<RecentView, Trouble> {
        self.look(|look| home::recent(look, &self.holdings(look), limit))
    }

    pub(crate) fn lookup(&self, text: &str) -> Result<Found, Trouble> {
        self.look(|look| lookup::lookup(look, text))
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

    pub(crate) fn recall(&self, subject: &str, towards: Towards) -> Result<RecallView, Trouble> {
        let unknown = || failure::UNKNOWN_SUBJECT.failure([]);
        let subject = subject.parse().map_err(|_| unknown())?;
        let traced = self.replica.trace(subject, recall::reach(towards));
        let traced = traced.ok_or_else(unknown)?;
        self.look(|look| recall::view(look, &traced))
    }

    pub(crate) fn activities(&self, subjects: &[String]) -> Result<ActivitiesView, Trouble> {
        let subjects: Vec<SubjectId> = subjects
            .iter()
            .map(|subject| subject.parse())
            .collect::<Result<_, _>>()
            .map_err(|_| failure::UNKNOWN_SUBJECT.failure([]))?;
        self.look(|look| activities::fitting(look, &subjects))
    }

    pub(crate) fn make_pickup_code(&self, subject: &str) -> Result<PickupCodeView, Trouble> {
        self.look(|look| pickup::make(look, subject))
    }

    pub(crate) fn assets(&self) -> Result<AssetsView, Trouble> {
        self.look(assets::assets)
    }

    pub(crate) fn labels(&self, subjects: &[String]) -> Result<LabelSheet, Trouble> {
        self.look(|look| print::labels(look, subjects))
    }

    pub(crate) fn outbox(&self) -> Result<OutboxView, Trouble> {
        let entries = self
            .replica
            .outbox()
            .map_err(|error| trouble::replica(&error))?;
        let view = self.look(|look| outbox::view(look, entries, self.link.peers()))?;
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

    pub(crate) fn prepare(&self, action: &Action) -> Result<Summary, Trouble> {
        let run = runs::made_for(action, &self.replica, &self.me.member)?;
        let draft = self.look(|look| {
            let mut draft = draft::prepare(&self.author(look), action, run.as_ref())?;
            self.places.locate(look, &mut draft)?;
            draft
                .warnings
                .extend(self.link.clock_warning(look.firm.tip()));
            Ok(draft)
        })?;
        let name = data_encoding::HEXLOWER.encode(&random_bytes::<16>()?);
        let summary = Summary {
            draft: name.clone(),
            lines: draft.lines.clone(),
            warnings: draft.warnings.clone(),
        };
        let mut drafts = locked(&self.drafts);
        while drafts.len() >= MOST_DRAFTS {
            drafts.pop_first();
        }
        drafts.insert(name, draft);
        Ok(summary)
    }

    pub(crate) fn discard(&self, name: &str) -> Result<Done, Trouble> {
        locked(&self.drafts)
            .remove(name)
            .ok_or_else(|| failure::UNKNOWN_DRAFT.failure([]))?;
        Ok(Done {})
    }

    /// Signs a draft. What it signed is on disk when this returns.
    pub(crate) fn sign(&self, name: &str) -> Result<Signed, Trouble> {
        let draft = locked(&self.drafts)
            .remove(name)
            .ok_or_else(|| failure::UNKNOWN_DRAFT.failure([]))?;
        let _one_at_a_time = locked(&self.signing);
        let place = self.replica.next_place(self.me.device);
        let built = self.look(|look| {
            let unsigned = self.build(look, place, &draft)?;
            let built = sign_as_asked(unsigned, &self.key, look.view);
            built.map_err(|error| not_built(&error))
        })?;
        let count = built.block.header().record_count();
        // Before the block: it may be handed in at once, and its files are wanted then.
        runs::announce(&self.replica, &draft.own_files)?;
        let block = self
            .replica
            .append_own(built.block, built.sections)
            .map_err(|error| not_appended(&error))?;
        self.remember(&draft)?;
        self.stir.bump();
        Ok(Signed {
            records: (0..count)
                .map(|index| RecordRef { block, index }.to_string())
                .collect(),
            subjects: draft.commissioned.iter().map(ToString::to_string).collect(),
        })
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

    fn build(
        &self,
        look: &Look<'_>,
        place: Place,
        draft: &Draft,
    ) -> Result<UnsignedBlock, Trouble> {
        if !draft.still_holds(look.view) {
            return Err(failure::DRAFT_OVERTAKEN.failure([]).into());
        }
        let records = draft.records.iter().cloned();
        let records: Vec<RecordDraft> = records
            .map(|record| record.telling_regulators(look.firm.policy()))
            .collect();
        UnsignedBlock::build(
            self.position(look, place),
            &records,
            // As of the checkpoint that the block is anchored at: a newer key may still lose.
            &look.firm.readers(),
            &random_bytes()?,
        )
        .map_err(|error| not_built(&error))
    }

    /// What a draft taught stays, now that it is signed.
    fn remember(&self, draft: &Draft) -> Result<(), Trouble> {
        if draft.codes.is_empty() {
            return Ok(());
        }
        let store = self.replica.store();
        let mut batch = store.batch()?;
        for (subject, known) in &draft.codes {
            known::remember(store, &mut batch, subject, known)?;
            if let (Some(gtin), Some(product)) = (known.code.gtin(), &known.product) {
                known::remember_product(&mut batch, gtin, product)?;
            }
        }
        Ok(batch.commit()?)
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
