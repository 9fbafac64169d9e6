/// A page, as the part of the address after `#`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// The first page, by role.
    Home,
    /// Scan anything.
    Scan,
    /// Scan the moving codes of a hand-over.
    Receive,
    /// One subject and its journey.
    Subject(String),
    /// Make new items.
    Commission,
    /// Tools, vehicles, containers and places.
    Assets,
    /// Bring in a file with events.
    Import,
    /// Labels of these subjects.
    Labels(Vec<String>),
    /// Hand a subject over.
    Offer(String),
    /// Take over what this offer, `BLOCK/INDEX`, is about.
    Accept(String),
    /// Show the moving codes of this record, `BLOCK/INDEX`.
    Frames(String),
    /// Inspect a subject.
    Inspect(String),
    /// Scan one thing after the other into a list.
    Gather,
    /// What can be recorded about a subject or, without one, about the scanned list.
    Activities(Option<String>),
    /// Record a named activity of a subject or, without one, of the scanned list.
    Deed {
        activity: String,
        asks: Asks,
        subject: Option<String>,
    },
    /// Do not take over what this offer, `BLOCK/INDEX`, is about.
    Decline(String),
    /// Become the owner by this offer of title, `BLOCK/INDEX`.
    TakeTitle(String),
    /// Do not become the owner by it.
    DeclineTitle(String),
    /// Offer title of a subject.
    OfferTitle(String),
    /// Pledge a subject or, without one, the scanned list.
    Pledge(Option<String>),
    /// Release pledges on a subject or, without one, on the scanned list.
    Release(Option<String>),
    /// Hand a subject over to whoever tells a pick-up code.
    OfferCode(String),
    /// Hand out by this offer, `BLOCK/INDEX`, to whoever tells the code.
    PickUp(String),
    /// Bind something to a subject.
    Bind(String),
    /// Take something off a subject.
    Unbind(String),
    /// Pack a subject or, without one, the scanned list.
    Pack(Option<String>),
    /// Make things of a subject or, without one, of the scanned list.
    Transform(Option<String>),
    /// Take things out of this container.
    Unpack(String),
    /// What came of a subject, and who has it.
    Recall(String),
    /// What a subject came of.
    Origins(String),
    /// Do something about a section, `BLOCK/INDEX/SECTION`, that only some readers open.
    Paper {
        act: PaperAct,
        section: String,
        subject: String,
    },
    /// Correct a record, `BLOCK/INDEX`, that this member wrote about a subject.
    Correct { record: String, subject: String },
    /// All hand-overs.
    Handovers,
    /// What is signed and not final.
    Outbox,
    /// Language, theme, lock.
    Settings,
}

/// What the form of a named activity asks for beside place and remark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asks {
    /// Nothing.
    Nothing,
    /// How much there is of each batch.
    Counts,
    /// What a sensor says.
    Readings,
    /// What stands on a seal.
    Seal,
}

impl Asks {
    const ALL: [Self; 4] = [Self::Nothing, Self::Counts, Self::Readings, Self::Seal];

    /// Its page in an address.
    const fn page(self) -> &'static str {
        match self {
            Self::Nothing => "deed",
            Self::Counts => "count",
            Self::Readings => "reading",
            Self::Seal => "seal",
        }
    }
}

/// What can be done about a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PaperAct {
    /// An authority opens it.
    Open,
    /// An authority says that it cannot be read.
    Unreadable,
    /// A party opens it to another member.
    Grant,
}

impl PaperAct {
    const ALL: [Self; 3] = [Self::Open, Self::Unreadable, Self::Grant];

    /// Its page in an address.
    const fn page(self) -> &'static str {
        match self {
            Self::Open => "open-paper",
            Self::Unreadable => "unreadable-paper",
            Self::Grant => "grant-paper",
        }
    }
}

