//! What begins with a record of its own and is not a few items: a batch, a run, a thing with a
//! code.

use chopmark_core::{
    Amount, AudienceDraft, Body, Code, CodeKind, CodeWarning, EvidenceLink, GoodsClass, Quantities,
    Quantity, QuantityError, RecordDraft, Refusal, SectionBody, SubjectId, Unit,
};
use chopmark_view::{Line, Make, NewBatch, NewRun, NewThing, Param};

use super::commission::{prefix_for, subject};
use super::{Author, Draft, precheck, record};
use crate::known::Known;
use crate::runs::MadeRun;
use crate::texts::{self, Field};
use crate::trouble::Trouble;
use crate::{failure, lines, scan, words_of};

/// What a record and its maker's own section say of a code.
struct Told<'a> {
    code: &'a Code,
    product: Option<&'a str>,
    place: Option<&'a str>,
    quantity: Option<Quantity>,
}

pub(super) fn make(
    author: &Author<'_>,
    make: &Make,
    run: Option<&MadeRun>,
) -> Result<Draft, Trouble> {
    match (make, run) {
        (Make::Batch(batch), _) => new_batch(author, batch),
        (Make::Thing(thing), _) => new_thing(author, thing),
        (Make::Run(new), Some(made)) => new_run(author, new, made),
        (Make::Run(_), None) => Err(Trouble::Internal("a run without its items")),
    }
}

fn new_batch(author: &Author<'_>, batch: &NewBatch) -> Result<Draft, Trouble> {
    let code = Code::gtin_batch(batch.gtin.trim(), batch.batch.trim())
        .map_err(|error| scan::code_failure(&error))?;
    let product = product_of(&batch.product)?;
    let place = texts::optional(Field::Place, batch.place.as_deref())?;
    let quantity = quantity(&batch.amount, &batch.unit)?;
    let line = lines::SIGN_MAKE_BATCH.line([
        ("amount", Param::Text(quantity.to_string())),
        ("product", Param::Text(product.clone())),
        ("code", Param::Text(code.element_string().to_owned())),
    ]);
    let told = Told {
        code: &code,
        product: Some(&product),
        place: place.as_deref(),
        quantity: Some(quantity),
    };
    first_record(author, &told, line)
}

fn new_thing(author: &Author<'_>, thing: &NewThing) -> Result<Draft, Trouble> {
    let code = Code::parse(&thing.code).map_err(|error| scan::code_failure(&error))?;
    if code.kind() == CodeKind::Batch {
        return Err(failure::AMOUNT_MISSING.failure([]).into());
    }
    let name = texts::optional(Field::Product, thing.name.as_deref())?;
    let place = texts::optional(Field::Place, thing.place.as_deref())?;
    let line =
        lines::SIGN_MAKE_THING.line([("code", Param::Text(code.element_string().to_owned()))]);
    let told = Told {
        code: &code,
        product: name.as_deref(),
        place: place.as_deref(),
        quantity: None,
    };
    let mut draft = first_record(author, &told, line)?;
    // Such numbers are painted on containers in use: the person compares and goes on.
    if let Some(CodeWarning::ContainerCheckDigit { expected, found }) = code.warning() {
        draft.warnings.push(lines::WARN_CHECK_DIGIT.line([
            ("expected", Param::Text(expected.to_string())),
            ("found", Param::Text(found.to_string())),
        ]));
    }
    Ok(draft)
}

