//! The vector files of proofs that prove nothing: of the network of `start.json`, without its
//! genesis, which is long.

use super::*;
use crate::hash::labelled;
use crate::state_tree::{StateEntry, StateTree, value_hash};
use crate::vectors::{Given, Input, compare, variants};
use crate::{Checkpoint, Cosignature, HeaderHash, Height, NetworkId, Prefix, cbor};

/// Whether whoever checks a proof has the genesis.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Knows {
    Genesis,
    Network,
}

/// What whoever checks the proof knows.
struct Checked<'a> {
    net: &'a Net,
    code: &'a Code,
    network: NetworkId,
    knows: Knows,
    newest: Option<(Height, HeaderHash)>,
}

impl<'a> Checked<'a> {
    fn by(net: &'a Net, code: &'a Code) -> Self {
        let network = net.genesis.id();
        Self {
            net,
            code,
            network,
            knows: Knows::Genesis,
            newest: None,
        }
    }

    fn refused(&self, proof: &SubjectProof) -> Input<ProofError> {
        self.refused_bytes(&proof.clone().without_genesis().to_bytes().unwrap())
    }

    fn refused_bytes(&self, bytes: &[u8]) -> Input<ProofError> {
        let known = Known {
            network: self.network,
            genesis: (self.knows == Knows::Genesis).then_some(&self.net.genesis),
            newest: self.newest,
        };
        let read = SubjectProof::from_bytes(bytes);
        let error = read.and_then(|proof| proof.verify(self.code, &known));
        let mut input = Input::bytes("proof", bytes, error.unwrap_err())
            .given("code", Given::Text(self.code.element_string().to_owned()));
        if self.network != self.net.genesis.id() {
            input = input.given("network", Given::hex(self.network.as_bytes()));
        }
        if self.knows == Knows::Network {
            input = input.given("genesis", Given::Text("unknown".to_owned()));
        }
        match self.newest {
            Some((height, hash)) => input.given(
                "newest",
                Given::fields([
                    ("height", Given::Number(height.0)),
                    ("hash", Given::hex(hash.as_bytes())),
                ]),
            ),
            None => input,
        }
    }
}

/// A proof with a change.
fn with(proof: &SubjectProof, change: impl FnOnce(&mut SubjectProof)) -> SubjectProof {
    let mut proof = proof.clone();
    change(&mut proof);
    proof
}

/// One item, and nothing around it.
fn single() -> (Net, Code, SubjectProof) {
    let mut net = Net::with_prefix();
    let code = code("A");
    net.commission(std::slice::from_ref(&code));
    let proof = prove(&net, &code);
    (net, code, proof)
}

/// What is about the proof as a whole: its bytes, its code, its network, its checkpoint.
fn of_the_whole() -> Vec<Input<ProofError>> {
    let (net, code, good) = single();
    let by = || Checked::by(&net, &code);
    let bytes = good.to_bytes().unwrap();
    let foreign = NetworkId::from_bytes([1; 32]);
    let garbage = [0x87, 2];
    let other = crate::testnet::code("B");
    let (height, hash) = (good.as_of.header().height(), good.as_of.hash());
    let unsigned = Checkpoint::new(good.as_of.header().clone(), Vec::new(), Vec::new());
    let mut writer = cbor::Writer::new();
    writer.array(2);
    writer.bytes(&garbage);
    writer.array(0);
    let unreadable = with(&good, |proof| proof.genesis = Some(writer.into_bytes()));
    let mut signed = good.clone().without_genesis().to_bytes().unwrap();
    let signature = good.statements[0].as_bytes().last_chunk::<64>().unwrap();
    let mut places = signed.windows(64);
    let place = places.position(|window| window == signature).unwrap();
    signed[place] ^= 1;
    vec![
        by().refused_bytes(&bytes[..40]),
        by().refused_bytes(&[bytes[0], 1]).case("version"),
        by().refused_bytes(&vec![0; limits::BUNDLE_BYTES + 1]),
        Checked::by(&net, &other).refused(&good),
        Checked {
            knows: Knows::Network,
            ..by()
        }
        .refused(&good),
        Checked {
            network: foreign,
            ..by()
        }
        .refused(&good),
        Checked {
            network: NetworkId::from_bytes(labelled("chopmark/genesis/1", &[&garbage])),
            knows: Knows::Network,
            ..by()
        }
        .refused_bytes(&unreadable.to_bytes().unwrap()),
        by().refused(&with(&good, |proof| proof.roster = stray_chain())),
        by().refused(&with(&good, |proof| {
            proof.as_of = unsigned.signed_header().clone();
        })),
        Checked {
            newest: Some((Height(height.0 + 1), hash)),
            ..by()
        }
        .refused(&good),
        Checked {
            newest: Some((height, HeaderHash::from_bytes([9; 32]))),
            ..by()
        }
        .refused(&good),
        by().refused_bytes(&signed),
        by().refused(&with(&good, |proof| {
            *proof.shown[0].record.last_mut().unwrap() ^= 1;
        })),
        by().refused(&with(&good, |proof| {
            proof.shown.push(proof.shown[0].clone())
        })),
    ]
}

