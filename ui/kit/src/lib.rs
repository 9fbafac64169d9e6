//! Components, design tokens and messages of both front ends.
//!
//! A component draws what it is given and reports what the person does; it knows no
//! sentence and calls no command. Wording comes from [`text!`], colours and measures from
//! the custom properties of `css/1-tokens.css`.
//!
//! ```
//! use chopmark_kit::{Language, Messages, SHARED, text};
//!
//! let messages = Messages::new(&SHARED, Language::SimplifiedChinese);
//! assert_eq!(&*text!(SHARED_KEYS, messages, "status-final"), "已确认");
//! ```

mod components;
mod messages;

pub use components::{
    Badge, Banner, Button, ButtonKind, Card, Choice, ChoiceGroup, ChoiceLayout, Dialog, Empty,
    Failed, Field, FieldKind, Icon, Lead, Loading, Mark, Moment, MomentTone, Progress, QrCode,
    Seal, SealSize, SignButton, SignWords, Status, Switch, Tab, TabBar, Timeline, Toast, Toasts,
    Tone, TopBar,
};
pub use messages::{
    APP, APP_KEYS, Catalogue, Language, Messages, Part, SHARED, SHARED_KEYS, VERIFY, VERIFY_KEYS,
    Value, knows,
};
