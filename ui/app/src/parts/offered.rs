//! What the pages share that answer an offer.

use chopmark_kit::{Empty, Mark, Messages};
use chopmark_view::{HandoverCard, Home, HomeView, Offered, Term};
use yew::prelude::*;

use super::{SubjectSummary, shown};
use crate::hooks::{Remote, use_remote};
use crate::state::Route;
use crate::words::{say, time};

/// An offer that this device's member can answer, or why it is not here.
pub(crate) struct Found {
    pub(crate) card: Option<HandoverCard>,
    home: Remote<HomeView>,
    retry: Callback<()>,
}

/// Finds an offer in the lists. It is asked for itself: what was just scanned is not in the app's
/// state yet. Once the answer is signed the offer leaves the list, while the page is still about it.
#[hook]
pub(crate) fn use_offer(offer: &str) -> Found {
    let (home, retry) = use_remote(Home {});
    let known = use_mut_ref(|| None::<HandoverCard>);
    if let Some(home) = &home.value {
        let mut lists = [&home.incoming, &home.outgoing, &home.title_incoming]
            .into_iter()
            .flatten();
        if let Some(card) = lists.find(|card| card.offer == offer) {
            *known.borrow_mut() = Some(card.clone());
        }
    }
    let card = known.borrow().clone();
    Found { card, home, retry }
}

impl Found {
    /// What stands in place of the form while there is no offer.
    pub(crate) fn missing(&self, m: &Messages) -> Html {
        shown(m, &self.home, &self.retry, |_| {
            html! {
                <Empty icon={Mark::Handover} title={say!(m, "accept-gone")} text={say!(m, "accept-gone-text")}>
                    <a class="button button-quiet" href={Route::Handovers.href()}>{say!(m, "all-handovers")}</a>
                </Empty>
            }
        })
    }
}

/// What is offered, by whom, and until when: the head of every answer.
pub(crate) fn offer_head(m: &Messages, card: &HandoverCard) -> Html {
    html! {
        <>
            <SubjectSummary card={card.subject.clone()} />
            <p>
                {say!(m, "handover-from", member = &card.from)}
                <br />
                <span class="soft small">{term(m, card)}</span>
            </p>
        </>
    }
}

/// How an offer's time stands, with the next step when it is over.
pub(crate) fn term(m: &Messages, card: &HandoverCard) -> AttrValue {
    let ended = time(m, card.expires_ms);
    match (card.term, card.ours) {
        (Term::Open, _) => say!(m, "holds-until", time = ended.as_str()),
        (Term::Grace { until_ms }, _) => {
            let until = time(m, until_ms);
            say!(
                m,
                "term-grace",
                time = ended.as_str(),
                until = until.as_str()
            )
        }
        (Term::Over, true) => say!(m, "term-over-ours", time = ended.as_str()),
        (Term::Over, false) => say!(m, "term-over-theirs", time = ended.as_str()),
    }
}

/// Where what is over is offered once more.
pub(crate) fn again(card: &HandoverCard) -> Route {
    let subject = card.subject.subject.clone();
    match (card.ours, card.of) {
        (false, _) => Route::Subject(subject),
        (true, Offered::Custody) => Route::Offer(subject),
        (true, Offered::Title) => Route::OfferTitle(subject),
    }
}