/// A state that validators signed and that says of the item what nobody can read.
fn unreadable_state() -> Input<ProofError> {
    let (net, code, mut proof) = single();
    let prefix = StateEntry::Prefix(Prefix::parse(PREFIX).unwrap());
    let subject = StateEntry::Subject(net.subject_of(&code));
    let (registration, garbage) = (net.ledger.prove(&prefix).0.unwrap(), vec![0xff]);
    let tree = StateTree::of([
        (prefix.key(), value_hash(&registration)),
        (subject.key(), value_hash(&garbage)),
    ]);
    let mut header = proof.as_of.header().clone();
    header.state_root = crate::Digest32::from_bytes(tree.root());
    let cosignature = Cosignature::sign(&net.peer, None, &cbor::to_bytes(&header));
    let checkpoint = Checkpoint::new(header, vec![cosignature], Vec::new());
    proof.as_of = checkpoint.signed_header().clone();
    if let Registered::Member { path, .. } = &mut proof.extract.registered {
        *path = tree.path(&prefix);
    }
    own(&mut proof).path = tree.path(&subject);
    own(&mut proof).entry = Some(garbage);
    Checked::by(&net, &code).refused(&proof)
}

/// What is about the state of the item and of what is around it.
fn of_the_state() -> Vec<Input<ProofError>> {
    let story = story();
    let good = story.proof();
    let by = || Checked::by(&story.net, &story.code);
    let foreign = Code::parse("(01)04012345678901(21)X").unwrap();
    let nobodys = prove(&story.net, &foreign);
    let (mut later_net, code, early) = single();
    let seen = later_net.staff(FACTORY, &[observe(&[later_net.subject_of(&code)])]);
    later_net.applied(&seen);
    let later = prove(&later_net, &code);
    vec![
        Checked::by(&later_net, &code).refused(&with(&early, |proof| proof.as_of = later.as_of)),
        Checked::by(&story.net, &foreign).refused(&with(&nobodys, |proof| {
            proof.extract.registered = Registered::Nobody(Vec::new());
        })),
        by().refused(&with(&good, |proof| {
            own(proof).entry = None;
            own(proof).records = Names::default();
        })),
        by().refused(&with(&good, |proof| {
            own(proof).records.named.pop();
        })),
        by().refused(&with(&good, |proof| {
            let records = &mut own(proof).records;
            *records = records.clone().from(1);
        })),
        by().refused(&with(&good, |proof| proof.extract.around.clear())),
        by().refused(&with(&good, |proof| {
            let records = &mut proof.extract.around[1].container.records;
            *records = records.clone().from(1);
        })),
        unreadable_state(),
    ]
}

/// What is about a run.
fn of_a_run() -> Vec<Input<ProofError>> {
    let mut net = Net::with_prefix();
    let codes = serials(4);
    let run = net.run(&codes);
    let other = prove(&net, &codes[1]);
    let passed_off = with(&prove(&net, &codes[0]), |proof| {
        proof.extract.run = other.extract.run;
    });
    let not_in = Some(run);
    let asked = Asked {
        not_in,
        ..everything()
    };
    // A code with a neighbour on both sides, of whom one is not shown.
    let one_sided = (0..).find_map(|n| {
        let code = code(&format!("FAKE{n}"));
        let mut proof = try_prove(&net, &code, asked).unwrap();
        let Some((_, _, super::super::extract::Place::Between(gap))) = &mut proof.extract.run
        else {
            panic!("no place")
        };
        gap.before.as_ref()?;
        gap.after.take()?;
        Some((code, proof))
    });
    let (fake, one_sided) = one_sided.unwrap();
    vec![
        Checked::by(&net, &codes[0]).refused(&passed_off),
        Checked::by(&net, &fake).refused(&one_sided),
    ]
}

#[test]
fn every_refused_proof_has_its_vector_file() {
    let inputs = [of_the_whole(), of_the_state(), of_a_run()];
    let all = variants!(ProofError {
        Malformed,
        TooLarge,
        OtherCode,
        NoGenesis,
        WrongNetwork,
        Genesis,
        Roster,
        Checkpoint,
        Older,
        TwoHeaders,
        Prefix,
        OtherPrefix,
        State,
        Entry,
        NotOfRun,
        MayBeOfRun,
        Records,
        Unnamed,
        Around,
        BeginsLate,
        Statement,
        Record,
        Stranger,
    });
    compare("proof", &all, inputs.into_iter().flatten());
}
