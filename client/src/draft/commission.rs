use chopmark_core::{
    ActivationSecret, AudienceDraft, Body, Code, Prefix, RecordDraft, SectionBody, SubjectId,
    check_digit, crockford_serial,
};
use chopmark_replica::random_bytes;
use chopmark_view::{NewItems, Param};

use super::{Author, Draft, GROUP, record};
use crate::known::Known;
use crate::texts::{self, Field};
use crate::trouble::Trouble;
use crate::{failure, lines, scan, words_of};

/// A case's worth, and as much as one block carries with a label section for each.
const MOST_ITEMS: u32 = 200;
/// Items of one record: each brings a label section, and a record holds 16 sections.
const ITEMS_A_RECORD: usize = 15;
/// Key columns of the note that holds the next serial reference of a prefix.
pub(super) const REFERENCES: &str = "sscc-references";

pub(super) fn commission(author: &Author<'_>, items: &NewItems) -> Result<Draft, Trouble> {
    if !(1..=MOST_ITEMS).contains(&items.count) {
        return Err(failure::COUNT_OUT_OF_RANGE
            .failure([
                ("least", Param::Number(1)),
                ("most", Param::Number(u64::from(MOST_ITEMS))),
            ])
            .into());
    }
    let product = texts::checked(Field::Product, &items.product)?
        .ok_or_else(|| failure::PRODUCT_MISSING.failure([]))?;
    let place = texts::optional(Field::Place, items.place.as_deref())?;
    let prefix = prefix_of(author, &items.gtin)?;

    let begun = begun(author, items)?;
    let told = Told {
        prefix: &prefix,
        product: &product,
        place: place.as_deref(),
    };
    let mut records: Vec<RecordDraft> = begun
        .chunks(ITEMS_A_RECORD)
        .map(|chunk| record_of(author, chunk, &told))
        .collect();
    let gtin = begun
        .first()
        .and_then(|item| item.code.gtin())
        .unwrap_or_default()
        .to_owned();
    let mut lines = vec![lines::SIGN_COMMISSION.line([
        ("count", Param::Number(u64::from(items.count))),
        ("product", Param::Text(product.clone())),
        ("gtin", Param::Text(gtin)),
    ])];

    let count = Param::Number(u64::from(items.count));
    lines.extend(
        items
            .sealed
            .then(|| lines::SIGN_COMMISSION_SEALED.line([("count", count)])),
    );

    let mut commissioned = Vec::new();
    let (mut known, mut secrets) = (Vec::new(), Vec::new());
    for item in begun {
        let id = subject(author, &item.code);
        commissioned.push(id);
        secrets.extend(item.secret.map(|secret| (id, secret)));
        let product = Some(product.clone());
        let code = item.code;
        known.push((id, Known { code, product }));
    }
    if items.in_case {
        let case = new_case(author, &prefix)?;
        let container = subject(author, &case);
        lines.push(
            lines::SIGN_COMMISSION_CASE
                .line([("code", Param::Text(case.element_string().to_owned()))]),
        );
        lines.push(lines::SIGN_PACK.line([
            ("count", Param::Number(u64::from(items.count))),
            ("container", Param::Text(case.element_string().to_owned())),
        ]));
        // Whoever buys opens the items: a case has nothing under a seal.
        let bare = Begun {
            code: case.clone(),
            secret: None,
        };
        records.push(record_of(author, &[bare], &told));
        records.push(packed(author, (container, &case), &known));
        commissioned.push(container);
        known.push((
            container,
            Known {
                code: case,
                product: Some(product),
            },
        ));
    }
    lines.extend(words_of::place(place));
    for record in &mut records {
        record.group = Some(GROUP);
    }
    let mut draft = Draft::new(records, lines);
    draft.commissioned = commissioned;
    draft.codes = known;
    draft.secrets = secrets;
    Ok(draft)
}

/// Something that begins.
struct Begun {
    code: Code,
    /// What goes under its seal.
    secret: Option<ActivationSecret>,
}

/// The items, with serials that nobody can guess and, if asked, as many secrets.
fn begun(author: &Author<'_>, items: &NewItems) -> Result<Vec<Begun>, Trouble> {
    let mut begun = Vec::new();
    while begun.len() < items.count.try_into().unwrap_or(usize::MAX) {
        let code = new_item(&items.gtin)?;
        if author.view.subject(&subject(author, &code)).is_some() {
            continue;
        }
        let secret = items.sealed.then(new_secret).transpose()?;
        begun.push(Begun { code, secret });
    }
    Ok(begun)
}

/// This member's prefix that a GTIN is under. Only a final one counts: in one checkpoint with
/// its registration a commissioning could be ordered first, and refused with labels printed.
fn prefix_of(author: &Author<'_>, gtin: &str) -> Result<Prefix, Trouble> {
    // The serial stands in only to have the GTIN checked.
    let code = Code::gtin_serial(gtin.trim(), "0").map_err(|error| scan::code_failure(&error))?;
    prefix_for(author, &code)
}

