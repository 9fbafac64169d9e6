use chopmark_kit::{Card, Empty, Icon, Mark, Messages};
use chopmark_view::{AssetKind, AssetView, Assets as AssetsCommand};
use yew::prelude::*;

use crate::hooks::{use_messages, use_remote};
use crate::parts::{SubjectRow, shown};
use crate::state::{Asks, Route};
use crate::words::{party, say, time};

/// This member's tools, vehicles, containers, crates and places: where each is, what is in it and
/// on it, when it was looked after.
#[component]
pub(crate) fn Assets() -> Html {
    let m = use_messages();
    let (remote, retry) = use_remote(AssetsCommand {});
    shown(&m, &remote, &retry, |view| {
        if view.assets.is_empty() {
            return html! {
                <Empty icon={Mark::Unit} title={say!(m, "assets-none")} text={say!(m, "assets-none-text")}>
                    <a class="button button-main" href={Route::Commission.href()}><Icon mark={Mark::Add} />{say!(m, "action-commission")}</a>
                </Empty>
            };
        }
        let kinds = [
            (AssetKind::Equipment, say!(m, "assets-equipment")),
            (AssetKind::Container, say!(m, "assets-containers")),
            (AssetKind::Returnable, say!(m, "assets-returnable")),
            (AssetKind::Place, say!(m, "assets-places")),
        ];
        let cards = kinds.into_iter().filter_map(|(kind, title)| {
            let rows: Vec<Html> = view
                .assets
                .iter()
                .filter(|asset| asset.kind == kind)
                .map(|asset| row(&m, asset))
                .collect();
            (!rows.is_empty())
                .then(|| html! { <Card {title} flush={true}><ul>{for rows}</ul></Card> })
        });
        let listed = view.assets.len() as u64;
        html! {
            <div class="stack">
                {for cards}
                if view.count > listed {
                    <p class="soft small">{say!(m, "assets-more", count = view.count - listed)}</p>
                }
            </div>
        }
    })
}

fn row(m: &Messages, asset: &AssetView) -> Html {
    let card = &asset.card;
    let id = &card.subject;
    let act = |activity: &str, label: AttrValue| {
        let to = Route::Deed {
            activity: activity.to_owned(),
            asks: Asks::Nothing,
            subject: Some(id.clone()),
        };
        html! { <a class="button button-plain" href={to.href()}>{label}</a> }
    };
    let sealed = !asset.bound.is_empty();
    html! {
        <li key={id.clone()}>
            <SubjectRow card={card.clone()} />
            <div class="more">
                if let Some(place) = &asset.place {
                    <p class="small"><Icon mark={Mark::Place} class="icon-small" />{place.clone()}</p>
                }
                if !card.mine {
                    <p class="small">{say!(m, "held-by", holder = party(m, &card.holder).as_str())}</p>
                }
                if sealed {
                    <p class="small">{say!(m, "assets-bound")}{" "}{for asset.bound.iter().map(|bound| html! {
                        <a class="code" href={Route::Subject(bound.subject.clone()).href()}>{bound.code.clone().unwrap_or_else(|| bound.subject.chars().take(12).collect())}{" "}</a>
                    })}</p>
                }
                if let Some(at) = asset.maintained_ms {
                    <p class="soft small">{say!(m, "assets-maintained", time = time(m, at).as_str())}</p>
                }
                if let Some(at) = asset.calibrated_ms {
                    <p class="soft small">{say!(m, "assets-calibrated", time = time(m, at).as_str())}</p>
                }
                <div class="row">
                    if asset.kind != AssetKind::Place {
                        {act("maintained", say!(m, "activity-maintained"))}
                    }
                    if asset.kind == AssetKind::Equipment {
                        {act("calibrated", say!(m, "activity-calibrated"))}
                    }
                    if asset.kind == AssetKind::Container {
                        {act("seal-applied", say!(m, "activity-seal-applied"))}
                        {act("seal-broken", say!(m, "activity-seal-broken"))}
                    }
                </div>
            </div>
        </li>
    }
}
