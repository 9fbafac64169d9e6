//! The components, one family a file.

mod banner;
mod button;
mod card;
mod choice;
mod dialog;
mod field;
mod frame;
mod icon;
mod progress;
mod qr;
mod seal;
mod sign;
mod state;
mod status;
mod timeline;

pub use banner::{Banner, Toast, Toasts};
pub use button::{Button, ButtonKind};
pub use card::{Card, Lead};
pub use choice::{Choice, ChoiceGroup, ChoiceLayout, Switch};
pub use dialog::Dialog;
pub use field::{Field, FieldKind};
pub use frame::{Badge, Tab, TabBar, TopBar};
pub use icon::{Icon, Mark};
pub use progress::Progress;
pub use qr::QrCode;
pub use seal::{Seal, SealSize};
pub use sign::{SignButton, SignWords};
pub use state::{Empty, Failed, Loading};
pub use status::{Status, Tone};
pub use timeline::{Moment, MomentTone, Timeline};
