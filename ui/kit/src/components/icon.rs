use yew::prelude::*;

/// What an icon shows. Always beside a word: an icon alone says nothing to a screen reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Add something.
    Add,
    /// Go back.
    Back,
    /// Take a photo.
    Camera,
    /// Done, final, in order.
    Check,
    /// Leads further.
    Chevron,
    /// Waits for something.
    Clock,
    /// Take away, close.
    Close,
    /// Show what is hidden.
    Eye,
    /// A file.
    File,
    /// Hand-over: two arrows.
    Handover,
    /// First screen.
    Home,
    /// Something to know.
    Info,
    /// Inspection.
    Inspect,
    /// One item.
    Item,
    /// Labels.
    Label,
    /// Locked, lock.
    Lock,
    /// No network.
    Offline,
    /// A link to the consortium.
    Online,
    /// The outbox.
    Outbox,
    /// A place.
    Place,
    /// Print.
    Print,
    /// Refused, failed.
    Refused,
    /// Try again.
    Retry,
    /// Save to a file.
    Save,
    /// Scan a code.
    Scan,
    /// Search, typed code.
    Search,
    /// Send now.
    Send,
    /// Settings.
    Settings,
    /// Torch.
    Torch,
    /// Undo the last.
    Undo,
    /// A case or pallet.
    Unit,
    /// Something to mind.
    Warning,
}

impl Mark {
    fn path(self) -> &'static str {
        match self {
            Self::Add => "M12 5v14M5 12h14",
            Self::Back => "M19 12H5M11 6l-6 6 6 6",
            Self::Camera => {
                "M4 8h3l2-3h6l2 3h3a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1zM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z"
            }
            Self::Check => "M5 12.5l4.5 4.5L19 7.5",
            Self::Chevron => "M9 6l6 6-6 6",
            Self::Clock => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2",
            Self::Close => "M6 6l12 12M18 6L6 18",
            Self::Eye => {
                "M2 12s3.8-6.5 10-6.5S22 12 22 12s-3.8 6.5-10 6.5S2 12 2 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z"
            }
            Self::File => "M7 3h7l5 5v12a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM14 3v5h5",
            Self::Handover => "M4 8h14M14 4l4 4-4 4M20 16H6M10 12l-4 4 4 4",
            Self::Home => "M4 11l8-7 8 7M6 9.5V20h12V9.5M10 20v-6h4v6",
            Self::Info => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5.5M12 7.5v.01",
            Self::Inspect => {
                "M9 4h6v3H9zM9 5.5H6a1 1 0 0 0-1 1V20a1 1 0 0 0 1 1h12a1 1 0 0 0 1-1V6.5a1 1 0 0 0-1-1h-3M8.5 14l2.5 2.5 4.5-5"
            }
            Self::Item => "M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9",
            Self::Label => {
                "M12.5 3H20a1 1 0 0 1 1 1v7.5L12 20.5a1.5 1.5 0 0 1-2 0L3.5 14a1.5 1.5 0 0 1 0-2zM16.5 7.5v.01"
            }
            Self::Lock => {
                "M6 11h12a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1zM8 11V8a4 4 0 0 1 8 0v3"
            }
            Self::Offline => {
                "M3 3l18 18M5 12.5a10 10 0 0 1 4-2.4M2 9a15 15 0 0 1 4.5-2.8M19 12.5a10 10 0 0 0-4.5-2.6M22 9a15 15 0 0 0-11-4M8.5 16a5 5 0 0 1 7 0M12 20v.01"
            }
            Self::Online => {
                "M5 12.5a10 10 0 0 1 14 0M2 9a15 15 0 0 1 20 0M8.5 16a5 5 0 0 1 7 0M12 20v.01"
            }
            Self::Outbox => {
                "M4 13v6a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-6h-5l-1.5 2.5h-3L9 13zM12 10V3M8.5 6L12 2.5 15.5 6"
            }
            Self::Place => {
                "M12 21s7-6.2 7-11.5a7 7 0 0 0-14 0C5 14.8 12 21 12 21zM12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z"
            }
            Self::Print => {
                "M7 9V3h10v6M7 17H4a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1h16a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-3M7 14h10v7H7z"
            }
            Self::Refused => "M8 3h8l5 5v8l-5 5H8l-5-5V8zM8.5 8.5l7 7M15.5 8.5l-7 7",
            Self::Retry => "M20 11a8 8 0 1 0-2.3 6.7M20 5v6h-6",
            Self::Save => "M12 3v12M7.5 10.5L12 15l4.5-4.5M4 19h16",
            Self::Scan => {
                "M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3M8 20H5a1 1 0 0 1-1-1v-3M4 12h16"
            }
            Self::Search => "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5",
            Self::Send => "M21 3L3 10.5l7 3.5 3.5 7zM21 3L10 14",
            Self::Settings => {
                "M4 7h9M17 7h3M4 17h3M11 17h9M15 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM9 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z"
            }
            Self::Torch => "M8 3h8v4l-2 3v11h-4V10L8 7zM8 7h8M12 13v2",
            Self::Undo => "M9 7L4 12l5 5M4 12h10a6 6 0 0 1 6 6",
            Self::Unit => "M3 8l2-4h14l2 4v11a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1zM3 8h18M9 12h6",
            Self::Warning => "M12 3.5L2.5 20h19zM12 10v4.5M12 17.2v.01",
        }
    }
}

/// Properties of [`Icon`].
#[derive(PartialEq, Properties)]
pub struct IconProps {
    /// What it shows.
    pub mark: Mark,
    /// Further classes.
    #[prop_or_default]
    pub class: Classes,
}

/// An icon as inline SVG, hidden from screen readers.
#[component]
pub fn Icon(props: &IconProps) -> Html {
    html! {
        <svg class={classes!("icon", props.class.clone())} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d={props.mark.path()} />
        </svg>
    }
}