/// The commissioning of one code.
fn first_record(author: &Author<'_>, told: &Told<'_>, line: Line) -> Result<Draft, Trouble> {
    let prefix = prefix_for(author, told.code)?;
    let id = subject(author, told.code);
    if let Some(state) = author.view.subject(&id) {
        let by = state.commissioned_by();
        let refusal = Refusal::AlreadyCommissioned { subject: id, by };
        return Err(precheck::refused(author, &refusal));
    }
    let in_fields = author.view.policy().quantities == Quantities::Fields;
    let shown = |quantity: Quantity| match in_fields {
        true => quantity,
        false => quantity.veiled(),
    };
    let body = Body::Commission {
        when: author.when,
        class: told.code.class(),
        prefix,
        codes: vec![told.code.hash()],
        quantity: told.quantity.map(shown),
        activation: Vec::new(),
    };
    let own = SectionBody {
        codes: vec![told.code.element_string().to_owned()],
        product: told.product.map(str::to_owned),
        place: told.place.map(str::to_owned),
        quantities: told.quantity.filter(|_| !in_fields).into_iter().collect(),
        ..SectionBody::default()
    };
    let label = AudienceDraft::Label {
        subject_index: 0,
        code: told.code.clone(),
    };
    let named = SectionBody {
        product: told.product.map(str::to_owned),
        ..SectionBody::default()
    };
    let record = record(body, vec![id])
        .telling(AudienceDraft::parties([author.member]), own)
        .telling(label, named);
    let mut lines = vec![line];
    // A batch's line has its product already.
    let name = told.product.filter(|_| told.quantity.is_none());
    lines.extend(name.map(|name| lines::SIGN_NAME.line([("name", Param::Text(name.to_owned()))])));
    lines.extend(words_of::place(told.place.map(str::to_owned)));
    let known = Known {
        code: told.code.clone(),
        product: told.product.map(str::to_owned),
    };
    Ok(begun(vec![record], lines, id, vec![(id, known)]))
}

fn new_run(author: &Author<'_>, new: &NewRun, made: &MadeRun) -> Result<Draft, Trouble> {
    let product = product_of(&new.product)?;
    let place = texts::optional(Field::Place, new.place.as_deref())?;
    let prefix = prefix_for(author, &made.first)?;
    let body = Body::CommissionRun {
        when: author.when,
        class: GoodsClass::parse(&made.first.class())
            .ok_or(Trouble::Internal("the class of a GTIN"))?,
        prefix,
        run: made.spec,
    };
    let list = EvidenceLink {
        caption: product.clone(),
        ..made.list.clone()
    };
    let own = SectionBody {
        product: Some(product.clone()),
        place: place.clone(),
        evidence: vec![list],
        ..SectionBody::default()
    };
    let mut record =
        record(body, vec![made.subject]).telling(author.for_operations([author.member]), own);
    if new.public {
        let name = SectionBody {
            product: Some(product.clone()),
            ..SectionBody::default()
        };
        record = record.telling(AudienceDraft::Public, name);
    }
    let mut lines = vec![lines::SIGN_MAKE_RUN.line([
        ("count", Param::Number(u64::from(new.count))),
        ("product", Param::Text(product)),
        (
            "gtin",
            Param::Text(made.first.gtin().unwrap_or_default().to_owned()),
        ),
    ])];
    lines.extend(new.public.then(|| lines::SIGN_NAME_PUBLIC.line([])));
    lines.extend(words_of::place(place));
    let mut draft = begun(vec![record], lines, made.subject, Vec::new());
    draft.own_files.push(made.own_file());
    Ok(draft)
}

fn begun(
    records: Vec<RecordDraft>,
    lines: Vec<Line>,
    subject: SubjectId,
    codes: Vec<(SubjectId, Known)>,
) -> Draft {
    let mut draft = Draft::new(records, lines);
    draft.commissioned = vec![subject];
    draft.codes = codes;
    draft
}

pub(super) fn product_of(text: &str) -> Result<String, Trouble> {
    let product = texts::checked(Field::Product, text)?;
    Ok(product.ok_or_else(|| failure::PRODUCT_MISSING.failure([]))?)
}

/// An amount as people type it: with a comma where they write one.
pub(super) fn quantity(amount: &str, unit: &str) -> Result<Quantity, Trouble> {
    let refused = |_: QuantityError| failure::AMOUNT_UNREADABLE.failure([]);
    // A comma is refused: some read "1,000" as a thousand, and some as one.
    let amount: Amount = amount.trim().parse().map_err(refused)?;
    if amount.is_zero() {
        return Err(failure::AMOUNT_UNREADABLE.failure([]).into());
    }
    let unit: Unit = unit
        .trim()
        .parse()
        .map_err(|_| failure::UNIT_UNREADABLE.failure([]))?;
    Ok(Quantity::new(amount, unit))
}
