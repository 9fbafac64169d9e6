//! Runs, and the items that are drawn from them. The tree over a run's items is built here once
//! more, by the words of RFC 9162 (2.1) and nothing else.

use std::sync::OnceLock;

use chopmark_core::{
    ActivationPublic, Body, Code, CodeHash, Digest32, MemberId, Prefix, RecordDraft, RunItem,
    RunList, RunSpec, SubjectId,
};
use sha2::{Digest, Sha256};

use crate::drafts::{PREFIX, SECRETS, codes, secret_of, when};
use crate::network::{genesis, member};
use crate::story::Story;
use crate::world::{Line, Makeup, Ruling, Thing, World, unless};

/// What a run is, and how many items were drawn from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) maker: MemberId,
    pub(crate) spec: RunSpec,
    pub(crate) drawn: u64,
}

impl Run {
    pub(crate) fn new(maker: MemberId, spec: RunSpec) -> Self {
        let drawn = 0;
        Self { maker, spec, drawn }
    }
}

fn code(n: u8) -> Code {
    Code::gtin_serial("09506000134352", &format!("R{n}")).unwrap()
}

/// Two lists: the second has an item of the first, and things that are commissioned alone.
fn lists() -> &'static [Vec<Code>] {
    static LISTS: OnceLock<Vec<Vec<Code>>> = OnceLock::new();
    LISTS.get_or_init(|| {
        let first = (0..5).map(code).collect();
        let second = [code(4), code(5), codes()[0].clone(), codes()[1].clone()];
        vec![first, second.to_vec()]
    })
}

/// The key under an item's seal, if it has one.
fn key_of(code: &Code) -> Option<Digest32> {
    let n = code.hash().as_bytes()[0] % (SECRETS + 1);
    (n < SECRETS).then(|| Digest32::from_bytes(*secret_of(n).public().as_bytes()))
}

/// The lists as their maker keeps them, to write drafts with.
fn runs() -> &'static [RunList] {
    static RUNS: OnceLock<Vec<RunList>> = OnceLock::new();
    RUNS.get_or_init(|| {
        let list = |codes: &Vec<Code>| {
            let items = codes.iter().map(|code| (code.hash(), key_of(code)));
            RunList::new(&genesis().id(), &member(0), items).unwrap()
        };
        lists().iter().map(list).collect()
    })
}

/// The runs and their items as subjects of the first member.
pub(crate) fn run_subjects() -> Vec<SubjectId> {
    let items = lists().concat().into_iter();
    let items = items.map(|code| code.subject(&genesis().id(), &member(0)));
    runs().iter().map(RunList::subject).chain(items).collect()
}

type Node = [u8; 32];

fn node(parts: &[&[u8]]) -> Node {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// A leaf: the array of the code and of the key or null, as CBOR, after a zero.
fn leaf(code: &CodeHash, key: Option<&Digest32>) -> Node {
    let start: &[u8] = &[0x00, 0x82, 0x58, 0x20];
    match key {
        Some(key) => node(&[start, code.as_bytes(), &[0x58, 0x20], key.as_bytes()]),
        None => node(&[start, code.as_bytes(), &[0xf6]]),
    }
}

/// The largest power of two below a number.
fn split(n: usize) -> usize {
    let mut at = 1;
    while at * 2 < n {
        at *= 2;
    }
    at
}

fn root(leaves: &[Node]) -> Node {
    if let [only] = leaves {
        return *only;
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    node(&[&[0x01], &root(left), &root(right)])
}

fn path(at: usize, leaves: &[Node]) -> Vec<Node> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut nodes, sibling) = match at < left.len() {
        true => (path(at, left), root(right)),
        false => (path(at - left.len(), right), root(left)),
    };
    nodes.push(sibling);
    nodes
}

/// Each list's items in their order, with the root over them.
struct Tree {
    root: Digest32,
    items: Vec<(CodeHash, Option<Digest32>)>,
    leaves: Vec<Node>,
}

fn trees() -> &'static [Tree] {
    static TREES: OnceLock<Vec<Tree>> = OnceLock::new();
    TREES.get_or_init(|| {
        let tree = |codes: &Vec<Code>| {
            let mut items: Vec<_> = codes.iter().map(|c| (c.hash(), key_of(c))).collect();
            items.sort();
            let leaves: Vec<Node> = items
                .iter()
                .map(|(code, key)| leaf(code, key.as_ref()))
                .collect();
            Tree {
                root: Digest32::from_bytes(root(&leaves)),
                items,
                leaves,
            }
        };
        lists().iter().map(tree).collect()
    })
}