impl Route {
    /// The page of an address; the first page for what is none.
    pub(crate) fn parse(hash: &str) -> Self {
        let path = hash.trim_start_matches('#').trim_start_matches('/');
        let (page, rest_of) = path.split_once('/').unwrap_or((path, ""));
        let rest = || rest_of.to_owned();
        let optional = || Some(rest()).filter(|rest| !rest.is_empty());
        match page {
            "scan" => Self::Scan,
            "receive" => Self::Receive,
            "subject" => Self::Subject(rest()),
            "commission" => Self::Commission,
            "assets" => Self::Assets,
            "import" => Self::Import,
            "labels" => Self::Labels(
                rest()
                    .split(',')
                    .filter(|id| !id.is_empty())
                    .map(str::to_owned)
                    .collect(),
            ),
            "offer" => Self::Offer(rest()),
            "accept" => Self::Accept(rest()),
            "frames" => Self::Frames(rest()),
            "inspect" => Self::Inspect(rest()),
            "gather" => Self::Gather,
            "activities" => Self::Activities(optional()),
            "decline" => Self::Decline(rest()),
            "take-title" => Self::TakeTitle(rest()),
            "decline-title" => Self::DeclineTitle(rest()),
            "offer-title" => Self::OfferTitle(rest()),
            "pledge" => Self::Pledge(optional()),
            "release" => Self::Release(optional()),
            "offer-code" => Self::OfferCode(rest()),
            "pick-up" => Self::PickUp(rest()),
            "bind" => Self::Bind(rest()),
            "unbind" => Self::Unbind(rest()),
            "pack" => Self::Pack(optional()),
            "transform" => Self::Transform(optional()),
            "unpack" => Self::Unpack(rest()),
            "recall" => Self::Recall(rest()),
            "origins" => Self::Origins(rest()),
            "correct" => rest_of
                .rsplit_once('/')
                .map_or(Self::Home, |(record, subject)| Self::Correct {
                    record: record.to_owned(),
                    subject: subject.to_owned(),
                }),
            "hand-overs" => Self::Handovers,
            "outbox" => Self::Outbox,
            "settings" => Self::Settings,
            page => {
                if let Some(asks) = Asks::ALL.into_iter().find(|asks| asks.page() == page) {
                    let (activity, subject) = rest_of.split_once('/').unwrap_or((rest_of, ""));
                    return Self::Deed {
                        activity: activity.to_owned(),
                        asks,
                        subject: Some(subject.to_owned()).filter(|subject| !subject.is_empty()),
                    };
                }
                let act = PaperAct::ALL.into_iter().find(|act| act.page() == page);
                let about = act.zip(rest_of.rsplit_once('/'));
                about.map_or(Self::Home, |(act, (section, subject))| Self::Paper {
                    act,
                    section: section.to_owned(),
                    subject: subject.to_owned(),
                })
            }
        }
    }

    /// The address of a page.
    pub(crate) fn href(&self) -> String {
        match self {
            Self::Home => "#/".to_owned(),
            Self::Scan => "#/scan".to_owned(),
            Self::Receive => "#/receive".to_owned(),
            Self::Subject(id) => format!("#/subject/{id}"),
            Self::Commission => "#/commission".to_owned(),
            Self::Assets => "#/assets".to_owned(),
            Self::Import => "#/import".to_owned(),
            Self::Labels(ids) => format!("#/labels/{}", ids.join(",")),
            Self::Offer(id) => format!("#/offer/{id}"),
            Self::Accept(offer) => format!("#/accept/{offer}"),
            Self::Frames(record) => format!("#/frames/{record}"),
            Self::Inspect(id) => format!("#/inspect/{id}"),
            Self::Gather => "#/gather".to_owned(),
            Self::Activities(id) => with_optional("#/activities", id.as_deref()),
            Self::Deed {
                activity,
                asks,
                subject,
            } => with_optional(&format!("#/{}/{activity}", asks.page()), subject.as_deref()),
            Self::Decline(offer) => format!("#/decline/{offer}"),
            Self::TakeTitle(offer) => format!("#/take-title/{offer}"),
            Self::DeclineTitle(offer) => format!("#/decline-title/{offer}"),
            Self::OfferTitle(id) => format!("#/offer-title/{id}"),
            Self::Pledge(id) => with_optional("#/pledge", id.as_deref()),
            Self::Release(id) => with_optional("#/release", id.as_deref()),
            Self::OfferCode(id) => format!("#/offer-code/{id}"),
            Self::PickUp(offer) => format!("#/pick-up/{offer}"),
            Self::Bind(id) => format!("#/bind/{id}"),
            Self::Unbind(id) => format!("#/unbind/{id}"),
            Self::Pack(id) => with_optional("#/pack", id.as_deref()),
            Self::Transform(id) => with_optional("#/transform", id.as_deref()),
            Self::Unpack(id) => format!("#/unpack/{id}"),
            Self::Recall(id) => format!("#/recall/{id}"),
            Self::Origins(id) => format!("#/origins/{id}"),
            Self::Paper {
                act,
                section,
                subject,
            } => format!("#/{}/{section}/{subject}", act.page()),
            Self::Correct { record, subject } => format!("#/correct/{record}/{subject}"),
            Self::Handovers => "#/hand-overs".to_owned(),
            Self::Outbox => "#/outbox".to_owned(),
            Self::Settings => "#/settings".to_owned(),
        }
    }

