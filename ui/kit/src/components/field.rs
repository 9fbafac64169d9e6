use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::{Button, ButtonKind, Icon, Mark};

/// What is typed into a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldKind {
    /// One line.
    #[default]
    Text,
    /// Several lines.
    Long,
    /// Digits.
    Number,
    /// The passphrase that is already set.
    Passphrase,
    /// A passphrase that is being set.
    NewPassphrase,
    /// A code: no correction, no capital letters by the keyboard.
    Code,
    /// A date and a time of day, by the device's zone.
    Moment,
}

/// Properties of [`Field`].
#[derive(PartialEq, Properties)]
pub struct FieldProps {
    /// Unique on the page.
    pub id: AttrValue,
    /// Its name.
    pub label: AttrValue,
    /// What stands in it.
    pub value: AttrValue,
    /// What was typed.
    pub oninput: Callback<String>,
    /// What is typed.
    #[prop_or_default]
    pub kind: FieldKind,
    /// How to fill it.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// What is wrong with it.
    #[prop_or_default]
    pub problem: Option<AttrValue>,
    /// Cannot be changed now.
    #[prop_or_default]
    pub disabled: bool,
    /// Must be filled.
    #[prop_or_default]
    pub required: bool,
    /// The most characters it takes.
    #[prop_or(2_000)]
    pub most: u32,
    /// For a passphrase: what the button says that shows it as long as it is on.
    #[prop_or_default]
    pub reveal: Option<AttrValue>,
    /// Handle to the element, to focus it.
    #[prop_or_default]
    pub node: NodeRef,
}

/// A labelled field with hint and problem.
#[component]
pub fn Field(props: &FieldProps) -> Html {
    let revealed = use_state_eq(|| false);
    let onreveal = {
        let revealed = revealed.clone();
        Callback::from(move |()| revealed.set(!*revealed))
    };
    let (hint_id, problem_id) = (
        format!("{}-hint", props.id),
        format!("{}-problem", props.id),
    );
    let mut described = Vec::new();
    if props.hint.is_some() {
        described.push(hint_id.clone());
    }
    if props.problem.is_some() {
        described.push(problem_id.clone());
    }
    let described = (!described.is_empty()).then(|| described.join(" "));
    let invalid = props.problem.is_some().then_some("true");
    let most = props.most.to_string();
    html! {
        <div class="field">
            <label class="field-label" for={props.id.clone()}>{props.label.clone()}</label>
            if let Some(hint) = &props.hint {
                <p class="field-hint" id={hint_id}>{hint.clone()}</p>
            }
            if props.kind == FieldKind::Long {
                <textarea
                    ref={props.node.clone()} id={props.id.clone()} class="input" value={props.value.clone()}
                    oninput={long_input(&props.oninput)} disabled={props.disabled} required={props.required}
                    maxlength={most} aria-describedby={described} aria-invalid={invalid}
                />
            } else {
                <div class="field-line"><input
                    ref={props.node.clone()} id={props.id.clone()} class={classes!("input", (props.kind == FieldKind::Code).then_some("code"))}
                    type={input_type(props.kind, *revealed)} inputmode={(props.kind == FieldKind::Number).then_some("numeric")}
                    autocomplete={autocomplete(props.kind)} autocapitalize="off" spellcheck="false"
                    value={props.value.clone()} oninput={input(&props.oninput)} disabled={props.disabled} required={props.required}
                    maxlength={most} aria-describedby={described} aria-invalid={invalid}
                />
                if let Some(label) = &props.reveal {
                    <Button kind={ButtonKind::IconOnly} icon={Mark::Eye} label={label.clone()} pressed={*revealed}
                        onclick={onreveal} />
                }
                </div>
            }
            if let Some(problem) = &props.problem {
                <p class="field-problem" id={problem_id} role="alert">
                    <Icon mark={Mark::Warning} class="icon-small" />
                    <span>{problem.clone()}</span>
                </p>
            }
        </div>
    }
}

fn input(report: &Callback<String>) -> Callback<InputEvent> {
    report.reform(|event: InputEvent| event.target_unchecked_into::<HtmlInputElement>().value())
}

fn long_input(report: &Callback<String>) -> Callback<InputEvent> {
    report.reform(|event: InputEvent| event.target_unchecked_into::<HtmlTextAreaElement>().value())
}

fn input_type(kind: FieldKind, revealed: bool) -> &'static str {
    match kind {
        FieldKind::Passphrase | FieldKind::NewPassphrase if !revealed => "password",
        FieldKind::Moment => "datetime-local",
        FieldKind::Passphrase
        | FieldKind::NewPassphrase
        | FieldKind::Text
        | FieldKind::Long
        | FieldKind::Number
        | FieldKind::Code => "text",
    }
}

fn autocomplete(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Passphrase => "current-password",
        FieldKind::NewPassphrase => "new-password",
        FieldKind::Text
        | FieldKind::Long
        | FieldKind::Number
        | FieldKind::Code
        | FieldKind::Moment => "off",
    }
}
