use chopmark_kit::{Icon, Mark};
use chopmark_view::{PaperStanding, PaperView};
use yew::prelude::*;

use crate::hooks::use_messages;
use crate::state::{PaperAct, Route};
use crate::words::say;

/// Properties of [`Papers`].
#[derive(PartialEq, Properties)]
pub(crate) struct PapersProps {
    pub(crate) papers: Vec<PaperView>,
    /// The subject whose page it is.
    pub(crate) subject: String,
}

/// What a step's record says to some readers only: that it is there, who opened it, that it is
/// gone, and what can be done about it.
#[component]
pub(crate) fn Papers(props: &PapersProps) -> Html {
    html! {
        <>{for props.papers.iter().map(|paper| html! {
            <Paper key={paper.section.clone()} paper={paper.clone()} subject={props.subject.clone()} />
        })}</>
    }
}

#[derive(PartialEq, Properties)]
struct PaperProps {
    paper: PaperView,
    subject: String,
}

#[component]
fn Paper(props: &PaperProps) -> Html {
    let m = use_messages();
    let paper = &props.paper;
    let act = |act: PaperAct, mark: Mark, label: AttrValue| {
        let to = Route::Paper {
            act,
            section: paper.section.clone(),
            subject: props.subject.clone(),
        };
        html! { <a class="button button-quiet" href={to.href()}><Icon {mark} />{label}</a> }
    };
    let (text, report) = match &paper.standing {
        PaperStanding::Readable => (None, false),
        PaperStanding::ForAuthorities => (Some(say!(m, "paper-for-authorities")), false),
        PaperStanding::Opened => (Some(say!(m, "paper-opened")), false),
        PaperStanding::Granted { by } => (Some(say!(m, "paper-granted", member = by)), false),
        PaperStanding::Purged { for_authorities } => {
            (Some(say!(m, "paper-purged")), *for_authorities)
        }
        PaperStanding::Awaited { for_authorities } => {
            (Some(say!(m, "paper-awaited")), *for_authorities)
        }
        PaperStanding::Damaged { for_authorities } => {
            (Some(say!(m, "paper-damaged")), *for_authorities)
        }
    };
    html! {
        <>
            if let Some(text) = text {
                <p class="soft small">{text}</p>
            }
            if paper.standing == PaperStanding::ForAuthorities {
                <p>{act(PaperAct::Open, Mark::Inspect, say!(m, "action-open-paper"))}</p>
            }
            if report {
                <p>{act(PaperAct::Unreadable, Mark::Warning, say!(m, "action-report-paper"))}</p>
            }
            if paper.may_grant {
                <p>{act(PaperAct::Grant, Mark::Send, say!(m, "action-grant-paper"))}</p>
            }
        </>
    }
}
