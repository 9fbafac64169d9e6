//! Runs, what is made of what, and recalls.

use super::{FACTORY, World};
use chopmark_core::{
    AudienceDraft, Body, Bundle, Code, GoodsClass, Made, Output, Prefix, RecordDraft, RecordRef,
    RunList, SectionBody, Undrawn, WithUndrawn,
};

/// Serials of the world's product.
pub(crate) fn serials(count: u32) -> Vec<Code> {
    let code = |number| Code::gtin_serial("06912345000017", &format!("RUN{number}")).unwrap();
    (0..count).map(code).collect()
}

impl World {
    /// Begins a run of these in one record; its list is kept.
    pub(crate) fn run(&mut self, codes: &[Code]) {
        let items = codes.iter().map(|code| (code.hash(), None));
        let maker = self.members[FACTORY].id;
        let list = RunList::new(&self.genesis.id(), &maker, items).unwrap();
        let body = Body::CommissionRun {
            when: self.when(),
            class: GoodsClass::parse(&codes[0].class()).unwrap(),
            prefix: Prefix::parse("6912345").unwrap(),
            run: list.spec(),
        };
        let draft = RecordDraft::new(body, vec![list.subject()]);
        self.lists.push(list);
        self.write(FACTORY, vec![draft]);
        self.checkpoint();
    }

    /// Gives an item of the run a record of its own.
    pub(crate) fn draw(&mut self, code: &Code) {
        let list = self.lists.last().unwrap();
        let (run, item) = (list.subject(), list.item(&code.hash()).unwrap());
        let body = Body::Draw {
            when: self.when(),
            items: vec![item],
        };
        let draft = RecordDraft::new(body, vec![run, self.subject(code)]);
        self.write(FACTORY, vec![draft]);
        self.checkpoint();
    }

    /// Makes one thing, and records it alone.
    pub(crate) fn made(&mut self, code: &Code) {
        self.commission(code, "Lens");
        self.checkpoint();
    }

    /// Uses one thing up and makes another of it.
    pub(crate) fn transform(&mut self, input: &Code, output: &Code) {
        let body = Body::Transform {
            when: self.when(),
            step: "assembling".to_owned(),
            inputs: vec![None],
            outputs: vec![Output {
                class: GoodsClass::parse(&output.class()).unwrap(),
                prefix: Prefix::parse("6912345").unwrap(),
                made: Made::Item(output.hash(), None),
            }],
            losses: Vec::new(),
        };
        let subjects = vec![self.subject(input), self.subject(output)];
        self.write(FACTORY, vec![RecordDraft::new(body, subjects)]);
        self.checkpoint();
    }

    /// A member says this of a thing, for everyone.
    pub(crate) fn says(&mut self, by: usize, code: &Code, disposition: &str) -> RecordRef {
        let body = Body::Observe {
            when: self.when(),
            step: "holding".to_owned(),
        };
        let told = SectionBody {
            disposition: Some(disposition.to_owned()),
            ..SectionBody::default()
        };
        let draft = RecordDraft::new(body, vec![self.subject(code)]);
        let at = self.write(by, vec![draft.telling(AudienceDraft::Public, told)]);
        self.checkpoint();
        at
    }

    /// The maker takes back what it wrote of a thing.
    pub(crate) fn correct(&mut self, code: &Code, of: RecordRef) {
        let body = Body::Correct {
            when: self.when(),
            of,
            reason: "incorrect_data".to_owned(),
            correctives: Vec::new(),
        };
        let draft = RecordDraft::new(body, vec![self.subject(code)]).citing(vec![of]);
        self.write(FACTORY, vec![draft]);
        self.checkpoint();
    }

    /// The bundle of a member that has no list of any run, and is shown an item's proof.
    pub(crate) fn bundle_elsewhere(&mut self, code: &Code, shown: &Undrawn) -> Vec<u8> {
        self.lists.clear();
        assert!(shown.holds(self.ledger.state(), &code.hash()));
        let as_of = self.as_of.as_ref().unwrap();
        let source = WithUndrawn::new(&*self, shown);
        let made = Bundle::assemble(
            &self.ledger,
            &self.genesis,
            as_of,
            &source,
            &code.hash().into(),
        );
        made.unwrap().to_bytes().unwrap()
    }
}