/// This member's prefix that a code is under.
pub(super) fn prefix_for(author: &Author<'_>, code: &Code) -> Result<Prefix, Trouble> {
    let mut own = author
        .firm
        .prefixes()
        .filter(|(_, member)| **member == author.member)
        .peekable();
    if own.peek().is_none() {
        return Err(failure::NO_PREFIX.failure([]).into());
    }
    let fits = |prefix: &Prefix| code.company_prefix_matches(prefix.as_str());
    match own.find(|(prefix, _)| fits(prefix)) {
        Some((prefix, _)) => Ok(prefix.clone()),
        None => Err(failure::NOT_YOUR_PREFIX.failure([]).into()),
    }
}

pub(super) fn subject(author: &Author<'_>, code: &Code) -> SubjectId {
    code.subject(&author.genesis.id(), &author.member)
}

pub(super) fn new_secret() -> Result<ActivationSecret, Trouble> {
    Ok(ActivationSecret::from_bytes(random_bytes()?))
}

pub(super) fn new_item(gtin: &str) -> Result<Code, Trouble> {
    let serial = crockford_serial(random_bytes()?);
    Ok(Code::gtin_serial(gtin.trim(), &serial).map_err(|error| scan::code_failure(&error))?)
}

/// A logistic unit under a prefix: extension digit and serial reference count up from a
/// random start, so that two devices of the member do not meet.
fn new_case(author: &Author<'_>, prefix: &Prefix) -> Result<Code, Trouble> {
    // 17 digits before the check digit, less the prefix.
    let room = 17_u32.saturating_sub(prefix.as_str().len().try_into().unwrap_or(17));
    let numbers = 10_u64.saturating_pow(room);
    let key = prefix.as_str().as_bytes();
    let mut number = match author.store.note(REFERENCES, key)? {
        Some(next) => u64::from_be_bytes(next.try_into().unwrap_or_default()),
        None => u64::from_be_bytes(random_bytes()?),
    };
    let code = loop {
        number %= numbers;
        let code = sscc(prefix, number, room)?;
        number = number.wrapping_add(1);
        if author.view.subject(&subject(author, &code)).is_none() {
            break code;
        }
    };
    // Kept now and not with the signature: two open drafts must not take the same one.
    let mut batch = author.store.batch()?;
    batch.put_note(REFERENCES, key, &number.to_be_bytes())?;
    batch.commit()?;
    Ok(code)
}

fn sscc(prefix: &Prefix, number: u64, room: u32) -> Result<Code, Trouble> {
    let width = usize::try_from(room).unwrap_or(0);
    let digits = format!("{number:0width$}");
    let (extension, reference) = digits.split_at_checked(1).unwrap_or(("0", ""));
    let body = format!("{extension}{prefix}{reference}");
    let check = check_digit(&body).unwrap_or('0');
    Ok(Code::sscc(&format!("{body}{check}")).map_err(|error| scan::code_failure(&error))?)
}

/// What is the same of all that begins in one draft.
struct Told<'a> {
    prefix: &'a Prefix,
    product: &'a str,
    place: Option<&'a str>,
}

fn record_of(author: &Author<'_>, begun: &[Begun], told: &Told<'_>) -> RecordDraft {
    let codes = || begun.iter().map(|item| &item.code);
    let secrets = begun.iter().filter_map(|item| item.secret.as_ref());
    let body = Body::Commission {
        when: author.when,
        class: codes().next().map(Code::class).unwrap_or_default(),
        prefix: told.prefix.clone(),
        codes: codes().map(Code::hash).collect(),
        quantity: None,
        // Of a draft all items have one or none has: the record takes nothing between.
        activation: secrets.map(ActivationSecret::public).collect(),
    };
    let subjects = codes().map(|code| subject(author, code)).collect();
    let mut record = record(body, subjects);
    let own = SectionBody {
        codes: codes()
            .map(|code| code.element_string().to_owned())
            .collect(),
        product: Some(told.product.to_owned()),
        place: told.place.map(str::to_owned),
        ..SectionBody::default()
    };
    record
        .sections
        .push((AudienceDraft::parties([author.member]), own));
    let labelled = (0_u16..).zip(codes());
    record
        .sections
        .extend(labelled.map(|(at, code)| label_section(at, code, Some(told.product))));
    record
}

/// The items' way into their case, in the record that `packing` makes of things that exist.
fn packed(
    author: &Author<'_>,
    (container, case): (SubjectId, &Code),
    items: &[(SubjectId, Known)],
) -> RecordDraft {
    let subjects = items.iter().map(|(subject, _)| *subject);
    let codes = std::iter::once(case).chain(items.iter().map(|(_, known)| &known.code));
    let own = SectionBody {
        codes: codes.map(|code| code.element_string().to_owned()).collect(),
        ..SectionBody::default()
    };
    record(
        Body::Pack { when: author.when },
        std::iter::once(container).chain(subjects).collect(),
    )
    .telling(AudienceDraft::parties([author.member]), own)
}

/// What whoever holds the label of a thing may read of it.
pub(super) fn label_section(
    subject_index: u16,
    code: &Code,
    product: Option<&str>,
) -> (AudienceDraft, SectionBody) {
    let audience = AudienceDraft::Label {
        subject_index,
        code: code.clone(),
    };
    let public = SectionBody {
        product: product.map(str::to_owned),
        ..SectionBody::default()
    };
    (audience, public)
}