/// The run with this root has this item in this place, and this is its path.
fn holds(spec: &RunSpec, item: &RunItem) -> bool {
    let at = usize::try_from(item.index).unwrap();
    trees().iter().any(|tree| {
        tree.root == spec.root
            && tree.items.get(at) == Some(&(item.code, item.activation))
            && path(at, &tree.leaves) == item.path
    })
}

impl World {
    pub(crate) fn draw(&mut self, line: &Line<'_>, items: &[RunItem]) -> Ruling {
        let (at, subjects) = line.record.subjects().split_first().unwrap();
        let thing = self.things.get(at).ok_or("unknown-subject")?;
        let Makeup::Run(run) = thing.makeup else {
            return Err("not-a-run");
        };
        let outermost = self.containers(*at).pop().unwrap_or(*at);
        self.not_on_offer(outermost, line.now)?;
        self.title_not_on_offer(*at, line.now)?;
        let mut drawn = 0;
        for (subject, item) in subjects.iter().zip(items) {
            let named = item.code.subject(&genesis().id(), &run.maker) == *subject;
            unless(named && holds(&run.spec, item), "not-in-run")?;
            let whole = self.things[at].clone();
            if let Some(before) = self.things.get(subject) {
                unless(before.begun == whole.begun, "already-commissioned")?;
                continue;
            }
            drawn += 1;
            let key = item.activation.as_ref();
            // It is what its run is, where its run is; an offer that expired was of the run.
            let one = Thing {
                makeup: Makeup::One,
                offer: None,
                title_offer: None,
                key: key.map(|key| ActivationPublic::from_bytes(*key.as_bytes())),
                ..whole
            };
            self.things.insert(*subject, one);
        }
        let thing = self.things.get_mut(at).unwrap();
        thing.makeup = Makeup::Run(Run {
            drawn: run.drawn + drawn,
            ..run
        });
        Ok(())
    }
}

impl Story {
    /// Many things begin at once.
    pub(crate) fn running(&mut self, of: MemberId) -> RecordDraft {
        let list = self.numbers.pick(runs()).unwrap();
        let spec = list.spec();
        commission_run(spec, of)
    }

    /// Items of a run are about to be used for the first time.
    pub(crate) fn drawing(&mut self) -> RecordDraft {
        let n = self.numbers.below(runs().len());
        let (list, other) = (&runs()[n], &runs()[1 - n]);
        let mut subjects = vec![list.subject()];
        if self.numbers.one_in(20) {
            subjects = vec![self.subject_that(|model, s| model.world.things.contains_key(&s))];
        }
        let mut items = Vec::new();
        for _ in 0..=self.numbers.below(2) {
            let from = if self.numbers.one_in(20) { other } else { list };
            let (code, _) = *self.numbers.pick(from.items()).unwrap();
            let mut item = from.item(&code).unwrap();
            self.spoil(&mut item);
            // A carrier knows of its own codes only that they are none of these.
            let maker = if self.numbers.one_in(25) { 1 } else { 0 };
            let subject = code.subject(&genesis().id(), &member(maker));
            if !subjects.contains(&subject) {
                subjects.push(subject);
                items.push(item);
            }
        }
        if items.is_empty() {
            // The subject picked above was the item itself.
            return self.seen();
        }
        RecordDraft::new(
            Body::Draw {
                when: when(),
                items,
            },
            subjects,
        )
    }

    /// Now and then something of an item's proof is wrong.
    fn spoil(&mut self, item: &mut RunItem) {
        match self.numbers.below(40) {
            0 => item.index += 1,
            1 => drop(item.path.pop()),
            2 => item.path.iter_mut().for_each(|node| node[0] ^= 1),
            3 => item.activation = Some(Digest32::from_bytes([1; 32])),
            4 => item.index += 8,
            _ => {}
        }
    }
}

pub(crate) fn commission_run(spec: RunSpec, of: MemberId) -> RecordDraft {
    let class = crate::goods::class(&code(0));
    let body = Body::CommissionRun {
        when: when(),
        class,
        prefix: Prefix::parse(PREFIX).unwrap(),
        run: spec,
    };
    RecordDraft::new(body, vec![spec.subject(&genesis().id(), &of)])
}

/// The run that most histories begin with.
pub(crate) fn first_run() -> RecordDraft {
    commission_run(runs()[0].spec(), member(0))
}

/// A run that a transformation makes.
pub(crate) fn some_spec(story: &mut Story) -> RunSpec {
    story.numbers.pick(runs()).unwrap().spec()
}
