//! Batches, runs and what is made of them.

use super::*;
use crate::{ActivationSecret, GoodsClass, Made, Output, Quantity, RunItem, RunSpec};

/// `"10 KGM"`.
pub(crate) fn quantity(text: &str) -> Quantity {
    let (amount, unit) = text.split_once(' ').unwrap();
    Quantity::new(amount.parse().unwrap(), unit.parse().unwrap())
}

/// Flour, by its batch number.
pub(crate) fn flour(batch: &str) -> Code {
    Code::gtin_batch("09506000555553", batch).unwrap()
}

/// Bread, by its batch number.
pub(crate) fn bread(batch: &str) -> Code {
    Code::gtin_batch("09506000117829", batch).unwrap()
}

/// So much of a batch as an output.
pub(crate) fn so_much(code: &Code, text: &str) -> Output {
    output(code, Made::Batch(code.hash(), quantity(text)))
}

/// An item as an output.
pub(crate) fn one(code: &Code) -> Output {
    output(code, Made::Item(code.hash(), None))
}

/// An item as an output, with something under its seal.
pub(crate) fn sealed(code: &Code, secret: &ActivationSecret) -> Output {
    output(code, Made::Item(code.hash(), Some(secret.public())))
}

pub(crate) fn output(code: &Code, made: Made) -> Output {
    Output {
        class: GoodsClass::parse(&code.class()).unwrap(),
        prefix: Prefix::parse(PREFIX).unwrap(),
        made,
    }
}

/// A batch as it goes in, with how much of it; an item without.
pub(crate) type Input<'a> = (SubjectId, &'a str);

impl Net {
    /// A batch of the factory, commissioned and final.
    pub(crate) fn batch(&mut self, code: &Code, amount: &str) -> SubjectId {
        let mut draft = commission(
            PREFIX,
            std::slice::from_ref(code),
            &self.genesis,
            self.id(FACTORY),
        );
        if let Body::Commission { quantity: of, .. } = &mut draft.body {
            *of = Some(quantity(amount));
        }
        let subject = draft.subjects[0];
        let block = self.staff(FACTORY, &[draft]);
        self.applied(&block);
        subject
    }

    /// A transformation by a member.
    pub(crate) fn transformation(
        &self,
        maker: usize,
        inputs: &[Input<'_>],
        outputs: &[Output],
        losses: &[&str],
    ) -> RecordDraft {
        let (network, maker) = (self.genesis.id(), self.id(maker));
        let made = outputs.iter().map(|out| out.subject(&network, &maker));
        let subjects = inputs.iter().map(|(subject, _)| *subject).chain(made);
        let body = Body::Transform {
            when: when(),
            step: "assembling".to_owned(),
            inputs: inputs
                .iter()
                .map(|(_, amount)| (!amount.is_empty()).then(|| quantity(amount)))
                .collect(),
            outputs: outputs.to_vec(),
            losses: losses.iter().map(|loss| quantity(loss)).collect(),
        };
        RecordDraft::new(body, subjects.collect())
    }

    /// The factory transforms, and it is final.
    pub(crate) fn transformed(
        &mut self,
        inputs: &[Input<'_>],
        outputs: &[Output],
        losses: &[&str],
    ) -> RecordRef {
        let draft = self.transformation(FACTORY, inputs, outputs, losses);
        let block = self.staff(FACTORY, &[draft]);
        self.applied(&block)
    }

    /// The factory's bill of lading with this number, in final state.
    pub(crate) fn bill(&mut self, number: u32) -> SubjectId {
        self.commission(&[document(number)])[0]
    }

    /// How much is left of a batch.
    pub(crate) fn left(&self, subject: &SubjectId) -> String {
        let state = self.ledger.state().subject(subject).unwrap();
        state.makeup().quantity().unwrap().to_string()
    }

    /// A run of the factory, commissioned and final; its list is kept.
    pub(crate) fn run(&mut self, codes: &[Code]) -> SubjectId {
        let list = self.run_list(codes);
        let draft = commission_run(&codes[0], list.spec(), list.subject());
        self.runs.push(list);
        let subject = draft.subjects[0];
        let block = self.staff(FACTORY, &[draft]);
        self.applied(&block);
        subject
    }

    pub(crate) fn run_list(&self, codes: &[Code]) -> RunList {
        let items = codes.iter().map(|code| (code.hash(), None));
        RunList::new(&self.genesis.id(), &self.id(FACTORY), items).unwrap()
    }

    /// The drawing of items of the newest run.
    pub(crate) fn drawing(&self, codes: &[Code]) -> RecordDraft {
        let list = self.runs.last().unwrap();
        let items = codes.iter().map(|code| list.item(&code.hash()).unwrap());
        self.drawing_of(list.subject(), items.collect())
    }

    pub(crate) fn drawing_of(&self, run: SubjectId, items: Vec<RunItem>) -> RecordDraft {
        let (network, maker) = (self.genesis.id(), self.id(FACTORY));
        let drawn = items.iter().map(|item| item.code.subject(&network, &maker));
        let subjects = std::iter::once(run).chain(drawn).collect();
        let body = Body::Draw {
            when: when(),
            items,
        };
        RecordDraft::new(body, subjects)
    }

    pub(crate) fn subject_of(&self, code: &Code) -> SubjectId {
        code.subject(&self.genesis.id(), &self.id(FACTORY))
    }
}

/// Serials of one product.
pub(crate) fn serials(count: u32) -> Vec<Code> {
    (0..count).map(|n| code(&format!("S{n}"))).collect()
}

pub(crate) fn commission_run(like: &Code, run: RunSpec, subject: SubjectId) -> RecordDraft {
    let body = Body::CommissionRun {
        when: when(),
        class: GoodsClass::parse(&like.class()).unwrap(),
        prefix: Prefix::parse(PREFIX).unwrap(),
        run,
    };
    RecordDraft::new(body, vec![subject])
}

pub(crate) fn correct(subject: SubjectId, of: RecordRef, correctives: &[RecordRef]) -> RecordDraft {
    let body = Body::Correct {
        when: when(),
        of,
        reason: "incorrect_data".to_owned(),
        correctives: correctives.to_vec(),
    };
    let cites = std::iter::once(of).chain(correctives.iter().copied());
    RecordDraft::new(body, vec![subject]).citing(cites.collect())
}
