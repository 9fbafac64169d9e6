use yew::prelude::*;

use super::{Icon, Mark, Seal, Tone};

/// Properties of [`TopBar`].
#[derive(PartialEq, Properties)]
pub struct TopBarProps {
    /// The page's name.
    pub title: AttrValue,
    /// Where back leads, and what it says; none on the first page.
    #[prop_or_default]
    pub back: Option<(AttrValue, AttrValue)>,
    /// The badge and what else stands at the end.
    #[prop_or_default]
    pub children: Children,
}

/// The bar above a page.
#[component]
pub fn TopBar(props: &TopBarProps) -> Html {
    html! {
        <header class="top">
            if let Some((href, label)) = &props.back {
                <a class="button button-icon" href={href.clone()} aria-label={label.clone()} title={label.clone()}>
                    <Icon mark={Mark::Back} />
                </a>
            }
            <div class="top-words">
                if props.back.is_none() {
                    <Seal />
                }
                <h1 class="top-title">{props.title.clone()}</h1>
            </div>
            {props.children.clone()}
        </header>
    }
}

/// Properties of [`Badge`].
#[derive(PartialEq, Properties)]
pub struct BadgeProps {
    /// Where it leads.
    pub href: AttrValue,
    /// What it counts.
    pub icon: Mark,
    /// The count as shown, also at zero.
    pub count: AttrValue,
    /// The whole sentence.
    pub label: AttrValue,
    /// Good for nothing open, wait for some, bad for refused ones.
    pub tone: Tone,
}

/// A count that is always visible.
#[component]
pub fn Badge(props: &BadgeProps) -> Html {
    let tone = match props.tone {
        Tone::Good | Tone::Calm | Tone::Note => "badge-none",
        Tone::Wait => "badge-some",
        Tone::Bad => "badge-bad",
    };
    html! {
        <a class={classes!("badge", tone)} href={props.href.clone()} aria-label={props.label.clone()} title={props.label.clone()}>
            <Icon mark={props.icon} />
            <span>{props.count.clone()}</span>
        </a>
    }
}

/// One tab.
#[derive(Clone, Debug, PartialEq)]
pub struct Tab {
    /// Where it leads.
    pub href: AttrValue,
    /// Its icon.
    pub icon: Mark,
    /// Its name.
    pub label: AttrValue,
    /// Whether the page belongs to it.
    pub current: bool,
}

/// Properties of [`TabBar`].
#[derive(PartialEq, Properties)]
pub struct TabBarProps {
    /// What the tabs are for.
    pub label: AttrValue,
    /// The tabs.
    pub tabs: Vec<Tab>,
}

/// The main places: below the page on phones, at its side on desktops.
#[component]
pub fn TabBar(props: &TabBarProps) -> Html {
    let tabs = props.tabs.iter().map(|tab| {
        html! {
            <li key={tab.href.to_string()}>
                <a class="tab" href={tab.href.clone()} aria-current={tab.current.then_some("page")}>
                    <Icon mark={tab.icon} />
                    <span>{tab.label.clone()}</span>
                </a>
            </li>
        }
    });
    html! { <nav class="tabs" aria-label={props.label.clone()}><ul class="tabs-list">{for tabs}</ul></nav> }
}
