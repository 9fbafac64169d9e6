use chopmark_kit::{Button, Card, Choice, ChoiceGroup, ChoiceLayout, Language, Mark, Tone};
use chopmark_view::{Lock, Status};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::bridge;
use crate::hooks::{use_app, use_messages};
use crate::state::{Event, Theme};
use crate::words::{failure, key, say};

/// What the licence of the ports' list, which the app's build brings along, asks to be shown.
const PORTS_NOTICE: &str = include_str!("../../notices/sea-ports.txt");

/// Language, colours, who this device is, lock, whose work is in the app.
#[component]
pub(crate) fn Settings() -> Html {
    let app = use_app();
    let m = use_messages();
    let languages = Language::ALL
        .map(|language| Choice::new(language.tag(), language.name()))
        .to_vec();
    let themes = vec![
        Choice::new(Theme::System.name(), say!(m, "theme-system")),
        Choice::new(Theme::Light.name(), say!(m, "theme-light")),
        Choice::new(Theme::Dark.name(), say!(m, "theme-dark")),
    ];
    let onlanguage = {
        let dispatch = app.dispatcher();
        Callback::from(move |tag: AttrValue| {
            dispatch.dispatch(Event::Language(Language::best_for(&tag)))
        })
    };
    let ontheme = {
        let dispatch = app.dispatcher();
        Callback::from(move |name: AttrValue| {
            dispatch.dispatch(Event::Theme(Theme::by_name(&name)))
        })
    };
    let lock = {
        let app = app.clone();
        Callback::from(move |()| {
            let dispatch = app.dispatcher();
            spawn_local(async move {
                if let Err(problem) = bridge::call(&Lock {}).await {
                    dispatch.dispatch(Event::Tell(Tone::Bad, failure(&m, &problem)));
                }
                if let Ok(status) = bridge::call(&Status {}).await {
                    dispatch.dispatch(Event::Status(status));
                }
            });
        })
    };
    let fact = |name: AttrValue, value: AttrValue| html! { <div class="fact"><dt class="soft small">{name}</dt><dd>{value}</dd></div> };
    let version = app
        .status
        .as_ref()
        .map(|status| status.version.clone())
        .unwrap_or_default();
    html! {
        <>
            <Card>
                <ChoiceGroup name="language" label={say!(m, "language")} choices={languages} layout={ChoiceLayout::Row}
                    chosen={AttrValue::from(m.language().tag())} onchoose={onlanguage} />
            </Card>
            <Card>
                <ChoiceGroup name="theme" label={say!(m, "theme")} choices={themes} layout={ChoiceLayout::Row}
                    chosen={AttrValue::from(app.settings.theme.name())} onchoose={ontheme} />
            </Card>
            if let Some(home) = &app.home {
                <Card title={say!(m, "settings-device")}>
                    <dl class="facts">
                        {fact(say!(m, "fact-device"), home.me.device.clone().into())}
                        {fact(say!(m, "fact-role"), key(&m, &home.me.role))}
                        {fact(say!(m, "fact-member"), home.me.member.clone().into())}
                        {fact(say!(m, "fact-network"), home.me.network.clone().into())}
                        {fact(say!(m, "fact-version"), version.into())}
                    </dl>
                </Card>
            }
            <Card title={say!(m, "settings-lock")}>
                <div class="stack">
                    <p class="soft">{say!(m, "settings-lock-text")}</p>
                    <Button icon={Mark::Lock} label={say!(m, "action-lock")} onclick={lock} wide={true} />
                </div>
            </Card>
            <Card title={say!(m, "settings-notices")}>
                <details>
                    <summary class="summary">{say!(m, "settings-notices-ports")}</summary>
                    <div lang="en">{for PORTS_NOTICE.split("\n\n").map(|part| html! { <p class="soft small">{part}</p> })}</div>
                </details>
            </Card>
        </>
    }
}
