use chopmark_kit::{Language, Tone};
use chopmark_view::{Failure, HomeView, Stage, StatusView, SubjectCard};
use std::rc::Rc;
use yew::{AttrValue, Reducible};

use super::Route;

/// How many short notices stand above the page at most; older ones go.
const NOTICES: usize = 3;

/// Colours: the system's choice or the person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    System,
    Light,
    Dark,
}

impl Theme {
    pub(crate) const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// Its name in storage and in the attribute `data-theme`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub(crate) fn by_name(name: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|theme| theme.name() == name)
            .unwrap_or(Self::System)
    }
}

/// What the person set for this device's screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) language: Language,
    pub(crate) theme: Theme,
}

/// Something short that just happened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Notice {
    pub(crate) id: u64,
    pub(crate) tone: Tone,
    pub(crate) text: AttrValue,
}

/// What every page may need.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct State {
    pub(crate) settings: Settings,
    pub(crate) route: Route,
    /// How far this device is; none until the client said so.
    pub(crate) status: Option<StatusView>,
    /// Rises whenever anything changed that a page may show.
    pub(crate) version: u64,
    /// The first page's data, which the bars above every page use too.
    pub(crate) home: Option<Rc<HomeView>>,
    /// Why the client does not answer, while it does not.
    pub(crate) trouble: Option<Failure>,
    pub(crate) notices: Vec<Notice>,
    /// What was scanned into the list, in order, each thing once.
    pub(crate) gathered: Vec<SubjectCard>,
    next_notice: u64,
}

/// What happened.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// The address changed.
    Went(Route),
    /// The client said how far this device is.
    Status(StatusView),
    /// Something changed in the replica.
    Version(u64),
    /// The first page's data came.
    Home(Rc<HomeView>),
    /// The client did not answer.
    Trouble(Failure),
    /// The person chose a language.
    Language(Language),
    /// The person chose colours.
    Theme(Theme),
    /// Something to tell.
    Tell(Tone, AttrValue),
    /// A thing was scanned into the list.
    Gathered(SubjectCard),
    /// The last one that was scanned goes out again.
    GatheringUndone,
    /// The list was signed about, or emptied.
    GatheringEnded,
    /// The person closed a notice.
    Closed(u64),
}

impl State {
    pub(crate) fn new(settings: Settings, route: Route) -> Self {
        Self {
            settings,
            route,
            status: None,
            version: 0,
            home: None,
            trouble: None,
            notices: Vec::new(),
            gathered: Vec::new(),
            next_notice: 0,
        }
    }

    /// What a form is about: one subject or, without one, everything in the scanned list.
    pub(crate) fn about(&self, subject: Option<&String>) -> Vec<String> {
        match subject {
            Some(subject) => vec![subject.clone()],
            None => self
                .gathered
                .iter()
                .map(|card| card.subject.clone())
                .collect(),
        }
    }

    /// The state after an event.
    pub(crate) fn after(mut self, event: Event) -> Self {
        match event {
            Event::Went(route) => self.route = route,
            Event::Status(status) => {
                // Nothing of the replica stays on the screen of a locked device.
                if status.stage != Stage::Open {
                    self.home = None;
                    self.gathered.clear();
                    self.version = 0;
                }
                self.status = Some(status);
                self.trouble = None;
            }
            Event::Version(version) => {
                self.version = version;
                self.trouble = None;
            }
            Event::Home(home) => self.home = Some(home),
            Event::Trouble(failure) => self.trouble = Some(failure),
            Event::Language(language) => self.settings.language = language,
            Event::Theme(theme) => self.settings.theme = theme,
            Event::Tell(tone, text) => self.tell(tone, text),
            Event::Gathered(card) => self.gather(card),
            Event::GatheringUndone => {
                self.gathered.pop();
            }
            Event::GatheringEnded => self.gathered.clear(),
            Event::Closed(id) => self.notices.retain(|notice| notice.id != id),
        }
        self
    }

    /// Whether the replica is unlocked.
    pub(crate) fn is_open(&self) -> bool {
        self.status
            .as_ref()
            .is_some_and(|status| status.stage == Stage::Open)
    }

    /// A second read of the same thing is the same thing, as it stands now.
    fn gather(&mut self, card: SubjectCard) {
        let known = self
            .gathered
            .iter_mut()
            .find(|known| known.subject == card.subject);
        match known {
            Some(known) => *known = card,
            None => self.gathered.push(card),
        }
    }

    fn tell(&mut self, tone: Tone, text: AttrValue) {
        // The same thing said twice is one notice.
        self.notices.retain(|notice| notice.text != text);
        self.notices.push(Notice {
            id: self.next_notice,
            tone,
            text,
        });
        self.next_notice += 1;
        let excess = self.notices.len().saturating_sub(NOTICES);
        self.notices.drain(..excess);
    }
}

impl Reducible for State {
    type Action = Event;

    fn reduce(self: Rc<Self>, event: Event) -> Rc<Self> {
        Rc::new((*self).clone().after(event))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chopmark_view::{Counts, LinkState, Me};
    use std::collections::BTreeMap;

    fn fresh() -> State {
        State::new(
            Settings {
                language: Language::English,
                theme: Theme::System,
            },
            Route::Home,
        )
    }

    fn home() -> Rc<HomeView> {
        let me = Me {
            network: "Trial".into(),
            member_id: "aa".into(),
            member: "Pearl Ceramics".into(),
            device: "QC 1".into(),
            role: "role-qc".into(),
        };
        Rc::new(HomeView {
            me,
            link: LinkState::Connecting,
            counts: Counts::default(),
            incoming: Vec::new(),
            outgoing: Vec::new(),
            lapsed: Vec::new(),
            title_incoming: Vec::new(),
            title_outgoing: Vec::new(),
            pledges: Vec::new(),
            to_inspect: Vec::new(),
            holds: Vec::new(),
            activity: Vec::new(),
            warnings: Vec::new(),
        })
    }

    #[test]
    fn locking_clears_the_screen() {
        let open = StatusView {
            stage: Stage::Open,
            version: "1".into(),
        };
        let state = fresh()
            .after(Event::Status(open))
            .after(Event::Version(7))
            .after(Event::Home(home()));
        assert!(state.is_open() && state.home.is_some());
        let locked = StatusView {
            stage: Stage::Locked {
                wait_ms: 0,
                network: "Trial".into(),
            },
            version: "1".into(),
        };
        let state = state.after(Event::Status(locked));
        assert!(!state.is_open());
        assert_eq!((state.home, state.version), (None, 0));
    }

    #[test]
    fn trouble_ends_when_the_client_answers() {
        let failure = Failure {
            code: "app-silent".into(),
            params: BTreeMap::new(),
        };
        let state = fresh().after(Event::Trouble(failure.clone()));
        assert_eq!(state.trouble, Some(failure));
        assert_eq!(state.after(Event::Version(1)).trouble, None);
    }

    #[test]
    fn notices_are_few_and_not_repeated() {
        let mut state = fresh();
        for text in ["a", "b", "b", "c", "d"] {
            state = state.after(Event::Tell(Tone::Good, text.into()));
        }
        let shown: Vec<&str> = state
            .notices
            .iter()
            .map(|notice| notice.text.as_str())
            .collect();
        assert_eq!(shown, ["b", "c", "d"]);
        let id = state.notices[1].id;
        assert_eq!(state.after(Event::Closed(id)).notices.len(), 2);
    }
}
