use chopmark_kit::{Card, Empty, Lead, Mark, Messages};
use chopmark_view::{Activities as ActivitiesCommand, ActivityView, Form};
use yew::prelude::*;

use crate::hooks::{use_app, use_messages, use_remote};
use crate::parts::{Target, shown};
use crate::state::{Asks, Route};
use crate::words::{key, say};

/// Properties of [`Activities`].
#[derive(PartialEq, Properties)]
pub(crate) struct ActivitiesProps {
    /// One subject; none: everything in the scanned list.
    pub(crate) subject: Option<String>,
}

/// The action sheet: what can be recorded now, by area of work.
#[component]
pub(crate) fn Activities(props: &ActivitiesProps) -> Html {
    let m = use_messages();
    let app = use_app();
    let subjects = app.about(props.subject.as_ref());
    let (remote, retry) = use_remote(ActivitiesCommand { subjects });
    html! {
        <>
            <Target subject={props.subject.clone()} />
            {shown(&m, &remote, &retry, |view| {
                // An area whose activities are all at the offer has no row here.
                let cards: Vec<Html> = view.areas.iter()
                    .filter_map(|area| {
                        let rows: Vec<Html> = area.activities.iter().filter_map(|activity| row(&m, activity, props.subject.as_deref())).collect();
                        (!rows.is_empty()).then(|| html! {
                            <Card key={area.area.clone()} title={key(&m, &area.area)} flush={true}><ul>{for rows}</ul></Card>
                        })
                    })
                    .collect();
                let transforms = view.transforms.then(|| html! {
                    <Card key="transform" flush={true}><ul><li><Lead href={Route::Transform(props.subject.clone()).href()} icon={Mark::Unit} title={say!(m, "transform-of-it")} /></li></ul></Card>
                });
                if cards.is_empty() && transforms.is_none() {
                    return html! { <Empty icon={Mark::Info} title={say!(m, "activities-none")} text={say!(m, "activities-none-text")} /> };
                }
                html! { <div class="sheet-of-areas">{for transforms}{for cards}</div> }
            })}
        </>
    }
}

fn row(m: &Messages, activity: &ActivityView, subject: Option<&str>) -> Option<Html> {
    let route = form_of(activity, subject)?;
    Some(
        html! { <li><Lead href={route.href()} icon={mark(activity.form)} title={key(m, &activity.key)} /></li> },
    )
}

/// The page on which an activity is filled in. What has to do with an offer stands at the
/// offer, not here.
fn form_of(activity: &ActivityView, subject: Option<&str>) -> Option<Route> {
    let subject = subject.map(str::to_owned);
    Some(match activity.form {
        Form::Note | Form::End | Form::Hold | Form::Clear => deed(activity, Asks::Nothing, subject),
        Form::Count => deed(activity, Asks::Counts, subject),
        Form::Read => deed(activity, Asks::Readings, subject),
        Form::Seal => deed(activity, Asks::Seal, subject),
        Form::Pack => Route::Pack(subject),
        Form::Unpack => Route::Unpack(subject?),
        Form::Inspect => Route::Inspect(subject?),
        Form::Offer => Route::Offer(subject?),
        Form::OfferTitle => Route::OfferTitle(subject?),
        Form::Pledge => Route::Pledge(subject),
        Form::Release => Route::Release(subject),
        Form::Associate => Route::Bind(subject?),
        Form::Dissociate => Route::Unbind(subject?),
        Form::Make
        | Form::Accept
        | Form::Decline
        | Form::PickUp
        | Form::TakeTitle
        | Form::DeclineTitle => return None,
    })
}

fn deed(activity: &ActivityView, asks: Asks, subject: Option<String>) -> Route {
    Route::Deed {
        activity: activity.name.clone(),
        asks,
        subject,
    }
}

fn mark(form: Form) -> Mark {
    match form {
        Form::Make => Mark::Add,
        Form::Note => Mark::Place,
        Form::Count | Form::Read => Mark::Inspect,
        Form::End => Mark::Refused,
        Form::Inspect => Mark::Inspect,
        Form::Pack | Form::Unpack => Mark::Unit,
        Form::Offer | Form::Accept | Form::Decline | Form::PickUp => Mark::Handover,
        Form::OfferTitle | Form::TakeTitle | Form::DeclineTitle => Mark::File,
        Form::Hold | Form::Pledge | Form::Seal => Mark::Lock,
        Form::Clear | Form::Release => Mark::Check,
        Form::Associate | Form::Dissociate => Mark::Label,
    }
}
