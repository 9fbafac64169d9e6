//! What is said of corrections: before one is signed, and where it is shown.

use crate::words::{Kind, Message};
use Kind::{Key, Text, Time};

pub(crate) const SIGN_CORRECT_DID_NOT_OCCUR: Message =
    Message::new("sign-correct-did-not-occur", &[("time", Time)]);
pub(crate) const SIGN_CORRECT_INCORRECT_DATA: Message =
    Message::new("sign-correct-incorrect-data", &[("time", Time)]);
pub(crate) const SIGN_CORRECT_RIGHT: Message =
    Message::new("sign-correct-right", &[("time", Time)]);
pub(crate) const SIGN_CORRECT_RECALL: Message = Message::new("sign-correct-recall", &[]);
pub(crate) const WARN_CORRECT: Message = Message::new("warn-correct", &[]);
pub(crate) const WARN_CORRECTED_BEFORE: Message = Message::new("warn-corrected-before", &[]);

// As a step of its own: what it is about, and what says that right.
pub(crate) const STEP_CORRECTED: Message = Message::new("step-corrected", &[("reason", Key)]);
pub(crate) const STEP_CORRECTED_WORD: Message =
    Message::new("step-corrected-word", &[("reason", Text)]);
pub(crate) const STEP_CORRECTS: Message = Message::new("step-corrects", &[("time", Time)]);
pub(crate) const STEP_CORRECTIVE: Message = Message::new("step-corrective", &[("time", Time)]);

// Beside the step that it is about.
pub(crate) const STEP_WAS_CORRECTED: Message =
    Message::new("step-was-corrected", &[("reason", Key)]);
pub(crate) const STEP_WAS_CORRECTED_WORD: Message =
    Message::new("step-was-corrected-word", &[("reason", Text)]);
