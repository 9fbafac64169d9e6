//! What several pages draw.

mod cards;
mod correction;
mod evidence;
mod file_button;
mod frame;
mod how_much;
mod offered;
mod papers;
mod pick_list;
mod remote;
mod scan_box;
mod search;
mod sign_flow;
mod steps;
mod target;
mod tree;

pub(crate) use cards::{HandoverRow, ShowAll, Side, SubjectRow, SubjectSummary};
pub(crate) use correction::{MayCorrect, WasCorrected};
pub(crate) use evidence::Photo;
pub(crate) use file_button::FileButton;
pub(crate) use frame::{Bare, Frame};
pub(crate) use how_much::{FIRST_UNIT, HowMuch};
pub(crate) use offered::{again, offer_head, term, use_offer};
pub(crate) use papers::Papers;
pub(crate) use pick_list::PickList;
pub(crate) use remote::shown;
pub(crate) use scan_box::{Reads, ScanBox};
pub(crate) use search::Search;
pub(crate) use sign_flow::SignFlow;
pub(crate) use steps::{Step, sign, use_steps};
pub(crate) use target::Target;
pub(crate) use tree::tree;
