//! What a record means in the words of the standard (CBV 2.0, 7.1 and 7.2).

use super::{Opened, Unwritten, text, time};
use chopmark_core::{Body, Condition, MemberId, Party, TimeMs, TzMinutes, Verdict, When};
use chopmark_epcis::{BizStep, Disposition, Json, SourceDestinationType, Vocabulary, Word};

/// What a record means.
pub(super) struct Implied {
    pub(super) shape: Shape,
    pub(super) action: &'static str,
    pub(super) step: String,
    pub(super) disposition: Option<String>,
    pub(super) when: When,
    /// What changes hands, if something does.
    pub(super) transfer: Option<Transfer>,
    /// What the standard has no field for.
    pub(super) own: Vec<(&'static str, Json)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Object,
    /// A parent and its children, in an event of this type.
    Parent(&'static str),
    /// So many of the things go in, the others come out.
    Transformation(usize),
}

/// Who gives and who takes, as far as the record says it and they have a name.
#[derive(Clone, Copy)]
pub(super) struct Transfer {
    /// As what: the word for holders or the one for owners.
    pub(super) role: &'static str,
    pub(super) from: Option<MemberId>,
    pub(super) to: Option<MemberId>,
}

impl Transfer {
    fn of(role: SourceDestinationType, from: Option<MemberId>, to: Option<MemberId>) -> Self {
        Self {
            role: role.word(),
            from,
            to,
        }
    }
}

/// What a record means; an error if EPCIS has no event for such records.
pub(super) fn implied(opened: &Opened<'_>) -> Result<Implied, Unwritten> {
    let families = [life, making, custody, title, judgement];
    let mut implied = families
        .iter()
        .find_map(|family| family(opened))
        .ok_or(Unwritten::NoEvent)?;
    // The fields take any word; the standard lists its own.
    if Word::<BizStep>::parse(&implied.step).is_err() {
        implied.own.push(("chopmark:step", text(&implied.step)));
        implied.step = "other".to_owned();
    }
    let known = |word: &String| Word::<Disposition>::parse(word).is_ok();
    implied.disposition = implied.disposition.filter(known);
    Ok(implied)
}

/// Things seen, of which the record says no more.
fn of(opened: &Opened<'_>, step: &str, disposition: Option<String>) -> Implied {
    Implied {
        shape: Shape::Object,
        action: "OBSERVE",
        step: step.to_owned(),
        disposition,
        when: opened.record.body().when().unwrap_or(When {
            time: TimeMs(0),
            tz: TzMinutes::default(),
        }),
        transfer: None,
        own: Vec::new(),
    }
}

fn word(word: &str) -> Option<String> {
    Some(word.to_owned())
}

/// How things stand that end by this step.
fn ended(step: &str) -> Option<String> {
    word(match step {
        "destroying" => "destroyed",
        _ => "inactive",
    })
}

/// Things begin, are seen, and end.
fn life(opened: &Opened<'_>) -> Option<Implied> {
    let said = opened.section.disposition.clone();
    Some(match opened.record.body() {
        Body::Commission { .. } | Body::CommissionRun { .. } => Implied {
            action: "ADD",
            ..of(opened, "commissioning", said.or(word("active")))
        },
        Body::Observe { step, .. } => of(opened, step, said),
        Body::Decommission { step, .. } => Implied {
            action: "DELETE",
            ..of(opened, step, said.or(ended(step)))
        },
        // A transformation of the standard has outputs (EPCIS 2.0, 7.4.6): where all is lost,
        // nothing was made, and what went in has ended.
        Body::Transform { step, outputs, .. } if outputs.is_empty() => Implied {
            action: "DELETE",
            ..of(opened, step, said.or(ended(step)))
        },
        _ => return None,
    })
}

/// Things go into each other, or become others.
fn making(opened: &Opened<'_>) -> Option<Implied> {
    let said = opened.section.disposition.clone();
    let (kind, action, step) = match opened.record.body() {
        Body::Pack { .. } => ("AggregationEvent", "ADD", "packing"),
        Body::Unpack { .. } => ("AggregationEvent", "DELETE", "unpacking"),
        Body::Associate { .. } => ("AssociationEvent", "ADD", "installing"),
        Body::Dissociate { .. } => ("AssociationEvent", "DELETE", "removing"),
        Body::Transform { step, inputs, .. } => {
            return Some(Implied {
                shape: Shape::Transformation(inputs.len()),
                ..of(opened, step, said)
            });
        }
        _ => return None,
    };
    Some(Implied {
        shape: Shape::Parent(kind),
        action,
        ..of(opened, step, said)
    })
}

/// Things go into other hands.
fn custody(opened: &Opened<'_>) -> Option<Implied> {
    let said = opened.section.disposition.clone();
    let author = Some(opened.author);
    let holders = |from, to| {
        Some(Transfer::of(
            SourceDestinationType::PossessingParty,
            from,
            to,
        ))
    };
    Some(match opened.record.body() {
        Body::Offer { to, expires, .. } => Implied {
            // Who comes with a pick-up code has no name.
            transfer: holders(author, to.member().copied()),
            own: vec![(
                "chopmark:expires",
                text(&time(*expires, TzMinutes::default())),
            )],
            ..of(opened, "shipping", word("in_transit"))
        },
        Body::Accept { condition, .. } => Implied {
            transfer: holders(None, author),
            ..of(
                opened,
                "receiving",
                word(match condition {
                    Condition::Good => "in_progress",
                    Condition::Shortage => "mismatch_quantity",
                    Condition::Damage => "damaged",
                    Condition::SealBroken => "container_open",
                }),
            )
        },
        // The giver writes it: it goes into the hands of who has no device, and is received
        // nowhere.
        Body::PickUp { .. } => Implied {
            transfer: holders(author, None),
            ..of(opened, "accepting", said.or(word("in_progress")))
        },
        Body::Decline { .. } => of(opened, "void_shipping", said),
        _ => return None,
    })
}

/// Things get another owner. An offer of title, and its refusal, change nothing: CBV has no step
/// for them, and `shipping` would say that goods move.
fn title(opened: &Opened<'_>) -> Option<Implied> {
    let said = opened.section.disposition.clone();
    let owner = |to| {
        Some(Transfer::of(
            SourceDestinationType::OwningParty,
            None,
            Some(to),
        ))
    };
    Some(match opened.record.body() {
        Body::TakeTitle { .. } => Implied {
            transfer: owner(opened.author),
            ..of(opened, "accepting", said)
        },
        // A consumer is a key, and no key of a person stands in an event.
        Body::Activate { .. }
        | Body::Resell {
            to: Party::Consumer(_) | Party::Bearer(_),
            ..
        } => of(opened, "accepting", word("retail_sold")),
        Body::Resell {
            to: Party::Member(member),
            ..
        } => Implied {
            transfer: owner(*member),
            ..of(opened, "accepting", word("returned"))
        },
        _ => return None,
    })
}

/// Somebody says how things are, or keeps them from moving.
fn judgement(opened: &Opened<'_>) -> Option<Implied> {
    let held = |reason: &str| Implied {
        own: vec![("chopmark:reason", text(reason))],
        ..of(opened, "holding", word("unavailable"))
    };
    Some(match opened.record.body() {
        Body::Attest { verdict, .. } => {
            let (disposition, verdict) = match verdict {
                Verdict::Pass => (word("conformant"), "pass"),
                Verdict::Fail => (word("non_conformant"), "fail"),
                Verdict::Conditional => (None, "conditional"),
            };
            Implied {
                own: vec![("chopmark:verdict", text(verdict))],
                ..of(opened, "inspecting", disposition)
            }
        }
        Body::Report { word, .. } => Implied {
            own: vec![("chopmark:report", text(word))],
            ..of(opened, "other", Some(word.clone()))
        },
        Body::Hold { reason, .. } => held(reason),
        Body::Unreadable { .. } => held("unreadable"),
        Body::Clear { .. } => of(opened, "other", word("available")),
        _ => return None,
    })
}
