//! What the app's screens and the `client` crate say to each other: plain serialisable
//! types, no logic. Every call of the screens is a [`Command`]; whatever carries it (the
//! window's bridge or, in development, a loopback connection) sends [`Command::NAME`] with
//! the command as JSON and gets [`Command::Reply`] or a [`Failure`] back.
//!
//! Nothing here is wording: sentences are [`Line`]s, keys into the message files with
//! their arguments. Times are milliseconds since 1970 (UTC), ids lower-case hexadecimal.

mod activity;
mod assets;
mod command;
mod correct;
mod evidence;
mod handover;
mod home;
mod import;
mod label;
mod make;
mod making;
mod outbox;
mod paper;
mod party;
mod pickup;
mod recall;
mod sensed;
mod sign;
mod start;
mod subject;
mod words;

pub use activity::{
    Activities, ActivitiesView, ActivityView, AreaView, Counted, Deed, Findings, Form,
};
pub use assets::{AssetKind, AssetView, Assets, AssetsView};
pub use command::Command;
pub use correct::{Corrected, MOST_CORRECTIVES, Wrong};
pub use evidence::{
    EvidenceBegin, EvidenceChunk, EvidenceFinish, EvidenceView, Upload, UploadState,
};
pub use handover::{FrameFeed, FrameProgress, FrameShow, FrameStep, FramesView, Received};
pub use home::{
    Activity, Counts, HandoverCard, HoldCard, Home, HomeView, LinkState, Me, MemberView, Members,
    MembersView, Offered, PledgeCard, Term, Watch, Watched,
};
pub use import::{
    BadRow, ColumnsView, ImportBad, ImportBegin, ImportBegun, ImportChunk, ImportColumns,
    ImportKind, ImportRead, ImportSign, ImportStage, ImportStep, ImportStop, ImportView,
    TableMapping,
};
pub use label::{
    ForgetSecrets, Forgotten, LabelSheet, LabelView, Labels, QrView, SaveLabels, SavedLabels,
    SealState, UnderSealView,
};
pub use make::{Make, NewBatch, NewRun, NewThing};
pub use making::{Input, Loss, Making, NewGoods, Stock, UNITS, Way};
pub use outbox::{Outbox, OutboxItem, OutboxState, OutboxView, PeerView, SendNow, SendReport};
pub use paper::{OPEN_REASONS, PaperStanding, PaperView};
pub use party::Party;
pub use pickup::{MakePickupCode, PickupCodeView};
pub use recall::{AffectedView, HolderCount, Recall, RecallView, Towards};
pub use sensed::{SENSED, Sensed};
pub use sign::{
    Action, Condition, Discard, Measured, NewItems, Prepare, Sign, Signed, Summary, Verdict,
};
pub use start::{Join, Joined, Lock, Stage, Status, StatusView, Unlock};
pub use subject::{
    EventStatus, Found, JourneyStep, Lookup, NewestCheckpoint, Product, Products, ProductsView,
    Recent, RecentView, Subject, SubjectCard, SubjectKind, SubjectView,
};
pub use words::{Done, Failure, Line, Param};