    /// Where the arrow at the top leads: the page above in the order of the tabs.
    pub(crate) fn up(&self) -> Option<Self> {
        match self {
            Self::Home | Self::Scan | Self::Handovers | Self::Settings => None,
            Self::Subject(_)
            | Self::Commission
            | Self::Assets
            | Self::Import
            | Self::Labels(_)
            | Self::Outbox => Some(Self::Home),
            Self::Gather => Some(Self::Scan),
            Self::Receive
            | Self::Accept(_)
            | Self::Decline(_)
            | Self::TakeTitle(_)
            | Self::DeclineTitle(_)
            | Self::PickUp(_)
            | Self::Frames(_) => Some(Self::Handovers),
            Self::Offer(id)
            | Self::OfferCode(id)
            | Self::OfferTitle(id)
            | Self::Bind(id)
            | Self::Unbind(id)
            | Self::Inspect(id)
            | Self::Unpack(id)
            | Self::Recall(id)
            | Self::Origins(id)
            | Self::Paper { subject: id, .. }
            | Self::Correct { subject: id, .. }
            | Self::Activities(Some(id)) => Some(Self::Subject(id.clone())),
            Self::Activities(None) => Some(Self::Gather),
            Self::Deed { subject, .. }
            | Self::Pack(subject)
            | Self::Transform(subject)
            | Self::Pledge(subject)
            | Self::Release(subject) => Some(Self::Activities(subject.clone())),
        }
    }

    /// The tab under which the page stands.
    pub(crate) fn root(&self) -> Self {
        match self.up() {
            Some(above) => above.root(),
            None => self.clone(),
        }
    }
}

/// An address with a last part that may be missing.
fn with_optional(page: &str, id: Option<&str>) -> String {
    match id {
        Some(id) => format!("{page}/{id}"),
        None => page.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_an_address() {
        let pages = [
            Route::Home,
            Route::Scan,
            Route::Receive,
            Route::Subject("ab".into()),
            Route::Commission,
            Route::Assets,
            Route::Import,
            Route::Labels(vec!["ab".into(), "cd".into()]),
            Route::Offer("ab".into()),
            Route::Accept("ab/0".into()),
            Route::Frames("ab/3".into()),
            Route::Inspect("ab".into()),
            Route::Gather,
            Route::Activities(None),
            Route::Paper {
                act: PaperAct::Open,
                section: "ab/0/1".into(),
                subject: "cd".into(),
            },
            Route::Paper {
                act: PaperAct::Grant,
                section: "ab/0/1".into(),
                subject: "cd".into(),
            },
            Route::Paper {
                act: PaperAct::Unreadable,
                section: "ab/0/1".into(),
                subject: "cd".into(),
            },
            Route::Activities(Some("ab".into())),
            Route::Deed {
                activity: "stored".into(),
                asks: Asks::Nothing,
                subject: None,
            },
            Route::Deed {
                activity: "counted".into(),
                asks: Asks::Counts,
                subject: None,
            },
            Route::Deed {
                activity: "sensor-read".into(),
                asks: Asks::Readings,
                subject: Some("ab".into()),
            },
            Route::Deed {
                activity: "closed".into(),
                asks: Asks::Seal,
                subject: Some("ab".into()),
            },
            Route::Decline("ab/0".into()),
            Route::TakeTitle("ab/0".into()),
            Route::DeclineTitle("ab/0".into()),
            Route::OfferTitle("ab".into()),
            Route::Pledge(None),
            Route::Pledge(Some("ab".into())),
            Route::Release(Some("ab".into())),
            Route::OfferCode("ab".into()),
            Route::PickUp("ab/0".into()),
            Route::Bind("ab".into()),
            Route::Unbind("ab".into()),
            Route::Pack(None),
            Route::Pack(Some("ab".into())),
            Route::Transform(None),
            Route::Transform(Some("ab".into())),
            Route::Unpack("ab".into()),
            Route::Recall("ab".into()),
            Route::Origins("ab".into()),
            Route::Correct {
                record: "ab/0".into(),
                subject: "cd".into(),
            },
            Route::Handovers,
            Route::Outbox,
            Route::Settings,
        ];
        for page in pages {
            assert_eq!(Route::parse(&page.href()), page);
        }
    }

    #[test]
    fn what_is_no_address_is_the_first_page() {
        for hash in ["", "#", "#/", "#/nowhere", "#//", "#/%00"] {
            assert_eq!(Route::parse(hash), Route::Home);
        }
    }
}
