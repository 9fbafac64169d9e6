use chopmark_kit::{Banner, Button, ButtonKind, Card, Mark, Tone};
use chopmark_view::{BadRow, Failure, ImportBad};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::bridge::call;
use crate::hooks::use_messages;
use crate::words::{failure, say};

/// Properties of [`BadRows`].
#[derive(PartialEq, Properties)]
pub(super) struct BadRowsProps {
    pub(super) import: String,
    /// The first of them.
    pub(super) first: Vec<BadRow>,
    /// How many there are.
    pub(super) count: u64,
}

/// Every bad row of a file with its number and reason, some at a time.
#[component]
pub(super) fn BadRows(props: &BadRowsProps) -> Html {
    let m = use_messages();
    let later = use_state_eq(|| Rc::new(Vec::<BadRow>::new()));
    let problem = use_state_eq(|| None::<Failure>);
    {
        // What was asked for belongs to these rows alone.
        let later = later.clone();
        use_effect_with((props.import.clone(), props.first.clone()), move |_| {
            later.set(Rc::default());
        });
    }
    let rows = || props.first.iter().chain(later.iter());
    let left = props.count.saturating_sub(rows().count() as u64);
    let onmore = {
        let (import, later, problem) = (props.import.clone(), later.clone(), problem.clone());
        let after = rows().last().map_or(0, |row| row.number);
        Callback::from(move |()| {
            let (import, later, problem) = (import.clone(), later.clone(), problem.clone());
            spawn_local(async move {
                match call(&ImportBad { import, after }).await {
                    Ok(more) => {
                        problem.set(None);
                        later.set(Rc::new([&**later, &*more].concat()));
                    }
                    Err(why) => problem.set(Some(why)),
                }
            });
        })
    };
    html! {
        <Card title={say!(m, "import-bad-rows")}>
            <ul class="stack-tight">
                {for rows().map(|row| html! {
                    <li><strong>{say!(m, "import-row", number = row.number)}</strong>{" "}{failure(&m, &row.why)}</li>
                })}
            </ul>
            if let Some(why) = &*problem {
                <Banner tone={Tone::Bad} text={failure(&m, why)} />
            }
            if left > 0 {
                <Button kind={ButtonKind::Quiet} icon={Mark::Add} label={say!(m, "import-more", count = left)} onclick={onmore} />
            }
        </Card>
    }
}
