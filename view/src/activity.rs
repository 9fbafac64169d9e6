use serde::{Deserialize, Serialize};

use crate::{Command, Measured};

/// What can be recorded about subjects now, by this device's role, by who holds them and by how
/// they stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activities {
    /// Subject ids, one or more: what fits all of them is answered.
    pub subjects: Vec<String>,
}

/// The answer to [`Activities`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivitiesView {
    /// Areas of work in the order in which goods meet them, each with what fits.
    pub areas: Vec<AreaView>,
    /// Whether other things can be made of the subjects.
    pub transforms: bool,
}

/// An area of work: raw material, one of the seven logistics subsystems, sale, ….
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AreaView {
    /// Its message key: `area-warehousing`, ….
    pub area: String,
    /// What can be recorded.
    pub activities: Vec<ActivityView>,
}

/// One thing that can be recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityView {
    /// Its name, to send back: `stored`, ….
    pub name: String,
    /// Its message key: `activity-stored`, ….
    pub key: String,
    /// What has to be filled in.
    pub form: Form,
}

/// What has to be filled in to record an activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// New items: what and how many.
    Make,
    /// Place and remark.
    Note,
    /// The same and, of batches, how much was counted.
    Count,
    /// The same, and what a sensor says.
    Read,
    /// The same and, of one thing, the number of its seal.
    Seal,
    /// The same, and nothing can be recorded afterwards.
    End,
    /// A verdict, with photos and measured values.
    Inspect,
    /// The container that it goes into.
    Pack,
    /// What comes out of the container.
    Unpack,
    /// To whom custody is offered.
    Offer,
    /// In what condition custody is taken.
    Accept,
    /// Why it is not taken.
    Decline,
    /// An authority's remark; the activity says why.
    Hold,
    /// An authority's remark.
    Clear,
    /// The code that the receiver tells.
    PickUp,
    /// To whom title is offered, and for what.
    OfferTitle,
    /// That title is taken.
    TakeTitle,
    /// Why it is not taken.
    DeclineTitle,
    /// The bank.
    Pledge,
    /// A bank's remark.
    Release,
    /// What is bound to it.
    Associate,
    /// What is taken off it.
    Dissociate,
}

/// A named activity that asks for place and remark, and for little else: noting, counting,
/// reading a sensor, sealing, ending, holding, clearing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    /// The activity's name.
    pub activity: String,
    /// Subject ids, one or more.
    pub subjects: Vec<String>,
    /// Where, as a GLN or free text.
    pub place: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// Photos of one subject: evidence ids, from `evidence-finish`.
    #[serde(default)]
    pub evidence: Vec<String>,
    /// Whether whoever holds the label may see the place, too.
    #[serde(default)]
    pub public: bool,
    /// What its form asks for beside that.
    #[serde(default)]
    pub findings: Findings,
}

/// What was counted or read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "found", rename_all = "kebab-case")]
pub enum Findings {
    /// The form asks for nothing.
    #[default]
    Nothing,
    /// How much there is of each batch among the subjects; other things are there or are not.
    Counted {
        /// One for each batch.
        batches: Vec<Counted>,
    },
    /// What a sensor said.
    Read {
        /// At least one: a word of [`SENSED`](crate::SENSED), digits, and the code of a unit.
        values: Vec<Measured>,
        /// When it was read, milliseconds since 1970 (UTC); none: now.
        at_ms: Option<u64>,
    },
    /// What stands on the seal.
    Sealed {
        /// Its number, as typed.
        number: String,
    },
}

/// How much of a batch was counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// Subject id.
    pub subject: String,
    /// How much, as typed: digits and perhaps a point.
    pub amount: String,
    /// The unit's code: that of the batch.
    pub unit: String,
}

impl Command for Activities {
    const NAME: &'static str = "activities";
    type Reply = ActivitiesView;
}
