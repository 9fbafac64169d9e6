use yew::prelude::*;

use super::{Icon, Mark};

/// Properties of [`Card`].
#[derive(PartialEq, Properties)]
pub struct CardProps {
    /// Its heading; also names the region for screen readers.
    #[prop_or_default]
    pub title: Option<AttrValue>,
    /// What stands right of the heading.
    #[prop_or_default]
    pub aside: Html,
    /// No padding: for lists of [`Lead`].
    #[prop_or_default]
    pub flush: bool,
    /// What it holds.
    pub children: Children,
}

/// A part of a page with a heading of its own.
#[component]
pub fn Card(props: &CardProps) -> Html {
    html! {
        <section class={classes!("card", props.flush.then_some("card-flush"))} aria-label={props.title.clone()}>
            if let Some(title) = &props.title {
                <div class="card-head">
                    <h2>{title.clone()}</h2>
                    {props.aside.clone()}
                </div>
            }
            {props.children.clone()}
        </section>
    }
}

/// Properties of [`Lead`].
#[derive(PartialEq, Properties)]
pub struct LeadProps {
    /// Where it leads: a link of this page.
    pub href: AttrValue,
    /// First line.
    pub title: AttrValue,
    /// Second line.
    #[prop_or_default]
    pub detail: Option<AttrValue>,
    /// What it is.
    #[prop_or_default]
    pub icon: Option<Mark>,
    /// Below the lines: a status for instance.
    #[prop_or_default]
    pub children: Children,
}

/// A row that leads to a page.
#[component]
pub fn Lead(props: &LeadProps) -> Html {
    html! {
        <a class="lead" href={props.href.clone()}>
            if let Some(mark) = props.icon {
                <Icon {mark} />
            }
            <span class="lead-words">
                <span class="lead-title">{props.title.clone()}</span>
                if let Some(detail) = &props.detail {
                    <span class="soft small">{detail.clone()}</span>
                }
                {props.children.clone()}
            </span>
            <Icon mark={Mark::Chevron} class="icon-small" />
        </a>
    }
}
